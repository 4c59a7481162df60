//! Signing in with a key: whose it is, and which relays its person writes to.

use model::AccountId;
use model::account::Account;
use model::failure::Category;
use reqwest::Url;
use serde_json::{Value, json};

use super::catalogue::{MAX_RELAYS, USUAL_RELAYS};
use super::event::{Event, PROFILE, RELAY_LIST};
use super::keys::{Key, bytes32, encoded};
use super::publish::worst;
use super::{KEY, Nostr};
use crate::connector::{Ctx, Refusal, SignInFields, SignedIn};
use crate::http::is_loopback;
use crate::tokens::Tokens;
use crate::vault::Secret;

/// Longest name that is shown.
const MAX_NAME: usize = 100;

/// The address of a relay; none when it is none. Plain `ws` only on this very computer.
pub(super) fn relay_address(typed: &str) -> Option<String> {
    let text = typed.trim();
    let text = match text.split_once("://") {
        Some(("wss" | "ws", _)) => text.to_owned(),
        Some(_) => return None,
        None => format!("wss://{text}"),
    };
    let url = Url::parse(&text).ok()?;
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let safe = url.scheme() == "wss" || is_loopback(&url);
    let named = url
        .host_str()
        .is_some_and(|h| h.contains(['.', ':', '[']) || is_loopback(&url));
    (bare && safe && named).then(|| url.as_str().trim_end_matches('/').to_owned())
}

/// The relays a person typed.
fn typed_relays(text: &str) -> Result<Vec<String>, Refusal> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    let mut relays = Vec::new();
    for word in words.filter(|w| !w.is_empty()) {
        let Some(relay) = relay_address(word) else {
            return Err(Refusal::never(
                Category::Validation,
                format!(
                    "\"{word}\" is no address of a relay. It looks like wss://relay.example.org."
                ),
            ));
        };
        if !relays.contains(&relay) {
            relays.push(relay);
        }
    }
    if relays.len() > MAX_RELAYS {
        return Err(Refusal::never(
            Category::Validation,
            format!("Name up to {MAX_RELAYS} relays; three or four are enough."),
        ));
    }
    Ok(relays)
}

/// The relays that a person writes to, from their list (NIP-65).
fn written_to(list: &Event) -> Vec<String> {
    let mut relays = Vec::new();
    for tag in &list.tags {
        let words: Vec<&str> = tag.iter().map(String::as_str).collect();
        let ["r", address, rest @ ..] = words.as_slice() else {
            continue;
        };
        let Some(relay) = relay_address(address).filter(|_| rest.first() != Some(&"read")) else {
            continue;
        };
        if relays.len() < MAX_RELAYS && !relays.contains(&relay) {
            relays.push(relay);
        }
    }
    relays
}

/// The names of a profile: the one it shows, and the one that others check (NIP-05).
fn names(profile: &Event) -> (Option<String>, Option<String>) {
    let json: Value = serde_json::from_str(&profile.content).unwrap_or_default();
    let text = |name: &str| {
        let value = json.get(name)?.as_str()?;
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        let value: String = value.trim().chars().take(MAX_NAME).collect();
        (!value.is_empty()).then_some(value)
    };
    let shown = text("display_name").or_else(|| text("name"));
    (shown, text("nip05"))
}

/// A public key as people know it.
fn npub(public: &str) -> String {
    encoded("npub", &bytes32(public).unwrap_or_default())
}

/// The beginning of such a name, which is all anybody reads of it.
fn short(npub: &str) -> String {
    let head: String = npub.chars().take(12).collect();
    format!("{head}…")
}

/// The newest event of a kind.
fn newest(events: &[Event], kind: u64) -> Option<&Event> {
    let of_kind = events.iter().filter(|e| e.kind == kind);
    of_kind.max_by_key(|e| e.at)
}

impl Nostr {
    pub(super) async fn sign_in_with(
        &self,
        account: AccountId,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let key = Key::read(fields.secret("key"))?;
        let typed = typed_relays(fields.plain("relays"))?;
        let asked = if typed.is_empty() {
            self.usual()
        } else {
            typed.clone()
        };
        let known = self.known(&asked, &key, ctx).await?;
        let relays = if typed.is_empty() {
            let listed = newest(&known, RELAY_LIST)
                .map(written_to)
                .unwrap_or_default();
            if listed.is_empty() { asked } else { listed }
        } else {
            typed
        };
        let public = key.public();
        let (name, checked) = newest(&known, PROFILE).map(names).unwrap_or_default();
        let own = npub(&public);
        let tokens = Tokens::lasting(Secret::new(key.secret()));
        self.sessions.keep(account, tokens, ctx).await?;
        Ok(SignedIn {
            remote_id: public,
            display_name: name.unwrap_or_else(|| short(&own)),
            handle: checked.unwrap_or(own),
            server: String::new(),
            settings: json!({ "relays": relays }),
        })
    }

    /// The relays that are used by themselves, or what stands in for them.
    fn usual(&self) -> Vec<String> {
        let mut relays: Vec<String> = Vec::new();
        for relay in USUAL_RELAYS {
            let relay = self.addresses.of(KEY, relay);
            // Who starts a stand-in knows it by its origin.
            let relay = match relay.strip_prefix("http") {
                Some(rest) => format!("ws{rest}"),
                None => relay,
            };
            if !relays.contains(&relay) {
                relays.push(relay);
            }
        }
        relays
    }

    /// Profile and list of relays of a key, as far as these relays know them. An error only when none
    /// answered.
    async fn known(
        &self,
        relays: &[String],
        key: &Key,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        let author = key.public();
        let filter = json!({ "authors": [author], "kinds": [PROFILE, RELAY_LIST] });
        let asked = relays
            .iter()
            .map(|relay| self.relays.ask(relay, &filter, key, ctx));
        let (mut found, mut faults) = (Vec::new(), Vec::new());
        let answers = futures_util::future::join_all(asked).await;
        for (relay, answer) in relays.iter().zip(answers) {
            match answer {
                Ok(events) => found.extend(events.into_iter().filter(|e| e.author == author)),
                Err(fault) => faults.push((relay.clone(), fault)),
            }
        }
        if faults.len() == relays.len() {
            return Err(worst(&faults));
        }
        Ok(found)
    }

    pub(super) async fn identify_now(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let key = self.key(account, ctx).await?;
        let relays = super::relays_of(account);
        // The key alone says who it is; a name is nice to have.
        let known = self.known(&relays, &key, ctx).await.unwrap_or_default();
        let (name, checked) = newest(&known, PROFILE).map(names).unwrap_or_default();
        Ok(SignedIn {
            remote_id: key.public(),
            handle: checked.unwrap_or_else(|| account.handle.clone()),
            display_name: name.unwrap_or_else(|| account.display_name.clone()),
            server: String::new(),
            settings: account.settings.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relays_are_read_as_people_type_them() {
        for (typed, address) in [
            ("wss://relay.example.org/", Some("wss://relay.example.org")),
            ("relay.example.org", Some("wss://relay.example.org")),
            (
                "wss://relay.example.org/path",
                Some("wss://relay.example.org/path"),
            ),
            ("ws://127.0.0.1:7000", Some("ws://127.0.0.1:7000")),
            ("ws://relay.example.org", None),
            ("https://relay.example.org", None),
            ("wss://a:b@relay.example.org", None),
            ("relay", None),
            ("", None),
        ] {
            assert_eq!(relay_address(typed).as_deref(), address, "{typed}");
        }
        let two = typed_relays("a.example, wss://b.example\na.example/").unwrap();
        assert_eq!(two, ["wss://a.example", "wss://b.example"]);
        assert!(typed_relays("a.example nonsense").is_err());
    }

    fn event(tags: &[&[&str]], content: &str) -> Event {
        let words = |tag: &&[&str]| tag.iter().map(|&w| w.to_owned()).collect();
        Event {
            id: String::new(),
            author: String::new(),
            at: 0,
            kind: RELAY_LIST,
            tags: tags.iter().map(words).collect(),
            content: content.to_owned(),
            signature: String::new(),
        }
    }

    #[test]
    fn notes_go_to_the_relays_a_person_writes_to() {
        let list = event(
            &[
                &["r", "wss://both.example"],
                &["r", "wss://write.example/", "write"],
                &["r", "wss://read.example", "read"],
                &["r", "http://odd.example"],
                &["p", "x"],
                &[],
            ],
            "",
        );
        assert_eq!(
            written_to(&list),
            ["wss://both.example", "wss://write.example"]
        );
    }

    #[test]
    fn names_come_from_the_profile_and_are_bounded() {
        let profile = event(&[], r#"{"name":"ana\u0000","nip05":"ana@example.org"}"#);
        let (shown, checked) = names(&profile);
        assert_eq!(shown.as_deref(), Some("ana"));
        assert_eq!(checked.as_deref(), Some("ana@example.org"));
        assert_eq!(names(&event(&[], "no json")), (None, None));
    }
}
