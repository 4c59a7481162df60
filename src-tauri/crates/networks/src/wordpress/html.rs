//! The text of an article: Markdown or plain text as HTML in which nothing typed can become a tag of
//! its own.

use std::fmt::Write as _;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// A file that stands below the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The site's number for it.
    pub id: u64,
    /// Where it lies.
    pub url: String,
    /// Description.
    pub alt: String,
    /// A video and no picture.
    pub video: bool,
}

/// Markdown as HTML. HTML in it is shown as it was typed, and links lead only to web addresses, mail
/// and places of the site.
#[must_use]
pub fn of_markdown(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(text, options).map(|event| match event {
        Event::Html(words) | Event::InlineHtml(words) => Event::Text(words),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Link {
            link_type,
            dest_url: safe(dest_url),
            title,
            id,
        }),
        Event::Start(Tag::Image {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Image {
            link_type,
            dest_url: safe(dest_url),
            title,
            id,
        }),
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

/// An address that may be linked; nothing for scripts and their kind.
fn safe(address: CowStr<'_>) -> CowStr<'_> {
    // Browsers overlook these when they read a scheme.
    let plain: String = address
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect();
    let head = plain.split(['/', '?', '#']).next().unwrap_or_default();
    let fits = match head.split_once(':') {
        None => true,
        Some((scheme, _)) => ["http", "https", "mailto", "tel"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known)),
    };
    if fits { address } else { CowStr::Borrowed("") }
}

/// Plain text as paragraphs.
#[must_use]
pub fn of_plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut out = String::new();
    for paragraph in text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
        let lines = escaped(paragraph).replace('\n', "<br />\n");
        // Writing into a String cannot fail.
        let _ = writeln!(out, "<p>{lines}</p>");
    }
    out
}

/// Text between tags or in a quoted attribute.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The files below the text, in the form that WordPress itself gives them.
#[must_use]
pub fn figures(files: &[Figure]) -> String {
    let mut out = String::new();
    for file in files {
        let (id, url, alt) = (file.id, escaped(&file.url), escaped(&file.alt));
        let _ = if file.video {
            writeln!(
                out,
                "<figure class=\"wp-block-video\"><video controls src=\"{url}\"></video></figure>"
            )
        } else {
            writeln!(
                out,
                "<figure class=\"wp-block-image\"><img src=\"{url}\" alt=\"{alt}\" class=\"wp-image-{id}\" /></figure>"
            )
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html() {
        assert_eq!(
            of_markdown("# Sale\n\nAll *week* at [us](https://example.org)\n\n- a\n- b"),
            "<h1>Sale</h1>\n<p>All <em>week</em> at <a href=\"https://example.org\">us</a></p>\n\
             <ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"
        );
    }

    #[test]
    fn nothing_typed_becomes_a_tag_of_its_own() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<!-- wp:html --><iframe src=x></iframe>",
            "<div\nonclick=x>",
        ] {
            for made in [of_markdown(text), of_plain(text)] {
                for tag in ["<script", "<img", "<iframe", "<div", "<!--"] {
                    assert!(!made.contains(tag), "{text} became {made}");
                }
            }
        }
    }

    #[test]
    fn links_lead_to_pages_and_not_to_scripts() {
        for odd in [
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](<java\tscript:alert(1)>)",
            "![x](data:text/html,hi)",
            "<vbscript:x>",
        ] {
            let made = of_markdown(odd).to_ascii_lowercase();
            assert!(
                !made.contains("href=\"java")
                    && !made.contains("href=\"vb")
                    && !made.contains("src=\"data"),
                "{made}"
            );
        }
        for fine in ["/about", "#top", "mailto:ana@example.org", "http://a.b/c:d"] {
            let made = of_markdown(&format!("[x]({fine})"));
            assert!(made.contains(&format!("href=\"{fine}\"")), "{made}");
        }
    }

    #[test]
    fn files_stand_below_with_their_descriptions() {
        let file = Figure {
            id: 7,
            url: "https://example.org/a.jpg".to_owned(),
            alt: "A \"red\" <door>".to_owned(),
            video: false,
        };
        assert_eq!(
            figures(&[file]),
            "<figure class=\"wp-block-image\"><img src=\"https://example.org/a.jpg\" \
             alt=\"A &quot;red&quot; &lt;door&gt;\" class=\"wp-image-7\" /></figure>\n"
        );
    }

    #[test]
    fn plain_text_keeps_its_lines() {
        assert_eq!(
            of_plain("a\nb\r\n\r\nc & d"),
            "<p>a<br />\nb</p>\n<p>c &amp; d</p>\n"
        );
    }
}
