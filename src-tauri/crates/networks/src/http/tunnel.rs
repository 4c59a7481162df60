//! A way through a proxy to one address that was checked.
//!
//! A proxy that is handed a name looks it up itself, and nobody would have checked where it leads. So
//! it is handed the address, and whoever speaks through it (and names the server in TLS) connects to
//! a port of this computer that leads there and nowhere else, once.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hyper::Uri;
use hyper::service::Service;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV4, SocksV5};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::proxies::Exit;

/// Longest answer of a proxy that is read.
const MAX_HEAD_BYTES: u64 = 16 * 1024;

/// Opens the way, for one connection within the limit. The answer is where to connect.
pub(super) async fn open(exit: &Exit, to: SocketAddr, limit: Duration) -> io::Result<SocketAddr> {
    let mut through = tokio::time::timeout(limit, async {
        match exit.scheme.as_str() {
            "http" => ask(exit, to).await,
            "socks4" | "socks4a" | "socks5" | "socks5h" => ask_socks(exit, to).await,
            _ => Err(io::Error::other(
                "this kind of proxy is not tunnelled through",
            )),
        }
    })
    .await??;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        // However it ends, both sides are closed with it.
        let _ = tokio::time::timeout(limit, async {
            let (mut here, _) = listener.accept().await?;
            copy_bidirectional(&mut here, &mut through).await
        })
        .await;
    });
    Ok(address)
}

async fn ask(exit: &Exit, to: SocketAddr) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect((exit.host.as_str(), exit.port)).await?;
    let mut order = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n").into_bytes();
    if let Some(auth) = &exit.auth {
        order.extend_from_slice(b"Proxy-Authorization: ");
        order.extend_from_slice(auth.as_bytes());
        order.extend_from_slice(b"\r\n");
    }
    order.extend_from_slice(b"\r\n");
    stream.write_all(&order).await?;
    let mut head = Vec::new();
    let mut bounded = (&mut stream).take(MAX_HEAD_BYTES);
    // Byte by byte: what follows the head belongs to whoever speaks through.
    while !head.ends_with(b"\r\n\r\n") {
        head.push(bounded.read_u8().await?);
    }
    let status = head.split(|b| *b == b' ').nth(1);
    if status == Some(b"200") {
        Ok(stream)
    } else {
        Err(io::Error::other("the proxy does not lead there"))
    }
}

/// The same of a SOCKS proxy, whose versions differ in who looks names up: here there is none left.
async fn ask_socks(exit: &Exit, to: SocketAddr) -> io::Result<TcpStream> {
    let host = if exit.host.contains(':') {
        format!("[{}]", exit.host)
    } else {
        exit.host.clone()
    };
    let address = |place: String| {
        format!("http://{place}/")
            .parse::<Uri>()
            .map_err(io::Error::other)
    };
    let (proxy, to) = (
        address(format!("{host}:{}", exit.port))?,
        address(to.to_string())?,
    );
    let stream = if exit.scheme.starts_with("socks4") {
        let socks = SocksV4::new(proxy, HttpConnector::new());
        let made = TowerToHyperService::new(socks).call(to).await;
        made.map_err(io::Error::other)?
    } else {
        let mut socks = SocksV5::new(proxy, HttpConnector::new());
        if let Some((name, password)) = &exit.login {
            socks = socks.with_auth(name.clone(), password.reveal().to_owned());
        }
        let made = TowerToHyperService::new(socks).call(to).await;
        made.map_err(io::Error::other)?
    };
    Ok(stream.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Secret;

    const LIMIT: Duration = Duration::from_secs(20);
    const DONE: [u8; 10] = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    const REFUSED: [u8; 10] = [5, 2, 0, 1, 0, 0, 0, 0, 0, 0];

    /// Plays a proxy for one connection: answers each message of these lengths, then sends back what it
    /// is sent. Gives the messages.
    async fn proxy(talk: Vec<(usize, Vec<u8>)>) -> (u16, tokio::task::JoinHandle<Vec<Vec<u8>>>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = vec![];
            for (length, answer) in talk {
                let mut message = vec![0; length];
                stream.read_exact(&mut message).await.unwrap();
                stream.write_all(&answer).await.unwrap();
                heard.push(message);
            }
            let mut word = [0; 4];
            if stream.read_exact(&mut word).await.is_ok() {
                stream.write_all(&word).await.unwrap();
            }
            heard
        });
        (port, heard)
    }

    fn exit(scheme: &str, port: u16, login: Option<(&str, &str)>) -> Exit {
        Exit {
            scheme: scheme.to_owned(),
            host: "127.0.0.1".to_owned(),
            port,
            auth: None,
            login: login.map(|(name, password)| (name.to_owned(), Secret::new(password))),
        }
    }

    async fn said_back(way: SocketAddr) {
        let mut stream = TcpStream::connect(way).await.unwrap();
        stream.write_all(b"word").await.unwrap();
        let mut word = [0; 4];
        stream.read_exact(&mut word).await.unwrap();
        assert_eq!(&word, b"word");
    }

    #[tokio::test]
    async fn a_socks_proxy_is_handed_the_address_whoever_would_look_names_up() {
        let to: SocketAddr = "93.184.216.34:443".parse().unwrap();
        for scheme in ["socks5", "socks5h"] {
            let (port, heard) = proxy(vec![(3, vec![5, 0]), (10, DONE.to_vec())]).await;
            let way = open(&exit(scheme, port, None), to, LIMIT).await.unwrap();
            said_back(way).await;
            assert_eq!(
                heard.await.unwrap(),
                [vec![5, 1, 0], vec![5, 1, 0, 1, 93, 184, 216, 34, 1, 187]]
            );
        }
        let (port, heard) = proxy(vec![(9, vec![0, 90, 0, 0, 0, 0, 0, 0])]).await;
        let way = open(&exit("socks4a", port, None), to, LIMIT).await.unwrap();
        said_back(way).await;
        assert_eq!(
            heard.await.unwrap(),
            [vec![4, 1, 1, 187, 93, 184, 216, 34, 0]]
        );
    }

    #[tokio::test]
    async fn a_socks_proxy_is_told_who_asks_and_its_refusal_counts() {
        let talk = vec![(3, vec![5, 2]), (8, vec![1, 0]), (22, REFUSED.to_vec())];
        let (port, heard) = proxy(talk).await;
        let to: SocketAddr = "[2606:4700::1111]:443".parse().unwrap();
        let ana = exit("socks5", port, Some(("ana", "pw")));
        assert!(!format!("{ana:?}").contains("pw"));
        assert!(open(&ana, to, LIMIT).await.is_err());
        assert_eq!(heard.await.unwrap()[1], b"\x01\x03ana\x02pw");
        assert!(open(&exit("https", port, None), to, LIMIT).await.is_err());
        assert!(ana.leads_to(to.ip()) && !exit("socks4", port, None).leads_to(to.ip()));
    }
}
