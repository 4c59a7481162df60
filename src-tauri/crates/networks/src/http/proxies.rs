//! Which proxy leads to an address: as the environment says, or as the desktop does.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::Url;

use super::{HttpError, ProxyChoice, is_loopback};
use crate::vault::Secret;

/// How long an answer of the desktop is believed: a person who changes the proxy need not start anew.
const BELIEVED: Duration = Duration::from_secs(30);
/// Most addresses of which the answer is remembered.
const REMEMBERED: usize = 1_000;

/// Somebody who knows by which proxy an address is reached, such as the desktop.
#[async_trait]
pub trait ProxyAdvice: fmt::Debug + Send + Sync {
    /// The proxy for an origin, such as `http://proxy.example.com:3128` or `socks5h://[::1]:1080`; none
    /// to go direct. Answers within a few seconds, whatever happens to the desktop.
    async fn proxy_for(&self, origin: &str) -> Option<Url>;
}

/// Answers by origin, and when they were given.
type Answers = HashMap<String, (Instant, Option<Url>)>;

/// Answers of an adviser, asked again when they are old.
#[derive(Clone)]
pub(super) struct Advised {
    adviser: Arc<dyn ProxyAdvice>,
    known: Arc<Mutex<Answers>>,
}

// The answers may name passwords.
impl fmt::Debug for Advised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.adviser.fmt(f)
    }
}

impl Advised {
    pub fn new(adviser: Arc<dyn ProxyAdvice>) -> Self {
        Self {
            adviser,
            known: Arc::default(),
        }
    }

    fn known(&self) -> MutexGuard<'_, Answers> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks about an address unless the answer is known.
    pub async fn ask(&self, url: &Url) -> Option<Url> {
        let origin = url.origin().ascii_serialization();
        let fresh =
            |(at, proxy): &(Instant, Option<Url>)| (at.elapsed() < BELIEVED).then(|| proxy.clone());
        let found = self.known().get(&origin).and_then(fresh);
        if let Some(proxy) = found {
            return proxy;
        }
        let proxy = self.adviser.proxy_for(&origin).await;
        let mut known = self.known();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(origin, (Instant::now(), proxy.clone()));
        proxy
    }

    /// What was answered last about an address that was asked about.
    pub fn last(&self, url: &Url) -> Option<Url> {
        let known = self.known();
        let (_, proxy) = known.get(&url.origin().ascii_serialization())?;
        proxy.clone()
    }
}

/// A proxy to tunnel through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exit {
    /// Its scheme: `http`, `https` where it is spoken to over TLS, or one of the SOCKS versions.
    pub scheme: String,
    pub host: String,
    pub port: u16,
    /// The header that names who asks of an `http` or `https` proxy.
    pub auth: Option<reqwest::header::HeaderValue>,
    /// Name and password of who asks of a SOCKS proxy.
    pub login: Option<(String, Secret)>,
}

impl Exit {
    fn of(found: &Intercept) -> Option<Self> {
        let uri = found.uri();
        let scheme = uri.scheme_str().unwrap_or("http").to_owned();
        let usual = match scheme.as_str() {
            "https" => 443,
            "http" => 80,
            _ => 1080,
        };
        Some(Self {
            host: uri
                .host()?
                .trim_start_matches('[')
                .trim_end_matches(']')
                .to_owned(),
            port: uri.port_u16().unwrap_or(usual),
            auth: found.basic_auth().cloned().map(|mut auth| {
                auth.set_sensitive(true);
                auth
            }),
            login: found
                .raw_auth()
                .map(|(name, password)| (name.to_owned(), Secret::new(password))),
            scheme,
        })
    }

    /// Whether it leads to such an address at all.
    pub fn leads_to(&self, ip: IpAddr) -> bool {
        ip.is_ipv4() || !self.scheme.starts_with("socks4")
    }
}

/// Finds the proxy for single addresses.
#[derive(Debug)]
pub(super) enum Proxies {
    Given(Box<Matcher>),
    Advised(Advised),
}

impl Proxies {
    pub fn new(choice: &ProxyChoice) -> Result<Self, HttpError> {
        Ok(Self::Given(Box::new(match choice {
            ProxyChoice::System => Matcher::from_system(),
            ProxyChoice::Direct => Matcher::builder().build(),
            ProxyChoice::Fixed(address) => {
                // The same check as for the other clients.
                reqwest::Proxy::all(address)
                    .map_err(|error| HttpError::Proxy(super::whole(&error)))?;
                Matcher::builder().all(address.as_str()).build()
            }
            ProxyChoice::Asked(adviser) => {
                return Ok(Self::Advised(Advised::new(Arc::clone(adviser))));
            }
        })))
    }

    /// The proxy for an address; none to go direct, as on this very computer.
    pub async fn find(&self, url: &Url) -> Option<Exit> {
        if is_loopback(url) {
            return None;
        }
        let found = match self {
            Self::Given(matcher) => matcher.intercept(&url.as_str().parse().ok()?),
            Self::Advised(advised) => {
                let proxy = advised.ask(url).await?;
                let matcher = Matcher::builder().all(proxy.as_str()).build();
                matcher.intercept(&url.as_str().parse().ok()?)
            }
        };
        Exit::of(&found?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default)]
    struct Counting(Mutex<Vec<String>>);

    #[async_trait]
    impl ProxyAdvice for Counting {
        async fn proxy_for(&self, origin: &str) -> Option<Url> {
            self.0.lock().unwrap().push(origin.to_owned());
            let proxy = origin
                .starts_with("https")
                .then_some("http://me:pw@[::1]:3128");
            proxy.map(|p| Url::parse(p).unwrap())
        }
    }

    #[tokio::test]
    async fn the_desktop_is_asked_once_for_each_origin_and_never_about_this_computer() {
        let adviser = Arc::new(Counting::default());
        let proxies = Proxies::new(&ProxyChoice::Asked(adviser.clone())).unwrap();
        let find = async |url: &str| proxies.find(&Url::parse(url).unwrap()).await;
        let exit = find("https://pds.example.com/xrpc/a?secret=1")
            .await
            .unwrap();
        assert_eq!((exit.host.as_str(), exit.port), ("::1", 3128));
        assert!(exit.auth.unwrap().to_str().unwrap().starts_with("Basic "));
        assert!(find("https://pds.example.com/other").await.is_some());
        assert_eq!(find("http://plain.example.com/").await, None);
        assert_eq!(find("http://localhost:8080/").await, None);
        // The adviser sees no paths: they are nobody's business.
        assert_eq!(
            *adviser.0.lock().unwrap(),
            ["https://pds.example.com", "http://plain.example.com"]
        );
    }
}
