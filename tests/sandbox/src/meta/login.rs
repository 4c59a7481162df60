//! Signing in at a Graph network: the page in the browser, the code, and tokens.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use super::{Call, Refused, Reply, escaped};

/// How long a code is good, in seconds.
const CODE_LIFE: i64 = 600;
/// How long a long-lived token is good, in seconds.
pub const LONG_LIFE: i64 = 5_184_000;
/// How long a short-lived token is good, in seconds.
pub const SHORT_LIFE: i64 = 3_600;

/// An app that somebody registered.
#[derive(Debug, Clone)]
pub struct App {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// Where its browsers may come back to.
    pub redirect: String,
}

/// What a token is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Whose it is.
    pub owner: String,
    /// Its kind: `user`, `page` or what the network has.
    pub kind: &'static str,
    /// Granted scopes.
    pub scopes: BTreeSet<String>,
    /// When it was made.
    pub made: i64,
    /// When it ends; none when it does not.
    pub ends: Option<i64>,
    /// It was not revoked.
    pub good: bool,
}

impl Token {
    /// Which of these scopes it was granted, as `me/permissions` lists them.
    #[must_use]
    pub fn permissions(&self, known: &[&str]) -> Value {
        let all = known.iter().map(|scope| {
            let granted = self.scopes.contains(*scope);
            json!({ "permission": scope, "status": if granted { "granted" } else { "declined" } })
        });
        json!({ "data": all.collect::<Vec<Value>>() })
    }
}

struct Code {
    redirect: String,
    scopes: BTreeSet<String>,
    at: i64,
    used: bool,
}

/// Apps, codes and tokens.
pub struct Login {
    /// The app.
    pub app: App,
    /// The scopes that exist.
    pub known: &'static [&'static str],
    /// The person says no.
    pub denies: bool,
    /// Scopes that the person unticks.
    pub unticked: BTreeSet<String>,
    codes: HashMap<String, Code>,
    /// Tokens by their text.
    pub tokens: HashMap<String, Token>,
    serial: u64,
}

impl Login {
    /// A login for one app.
    #[must_use]
    pub fn new(app: App, known: &'static [&'static str]) -> Self {
        Self {
            app,
            known,
            denies: false,
            unticked: BTreeSet::new(),
            codes: HashMap::new(),
            tokens: HashMap::new(),
            serial: 0,
        }
    }

    fn random(&mut self, what: &str) -> String {
        self.serial += 1;
        let seed = format!("{what} {} {}", self.serial, self.app.id);
        let hash = blake3::hash(seed.as_bytes()).to_hex().to_string();
        format!("EAA{what}{hash}")
    }

    /// Gives out a token.
    pub fn give(&mut self, token: Token) -> String {
        let text = self.random(token.kind);
        self.tokens.insert(text.clone(), token);
        text
    }

    /// The page in the browser, on which the person agrees at once.
    pub fn authorize(&mut self, call: &Call, now: i64) -> Result<Reply, Refused> {
        call.only(&[
            "client_id",
            "redirect_uri",
            "response_type",
            "scope",
            "state",
            "code_challenge",
            "code_challenge_method",
            "enable_fb_login",
            "force_reauth",
        ])?;
        if call.need("client_id")? != self.app.id {
            return Err(Refused::graph(
                101,
                0,
                "Error validating application. Invalid application ID.",
            ));
        }
        let redirect = call.need("redirect_uri")?.to_owned();
        if redirect != self.app.redirect {
            return Err(Refused::graph(
                191,
                0,
                "URL blocked: this redirect_uri is not registered.",
            ));
        }
        let state = escaped(call.need("state")?);
        if call.need("response_type")? != "code" {
            return Err(Refused::parameter("Invalid response_type"));
        }
        let asked = call.need("scope")?.split([',', ' ']).map(str::to_owned);
        let asked: BTreeSet<String> = asked.collect();
        if let Some(odd) = asked.iter().find(|s| !self.known.contains(&s.as_str())) {
            return Err(Refused::parameter(&format!("Invalid Scopes: {odd}")));
        }
        if self.denies {
            let why = "error=access_denied&error_reason=user_denied&error_description=The+user+denied+your+request.";
            return Ok(Reply::To(format!("{redirect}?{why}&state={state}")));
        }
        let code = self.random("code");
        let scopes = asked.difference(&self.unticked).cloned().collect();
        let kept = Code {
            redirect: redirect.clone(),
            scopes,
            at: now,
            used: false,
        };
        self.codes.insert(code.clone(), kept);
        Ok(Reply::To(format!("{redirect}?code={code}&state={state}#_")))
    }

    /// Whether the app shows itself rightly.
    pub fn check_app(&self, call: &Call, with_id: bool) -> Result<(), Refused> {
        if with_id && call.need("client_id")? != self.app.id {
            return Err(Refused::graph(
                101,
                0,
                "Error validating application. Cannot get application info due to a system error.",
            ));
        }
        if call.need("client_secret")? != self.app.secret {
            return Err(Refused::graph(1, 0, "Error validating client secret."));
        }
        Ok(())
    }

    /// Takes a code once; gives what was granted.
    pub fn redeem(&mut self, call: &Call, now: i64) -> Result<BTreeSet<String>, Refused> {
        self.check_app(call, true)?;
        let redirect = call.need("redirect_uri")?.to_owned();
        let code = self.codes.get_mut(call.need("code")?);
        let code =
            code.ok_or_else(|| Refused::graph(100, 36_007, "Invalid verification code format."))?;
        if code.redirect != redirect {
            return Err(Refused::graph(
                100,
                36_008,
                "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request",
            ));
        }
        if code.used || now - code.at > CODE_LIFE {
            return Err(Refused::graph(
                100,
                36_009,
                "This authorization code has been used or has expired.",
            ));
        }
        code.used = true;
        Ok(code.scopes.clone())
    }

    /// Every code ends now.
    pub fn end_codes(&mut self) {
        self.codes.values_mut().for_each(|c| c.used = true);
    }

    /// Whose token it is, if it is good.
    pub fn caller(&self, token: &str, now: i64) -> Result<&Token, Refused> {
        let found = self.tokens.get(token);
        let found = found.ok_or_else(|| {
            Refused::graph(
                190,
                0,
                "Invalid OAuth access token - Cannot parse access token",
            )
        })?;
        if !found.good {
            return Err(Refused::graph(
                190,
                460,
                "Error validating access token: The session has been invalidated because the user changed their password.",
            ));
        }
        if found.ends.is_some_and(|ends| now >= ends) {
            return Err(Refused::graph(
                190,
                463,
                "Error validating access token: Session has expired.",
            ));
        }
        Ok(found)
    }

    /// The owner of the app has made a new secret; tokens stay good.
    pub fn reset_secret(&mut self) {
        self.app.secret = format!("{}-again", self.app.secret);
    }

    /// Every token is revoked.
    pub fn revoke(&mut self) {
        self.tokens.values_mut().for_each(|t| t.good = false);
    }

    /// Every token and the app's secret, for looking for leaks.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let mut all: Vec<String> = self.tokens.keys().cloned().collect();
        all.push(self.app.secret.clone());
        all
    }
}
