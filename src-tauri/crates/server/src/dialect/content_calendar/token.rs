//! `POST /oauth/token`: a code or a token is exchanged (RFC 6749 sections 4.1.3 and 6). Its refusals are
//! those of section 5.2, which every client library reads.

use std::collections::HashMap;
use std::sync::Arc;

use app::programs::{Client, Grant, GrantError};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Serialize;

use crate::access::{once_each, scope_of};
use crate::arriving::{self, Cut};
use crate::call::Reply;
use crate::fault::Fault;
use crate::host::Host;
use crate::limits::{Bucket, Count, Who};
use crate::pipeline::BODY_LIMIT;

/// Largest form, in bytes.
const MAX_FORM: usize = 16 * 1024;

/// What a program is given, or why it is not.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum TokenAnswer {
    /// It is let in.
    Granted {
        /// The key.
        access_token: String,
        /// Always `Bearer`.
        token_type: &'static str,
        /// How long the key lives, in seconds.
        expires_in: u64,
        /// What renews it, once.
        refresh_token: String,
        /// What it may do.
        scope: &'static str,
    },
    /// It is not.
    Refused {
        /// A word of section 5.2.
        error: &'static str,
        /// A sentence.
        error_description: String,
    },
}

fn refused(status: StatusCode, error: &'static str, said: impl Into<String>) -> Reply<TokenAnswer> {
    Reply {
        status,
        body: TokenAnswer::Refused {
            error,
            error_description: said.into(),
        },
    }
}

fn invalid(said: &str) -> Reply<TokenAnswer> {
    refused(StatusCode::BAD_REQUEST, "invalid_request", said)
}

/// What a program sends, and who it says it is.
struct Asked {
    form: HashMap<String, String>,
    id: String,
    secret: String,
}

/// Exchanges a code or a token. A registered program has a limit of its own, so that nobody who is not it keeps it
/// from renewing its key.
pub(crate) async fn exchange(
    host: Arc<Host>,
    _: HashMap<String, String>,
    request: Request,
) -> Result<(Reply<TokenAnswer>, Count), Fault> {
    let take = |who| host.limits.take(who, Bucket::Requests, host.app.now());
    let asked = match read(request).await? {
        Ok(asked) => asked,
        Err(refused) => return Ok((refused, take(Who::Strangers)?)),
    };
    let known = host.app.access_way_back(&asked.id, None).await?.is_some();
    let count = if known {
        take(Who::Program(asked.id.clone()))?
    } else {
        take(Who::Strangers)?
    };
    match exchanged(&host, &asked).await {
        Ok(reply) => Ok((reply, count)),
        Err(fault) => Err(fault.counted(count)),
    }
}

/// Reads what a program sends; else how it is refused.
async fn read(request: Request) -> Result<Result<Asked, Reply<TokenAnswer>>, Fault> {
    let (parts, body) = request.into_parts();
    if arriving::is_longer(&body, MAX_FORM) {
        return Err(Cut::TooLarge.fault("form", MAX_FORM as u64));
    }
    if !is_form(&parts.headers) {
        return Ok(Err(invalid(
            "The body has to be a form: set Content-Type to application/x-www-form-urlencoded.",
        )));
    }
    let bytes = match arriving::whole(body, MAX_FORM, BODY_LIMIT).await {
        Ok(bytes) => bytes,
        Err(slow @ Cut::Slow) => return Err(slow.fault("form", MAX_FORM as u64)),
        Err(_) => {
            return Ok(Err(invalid("The form broke off, or is larger than 16 KB.")));
        }
    };
    let Some(form) = once_each(&bytes) else {
        return Ok(Err(invalid("Each field may be there once.")));
    };
    let Some((id, secret)) = client(&parts.headers, &form) else {
        return Ok(Err(refused(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "client_id and client_secret are missing, or are said in two ways.",
        )));
    };
    Ok(Ok(Asked { form, id, secret }))
}

async fn exchanged(host: &Host, asked: &Asked) -> Result<Reply<TokenAnswer>, Fault> {
    let client = Client {
        id: &asked.id,
        secret: &asked.secret,
    };
    let say = |name: &str| asked.form.get(name).map(String::as_str);
    let done = match (say("grant_type"), say("code"), say("refresh_token")) {
        (Some("authorization_code"), Some(code), _) => {
            let (back, proof) = (say("redirect_uri"), say("code_verifier"));
            host.app.access_exchange(client, code, back, proof).await
        }
        (Some("refresh_token"), _, Some(token)) => host.app.access_renew(client, token).await,
        (Some("authorization_code"), None, _) => return Ok(invalid("code is missing.")),
        (Some("refresh_token"), _, None) => return Ok(invalid("refresh_token is missing.")),
        (None, ..) => return Ok(invalid("grant_type is missing.")),
        (Some(_), ..) => {
            return Ok(refused(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "Almanac takes authorization_code and refresh_token.",
            ));
        }
    };
    match done {
        Ok(grant) => Ok(Reply::ok(granted(grant))),
        Err(error @ GrantError::Client) => Ok(refused(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            error.to_string(),
        )),
        Err(error @ GrantError::Grant) => Ok(refused(
            StatusCode::BAD_REQUEST,
            "invalid_grant",
            error.to_string(),
        )),
        Err(GrantError::Failed(error)) => Err(error.into()),
    }
}

fn granted(grant: Grant) -> TokenAnswer {
    TokenAnswer::Granted {
        access_token: grant.key,
        token_type: "Bearer",
        expires_in: grant.life.as_secs(),
        refresh_token: grant.refresh,
        scope: scope_of(grant.role),
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Who asks: in the form or as Basic (RFC 6749 section 2.3.1), not in both ways.
fn client(headers: &HeaderMap, form: &HashMap<String, String>) -> Option<(String, String)> {
    let in_form = form.get("client_secret");
    let Some(basic) = headers.get(header::AUTHORIZATION) else {
        return Some((form.get("client_id")?.clone(), in_form?.clone()));
    };
    let (scheme, coded) = basic.to_str().ok()?.split_once(' ')?;
    if in_form.is_some() || !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
    let (id, secret) = plain.split_once(':')?;
    // Both were encoded as in a form before they were joined.
    let read = |text: &str| {
        let form = format!("v={text}");
        once_each(form.as_bytes())?.remove("v")
    };
    let (id, secret) = (read(id)?, read(secret)?);
    let same = form.get("client_id").is_none_or(|named| *named == id);
    same.then_some((id, secret))
}
