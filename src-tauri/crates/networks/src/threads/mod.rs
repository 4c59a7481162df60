//! Threads: text, pictures, videos, several of them in one post, and chains.
//!
//! A post is made in two phases: a container that nobody sees, and the one call that publishes it. In
//! doubt the container itself says whether it was published, and one container is published once. The
//! id of what was published is then looked for by its words; when two say the same it stays unknown.
//!
//! Threads fetches files from the web and takes no bytes, so files need a web folder of the person's
//! own, in which each lies for as long as Threads fetches it. Text needs nothing of the kind.
//!
//! A token lives sixty days and is prolonged without the app's secret. Threads takes no plain address
//! on this computer to come back to, but an encrypted one that nothing answers: its address is copied
//! out of the browser, and the code in it never leaves this computer. The browser is sent to
//! `threads.com`, since `threads.net` leads there and loses what was asked for on the way. There is no
//! call to end a token: signing out forgets it here, and the person takes the app's right away on
//! Threads.

mod catalogue;
mod errors;
mod publish;
mod sign_in;
mod text;

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::account::Account;
use model::error::{Fix, Problem};
use model::failure::Category;
use model::{AccountId, Timestamp};
use serde_json::{Value, json};

use crate::api::Api;
use crate::catalogue::Entry;
use crate::check;
use crate::connector::{
    Begun, CheckInput, Confirmation, Connector, Ctx, Delivered, Job, Measure, Metrics, Missing,
    Outcome, PictureUse, Refusal, SignInFields, SignedIn, StepLog, TextSpan, TextUse,
};
use crate::hosting::{self, Hosting};
use crate::http::{Clients, HttpConfig, HttpError};
use crate::meta::client::Graph;
use crate::meta::containers::Shown;
use crate::meta::{Patience, errors as graph_errors, text as graph_text};
use crate::registry::Addresses;
use crate::sending;
use crate::tokens::Sessions;
use catalogue::{FETCHES, KEY, MAX_ITEMS, MAX_LINKS, NAME, NARROWEST, OPTION_TOPIC, WIDEST};

/// The connector of Threads.
pub struct Threads {
    entry: Entry,
    origin: String,
    dialog: String,
    graph: Graph,
    patience: Patience,
    sessions: Sessions,
    hosting: Hosting,
}

impl Threads {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, addresses: &Addresses) -> Result<Self, HttpError> {
        let api = Api::new(Clients::new(http)?, http.timeouts);
        let origin = addresses.of(KEY, "https://graph.threads.net");
        Ok(Self {
            entry: catalogue::entry(),
            graph: Graph::new(api, format!("{origin}/v1.0")),
            origin,
            dialog: addresses.of(KEY, "https://www.threads.com"),
            patience: Patience::default(),
            sessions: Sessions::default(),
            hosting: Hosting::default(),
        })
    }

    /// The same, which lends files from where the settings say.
    #[must_use]
    pub fn lending(mut self, hosting: &Hosting) -> Self {
        self.hosting = hosting.clone();
        self
    }

    /// The same with another patience while Threads works on a post.
    #[must_use]
    pub fn patient(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }
}

/// Pictures of a part that are longer than Threads takes them.
fn shapes(input: &CheckInput<'_>, n: usize, found: &mut check::Found) {
    for index in 0..input.segments[n].media.len() {
        let picture = crate::edited::facts_at(input, n, index);
        let picture = picture.filter(|f| f.mime.starts_with("image/"));
        let Some((width, height)) = picture.and_then(|f| f.width.zip(f.height)) else {
            continue;
        };
        if width.max(height) <= width.min(height).saturating_mul(WIDEST.0) {
            continue;
        }
        let message =
            "Threads takes no picture that is more than ten times as long as it is wide. Crop it.";
        let index = index as u32;
        let crop = Fix::Crop {
            index,
            narrowest: NARROWEST,
            widest: WIDEST,
        };
        let fixes = vec![crop, Fix::RemoveMedia { index }];
        found.error("picture_shape", Some(n), message.to_owned(), fixes);
    }
}

#[async_trait]
impl Connector for Threads {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let mut found = check::common_measured(&self.entry, &input, |of| self.measure(of));
        let hosted = self.hosting.has_place(input.account);
        for (n, segment) in input.segments.iter().enumerate() {
            if !segment.media.is_empty() && !hosted {
                hosting::problem(&mut found, NAME, n, 0);
            }
            let pictures = segment.media.iter().filter(|m| {
                check::facts_of(&input, &m.media_id).is_some_and(|f| f.mime.starts_with("image/"))
            });
            let (pictures, all) = (pictures.count(), segment.media.len());
            if all > MAX_ITEMS && pictures <= MAX_ITEMS && all - pictures <= MAX_ITEMS {
                let message = format!("Threads takes {MAX_ITEMS} files in a post; this has {all}.");
                found.error(
                    "too_many_files",
                    Some(n),
                    message,
                    vec![check::beyond(MAX_ITEMS, all)],
                );
            }
            shapes(&input, n, &mut found);
            let links = text::links(&segment.text);
            if links > MAX_LINKS {
                let message = format!(
                    "Threads takes {MAX_LINKS} different links in a post; this has {links}."
                );
                found.error(
                    "too_many_links",
                    Some(n),
                    message,
                    vec![Fix::SplitThread, Fix::Tailor],
                );
            }
        }
        let topic = input
            .draft
            .options
            .get(OPTION_TOPIC)
            .and_then(Value::as_str);
        let topic = topic.unwrap_or_default().trim().trim_start_matches('#');
        if topic.contains(['.', '&']) || topic.chars().count() > 50 {
            let message =
                "A topic on Threads has up to 50 characters, without a dot or an ampersand.";
            let name = OPTION_TOPIC.to_owned();
            found.error(
                "topic_odd",
                None,
                message.to_owned(),
                vec![Fix::SetOption { name }],
            );
        }
        found.into_problems()
    }

    fn picture_limits(&self, _of: &PictureUse<'_>) -> Option<::media::Limits> {
        Some(publish::picture_limits())
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        text::measure(of.text)
    }

    fn spans(&self, text: &str) -> Vec<TextSpan> {
        graph_text::spans(text)
    }

    fn freeze(&self, _job: &Job, _ctx: Ctx<'_>) -> Value {
        json!({})
    }

    async fn sign_in(
        &self,
        account_id: AccountId,
        _method: &str,
        fields: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        Ok(vec![self.sign_in_with(account_id, &fields, ctx).await?])
    }

    async fn begin(
        &self,
        _method: &str,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        self.begin_now(fields, redirect, ctx)
    }

    async fn finish(
        &self,
        account_id: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        Ok(vec![self.finish_now(account_id, begun, answer, ctx).await?])
    }

    async fn sign_in_ends(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<Option<Timestamp>, Refusal> {
        self.sessions.sign_in_ends(account.id, ctx).await
    }

    async fn renew_sign_in(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.token(account, ctx).await.map(drop)
    }

    fn missing(&self, account: &Account) -> Vec<Missing> {
        if self.hosting.has_place(account) {
            return vec![];
        }
        vec![hosting::missing(NAME, FETCHES)]
    }

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        let token = self.token(account, ctx).await?;
        let known = self.who(&token, &account.handle, ctx).await?;
        Ok(SignedIn {
            settings: account.settings.clone(),
            ..known
        })
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.sessions.take(account.id, ctx).await.map(|_| ())
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        sending::outcome(self.publish_steps(job, steps, ctx).await)
    }

    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        match self.confirm_now(job, ctx).await {
            Ok(confirmation) => confirmation,
            Err(refusal) => Confirmation::NotNow(refusal),
        }
    }

    async fn delete(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let token = self.token(account, ctx).await?;
        let parts = delivered.remote.get("segments").and_then(Value::as_array);
        // From the end, so that what is left after a failure is still a whole chain.
        for part in parts.into_iter().flatten().rev() {
            let Some(Shown { id: Some(id), .. }) = Shown::read(part) else {
                return Err(Refusal::never(
                    Category::Unknown,
                    "Almanac knows that this is on Threads and not where. Delete it on Threads.",
                ));
            };
            match self.graph.delete(&id, &token).await {
                Ok(_) => {}
                Err(failed) if graph_errors::is_gone(&failed) => {}
                Err(failed) => {
                    return Err(errors::refusal(&failed, &account.handle, ctx.clock.now()));
                }
            }
        }
        Ok(())
    }

    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        let first = delivered
            .remote
            .pointer("/segments/0")
            .and_then(Shown::read);
        let Some(id) = first.and_then(|f| f.id) else {
            return Ok(None);
        };
        let token = self.token(account, ctx).await?;
        let path = format!("{id}/insights");
        let query = [("metric", "views,likes,replies,reposts,quotes")];
        let answer = self.graph.get(&path, &token, &query).await;
        let answer =
            answer.map_err(|failed| errors::refusal(&failed, &account.handle, ctx.clock.now()))?;
        let number = |name: &str| {
            let all = answer.get("data").and_then(Value::as_array)?;
            let one = all
                .iter()
                .find(|m| m.get("name").and_then(Value::as_str) == Some(name))?;
            one.pointer("/values/0/value").and_then(Value::as_u64)
        };
        Ok(Some(Metrics {
            likes: number("likes"),
            reposts: number("reposts"),
            replies: number("replies"),
            quotes: number("quotes"),
            views: number("views"),
        }))
    }
}
