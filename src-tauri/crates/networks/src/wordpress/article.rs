//! The article of a post: its title, its address, and everything that is sent of it.

use model::failure::Category;
use serde_json::{Map, Value, json};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use super::catalogue::{
    OPTION_COMMENTS, OPTION_EXCERPT, OPTION_FORMAT, OPTION_SLUG, OPTION_STATUS, OPTION_STICKY,
    OPTION_TITLE,
};
use super::html;
use crate::connector::{Job, Refusal};

/// Longest readable part of an address.
const MAX_SLUG: usize = 60;
/// Longest title made of first words, in characters.
const MAX_MADE_TITLE: usize = 80;

/// A text option, trimmed; empty when it is not set.
#[must_use]
pub fn text_option<'a>(options: &'a Map<String, Value>, name: &str) -> &'a str {
    let value = options.get(name).and_then(Value::as_str);
    value.map(str::trim).unwrap_or_default()
}

/// What becomes of an article: `publish`, `private`, `pending` or `draft`.
#[must_use]
pub fn status_option(options: &Map<String, Value>) -> &str {
    match text_option(options, OPTION_STATUS) {
        known @ ("private" | "pending" | "draft") => known,
        _ => "publish",
    }
}

/// Under which name a delivery goes out; chosen before its first attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// The whole last part of the article's address.
    pub slug: String,
    /// What it ends in: follows from the target and its turn alone, so that an article is found again
    /// whatever was edited since.
    pub code: String,
}

impl Handle {
    /// Chooses it.
    #[must_use]
    pub fn choose(job: &Job) -> Self {
        let name = format!("almanac:wordpress:{}:{}", job.target_id, job.turn);
        let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes());
        let code: String = id.simple().to_string().chars().take(10).collect();
        let words = match text_option(&job.options, OPTION_SLUG) {
            "" => title(job),
            words => words.to_owned(),
        };
        let words = slug(&words);
        let slug = if words.is_empty() {
            code.clone()
        } else {
            format!("{words}-{code}")
        };
        Self { slug, code }
    }

    /// As it is kept.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "slug": self.slug, "code": self.code })
    }

    /// Reads it.
    pub fn read(value: &Value) -> Result<Self, Refusal> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        match (text("slug"), text("code")) {
            (Some(slug), Some(code)) => Ok(Self {
                slug: slug.to_owned(),
                code: code.to_owned(),
            }),
            _ => Err(Refusal::never(
                Category::Unknown,
                "Almanac lost the name under which this was to be sent to WordPress. Schedule it anew.",
            )),
        }
    }

    /// Whether the last part of an address is that of this delivery.
    #[must_use]
    pub fn is_of(&self, slug: &str) -> bool {
        slug.split('-').any(|part| part == self.code)
    }
}

/// Words as the last part of an address: small letters, digits and hyphens.
#[must_use]
pub fn slug(words: &str) -> String {
    let mut out = String::new();
    for c in words.to_lowercase().nfkd() {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'ß' => out.push_str("ss"),
            // Accents were split from their letters.
            '\u{300}'..='\u{36f}' | '\'' | '’' => {}
            _ if out.ends_with('-') || out.is_empty() => {}
            _ => out.push('-'),
        }
    }
    let mut short = out.trim_matches('-');
    if short.len() > MAX_SLUG {
        // All of it is ASCII. A word is not cut in two where that can be helped.
        let cut = short.get(..MAX_SLUG).unwrap_or_default();
        short = cut.rsplit_once('-').map_or(cut, |(head, _)| head);
    }
    short.to_owned()
}

/// The title: the option, the post's own, or the first words of the text.
#[must_use]
pub fn title(job: &Job) -> String {
    let option = text_option(&job.options, OPTION_TITLE);
    let own = job.title.trim();
    if let Some(title) = [option, own].into_iter().find(|t| !t.is_empty()) {
        return title.to_owned();
    }
    let mut lines = job.first_text().lines();
    let line = lines.find(|l| !l.trim().is_empty());
    let line = line.unwrap_or_default().trim();
    let line = line.trim_start_matches(['#', '>', '*', '-', ' ']);
    if line.chars().count() <= MAX_MADE_TITLE {
        return line.to_owned();
    }
    let cut: String = line.chars().take(MAX_MADE_TITLE).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head);
    format!("{cut}…")
}

/// What belongs to an article besides its words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// The featured picture.
    pub featured: Option<u64>,
    /// Files below the text.
    pub figures: Vec<html::Figure>,
    /// Categories; none for the site's default.
    pub categories: Vec<u64>,
    /// Tags.
    pub tags: Vec<u64>,
}

/// The call that makes or changes an article.
#[must_use]
pub fn body(job: &Job, handle: &Handle, around: &Around) -> Map<String, Value> {
    let text = job.first_text();
    let mut content = match text_option(&job.options, OPTION_FORMAT) {
        "plain" => html::of_plain(text),
        _ => html::of_markdown(text),
    };
    content.push_str(&html::figures(&around.figures));
    let mut body = Map::new();
    let mut set = |name: &str, value: Value| body.insert(name.to_owned(), value);
    set("title", title(job).into());
    set("content", content.into());
    set("slug", handle.slug.clone().into());
    let excerpt = text_option(&job.options, OPTION_EXCERPT);
    if !excerpt.is_empty() {
        set("excerpt", excerpt.into());
    }
    if let Some(id) = around.featured {
        set("featured_media", id.into());
    }
    if !around.categories.is_empty() {
        set("categories", json!(around.categories));
    }
    if !around.tags.is_empty() {
        set("tags", json!(around.tags));
    }
    if let known @ ("open" | "closed") = text_option(&job.options, OPTION_COMMENTS) {
        set("comment_status", known.into());
    }
    let sticky = job.options.get(OPTION_STICKY).and_then(Value::as_bool);
    if sticky == Some(true) && status_option(&job.options) == "publish" {
        set("sticky", true.into());
    }
    body
}

/// What the second call adds, which lets people see the article: at once, or kept by the site until
/// its minute when it is handed over ahead of time.
pub fn show(job: &Job, body: &mut Map<String, Value>) {
    let status = status_option(&job.options);
    if let (Some(at), "publish") = (job.place_at, status) {
        // Without an offset: the field is in UTC by definition.
        let at = at.rfc3339();
        let at = at.split('.').next().unwrap_or_default();
        body.insert("date_gmt".to_owned(), at.into());
        body.insert("status".to_owned(), "future".into());
    } else {
        body.insert("status".to_owned(), status.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_readable_and_short() {
        assert_eq!(slug("Grüße aus Łódź: 50 % off!"), "grusse-aus-odz-50-off");
        assert_eq!(slug("It's Ana’s"), "its-anas");
        assert_eq!(slug("日本語"), "");
        let long = slug(&"word ".repeat(40));
        assert!(long.len() <= MAX_SLUG && long.ends_with("word"), "{long}");
        assert!(slug(&"x".repeat(200)).len() <= MAX_SLUG);
    }

    #[test]
    fn an_article_is_known_by_its_code_whatever_was_put_around_it() {
        let handle = Handle {
            slug: "sale-0123456789".to_owned(),
            code: "0123456789".to_owned(),
        };
        assert!(handle.is_of("sale-0123456789"));
        assert!(handle.is_of("another-title-0123456789-2"));
        assert!(handle.is_of("0123456789"));
        assert!(!handle.is_of("sale-01234567890"));
        assert_eq!(Handle::read(&handle.to_json()).unwrap(), handle);
        assert!(Handle::read(&Value::Null).is_err());
    }
}
