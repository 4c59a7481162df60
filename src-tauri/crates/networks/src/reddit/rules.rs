//! What a community takes, asked before a post goes there: kinds of posts, flairs, titles, texts, links.
//!
//! Read from `/r/{community}/about` and `/api/v1/{community}/post_requirements`, and remembered for a while, so
//! that a draft for a community that was asked about is checked without asking. Patterns for titles and texts
//! are left to Reddit, which writes them in a way of its own; so are rules that moderators do not show.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use model::account::Account;
use model::{AccountId, Timestamp};
use reqwest::Url;
use serde_json::Value;

use super::Reddit;
use super::catalogue::{OPTION_COMMUNITY, OPTION_FLAIR, OPTION_LINK, OPTION_TITLE};
use super::publish::Kind;
use crate::connector::Ctx;
use crate::tokens::CallFailed;

/// How long the rules of a community are not asked for again.
const KEPT_FOR: Duration = Duration::from_hours(1);

/// A post as far as it is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draft<'a> {
    pub(super) kind: Kind,
    /// Title and text; none while it is not certain which words are which.
    pub(super) words: Option<(&'a str, &'a str)>,
    pub(super) link: &'a str,
    pub(super) has_flair: bool,
}

/// A rule that a post breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    /// Its name among problems.
    pub(super) rule: &'static str,
    /// What is wrong and what to do.
    pub(super) sentence: String,
    /// The option that mends it.
    pub(super) option: &'static str,
}

/// What a community wants, in Reddit's words.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Rules {
    about: Value,
    wanted: Value,
}

/// Rules by account and community, with when they were asked for.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<(AccountId, String), (Timestamp, Rules)>>);

impl Known {
    /// The rules as they were last told.
    pub(super) fn of(&self, account: AccountId, place: &str) -> Option<Rules> {
        Some(self.kept(account, place)?.1)
    }

    fn kept(&self, account: AccountId, place: &str) -> Option<(Timestamp, Rules)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(account, place.to_lowercase())).cloned()
    }

    fn keep(&self, account: AccountId, place: &str, at: Timestamp, rules: &Rules) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert((account, place.to_lowercase()), (at, rules.clone()));
    }
}

impl Rules {
    fn is(&self, name: &str, value: bool) -> bool {
        self.about[name] == value
    }

    fn number(&self, name: &str) -> Option<usize> {
        let number = self.wanted[name].as_u64()?;
        usize::try_from(number).ok()
    }

    fn texts(&self, name: &str) -> Vec<&str> {
        let all = self.wanted[name].as_array();
        all.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .filter(|text| !text.is_empty())
            .collect()
    }

    /// The first rule that a post breaks, the one that rules out most first.
    pub(super) fn broken(&self, place: &str, draft: &Draft<'_>) -> Option<Broken> {
        let place = format!("r/{place}");
        self.kind_broken(&place, draft.kind)
            .or_else(|| self.flair_broken(&place, draft))
            .or_else(|| self.link_broken(&place, draft))
            .or_else(|| {
                let (title, text) = draft.words?;
                self.title_broken(&place, title)
                    .or_else(|| self.text_broken(&place, draft.kind, text))
            })
    }

    fn kind_broken(&self, place: &str, kind: Kind) -> Option<Broken> {
        let broken = |sentence: String| {
            Some(Broken {
                rule: "community_refuses",
                sentence,
                option: OPTION_COMMUNITY,
            })
        };
        if self.is("user_is_banned", true) {
            return broken(format!(
                "{place} has banned this account. Choose another community."
            ));
        }
        let only = self.about["submission_type"].as_str().unwrap_or("any");
        match kind {
            Kind::Text if only == "link" => broken(format!(
                "{place} takes no text posts. Add a link or a picture, or choose another community."
            )),
            Kind::Text => None,
            _ if only == "self" => broken(format!(
                "{place} takes text posts only. Take the link or the files off, or choose another community."
            )),
            Kind::Picture | Kind::Gallery if self.is("allow_images", false) => broken(format!(
                "{place} takes no pictures. Choose another community."
            )),
            Kind::Gallery if self.is("allow_galleries", false) => broken(format!(
                "{place} takes no galleries. Post one picture, or choose another community."
            )),
            Kind::Video if self.is("allow_videos", false) => broken(format!(
                "{place} takes no videos. Choose another community."
            )),
            _ => None,
        }
    }

    fn flair_broken(&self, place: &str, draft: &Draft<'_>) -> Option<Broken> {
        let missing = self.wanted["is_flair_required"] == true && !draft.has_flair;
        missing.then(|| Broken {
            rule: "flair_missing",
            sentence: format!("{place} wants a flair. Choose it under \"Flair\"."),
            option: OPTION_FLAIR,
        })
    }

    fn link_broken(&self, place: &str, draft: &Draft<'_>) -> Option<Broken> {
        if draft.kind != Kind::Link {
            return None;
        }
        let url = Url::parse(draft.link).ok()?;
        let host = url.host_str()?.to_lowercase();
        let below = |site: &&str| {
            let site = site.to_lowercase();
            host == site || host.ends_with(&format!(".{site}"))
        };
        let open = self.texts("domain_whitelist");
        let policy = self.wanted["link_restriction_policy"].as_str();
        let shut = match policy {
            Some("whitelist") => !open.is_empty() && !open.iter().any(below),
            Some("blacklist") => self.texts("domain_blacklist").iter().any(below),
            _ => false,
        };
        shut.then(|| Broken {
            rule: "link_refused",
            sentence: format!(
                "{place} does not take links to {host}. Choose another link or another community."
            ),
            option: OPTION_LINK,
        })
    }

    fn title_broken(&self, place: &str, title: &str) -> Option<Broken> {
        self.words_broken("title", title).map(|what| Broken {
            rule: "title_refused",
            sentence: format!("{place} wants a title {what}."),
            option: OPTION_TITLE,
        })
    }

    fn text_broken(&self, place: &str, kind: Kind, text: &str) -> Option<Broken> {
        let broken = |sentence: String| {
            Some(Broken {
                rule: "text_refused",
                sentence,
                option: OPTION_COMMUNITY,
            })
        };
        let policy = self.wanted["body_restriction_policy"].as_str();
        match (policy, text.is_empty()) {
            (Some("notAllowed"), false) => {
                return broken(format!(
                    "{place} takes no text below the title. Take it off, or choose another community."
                ));
            }
            (Some("required"), true) if kind == Kind::Text => {
                return broken(format!("{place} wants a text below the title. Write one."));
            }
            (_, true) => return None,
            _ => {}
        }
        if kind != Kind::Text {
            return None;
        }
        let what = self.words_broken("body", text)?;
        broken(format!("{place} wants a text {what}."))
    }

    /// What words have to be like and are not, as the end of a sentence. `part` is how Reddit calls them.
    fn words_broken(&self, part: &str, words: &str) -> Option<String> {
        let length = words.chars().count();
        let limit = |end: &str| self.number(&format!("{part}_text_{end}_length"));
        if let Some(least) = limit("min").filter(|least| length < *least) {
            return Some(format!("of at least {least} characters"));
        }
        let most = limit("max").filter(|most| *most > 0 && length > *most);
        if let Some(most) = most {
            return Some(format!("of up to {most} characters"));
        }
        let lower = words.to_lowercase();
        let stands = |word: &&str| lower.contains(&word.to_lowercase());
        let wanted = self.texts(&format!("{part}_required_strings"));
        if !wanted.is_empty() && !wanted.iter().any(stands) {
            return Some(format!("with one of these in it: {}", wanted.join(", ")));
        }
        let unwanted = self.texts(&format!("{part}_blacklisted_strings"));
        let word = unwanted.into_iter().find(|word| stands(word))?;
        Some(format!("without \"{word}\""))
    }
}

impl Reddit {
    /// The rules of a community; none of the own profile, and where they cannot be read: then Reddit decides
    /// when it gets the post.
    pub(super) async fn rules(
        &self,
        account: &Account,
        place: &str,
        ctx: Ctx<'_>,
    ) -> Option<Rules> {
        if place.is_empty() || place.starts_with("u_") {
            return None;
        }
        let now = ctx.clock.now();
        let kept = self.known.kept(account.id, place);
        let fresh = |at: Timestamp| at <= now && now.since(at) < KEPT_FOR;
        if let Some((_, rules)) = kept.filter(|(at, _)| fresh(*at)) {
            return Some(rules);
        }
        let about = format!("/r/{place}/about");
        let mut about = match self.get(account, &about, &[], ctx).await {
            Ok(answer) => Some(answer),
            // One waits, or is signed out: the post finds out as well.
            Err(CallFailed::Before(_)) => return None,
            Err(CallFailed::Call(_)) => None,
        };
        let wanted = format!("/api/v1/{place}/post_requirements");
        let wanted = self.get(account, &wanted, &[], ctx).await.ok();
        let whole = about.is_some() && wanted.is_some();
        let data = about.as_mut().and_then(|answer| answer.get_mut("data"));
        let rules = Rules {
            about: data.map(Value::take).unwrap_or_default(),
            wanted: wanted.unwrap_or_default(),
        };
        if whole {
            self.known.keep(account.id, place, now, &rules);
        }
        Some(rules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn draft(kind: Kind, title: &'static str, text: &'static str) -> Draft<'static> {
        Draft {
            kind,
            words: Some((title, text)),
            link: "https://news.example.org/a",
            has_flair: false,
        }
    }

    fn rule(about: Value, wanted: Value, draft: &Draft<'_>) -> Option<&'static str> {
        let broken = Rules { about, wanted }.broken("test", draft)?;
        assert!(broken.sentence.starts_with("r/test "), "{broken:?}");
        assert!(broken.sentence.ends_with('.'), "{broken:?}");
        Some(broken.rule)
    }

    #[test]
    fn kinds_of_posts_are_told_apart() {
        for (about, kind, refused) in [
            (json!({ "submission_type": "link" }), Kind::Text, true),
            (json!({ "submission_type": "link" }), Kind::Link, false),
            (json!({ "submission_type": "self" }), Kind::Link, true),
            (json!({ "submission_type": "self" }), Kind::Text, false),
            (json!({ "allow_images": false }), Kind::Picture, true),
            (json!({ "allow_images": false }), Kind::Gallery, true),
            (json!({ "allow_images": false }), Kind::Text, false),
            (json!({ "allow_galleries": false }), Kind::Gallery, true),
            (json!({ "allow_galleries": false }), Kind::Picture, false),
            (json!({ "allow_videos": false }), Kind::Video, true),
            (json!({ "user_is_banned": true }), Kind::Text, true),
            (json!({ "user_is_banned": false }), Kind::Text, false),
            (json!({}), Kind::Video, false),
            (Value::Null, Kind::Gallery, false),
        ] {
            let found = rule(about.clone(), Value::Null, &draft(kind, "A title", ""));
            assert_eq!(
                found,
                refused.then_some("community_refuses"),
                "{about} {kind:?}"
            );
        }
    }

    #[test]
    fn titles_texts_flairs_and_links_have_their_rules() {
        let of = |wanted: Value, draft: Draft<'_>| rule(json!({}), wanted, &draft);
        let post = || draft(Kind::Text, "A question", "Some text");
        let bare = || draft(Kind::Text, "A question", "");
        let link = || draft(Kind::Link, "A question", "");
        let flaired = || Draft {
            has_flair: true,
            ..post()
        };
        assert_eq!(of(json!({}), post()), None);
        let flair = json!({ "is_flair_required": true });
        assert_eq!(of(flair.clone(), post()), Some("flair_missing"));
        assert_eq!(of(flair, flaired()), None);
        for (name, bad, good) in [
            ("title_text_min_length", json!(11), json!(10)),
            ("title_text_max_length", json!(9), json!(10)),
            (
                "title_required_strings",
                json!(["[Q]"]),
                json!(["[Q]", "quest"]),
            ),
            (
                "title_blacklisted_strings",
                json!(["QUESTION"]),
                json!(["answer"]),
            ),
        ] {
            assert_eq!(
                of(json!({ name: bad }), post()),
                Some("title_refused"),
                "{name}"
            );
            assert_eq!(of(json!({ name: good }), post()), None, "{name}");
            assert_eq!(of(json!({ name: null }), post()), None, "{name}");
        }
        let nothing = json!({ "body_restriction_policy": "notAllowed" });
        assert_eq!(of(nothing.clone(), post()), Some("text_refused"));
        assert_eq!(of(nothing, bare()), None);
        let something = json!({ "body_restriction_policy": "required" });
        assert_eq!(of(something.clone(), bare()), Some("text_refused"));
        assert_eq!(of(something.clone(), post()), None);
        assert_eq!(of(something, link()), None);
        let long = json!({ "body_text_min_length": 100 });
        assert_eq!(of(long.clone(), post()), Some("text_refused"));
        assert_eq!(of(long, link()), None);
        let sites = |policy: &str, name: &str, site: &str| json!({ "link_restriction_policy": policy, name: [site] });
        let shut = sites("blacklist", "domain_blacklist", "Example.org");
        assert_eq!(of(shut.clone(), link()), Some("link_refused"));
        assert_eq!(of(shut, post()), None);
        let open = sites("whitelist", "domain_whitelist", "example.org");
        assert_eq!(of(open, link()), None);
        let other = sites("whitelist", "domain_whitelist", "other.org");
        assert_eq!(of(other, link()), Some("link_refused"));
        // Where it is not certain which words are the title, nothing is said of them.
        let unsure = Draft {
            words: None,
            ..post()
        };
        assert_eq!(of(json!({ "title_text_min_length": 99 }), unsure), None);
    }
}
