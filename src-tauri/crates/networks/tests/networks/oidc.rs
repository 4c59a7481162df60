//! Signing in and renewing against a certified OAuth 2 server, in a process of its own: what our side
//! does has to be what the standard says, and not only what our own sandboxes take.
//!
//! Needs the packages in `tests/oidc`, which `cargo xtask test` installs.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use model::account::{Account, AccountHealth};
use model::failure::{Category, Retry};
use model::{Clock, WorkspaceId};
use networks::api::Api;
use networks::catalogue::Redirect;
use networks::connector::{Begun, Ctx, Refusal};
use networks::http::{Clients, HttpConfig, ProxyChoice};
use networks::oauth::{Granted, Listener, Memo, Provider, pasted};
use networks::tokens::{Renew, Sessions, Tokens};
use networks::vault::Secret;
use serde_json::json;
use testkit::browser::{sent_back, walked_back};
use testkit::desk::{ACCOUNT, DUE, Desk};
use testkit::oidc::{Oidc, SECRET};

/// How long an access token of the server lives.
const LIFE: Duration = Duration::from_mins(10);
/// How long a code does.
const CODE_LIFE: Duration = Duration::from_mins(1);

struct World {
    server: Oidc,
    desk: Desk,
    api: Api,
    provider: Provider,
    renewals: AtomicUsize,
}

impl World {
    async fn start() -> Self {
        let server = Oidc::start()
            .await
            .unwrap_or_else(|sentence| panic!("{sentence}"));
        let http = HttpConfig {
            proxy: ProxyChoice::Direct,
            ..HttpConfig::new("0.0.0-test")
        };
        let provider = Provider {
            network: "Certified".to_owned(),
            authorize: format!("{}/auth", server.origin),
            token: format!("{}/token", server.origin),
            client_id: "native".to_owned(),
            client_secret: None,
            basic: false,
            scopes: ["openid", "offline_access", "posts"]
                .map(str::to_owned)
                .to_vec(),
            // The server gives refresh tokens only where a person was asked for them.
            extra: vec![("prompt".to_owned(), "consent".to_owned())],
        };
        Self {
            desk: Desk::new(),
            api: Api::new(Clients::new(&http).unwrap(), http.timeouts),
            server,
            provider,
            renewals: AtomicUsize::new(0),
        }
    }

    async fn listen() -> Listener {
        let here = Redirect::Loopback {
            host: "127.0.0.1".to_owned(),
            ports: vec![0],
            path: "/callback".to_owned(),
        };
        Listener::bind(&here).await.unwrap()
    }

    fn begin(&self, redirect: &str) -> Begun {
        self.provider
            .begin(redirect, BTreeMap::new(), self.desk.ctx())
            .unwrap()
    }

    /// There and back again, as far as the query that came back.
    async fn answered(&self) -> (Begun, BTreeMap<String, String>) {
        let listener = Self::listen().await;
        let home = listener.address().to_owned();
        let begun = self.begin(&home);
        let back = walked_back(&begun.address, &home).await.unwrap();
        let state = begun.state.clone();
        let (answer, page) = tokio::join!(listener.answer(&state), sent_back(&back));
        assert!(page.unwrap_err().contains("You can close this page"));
        (begun, answer)
    }

    async fn finish(
        &self,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
    ) -> Result<Granted, Refusal> {
        let memo = Memo::of(begun).unwrap();
        self.provider
            .finish(&self.api, &memo, answer, self.desk.clock.now())
            .await
    }

    async fn signed_in(&self) -> Tokens {
        let (begun, answer) = self.answered().await;
        self.finish(&begun, &answer).await.unwrap().tokens
    }

    async fn good(&self, token: &Secret) -> bool {
        self.server.asks_who(token.reveal()).await.unwrap() == 200
    }

    /// Time passes for both.
    async fn pass(&self, time: Duration) {
        self.desk.clock.pass(time);
        let seconds = u32::try_from(time.as_secs()).unwrap();
        self.server.pass(seconds).await.unwrap();
    }
}

#[async_trait]
impl Renew for World {
    fn network(&self) -> &str {
        &self.provider.network
    }

    async fn renew(
        &self,
        account: &Account,
        old: &Tokens,
        ctx: Ctx<'_>,
    ) -> Result<Tokens, Refusal> {
        self.renewals.fetch_add(1, Ordering::SeqCst);
        let now = ctx.clock.now();
        let granted = self.provider.renew(&self.api, old, &account.handle, now);
        Ok(granted.await?.tokens)
    }
}

fn account() -> Account {
    Account {
        id: ACCOUNT,
        workspace_id: WorkspaceId(uuid::Uuid::from_u128(1)),
        network: "certified".to_owned(),
        remote_id: "ana".to_owned(),
        handle: "ana".to_owned(),
        display_name: String::new(),
        server: String::new(),
        settings: json!({}),
        health: AccountHealth::Ok,
        paused: None,
        created_at: DUE,
    }
}

#[tokio::test]
async fn a_code_becomes_tokens_once_and_only_with_its_verifier() {
    let world = World::start().await;
    let (begun, answer) = world.answered().await;
    // The server names itself beside the code, as the standard's newer part wants it.
    assert_eq!(answer["iss"], world.server.origin);
    let granted = world.finish(&begun, &answer).await.unwrap();
    assert!(
        granted
            .lacks(&["openid", "offline_access", "posts"])
            .is_empty()
    );
    let tokens = granted.tokens;
    assert_eq!(tokens.access_ends, Some(DUE.plus(LIFE)));
    assert!(tokens.refresh.is_some() && world.good(&tokens.access).await);

    // The code again: it is refused, and what it gave is taken back.
    let again = world.finish(&begun, &answer).await.unwrap_err();
    assert!(again.message.contains("was used already"), "{again:?}");
    assert!(!world.good(&tokens.access).await);

    // Somebody who caught the code but not the verifier.
    let (begun, answer) = world.answered().await;
    let mut memo = Memo::of(&begun).unwrap();
    memo.verifier = "0".repeat(64);
    let now = world.desk.clock.now();
    let caught = world.provider.finish(&world.api, &memo, &answer, now).await;
    assert!(caught.unwrap_err().message.contains("Start it again"));

    // A person who went away for longer than the code lives.
    let (begun, answer) = world.answered().await;
    world.pass(CODE_LIFE * 2).await;
    let late = world.finish(&begun, &answer).await.unwrap_err();
    assert!(late.message.contains("took too long"), "{late:?}");
    assert_eq!(late.category, Category::AuthError);
}

#[tokio::test]
async fn clients_with_a_secret_show_it_as_they_are_registered() {
    let mut world = World::start().await;
    for (client, basic) in [("basic", true), ("post", false)] {
        world.provider.client_id = client.to_owned();
        world.provider.client_secret = Some(Secret::new(SECRET));
        world.provider.basic = basic;
        let tokens = world.signed_in().await;
        assert!(world.good(&tokens.access).await, "{client}");
        let now = world.desk.clock.now();
        let renewed = world.provider.renew(&world.api, &tokens, "ana", now).await;
        assert!(world.good(&renewed.unwrap().tokens.access).await);

        // The browser still knows the app; the token call tells that its secret is another one.
        let (begun, answer) = world.answered().await;
        world.provider.client_secret = Some(Secret::new("another secret"));
        let wrong = world.finish(&begun, &answer).await.unwrap_err();
        assert_eq!(
            wrong.message,
            "Certified does not know this app. Check the client ID and the client secret."
        );
        assert!(!format!("{wrong:?}").contains("another secret"));
    }
    // An app that does not exist is told in the browser, which is not sent back.
    world.provider.client_id = "nobody".to_owned();
    let home = "http://127.0.0.1:50123/callback";
    let begun = world.begin(home);
    let page = walked_back(&begun.address, home).await.unwrap_err();
    assert!(page.contains("invalid_client"), "{page}");
}

#[tokio::test]
async fn a_refusal_in_the_browser_and_a_foreign_state_connect_nothing() {
    let mut world = World::start().await;
    let hint = ("login_hint".to_owned(), "deny".to_owned());
    world.provider.extra.push(hint);
    let (begun, answer) = world.answered().await;
    assert_eq!(answer["error"], "access_denied");
    let denied = world.finish(&begun, &answer).await.unwrap_err();
    assert_eq!(
        denied.message,
        "Certified was not allowed in the browser. Nothing was connected."
    );
    world.provider.extra.pop();

    // Another sign-in's answer is not heard, neither by the listener nor where it is pasted.
    let listener = World::listen().await;
    let home = listener.address().to_owned();
    let (ours, other) = (world.begin(&home), world.begin(&home));
    assert_ne!(ours.state, other.state);
    let stray = walked_back(&other.address, &home).await.unwrap();
    assert!(pasted(&stray, &ours.state, "Certified").is_err());
    let right = walked_back(&ours.address, &home).await.unwrap();
    let visits = async {
        let page = sent_back(&stray).await.unwrap_err();
        assert!(page.contains("does not belong to the sign-in"), "{page}");
        sent_back(&right).await.unwrap_err()
    };
    let (answer, _) = tokio::join!(listener.answer(&ours.state), visits);
    assert!(world.finish(&ours, &answer).await.is_ok());
    assert!(
        sent_back(&right)
            .await
            .unwrap_err()
            .contains("error sending")
    );
}

#[tokio::test]
async fn a_token_is_renewed_once_for_everybody_and_the_new_one_is_kept_before_it_is_used() {
    let world = World::start().await;
    let (sessions, account) = (Sessions::default(), account());
    let first = world.signed_in().await;
    let ctx = world.desk.ctx();
    sessions.keep(ACCOUNT, first.clone(), ctx).await.unwrap();
    world.pass(LIFE).await;
    assert!(!world.good(&first.access).await);
    // The server takes a used refresh token for stolen and ends the whole sign-in, so a second
    // renewal beside the first would show.
    let ask = || sessions.good(&account, &world, None, ctx);
    let all = tokio::join!(ask(), ask(), ask(), ask());
    let second = all.0.unwrap();
    for other in [all.1, all.2, all.3] {
        assert_eq!(other.unwrap(), second);
    }
    assert_eq!(world.renewals.load(Ordering::SeqCst), 1);
    assert_ne!(second.refresh, first.refresh);
    assert!(world.good(&second.access).await);

    // As after a restart: what lies in the vault goes on.
    let anew = Sessions::default();
    world.pass(LIFE).await;
    let third = anew.good(&account, &world, None, ctx).await.unwrap();
    assert!(world.good(&third.access).await);

    // The server's clock is ahead of ours: a call whose token is refused although it should still be good is
    // made once more with a new one.
    world.server.pass(600).await.unwrap();
    assert!(!world.good(&third.access).await);
    let called = anew
        .call(
            &account,
            &world,
            |status: &u16| *status == 401,
            ctx,
            |tokens| {
                let server = &world.server;
                async move {
                    match server.asks_who(tokens.access.reveal()).await.unwrap() {
                        200 => Ok(()),
                        other => Err(other),
                    }
                }
            },
        )
        .await;
    assert!(called.is_ok(), "{called:?}");
    assert_eq!(world.renewals.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_sign_in_that_was_taken_away_is_a_person_s_to_mend() {
    let world = World::start().await;
    let tokens = world.signed_in().await;
    let now = world.desk.clock.now();
    let renewed = world.provider.renew(&world.api, &tokens, "ana", now).await;
    let renewed = renewed.unwrap().tokens;
    let told = |tokens: Tokens| {
        let (provider, api) = (&world.provider, &world.api);
        async move { provider.renew(api, &tokens, "ana", now).await.unwrap_err() }
    };
    // Used twice: by somebody who stole it, as far as the server knows.
    let stolen = told(tokens).await;
    assert_eq!(
        stolen.message,
        "Certified signed ana out. Connect the account again."
    );
    assert_eq!(
        (stolen.category, stolen.retry),
        (Category::AuthError, Retry::Never)
    );
    let gone = told(renewed).await;
    assert!(gone.message.contains("signed ana out"), "{gone:?}");

    let tokens = world.signed_in().await;
    let refresh = tokens.refresh.clone().unwrap();
    let status = world.server.revoke("native", refresh.reveal()).await;
    assert_eq!(status.unwrap(), 200);
    let revoked = told(tokens).await;
    assert!(revoked.message.contains("signed ana out"), "{revoked:?}");
    assert!(!format!("{revoked:?}").contains(refresh.reveal()));
}
