//! Connecting a receiver: an address, and what deliveries are signed with. Nothing is sent.

use std::net::IpAddr;

use model::failure::Category;
use reqwest::Url;
use serde_json::json;
use uuid::Uuid;

use super::{errors, sign};
use crate::connector::{Refusal, SignInFields, SignedIn};
use crate::http::{is_loopback, is_public};
use crate::tokens::Tokens;
use crate::vault::Secret;

/// Name of the signing secret among an account's secrets.
pub const SECRET: &str = "secret";
/// Name of the token.
pub const TOKEN: &str = "token";

fn invalid(words: &str) -> Refusal {
    Refusal::never(Category::Validation, words)
}

/// Reads the form.
pub fn read(fields: &SignInFields) -> Result<(SignedIn, Tokens), Refusal> {
    let private = fields.plain("private") == "true";
    let url = address(fields.plain("address"), private)?;
    let mut tokens = Tokens::lasting(Secret::new(""));
    let secret = fields.secret("secret");
    if !secret.is_empty() {
        if sign::key(secret).is_none() {
            return Err(invalid(
                "The signing secret begins with whsec_ and holds 24 to 64 bytes in base64. Copy all of it.",
            ));
        }
        tokens.more.insert(SECRET.to_owned(), Secret::new(secret));
    }
    let token = fields.secret("token");
    if token.chars().any(|c| !c.is_ascii_graphic()) {
        return Err(invalid(
            "A token has neither blanks nor letters with accents in it. Copy it again.",
        ));
    }
    if !token.is_empty() {
        tokens.more.insert(TOKEN.to_owned(), Secret::new(token));
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    let name = match fields.plain("name") {
        "" => host.clone(),
        name => name.to_owned(),
    };
    // Addresses of hooks are often secrets themselves, so an account is known by their digest.
    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, url.as_str().as_bytes());
    let signed = SignedIn {
        remote_id: id.to_string(),
        handle: host,
        display_name: name,
        server: url.into(),
        settings: json!({ "private": private, "ask": fields.plain("ask") == "true" }),
    };
    Ok((signed, tokens))
}

fn address(typed: &str, private: bool) -> Result<Url, Refusal> {
    let mut url = Url::parse(typed)
        .map_err(|_| invalid("The address has to look like https://example.org/hooks/almanac."))?;
    url.set_fragment(None);
    let host = url.host_str().unwrap_or_default();
    if !matches!(url.scheme(), "http" | "https") || host.is_empty() {
        return Err(invalid("The address has to begin with https."));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid(
            "Leave the name and password out of the address; use the token instead.",
        ));
    }
    let ip: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    let inside = is_loopback(&url) || ip.is_some_and(|ip| !is_public(ip));
    if inside && !private {
        return Err(errors::private_address());
    }
    if url.scheme() == "http" && !private {
        return Err(invalid(
            "Plain http can be read and changed on the way. Use https, or say that the receiver is in your own network.",
        ));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_lead_inside_need_the_persons_word() {
        for inside in [
            "https://127.0.0.1/hook",
            "http://localhost:5678/hook",
            "https://10.1.2.3/hook",
            "http://169.254.169.254/latest/meta-data",
            "https://[::1]/hook",
            "https://[fe80::1]/hook",
        ] {
            let refused = address(inside, false).unwrap_err();
            assert!(refused.message.contains("private network"), "{inside}");
            assert!(address(inside, true).is_ok(), "{inside}");
        }
        assert!(address("https://example.org/hook?key=1", false).is_ok());
        for odd in [
            "",
            "example.org/hook",
            "ftp://example.org/",
            "http://example.org/",
            "https://a:b@example.org/",
        ] {
            assert!(address(odd, false).is_err(), "{odd}");
        }
    }
}
