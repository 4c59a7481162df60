//! Instagram for business and creator accounts: picture, several files, reel, story, first comment.
//!
//! There are two doors. At Instagram itself the token lives sixty days and is prolonged without any
//! secret, and every file is fetched from the web. Through the Facebook Page of the account videos
//! are sent as bytes and posts can be deleted. Pictures are fetched from the web by both, so they need
//! a web folder of the person's own, in which each lies for as long as Instagram fetches it.
//!
//! A post is made in two phases: a container that nobody sees, and the one call that publishes it. In
//! doubt the container itself says whether it was published, also after Instagram says that it blocked
//! it. The post's id is then looked for by its caption; when two say the same it stays unknown.
//!
//! Not certain, and decided so: documents name 50 and 100 posts a day, and 50 is held; they name 30
//! hashtags where programs see 5 taken, so more than 5 is a warning; a caption is counted in UTF-16
//! units; a video among several files is named `VIDEO`. Neither door has a call that ends a token: the
//! person takes the app's right away in Instagram.

mod catalogue;
mod check;
mod comment;
mod errors;
mod publish;
mod sign_in;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::error::Problem;
use model::failure::Category;
use model::{AccountId, Timestamp};
use serde_json::{Map, Value, json};

use crate::api::Api;
use crate::catalogue::Entry;
use crate::check as common;
use crate::connector::{
    Begun, CheckInput, CommentSeen, Commented, Confirmation, Connector, Ctx, Delivered, Job,
    Measure, Metrics, Missing, Outcome, PictureUse, Refusal, SignInFields, SignedIn, StepLog,
    TextSpan, TextUse,
};
use crate::hosting::{self, Hosting};
use crate::http::{Clients, HttpConfig, HttpError};
use crate::meta::client::{Graph, VERSION, unreadable};
use crate::meta::containers::Shown;
use crate::meta::pages::{choose_one, keep_one};
use crate::meta::pass::Pass;
use crate::meta::{Patience, errors as graph_errors, text};
use crate::registry::Addresses;
use crate::sending;
use crate::tokens::{Sessions, no_sign_in};
use catalogue::{KEY, NAME, OPTION_KIND};

/// Clocks may differ by this much.
const SLACK: Duration = Duration::from_mins(2);

/// The connector of Instagram.
pub struct Instagram {
    entry: Entry,
    origin: String,
    dialog: String,
    codes: String,
    graph: Graph,
    page_origin: String,
    page_dialog: String,
    page_graph: Graph,
    uploads: String,
    patience: Patience,
    sessions: Sessions,
    hosting: Hosting,
}

impl Instagram {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, addresses: &Addresses) -> Result<Self, HttpError> {
        let api = Api::new(Clients::new(http)?, http.timeouts);
        let of = |usual: &str| addresses.of(KEY, usual);
        let (origin, page_origin) = (
            of("https://graph.instagram.com"),
            of("https://graph.facebook.com"),
        );
        Ok(Self {
            entry: catalogue::entry(),
            dialog: of("https://www.instagram.com"),
            codes: of("https://api.instagram.com"),
            graph: Graph::new(api.clone(), format!("{origin}/{VERSION}")),
            origin,
            page_dialog: of("https://www.facebook.com"),
            page_graph: Graph::new(api, format!("{page_origin}/{VERSION}")),
            page_origin,
            uploads: of("https://rupload.facebook.com"),
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

    /// The same with another patience while Instagram works on a post.
    #[must_use]
    pub fn patient(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    fn graph(&self, door: Door) -> &Graph {
        match door {
            Door::Own => &self.graph,
            Door::Page => &self.page_graph,
        }
    }

    async fn token(&self, account: &Account, ctx: Ctx<'_>) -> Result<Pass, Refusal> {
        let tokens = match Door::of(account) {
            Door::Own => {
                let prolong = self.prolong();
                Some(self.sessions.good(account, &prolong, None, ctx).await?)
            }
            Door::Page => keep_one(&self.sessions, account.id, &account.remote_id, ctx).await?,
        };
        tokens
            .map(Pass::kept)
            .ok_or_else(|| no_sign_in(&account.handle))
    }
}

/// By which door an account was connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// At Instagram.
    Own,
    /// Through its Facebook Page.
    Page,
}

impl Door {
    fn of(account: &Account) -> Self {
        match account.settings.get("door").and_then(Value::as_str) {
            Some("page") => Self::Page,
            _ => Self::Own,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Page => "page",
        }
    }
}

/// What a post becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Post,
    Reel,
    Story,
}

impl Kind {
    fn of(options: &Map<String, Value>) -> Self {
        match options.get(OPTION_KIND).and_then(Value::as_str) {
            Some("reel") => Self::Reel,
            Some("story") => Self::Story,
            _ => Self::Post,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Reel => "reel",
            Self::Story => "story",
        }
    }
}

/// Whether a time as the interface writes it, `2026-05-14T07:05:00+0000`, is not before an instant.
fn is_since(written: &str, began: Timestamp) -> bool {
    let Ok(at) = jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", written) else {
        return false;
    };
    at.as_millisecond() >= began.minus(SLACK).as_millis()
}

#[async_trait]
impl Connector for Instagram {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        check::problems(&self.entry, &input, &self.hosting)
    }

    fn picture_limits(&self, _of: &PictureUse<'_>) -> Option<::media::Limits> {
        Some(publish::picture_limits())
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        common::measure(&self.entry.text, of.text)
    }

    fn spans(&self, text: &str) -> Vec<TextSpan> {
        text::spans(text)
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
        self.sign_in_with(account_id, &fields, ctx).await
    }

    async fn begin(
        &self,
        method: &str,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        self.begin_now(method, fields, redirect, ctx)
    }

    async fn finish(
        &self,
        account_id: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        self.finish_now(account_id, begun, answer, ctx).await
    }

    async fn choose(
        &self,
        account_id: AccountId,
        chosen: &SignedIn,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        choose_one(&self.sessions, account_id, chosen, ctx).await
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
        let what = match Door::of(account) {
            Door::Own => "pictures and videos",
            Door::Page => "pictures",
        };
        vec![hosting::missing(NAME, what)]
    }

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        let token = self.token(account, ctx).await?;
        let known = if Door::of(account) == Door::Own {
            self.who(&token, &account.handle, ctx).await?
        } else {
            let told = |failed| errors::refusal(&failed, &account.handle, ctx.clock.now());
            let query = [("fields", "id,username,name")];
            let answer = self
                .page_graph
                .get(&account.remote_id, &token, &query)
                .await;
            let answer = answer.map_err(told)?;
            sign_in::signed_in(&answer, "id").ok_or_else(|| told(unreadable(&answer)))?
        };
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

    async fn comment(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> Commented {
        self.comment_now(account, delivered, words, ctx).await
    }

    async fn look_for_comment(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> CommentSeen {
        self.look_for_comment_now(account, delivered, words, ctx)
            .await
    }

    async fn delete(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let refused = |message: &str| Err(Refusal::never(Category::Unknown, message));
        if Door::of(account) == Door::Own {
            return refused(
                "Instagram lets programs delete only when the account is connected through its Facebook Page. Delete it in Instagram.",
            );
        }
        let first = delivered
            .remote
            .pointer("/segments/0")
            .and_then(Shown::read);
        let Some(id) = first.and_then(|f| f.id) else {
            return refused(
                "Almanac knows that this is on Instagram and not where. Delete it there.",
            );
        };
        let token = self.token(account, ctx).await?;
        match self.page_graph.delete(&id, &token).await {
            Ok(_) => Ok(()),
            Err(failed) if graph_errors::is_gone(&failed) => Ok(()),
            Err(failed) => Err(errors::refusal(&failed, &account.handle, ctx.clock.now())),
        }
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
        let story = delivered.remote.get("kind").and_then(Value::as_str) == Some("story");
        let Some(id) = first.and_then(|f| f.id).filter(|_| !story) else {
            return Ok(None);
        };
        let token = self.token(account, ctx).await?;
        let graph = self.graph(Door::of(account));
        let query = [("fields", "like_count,comments_count")];
        let answer = graph.get(&id, &token, &query).await;
        let answer =
            answer.map_err(|failed| errors::refusal(&failed, &account.handle, ctx.clock.now()))?;
        Ok(Some(Metrics {
            likes: answer.get("like_count").and_then(Value::as_u64),
            replies: answer.get("comments_count").and_then(Value::as_u64),
            ..Metrics::default()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        let began = Timestamp::from_millis(1_778_742_300_000);
        assert!(is_since("2026-05-14T07:05:00+0000", began));
        assert!(is_since("2026-05-14T09:04:00+0200", began));
        assert!(!is_since("2026-05-14T07:02:00+0000", began));
        assert!(!is_since("soon", began));
    }
}
