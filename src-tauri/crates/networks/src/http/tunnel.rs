//! A way through a proxy to one address that was checked.
//!
//! A proxy that is handed a name looks it up itself, and nobody would have checked where it leads. So
//! it is handed the address, and whoever speaks through it (and names the server in TLS) connects to
//! a port of this computer that leads there and nowhere else, once.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::proxies::Exit;

/// Longest answer of a proxy that is read.
const MAX_HEAD_BYTES: u64 = 16 * 1024;

/// Opens the way, for one connection within the limit. The answer is where to connect.
pub(super) async fn open(exit: &Exit, to: SocketAddr, limit: Duration) -> io::Result<SocketAddr> {
    if exit.scheme != "http" {
        return Err(io::Error::other(
            "this kind of proxy is not tunnelled through",
        ));
    }
    let mut through = tokio::time::timeout(limit, ask(exit, to)).await??;
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
