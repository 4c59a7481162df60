//! What a relay's answer means: the whole table in one function. Relays say why they refuse with a word
//! and a colon in front of a message for people (NIP-01, NIP-42).

use model::failure::Category;

use super::relay::Fault;
use crate::connector::Refusal;

/// A relay's name for people: its host.
#[must_use]
pub fn short(relay: &str) -> &str {
    let host = relay.split_once("://").map_or(relay, |(_, rest)| rest);
    host.trim_end_matches('/')
}

/// Turns a relay's fault into a refusal.
#[must_use]
pub fn refusal(fault: &Fault, relay: &str) -> Refusal {
    let name = short(relay);
    let refusal = match fault {
        Fault::Unreached(words) if words.contains("certificate") => Refusal::later(
            Category::NetworkError,
            format!("This computer does not trust the certificate of the relay {name}."),
        ),
        Fault::Unreached(_) => Refusal::later(
            Category::NetworkError,
            format!("The relay {name} could not be reached. Check the internet connection."),
        ),
        Fault::NoRelay(_) => Refusal::later(
            Category::NetworkError,
            format!("There is no Nostr relay at {name}. Check its address."),
        ),
        Fault::Cut(_) => Refusal::later(
            Category::NetworkError,
            format!("The connection to the relay {name} broke before its answer came."),
        ),
        Fault::Strange(_) => Refusal::later(
            Category::NetworkError,
            format!("The relay {name} answered with something that cannot be read."),
        ),
        Fault::Refused(words) => refused(words, name),
    };
    refusal.with_detail(fault.words())
}

fn refused(words: &str, name: &str) -> Refusal {
    match prefix(words) {
        "rate-limited" => Refusal::later(
            Category::RateLimited,
            format!("The relay {name} asks to wait: too many notes for now."),
        ),
        "auth-required" => Refusal::never(
            Category::AuthError,
            format!(
                "The relay {name} does not know this key. Use another relay, or sign up there."
            ),
        ),
        "restricted" | "blocked" => Refusal::never(
            Category::AuthError,
            format!(
                "The relay {name} does not take notes of this key. Use another relay, or sign up there."
            ),
        ),
        "pow" => Refusal::never(
            Category::Validation,
            format!(
                "The relay {name} wants proof of work, which Almanac does not do. Use another relay."
            ),
        ),
        "error" => Refusal::later(
            Category::NetworkError,
            format!("The relay {name} has trouble of its own just now."),
        ),
        _ => Refusal::never(
            Category::Validation,
            format!("The relay {name} refused this note. The details say why."),
        ),
    }
}

/// The word in front of a refusal; empty when there is none.
#[must_use]
pub fn prefix(words: &str) -> &str {
    let word = words.split_once(':').map(|(word, _)| word.trim());
    word.filter(|w| w.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_category() {
        use Category::{AuthError, NetworkError, RateLimited, Validation};
        for (words, category) in [
            ("rate-limited: slow down there chief", RateLimited),
            (
                "auth-required: we only accept events from registered users",
                AuthError,
            ),
            ("restricted: not on the list", AuthError),
            ("blocked: you are banned from posting here", AuthError),
            ("pow: 26 bits needed", Validation),
            ("invalid: event creation date is too far off", Validation),
            ("error: could not connect to the database", NetworkError),
            ("no prefix at all", Validation),
            ("", Validation),
        ] {
            let fault = Fault::Refused(words.to_owned());
            let refused = refusal(&fault, "wss://relay.example/");
            assert_eq!(refused.category, category, "{words}");
            assert!(refused.message.contains("relay.example"));
            assert!(refused.message.ends_with('.'), "{}", refused.message);
        }
    }
}
