//! Which server an account lives on, and whether an address may be one.

use model::Clock;
use model::failure::Category;
use reqwest::Url;
use serde_json::Value;

use super::client::{Auth, Xrpc};
use super::text::is_handle;
use crate::connector::Refusal;
use crate::http::{is_loopback, is_loopback_name};

/// Turns what a person typed into the origin of a server: https, except on this very computer.
pub fn normalised(text: &str) -> Result<String, Refusal> {
    let bad = || {
        Refusal::never(
            Category::Validation,
            "The server's address has to look like https://pds.example.com.",
        )
    };
    let text = text.trim();
    let with_scheme = if text.contains("://") {
        text.to_owned()
    } else if is_loopback_name(text.split([':', '/']).next().unwrap_or_default()) {
        format!("http://{text}")
    } else {
        format!("https://{text}")
    };
    let url = Url::parse(&with_scheme).map_err(|_| bad())?;
    let host = url.host_str().ok_or_else(bad)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad());
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return Err(Refusal::never(
                Category::Validation,
                format!("A password may not go to {host} unprotected. Use https://{host}."),
            ));
        }
        _ => return Err(bad()),
    }
    Ok(url.origin().ascii_serialization())
}

/// The address of the personal data server in a DID document, if it is one that may be used.
/// `asked` is the server that gave the document: one on the internet may not send us to this
/// computer.
#[must_use]
pub fn endpoint(did_doc: &Value, asked: &str) -> Option<String> {
    let services = did_doc.get("service")?.as_array()?;
    let endpoint = services
        .iter()
        .find(|s| {
            s.get("id")
                .and_then(Value::as_str)
                .is_some_and(|id| id.ends_with("#atproto_pds"))
        })?
        .get("serviceEndpoint")?
        .as_str()?;
    let origin = normalised(endpoint).ok()?;
    let local = |address: &str| Url::parse(address).is_ok_and(|u| is_loopback(&u));
    (local(asked) || !local(&origin)).then_some(origin)
}

/// Looks up the server of a handle: handle to DID by asking the entryway, DID to its document in
/// the directory, and back again: the document has to name the handle. None when any of that does
/// not work; then the entryway itself is tried.
pub async fn of_handle(
    xrpc: &Xrpc,
    handle: &str,
    entryway: &str,
    directory: &str,
    clock: &dyn Clock,
) -> Option<String> {
    if !is_handle(handle) {
        return None;
    }
    let parameters = [("handle", handle)];
    let method = "com.atproto.identity.resolveHandle";
    let answer = xrpc
        .query(entryway, method, &parameters, Auth::None, clock)
        .await
        .ok()?;
    let did = answer.get("did")?.as_str()?;
    // Other kinds of DID would make us ask an address that somebody else chose.
    if !is_plc(did) {
        return None;
    }
    let document = xrpc.json(&format!("{directory}/{did}"), clock).await.ok()?;
    let names = document.get("alsoKnownAs")?.as_array()?;
    let expected = format!("at://{handle}");
    let named = names.iter().any(|n| {
        n.as_str()
            .is_some_and(|n| n.eq_ignore_ascii_case(&expected))
    });
    let found = named.then(|| endpoint(&document, entryway)).flatten()?;
    // Hosted accounts sign in at the entryway.
    (!found.ends_with(".bsky.network")).then_some(found)
}

fn is_plc(did: &str) -> bool {
    did.strip_prefix("did:plc:").is_some_and(|id| {
        id.len() == 24
            && id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn addresses_become_origins() {
        for (typed, origin) in [
            ("bsky.social", "https://bsky.social"),
            (" https://PDS.example.com/ ", "https://pds.example.com"),
            (
                "https://pds.example.com:8443/path?x",
                "https://pds.example.com:8443",
            ),
            ("localhost:2583", "http://localhost:2583"),
            ("http://127.0.0.1:2583", "http://127.0.0.1:2583"),
            ("http://[::1]:2583", "http://[::1]:2583"),
        ] {
            assert_eq!(normalised(typed).unwrap(), origin, "{typed}");
        }
        for odd in [
            "",
            "ftp://x.org",
            "https://",
            "https://a:b@x.org",
            "a b",
            "file:///etc",
        ] {
            assert!(normalised(odd).is_err(), "{odd}");
        }
        let open = normalised("http://pds.example.com").unwrap_err();
        assert!(open.message.contains("https://pds.example.com"));
    }

    #[test]
    fn a_server_on_the_internet_may_not_send_us_to_this_computer() {
        let document = |address: &str| {
            json!({ "service": [
                { "id": "#other", "serviceEndpoint": "https://other.example.com" },
                { "id": "#atproto_pds", "serviceEndpoint": address },
            ]})
        };
        let asked = "https://bsky.social";
        assert_eq!(
            endpoint(&document("https://pds.example.com"), asked).as_deref(),
            Some("https://pds.example.com")
        );
        assert_eq!(endpoint(&document("http://localhost:80"), asked), None);
        assert_eq!(endpoint(&document("http://pds.example.com"), asked), None);
        assert!(endpoint(&document("http://localhost:80"), "http://127.0.0.1:9").is_some());
    }
}
