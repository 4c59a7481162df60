//! The card of a linked page: title, description and picture, read by us since Bluesky reads none.
//!
//! The address comes out of a text, so it is never followed into a private network, and the page is
//! hostile: bounded in bytes and time, cut and cleaned. Whatever fails only drops the card.

use std::collections::HashMap;
use std::time::Duration;

use html5gum::{Token, Tokenizer};
use reqwest::Url;
use unicode_segmentation::UnicodeSegmentation;

use super::catalogue::MAX_IMAGE_BYTES;
use crate::http::{GuardedClient, PageError};

/// As much of a page as is read: its head comes first.
const MAX_PAGE_BYTES: usize = 512 * 1024;
/// Largest picture that is read for a card.
const MAX_PICTURE_BYTES: usize = 8 << 20;
/// Longest side of the card's picture, in pixels.
const MAX_PICTURE_SIDE: u32 = 1_200;
const MAX_TITLE: usize = 300;
const MAX_DESCRIPTION: usize = 1_000;

/// What a card shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The page's title; the address when it has none.
    pub title: String,
    /// What it is about; may be empty.
    pub description: String,
    /// Its picture, ready to be uploaded.
    pub picture: Option<Picture>,
}

/// A picture ready to be uploaded.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Media type.
    pub mime: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}, {} bytes)", self.mime, self.bytes.len())
    }
}

/// Reads the card of an address within `limit`.
pub async fn read(
    client: &GuardedClient,
    address: &str,
    limit: Duration,
) -> Result<Card, PageError> {
    let card = tokio::time::timeout(limit, try_read(client, address))
        .await
        .unwrap_or_else(|_| Err(PageError::Failed("the page takes too long".to_owned())));
    if let Err(error) = &card {
        tracing::info!(%error, "a link gets no card");
    }
    card
}

async fn try_read(client: &GuardedClient, address: &str) -> Result<Card, PageError> {
    let url = Url::parse(address).map_err(|_| PageError::Refused)?;
    let page = client.get(url, MAX_PAGE_BYTES, true).await?;
    if !page.content_type.contains("html") {
        return Err(PageError::Failed("it is no web page".to_owned()));
    }
    let head = Head::of(&text_of(&page.body, &page.content_type));
    let picture = match head.picture.as_deref().and_then(|p| page.url.join(p).ok()) {
        // The card is worth having without its picture.
        Some(from) => picture(client, from).await,
        None => None,
    };
    let title = if head.title.is_empty() {
        address.to_owned()
    } else {
        head.title
    };
    Ok(Card {
        title,
        description: head.description,
        picture,
    })
}

async fn picture(client: &GuardedClient, from: Url) -> Option<Picture> {
    let page = client.get(from, MAX_PICTURE_BYTES, false).await.ok()?;
    let made = tokio::task::spawn_blocking(move || {
        let limits = media::Limits::bytes(MAX_IMAGE_BYTES).side(MAX_PICTURE_SIDE);
        media::render("the picture of a linked page", &page.body, &limits)
    });
    let rendition = made.await.ok()?.ok()?;
    Some(Picture {
        mime: rendition.mime(),
        bytes: rendition.bytes,
    })
}

/// The page as text: by the encoding the server names, else the one it names itself, else UTF-8.
fn text_of(body: &[u8], content_type: &str) -> String {
    let named = content_type
        .split("charset=")
        .nth(1)
        .map(|c| c.trim_matches(['"', ' ', ';', '\'']));
    let start = String::from_utf8_lossy(body.get(..body.len().min(1_024)).unwrap_or_default())
        .to_ascii_lowercase();
    let own = start.split("charset=").nth(1).map(|rest| {
        rest.trim_start_matches(['"', '\''])
            .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
            .next()
            .unwrap_or_default()
            .to_owned()
    });
    let encoding = named
        .and_then(|n| encoding_rs::Encoding::for_label(n.as_bytes()))
        .or_else(|| own.and_then(|n| encoding_rs::Encoding::for_label(n.as_bytes())))
        .unwrap_or(encoding_rs::UTF_8);
    encoding.decode(body).0.into_owned()
}

/// What the head of a page says about it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Head {
    title: String,
    description: String,
    picture: Option<String>,
}

impl Head {
    fn of(html: &str) -> Self {
        let mut named: HashMap<String, String> = HashMap::new();
        let mut title = String::new();
        let mut in_title = false;
        for Ok(token) in Tokenizer::new(html) {
            match token {
                Token::StartTag(tag) => match &**tag.name {
                    b"title" => in_title = title.is_empty(),
                    b"meta" => {
                        let attribute = |name: &[u8]| {
                            let value = tag.attributes.get(name)?;
                            Some(String::from_utf8_lossy(value).into_owned())
                        };
                        let name = attribute(b"property").or_else(|| attribute(b"name"));
                        if let (Some(name), Some(content)) = (name, attribute(b"content")) {
                            named.entry(name.to_ascii_lowercase()).or_insert(content);
                        }
                    }
                    b"body" => break,
                    _ => {}
                },
                Token::EndTag(tag) => match &**tag.name {
                    b"title" => in_title = false,
                    b"head" => break,
                    _ => {}
                },
                Token::String(text) if in_title => title.push_str(&String::from_utf8_lossy(&text)),
                _ => {}
            }
        }
        let mut first = |names: &[&str]| {
            names
                .iter()
                .filter_map(|n| named.remove(*n))
                .find(|v| !v.trim().is_empty())
        };
        Self {
            title: tidy(
                &first(&["og:title", "twitter:title"]).unwrap_or(title),
                MAX_TITLE,
            ),
            description: tidy(
                &first(&["og:description", "twitter:description", "description"])
                    .unwrap_or_default(),
                MAX_DESCRIPTION,
            ),
            picture: first(&["og:image", "og:image:url", "twitter:image"])
                .map(|p| p.trim().to_owned()),
        }
    }
}

/// One line, without control characters, cut between grapheme clusters.
fn tidy(text: &str, most: usize) -> String {
    let shown: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut clusters = line.graphemes(true);
    let head: String = clusters.by_ref().take(most).collect();
    if clusters.next().is_some() {
        format!("{head}…")
    } else {
        head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_pages_say_about_themselves() {
        let html = r#"<!doctype html><html><head><title>Plain &amp; simple</title>
            <meta name="description" content="first&#10;line">
            <meta property="og:title" content="  The  title "><meta property='og:image' content='/a.png'>
            </head><body><title>no</title><meta property="og:title" content="late"></body>"#;
        let head = Head::of(html);
        assert_eq!(head.title, "The title");
        assert_eq!(head.description, "first line");
        assert_eq!(head.picture.as_deref(), Some("/a.png"));
        assert_eq!(
            Head::of("<title>Plain &amp; simple").title,
            "Plain & simple"
        );
        assert_eq!(Head::of("<<<!--"), Head::default());
    }

    #[test]
    fn long_words_are_cut_between_clusters() {
        let head = Head::of(&format!("<title>{}</title>", "👨‍👩‍👧‍👦".repeat(400)));
        assert_eq!(head.title.graphemes(true).count(), MAX_TITLE + 1);
    }

    #[test]
    fn other_encodings_are_read() {
        assert!(text_of(b"Gr\xfc\xdfe", "text/html; charset=iso-8859-1").contains("Grüße"));
        let own = b"<meta charset=\"windows-1251\"><title>\xcf\xf0\xe8\xe2\xe5\xf2</title>";
        assert!(text_of(own, "text/html").contains("Привет"));
        assert!(text_of("Grüße".as_bytes(), "text/html").contains("Grüße"));
    }
}
