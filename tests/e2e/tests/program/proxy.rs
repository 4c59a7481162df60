//! The proxy that the desktop has set: asked for by the portal, and used.
#![allow(
    clippy::unused_self,
    clippy::needless_pass_by_value,
    clippy::used_underscore_binding,
    reason = "the shape of every call is set by the interface, and the macro writes methods"
)]

use std::os::unix::fs::PermissionsExt;

use anyhow::Result;
use e2e::desk::Look;
use e2e::stubs::Record;
use e2e::{Desk, Session, desk, program, until};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use zbus::interface;

/// The portal of a desktop with a proxy.
struct Portal {
    proxy: String,
    asked: Record<String>,
}

#[interface(name = "org.freedesktop.portal.ProxyResolver")]
impl Portal {
    fn lookup(&self, uri: String) -> Vec<String> {
        self.asked.push(uri);
        vec![self.proxy.clone()]
    }
}

/// A proxy that leads nowhere. Gives its address and what it was asked.
async fn proxy() -> Result<(String, Record<String>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let asked = Record::default();
    let record = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read_u8().await {
                    Ok(byte) => head.push(byte),
                    Err(_) => break,
                }
            }
            record.push(String::from_utf8_lossy(&head).into_owned());
            let refused = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n";
            if stream.write_all(refused).await.is_err() {
                break;
            }
        }
    });
    Ok((address, asked))
}

/// The program as it starts from a menu: with no proxy in its environment.
fn program_from_menu(desk: &Desk) -> Result<String> {
    let text = format!(
        "#!/bin/sh\nunset HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy\n\
         exec '{}' \"$@\"\n",
        program::path()?.display()
    );
    let script = desk::write(desk, "from-menu", &text)?;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755))?;
    Ok(script.to_string_lossy().into_owned())
}

#[tokio::test]
async fn the_desktops_proxy_is_used_by_a_program_from_the_menu() -> Result<()> {
    let desk = Desk::start_as(Look {
        keyring: true,
        ..Look::default()
    })
    .await?;
    let (address, seen) = proxy().await?;
    let asked = Record::default();
    let portal = Portal {
        proxy: address,
        asked: asked.clone(),
    };
    let _portal = zbus::connection::Builder::address(desk.bus_address())?
        .serve_at("/org/freedesktop/portal/desktop", portal)?
        .name("org.freedesktop.portal.Desktop")?
        .build()
        .await?;
    let session = Session::connect(&desk, &program_from_menu(&desk)?, &[]).await?;
    session.ready().await?;
    let boot = session.call("session.boot", json!({})).await?;
    let connect = json!({
        "workspaceId": boot["workspaces"][0]["id"],
        "network": "bluesky",
        "fields": { "identifier": "ana.example.com", "server": "https://pds.example.com" },
        "secrets": { "password": "aaaa-bbbb-cccc-dddd" },
    });
    let refused = session.call("accounts.connect", connect).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("could not be reached")));
    let seen = until::some("the proxy to be asked", || async {
        seen.all().first().cloned()
    })
    .await?;
    assert!(seen.starts_with("CONNECT pds.example.com:443 "), "{seen}");
    assert!(!seen.contains("aaaa"), "{seen}");
    // WebKit asks the portal too; the program asks about the server alone, not about its paths.
    let asked = asked.all();
    assert!(
        asked.iter().any(|uri| uri == "https://pds.example.com"),
        "{asked:?}"
    );
    session.close().await
}
