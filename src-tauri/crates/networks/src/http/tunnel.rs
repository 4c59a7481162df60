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
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV4, SocksV5, Tunnel};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use rustls::ClientConfig;
use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};

use super::proxies::Exit;

/// A connection to a proxy, over TLS where that is how it is spoken to.
type Through = TokioIo<MaybeHttpsStream<TokioIo<TcpStream>>>;

/// Opens the way within `patience`, for one connection that begins as soon and lasts as long as `limit`. The
/// answer is where to connect.
pub(super) async fn open(
    exit: &Exit,
    tls: &ClientConfig,
    to: SocketAddr,
    patience: Duration,
    limit: Duration,
) -> io::Result<SocketAddr> {
    let through = tokio::time::timeout(patience, ask(exit, tls, to)).await??;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(lead(listener, through, patience, limit));
    Ok(address)
}

/// Leads the first who comes within `patience` through, for as long as `limit`. However it ends, both sides are
/// closed with it.
async fn lead(listener: TcpListener, through: Through, patience: Duration, limit: Duration) {
    // Who asked for the way may have gone: it is not kept open for as long as a file may take.
    let Ok(Ok((here, _))) = tokio::time::timeout(patience, listener.accept()).await else {
        return;
    };
    drop(listener);
    let _ = tokio::time::timeout(limit, hand_on(here, through)).await;
}

/// Hands on what both sides say, until either is gone.
async fn hand_on(here: TcpStream, through: Through) {
    let (mut from_here, mut to_here) = here.into_split();
    let (from_there, mut to_there) = tokio::io::split(through);
    // Takes nothing new before the last is handed on: many a proxy breaks off where it should end.
    let mut from_there = BufReader::new(from_there);
    let asking = async {
        if tokio::io::copy(&mut from_here, &mut to_there)
            .await
            .is_err()
        {
            // What was answered before the other side stopped listening is still to come.
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = asking => {}
        _ = tokio::io::copy_buf(&mut from_there, &mut to_here) => {}
    }
}

/// Asks a proxy to lead to an address. The versions of SOCKS differ in who looks names up: here there is
/// none left.
async fn ask(exit: &Exit, tls: &ClientConfig, to: SocketAddr) -> io::Result<Through> {
    let mut tls = tls.clone();
    // The tunnel is asked for in HTTP/1.1, whatever else the proxy speaks.
    tls.alpn_protocols.clear();
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    let connector = HttpsConnector::from((tcp, tls));
    let host = if exit.host.contains(':') {
        format!("[{}]", exit.host)
    } else {
        exit.host.clone()
    };
    let spoken = match exit.scheme.as_str() {
        "https" => "https",
        _ => "http",
    };
    let proxy = address(&format!("{spoken}://{host}:{}/", exit.port))?;
    let to = address(&format!("http://{to}/"))?;
    let through = match exit.scheme.as_str() {
        "http" | "https" => {
            let mut tunnel = Tunnel::new(proxy, connector);
            if let Some(auth) = &exit.auth {
                tunnel = tunnel.with_auth(auth.clone());
            }
            let made = TowerToHyperService::new(tunnel).call(to).await;
            made.map_err(io::Error::other)?
        }
        "socks4" | "socks4a" => {
            let socks = SocksV4::new(proxy, connector);
            let made = TowerToHyperService::new(socks).call(to).await;
            made.map_err(io::Error::other)?
        }
        "socks5" | "socks5h" => {
            let mut socks = SocksV5::new(proxy, connector);
            if let Some((name, password)) = &exit.login {
                socks = socks.with_auth(name.clone(), password.reveal().to_owned());
            }
            let made = TowerToHyperService::new(socks).call(to).await;
            made.map_err(io::Error::other)?
        }
        _ => {
            return Err(io::Error::other(
                "this kind of proxy is not tunnelled through",
            ));
        }
    };
    Ok(TokioIo::new(through))
}

fn address(text: &str) -> io::Result<Uri> {
    text.parse().map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::http::trust;
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

    async fn way(exit: &Exit, to: SocketAddr) -> io::Result<SocketAddr> {
        let tls = trust::tls(None).unwrap();
        open(exit, &tls, to, LIMIT, LIMIT).await
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
            let way = way(&exit(scheme, port, None), to).await.unwrap();
            said_back(way).await;
            assert_eq!(
                heard.await.unwrap(),
                [vec![5, 1, 0], vec![5, 1, 0, 1, 93, 184, 216, 34, 1, 187]]
            );
        }
        let (port, heard) = proxy(vec![(9, vec![0, 90, 0, 0, 0, 0, 0, 0])]).await;
        let way = way(&exit("socks4a", port, None), to).await.unwrap();
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
        assert!(way(&ana, to).await.is_err());
        assert_eq!(heard.await.unwrap()[1], b"\x01\x03ana\x02pw");
        assert!(way(&exit("gopher", port, None), to).await.is_err());
        assert!(ana.leads_to(to.ip()) && !exit("socks4", port, None).leads_to(to.ip()));
    }

    #[tokio::test]
    async fn a_way_is_gone_once_and_ends_with_what_it_leads_to() {
        let to: SocketAddr = "93.184.216.34:443".parse().unwrap();
        let (port, heard) = proxy(vec![(3, vec![5, 0]), (10, DONE.to_vec())]).await;
        let way = way(&exit("socks5", port, None), to).await.unwrap();
        let mut stream = TcpStream::connect(way).await.unwrap();
        stream.write_all(b"word").await.unwrap();
        let mut all = vec![];
        stream.read_to_end(&mut all).await.unwrap();
        assert_eq!(all, b"word");
        assert_eq!(heard.await.unwrap().len(), 2);
        assert!(TcpStream::connect(way).await.is_err());
    }

    #[tokio::test]
    async fn a_way_that_nobody_goes_is_given_up() {
        let to: SocketAddr = "93.184.216.34:443".parse().unwrap();
        let (port, heard) = proxy(vec![(3, vec![5, 0]), (10, DONE.to_vec())]).await;
        let tls = trust::tls(None).unwrap();
        let through = ask(&exit("socks5", port, None), &tls, to).await.unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let way = listener.local_addr().unwrap();
        lead(listener, through, Duration::ZERO, LIMIT).await;
        // The proxy sees the end of it, and so does who comes too late.
        assert_eq!(heard.await.unwrap().len(), 2);
        assert!(TcpStream::connect(way).await.is_err());
    }
}
