//! Listening elsewhere than on this computer alone: in TLS or behind a proxy, under names that were given.

use reqwest::header::SET_COOKIE;
use serde_json::json;

use crate::support::{Home, built_screen};

#[tokio::test(flavor = "multi_thread")]
async fn another_address_speaks_tls_and_the_command_line_still_finds_it() {
    let home = Home::new();
    let key = home.key();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, private) = (home.path("cert.pem"), home.path("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&private, made.signing_key.serialize_pem()).unwrap();
    let screen = home.path("screen");
    built_screen(&screen);
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let listen = format!("0.0.0.0:{port}");
    let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let serving = home.serve(&[
        "--listen",
        &listen,
        "--tls-cert",
        &text(&certificate),
        "--tls-key",
        &text(&private),
        "--host",
        "localhost",
        "--screen",
        &text(&screen),
    ]);
    let root = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let https = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([root])
        .build()
        .unwrap();
    let base = format!("https://localhost:{port}");
    let healthy = https.get(format!("{base}/healthz")).send().await.unwrap();
    assert_eq!(healthy.status(), 200);
    let session = https
        .post(format!("{base}/almanac/v1/session"))
        .header("origin", &base)
        .json(&json!({ "key": key }));
    let session = session.send().await.unwrap();
    let cookie = session.headers()[SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-") && cookie.contains("; Secure"),
        "{cookie}"
    );
    // Nothing is answered in plain there.
    let plain = serving.http.get(format!("http://localhost:{port}/healthz"));
    assert!(plain.send().await.is_err());
    let listed = home.run_with(&["keys", "list"], &[("ALMANAC_KEY", &key)], "");
    assert!(listed.ok().contains("Test"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_names_that_were_given_are_answered_to() {
    let home = Home::new();
    let serving = home.serve(&["--behind-proxy", "--host", "almanac.example.org"]);
    let ask = async |host: &str| {
        let request = serving.http.get(format!("{}/healthz", serving.base));
        let answer = request.header("host", host).send().await.unwrap();
        answer.status().as_u16()
    };
    let port = serving.port();
    for known in [
        "almanac.example.org",
        "ALMANAC.example.org:443",
        &format!("127.0.0.1:{port}"),
    ] {
        assert_eq!(ask(known).await, 200, "{known}");
    }
    for other in [
        "evil.example",
        "almanac.example.org.evil.example",
        "almanac.example.org:8080",
        "127.0.0.1",
        "almanac.example.org:x",
    ] {
        assert_eq!(ask(other).await, 403, "{other}");
    }
}

#[test]
fn what_cannot_be_used_is_said_before_anything_is_opened() {
    let home = Home::new();
    std::fs::write(home.path("no.pem"), "nothing").unwrap();
    let file = home.path("no.pem");
    let file = file.to_str().unwrap();
    let said = home.run(&[
        "serve",
        "--listen",
        "0.0.0.0:0",
        "--tls-cert",
        file,
        "--tls-key",
        file,
    ]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.err.contains("no.pem"), "{said:?}");
    assert!(!home.data().exists());
}
