//! Refused token calls that are not written as the standard has it.

use serde_json::{Value, json};

use crate::api::Answer;

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
}
