//! LinkedIn: a person's profile and company pages, through an app of the person's own.
//!
//! What was looked up beyond the documentation: apps still register `http://localhost` addresses (many
//! public examples do), though the text asks for https; the token generator of the developer site
//! is there for everybody else. Addresses to revoke a token are used by several programs
//! (`oauth/v2/revoke`) and documented nowhere, so whatever it answers counts. PKCE belongs to a flow
//! of its own that LinkedIn switches on app by app, so the usual flow is used without it. Programs
//! report that text is cut at reserved signs that are not escaped, so all of them are, in addresses
//! too. Not verified: in which unit LinkedIn counts, and whether posts with files count as duplicates.
//!
//! A person's own posts cannot be read back: an uncertain send is the person's to decide. A page's
//! posts are read back. The addresses to which a video is uploaded are good for anybody who has
//! them, so they are kept nowhere: a video whose upload was interrupted is uploaded anew.

mod accounts;
mod captions;
mod catalogue;
mod client;
mod comment;
mod confirm;
mod errors;
mod publish;
mod sign_in;
mod text;
mod upload;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::content::MediaUse;
use model::error::{Fix, Problem};
use model::{AccountId, Timestamp};
use serde_json::{Map, Value};

use crate::api::Api;
use crate::catalogue::Entry;
use crate::check;
use crate::connector::{
    Begun, CheckInput, CommentSeen, Commented, Confirmation, Connector, Ctx, Delivered, Job,
    Measure, Metrics, Outcome, PictureUse, Refusal, SignInFields, SignedIn, StepLog, TextSpan,
    TextUse,
};
use crate::http::{Clients, HttpConfig, HttpError};
use crate::looking::Missed;
use crate::registry::Addresses;
use crate::sending;
use crate::tokens::Sessions;
use catalogue::{OPTION_LINK, OPTION_LINK_TITLE, OPTION_VISIBILITY};

pub use catalogue::KEY;

/// The connector of LinkedIn.
pub struct LinkedIn {
    entry: Entry,
    api: Api,
    /// Where calls go.
    origin: String,
    /// Where people sign in.
    site: String,
    sessions: Sessions,
    /// What a second of the network's waits is.
    second: Duration,
    missed: Missed,
}

impl LinkedIn {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, addresses: &Addresses) -> Result<Self, HttpError> {
        Ok(Self {
            entry: catalogue::entry(),
            api: Api::new(Clients::new(http)?, http.timeouts),
            origin: addresses.of(KEY, "https://api.linkedin.com"),
            site: addresses.of(KEY, "https://www.linkedin.com"),
            sessions: Sessions::default(),
            second: Duration::from_secs(1),
            missed: Missed::default(),
        })
    }

    /// The same with shorter seconds while the network works on a file: for tests.
    #[must_use]
    pub fn with_second(mut self, second: Duration) -> Self {
        self.second = second;
        self
    }
}

/// Whether an account is a company page.
fn is_page(account: &Account) -> bool {
    account.remote_id.starts_with("urn:li:organization:")
}

/// A text option without spaces around it; empty when it is not set.
fn option<'a>(options: &'a Map<String, Value>, name: &str) -> &'a str {
    let value = options.get(name).and_then(Value::as_str);
    value.unwrap_or_default().trim()
}

#[async_trait]
impl Connector for LinkedIn {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let mut found = check::common(&self.entry, &input);
        let options = &input.draft.options;
        let set = |name: &str| {
            vec![Fix::SetOption {
                name: name.to_owned(),
            }]
        };
        let visibility = option(options, OPTION_VISIBILITY);
        if is_page(input.account) && !matches!(visibility, "" | "PUBLIC") {
            let message = "A company page on LinkedIn posts for anyone. Choose Anyone.".to_owned();
            found.error("visibility", None, message, set(OPTION_VISIBILITY));
        }
        if !is_page(input.account) {
            check::comment_left_out(&self.entry, &input, comment::PAGES_ONLY, &mut found);
        }
        let link = option(options, OPTION_LINK);
        if !link.is_empty() {
            if !publish::is_address(link) {
                let message = "The link of the card has to begin with https or http.".to_owned();
                found.error("link_odd", None, message, set(OPTION_LINK));
            } else if option(options, OPTION_LINK_TITLE).is_empty() {
                let message = "LinkedIn needs a title for the card of a link.".to_owned();
                found.error("link_title", None, message, set(OPTION_LINK_TITLE));
            }
            let files: Vec<_> = input.segments.iter().flat_map(|s| &s.media).collect();
            let is_picture = |file: &MediaUse| {
                check::facts_of(&input, &file.media_id)
                    .is_some_and(|f| f.mime.starts_with("image/"))
            };
            // One picture becomes that of the card.
            let fits = matches!(files[..], [one] if is_picture(one));
            if !files.is_empty() && !fits {
                let message =
                    "LinkedIn shows either files or the card of a link, which may have one picture."
                        .to_owned();
                let fixes = vec![check::clear(OPTION_LINK)];
                found.error("link_and_media", None, message, fixes);
            }
        }
        found.into_problems()
    }

    fn picture_limits(&self, _of: &PictureUse<'_>) -> Option<::media::Limits> {
        Some(upload::picture_limits())
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        check::measure(&self.entry.text, of.text)
    }

    fn spans(&self, text: &str) -> Vec<TextSpan> {
        text::spans(text)
    }

    fn freeze(&self, job: &Job, ctx: Ctx<'_>) -> Value {
        sending::prepared(job, ctx)
    }

    fn shows_at_once(&self, job: &Job) -> Option<String> {
        let plain = job.segments.first().is_some_and(|s| s.media.is_empty());
        let first = job.done.is_empty() && job.first_sent_try_at.is_none();
        (plain && first).then(|| publish::SHOWN.to_owned())
    }

    async fn sign_in(
        &self,
        account_id: AccountId,
        _method: &str,
        fields: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        self.sign_in_with_token(account_id, &fields, ctx).await
    }

    async fn begin(
        &self,
        method: &str,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        self.begin_in_browser(method, fields, redirect, ctx)
    }

    async fn finish(
        &self,
        account_id: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        self.finish_in_browser(account_id, begun, answer, ctx).await
    }

    async fn sign_in_ends(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<Option<Timestamp>, Refusal> {
        self.sessions.sign_in_ends(account.id, ctx).await
    }

    async fn renew_sign_in(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        let good = self.sessions.good(account, self, None, ctx).await;
        good.map(drop)
    }

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        self.identify_now(account, ctx).await
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.revoke(account, ctx).await
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        sending::outcome(self.publish_steps(job, steps, ctx).await)
    }

    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        self.confirm_now(job, ctx).await
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
        self.delete_post(account, &delivered.remote_id, ctx).await
    }

    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        if !is_page(account) {
            return Ok(None);
        }
        let answer = self.statistics(account, &delivered.remote_id, ctx).await?;
        let numbers = answer.pointer("/elements/0/totalShareStatistics");
        Ok(numbers.map(|numbers| {
            let number = |name: &str| numbers.get(name).and_then(Value::as_u64);
            Metrics {
                likes: number("likeCount"),
                reposts: number("shareCount"),
                replies: number("commentCount"),
                quotes: None,
                views: number("impressionCount"),
            }
        }))
    }
}
