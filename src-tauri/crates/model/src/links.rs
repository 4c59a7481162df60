//! Parameters on links that tell a site where its visitors came from (`utm_source` and its kin): which
//! ones a workspace wants on each network, and where in a link they go.
//!
//! They are put in when a delivery is frozen. A link is never written anew: something is put into it at
//! one place, so that everything else stays as it was typed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use url::{Url, form_urlencoded};

use crate::account::Account;
use crate::content::{Segment, first_words};

/// What may stand in a pattern, each in braces.
pub const PLACEHOLDERS: [&str; 4] = ["network", "account", "date", "title-slug"];
/// Longest pattern, in characters.
pub const MAX_PATTERN: usize = 100;
/// Longest slug of a title, in characters.
const MAX_SLUG: usize = 60;

/// What a workspace wants on the links of its posts. A network that is not named leaves links alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct LinkRules {
    /// Patterns by the key of their network.
    pub networks: BTreeMap<String, LinkPatterns>,
    /// Domains whose links stay as they are, with everything below them.
    pub except: Vec<String>,
}

/// Patterns of the parameters on one network: texts with the placeholders `{network}`, `{account}`,
/// `{date}` and `{title-slug}`. An empty one gives no parameter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct LinkPatterns {
    /// Of `utm_source`.
    pub source: String,
    /// Of `utm_medium`.
    pub medium: String,
    /// Of `utm_campaign`.
    pub campaign: String,
}

/// The parameters of one delivery, filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkMarks {
    /// `utm_source`.
    pub source: String,
    /// `utm_medium`.
    pub medium: String,
    /// `utm_campaign`.
    pub campaign: String,
    /// Domains whose links stay as they are.
    pub except: Vec<String>,
}

impl LinkRules {
    /// The parameters of a delivery to an account; none where its network leaves links alone. `date` is
    /// the day it goes out as people write it, `2026-05-14`.
    #[must_use]
    pub fn marks(
        &self,
        account: &Account,
        date: &str,
        title: &str,
        segments: &[Segment],
    ) -> Option<LinkMarks> {
        let patterns = self.networks.get(&account.network)?;
        let name = if account.handle.is_empty() {
            &account.display_name
        } else {
            &account.handle
        };
        let values = [
            account.network.clone(),
            tidy(name),
            date.to_owned(),
            slug(&first_words(title, segments, MAX_SLUG)),
        ];
        let filled = |pattern: &str| {
            let named = PLACEHOLDERS.iter().zip(&values);
            named
                .fold(pattern.to_owned(), |text, (name, value)| {
                    text.replace(&format!("{{{name}}}"), value)
                })
                .trim()
                .to_owned()
        };
        let marks = LinkMarks {
            source: filled(&patterns.source),
            medium: filled(&patterns.medium),
            campaign: filled(&patterns.campaign),
            except: self.except.clone(),
        };
        let some = [&marks.source, &marks.medium, &marks.campaign]
            .iter()
            .any(|v| !v.is_empty());
        some.then_some(marks)
    }
}

impl LinkPatterns {
    /// The first placeholder that means nothing; none when all is well.
    #[must_use]
    pub fn unknown_placeholder(&self) -> Option<String> {
        let texts = [&self.source, &self.medium, &self.campaign];
        texts.into_iter().find_map(|text| {
            let mut parts = text.split('{');
            parts.next();
            parts.find_map(|part| match part.split_once('}') {
                Some((name, _)) if PLACEHOLDERS.contains(&name) => None,
                Some((name, _)) => Some(format!("{{{name}}}")),
                None => Some(format!("{{{part}")),
            })
        })
    }
}

impl LinkMarks {
    /// Where something is put into a link, in bytes, and what; none when the link stays as it is: it
    /// leads to a domain that is left out, has such parameters already, or is no web address.
    #[must_use]
    pub fn put_into(&self, link: &str) -> Option<(usize, String)> {
        let address = if link.contains("://") {
            Url::parse(link)
        } else {
            Url::parse(&format!("https://{link}"))
        }
        .ok()?;
        let host = address.domain()?.to_lowercase();
        let has = address.query_pairs().any(|(name, _)| is_mark(&name))
            || address.fragment().is_some_and(is_mark);
        let is_web = matches!(address.scheme(), "http" | "https") && address.username().is_empty();
        if has || !is_web || self.leaves_out(&host) {
            return None;
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("utm_source", &self.source),
            ("utm_medium", &self.medium),
            ("utm_campaign", &self.campaign),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        let query = without_loose_end(query.finish());
        if query.is_empty() {
            return None;
        }
        let at = link.find('#').unwrap_or(link.len());
        let before = link.get(..at)?;
        let joint = match before.find('?') {
            None => "?",
            Some(mark) if mark + 1 == at || before.ends_with('&') => "",
            Some(_) => "&",
        };
        Some((at, format!("{joint}{query}")))
    }

    fn leaves_out(&self, host: &str) -> bool {
        self.except.iter().any(|domain| {
            let domain = domain.to_lowercase();
            host == domain || host.ends_with(&format!(".{domain}"))
        })
    }
}

fn is_mark(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with("utm_")
}

/// Networks leave punctuation at the end of a link out of it, so none may stand there.
fn without_loose_end(query: String) -> String {
    let last = query.chars().next_back().filter(|c| "._*-".contains(*c));
    match last.and_then(|last| Some((query.strip_suffix(last)?, last))) {
        Some((head, last)) => format!("{head}%{:02X}", last as u32),
        None => query,
    }
}

/// Lower-case words of any script with lines between them.
fn slug(text: &str) -> String {
    let words = text.trim_end_matches('…').to_lowercase();
    let words = words.replace(['\'', '’'], "");
    let words: Vec<&str> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    words.join("-")
}

/// A handle without the signs that look odd in an address.
fn tidy(handle: &str) -> String {
    let kept = |c: char| {
        if c.is_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '-'
        }
    };
    let tidied: String = handle.chars().map(kept).collect();
    tidied.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::account::AccountHealth;
    use crate::{AccountId, Timestamp, WorkspaceId};

    fn account(network: &str, handle: &str) -> Account {
        Account {
            id: AccountId(uuid::Uuid::nil()),
            workspace_id: WorkspaceId(uuid::Uuid::nil()),
            network: network.to_owned(),
            remote_id: String::new(),
            handle: handle.to_owned(),
            display_name: "Ana".to_owned(),
            server: String::new(),
            settings: serde_json::json!({}),
            health: AccountHealth::Ok,
            paused: None,
            created_at: Timestamp::from_millis(0),
        }
    }

    fn marks() -> LinkMarks {
        LinkMarks {
            source: "bluesky".to_owned(),
            medium: "social".to_owned(),
            campaign: String::new(),
            except: vec!["left.example".to_owned()],
        }
    }

    fn marked(link: &str) -> String {
        match marks().put_into(link) {
            Some((at, words)) => format!("{}{words}{}", &link[..at], &link[at..]),
            None => link.to_owned(),
        }
    }

    #[test]
    fn queries_and_fragments_stay() {
        let with = "utm_source=bluesky&utm_medium=social";
        for (link, wanted) in [
            ("https://a.example", format!("https://a.example?{with}")),
            (
                "https://a.example/b/",
                format!("https://a.example/b/?{with}"),
            ),
            (
                "https://a.example/?q=1",
                format!("https://a.example/?q=1&{with}"),
            ),
            ("https://a.example/?", format!("https://a.example/?{with}")),
            (
                "https://a.example/?q&#top",
                format!("https://a.example/?q&{with}#top"),
            ),
            (
                "https://a.example/#?x",
                format!("https://a.example/?{with}#?x"),
            ),
            ("https://ä.example/ü", format!("https://ä.example/ü?{with}")),
            ("a.example/b", format!("a.example/b?{with}")),
        ] {
            assert_eq!(marked(link), wanted);
        }
    }

    #[test]
    fn links_that_have_them_or_are_left_out_stay() {
        for link in [
            "https://a.example/?utm_source=x",
            "https://a.example/?a=1&UTM_Campaign=y#z",
            "https://a.example/#utm_source=x",
            "https://left.example/x",
            "https://www.LEFT.example/x",
            "ftp://a.example/x",
            "https://127.0.0.1/x",
            "mailto:ana@a.example",
            "https://",
        ] {
            assert_eq!(marked(link), link);
        }
        assert_ne!(
            marked("https://notleft.example/"),
            "https://notleft.example/"
        );
    }

    #[test]
    fn patterns_are_filled_in_and_slugs_are_short() {
        let rules = LinkRules {
            networks: BTreeMap::from([(
                "mastodon".to_owned(),
                LinkPatterns {
                    source: "{network}-{account}".to_owned(),
                    medium: " social ".to_owned(),
                    campaign: "{date}/{title-slug}".to_owned(),
                },
            )]),
            except: vec![],
        };
        let segments = [Segment::text("Spring's sale: 20% off! Für alle")];
        let ana = account("mastodon", "@ana@a.example");
        let marks = rules.marks(&ana, "2026-05-14", "", &segments).unwrap();
        assert_eq!(marks.source, "mastodon-ana-a.example");
        assert_eq!(marks.medium, "social");
        assert_eq!(marks.campaign, "2026-05-14/springs-sale-20-off-für-alle");
        let titled = rules.marks(&ana, "", "A title", &segments).unwrap();
        assert_eq!(titled.campaign, "/a-title");
        assert_eq!(rules.marks(&account("x", "ana"), "", "", &segments), None);
    }

    #[test]
    fn unknown_placeholders_are_named() {
        let of = |source: &str| LinkPatterns {
            source: source.to_owned(),
            ..LinkPatterns::default()
        };
        assert_eq!(of("{network} {title-slug} x").unknown_placeholder(), None);
        assert_eq!(of("a {post}").unknown_placeholder().unwrap(), "{post}");
        assert_eq!(of("a {netw").unknown_placeholder().unwrap(), "{netw");
    }

    proptest! {
        #[test]
        fn nothing_is_put_in_twice_and_nothing_typed_is_lost(
            path in "[a-zäß/._~%-]{0,12}", query in "(\\?[a-z=&]{0,8})?", fragment in "(#[a-z/?]{0,6})?",
            source in "[a-z ._*&=#ü{}-]{1,12}",
        ) {
            let link = format!("https://a.example/{path}{query}{fragment}");
            let marks = LinkMarks { source, ..marks() };
            let Some((at, words)) = marks.put_into(&link) else {
                return Ok(());
            };
            let (head, tail) = link.split_at(at);
            let whole = format!("{head}{words}{tail}");
            prop_assert_eq!(marks.put_into(&whole), None);
            let (was, is) = (Url::parse(&link).unwrap(), Url::parse(&whole).unwrap());
            prop_assert_eq!(was.path(), is.path());
            prop_assert_eq!(was.fragment(), is.fragment());
            let before: Vec<_> = was.query_pairs().filter(|p| !p.0.is_empty() || !p.1.is_empty()).collect();
            let after: Vec<_> = is.query_pairs().collect();
            for pair in before {
                prop_assert!(after.contains(&pair));
            }
            prop_assert!(after.iter().any(|p| p.0 == "utm_source" && p.1 == marks.source.as_str()));
        }
    }
}
