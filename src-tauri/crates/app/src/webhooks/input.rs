//! What may be said of an address that is told what happens.

use model::event::EventKind;
use networks::vault::Secret;
use url::Url;

use super::Contracts;
use crate::error::Result;
use crate::types::ApiError;

/// Longest address, in bytes.
const MAX_URL: usize = 2_000;
/// Most names of events.
const MAX_EVENTS: usize = 50;
/// Most tries after the first.
const MAX_RETRIES: u32 = 20;
/// Tries after the first while nobody says otherwise.
const USUAL_RETRIES: u32 = 3;
/// Shortest and longest secret, in bytes.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 8..=256;
/// Longest address in a sentence, in characters.
const SHORT: usize = 60;

/// An address that can be called.
pub(super) fn url(text: &str) -> Result<String> {
    let bad = |message: &str| Err(ApiError::invalid("url", message));
    let text = text.trim();
    if text.len() > MAX_URL {
        return bad("That address is too long.");
    }
    let Ok(url) = Url::parse(text) else {
        return bad("That is no web address. It begins with https:// or http://.");
    };
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return bad("A webhook's address begins with https:// or http://.");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return bad("Leave name and password out of the address: what is sent is signed.");
    }
    Ok(url.into())
}

/// Whether two addresses lie on the same host and port.
pub(super) fn same_place(a: &str, b: &str) -> bool {
    match (Url::parse(a), Url::parse(b)) {
        (Ok(a), Ok(b)) => a.origin() == b.origin(),
        _ => false,
    }
}

/// Where an address is, for a sentence: without what may be secret in it.
pub(super) fn short(url: &str) -> String {
    let host = Url::parse(url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_default().chars().take(SHORT).collect()
}

/// Names of events, each once, and the kinds they stand for.
pub(super) fn events(
    contracts: &dyn Contracts,
    contract: &str,
    mut names: Vec<String>,
) -> Result<(Vec<String>, Vec<EventKind>)> {
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    if names.is_empty() {
        return Err(ApiError::invalid("events", "Choose at least one event."));
    }
    if names.len() > MAX_EVENTS {
        return Err(ApiError::invalid("events", "That are too many events."));
    }
    if !contracts.all().iter().any(|c| c.key == contract) {
        return Err(ApiError::invalid("contract", "There is no such format."));
    }
    match contracts.kinds(contract, &names) {
        Ok(mut kinds) => {
            kinds.sort_unstable();
            kinds.dedup();
            Ok((names, kinds))
        }
        Err(unknown) => {
            let unknown: String = unknown.chars().take(SHORT).collect();
            Err(ApiError::invalid(
                "events",
                format!("There is no event \"{unknown}\"."),
            ))
        }
    }
}

/// How often something is tried again.
pub(super) fn retries(given: Option<u32>) -> Result<u32> {
    match given.unwrap_or(USUAL_RETRIES) {
        n if n <= MAX_RETRIES => Ok(n),
        _ => Err(ApiError::invalid(
            "maxRetries",
            format!("A delivery is tried again between 0 and {MAX_RETRIES} times."),
        )),
    }
}

/// A secret that somebody chose.
pub(super) fn secret(text: String) -> Result<Secret> {
    if SECRET_BYTES.contains(&text.len()) && !text.chars().any(char::is_control) {
        return Ok(Secret::new(text));
    }
    Err(ApiError::invalid(
        "secret",
        format!(
            "A secret has between {} and {} characters.",
            SECRET_BYTES.start(),
            SECRET_BYTES.end()
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_web_addresses_without_passwords() {
        for bad in [
            "",
            "example.com/hook",
            "ftp://example.com/",
            "https://user:pw@example.com/",
            "https://",
            &format!("https://example.com/{}", "x".repeat(MAX_URL)),
        ] {
            assert_eq!(url(bad).unwrap_err().field.as_deref(), Some("url"), "{bad}");
        }
        assert_eq!(
            url(" https://Example.com ").unwrap(),
            "https://example.com/"
        );
        assert!(same_place("https://a.b/1", "https://a.b:443/2"));
        assert!(!same_place("https://a.b/1", "http://a.b/1"));
        assert_eq!(short("https://a.b/hook?token=hunter2"), "a.b");
    }

    #[test]
    fn secrets_and_retries_have_bounds() {
        assert!(secret("short".to_owned()).is_err());
        assert!(secret("x".repeat(257)).is_err());
        assert!(secret("your-webhook-secret".to_owned()).is_ok());
        assert_eq!(retries(None).unwrap(), 3);
        assert_eq!(retries(Some(0)).unwrap(), 0);
        assert!(retries(Some(21)).is_err());
    }
}
