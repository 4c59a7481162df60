//! A client for addresses that came out of a text: it never connects into a private network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Response, Url};

use super::{HttpConfig, HttpError, builder, built, whole};

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
struct GuardedResolver(Reach);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0))
                .await?
                .filter(|address| reach.allows(address.ip()))
                .collect();
            if found.is_empty() {
                return Err(format!("{host} has no address on the public internet").into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// A client for pages whose address came out of a text: it never connects into a private network.
///
/// It goes direct even where a proxy is set: a proxy would look the name up itself, and nobody
/// would have checked the address. Where only a proxy leads out, such pages are not read.
pub struct GuardedClient {
    client: Client,
    reach: Reach,
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

/// Most addresses followed from one to the next.
const MAX_REDIRECTS: usize = 5;

impl GuardedClient {
    /// A guarded client.
    pub fn new(config: &HttpConfig, reach: Reach) -> Result<Self, HttpError> {
        let builder = builder(config)?
            .timeout(config.timeouts.card)
            .no_proxy()
            .dns_resolver(Arc::new(GuardedResolver(reach)));
        Ok(Self {
            client: built(builder)?,
            reach,
        })
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
                .map_or(true, |ip| self.reach.allows(ip))
    }

    /// Reads a page of at most `limit` bytes. With `cut`, a longer one is cut there instead.
    pub async fn get(&self, url: Url, limit: usize, cut: bool) -> Result<Page, PageError> {
        let mut url = url;
        for _ in 0..=MAX_REDIRECTS {
            if !self.allowed(&url) {
                return Err(PageError::Refused);
            }
            let response = self
                .client
                .get(url.clone())
                .send()
                .await
                .map_err(|error| PageError::Failed(whole(&error)))?;
            let status = response.status();
            let header = |name| response.headers().get(name).and_then(|v| v.to_str().ok());
            if status.is_redirection() {
                let next = header(reqwest::header::LOCATION).and_then(|to| url.join(to).ok());
                url = next.ok_or(PageError::Status(status.as_u16()))?;
                continue;
            }
            if !status.is_success() {
                return Err(PageError::Status(status.as_u16()));
            }
            let content_type = header(reqwest::header::CONTENT_TYPE)
                .unwrap_or_default()
                .to_ascii_lowercase();
            let body = read_page(response, limit, cut).await?;
            return Ok(Page {
                url,
                content_type,
                body,
            });
        }
        Err(PageError::Redirects)
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
    use std::time::Duration;

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
}
