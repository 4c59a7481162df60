//! Which addresses are connected to when they came out of a text.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Which addresses a guarded client may connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The public internet alone.
    Public,
    /// The public internet and this very computer: for tests.
    PublicAndLoopback,
}

impl Reach {
    pub(super) fn allows(self, ip: IpAddr) -> bool {
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
pub(super) struct GuardedResolver {
    pub reach: Reach,
    /// What names mean, in place of asking the system.
    #[cfg(test)]
    stand_in: Option<fn(&str) -> IpAddr>,
}

impl GuardedResolver {
    pub fn new(reach: Reach) -> Self {
        Self {
            reach,
            #[cfg(test)]
            stand_in: None,
        }
    }

    /// One for which names mean what `stand_in` says.
    #[cfg(test)]
    pub fn standing_in(reach: Reach, stand_in: fn(&str) -> IpAddr) -> Self {
        Self {
            reach,
            stand_in: Some(stand_in),
        }
    }

    pub async fn look_up(self, host: &str) -> io::Result<Vec<SocketAddr>> {
        #[cfg(not(test))]
        let mut found = addresses(host).await?;
        #[cfg(test)]
        let mut found = match self.stand_in {
            Some(means) => vec![SocketAddr::new(means(host), 0)],
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

#[cfg(test)]
mod tests {
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
}
