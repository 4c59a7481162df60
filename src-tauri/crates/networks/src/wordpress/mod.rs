//! WordPress: sites of one's own, over their REST interface, by application password.

mod article;
mod catalogue;
mod client;
mod confirm;
mod errors;
mod html;
mod media;
mod publish;
mod sign_in;
mod terms;

use async_trait::async_trait;
use model::AccountId;
use model::account::Account;
use model::error::{Fix, Problem};
use serde_json::Value;

use crate::api::{Api, Failed};
use crate::catalogue::Entry;
use crate::check;
use crate::connector::{
    CheckInput, Choice, Confirmation, Connector, Ctx, Delivered, Job, Kept, Measure, Metrics,
    Missing, Outcome, PictureUse, Refusal, SignInFields, SignedIn, StepLog, TextSpan, TextUse,
};
use crate::http::{Clients, HttpConfig, HttpError};
use crate::registry::Addresses;
use crate::sending;
use crate::tokens::{Sessions, Tokens, no_sign_in};
use article::Handle;
use catalogue::OPTION_STATUS;
use client::{Site, code_of};
use errors::Doing;

/// The connector of WordPress.
pub struct WordPress {
    entry: Entry,
    site: Site,
    sessions: Sessions,
}

impl WordPress {
    /// The connector over its own HTTP clients. Every account has an address of its own, so none stands
    /// in for a usual one.
    pub fn new(http: &HttpConfig, _addresses: &Addresses) -> Result<Self, HttpError> {
        Ok(Self {
            entry: catalogue::entry(),
            site: Site::new(Api::new(Clients::new(http)?, http.timeouts)),
            sessions: Sessions::default(),
        })
    }

    async fn tokens(&self, account: &Account, ctx: Ctx<'_>) -> Result<Tokens, Refusal> {
        let held = self.sessions.peek(account.id, ctx).await?;
        held.ok_or_else(|| no_sign_in(&account.handle))
    }
}

fn told(failed: &Failed, doing: Doing, account: &Account, ctx: Ctx<'_>) -> Refusal {
    errors::refusal(failed, doing, &account.handle, ctx.clock.now())
}

/// Something the account may do on the site; what is not known is allowed.
fn may(account: &Account, what: &str) -> bool {
    let right = account.settings.get(what).and_then(Value::as_bool);
    right.unwrap_or(true)
}

/// The number of a delivered article, as a route.
fn route(delivered: &Delivered) -> String {
    // Nothing but digits ever leads anywhere.
    let digits = delivered.remote_id.chars().filter(char::is_ascii_digit);
    format!("/wp/v2/posts/{}", digits.collect::<String>())
}

#[async_trait]
impl Connector for WordPress {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let mut found = check::common(&self.entry, &input);
        let status = article::status_option(&input.draft.options);
        if matches!(status, "publish" | "private") && !may(input.account, "canPublish") {
            let name = OPTION_STATUS.to_owned();
            found.error(
                "role_too_small",
                None,
                "This user may not publish on the site. Choose \"Waiting for review\", or ask its administrator for the role Author.".to_owned(),
                vec![Fix::SetOption { name }],
            );
        }
        let files = input.segments.iter().position(|s| !s.media.is_empty());
        let count = files.map_or(0, |n| input.segments.get(n).map_or(0, |s| s.media.len()));
        if count > 0 && !may(input.account, "canUpload") {
            found.error(
                "no_uploads",
                files,
                "This user may not upload files to the site. Ask its administrator for the role Author.".to_owned(),
                vec![check::beyond(0, count), Fix::Tailor],
            );
        }
        found.into_problems()
    }

    fn picture_limits(&self, _of: &PictureUse<'_>) -> Option<::media::Limits> {
        Some(self::media::picture_limits())
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        check::measure(&self.entry.text, of.text)
    }

    fn spans(&self, _text: &str) -> Vec<TextSpan> {
        // An article has neither mentions nor tags in its text, and its links are Markdown.
        vec![]
    }

    fn freeze(&self, job: &Job, _ctx: Ctx<'_>) -> Value {
        Handle::choose(job).to_json()
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

    fn missing(&self, account: &Account) -> Vec<Missing> {
        if may(account, "canPublish") {
            return vec![];
        }
        vec![Missing::reconnect(
            "This user may only hand articles in for review. To publish, ask the site's administrator for the role Author and connect again.",
        )]
    }

    async fn choices(
        &self,
        account: &Account,
        option: &str,
        query: &str,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Choice>, Refusal> {
        self.offered(account, option, query, ctx).await
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

    fn knows_by_content(&self) -> bool {
        false
    }

    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        self.confirm_now(job, ctx).await
    }

    fn cannot_keep(&self, input: CheckInput<'_>) -> Option<String> {
        let status = article::status_option(&input.draft.options);
        (status != "publish")
            .then(|| "WordPress keeps only public articles until their time.".to_owned())
    }

    async fn look_at_kept(&self, job: &Job, kept: &Delivered, ctx: Ctx<'_>) -> Kept {
        self.look_at_kept_now(job, kept, ctx).await
    }

    async fn delete(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let tokens = self.tokens(account, ctx).await?;
        let route = route(delivered);
        let mut force: &[(&str, &str)] = &[];
        loop {
            let deleted = self
                .site
                .delete(&account.server, &route, force, &tokens)
                .await;
            match deleted {
                Ok(_) => return Ok(()),
                Err(failed) if errors::is_gone(&failed) => return Ok(()),
                // A site without a trash deletes for good or not at all.
                Err(failed)
                    if force.is_empty() && code_of(&failed) == "rest_trash_not_supported" =>
                {
                    force = &[("force", "true")];
                }
                Err(failed) => return Err(told(&failed, Doing::Calling, account, ctx)),
            }
        }
    }

    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        let tokens = self.tokens(account, ctx).await?;
        let query = [
            ("post", delivered.remote_id.as_str()),
            ("per_page", "1"),
            ("_fields", "id"),
        ];
        let good = self
            .site
            .get(&account.server, "/wp/v2/comments", &query, &tokens)
            .await
            .map_err(|failed| told(&failed, Doing::Calling, account, ctx))?;
        Ok(Some(Metrics {
            replies: good.total,
            ..Metrics::default()
        }))
    }
}
