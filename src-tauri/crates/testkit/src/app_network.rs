//! A network with a sign-in, limits and checks, over the network in memory of the publisher's tests.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::clip::ClipLimits;
use model::error::{Fix, Problem};
use model::failure::{Category, Retry};
use model::quota::{Limit, Span};
use model::{AccountId, Timestamp};
use networks::catalogue::{
    Confirms, CountUnit, Entry, FieldKind, ImageLimits, NativeSchedule, OptionField, Price,
    PricedFor, Redirect, ShownWhen, SignIn, SignInField, SignInMethod, TextLimits, VideoKind,
    VideoLimits,
};
use networks::check;
use networks::connector::{
    Begun, CheckInput, Confirmation, Connector, Ctx, Delivered, Job, Kept, Measure, Metrics,
    Outcome, Refusal, SignInFields, SignedIn, SpanKind, StepLog, TextSpan, TextUse,
};
use networks::registry::Registry;
use networks::vault::Secret;
use publisher::testing::{TestConnector, TestNetwork, entry, refusal};
use serde_json::{Value, json};

/// Key of the network.
pub const KEY: &str = "test";
/// The only password that is right.
pub const PASSWORD: &str = "right-password";
/// Name of the secret that a sign-in keeps.
pub const SESSION: &str = "session";
/// The only client secret of an app that is right.
pub const CLIENT_SECRET: &str = "right-client-secret";
/// What has to come back with the browser.
pub const STATE: &str = "the-state";
/// Most characters of a post.
pub const MAX_TEXT: u32 = 300;
/// Most posts of an account in a day.
pub const MOST_A_DAY: u32 = 40;
/// The sign-in of an account of this name ends after ten days, and only a person renews it.
pub const ENDS: &str = "ends";
/// The sign-in of an account of this name is said to end after ten days, and lasts.
pub const LASTS: &str = "lasts";
/// How long these last, or are said to.
const ENDS_AFTER: Duration = Duration::from_hours(24 * 10);
/// The sign-in of an account of this name is renewed by the program.
pub const RENEWS: &str = "renews";
/// The sign-in of an account of this name was revoked, which shows when it is renewed.
pub const REVOKED: &str = "revoked";
/// How long a sign-in that can be renewed lasts.
pub const RENEWED_FOR: Duration = Duration::from_hours(24 * 30);
/// Where the end of a renewed one is kept.
const RENEWED: &str = "renewed";
/// Most posts of an account that it holds for one day.
pub const HELD_A_DAY: u32 = 2;
/// What a part costs, in millionths of a US dollar.
pub const PRICE: u32 = 15_000;

fn through_the_browser(key: &str, redirect: Redirect) -> SignInMethod {
    let id = SignInField::new("client_id", "Client ID", FieldKind::Text, "").of_app();
    let secret = SignInField::new("client_secret", "Client secret", FieldKind::Secret, "").of_app();
    SignInMethod::form(key, "With your browser", &["Allow it."], vec![id, secret])
        .through(redirect, Some("https://testnet.example/apps"))
        .asking_for(&["posts.read", "posts.write"])
}

fn methods() -> Vec<SignInMethod> {
    vec![
        SignInMethod::form(
            "password",
            "With a password",
            &["Type both."],
            vec![
                SignInField::new("handle", "Handle", FieldKind::Text, ""),
                SignInField::new("password", "Password", FieldKind::Secret, ""),
            ],
        ),
        through_the_browser(
            "browser",
            Redirect::Loopback {
                host: "127.0.0.1".to_owned(),
                ports: vec![0],
                path: "/back".to_owned(),
            },
        ),
        through_the_browser(
            "paste",
            Redirect::Pasted {
                address: "https://example.com/done".to_owned(),
            },
        ),
    ]
}

/// The real networks, of which choices, documents and shapes of pictures are taken.
fn real() -> Option<&'static Registry> {
    static REAL: OnceLock<Option<Registry>> = OnceLock::new();
    let config = || networks::registry::Config::new("0.0.0-test");
    REAL.get_or_init(|| Registry::new(config()).ok()).as_ref()
}

/// The entry of the real network of this key; none for a key of our own.
fn real_entry(key: &str) -> Option<Entry> {
    let real = real().filter(|_| key != KEY)?;
    real.entries().into_iter().find(|e| e.key == key)
}

/// Whether it sends a browser back to this computer; others show an address that is copied. Networks of our own do both.
fn sends_back(real: Option<&Entry>) -> bool {
    let ways = real.into_iter().flat_map(|real| &real.sign_in.methods);
    let mut browsers = ways.filter_map(|way| way.browser.as_ref());
    !browsers.any(|browser| matches!(browser.redirect, Redirect::Pasted { .. }))
}

/// The choices that it offers for a post.
fn choices(real: &Entry) -> Vec<OptionField> {
    let choices = real.options.iter();
    let choices = choices.filter(|o| o.kind == FieldKind::Choice && !o.required);
    choices.cloned().collect()
}

/// The connector.
pub struct TestAccounts {
    entry: Entry,
    inner: TestConnector,
    network: Arc<TestNetwork>,
}

impl TestAccounts {
    /// Over this network.
    #[must_use]
    pub fn new(network: Arc<TestNetwork>) -> Self {
        Self::named(KEY, "Testnet", network)
    }

    /// The same under the key and name of another network, with the choices, documents and shapes of the real one,
    /// and a browser that comes back by itself only where it does so from the real one.
    #[must_use]
    pub fn named(key: &str, name: &str, network: Arc<TestNetwork>) -> Self {
        let real = real_entry(key);
        let mut methods = methods();
        if !sends_back(real.as_ref()) {
            methods.retain(|way| way.key != "browser");
        }
        let entry = Entry {
            name: name.to_owned(),
            text: TextLimits {
                unit: CountUnit::Graphemes,
                max: Some(MAX_TEXT),
                max_bytes: None,
                link: None,
            },
            images: Some(ImageLimits {
                max_count: 4,
                max_bytes: None,
                formats: Vec::new(),
                alt: true,
                max_alt: None,
            }),
            video: Some(VideoLimits {
                kinds: vec![VideoKind {
                    when: ShownWhen {
                        option: "short".to_owned(),
                        values: vec![json!(true)],
                    },
                    becomes: "as a short".to_owned(),
                    max_bytes: None,
                    cover: None,
                    clip: ClipLimits {
                        max_ms: Some(2_000),
                        ..ClipLimits::default()
                    },
                }],
                ..VideoLimits::plain(1, &["video/mp4"])
            }),
            sign_in: SignIn { methods },
            more_limits: vec![Limit::posts(MOST_A_DAY, Span::Day)],
            prices: vec![Price {
                of: PricedFor::Segment,
                micro_dollars: PRICE,
            }],
            native_schedule: Some(NativeSchedule::ahead(10, Some(29)).at_most(HELD_A_DAY, 300)),
            options: real.as_ref().map(choices).unwrap_or_default(),
            files: real.and_then(|real| real.files),
            ..entry(key, Confirms::ReadBack)
        };
        Self {
            entry,
            inner: TestConnector::new(key, Confirms::ReadBack, Arc::clone(&network))
                .with_price(PRICE),
            network,
        }
    }

    fn who(handle: &str) -> SignedIn {
        SignedIn {
            remote_id: format!("id-of-{handle}"),
            handle: handle.to_owned(),
            display_name: String::new(),
            server: String::new(),
            settings: json!({}),
        }
    }
}

#[async_trait]
impl Connector for TestAccounts {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let mut found = check::common(&self.entry, &input).into_problems();
        let real = real().filter(|_| self.entry.key != KEY);
        if let Some(real) = real.and_then(|real| real.get(&self.entry.key)) {
            let shape = |p: &Problem| p.fixes.iter().any(|f| matches!(f, Fix::Crop { .. }));
            found.extend(real.check(input).into_iter().filter(shape));
        }
        found
    }

    fn hands_files_on(&self) -> bool {
        true
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        check::measure(&self.entry.text, of.text)
    }

    /// Words with `://` are links, words with `@` in front mentions.
    fn spans(&self, text: &str) -> Vec<TextSpan> {
        let utf16 = |at: usize| text[..at].encode_utf16().count() as u32;
        text.split_whitespace()
            .filter_map(|word| {
                let kind = if word.contains("://") {
                    SpanKind::Link
                } else if word.starts_with('@') {
                    SpanKind::Mention
                } else {
                    return None;
                };
                let at = word.as_ptr() as usize - text.as_ptr() as usize;
                Some(TextSpan {
                    from: utf16(at),
                    to: utf16(at + word.len()),
                    kind,
                })
            })
            .collect()
    }

    fn freeze(&self, job: &Job, ctx: Ctx<'_>) -> Value {
        self.inner.freeze(job, ctx)
    }

    async fn sign_in(
        &self,
        account_id: AccountId,
        _method: &str,
        fields: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let password = fields
            .secret
            .get("password")
            .filter(|p| p.reveal() == PASSWORD);
        let Some(password) = password else {
            return Err(refusal(
                Category::AuthError,
                Retry::Never,
                "Testnet does not know this handle with this password. Check both.",
            ));
        };
        ctx.vault
            .set(account_id, SESSION, password)
            .await
            .map_err(|e| refusal(Category::AuthError, Retry::Never, &e.to_string()))?;
        let settings = networks::hosting::settings(&fields)?;
        let who = Self::who(&fields.plain["handle"]);
        Ok(vec![SignedIn { settings, ..who }])
    }

    async fn begin(
        &self,
        _method: &str,
        fields: &SignInFields,
        redirect: &str,
        _ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        Ok(Begun {
            address: format!("https://testnet.example/allow?redirect_uri={redirect}"),
            state: Secret::new(STATE),
            memo: Secret::new(fields.secret("client_secret")),
        })
    }

    /// The code is the list of accounts that were allowed.
    async fn finish(
        &self,
        account_id: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let refused = |words: &str| refusal(Category::AuthError, Retry::Never, words);
        if answer.contains_key("error") {
            return Err(refused(
                "Testnet was not allowed in the browser. Nothing was connected.",
            ));
        }
        if begun.memo.reveal() != CLIENT_SECRET {
            return Err(refused(
                "Testnet does not know this app. Check the client secret.",
            ));
        }
        self.network.pass_gate().await;
        ctx.vault
            .set(account_id, SESSION, &Secret::new("session-of-all"))
            .await
            .map_err(|e| refused(&e.to_string()))?;
        Ok(answer["code"].split(',').map(Self::who).collect())
    }

    async fn choose(
        &self,
        account_id: AccountId,
        chosen: &SignedIn,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        self.network.pass_gate().await;
        let session = Secret::new(format!("session-of-{}", chosen.handle));
        ctx.vault
            .set(account_id, SESSION, &session)
            .await
            .map_err(|e| refusal(Category::Unknown, Retry::Never, &e.to_string()))
    }

    /// Accounts of these names have a sign-in that ends.
    async fn sign_in_ends(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<Option<Timestamp>, Refusal> {
        self.network.pass_gate().await;
        let first = match account.handle.as_str() {
            ENDS | LASTS => Some(account.created_at.plus(ENDS_AFTER)),
            RENEWS | REVOKED => Some(account.created_at.plus(RENEWED_FOR)),
            _ => None,
        };
        let kept = ctx.vault.get(account.id, RENEWED).await.ok().flatten();
        let kept = kept.and_then(|end| end.reveal().parse().ok());
        Ok(kept.map(Timestamp::from_millis).or(first))
    }

    async fn renew_sign_in(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        let signed_out = |words: &str| refusal(Category::AuthError, Retry::Never, words);
        match account.handle.as_str() {
            RENEWS => {
                let end = ctx.clock.now().plus(RENEWED_FOR).as_millis();
                let end = Secret::new(end.to_string());
                let kept = ctx.vault.set(account.id, RENEWED, &end).await;
                kept.map_err(|e| refusal(Category::Unknown, Retry::Never, &e.to_string()))
            }
            REVOKED => Err(signed_out("Testnet signed you out.")),
            _ => Ok(()),
        }
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        self.network.pass_gate().await;
        let ended = ctx.clock.now() >= account.created_at.plus(ENDS_AFTER);
        match ctx.vault.get(account.id, SESSION).await {
            Ok(Some(_)) if account.handle != ENDS || !ended => Ok(Self::who(&account.handle)),
            Err(error) => Err(refusal(
                Category::Unknown,
                Retry::Backoff,
                &error.to_string(),
            )),
            _ => Err(refusal(
                Category::AuthError,
                Retry::Never,
                "Testnet signed you out.",
            )),
        }
    }

    async fn number_now(
        &self,
        account: &Account,
        _ctx: Ctx<'_>,
    ) -> Result<Option<String>, Refusal> {
        let is = self.network.new_number().await;
        Ok(is.filter(|is| *is != account.remote_id))
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.network.sign_out(&account.handle);
        ctx.vault
            .forget(account.id, SESSION)
            .await
            .map_err(|e| refusal(Category::Unknown, Retry::Never, &e.to_string()))
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        self.inner.publish(job, steps, ctx).await
    }

    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        self.inner.confirm(job, ctx).await
    }

    fn cannot_keep(&self, input: CheckInput<'_>) -> Option<String> {
        self.inner.cannot_keep(input)
    }

    async fn look_at_kept(&self, job: &Job, kept: &Delivered, ctx: Ctx<'_>) -> Kept {
        self.inner.look_at_kept(job, kept, ctx).await
    }

    async fn take_back(
        &self,
        account: &Account,
        kept: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        self.inner.take_back(account, kept, ctx).await
    }

    async fn delete(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        self.inner.delete(account, delivered, ctx).await
    }

    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        self.inner.metrics(account, delivered, ctx).await
    }
}
