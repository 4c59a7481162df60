//! Fetching a file from an address that a person named, part by part, never from a private network.

use percent_encoding::percent_decode_str;
use reqwest::{Response, Url};

use super::{GuardedClient, PageError};

/// Longest name made of an address, in characters.
const MAX_NAME: usize = 120;

/// A file that is on its way. Its bytes decide what it is; nothing the server says of it is believed.
#[derive(Debug)]
pub struct Arriving {
    /// Where it was found in the end.
    pub url: Url,
    /// How large it says it is.
    pub announced: Option<u64>,
    response: Response,
    left: u64,
    silence: std::time::Duration,
}

impl GuardedClient {
    /// Begins to fetch a file of at most `limit` bytes.
    pub async fn download(&self, url: Url, limit: u64) -> Result<Arriving, PageError> {
        let timeouts = self.timeouts();
        let (url, response) = self.follow(url, timeouts.download).await?;
        let announced = response.content_length();
        if announced.is_some_and(|bytes| bytes > limit) {
            return Err(PageError::TooLarge);
        }
        Ok(Arriving {
            url,
            announced,
            response,
            left: limit,
            silence: timeouts.silence,
        })
    }
}

impl Arriving {
    /// The next part; none at the end. A file that breaks off, grows too large or falls silent is an
    /// error and never an end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, PageError> {
        let part = tokio::time::timeout(self.silence, self.response.chunk())
            .await
            .map_err(|_| PageError::Failed("nothing came any more".to_owned()))?
            .map_err(|error| PageError::of_call(&error))?;
        let Some(part) = part else { return Ok(None) };
        self.left = self
            .left
            .checked_sub(part.len() as u64)
            .ok_or(PageError::TooLarge)?;
        Ok(Some(part.into()))
    }
}

/// A name for people out of an address: its last part, without anything that means a place on a disk.
/// Empty when the address has none.
#[must_use]
pub fn file_name(url: &Url) -> String {
    let last = url
        .path_segments()
        .and_then(|mut parts| parts.rfind(|p| !p.is_empty()))
        .unwrap_or_default();
    let plain: String = percent_decode_str(last)
        .decode_utf8_lossy()
        .chars()
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => ' ',
            // Signs that turn the writing round would show one name and mean another.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_start_matches(['.', ' ']);
    match line.char_indices().nth(MAX_NAME) {
        Some((at, _)) => line.get(..at).unwrap_or(line).to_owned(),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::super::{HttpConfig, Reach};
    use super::*;

    /// Answers one connection after the other with these heads and bodies; gives its address.
    async fn server(answers: Vec<Vec<u8>>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                // Who was refused may be gone before all is written.
                stream.write_all(&answer).await.ok();
            }
        });
        address
    }

    fn ok(length: usize, body: &[u8]) -> Vec<u8> {
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        [head.as_bytes(), body].concat()
    }

    fn moved(to: &str) -> Vec<u8> {
        format!(
            "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )
        .into_bytes()
    }

    fn client(reach: Reach) -> GuardedClient {
        GuardedClient::new(&HttpConfig::new("test"), reach).unwrap()
    }

    async fn whole_file(from: &str, limit: u64) -> Result<Vec<u8>, PageError> {
        let client = client(Reach::PublicAndLoopback);
        let mut arriving = client.download(Url::parse(from).unwrap(), limit).await?;
        let mut all = Vec::new();
        while let Some(part) = arriving.next().await? {
            all.extend(part);
        }
        Ok(all)
    }

    #[tokio::test]
    async fn a_file_comes_whole_and_a_broken_one_is_an_error() {
        let from = server(vec![ok(5, b"whole"), ok(9, b"half")]).await;
        assert_eq!(whole_file(&from, 5).await.unwrap(), b"whole");
        let error = whole_file(&from, 100).await.unwrap_err();
        assert!(matches!(error, PageError::Failed(_)), "{error}");
    }

    #[tokio::test]
    async fn a_file_that_is_or_grows_too_large_is_refused() {
        let endless = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nfar more than that".to_vec();
        let from = server(vec![ok(1_000_000, b""), endless]).await;
        for what in ["announced", "grown"] {
            let error = whole_file(&from, 10).await.unwrap_err();
            assert!(matches!(error, PageError::TooLarge), "{what}: {error}");
        }
    }

    #[tokio::test]
    async fn redirects_are_followed_but_never_into_a_private_network() {
        let inside = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inside_at = inside.local_addr().unwrap();
        let second = server(vec![ok(2, b"hi")]).await;
        let from = server(vec![
            moved(&format!("{second}/beach.jpg")),
            moved("http://192.168.1.1/secret"),
            moved("http://169.254.169.254/latest/meta-data"),
            moved("file:///etc/passwd"),
        ])
        .await;
        assert_eq!(whole_file(&from, 10).await.unwrap(), b"hi");
        for what in ["a private network", "a cloud", "a disk"] {
            let error = whole_file(&from, 10).await.unwrap_err();
            assert!(matches!(error, PageError::Refused), "{what}: {error}");
        }
        // On the internet this very computer is out of reach as well, by number and by name.
        let public = client(Reach::Public);
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            let url = format!("http://{host}:{}/x.jpg", inside_at.port());
            let tried = public.download(Url::parse(&url).unwrap(), 10).await;
            assert!(tried.is_err(), "{host}");
        }
        let came = tokio::time::timeout(std::time::Duration::from_millis(1), inside.accept()).await;
        assert!(came.is_err());
    }

    #[tokio::test]
    async fn an_address_that_leads_round_in_circles_ends() {
        let from = server((0..9).map(|_| moved("/again")).collect()).await;
        let error = whole_file(&from, 10).await.unwrap_err();
        assert!(matches!(error, PageError::Redirects), "{error}");
    }

    #[test]
    fn the_name_of_a_file_is_no_path() {
        let name = |url: &str| file_name(&Url::parse(url).unwrap());
        assert_eq!(
            name("https://example.org/a/Beach%20day.jpg?x=1#y"),
            "Beach day.jpg"
        );
        assert_eq!(name("https://example.org/caf%C3%A9.png"), "café.png");
        assert_eq!(
            name("https://example.org/..%2f..%2Fetc%2fpasswd"),
            "etc passwd"
        );
        assert_eq!(name("https://example.org/C%3A%5Cx.png"), "C x.png");
        assert_eq!(name("https://example.org/a%00b%0a.png"), "a b .png");
        assert_eq!(name("https://example.org/%2e%2e%2e.hidden"), "hidden");
        assert_eq!(name("https://example.org/%ff.png"), "\u{fffd}.png");
        assert_eq!(name("https://example.org/a%E2%80%AEgpj.exe"), "a gpj.exe");
        assert_eq!(name("https://example.org/"), "");
        let long = format!("https://example.org/{}.jpg", "x".repeat(500));
        assert_eq!(name(&long).chars().count(), MAX_NAME);
    }
}
