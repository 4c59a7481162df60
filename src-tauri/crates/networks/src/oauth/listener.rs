//! The place on this computer where a browser comes back to: it answers once and closes.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use oauth2::url::Url;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::last_page;
use crate::catalogue::Redirect;
use crate::vault::Secret;

/// How long one browser may take to send its request.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);

/// Why nobody can listen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListenError {
    /// The ports are taken.
    #[error(
        "Another program uses the port the browser has to come back to ({0}). Close it, then try again."
    )]
    Taken(String),
    /// The way of signing in does not come back to this computer.
    #[error("This sign-in does not come back by itself.")]
    NotHere,
}

/// A listener that waits for one browser.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: String,
    path: String,
    /// Where the browser goes on to.
    then: Option<Url>,
}

/// What a browser has to bring, and what becomes of it.
struct Wanted {
    path: String,
    state: Secret,
    then: Option<Url>,
}

impl Listener {
    /// Listens on the first of the ports that is free, on this computer only.
    pub async fn bind(redirect: &Redirect) -> Result<Self, ListenError> {
        let Redirect::Loopback { host, ports, path } = redirect else {
            return Err(ListenError::NotHere);
        };
        for &port in ports {
            let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await else {
                continue;
            };
            let Ok(bound) = listener.local_addr() else {
                continue;
            };
            return Ok(Self {
                address: format!("http://{host}:{}{path}", bound.port()),
                socket: listener,
                path: path.clone(),
                then: None,
            });
        }
        let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
        Err(ListenError::Taken(ports.join(", ")))
    }

    /// Where the browser comes back to.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Sends the browser on to an address at the end, which gets nothing of what the browser brought.
    pub fn go_on_to(&mut self, address: Url) {
        self.then = Some(address);
    }

    /// Waits for the browser that brings `state`, shows it a page, and closes. Others are told that
    /// they are wrong here. Gives the query of the address by name. Dropping it stops listening.
    pub async fn answer(self, state: &Secret) -> BTreeMap<String, String> {
        let (came, mut coming) = mpsc::channel(1);
        let wanted = Arc::new(Wanted {
            path: self.path,
            state: state.clone(),
            then: self.then,
        });
        let mut open = tokio::task::JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.socket.accept() => {
                    let Ok((stream, _)) = accepted else { continue };
                    let (wanted, came) = (Arc::clone(&wanted), came.clone());
                    open.spawn(async move {
                        let service = service_fn(move |request| {
                            let (wanted, came) = (Arc::clone(&wanted), came.clone());
                            async move { Ok::<_, Infallible>(answer(&request, &wanted, &came)) }
                        });
                        // A browser that goes away says nothing.
                        let _ = http1::Builder::new()
                            .timer(TokioTimer::new())
                            .header_read_timeout(REQUEST_LIMIT)
                            .keep_alive(false)
                            .serve_connection(TokioIo::new(stream), service)
                            .await;
                    });
                }
                Some(found) = coming.recv() => {
                    drop(self.socket);
                    // The page reaches the browser before its connection goes.
                    let _ = tokio::time::timeout(REQUEST_LIMIT, async {
                        while open.join_next().await.is_some() {}
                    }).await;
                    return found;
                }
                Some(_) = open.join_next() => {}
            }
        }
    }
}

fn answer(
    request: &Request<Incoming>,
    wanted: &Wanted,
    came: &mpsc::Sender<BTreeMap<String, String>>,
) -> Response<String> {
    if request.uri().path() != wanted.path {
        return page(StatusCode::NOT_FOUND, "There is nothing here.");
    }
    if request.method() != Method::GET {
        return page(StatusCode::METHOD_NOT_ALLOWED, "There is nothing here.");
    }
    let query = request.uri().query().unwrap_or_default();
    let found: BTreeMap<String, String> = oauth2::url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    if found.get("state").map(String::as_str) != Some(wanted.state.reveal()) {
        return page(
            StatusCode::BAD_REQUEST,
            "This does not belong to the sign-in that Almanac began. Start it again in Almanac.",
        );
    }
    let denied = found.contains_key("error");
    // Full means that a browser came before; the second one changes nothing.
    let _ = came.try_send(found);
    let said = if denied {
        "Nothing was connected."
    } else {
        "That is all here."
    };
    if let Some(then) = &wanted.then {
        return shown(StatusCode::OK, last_page::leading_on(said, then));
    }
    let words = format!("{said} You can close this page and go back to Almanac.");
    page(StatusCode::OK, &words)
}

fn page(status: StatusCode, words: &str) -> Response<String> {
    shown(status, last_page::saying(words))
}

fn shown(status: StatusCode, page: String) -> Response<String> {
    let mut response = Response::new(page);
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, last_page::POLICY),
        (header::CONNECTION, "close"),
    ] {
        response
            .headers_mut()
            .insert(name, header::HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(ports: Vec<u16>) -> Redirect {
        Redirect::Loopback {
            host: "127.0.0.1".to_owned(),
            ports,
            path: "/callback".to_owned(),
        }
    }

    async fn get(address: String) -> (u16, String) {
        crate::http::choose_cryptography();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        match client.get(address).send().await {
            Ok(response) => (response.status().as_u16(), response.text().await.unwrap()),
            Err(_) => (0, String::new()),
        }
    }

    #[tokio::test]
    async fn only_the_browser_that_was_sent_is_heard_and_only_once() {
        let listener = Listener::bind(&here(vec![0])).await.unwrap();
        let address = listener.address().to_owned();
        let origin = address.trim_end_matches("/callback").to_owned();
        let waiting = tokio::spawn(async move { listener.answer(&Secret::new("s1")).await });
        assert_eq!(get(format!("{origin}/favicon.ico")).await.0, 404);
        assert_eq!(get(format!("{address}?code=x&state=other")).await.0, 400);
        assert_eq!(get(format!("{address}?code=x")).await.0, 400);
        let (status, page) = get(format!("{address}?code=a%20b&state=s1")).await;
        assert_eq!(status, 200);
        assert!(page.contains("close this page") && !page.contains("a b"));
        assert_eq!(waiting.await.unwrap()["code"], "a b");
        assert_eq!(get(format!("{address}?code=again&state=s1")).await.0, 0);
    }

    #[tokio::test]
    async fn the_browser_goes_on_where_it_is_sent_and_takes_nothing_along() {
        for (query, said) in [
            ("code=secret-code&state=s1", "That is all here."),
            ("error=access_denied&state=s1", "Nothing was connected."),
        ] {
            let mut listener = Listener::bind(&here(vec![0])).await.unwrap();
            let then = "https://app.example.com/back?a=1&b=\"'<x>";
            listener.go_on_to(Url::parse(then).unwrap());
            let address = listener.address().to_owned();
            let waiting = tokio::spawn(async move { listener.answer(&Secret::new("s1")).await });
            let (status, page) = get(format!("{address}?{query}")).await;
            assert_eq!(status, 200);
            assert!(page.contains(said), "{page}");
            assert!(
                page.contains("url=https://app.example.com/back?a=1&amp;b=%22%27%3Cx%3E\">"),
                "{page}"
            );
            assert!(!page.contains("secret-code") && !page.contains("close this page"));
            waiting.await.unwrap();
        }
    }

    #[tokio::test]
    async fn the_next_port_is_taken_when_one_is_in_use() {
        let first = Listener::bind(&here(vec![0])).await.unwrap();
        let port = first.socket.local_addr().unwrap().port();
        assert!(matches!(
            Listener::bind(&here(vec![port])).await,
            Err(ListenError::Taken(ports)) if ports == port.to_string()
        ));
        let second = Listener::bind(&here(vec![port, 0])).await.unwrap();
        assert_ne!(second.address(), first.address());
    }
}
