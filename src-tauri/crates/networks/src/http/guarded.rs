//! A client for addresses that came out of a text: it never connects into a private network.

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HOST;
use reqwest::{Client, ClientBuilder, Method, RequestBuilder, Response, Url};
use rustls::ClientConfig;

use super::proxies::Proxies;
use super::reach::{GuardedResolver, Reach};
use super::{HttpConfig, HttpError, builder, built, causes, trust, tunnel, whole};

/// A client for pages whose address came out of a text: it never connects into a private network.
///
/// Where a proxy leads out, the proxy is handed the address that was checked and not the name, which it
/// would look up itself. So such pages need names that this computer can look up, and a proxy that
/// leads to addresses.
pub struct GuardedClient {
    config: HttpConfig,
    /// Read once, for proxies that are spoken to over TLS and for what is behind any. In HTTP/1.1: HTTP/2 names
    /// the server by the address that is called, and there its port has made way for the tunnel's.
    tls: ClientConfig,
    client: Client,
    proxies: Proxies,
    resolver: GuardedResolver,
}

/// Why a page was not read.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Its address leads somewhere this program does not go.
    #[error("the address leads into a private network or is no web address")]
    Refused,
    /// It leads from one address to the next.
    #[error("it redirects too often")]
    Redirects,
    /// It is larger than is read.
    #[error("it is too large")]
    TooLarge,
    /// The server said no.
    #[error("the server answered {0}")]
    Status(u16),
    /// The certificate of its server, or of the proxy that leads there, is not trusted.
    #[error("{0}")]
    Untrusted(String),
    /// It could not be reached or broke off.
    #[error("{0}")]
    Failed(String),
}

impl PageError {
    /// A call that came to nothing.
    pub(crate) fn of_call(error: &reqwest::Error) -> Self {
        Self::of(error, whole(error))
    }

    /// A proxy that could not be used.
    fn of_proxy(error: &io::Error) -> Self {
        let words = causes(Some(error));
        Self::of(error, format!("the proxy does not lead there: {words}"))
    }

    fn of(error: &(dyn Error + 'static), words: String) -> Self {
        if untrusted(error) {
            Self::Untrusted(words)
        } else {
            Self::Failed(words)
        }
    }
}

/// Whether a certificate is among the causes of an error.
fn untrusted(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(rustls::Error::InvalidCertificate(_)) = cause.downcast_ref::<rustls::Error>() {
            return true;
        }
        next = cause.source();
        // An error of the system leaves out what it carries when it is asked for its cause.
        let system = cause.downcast_ref::<io::Error>();
        if let Some(carried) = system.and_then(io::Error::get_ref) {
            next = Some(carried);
        }
    }
    false
}

/// A page that was read.
#[derive(Debug)]
pub struct Page {
    /// Where it was found in the end.
    pub url: Url,
    /// Its media type with parameters, in lower case.
    pub content_type: String,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// A builder that knows no proxy: the way is chosen address by address.
fn plain(config: &HttpConfig, tls: &ClientConfig) -> ClientBuilder {
    builder(config, tls).no_proxy()
}

/// Most addresses followed from one to the next.
const MAX_REDIRECTS: usize = 5;

impl GuardedClient {
    /// A guarded client.
    pub fn new(config: &HttpConfig, reach: Reach) -> Result<Self, HttpError> {
        Self::with_resolver(config, GuardedResolver::new(reach))
    }

    fn with_resolver(config: &HttpConfig, resolver: GuardedResolver) -> Result<Self, HttpError> {
        let tls = super::tls(config)?;
        let client = built(plain(config, &tls).dns_resolver(Arc::new(resolver)))?;
        Ok(Self {
            config: config.clone(),
            tls: trust::in_http_1(tls),
            client,
            proxies: Proxies::new(&config.proxy)?,
            resolver,
        })
    }

    /// A call on an address that a person named, such as that of a webhook, which may take as long as
    /// `limit`. Where it is redirected to is not followed.
    pub async fn call(
        &self,
        method: Method,
        url: &Url,
        limit: Duration,
    ) -> Result<RequestBuilder, PageError> {
        if !self.allowed(url) {
            return Err(PageError::Refused);
        }
        self.request(method, url, limit).await
    }

    /// A request: direct, or through the proxy that leads there.
    async fn request(
        &self,
        method: Method,
        url: &Url,
        limit: Duration,
    ) -> Result<RequestBuilder, PageError> {
        let Some(exit) = self.proxies.find(url).await else {
            return Ok(self.client.request(method, url.clone()).timeout(limit));
        };
        let (Some(host), Some(port)) = (url.domain(), url.port_or_known_default()) else {
            // Without a name there is nothing that a certificate could be held against.
            return Err(PageError::Refused);
        };
        let found = self.resolver.look_up(host).await;
        let found = found.map_err(|error| PageError::Failed(error.to_string()))?;
        let mut ips = found.iter().map(SocketAddr::ip);
        let ip = ips.find(|ip| exit.leads_to(*ip));
        let to = SocketAddr::new(ip.ok_or(PageError::Refused)?, port);
        let patience = self.config.timeouts.connect;
        let way = tunnel::open(&exit, &self.tls, to, patience, limit)
            .await
            .map_err(|error| PageError::of_proxy(&error))?;
        let through = plain(&self.config, &self.tls).http1_only();
        let client = built(through.resolve(host, way))
            .map_err(|error| PageError::Failed(error.to_string()))?;
        // A port in the address would be connected to in place of the tunnel's.
        let mut bare = url.clone();
        bare.set_port(None).map_err(|()| PageError::Refused)?;
        let name = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let request = client.request(method, bare).timeout(limit);
        Ok(request.header(HOST, name))
    }

    /// Whether an address may be asked for at all. Names are checked when they are looked up.
    fn allowed(&self, url: &Url) -> bool {
        let web = matches!(url.scheme(), "http" | "https");
        let bare = url.username().is_empty() && url.password().is_none();
        let host = match url.host_str() {
            Some(host) => host.trim_start_matches('[').trim_end_matches(']'),
            None => return false,
        };
        web && bare
            && host
                .parse::<IpAddr>()
                .map_or(true, |ip| self.resolver.reach.allows(ip))
    }

    /// Reads a page of at most `limit` bytes. With `cut`, a longer one is cut there instead.
    pub async fn get(&self, url: Url, limit: usize, cut: bool) -> Result<Page, PageError> {
        let (url, response) = self.follow(url, self.config.timeouts.card).await?;
        let content_type = response
            .headers()
            .get(reqwest::header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_ascii_lowercase();
        let body = read_page(response, limit, cut).await?;
        Ok(Page {
            url,
            content_type,
            body,
        })
    }

    /// Asks for an address and follows where it leads, looking at every address anew. The time limit
    /// holds for each request with all of its answer.
    pub(super) async fn follow(
        &self,
        url: Url,
        limit: Duration,
    ) -> Result<(Url, Response), PageError> {
        let mut url = url;
        for _ in 0..=MAX_REDIRECTS {
            if !self.allowed(&url) {
                return Err(PageError::Refused);
            }
            let response = self
                .request(Method::GET, &url, limit)
                .await?
                .send()
                .await
                .map_err(|error| PageError::of_call(&error))?;
            let status = response.status();
            if status.is_redirection() {
                let header = response.headers().get(reqwest::header::LOCATION);
                let to = header.and_then(|v| v.to_str().ok());
                let next = to.and_then(|to| url.join(to).ok());
                url = next.ok_or(PageError::Status(status.as_u16()))?;
                continue;
            }
            if !status.is_success() {
                return Err(PageError::Status(status.as_u16()));
            }
            return Ok((url, response));
        }
        Err(PageError::Redirects)
    }

    /// How long things may take.
    pub(super) fn timeouts(&self) -> super::Timeouts {
        self.config.timeouts
    }
}

async fn read_page(mut response: Response, limit: usize, cut: bool) -> Result<Vec<u8>, PageError> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| PageError::of_call(&error))?
    {
        let room = limit - body.len();
        if chunk.len() > room {
            if !cut {
                return Err(PageError::TooLarge);
            }
            body.extend_from_slice(chunk.get(..room).unwrap_or_default());
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded(reach: Reach) -> GuardedClient {
        let config = HttpConfig::new("test");
        GuardedClient::new(&config, reach).unwrap()
    }

    #[tokio::test]
    async fn names_and_numbers_of_this_computer_are_refused_before_any_connection() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let guarded = guarded(Reach::Public);
        for host in [
            "127.0.0.1",
            "[::1]",
            "localhost",
            "2130706433",
            "0x7f.1",
            "[::ffff:127.0.0.1]",
        ] {
            let url = Url::parse(&format!("http://{host}:{port}/")).unwrap();
            assert!(guarded.get(url, 100, true).await.is_err(), "{host}");
        }
        for other in [
            "file:///etc/passwd",
            "http://user:pw@example.org/",
            "data:text/html,x",
        ] {
            let error = guarded
                .get(Url::parse(other).unwrap(), 100, true)
                .await
                .unwrap_err();
            assert!(matches!(error, PageError::Refused), "{other}");
        }
        let nobody_came = tokio::time::timeout(Duration::from_millis(1), listener.accept()).await;
        assert!(nobody_came.is_err());
    }
}

#[cfg(test)]
#[path = "proxied_tests.rs"]
mod proxied_tests;
