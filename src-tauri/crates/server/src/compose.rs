//! Texts that programs send in pieces: words, mentions, hashtags, a link. What goes out is one text; what
//! they get back are their pieces, as long as nobody changed the text meanwhile.

use model::content::Segment;
use serde::{Deserialize, Serialize};

/// The pieces of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Pieces {
    /// The words.
    pub text: String,
    /// Mentions as given.
    pub mentions: Vec<String>,
    /// Hashtags as given, with or without the sign.
    pub hashtags: Vec<String>,
    /// The address that is to be linked.
    pub link: Option<String>,
}

/// A hashtag with its sign.
fn tag(text: &str) -> String {
    let bare = text.trim().trim_start_matches('#');
    format!("#{bare}")
}

/// Whether a text holds a word as a whole one.
fn holds(text: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    text.split(|c: char| c.is_whitespace() || ",;!?()".contains(c))
        .any(|part| part.trim_end_matches('.').to_lowercase() == word)
}

/// What all parts of a post say, for programs that know of one text only.
pub(crate) fn text_of(parts: &[Segment]) -> String {
    let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
    texts.join("\n\n")
}

impl Pieces {
    /// The text as it goes out: what is not in the words already stands below them.
    pub fn whole(&self) -> String {
        let mut parts = vec![self.text.trim_end().to_owned()];
        let link = self.link.iter().filter(|link| !self.text.contains(*link));
        parts.extend(link.cloned());
        let names = self.mentions.iter().map(|m| m.trim().to_owned());
        let tags = self
            .hashtags
            .iter()
            .filter(|t| !t.trim().is_empty())
            .map(|t| tag(t));
        let below: Vec<String> = names
            .chain(tags)
            .filter(|word| !word.is_empty() && !holds(&self.text, word))
            .collect();
        parts.push(below.join(" "));
        parts.retain(|part| !part.trim().is_empty());
        parts.join("\n\n")
    }

    /// The pieces of a text: as they were given when they still make it, else what can be seen in it.
    pub fn of(self, text: &str) -> Self {
        if self.whole() == text {
            return self;
        }
        let words = || {
            text.split_whitespace()
                .map(|w| w.trim_end_matches([',', '.', '!', '?']))
        };
        let with = |sign: char| {
            let found = words().filter(|w| w.starts_with(sign) && w.chars().count() > 1);
            found.map(str::to_owned).collect()
        };
        Self {
            text: text.to_owned(),
            mentions: with('@'),
            hashtags: with('#'),
            link: self.link.filter(|link| text.contains(link)),
        }
    }

    /// Whether all that is given of the words and the hashtags is what these are.
    pub fn say(&self, text: Option<&str>, hashtags: Option<&[String]>) -> bool {
        text.is_none_or(|text| text == self.text)
            && hashtags.is_none_or(|tags| tags == self.hashtags)
    }
}

#[cfg(test)]
mod tests {
    use model::content::Segment;

    use super::{Pieces, text_of};

    fn pieces() -> Pieces {
        Pieces {
            text: "Big news from @partner_company!".to_owned(),
            mentions: vec!["@partner_company".to_owned(), "@other".to_owned()],
            hashtags: vec!["launch".to_owned(), "#Tech".to_owned()],
            link: Some("https://example.com/new".to_owned()),
        }
    }

    #[test]
    fn what_the_words_do_not_hold_stands_below_them() {
        assert_eq!(
            pieces().whole(),
            "Big news from @partner_company!\n\nhttps://example.com/new\n\n@other #launch #Tech"
        );
        assert_eq!(Pieces::default().whole(), "");
    }

    #[test]
    fn what_is_sent_back_as_it_was_read_is_no_change_whatever_of_it_is_left_out() {
        let parts = [Segment::text("One #a"), Segment::text("Two #b")];
        let read = Pieces::default().of(&text_of(&parts));
        assert_eq!(read.text, "One #a\n\nTwo #b");
        assert!(read.say(None, None));
        assert!(read.say(Some(&read.text), Some(&read.hashtags)));
        assert!(!read.say(Some("One #a"), Some(&read.hashtags)));
        assert!(!read.say(None, Some(&["#a".to_owned()])));
    }

    #[test]
    fn pieces_come_back_until_somebody_changes_the_text() {
        let whole = pieces().whole();
        assert_eq!(pieces().of(&whole), pieces());
        let changed = pieces().of("Now with #launch.");
        assert_eq!(changed.text, "Now with #launch.");
        assert_eq!(changed.hashtags, ["#launch"]);
        assert_eq!(changed.link, None);
    }
}
