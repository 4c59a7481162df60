//! The one place that makes HTTP clients: proxy, certificates, time limits and size limits.

mod download;
mod guarded;
mod proxies;
mod reach;
mod trust;
mod tunnel;

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Proxy, Response, Url};
use rustls::ClientConfig;

pub use download::{Arriving, file_name};
pub use guarded::{GuardedClient, Page, PageError};
use proxies::Advised;
pub use proxies::ProxyAdvice;
pub use reach::{Reach, is_public};

/// How to reach the outside.
#[derive(Debug, Clone, Default)]
pub enum ProxyChoice {
    /// What the environment says, `HTTPS_PROXY`, `NO_PROXY` and their kind; on macOS and Windows the
    /// settings of the system besides.
    #[default]
    System,
    /// No proxy at all.
    Direct,
    /// This proxy for everything, such as `http://proxy.example.com:3128`.
    Fixed(String),
    /// What this one says about each address.
    Asked(Arc<dyn ProxyAdvice>),
}

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Reaching a server.
    pub connect: Duration,
    /// A whole call, from the first byte sent to the last byte read.
    pub call: Duration,
    /// A whole call that uploads a file.
    pub upload: Duration,
    /// Everything a link card may cost.
    pub card: Duration,
    /// Fetching a file from an address that a person named.
    pub download: Duration,
    /// The longest silence while a file is fetched.
    pub silence: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            call: Duration::from_secs(30),
            upload: Duration::from_mins(3),
            card: Duration::from_secs(15),
            download: Duration::from_mins(55),
            silence: Duration::from_secs(30),
        }
    }
}

/// Settings of the HTTP clients.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// The program's version, for the user agent.
    pub version: String,
    /// A PEM file with root certificates to trust besides the system's.
    pub extra_roots: Option<PathBuf>,
    /// How to reach the outside.
    pub proxy: ProxyChoice,
    /// Time limits.
    pub timeouts: Timeouts,
    /// Clients made of these settings already, to be used by whoever needs some: each that is made anew
    /// reads all certificates of the system.
    pub shared: Option<Clients>,
}

impl HttpConfig {
    /// The usual settings.
    #[must_use]
    pub fn new(version: impl Into<String>) -> Self {
        Self {
            version: version.into(),
            extra_roots: None,
            proxy: ProxyChoice::System,
            timeouts: Timeouts::default(),
            shared: None,
        }
    }
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The file with certificates cannot be read or holds none.
    #[error("The file with extra certificates, {}, cannot be used: {reason}.", path.display())]
    Roots {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The proxy's address is wrong.
    #[error("The address of the proxy cannot be used: {0}.")]
    Proxy(String),
    /// The TLS library did not start.
    #[error("Secure connections cannot be made on this computer: {0}.")]
    Client(String),
}

/// Chooses what TLS computes with. Every client of the program needs it; [`Clients`] sees to it.
pub fn choose_cryptography() {
    // Once for the whole program; a second time says that it was done, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// What secure connections trust: read once for all that share it.
fn tls(config: &HttpConfig) -> Result<ClientConfig, HttpError> {
    match &config.shared {
        Some(shared) => Ok(shared.tls.clone()),
        None => trust::tls(config.extra_roots.as_deref()),
    }
}

fn builder(config: &HttpConfig, tls: &ClientConfig) -> ClientBuilder {
    choose_cryptography();
    Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .user_agent(format!("Almanac/{}", config.version))
        .connect_timeout(config.timeouts.connect)
        .timeout(config.timeouts.call)
        // A call that leads elsewhere is not followed: its body and its token are meant for one
        // server. Pages for link cards follow by hand, checking each address.
        .redirect(Policy::none())
        .referer(false)
}

fn built(builder: ClientBuilder) -> Result<Client, HttpError> {
    builder
        .build()
        .map_err(|error| HttpError::Client(whole(&error)))
}

/// The clients for calls on networks: through the proxy to the outside, direct on this computer.
#[derive(Debug, Clone)]
pub struct Clients {
    outside: Client,
    here: Client,
    advised: Option<Advised>,
    tls: ClientConfig,
}

impl Clients {
    /// Both clients.
    pub fn new(config: &HttpConfig) -> Result<Self, HttpError> {
        if let Some(shared) = &config.shared {
            return Ok(shared.clone());
        }
        let tls = tls(config)?;
        Self::of(config, tls, |builder| builder)
    }

    /// The same for connections that become websockets, which is asked for in HTTP/1.1.
    pub fn for_websockets(config: &HttpConfig) -> Result<Self, HttpError> {
        let tls = trust::in_http_1(tls(config)?);
        Self::of(config, tls, ClientBuilder::http1_only)
    }

    fn of(
        config: &HttpConfig,
        tls: ClientConfig,
        shaped: impl Fn(ClientBuilder) -> ClientBuilder,
    ) -> Result<Self, HttpError> {
        let begun = || shaped(builder(config, &tls));
        let mut outside = begun();
        let mut advised = None;
        match &config.proxy {
            ProxyChoice::System => {}
            ProxyChoice::Direct => outside = outside.no_proxy(),
            ProxyChoice::Fixed(address) => {
                let proxy = Proxy::all(address).map_err(|e| HttpError::Proxy(whole(&e)))?;
                outside = outside.proxy(proxy);
            }
            ProxyChoice::Asked(adviser) => {
                let asked = Advised::new(Arc::clone(adviser));
                let answers = asked.clone();
                // Asked before each call, since a connection cannot wait for an answer.
                outside = outside.proxy(Proxy::custom(move |url| answers.last(url)));
                advised = Some(asked);
            }
        }
        Ok(Self {
            outside: built(outside)?,
            here: built(begun().no_proxy())?,
            advised,
            tls,
        })
    }

    /// The client for an address. A proxy cannot reach this very computer for us.
    pub async fn to(&self, url: &Url) -> &Client {
        if is_loopback(url) {
            return &self.here;
        }
        if let Some(advised) = &self.advised {
            advised.ask(url).await;
        }
        &self.outside
    }
}

/// Whether an address is on this very computer.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    is_loopback_name(host.trim_start_matches('[').trim_end_matches(']'))
}

/// Whether a host is this very computer.
#[must_use]
pub fn is_loopback_name(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// An error with all its causes, without the address (which may carry a secret).
#[must_use]
pub fn whole(error: &reqwest::Error) -> String {
    let text = causes(error.source());
    if !text.is_empty() {
        return text;
    }
    let words = if error.is_timeout() {
        "timed out"
    } else {
        "failed"
    };
    words.to_owned()
}

/// What an error and its causes say, one after the other.
fn causes(error: Option<&(dyn Error + 'static)>) -> String {
    let mut text = String::new();
    let mut next = error;
    while let Some(cause) = next {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

/// Reads at most `limit` bytes of an answer. `Ok(None)` when there are more.
pub async fn read_bounded(
    mut response: Response,
    limit: usize,
) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_certificate_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("roots.pem");
        let rubbish = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for pem in ["no certificate", rubbish] {
            std::fs::write(&path, pem).unwrap();
            let config = HttpConfig {
                extra_roots: Some(path.clone()),
                ..HttpConfig::new("test")
            };
            let error = Clients::new(&config).unwrap_err().to_string();
            assert!(error.contains("roots.pem"), "{error}");
        }
        let proxy = ProxyChoice::Fixed("not an address".to_owned());
        assert!(
            Clients::new(&HttpConfig {
                proxy,
                ..HttpConfig::new("test")
            })
            .is_err()
        );
    }
}
