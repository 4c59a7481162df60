//! A client for addresses that came out of a text: it never connects into a private network.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::HOST;
use reqwest::{Client, ClientBuilder, Method, RequestBuilder, Response, Url};

use super::proxies::Proxies;
use super::{HttpConfig, HttpError, builder, built, tunnel, whole};

/// Which addresses a guarded client may connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The public internet alone.
    Public,
    /// The public internet and this very computer: for tests.
    PublicAndLoopback,
}

impl Reach {
    fn allows(self, ip: IpAddr) -> bool {
        is_public(ip) || (self == Self::PublicAndLoopback && ip.to_canonical().is_loopback())
    }
}

/// Whether an address is one of the public internet: not this computer, not a private or local
/// network, not a cloud's metadata service, not a tunnel to any of those. Ranges as registered in
/// the IANA special-purpose address registries.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| {
        is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
    };
    match ip.segments() {
        // Tunnels lead where the address inside them says.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        // Everything in use on the internet is in 2000::/3; of it, registries keep these apart.
        [0x2001, 0..0x200 | 0xdb8, ..] | [0x3fff, 0..0x1000, ..] => false,
        [first, ..] => (first & 0xe000) == 0x2000,
    }
}

/// Looks names up itself and hands on only addresses that may be reached, so that what was checked
/// is what is connected to.
#[derive(Debug, Clone, Copy)]
struct GuardedResolver {
    reach: Reach,
    /// What every name means, in place of asking the system.
    #[cfg(test)]
    stand_in: Option<IpAddr>,
}

impl GuardedResolver {
    fn new(reach: Reach) -> Self {
        Self {
            reach,
            #[cfg(test)]
            stand_in: None,
        }
    }

    async fn look_up(self, host: &str) -> io::Result<Vec<SocketAddr>> {
        #[cfg(not(test))]
        let mut found = addresses(host).await?;
        #[cfg(test)]
        let mut found = match self.stand_in {
            Some(ip) => vec![SocketAddr::new(ip, 0)],
            None => addresses(host).await?,
        };
        found.retain(|address| self.reach.allows(address.ip()));
        if found.is_empty() {
            return Err(io::Error::other(format!(
                "{host} has no address on the public internet"
            )));
        }
        Ok(found)
    }
}

async fn addresses(host: &str) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((host, 0)).await?.collect())
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = *self;
        Box::pin(async move {
            let found = resolver.look_up(name.as_str()).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// A client for pages whose address came out of a text: it never connects into a private network.
///
/// Where a proxy leads out, the proxy is handed the address that was checked and not the name, which it
/// would look up itself. So such pages need names that this computer can look up, and a proxy that
/// leads to addresses.
pub struct GuardedClient {
    config: HttpConfig,
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
    /// It could not be reached or broke off.
    #[error("{0}")]
    Failed(String),
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
fn plain(config: &HttpConfig) -> Result<ClientBuilder, HttpError> {
    Ok(builder(config)?.timeout(config.timeouts.card).no_proxy())
}

/// Most addresses followed from one to the next.
const MAX_REDIRECTS: usize = 5;

impl GuardedClient {
    /// A guarded client.
    pub fn new(config: &HttpConfig, reach: Reach) -> Result<Self, HttpError> {
        Self::with_resolver(config, GuardedResolver::new(reach))
    }

    fn with_resolver(config: &HttpConfig, resolver: GuardedResolver) -> Result<Self, HttpError> {
        let builder = plain(config)?.dns_resolver(Arc::new(resolver));
        Ok(Self {
            config: config.clone(),
            client: built(builder)?,
            proxies: Proxies::new(&config.proxy)?,
            resolver,
        })
    }

    /// A call on an address that a person named, such as that of a webhook. Its time limit is that of
    /// pages until it gets another, and where it is redirected to is not followed.
    pub async fn call(&self, method: Method, url: &Url) -> Result<RequestBuilder, PageError> {
        if !self.allowed(url) {
            return Err(PageError::Refused);
        }
        self.request(method, url).await
    }

    /// A request: direct, or through the proxy that leads there.
    async fn request(&self, method: Method, url: &Url) -> Result<RequestBuilder, PageError> {
        let Some(exit) = self.proxies.find(url).await else {
            return Ok(self.client.request(method, url.clone()));
        };
        let failed = |words: &dyn std::fmt::Display| PageError::Failed(words.to_string());
        let (Some(host), Some(port)) = (url.domain(), url.port_or_known_default()) else {
            // Without a name there is nothing that a certificate could be held against.
            return Err(PageError::Refused);
        };
        let found = self.resolver.look_up(host).await;
        let found = found.map_err(|error| failed(&error))?;
        let mut ips = found.iter().map(SocketAddr::ip);
        let ip = ips.find(|ip| exit.leads_to(*ip));
        let ip = ip.ok_or(PageError::Refused)?;
        let limit = self.config.timeouts.card;
        let way = tunnel::open(&exit, SocketAddr::new(ip, port), limit)
            .await
            .map_err(|error| failed(&error))?;
        let client = plain(&self.config)
            .and_then(|builder| built(builder.resolve(host, way)))
            .map_err(|error| failed(&error))?;
        // A port in the address would be connected to in place of the tunnel's.
        let mut bare = url.clone();
        bare.set_port(None).map_err(|()| PageError::Refused)?;
        let name = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Ok(client.request(method, bare).header(HOST, name))
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
                .request(Method::GET, &url)
                .await?
                .timeout(limit)
                .send()
                .await
                .map_err(|error| PageError::Failed(whole(&error)))?;
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
        .map_err(|error| PageError::Failed(whole(&error)))?
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
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[test]
    fn private_networks_are_told_from_the_public_internet() {
        for ip in [
            "127.0.0.1",
            "127.8.8.8",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "192.0.0.170",
            "198.18.0.1",
            "203.0.113.5",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2002:c0a8:101::",
            "2001::1",
            "2001:db8::1",
            "fec0::1",
            "100::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "1.1.1.1",
            "93.184.216.34",
            "172.15.0.1",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

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

    /// Plays a proxy for one connection and the server behind it. Gives what it was asked.
    fn proxy_and_page() -> (String, tokio::task::JoinHandle<(String, String)>) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://user:pw@{}", listener.local_addr().unwrap());
        listener.set_nonblocking(true).unwrap();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let asked = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let order = head(&mut stream).await;
            let open = b"HTTP/1.1 200 Connection established\r\n\r\n";
            stream.write_all(open).await.unwrap();
            let request = head(&mut stream).await;
            let page =
                b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\npage";
            stream.write_all(page).await.unwrap();
            (order, request)
        });
        (address, asked)
    }

    async fn head(stream: &mut tokio::net::TcpStream) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    }

    fn behind(proxy: &str, means: &str) -> GuardedClient {
        let config = HttpConfig {
            proxy: super::super::ProxyChoice::Fixed(proxy.to_owned()),
            ..HttpConfig::new("test")
        };
        let resolver = GuardedResolver {
            reach: Reach::Public,
            stand_in: Some(means.parse().unwrap()),
        };
        GuardedClient::with_resolver(&config, resolver).unwrap()
    }

    #[tokio::test]
    async fn a_proxy_is_handed_the_address_that_was_checked_and_the_server_its_name() {
        for (url, order, name) in [
            ("http://page.example/a", "93.184.216.34:80", "page.example"),
            (
                "http://page.example:81/a",
                "93.184.216.34:81",
                "page.example:81",
            ),
        ] {
            let (proxy, asked) = proxy_and_page();
            let guarded = behind(&proxy, "93.184.216.34");
            let page = guarded.get(Url::parse(url).unwrap(), 100, true).await;
            assert_eq!(page.unwrap().body, b"page");
            let (connect, request) = asked.await.unwrap();
            assert!(
                connect.starts_with(&format!("CONNECT {order} HTTP/1.1\r\n")),
                "{connect}"
            );
            assert!(connect.contains("Proxy-Authorization: Basic "), "{connect}");
            let request = request.to_ascii_lowercase();
            assert!(request.starts_with("get /a http/1.1\r\n"), "{request}");
            assert!(request.contains(&format!("host: {name}\r\n")), "{request}");
        }
    }

    #[tokio::test]
    async fn no_proxy_is_asked_for_a_private_network() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        for (host, means) in [
            ("intranet.example", "10.0.0.1"),
            ("rebound.example", "127.0.0.1"),
            ("[fd00::1]", "93.184.216.34"),
            ("93.184.216.34", "93.184.216.34"),
        ] {
            let url = Url::parse(&format!("https://{host}/")).unwrap();
            let read = behind(&proxy, means).get(url, 100, true).await;
            assert!(read.is_err(), "{host}");
        }
        let nobody_came = tokio::time::timeout(Duration::from_millis(1), listener.accept()).await;
        assert!(nobody_came.is_err());
    }
}
