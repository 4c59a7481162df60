//! LinkedIn over its sandbox: the suite as a person and as a page, signing in, and what is its own.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod looking;
mod publish;

use model::content::{MediaUse, Segment};
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use networks::connector::{
    Begun, CheckInput, Confirmation, Connector, Job, JobSegment, Outcome, Refusal, SignInFields,
    SignedIn,
};
use networks::linkedin::{KEY, LinkedIn};
use networks::oauth;
use networks::registry::Addresses;
use serde_json::{Map, Value, json};
use testkit::conformance::{self, Bench, LinkedInBench, http};
use testkit::desk::{ACCOUNT, Desk, text};
use testkit::sandbox::linkedin::{
    CLIENT, PAGE_SCOPES, PAGES_CLIENT, PERSON, PROFILE_SCOPES, REDIRECTS, SECRET, Sandbox,
};
use testkit::sandbox::{Canned, Fault, pages};

use crate::world::{Signed, app, browse, not_sent, sent};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_conforms() {
    conformance::holds(LinkedInBench::profile).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_conforms() {
    conformance::holds(LinkedInBench::page).await;
}

type World = Signed<LinkedInBench>;

impl World {
    async fn profile() -> Self {
        Self::of(LinkedInBench::profile().await).await
    }

    async fn page() -> Self {
        Self::of(LinkedInBench::page().await).await
    }

    fn sandbox(&self) -> &Sandbox {
        &self.bench.sandbox
    }

    fn whole(&self, segment: JobSegment) -> Job {
        self.parts(vec![segment])
    }

    /// Publishes with options and returns what was asked for.
    async fn posted(&self, segment: JobSegment, options: &[(&str, Value)]) -> Value {
        let mut job = self.whole(segment);
        let options = options.iter().map(|(k, v)| ((*k).to_owned(), v.clone()));
        job.options.extend(options);
        sent(self.attempt(&mut job).await);
        self.sandbox().posts().pop().unwrap()
    }
}

async fn begin(
    bench: &LinkedInBench,
    desk: &Desk,
    method: &str,
    fields: &SignInFields,
) -> Result<Begun, Refusal> {
    bench
        .connector()
        .begin(method, fields, REDIRECTS[0], desk.ctx())
        .await
}

async fn through_the_browser(
    bench: &LinkedInBench,
    desk: &Desk,
    method: &str,
    fields: &SignInFields,
) -> Result<Vec<SignedIn>, Refusal> {
    let begun = begin(bench, desk, method, fields).await?;
    let back = browse(&begun.address).await.unwrap();
    let answer = oauth::pasted(&back, &begun.state, "LinkedIn")?;
    bench
        .connector()
        .finish(ACCOUNT, &begun, &answer, desk.ctx())
        .await
}

#[tokio::test]
async fn the_browser_signs_in_a_profile_or_the_pages_one_may_post_for() {
    let (bench, desk) = (LinkedInBench::profile().await, Desk::new());
    let signed = through_the_browser(&bench, &desk, "oauth", &app(CLIENT, SECRET))
        .await
        .unwrap();
    assert_eq!(signed.len(), 1);
    assert_eq!(signed[0].remote_id, PERSON);
    assert_eq!(signed[0].display_name, "Ana Example");
    let signed = through_the_browser(&bench, &desk, "oauth_pages", &app(PAGES_CLIENT, SECRET))
        .await
        .unwrap();
    let pages: Vec<&str> = signed.iter().map(|s| s.display_name.as_str()).collect();
    assert_eq!(
        pages,
        ["Page 501", "Page 502"],
        "not the one that is only read"
    );
    assert_eq!(signed[0].handle, "page-501");
    // It lasts 60 days.
    let account = desk
        .sign_in(
            bench.connector(),
            LinkedInBench::form(&bench.sandbox.token(&PAGE_SCOPES)),
        )
        .await
        .unwrap();
    let ends = bench.connector().sign_in_ends(&account, desk.ctx()).await;
    let days = ends
        .unwrap()
        .unwrap()
        .since(model::Clock::now(&desk.clock))
        .as_secs()
        / 86_400;
    assert_eq!(days, 60);
}

#[tokio::test]
async fn a_token_that_is_good_for_both_offers_both() {
    let (bench, desk) = (LinkedInBench::profile().await, Desk::new());
    let scopes = [PROFILE_SCOPES, PAGE_SCOPES].concat();
    let form = LinkedInBench::form(&bench.sandbox.token(&scopes));
    let signed = bench
        .connector()
        .sign_in(ACCOUNT, "token", form, desk.ctx())
        .await
        .unwrap();
    assert_eq!(signed.len(), 3);
    assert_eq!(signed[0].settings["kind"], "person");
    assert_eq!(signed[2].settings["kind"], "page");
}

#[tokio::test]
async fn what_goes_wrong_in_the_browser_is_told() {
    let (bench, desk) = (LinkedInBench::profile().await, Desk::new());
    let told = |refused: Result<Vec<SignedIn>, Refusal>| {
        let refusal = refused.unwrap_err();
        assert!(refusal.message.ends_with('.'), "{}", refusal.message);
        assert!(!format!("{refusal:?}").contains(SECRET));
        refusal.message
    };
    assert!(
        begin(&bench, &desk, "oauth", &app(CLIENT, ""))
            .await
            .is_err()
    );
    let begun = begin(&bench, &desk, "oauth", &app("nobody", SECRET))
        .await
        .unwrap();
    assert_eq!(browse(&begun.address).await, None);
    // The app lacks the product.
    let words = told(through_the_browser(&bench, &desk, "oauth_pages", &app(CLIENT, SECRET)).await);
    assert!(words.contains("permissions"), "{words}");
    let words = told(through_the_browser(&bench, &desk, "oauth", &app(CLIENT, "wrong")).await);
    assert!(words.contains("client secret"), "{words}");
    // A scope was left out.
    bench.sandbox.grant_only(&["openid", "profile"]);
    let words = told(through_the_browser(&bench, &desk, "oauth", &app(CLIENT, SECRET)).await);
    assert!(words.contains("products"), "{words}");
    // No page to post for.
    let bench = LinkedInBench::profile().await;
    bench.sandbox.take_roles();
    let words =
        told(through_the_browser(&bench, &desk, "oauth_pages", &app(PAGES_CLIENT, SECRET)).await);
    assert!(words.contains("Content admin"), "{words}");
    // The code ran out.
    let begun = begin(&bench, &desk, "oauth", &app(CLIENT, SECRET))
        .await
        .unwrap();
    let back = browse(&begun.address).await.unwrap();
    let answer = oauth::pasted(&back, &begun.state, "LinkedIn").unwrap();
    bench.sandbox.expire_codes();
    let finished = bench
        .connector()
        .finish(ACCOUNT, &begun, &answer, desk.ctx())
        .await;
    let words = told(finished);
    assert!(words.contains("too long"), "{words}");
    // Denied.
    bench.sandbox.deny();
    let words = told(through_the_browser(&bench, &desk, "oauth", &app(CLIENT, SECRET)).await);
    assert!(words.contains("not allowed"), "{words}");
}

#[tokio::test]
async fn a_server_that_is_not_linkedin_is_found_out() {
    let site = pages::start().await.unwrap();
    let addresses = Addresses::one(KEY, &site.origin());
    let connector = LinkedIn::new(&http(), &addresses).unwrap();
    let desk = Desk::new();
    let form = LinkedInBench::form("a-token-of-somebody-at-linkedin");
    let refusal = connector
        .sign_in(ACCOUNT, "token", form, desk.ctx())
        .await
        .unwrap_err();
    assert_ne!(refusal.category, Category::AuthError);
    assert!(!format!("{refusal:?}").contains("a-token-of-somebody"));
}
