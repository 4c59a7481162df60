//! Proxies, certificates, and a server that answers before it has listened.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use model::failure::Category;
use networks::bluesky::{Bluesky, Config};
use networks::connector::{JobMedia, Outcome, Refusal};
use networks::http::{HttpConfig, ProxyChoice};
use testkit::conformance::{Bench, BlueskyBench, closed_port, form, http};
use testkit::desk::{Desk, text};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The head of a request.
async fn head(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

async fn sign_in(config: HttpConfig, server: &str) -> Refusal {
    let desk = Desk::new();
    let connector = Bluesky::new(&config, Config::default()).unwrap();
    let signed = desk
        .sign_in(&connector, form("ana.test", "aaaa-bbbb-cccc-dddd", server))
        .await;
    signed.err().unwrap()
}

#[tokio::test]
async fn a_proxy_is_asked_for_the_outside() {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let asked: JoinHandle<String> = tokio::spawn(async move {
        let (mut stream, _) = proxy.accept().await.unwrap();
        head(&mut stream).await
    });
    let config = HttpConfig {
        proxy: ProxyChoice::Fixed(address),
        ..http()
    };
    let refused = sign_in(config, "https://pds.example.com").await;
    assert_eq!(refused.category, Category::NetworkError);
    assert!(
        asked
            .await
            .unwrap()
            .starts_with("CONNECT pds.example.com:443 ")
    );
}

#[tokio::test]
async fn no_proxy_stands_between_this_computer_and_itself() {
    let bench = BlueskyBench::start().await;
    let config = HttpConfig {
        proxy: ProxyChoice::Fixed(closed_port()),
        ..http()
    };
    let connector = Bluesky::new(&config, Config::default()).unwrap();
    let ana = bench.sandbox.ana();
    let form = form(&ana.handle, &ana.password, &bench.sandbox.origin());
    assert!(Desk::new().sign_in(&connector, form).await.is_ok());
}

/// A server under a certificate of its own, which nobody knows. Gives its address and certificate.
async fn private_server() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let pem = made.cert.pem();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            head(&mut stream).await;
            let body = r#"{"error":"AuthenticationRequired","message":"wrong"}"#;
            let answer = format!(
                "HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\n\
                 connection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await.ok();
            stream.shutdown().await.ok();
        }
    });
    (format!("https://localhost:{port}"), pem)
}

#[tokio::test]
async fn certificates_of_ones_own_are_trusted_when_they_are_added() {
    let (server, pem) = private_server().await;
    let refused = sign_in(http(), &server).await;
    assert_eq!(refused.category, Category::NetworkError);
    assert!(refused.message.contains("certificate"), "{refused:?}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.pem");
    std::fs::write(&path, pem).unwrap();
    let config = HttpConfig {
        extra_roots: Some(path),
        ..http()
    };
    assert_eq!(sign_in(config, &server).await.category, Category::AuthError);
}

/// Answers every upload from its head alone and closes, as real servers do with large files.
async fn early_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move { refuse_early(&mut stream).await });
        }
    });
    origin
}

async fn refuse_early(stream: &mut TcpStream) {
    head(stream).await;
    let body = r#"{"error":"PayloadTooLarge","message":"request entity too large"}"#;
    let answer = format!(
        "HTTP/1.1 413 Payload Too Large\r\ncontent-type: application/json\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await.ok();
    stream.shutdown().await.ok();
}

#[tokio::test]
async fn an_answer_that_comes_before_the_file_is_through_is_read() {
    let bench = BlueskyBench::start().await;
    let desk = Desk::new();
    let mut account = desk
        .sign_in(bench.connector(), bench.sign_in())
        .await
        .unwrap();
    account.server = early_server().await;
    let mut segment = text("Large");
    segment.media = vec![noise(&desk)];
    let mut job = desk.job(bench.connector(), &account, vec![segment]);
    let outcome = desk.attempt(bench.connector(), &mut job).await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(refusal.category, Category::MediaError, "{refusal:?}");
}

/// A picture that does not compress: close to a million bytes.
fn noise(desk: &Desk) -> JobMedia {
    let mut file = desk.picture("noise.png", 640, 480);
    let mut pixels = vec![0; 640 * 480 * 3];
    model::Entropy::fill(&desk.entropy, &mut pixels);
    image::RgbImage::from_raw(640, 480, pixels)
        .unwrap()
        .save(&file.path)
        .unwrap();
    file.facts.bytes = std::fs::metadata(&file.path).unwrap().len();
    file
}
