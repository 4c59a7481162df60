//! Refused token calls: what they mean, also where they are not written as the standard has it. A
//! passing one never says that an account is signed out.

use model::Timestamp;
use model::failure::Category;
use oauth2::RequestTokenError;
use oauth2::basic::{BasicErrorResponse, BasicErrorResponseType};
use serde_json::{Value, json};

use super::Provider;
use crate::api::{Answer, Failed};
use crate::connector::Refusal;
use crate::tokens::{NEWCOMER, signed_out};

/// Whether a token call that is answered with this status was looked at: a server that is busy or has
/// trouble says nothing about the account, whatever words it uses.
pub(crate) const fn is_meant(status: u16) -> bool {
    status < 500 && !matches!(status, 408 | 429)
}

impl Provider {
    /// What a refused token call means. `handle` names the account that is renewed; none when one is
    /// connected.
    pub(super) fn refused(
        &self,
        error: RequestTokenError<Failed, BasicErrorResponse>,
        handle: Option<&str>,
        now: Timestamp,
    ) -> Refusal {
        let network = &self.network;
        match error {
            RequestTokenError::ServerResponse(answer) => {
                let words = format!(
                    "{}: {}",
                    answer.error(),
                    answer.error_description().map_or("", String::as_str)
                );
                self.told(answer.error(), handle).with_detail(words)
            }
            RequestTokenError::Request(failed) => {
                let passing = failed.usual(network, handle.unwrap_or(NEWCOMER), now);
                match failed.status() {
                    // A token call that is answered by a page says nothing about the account.
                    Some(400..=428 | 430..=499) => odd(network).with_detail(failed.detail()),
                    _ => passing,
                }
            }
            RequestTokenError::Parse(_, body) => Refusal::later(
                Category::NetworkError,
                format!(
                    "Something else answered in place of {network}. A Wi-Fi sign-in page or a proxy may be in the way."
                ),
            )
            .with_detail(format!("{} bytes that are no token", body.len())),
            RequestTokenError::Other(words) => odd(network).with_detail(words),
        }
    }

    /// What a word of the standard, or one of the network's own, means.
    fn told(&self, error: &BasicErrorResponseType, handle: Option<&str>) -> Refusal {
        use BasicErrorResponseType as Word;
        let network = &self.network;
        let message = match (error, handle) {
            (Word::InvalidGrant, Some(handle)) => return signed_out(network, handle),
            (Word::Extension(word), Some(handle)) if word == "access_denied" => {
                return signed_out(network, handle);
            }
            // No word of the standard for this call, such as `temporarily_unavailable`.
            (Word::Extension(_), Some(_)) => return odd(network),
            (Word::InvalidGrant, None) => format!(
                "{network} says that this sign-in was used already or took too long. Start it again."
            ),
            (Word::InvalidClient | Word::UnauthorizedClient, _) => format!(
                "{network} does not know this app. Check the client ID and the client secret."
            ),
            (Word::InvalidScope, _) => format!(
                "Your app at {network} may not do what Almanac needs. Check which permissions it has, as the guide says."
            ),
            _ => format!("{network} did not sign in. Start it again; the details say why."),
        };
        Refusal::never(Category::AuthError, message)
    }
}

/// A token call was answered with something that says nothing about the account.
pub(crate) fn odd(network: &str) -> Refusal {
    Refusal::later(
        Category::NetworkError,
        format!("{network} did not answer the sign-in as it should. Try again."),
    )
}

/// A refusal as the standard has it. Some networks refuse with a good status, or write the status where
/// the standard has a word.
pub(super) fn standard(answer: Answer) -> Answer {
    let json = answer.json().unwrap_or_default();
    let word = match &json["error"] {
        Value::String(_) if answer.status < 300 => {
            return Answer {
                status: 400,
                ..answer
            };
        }
        Value::Number(status) if status.as_u64() == Some(400) => "invalid_grant",
        Value::Number(status) if status.as_u64() == Some(401) => "invalid_client",
        _ => return answer,
    };
    Answer {
        body: json!({ "error": word }).to_string().into_bytes(),
        ..answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_read_in_every_writing() {
        let read = |status, body: &str| {
            let answer = standard(Answer {
                status,
                headers: reqwest::header::HeaderMap::new(),
                body: body.as_bytes().to_vec(),
            });
            let error = answer.json().unwrap()["error"].as_str().map(str::to_owned);
            (answer.status, error)
        };
        let is = |status, word: &str| (status, Some(word.to_owned()));
        let grant = r#"{"error":"invalid_grant"}"#;
        assert_eq!(read(200, grant), is(400, "invalid_grant"));
        assert_eq!(read(400, grant), is(400, "invalid_grant"));
        assert_eq!(
            read(401, r#"{"message":"Unauthorized","error":401}"#),
            is(401, "invalid_client")
        );
        assert_eq!(
            read(400, r#"{"message":"Bad Request","error":400}"#),
            is(400, "invalid_grant")
        );
        assert_eq!(read(200, r#"{"access_token":"a"}"#), (200, None));
    }

    #[test]
    fn only_what_is_meant_signs_an_account_out() {
        let provider = Provider {
            network: "Net".to_owned(),
            authorize: String::new(),
            token: String::new(),
            client_id: String::new(),
            client_secret: None,
            basic: false,
            scopes: vec![],
            extra: vec![],
        };
        let category = |word: &str| {
            let error: BasicErrorResponseType = serde_json::from_value(json!(word)).unwrap();
            provider.told(&error, Some("ana")).category
        };
        for word in [
            "invalid_grant",
            "invalid_client",
            "invalid_request",
            "access_denied",
        ] {
            assert_eq!(category(word), Category::AuthError, "{word}");
        }
        for word in ["temporarily_unavailable", "server_error", "Throttled"] {
            assert_eq!(category(word), Category::NetworkError, "{word}");
        }
        assert!([200, 400, 401, 403].into_iter().all(is_meant));
        assert!(![408, 429, 500, 503].into_iter().any(is_meant));
    }
}
