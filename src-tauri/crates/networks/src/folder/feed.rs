//! The RSS 2.0 feed beside the posts: built from what is in it already, so that publishing the
//! same post again changes nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use model::{TargetId, Timestamp};
use rss::extension::{Extension, ExtensionMap};
use rss::{Category, Channel, Enclosure, Guid, Item};

use super::document::{Attached, clean};

/// Most items kept in the feed; older posts stay as files.
pub const MAX_ITEMS: usize = 50;
/// Largest feed that is read back. Fifty posts of the longest text stay far below.
pub const MAX_FEED_BYTES: u64 = 64 << 20;
/// The feed's file name.
pub const FEED_FILE: &str = "rss.xml";
/// Its name where a file of that name is another program's.
pub const FEED_FILE_BESIDE: &str = "almanac-rss.xml";
/// Who wrote the feed, as it says itself.
const GENERATOR: &str = "Almanac";

const ATOM_NAMESPACE: &str = "http://www.w3.org/2005/Atom";
const MEDIA_NAMESPACE: &str = "http://search.yahoo.com/mrss/";

/// What the feed says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its title: the account's name.
    pub title: String,
    /// Web address of the folder, ending in `/`; empty when it has none.
    pub public_url: String,
}

/// A post as the feed shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPost {
    /// The delivery; its item's identity for ever.
    pub id: TargetId,
    /// Title.
    pub title: String,
    /// When it was due.
    pub at: Timestamp,
    /// Labels.
    pub labels: Vec<String>,
    /// The text of each segment.
    pub texts: Vec<String>,
    /// All files.
    pub media: Vec<Attached>,
}

/// A feed that does not read back as it was meant; it was not written.
#[derive(Debug, thiserror::Error)]
#[error("the feed would not be valid: {0}")]
pub struct BadFeed(String);

fn guid_of(id: TargetId) -> String {
    format!("urn:uuid:{id}")
}

/// Whose a file under the feed's name is.
#[derive(Debug, Clone, PartialEq)]
pub enum Whose {
    /// There is none, or nothing in it.
    Nobodys,
    /// A feed written here, with its items.
    Ours(Vec<Item>),
    /// One written here that cannot be read any more.
    OursDamaged,
    /// Anything else: the feed of a site, the template for one.
    Others,
}

/// Looks whose a file is.
#[must_use]
pub fn whose(bytes: &[u8]) -> Whose {
    if bytes.trim_ascii().is_empty() {
        return Whose::Nobodys;
    }
    if let Ok(channel) = Channel::read_from(bytes) {
        return if channel.generator() == Some(GENERATOR) {
            Whose::Ours(channel.into_items())
        } else {
            Whose::Others
        };
    }
    let mark = format!("<generator>{GENERATOR}</generator>");
    if String::from_utf8_lossy(bytes).contains(&mark) {
        Whose::OursDamaged
    } else {
        Whose::Others
    }
}

/// The items of a feed; none when the file is not a feed that can be read.
fn read(bytes: &[u8]) -> Option<Vec<Item>> {
    Channel::read_from(bytes).ok().map(Channel::into_items)
}

/// The feed's items with this post in its place, newest first, at most [`MAX_ITEMS`].
#[must_use]
pub fn with_post(items: Vec<Item>, post: &FeedPost, about: &About) -> Vec<Item> {
    let mut items = without(items, post.id);
    items.push(item(post, about));
    newest_first(items)
}

/// The feed's items without a post.
#[must_use]
pub fn without(mut items: Vec<Item>, id: TargetId) -> Vec<Item> {
    let guid = guid_of(id);
    items.retain(|i| i.guid().is_none_or(|g| g.value() != guid));
    items
}

/// Orders and bounds items.
#[must_use]
pub fn newest_first(mut items: Vec<Item>) -> Vec<Item> {
    // Stable, so that items of one second keep their order however often the feed is written.
    items.sort_by_key(|i| std::cmp::Reverse(i.pub_date().and_then(instant).unwrap_or(i64::MIN)));
    items.truncate(MAX_ITEMS);
    items
}

fn instant(rfc822: &str) -> Option<i64> {
    jiff::fmt::rfc2822::parse(rfc822)
        .ok()
        .map(|z| z.timestamp().as_second())
}

fn rfc822(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis())
        .ok()
        .and_then(|t| {
            jiff::fmt::rfc2822::DateTimePrinter::new()
                .timestamp_to_rfc9110_string(&t)
                .ok()
        })
        .unwrap_or_default()
}

/// The item of one post.
#[must_use]
pub fn item(post: &FeedPost, about: &About) -> Item {
    let mut extensions = ExtensionMap::new();
    let mut enclosure = None;
    if !about.public_url.is_empty() {
        let address = |file: &str| format!("{}{}", about.public_url, encode_path(file));
        // RSS has one enclosure a post; the other files stand in the media extension.
        enclosure = post.media.first().map(|file| Enclosure {
            url: address(&file.file),
            length: file.bytes.to_string(),
            mime_type: file.mime.clone(),
        });
        let contents: Vec<_> = post
            .media
            .iter()
            .map(|f| media_content(f, address(&f.file)))
            .collect();
        if !contents.is_empty() {
            extensions.insert(
                "media".to_owned(),
                BTreeMap::from([("content".to_owned(), contents)]),
            );
        }
    }
    Item {
        title: Some(clean(&post.title)),
        guid: Some(Guid {
            value: guid_of(post.id),
            permalink: false,
        }),
        pub_date: Some(rfc822(post.at)),
        categories: post
            .labels
            .iter()
            .map(|l| Category {
                name: clean(l),
                domain: None,
            })
            .collect(),
        description: Some(clean(&post.texts.join("\n\n"))),
        content: Some(html(&post.texts)),
        enclosure,
        extensions,
        ..Item::default()
    }
}

fn media_content(file: &Attached, url: String) -> Extension {
    let mut content = Extension {
        name: "media:content".to_owned(),
        attrs: BTreeMap::from([
            ("url".to_owned(), url),
            ("type".to_owned(), file.mime.clone()),
            ("fileSize".to_owned(), file.bytes.to_string()),
        ]),
        ..Extension::default()
    };
    if !file.alt.is_empty() {
        content.children.insert(
            "description".to_owned(),
            vec![Extension {
                name: "media:description".to_owned(),
                value: Some(clean(&file.alt)),
                ..Extension::default()
            }],
        );
    }
    content
}

/// The texts as HTML paragraphs: everything escaped, line ends kept.
fn html(texts: &[String]) -> String {
    let mut out = String::new();
    for paragraph in texts.iter().flat_map(|t| t.split("\n\n")) {
        let paragraph = clean(paragraph);
        let paragraph = paragraph.trim();
        if paragraph.is_empty() {
            continue;
        }
        out.push_str("<p>");
        for c in paragraph.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '\n' => out.push_str("<br>"),
                _ => out.push(c),
            }
        }
        out.push_str("</p>");
    }
    out
}

/// Percent-encodes what a path segment may not carry, leaving `/`.
fn encode_path(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The whole feed as bytes, for a file of this name, checked by reading it back.
pub fn write(
    items: Vec<Item>,
    about: &About,
    file: &str,
    now: Timestamp,
) -> Result<Vec<u8>, BadFeed> {
    let guids = |items: &[Item]| -> Vec<Option<String>> {
        items
            .iter()
            .map(|i| i.guid().map(|g| g.value().to_owned()))
            .collect()
    };
    let expected = guids(&items);
    let link = if about.public_url.is_empty() {
        "about:blank"
    } else {
        &about.public_url
    };
    let mut extensions = ExtensionMap::new();
    if !about.public_url.is_empty() {
        let own_address = Extension {
            name: "atom:link".to_owned(),
            attrs: BTreeMap::from([
                ("href".to_owned(), format!("{}{file}", about.public_url)),
                ("rel".to_owned(), "self".to_owned()),
                ("type".to_owned(), "application/rss+xml".to_owned()),
            ]),
            ..Extension::default()
        };
        extensions.insert(
            "atom".to_owned(),
            BTreeMap::from([("link".to_owned(), vec![own_address])]),
        );
    }
    let title = clean(&about.title);
    let namespaces = BTreeMap::from([
        ("atom".to_owned(), ATOM_NAMESPACE.to_owned()),
        ("media".to_owned(), MEDIA_NAMESPACE.to_owned()),
    ]);
    let channel = Channel {
        description: format!("Posts of {title}"),
        title,
        link: link.to_owned(),
        last_build_date: Some(rfc822(now)),
        generator: Some(GENERATOR.to_owned()),
        extensions,
        namespaces,
        items,
        ..Channel::default()
    };
    let mut bytes = br#"<?xml version="1.0" encoding="utf-8"?>"#.to_vec();
    bytes.push(b'\n');
    channel
        .pretty_write_to(&mut bytes, b' ', 2)
        .map_err(|e| BadFeed(e.to_string()))?;
    bytes.push(b'\n');
    let back = read(&bytes).ok_or_else(|| BadFeed("it does not read back".to_owned()))?;
    if guids(&back) == expected {
        Ok(bytes)
    } else {
        Err(BadFeed("its items do not read back".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn about() -> About {
        About {
            title: "Notes & <more>".to_owned(),
            public_url: "https://example.org/n/".to_owned(),
        }
    }

    fn post(n: u128, text: &str) -> FeedPost {
        FeedPost {
            id: TargetId(uuid::Uuid::from_u128(n)),
            title: format!("Post {n}"),
            at: Timestamp::from_millis(1_779_000_000_000 + i64::try_from(n).unwrap() * 1000),
            labels: vec!["a & b".to_owned()],
            texts: vec![text.to_owned()],
            media: vec![Attached {
                file: "media/grüße 1.jpg".to_owned(),
                mime: "image/jpeg".to_owned(),
                bytes: 1234,
                alt: "A <door>".to_owned(),
            }],
        }
    }

    const NOW: Timestamp = Timestamp::from_millis(1_779_000_000_000);

    fn text_of(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn publishing_again_gives_the_same_feed() {
        let once = with_post(vec![], &post(1, "one"), &about());
        let first = write(once, &about(), FEED_FILE, NOW).unwrap();
        let again = with_post(read(&first).unwrap(), &post(1, "one"), &about());
        assert_eq!(
            text_of(write(again, &about(), FEED_FILE, NOW).unwrap()),
            text_of(first)
        );
    }

    #[test]
    fn keeps_the_newest_fifty_with_their_identities() {
        let mut items = vec![];
        for n in 0..60 {
            items = with_post(items, &post(n, "text"), &about());
            let written = write(items, &about(), FEED_FILE, NOW).unwrap();
            items = read(&written).unwrap();
        }
        assert_eq!(items.len(), MAX_ITEMS);
        let newest = items[0].guid().unwrap();
        assert_eq!(
            newest.value(),
            "urn:uuid:00000000-0000-0000-0000-00000000003b"
        );
        assert!(!newest.is_permalink());
    }

    #[test]
    fn carries_the_files_with_their_descriptions() {
        let items = with_post(vec![], &post(1, "hello"), &about());
        let xml = text_of(write(items, &about(), FEED_FILE, NOW).unwrap());
        assert!(
            xml.contains(r#"url="https://example.org/n/media/gr%C3%BC%C3%9Fe%201.jpg""#),
            "{xml}"
        );
        assert!(xml.contains(r#"length="1234""#), "{xml}");
        assert!(
            xml.contains("<media:description>A &lt;door&gt;</media:description>"),
            "{xml}"
        );
        assert!(xml.contains(r#"rel="self""#), "{xml}");
        assert!(
            xml.contains("<pubDate>Sun, 17 May 2026 06:40:01 GMT</pubDate>"),
            "{xml}"
        );
    }

    #[test]
    fn without_an_address_files_are_left_out() {
        let about = About {
            public_url: String::new(),
            ..about()
        };
        let xml = text_of(
            write(
                with_post(vec![], &post(1, "x"), &about),
                &about,
                FEED_FILE,
                NOW,
            )
            .unwrap(),
        );
        assert!(
            !xml.contains("enclosure") && !xml.contains("media:content"),
            "{xml}"
        );
    }

    #[test]
    fn only_what_was_written_here_is_ours() {
        let items = with_post(vec![], &post(1, "one"), &about());
        let written = write(items, &about(), FEED_FILE, NOW).unwrap();
        assert!(matches!(whose(&written), Whose::Ours(items) if items.len() == 1));
        let half = &written[..written.len() - 40];
        assert_eq!(whose(half), Whose::OursDamaged);
        assert_eq!(whose(b" \n"), Whose::Nobodys);
        for others in [
            r#"<rss version="2.0"><channel><title>Site</title><link>https://example.org/</link><description>Of a site</description></channel></rss>"#,
            r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>Site</title></feed>"#,
            "{% for post in posts %}",
        ] {
            assert_eq!(whose(others.as_bytes()), Whose::Others, "{others}");
        }
    }

    #[test]
    fn a_deleted_post_leaves_the_feed() {
        let items = with_post(vec![], &post(1, "one"), &about());
        let items = with_post(items, &post(2, "two"), &about());
        let left = without(items, post(1, "").id);
        assert_eq!(left.len(), 1);
    }

    proptest! {
        #[test]
        fn any_text_gives_a_feed_that_reads_back(text in any::<String>(), title in any::<String>()) {
            let post = FeedPost { title, ..post(1, &format!("{text} ]]> </description> &amp; \u{0}\u{1f}\u{ffff}")) };
            let bytes = write(with_post(vec![], &post, &about()), &about(), FEED_FILE, NOW).unwrap();
            prop_assert_eq!(read(&bytes).unwrap().len(), 1);
        }
    }
}
