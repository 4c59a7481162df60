//! Mastodon and every other server that speaks its language, through the browser or with a token.
//!
//! Looked up in Mastodon's source, where the documentation is silent: the result of an idempotency key is
//! kept for 3,600 seconds, after the post was written; older versions leave out files they do not know
//! (any more) without a word, so files of an earlier attempt are looked at before the post; the spam filter
//! answers as if it had posted, for new accounts whose text mentions somebody, so such a post is looked at
//! afterwards; the list of an account's own posts holds every visibility.

mod app;
mod catalogue;
mod client;
mod confirm;
mod errors;
mod files;
mod instance;
mod options;
mod placing;
mod publish;
mod server;
mod sign_in;
mod text;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::error::Problem;
use model::{AccountId, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::Api;
use crate::catalogue::Entry;
use crate::check;
use crate::connector::{
    Begun, CheckInput, Choice, Confirmation, Connector, Ctx, Delivered, Job, Kept, Measure,
    Metrics, Outcome, PictureUse, Refusal, SignInFields, SignedIn, StepLog, TextSpan, TextUse,
};
use crate::http::{Clients, HttpConfig, HttpError};
use crate::registry::Addresses;
use crate::sending;
use crate::tokens::{CallFailed, Sessions};
use client::{Carry, told};
use instance::Instance;
use options::Wanted;

pub use catalogue::KEY;

/// How long the first wait for a file that is worked on takes; each one after it takes twice as long.
const WAIT: Duration = Duration::from_secs(1);
/// How many people a look-up gives.
const MAX_PEOPLE: &str = "8";

/// The connector of Mastodon.
pub struct Mastodon {
    entry: Entry,
    api: Api,
    sessions: Sessions,
    /// The server that stands in for all servers on the internet; empty when none does.
    stand_in: String,
    wait: Duration,
}

impl Mastodon {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, addresses: &Addresses) -> Result<Self, HttpError> {
        Ok(Self {
            entry: catalogue::entry(),
            api: Api::new(Clients::new(http)?, http.timeouts),
            sessions: Sessions::default(),
            stand_in: addresses.of(KEY, ""),
            wait: WAIT,
        })
    }

    /// The same with another first wait for files that are worked on.
    #[must_use]
    pub fn waiting(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }
}

/// The server's own id of an account: ours has the host before it.
fn id_of(account: &Account) -> &str {
    account.remote_id.rsplit('/').next().unwrap_or_default()
}

#[async_trait]
impl Connector for Mastodon {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn entry_for(&self, account: &Account) -> Cow<'_, Entry> {
        Cow::Owned(Instance::of(account).applied(&self.entry))
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let server = Instance::of(input.account);
        let wanted = Wanted::read(&input.draft.options);
        let entry = server.applied(&self.entry);
        let mut found = check::common_measured(&entry, &input, |of| self.measure(of));
        options::check(&wanted, &server, &input, &mut found);
        found.into_problems()
    }

    fn picture_limits(&self, of: &PictureUse<'_>) -> Option<media::Limits> {
        Some(files::picture_limits(&Instance::of(of.account)))
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        let server = Instance::of(of.account);
        // The content warning counts in every part.
        let before = Wanted::read(of.options).warning_length();
        text::measure(of.text, before, server.max_characters, server.per_link)
    }

    fn spans(&self, words: &str) -> Vec<TextSpan> {
        text::spans(words)
    }

    fn freeze(&self, job: &Job, _ctx: Ctx<'_>) -> Value {
        let keys: Vec<String> = (0..job.segments.len())
            .map(|n| publish::key(job, n))
            .collect();
        json!({ "keys": keys })
    }

    fn shows_at_once(&self, job: &Job) -> Option<String> {
        let plain = job.segments.first().is_some_and(|s| s.media.is_empty());
        let step = match job.place_at {
            Some(_) => placing::PLACED.to_owned(),
            None => publish::step_key(0),
        };
        (plain && job.done.is_empty()).then_some(step)
    }

    async fn sign_in(
        &self,
        account_id: AccountId,
        _method: &str,
        fields: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        Ok(vec![
            self.sign_in_with_token(account_id, &fields, ctx).await?,
        ])
    }

    async fn begin(
        &self,
        _method: &str,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        self.begin_in_browser(fields, redirect, ctx).await
    }

    async fn finish(
        &self,
        account_id: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        Ok(vec![
            self.finish_in_browser(account_id, begun, answer, ctx)
                .await?,
        ])
    }

    async fn sign_in_ends(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<Option<Timestamp>, Refusal> {
        let tokens = self.sessions.peek(account.id, ctx).await?;
        // Without a refresh token, the end of the access token is the end of all.
        Ok(tokens.and_then(|t| {
            t.sign_in_ends
                .or(t.access_ends.filter(|_| t.refresh.is_none()))
        }))
    }

    async fn choices(
        &self,
        account: &Account,
        option: &str,
        query: &str,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Choice>, Refusal> {
        let query = query.trim().trim_start_matches('@');
        if option != "mention" || query.is_empty() {
            return Ok(vec![]);
        }
        let parameters = [("q", query), ("limit", MAX_PEOPLE)];
        let path = "/api/v1/accounts/search";
        let answer = self
            .read(account, path, Carry::Query(&parameters), ctx)
            .await?;
        let home = Instance::of(account).domain;
        let people = answer.json().unwrap_or_default();
        let people = people.as_array().into_iter().flatten();
        Ok(people.filter_map(|p| person(p, &home)).collect())
    }

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        self.identify_now(account, ctx).await
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.end_session(account, ctx).await
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        match job.place_at {
            Some(_) => sending::outcome(self.place_steps(job, steps, ctx).await),
            None => sending::outcome(self.publish_steps(job, steps, ctx).await),
        }
    }

    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        self.confirm_now(job, ctx).await
    }

    fn cannot_keep(&self, input: CheckInput<'_>) -> Option<String> {
        placing::cannot_keep(&Instance::of(input.account), &input)
    }

    async fn look_at_kept(&self, job: &Job, kept: &Delivered, ctx: Ctx<'_>) -> Kept {
        self.look_at_kept_now(job, kept, ctx).await
    }

    async fn take_back(
        &self,
        account: &Account,
        kept: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        self.take_back_now(account, kept, ctx).await
    }

    async fn delete(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let ids = delivered.remote.get("ids").and_then(Value::as_array);
        let ids = ids.into_iter().flatten().filter_map(Value::as_str);
        // From the end, so that what is left after a failure is still a whole thread.
        for id in ids.collect::<Vec<_>>().into_iter().rev() {
            let path = format!("/api/v1/statuses/{id}");
            match self
                .ask(account, Method::DELETE, &path, Carry::Nothing, ctx)
                .await
            {
                Err(CallFailed::Call(failed)) if failed.status() == Some(404) => {}
                Err(failed) => return Err(told(failed, account, ctx)),
                Ok(_) => {}
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
        let path = format!("/api/v1/statuses/{}", delivered.remote_id);
        match self
            .ask(account, Method::GET, &path, Carry::Nothing, ctx)
            .await
        {
            Ok(answer) => Ok(answer.json().as_ref().map(numbers)),
            Err(CallFailed::Call(failed)) if failed.status() == Some(404) => Ok(None),
            Err(failed) => Err(told(failed, account, ctx)),
        }
    }
}

fn numbers(status: &Value) -> Metrics {
    let number = |name: &str| status.get(name).and_then(Value::as_u64);
    Metrics {
        likes: number("favourites_count"),
        reposts: number("reblogs_count"),
        replies: number("replies_count"),
        quotes: number("quotes_count"),
        views: None,
    }
}

/// Somebody who can be mentioned, with their server: the same text may go to other servers too.
fn person(person: &Value, home: &str) -> Option<Choice> {
    let text = |name: &str| person.get(name).and_then(Value::as_str);
    let acct = text("acct")?;
    let whole = if acct.contains('@') {
        acct.to_owned()
    } else {
        format!("{acct}@{home}")
    };
    let shown = text("display_name")
        .map(str::trim)
        .filter(|n| !n.is_empty());
    let label = match shown {
        Some(name) => format!("{name} (@{whole})"),
        None => format!("@{whole}"),
    };
    Some(Choice {
        value: format!("@{whole}"),
        label: label
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect(),
    })
}
