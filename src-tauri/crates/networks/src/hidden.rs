//! Secrets that a network puts into its addresses: kept out of whatever is told of a failed call.

use crate::api::{Answer, Failed};

/// What stands in place of a secret.
const HIDDEN: &str = "(hidden)";

/// A failure without this secret in any of its words.
#[must_use]
pub fn without(failed: Failed, secret: &str) -> Failed {
    if secret.is_empty() {
        return failed;
    }
    match failed {
        Failed::Unreached(words) => Failed::Unreached(words.replace(secret, HIDDEN)),
        Failed::Cut(words) => Failed::Cut(words.replace(secret, HIDDEN)),
        Failed::Answered(answer) => Failed::Answered(in_answer(answer, secret)),
    }
}

/// An answer without this secret in its body.
#[must_use]
pub fn in_answer(answer: Answer, secret: &str) -> Answer {
    let body = String::from_utf8_lossy(&answer.body);
    if secret.is_empty() || !body.contains(secret) {
        return answer;
    }
    let body = body.replace(secret, HIDDEN).into_bytes();
    Answer { body, ..answer }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_an_address_is_never_told() {
        let answered = Failed::Answered(Answer {
            status: 404,
            headers: reqwest::header::HeaderMap::new(),
            body: b"no such page: /bot12:abc/sendMessage".to_vec(),
        });
        for failed in [
            Failed::Unreached("cannot reach /bot12:abc/getMe".to_owned()),
            Failed::Cut("12:abc".to_owned()),
            answered,
        ] {
            let told = without(failed, "12:abc").detail();
            assert!(!told.contains("abc") && told.contains(HIDDEN), "{told}");
        }
    }
}
