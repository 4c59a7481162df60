//! What a receiver's answer means: the whole table in one function.

use model::Timestamp;
use model::failure::{Category, Retry};

use crate::api::{Answer, Failed};
use crate::connector::Refusal;

/// Words of the guard when a name leads into a private network only.
const NOT_PUBLIC: &str = "no address on the public internet";

/// Turns a failed delivery into a refusal. `name` is what the person calls the receiver.
#[must_use]
pub fn refusal(failed: &Failed, name: &str, now: Timestamp) -> Refusal {
    // The name is the person's own and may be anything.
    let name = &format!("\"{name}\"");
    let refusal = match failed {
        Failed::Unreached(words) if words.contains(NOT_PUBLIC) => return private_address(),
        Failed::Answered(answer) => answered(answer, name, now),
        _ => return failed.usual(name, name, now),
    };
    refusal.with_detail(failed.detail())
}

fn answered(answer: &Answer, name: &str, now: Timestamp) -> Refusal {
    let wait = answer.wait_until(now).map_or(Retry::Backoff, Retry::At);
    match answer.status {
        ..=299 => Refusal::later(
            Category::NetworkError,
            format!(
                "A web page answered in place of {name}. Check the address; a Wi-Fi sign-in page may also be in the way."
            ),
        ),
        300..=399 => Refusal::never(
            Category::Unknown,
            format!(
                "{name} sends deliveries on to another address. Connect it with that address instead."
            ),
        ),
        401 | 403 => Refusal::never(
            Category::AuthError,
            format!(
                "{name} does not accept the signature or the token. Check both and connect it again."
            ),
        ),
        404 => Refusal::never(
            Category::AuthError,
            format!("{name} is not at its address any more. Connect it again with the right one."),
        ),
        410 => Refusal::never(
            Category::AuthError,
            format!("{name} said that it wants no more deliveries."),
        ),
        413 | 415 => Refusal::never(
            Category::MediaError,
            format!(
                "{name} does not take the files of this post. Send only their names, or fewer of them."
            ),
        ),
        429 => Refusal::new(
            Category::RateLimited,
            wait,
            format!("{name} asks to wait: too many deliveries for now."),
        ),
        503 if wait != Retry::Backoff => {
            Refusal::new(Category::RateLimited, wait, format!("{name} asks to wait."))
        }
        408 | 425 | 500.. => Refusal::new(
            Category::NetworkError,
            wait,
            format!("{name} has trouble of its own just now."),
        ),
        _ => Refusal::never(
            Category::Unknown,
            format!("{name} refused this post. The details say what it answered."),
        ),
    }
}

/// The address leads somewhere a delivery may not go without the person's word.
#[must_use]
pub fn private_address() -> Refusal {
    Refusal::never(
        Category::Validation,
        "This address leads into a private network or to this computer. If that is meant, connect it again and say that it is in your own network.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, headers: &[(&'static str, &str)]) -> Refusal {
        let headers = headers
            .iter()
            .map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap()));
        let answer = Answer {
            status,
            headers: headers.collect(),
            body: b"{}".to_vec(),
        };
        let now = Timestamp::from_millis(1_779_000_000_000);
        refusal(&Failed::Answered(answer), "My site", now)
    }

    #[test]
    fn each_answer_has_its_category() {
        use Category::{AuthError, MediaError, NetworkError, RateLimited, Unknown};
        for (status, category) in [
            (200, NetworkError),
            (302, Unknown),
            (400, Unknown),
            (401, AuthError),
            (403, AuthError),
            (404, AuthError),
            (405, Unknown),
            (408, NetworkError),
            (410, AuthError),
            (413, MediaError),
            (415, MediaError),
            (422, Unknown),
            (425, NetworkError),
            (429, RateLimited),
            (500, NetworkError),
            (503, NetworkError),
        ] {
            let refused = of(status, &[]);
            assert_eq!(refused.category, category, "{status}");
            assert!(refused.message.ends_with('.'), "{}", refused.message);
        }
        let waits = of(503, &[("retry-after", "60")]);
        assert_eq!(waits.category, Category::RateLimited);
        assert!(matches!(waits.retry, Retry::At(_)));
    }
}
