//! What the tests of a network stand in: its bench, a desk, and an account that is signed in.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use model::account::Account;
use model::content::{MediaUse, Segment};
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use networks::connector::{
    CheckInput, Confirmation, Delivered, Job, JobMedia, JobSegment, MediaFacts, Outcome, Refusal,
    SignInFields, SignedIn,
};
use networks::oauth;
use serde_json::{Map, Value};
use testkit::browser::sent_back;
use testkit::conformance::{Bench, filled};
use testkit::desk::{ACCOUNT, Desk, text};

/// A bench and a desk, with no account yet.
pub struct World<B> {
    pub bench: B,
    pub desk: Desk,
}

impl<B: Bench> World<B> {
    pub fn of(bench: B) -> Self {
        Self {
            bench,
            desk: Desk::new(),
        }
    }

    /// The account that the suite uses.
    pub async fn account(&self) -> Account {
        self.signed_in(self.bench.sign_in()).await
    }

    pub async fn signed_in(&self, form: SignInFields) -> Account {
        let signed = self.desk.sign_in(self.bench.connector(), form).await;
        signed.unwrap()
    }

    pub fn job(&self, account: &Account, segment: JobSegment, options: &[(&str, Value)]) -> Job {
        let connector = self.bench.connector();
        let mut job = self.desk.job(connector, account, vec![segment]);
        let options = options.iter().map(|(k, v)| ((*k).to_owned(), v.clone()));
        job.options.extend(options);
        job
    }

    pub async fn attempt(&self, job: &mut Job) -> Outcome {
        self.desk.attempt(self.bench.connector(), job).await
    }

    pub async fn confirm(&self, job: &Job) -> Confirmation {
        let connector = self.bench.connector();
        connector.confirm(job, self.desk.ctx()).await
    }

    /// Signs in through the browser and gives what came; `meanwhile` happens while the person is there.
    pub async fn browse(
        &self,
        way: &str,
        form: &SignInFields,
        redirect: &str,
        meanwhile: impl FnOnce(&B),
    ) -> Result<Vec<SignedIn>, Refusal> {
        let connector = self.bench.connector();
        let ctx = self.desk.ctx();
        let begun = connector.begin(way, form, redirect, ctx).await?;
        let back = sent_back(&begun.address).await.unwrap();
        meanwhile(&self.bench);
        let answer = oauth::pasted(&back, &begun.state, &connector.entry().name)?;
        connector.finish(ACCOUNT, &begun, &answer, ctx).await
    }
}

/// The same with one account for all.
pub struct Signed<B> {
    pub bench: B,
    pub desk: Desk,
    pub account: Account,
}

impl<B: Bench> Signed<B> {
    pub async fn of(bench: B) -> Self {
        let World { bench, desk } = World::of(bench);
        let signed = desk.sign_in(bench.connector(), bench.sign_in()).await;
        Self {
            account: signed.unwrap(),
            bench,
            desk,
        }
    }

    /// A job with the options of the bench and these.
    pub fn job(&self, words: &str, media: Vec<JobMedia>, options: Value) -> Job {
        let mut job = self.parts(vec![with(words, media)]);
        job.options.extend(object(options));
        job
    }

    /// A job of these parts with the options of the bench.
    pub fn parts(&self, segments: Vec<JobSegment>) -> Job {
        let connector = self.bench.connector();
        let mut job = self.desk.job(connector, &self.account, segments);
        job.options.extend(self.bench.options());
        job
    }

    pub async fn attempt(&self, job: &mut Job) -> Outcome {
        self.desk.attempt(self.bench.connector(), job).await
    }

    pub async fn confirm(&self, job: &Job) -> Confirmation {
        let connector = self.bench.connector();
        connector.confirm(job, self.desk.ctx()).await
    }

    /// The rules a post breaks.
    pub fn rules(&self, words: &str, media: &[MediaFacts], options: Value) -> Vec<String> {
        self.rules_for(&self.account, words, media, options)
    }

    /// The same for an account that is not quite this one.
    pub fn rules_for(
        &self,
        account: &Account,
        words: &str,
        media: &[MediaFacts],
        options: Value,
    ) -> Vec<String> {
        let media_of = |facts: &MediaFacts| MediaUse::new(facts.id.clone(), "x");
        let segment = Segment {
            text: words.to_owned(),
            media: media.iter().map(media_of).collect(),
        };
        let draft = TargetDraft {
            account_id: ACCOUNT,
            override_segments: None,
            options: object(options),
        };
        let found = self.bench.connector().check(CheckInput {
            account,
            segments: std::slice::from_ref(&segment),
            draft: &draft,
            media,
        });
        found.into_iter().map(|p| p.rule).collect()
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("options are an object: {other}"),
    }
}

/// A segment with these files.
pub fn with(words: &str, media: Vec<JobMedia>) -> JobSegment {
    JobSegment {
        media,
        ..text(words)
    }
}

/// What was sent.
pub fn sent(outcome: Outcome) -> Delivered {
    match outcome {
        Outcome::Sent(delivered) => delivered,
        other => panic!("{other:?}"),
    }
}

/// Why nothing was sent.
pub fn not_sent(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::NotSent(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

/// It was not sent, and will not be before the account is connected again.
pub fn asks_to_connect_again(outcome: Outcome) {
    let refused = not_sent(outcome);
    assert_eq!(
        (refused.category, refused.retry),
        (Category::AuthError, Retry::Never)
    );
    assert!(
        refused.message.contains("Connect the account again"),
        "{refused:?}"
    );
}

/// The form of a person's own app, by its client ID and secret.
pub fn app(id: &str, secret: &str) -> SignInFields {
    filled(&[("clientId", id)], &[("clientSecret", secret)])
}

/// Where a page sends the browser; none where it shows something.
pub async fn browse(address: &str) -> Option<String> {
    sent_back(address).await.ok()
}
