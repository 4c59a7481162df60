//! Pages behind a proxy, plain and over TLS.

use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::bluesky::card;
use crate::http::{ProxyChoice, choose_cryptography};

const OPEN: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
const PAGE: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\npage";

/// What was asked of a proxy, and through it, for each connection.
type Asked = JoinHandle<Vec<(String, String)>>;

/// What names mean.
fn means(host: &str) -> IpAddr {
    let ip = match host {
        "intranet.example" => "10.0.0.1",
        "rebound.example" | "localhost" => "127.0.0.1",
        _ => "93.184.216.34",
    };
    ip.parse().unwrap()
}

fn behind(config: HttpConfig, proxy: &str) -> GuardedClient {
    let config = HttpConfig {
        proxy: ProxyChoice::Fixed(proxy.to_owned()),
        ..config
    };
    let resolver = GuardedResolver::standing_in(Reach::Public, means);
    GuardedClient::with_resolver(&config, resolver).unwrap()
}

fn web(address: &str) -> Url {
    Url::parse(address).unwrap()
}

async fn listening() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

async fn head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// Plays a proxy for one connection and the server behind it.
async fn proxy_and_page() -> (String, Asked) {
    let (listener, port) = listening().await;
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let order = head(&mut stream).await;
        stream.write_all(OPEN).await.unwrap();
        let request = head(&mut stream).await;
        stream.write_all(PAGE.as_bytes()).await.unwrap();
        vec![(order, request)]
    });
    (format!("http://ana:s3cret@127.0.0.1:{port}"), asked)
}

/// A certificate that nobody knows: what greets with it and would rather speak HTTP/2, as most servers, and the
/// certificate as PEM.
fn certificate(name: &str) -> (TlsAcceptor, String) {
    choose_cryptography();
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    (TlsAcceptor::from(Arc::new(config)), made.cert.pem())
}

/// Plays a proxy over TLS and the servers behind it, which speak TLS as well: one connection for each of the
/// answers. Gives its address, what was asked, and settings that trust all of them.
async fn proxy_over_tls(answers: Vec<String>) -> (String, Asked, HttpConfig, tempfile::TempDir) {
    let (proxy, proxy_pem) = certificate("localhost");
    let (site, site_pem) = certificate("page.example");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.pem");
    std::fs::write(&path, proxy_pem + &site_pem).unwrap();
    let config = HttpConfig {
        extra_roots: Some(path),
        ..HttpConfig::new("test")
    };
    let (listener, port) = listening().await;
    let asked = tokio::spawn(async move {
        let mut asked = vec![];
        for answer in answers {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = proxy.accept(stream).await.unwrap();
            let order = head(&mut stream).await;
            stream.write_all(OPEN).await.unwrap();
            let mut stream = site.accept(stream).await.unwrap();
            let request = head(&mut stream).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
            asked.push((order, request));
        }
        asked
    });
    let address = format!("https://ana:s3cret@localhost:{port}");
    (address, asked, config, folder)
}

fn answered(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\n\r\n{body}")
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
        let (proxy, asked) = proxy_and_page().await;
        let guarded = behind(HttpConfig::new("test"), &proxy);
        let page = guarded.get(web(url), 100, true).await;
        assert_eq!(page.unwrap().body, b"page");
        let (connect, request) = asked.await.unwrap().remove(0);
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
    let (listener, port) = listening().await;
    for scheme in ["http", "https"] {
        for host in [
            "intranet.example",
            "rebound.example",
            "[fd00::1]",
            "93.184.216.34",
        ] {
            let guarded = behind(
                HttpConfig::new("test"),
                &format!("{scheme}://127.0.0.1:{port}"),
            );
            let read = guarded.get(web(&format!("https://{host}/")), 100, true);
            assert!(read.await.is_err(), "{host}");
        }
    }
    let nobody_came = tokio::time::timeout(Duration::from_millis(1), listener.accept()).await;
    assert!(nobody_came.is_err());
}

#[tokio::test]
async fn a_link_behind_a_proxy_over_tls_gets_its_card() {
    let page = answered("<title>A page far away</title>");
    let (proxy, asked, config, _folder) = proxy_over_tls(vec![page]).await;
    let guarded = behind(config, &proxy);
    let card = card::read(&guarded, "https://page.example/a", Duration::from_secs(20)).await;
    assert_eq!(card.unwrap().title, "A page far away");
    let (connect, request) = asked.await.unwrap().remove(0);
    assert!(
        connect.starts_with("CONNECT 93.184.216.34:443 HTTP/1.1\r\n"),
        "{connect}"
    );
    // ana:s3cret
    let who = "Proxy-Authorization: Basic YW5hOnMzY3JldA==\r\n";
    assert!(connect.contains(who), "{connect}");
    let request = request.to_ascii_lowercase();
    assert!(request.starts_with("get /a http/1.1\r\n"), "{request}");
    assert!(request.contains("host: page.example\r\n"), "{request}");
    assert!(!request.contains("proxy-authorization"), "{request}");
}

#[tokio::test]
async fn a_server_behind_a_proxy_is_told_the_port_of_its_own() {
    let (proxy, asked, config, _folder) = proxy_over_tls(vec![PAGE.to_owned()]).await;
    let guarded = behind(config, &proxy);
    let page = guarded.get(web("https://page.example:8443/a"), 100, true);
    assert_eq!(page.await.unwrap().body, b"page");
    let (connect, request) = asked.await.unwrap().remove(0);
    assert!(
        connect.starts_with("CONNECT 93.184.216.34:8443 HTTP/1.1\r\n"),
        "{connect}"
    );
    let request = request.to_ascii_lowercase();
    assert!(request.starts_with("get /a http/1.1\r\n"), "{request}");
    assert!(request.contains("host: page.example:8443\r\n"), "{request}");
}

#[tokio::test]
async fn behind_a_proxy_over_tls_no_redirect_leads_into_a_private_network() {
    let nowhere = "no address on the public internet";
    for (to, words) in [
        ("https://intranet.example/", nowhere),
        ("https://localhost/", nowhere),
        ("http://10.0.0.1/", "into a private network"),
    ] {
        let moved = format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
        let (proxy, asked, config, _folder) = proxy_over_tls(vec![moved]).await;
        let guarded = behind(config, &proxy);
        let read = guarded.get(web("https://page.example/"), 100, true).await;
        let error = read.unwrap_err().to_string();
        assert!(error.contains(words), "{to}: {error}");
        assert_eq!(asked.await.unwrap().len(), 1, "{to}");
    }
}

#[tokio::test]
async fn a_proxy_whose_certificate_nobody_knows_is_told_from_one_that_is_not_there() {
    let (listener, port) = listening().await;
    let (acceptor, _) = certificate("localhost");
    let greeted = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        acceptor.accept(stream).await.is_ok()
    });
    let proxy = format!("https://ana:s3cret@localhost:{port}");
    let guarded = behind(HttpConfig::new("test"), &proxy);
    let read = async || {
        let read = guarded.get(web("https://page.example/"), 100, true).await;
        read.unwrap_err()
    };
    let error = read().await;
    assert!(matches!(error, PageError::Untrusted(_)), "{error:?}");
    assert!(error.to_string().contains("certificate"), "{error}");
    assert!(!greeted.await.unwrap());
    // Now nobody listens there.
    let gone = read().await;
    assert!(matches!(gone, PageError::Failed(_)), "{gone:?}");
    for error in [error, gone] {
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
}

#[tokio::test]
async fn a_file_through_a_proxy_may_take_longer_than_a_card() {
    let (proxy, _asked, mut config, _folder) = proxy_over_tls(vec![PAGE.to_owned()]).await;
    config.timeouts.card = Duration::ZERO;
    let guarded = behind(config, &proxy);
    let url = web("https://page.example/a.jpg");
    let mut arriving = guarded.download(url, 100).await.unwrap();
    let mut all = vec![];
    while let Some(part) = arriving.next().await.unwrap() {
        all.extend(part);
    }
    assert_eq!(all, b"page");
}

#[tokio::test]
async fn a_call_goes_through_a_proxy_over_tls_as_well() {
    let (proxy, asked, config, _folder) = proxy_over_tls(vec![PAGE.to_owned()]).await;
    let guarded = behind(config, &proxy);
    let url = web("https://page.example/hook");
    let call = guarded.call(Method::POST, &url, Duration::from_secs(20));
    let answer = call.await.unwrap().send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let (_, request) = asked.await.unwrap().remove(0);
    assert!(request.starts_with("POST /hook HTTP/1.1\r\n"), "{request}");
}
