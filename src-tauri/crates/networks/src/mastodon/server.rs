//! Which server a person means, and whether it speaks Mastodon's language.

use model::failure::Category;
use reqwest::{Method, Url};
use serde_json::Value;

use super::instance::Instance;
use crate::api::{Answer, Api, Failed, bearer};
use crate::connector::{Ctx, Refusal};
use crate::http::{is_loopback, is_loopback_name};
use crate::tokens::NEWCOMER;
use crate::vault::Secret;

/// What a person typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Origin of the server, such as `https://mastodon.social`.
    pub origin: String,
    /// Their name there, where they typed it.
    pub name: Option<String>,
}

/// A server that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its origin.
    pub origin: String,
    /// What it is; none when it tells nobody who is not signed in.
    pub instance: Option<Instance>,
}

/// The host of an origin, with its port, for sentences.
#[must_use]
pub fn host(origin: &str) -> &str {
    origin.rsplit("://").next().unwrap_or_default()
}

/// Reads what a person typed: `mastodon.social`, `@ana@mastodon.social`, the same without the first `@`,
/// `https://mastodon.social/@ana` or any other address there. https, except on this very computer.
pub fn typed(text: &str) -> Result<Typed, Refusal> {
    let bad = || {
        Refusal::never(
            Category::Validation,
            "That is no server. Write it like mastodon.social, or your name with it like @ana@mastodon.social.",
        )
    };
    let text = text.trim();
    let named = |name: &str| Some(name.to_owned()).filter(|n| !n.is_empty());
    let (address, name) = match (
        text.contains("://"),
        text.trim_start_matches('@').split_once('@'),
    ) {
        (false, Some((name, server))) if !name.contains('/') => (server, named(name)),
        _ => (text, None),
    };
    let with_scheme = if address.contains("://") {
        address.to_owned()
    } else if is_loopback_name(address.split([':', '/']).next().unwrap_or_default()) {
        format!("http://{address}")
    } else {
        format!("https://{address}")
    };
    let url = Url::parse(&with_scheme).map_err(|_| bad())?;
    let host = url.host_str().ok_or_else(bad)?;
    let local = is_loopback(&url);
    if url.password().is_some() || !url.username().is_empty() || !(local || host.contains('.')) {
        return Err(bad());
    }
    match url.scheme() {
        "https" => {}
        "http" if local => {}
        "http" => {
            let message =
                format!("A sign-in may not go to {host} unprotected. Use https://{host}.");
            return Err(Refusal::never(Category::Validation, message));
        }
        _ => return Err(bad()),
    }
    let in_path = url.path_segments().and_then(|mut p| p.next());
    let in_path = in_path.and_then(|p| p.strip_prefix('@')).and_then(named);
    Ok(Typed {
        origin: url.origin().ascii_serialization(),
        name: name.or(in_path),
    })
}

/// Finds the server behind what was typed: the address itself, where it leads, or where the names under
/// it live.
pub async fn find(api: &Api, typed: &Typed, ctx: Ctx<'_>) -> Result<Server, Refusal> {
    let failed = match ask(api, &typed.origin, None).await {
        Ok(instance) => return Ok(found(&typed.origin, instance)),
        Err(failed) => failed,
    };
    let name = typed.name.as_deref();
    if let Some(origin) = elsewhere(api, &typed.origin, name, &failed).await
        && let Ok(instance) = ask(api, &origin, None).await
    {
        return Ok(found(&origin, instance));
    }
    Err(not_one(&typed.origin, &failed, ctx))
}

fn found(origin: &str, instance: Option<Instance>) -> Server {
    Server {
        origin: origin.to_owned(),
        instance,
    }
}

/// Asks a server what it is. None when it is one that tells only who is signed in.
pub async fn ask(
    api: &Api,
    origin: &str,
    token: Option<&Secret>,
) -> Result<Option<Instance>, Failed> {
    let mut last = None;
    for path in ["/api/v2/instance", "/api/v1/instance"] {
        let request = api.call(Method::GET, &format!("{origin}{path}")).await?;
        let request = match token {
            Some(token) => bearer(request, token),
            None => request,
        };
        match api.send(request).await {
            Ok(answer) => match answer.json().as_ref().and_then(Instance::read) {
                Some(instance) => return Ok(Some(instance)),
                None => last = Some(Failed::Answered(answer)),
            },
            Err(Failed::Answered(answer)) if wants_sign_in(&answer) => return Ok(None),
            Err(failed @ Failed::Answered(_)) => last = Some(failed),
            Err(failed) => return Err(failed),
        }
    }
    Err(last.unwrap_or_else(|| Failed::Unreached(String::new())))
}

/// A server that is closed to everybody outside says so in its own form.
fn wants_sign_in(answer: &Answer) -> bool {
    let spoken = |json: Value| json.get("error").is_some_and(Value::is_string);
    answer.status == 401 && answer.json().is_some_and(spoken)
}

/// Where an address leads (`www.` and the like), or else where the names under it live (`WebFinger`, RFC
/// 7033): many people have a name under a domain whose server has another one.
async fn elsewhere(api: &Api, asked: &str, name: Option<&str>, failed: &Failed) -> Option<String> {
    if let Failed::Answered(answer) = failed
        && let Some(origin) = leads_to(answer, asked)
    {
        return Some(origin);
    }
    let resource = format!("acct:{}@{}", name?, host(asked));
    let address = format!("{asked}/.well-known/webfinger");
    let request = api.call(Method::GET, &address).await.ok()?;
    match api.send(request.query(&[("resource", resource)])).await {
        Ok(answer) => {
            let json = answer.json()?;
            let links = json.get("links")?.as_array()?;
            let own = |link: &&Value| link.get("rel").and_then(Value::as_str) == Some("self");
            let href = links.iter().find(own)?.get("href")?.as_str()?;
            allowed(href, asked)
        }
        Err(Failed::Answered(answer)) => leads_to(&answer, asked),
        Err(_) => None,
    }
}

fn leads_to(answer: &Answer, asked: &str) -> Option<String> {
    let moved = matches!(answer.status, 301 | 302 | 303 | 307 | 308);
    let origin = allowed(answer.header("location").filter(|_| moved)?, asked)?;
    (origin != asked).then_some(origin)
}

/// The origin of an address that a server named, if it may be one: a server on the internet may not
/// send us to this computer.
fn allowed(address: &str, asked: &str) -> Option<String> {
    let local = |address: &str| Url::parse(address).is_ok_and(|u| is_loopback(&u));
    let origin = typed(address).ok()?.origin;
    (address.contains("://") && (local(asked) || !local(&origin))).then_some(origin)
}

/// Nothing that speaks Mastodon's language was found.
fn not_one(origin: &str, failed: &Failed, ctx: Ctx<'_>) -> Refusal {
    let host = host(origin);
    match failed {
        // The page of a gateway in trouble says nothing about what is behind it.
        Failed::Answered(answer) if answer.status < 500 && answer.status != 429 => Refusal::never(
            Category::Validation,
            format!(
                "{host} is no Mastodon server. Enter the server your account is on, such as mastodon.social."
            ),
        )
        .with_detail(failed.detail()),
        _ => failed.usual(host, NEWCOMER, ctx.clock.now()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_taken_as_people_type_them() {
        for (text, origin, name) in [
            ("mastodon.social", "https://mastodon.social", None),
            (" Mastodon.Social/ ", "https://mastodon.social", None),
            (
                "@ana@mastodon.social",
                "https://mastodon.social",
                Some("ana"),
            ),
            (
                "ana@mastodon.social",
                "https://mastodon.social",
                Some("ana"),
            ),
            (
                "https://mastodon.social/@ana",
                "https://mastodon.social",
                Some("ana"),
            ),
            (
                "https://mastodon.social/@ana/1234",
                "https://mastodon.social",
                Some("ana"),
            ),
            (
                "mastodon.social/@ana",
                "https://mastodon.social",
                Some("ana"),
            ),
            (
                "https://m.example:8443/web/home?x",
                "https://m.example:8443",
                None,
            ),
            (
                "http://127.0.0.1:3000/@ana",
                "http://127.0.0.1:3000",
                Some("ana"),
            ),
            ("@ana@localhost:3000", "http://localhost:3000", Some("ana")),
        ] {
            let read = typed(text).unwrap();
            assert_eq!(
                (read.origin.as_str(), read.name.as_deref()),
                (origin, name),
                "{text}"
            );
        }
        for odd in [
            "",
            "@ana",
            "ana",
            "ftp://x.org",
            "https://a:b@x.org",
            "a b",
            "https://",
            "@a@",
            "file:///x.y",
        ] {
            assert!(typed(odd).is_err(), "{odd}");
        }
        let open = typed("http://mastodon.social").unwrap_err();
        assert!(open.message.contains("https://mastodon.social"));
    }

    #[test]
    fn a_server_on_the_internet_may_not_send_us_to_this_computer() {
        let asked = "https://example.org";
        assert_eq!(
            allowed("https://m.example.org/users/ana", asked).as_deref(),
            Some("https://m.example.org")
        );
        assert_eq!(allowed("http://127.0.0.1/users/ana", asked), None);
        assert_eq!(allowed("http://m.example.org/", asked), None);
        assert_eq!(allowed("/users/ana", asked), None);
        assert!(allowed("http://127.0.0.1:1/x", "http://127.0.0.1:2").is_some());
    }
}
