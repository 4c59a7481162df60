//! How much a network takes from one account in an hour or a day.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::content::Segment;
use crate::money::grouped;

/// The time a limit counts over. It slides: what is older than this counts no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// An hour.
    Hour,
    /// Twenty-four hours.
    Day,
}

impl Span {
    /// Its length.
    #[must_use]
    pub const fn length(self) -> Duration {
        match self {
            Self::Hour => Duration::from_hours(1),
            Self::Day => Duration::from_hours(24),
        }
    }

    /// As sentences name it: "an hour".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Hour => "an hour",
            Self::Day => "a day",
        }
    }
}

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Posts: a thread is one.
    Posts,
    /// Parts: each part of a thread is a post of its own there.
    Parts,
    /// Pictures, videos and other files.
    Files,
    /// Parts of threads after the first, where these are replies to it.
    Replies,
    /// Calls: one for the post and one for each file, which is the least that it takes.
    Calls,
}

impl Counted {
    /// The word in statements.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Posts => "posts",
            Self::Parts => "parts",
            Self::Files => "files",
            Self::Replies => "replies",
            Self::Calls => "calls",
        }
    }
}

/// The posts a limit holds for: those whose option has one of these values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Only {
    /// Name of the option in the catalogue.
    pub option: String,
    /// Its values.
    #[ts(type = "unknown[]")]
    pub values: Vec<Value>,
}

/// A limit of a network for one account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Limit {
    /// Most of them.
    pub most: u32,
    /// In this time.
    pub span: Span,
    /// What is counted.
    pub counts: Counted,
    /// The posts it holds for; all when none.
    pub only: Option<Only>,
    /// What they are called in sentences: "posts", "reels".
    pub noun: String,
}

impl Limit {
    /// So many posts in this time.
    #[must_use]
    pub fn posts(most: u32, span: Span) -> Self {
        Self {
            most,
            span,
            counts: Counted::Posts,
            only: None,
            noun: "posts".to_owned(),
        }
    }

    /// The same of something else than posts.
    #[must_use]
    pub fn counting(mut self, counts: Counted, noun: &str) -> Self {
        self.counts = counts;
        noun.clone_into(&mut self.noun);
        self
    }

    /// The same for the posts whose option has one of these values.
    #[must_use]
    pub fn only(mut self, option: &str, values: &[Value]) -> Self {
        self.only = Some(Only {
            option: option.to_owned(),
            values: values.to_vec(),
        });
        self
    }

    /// What the network takes, without a full stop: "X takes 100 posts an hour from one account".
    #[must_use]
    pub fn words(&self, network: &str) -> String {
        let (most, noun) = (grouped(self.most.into()), &self.noun);
        let span = self.span.words();
        format!("{network} takes {most} {noun} {span} from one account")
    }

    /// How much a post takes of it.
    #[must_use]
    pub fn weight(&self, segments: &[Segment], options: &Map<String, Value>) -> u32 {
        if let Some(only) = &self.only {
            let value = options.get(&only.option);
            if !value.is_some_and(|v| only.values.contains(v)) {
                return 0;
            }
        }
        let files = || -> usize { segments.iter().map(|s| s.media.len()).sum() };
        let many = match self.counts {
            Counted::Posts => 1,
            Counted::Parts => segments.len(),
            Counted::Files => files(),
            Counted::Replies => segments.len().saturating_sub(1),
            Counted::Calls => 1 + files(),
        };
        u32::try_from(many).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_post_takes_what_the_limit_counts() {
        let thread: Vec<Segment> = ["One", "Two"].map(Segment::text).to_vec();
        let none = Map::new();
        let reel: Map<String, Value> = [("kind".to_owned(), json!("reel"))].into_iter().collect();
        let posts = Limit::posts(3, Span::Day);
        assert_eq!(posts.weight(&thread, &none), 1);
        let parts = posts.clone().counting(Counted::Parts, "posts");
        assert_eq!(parts.weight(&thread, &none), 2);
        let files = posts.clone().counting(Counted::Files, "files");
        assert_eq!(files.weight(&thread, &none), 0);
        let replies = posts.clone().counting(Counted::Replies, "replies");
        assert_eq!(replies.weight(&thread, &none), 1);
        assert_eq!(replies.weight(&thread[..1], &none), 0);
        let calls = posts.clone().counting(Counted::Calls, "requests");
        assert_eq!(calls.weight(&thread, &none), 1);
        let reels = posts.only("kind", &[json!("reel")]);
        assert_eq!(reels.weight(&thread, &none), 0);
        assert_eq!(reels.weight(&thread, &reel), 1);
        assert_eq!(
            reels.words("Net"),
            "Net takes 3 posts a day from one account"
        );
    }
}
