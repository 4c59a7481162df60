//! The fewest calls for a post, as the networks document them.

use crate::conformance::Content;

/// How few calls a post needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minimum {
    /// Calls that the documentation asks for.
    pub calls: usize,
    /// Calls beside them, to be sure: that a file is ready before a post names it, what became of a post,
    /// where it stands.
    pub sure: usize,
    /// Where the documentation says so.
    pub source: &'static str,
}

/// Calls for a kind of post: those that are asked for, and those to be sure.
type Pair = (usize, usize);
/// A network, its pairs in the order of [`Content::ALL`], and where they come from.
type Line = (&'static str, [Option<Pair>; 4], &'static str);

/// A kind of post in one call.
const ONE: Option<Pair> = Some((1, 0));

/// The table. Two pictures are two uploads, each with its description where that is a call; a video is
/// the sandbox's, in one piece unless its bench says otherwise, with the looks while it is worked on.
const TABLE: &[Line] = &[
    (
        "Bluesky",
        // A reply names the hash that the server gave its parent, so a thread is a call for each part.
        [ONE, Some((3, 0)), None, Some((3, 0))],
        "docs.bsky.app: com.atproto.repo.putRecord and uploadBlob",
    ),
    (
        "Mastodon",
        // A video is asked for until the server has worked on it: here twice.
        [ONE, Some((3, 0)), Some((4, 0)), Some((3, 0))],
        "docs.joinmastodon.org/methods/statuses and /methods/media",
    ),
    (
        "X",
        [ONE, Some((5, 0)), Some((4, 0)), Some((3, 0))],
        "docs.x.com/x-api: POST /2/tweets, /2/media/upload and /2/media/metadata",
    ),
    (
        "LinkedIn (profile)",
        [ONE, Some((5, 0)), Some((4, 1)), None],
        "learn.microsoft.com/linkedin: Posts, Images and Videos API",
    ),
    (
        "LinkedIn (page)",
        [ONE, Some((5, 2)), Some((4, 1)), None],
        "learn.microsoft.com/linkedin: Posts, Images and Videos API",
    ),
    (
        "Facebook",
        [ONE, Some((3, 0)), Some((3, 2)), None],
        "developers.facebook.com/docs/pages-api/posts and /docs/video-api/guides/publishing",
    ),
    (
        "Instagram",
        [None, Some((4, 6)), Some((3, 3)), None],
        "developers.facebook.com/docs/instagram-platform/content-publishing",
    ),
    (
        "Threads",
        [Some((2, 2)), Some((4, 6)), Some((2, 3)), Some((6, 4))],
        "developers.facebook.com/docs/threads/posts",
    ),
    (
        "TikTok (videos)",
        // Its bench sends the video in three pieces.
        [None, None, Some((5, 2)), None],
        "developers.tiktok.com/doc/content-posting-api-get-started",
    ),
    (
        "TikTok (photos)",
        [None, Some((2, 2)), None, None],
        "developers.tiktok.com/doc/content-posting-api-get-started",
    ),
    (
        "YouTube",
        // Its bench sends the video in two pieces. One call looks for it before, one whether it is taken.
        [None, None, Some((3, 2)), None],
        "developers.google.com/youtube/v3/guides/using_resumable_upload_protocol",
    ),
    (
        "Pinterest (pictures)",
        [None, ONE, None, None],
        "developers.pinterest.com/docs/api/v5/pins-create",
    ),
    (
        "Pinterest (videos)",
        [None, None, Some((3, 2)), None],
        "developers.pinterest.com/docs/api/v5/media-create",
    ),
    (
        "Reddit",
        // The community is asked twice what it takes, and once whether the post is shown.
        [Some((1, 3)), Some((5, 3)), None, None],
        "reddit.com/dev/api: POST /api/submit, /api/media/asset and /api/submit_gallery_post",
    ),
    (
        "Telegram",
        [ONE, ONE, ONE, None],
        "core.telegram.org/bots/api: sendMessage, sendMediaGroup and sendVideo",
    ),
    (
        "Discord (webhook)",
        [ONE, ONE, ONE, None],
        "discord.com/developers/docs/resources/webhook",
    ),
    (
        "Discord (bot)",
        [ONE, ONE, ONE, None],
        "discord.com/developers/docs/resources/message",
    ),
    (
        "Slack",
        // Where a post with files stands is not told, and asked for.
        [ONE, Some((5, 1)), Some((3, 1)), None],
        "docs.slack.dev: chat.postMessage, files.getUploadURLExternal and completeUploadExternal",
    ),
    (
        "Slack (webhook)",
        [ONE, None, None, None],
        "docs.slack.dev: incoming webhooks",
    ),
    (
        "WordPress",
        // Looked for, written as a draft, and made public: no call that shows something makes anything.
        [Some((1, 2)), Some((3, 2)), Some((2, 2)), None],
        "developer.wordpress.org/rest-api/reference/posts and /media",
    ),
    (
        "Nostr",
        [ONE, None, None, Some((3, 0))],
        "github.com/nostr-protocol/nips: 01",
    ),
    ("Webhook", [ONE, ONE, ONE, ONE], "standardwebhooks.com"),
];

/// The fewest for a network of the list of stands and a kind of post; none where it is not written down.
pub fn of(name: &str, content: Content) -> Option<Minimum> {
    let (_, pairs, source) = TABLE.iter().find(|(network, ..)| *network == name)?;
    let at = Content::ALL.iter().position(|kind| *kind == content)?;
    let (calls, sure) = (*pairs.get(at)?)?;
    Some(Minimum {
        calls,
        sure,
        source,
    })
}
