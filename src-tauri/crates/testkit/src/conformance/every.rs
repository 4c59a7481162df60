//! Every network over its sandbox, once for each way to sign in that publishes by other calls.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{
    Bench, BlueskyBench, DiscordBench, FacebookBench, FolderBench, HandOffBench, InstagramBench,
    LinkedInBench, MastodonBench, NostrBench, PinterestBench, RedditBench, SlackBench,
    TelegramBench, ThreadsBench, TikTokBench, WebhookBench, WordPressBench, XBench, YouTubeBench,
};

/// A bench that is being started.
type Starting = Pin<Box<dyn Future<Output = Arc<dyn Bench>> + Send>>;

/// A network that can be started over a fresh sandbox.
#[derive(Clone, Copy)]
pub struct Stand {
    /// Its name in a table.
    pub name: &'static str,
    /// Starts it.
    pub start: fn() -> Starting,
}

/// Starts a bench.
fn ready<B: Bench + 'static>(bench: impl Future<Output = B> + Send + 'static) -> Starting {
    Box::pin(async move {
        let bench: Arc<dyn Bench> = Arc::new(bench.await);
        bench
    })
}

/// A row of the list.
const fn stand(name: &'static str, start: fn() -> Starting) -> Stand {
    Stand { name, start }
}

/// All of them.
pub const EVERY: &[Stand] = &[
    stand("Folder", || ready(async { FolderBench::start() })),
    stand("Hand-off", || ready(async { HandOffBench::start() })),
    stand("Bluesky", || ready(BlueskyBench::start())),
    stand("Mastodon", || ready(MastodonBench::start())),
    stand("X", || ready(XBench::start())),
    stand("LinkedIn (profile)", || ready(LinkedInBench::profile())),
    stand("LinkedIn (page)", || ready(LinkedInBench::page())),
    stand("Facebook", || ready(FacebookBench::start())),
    stand("Instagram", || ready(InstagramBench::start())),
    stand("Threads", || ready(ThreadsBench::start())),
    stand("TikTok (videos)", || ready(TikTokBench::videos())),
    stand("TikTok (photos)", || ready(TikTokBench::photos())),
    stand("YouTube", || ready(YouTubeBench::start())),
    stand("Pinterest (pictures)", || ready(PinterestBench::pictures())),
    stand("Pinterest (videos)", || ready(PinterestBench::videos())),
    stand("Reddit", || ready(RedditBench::start())),
    stand("Telegram", || ready(TelegramBench::start())),
    stand("Discord (webhook)", || ready(DiscordBench::webhook())),
    stand("Discord (bot)", || ready(DiscordBench::bot())),
    stand("Slack", || ready(SlackBench::token())),
    stand("Slack (webhook)", || ready(SlackBench::webhook())),
    stand("WordPress", || ready(WordPressBench::start())),
    stand("Nostr", || ready(NostrBench::start())),
    stand("Webhook", || ready(WebhookBench::start())),
];
