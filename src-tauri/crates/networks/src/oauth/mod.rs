//! Signing in through the browser (OAuth 2 with PKCE), and renewing what came of it.

mod last_page;
mod listener;
mod refusals;

use std::collections::BTreeMap;
use std::time::Duration;

use model::Timestamp;
use model::failure::Category;
use oauth2::basic::{BasicErrorResponse, BasicTokenType};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest,
    HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, Scope,
    StandardRevocableToken, StandardTokenResponse, TokenResponse, TokenUrl,
};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::{Api, Failed};
use crate::connector::{Begun, Ctx, Refusal};
use crate::hex::random;
use crate::tokens::Tokens;
use crate::vault::Secret;

pub use last_page::{leading_on, leading_on_when_read};
pub use listener::{ListenError, Listener};
pub(crate) use refusals::{is_meant, odd};

/// Whatever a network sends with a token besides what the standard names.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct More {
    /// By name.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

impl oauth2::ExtraTokenFields for More {}

type BoxFuture<T> = std::pin::Pin<Box<dyn Future<Output = T> + Send>>;

type Client = oauth2::Client<
    BasicErrorResponse,
    StandardTokenResponse<More, BasicTokenType>,
    oauth2::StandardTokenIntrospectionResponse<oauth2::EmptyExtraTokenFields, BasicTokenType>,
    StandardRevocableToken,
    oauth2::basic::BasicRevocationErrorResponse,
>;

/// How a network signs people in.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its name, for sentences.
    pub network: String,
    /// Where the browser is sent.
    pub authorize: String,
    /// Where codes become tokens.
    pub token: String,
    /// The app.
    pub client_id: String,
    /// The app's secret; none where desktop programs have none.
    pub client_secret: Option<Secret>,
    /// The app shows itself in a header (`Basic`) and not in the form.
    pub basic: bool,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Parameters of the network's own for the authorize address.
    pub extra: Vec<(String, String)>,
}

/// What is remembered between sending the browser away and its coming back.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Memo {
    /// The secret half of PKCE.
    pub verifier: String,
    /// Where the browser comes back to.
    pub redirect: String,
    /// Whatever the network's folder adds.
    pub more: BTreeMap<String, String>,
}

impl Memo {
    /// Reads the memo of a sign-in that has begun.
    pub fn of(begun: &Begun) -> Result<Self, Refusal> {
        serde_json::from_str(begun.memo.reveal()).map_err(|_| {
            Refusal::never(
                Category::Unknown,
                "Almanac lost the thread of this sign-in. Start it again.",
            )
        })
    }

    /// What the network's folder added.
    #[must_use]
    pub fn more(&self, name: &str) -> &str {
        self.more.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// What a network granted.
#[derive(Debug, Clone)]
pub struct Granted {
    /// The tokens.
    pub tokens: Tokens,
    /// What they are good for; none when the network did not say, which means everything asked for.
    pub scopes: Option<Vec<String>>,
    /// Whatever else came with them.
    pub more: Map<String, Value>,
}

impl Granted {
    /// Which of these are missing among the granted scopes.
    #[must_use]
    pub fn lacks(&self, needed: &[&str]) -> Vec<String> {
        let Some(scopes) = &self.scopes else {
            return vec![];
        };
        let missing = needed.iter().filter(|n| !scopes.iter().any(|s| s == *n));
        missing.map(|&n| n.to_owned()).collect()
    }
}

impl Provider {
    fn client(&self) -> Client {
        let client = Client::new(ClientId::new(self.client_id.clone()));
        let client = match &self.client_secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.reveal().to_owned())),
            None => client,
        };
        client.set_auth_type(if self.basic {
            AuthType::BasicAuth
        } else {
            AuthType::RequestBody
        })
    }

    fn bad_address(&self) -> Refusal {
        Refusal::never(
            Category::Validation,
            format!("The address of {} cannot be used.", self.network),
        )
    }

    /// Begins a sign-in. `more` is given back in the memo.
    pub fn begin(
        &self,
        redirect: &str,
        more: BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        let authorize = AuthUrl::new(self.authorize.clone()).map_err(|_| self.bad_address())?;
        let back = RedirectUrl::new(redirect.to_owned()).map_err(|_| self.bad_address())?;
        let verifier = PkceCodeVerifier::new(random(ctx.entropy, 32));
        let state = random(ctx.entropy, 16);
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let client = self.client().set_auth_uri(authorize).set_redirect_uri(back);
        let mut request = client
            .authorize_url(|| CsrfToken::new(state.clone()))
            .set_pkce_challenge(challenge)
            .add_scopes(self.scopes.iter().cloned().map(Scope::new));
        for (name, value) in &self.extra {
            request = request.add_extra_param(name.clone(), value.clone());
        }
        let (address, _) = request.url();
        let memo = Memo {
            verifier: verifier.secret().clone(),
            redirect: redirect.to_owned(),
            more,
        };
        Ok(Begun {
            address: address.into(),
            state: Secret::new(state),
            // Texts always make JSON.
            memo: Secret::new(serde_json::to_string(&memo).unwrap_or_default()),
        })
    }

    /// Turns what came back with the browser into tokens.
    pub async fn finish(
        &self,
        api: &Api,
        memo: &Memo,
        answer: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<Granted, Refusal> {
        let code = self.code(answer)?;
        let token = TokenUrl::new(self.token.clone()).map_err(|_| self.bad_address())?;
        let back = RedirectUrl::new(memo.redirect.clone()).map_err(|_| self.bad_address())?;
        let client = self.client().set_token_uri(token).set_redirect_uri(back);
        let http = over(api);
        let answered = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(memo.verifier.clone()))
            .request_async(&http)
            .await;
        let answered = answered.map_err(|error| self.refused(error, None, now))?;
        Ok(granted(&answered, now))
    }

    /// The code that came back, or why there is none.
    pub fn code(&self, answer: &BTreeMap<String, String>) -> Result<String, Refusal> {
        if let Some(error) = answer.get("error") {
            let words = answer.get("error_description").unwrap_or(error);
            let message = match error.as_str() {
                "access_denied" | "user_cancelled_login" | "user_cancelled_authorize" => {
                    format!(
                        "{} was not allowed in the browser. Nothing was connected.",
                        self.network
                    )
                }
                "invalid_scope" | "unauthorized_scope_error" => format!(
                    "Your app at {} may not do what Almanac needs. Check which permissions it has, as the guide says.",
                    self.network
                ),
                _ => format!(
                    "{} did not sign in. Start it again; the details say why.",
                    self.network
                ),
            };
            return Err(Refusal::never(Category::AuthError, message).with_detail(words));
        }
        answer
            .get("code")
            .filter(|c| !c.is_empty())
            .cloned()
            .ok_or_else(|| {
                Refusal::never(
                    Category::AuthError,
                    format!(
                        "The address that came back from {} has no sign-in in it. Start it again.",
                        self.network
                    ),
                )
            })
    }

    /// New tokens for a refresh token. What did not come anew is taken from the old ones.
    pub async fn renew(
        &self,
        api: &Api,
        old: &Tokens,
        handle: &str,
        now: Timestamp,
    ) -> Result<Granted, Refusal> {
        let Some(refresh) = &old.refresh else {
            return Err(crate::tokens::signed_out(&self.network, handle));
        };
        let token = TokenUrl::new(self.token.clone()).map_err(|_| self.bad_address())?;
        let client = self.client().set_token_uri(token);
        let refresh = RefreshToken::new(refresh.reveal().to_owned());
        let http = over(api);
        let answered = client
            .exchange_refresh_token(&refresh)
            .request_async(&http)
            .await;
        let answered = answered.map_err(|error| self.refused(error, Some(handle), now))?;
        let mut granted = granted(&answered, now);
        if granted.tokens.refresh.is_none() {
            granted.tokens.refresh.clone_from(&old.refresh);
        }
        granted.tokens.sign_in_ends = granted.tokens.sign_in_ends.or(old.sign_in_ends);
        granted.tokens.more.clone_from(&old.more);
        Ok(granted)
    }
}

fn granted(answer: &StandardTokenResponse<More, BasicTokenType>, now: Timestamp) -> Granted {
    let tokens = Tokens {
        refresh: answer
            .refresh_token()
            .map(|t| Secret::new(t.secret().clone())),
        access_ends: answer.expires_in().map(|life| now.plus(life)),
        ..Tokens::lasting(Secret::new(answer.access_token().secret().clone()))
    };
    Granted {
        tokens,
        scopes: answer
            .scopes()
            .map(|all| all.iter().map(|s| s.to_string()).collect()),
        more: answer.extra_fields().fields.clone(),
    }
}

impl Granted {
    /// A number of seconds among what else came, as a time from now.
    #[must_use]
    pub fn ends(&self, field: &str, now: Timestamp) -> Option<Timestamp> {
        let seconds = self.more.get(field)?.as_u64()?;
        Some(now.plus(Duration::from_secs(seconds)))
    }
}

/// The library's client over ours. It owns what it needs, so that the calls can move between threads.
fn over(
    api: &Api,
) -> impl Fn(HttpRequest) -> BoxFuture<Result<HttpResponse, Failed>> + Send + Sync + 'static {
    let api = api.clone();
    move |request| {
        let api = api.clone();
        Box::pin(async move { send(&api, request).await })
    }
}

async fn send(api: &Api, request: HttpRequest) -> Result<HttpResponse, Failed> {
    let (parts, body) = request.into_parts();
    let call = api.call(parts.method, &parts.uri.to_string()).await?;
    let answer = match api.send(call.headers(parts.headers).body(body)).await {
        Ok(answer) => refusals::standard(answer),
        // Refusals of the token call are JSON and read by the library; anything else is not.
        Err(Failed::Answered(answer)) if is_meant(answer.status) && answer.json().is_some() => {
            refusals::standard(answer)
        }
        Err(failed) => return Err(failed),
    };
    let mut response = HttpResponse::new(answer.body);
    *response.headers_mut() = answer.headers;
    *response.status_mut() = reqwest::StatusCode::from_u16(answer.status)
        .unwrap_or(reqwest::StatusCode::INTERNAL_SERVER_ERROR);
    Ok(response)
}

/// The query of the final address that a person copied out of the browser.
pub fn pasted(
    address: &str,
    state: &Secret,
    network: &str,
) -> Result<BTreeMap<String, String>, Refusal> {
    let refused = |message: String| Refusal::never(Category::Validation, message);
    let url = Url::parse(address.trim()).map_err(|_| {
        refused(format!(
            "Paste the whole address that the browser shows after {network}, beginning with https."
        ))
    })?;
    // Some networks put it behind a "#", where only the browser sees it.
    let query = url.query().or(url.fragment()).unwrap_or_default();
    let answer: BTreeMap<String, String> = oauth2::url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .map(|(name, value)| (name, value.trim_end_matches("#_").to_owned()))
        .collect();
    match answer.get("state") {
        Some(came) if came == state.reveal() => Ok(answer),
        _ => Err(refused(format!(
            "This address does not belong to the sign-in that Almanac began at {network}. Start it again."
        ))),
    }
}

/// The S256 challenge of a proof key (RFC 7636 section 4.2); none when it is no proof key by section 4.1.
#[must_use]
pub fn challenge_of(verifier: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let good = (43..=128).contains(&verifier.len()) && verifier.bytes().all(plain);
    let challenge = || {
        let verifier = PkceCodeVerifier::new(verifier.to_owned());
        PkceCodeChallenge::from_code_verifier_sha256(&verifier)
    };
    good.then(|| challenge().as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_address_is_taken_only_with_its_state() {
        let state = Secret::new("s1");
        let good = pasted(
            " https://example.com/done?code=c%2F1&state=s1#_ ",
            &state,
            "Net",
        )
        .unwrap();
        assert_eq!(good["code"], "c/1");
        assert_eq!(good["state"], "s1");
        let fragment = pasted("https://example.com/done#code=c&state=s1", &state, "Net").unwrap();
        assert_eq!(fragment["code"], "c");
        for bad in [
            "",
            "code=c",
            "https://example.com/?code=c&state=s2",
            "https://example.com/",
        ] {
            assert!(pasted(bad, &state, "Net").is_err(), "{bad}");
        }
    }
}
