//! A connection to a relay: a websocket that events go through (NIP-01), and who one is when the relay
//! wants to know (NIP-42).
//!
//! The websocket begins as a call of the program's own HTTP clients, so that proxies, certificates and
//! time limits are theirs.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt, StreamExt};
use reqwest::{Upgraded, Url, Version};
use serde_json::{Value, json};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::errors::prefix;
use super::event::{AUTH, Event};
use super::keys::Key;
use crate::connector::Ctx;
use crate::http::{Clients, whole};

/// Largest message of a relay that is read, in bytes.
const MAX_MESSAGE: usize = 1 << 20;
/// Most messages of a relay that are read for one answer.
const MAX_MESSAGES: usize = 2_000;
/// The name of our only question on a connection.
const QUESTION: &str = "almanac";

/// Why a relay gave no good answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It was not reached: nothing was sent.
    Unreached(String),
    /// What is there is no relay: nothing was sent.
    NoRelay(String),
    /// The connection broke or took too long after something was sent.
    Cut(String),
    /// It answered with something that cannot be read.
    Strange(String),
    /// It refused, in its own words.
    Refused(String),
}

impl Fault {
    /// Whether the relay may have taken what was sent all the same.
    #[must_use]
    pub fn may_have_worked(&self) -> bool {
        match self {
            Self::Unreached(_) | Self::NoRelay(_) => false,
            Self::Cut(_) | Self::Strange(_) => true,
            Self::Refused(words) => prefix(words) == "error",
        }
    }

    /// Whether trying at once again may help.
    #[must_use]
    pub fn passes(&self) -> bool {
        !matches!(self, Self::Refused(_)) || self.may_have_worked()
    }

    /// The relay's words, for *Details*.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Unreached(words)
            | Self::NoRelay(words)
            | Self::Cut(words)
            | Self::Strange(words)
            | Self::Refused(words) => words,
        }
    }
}

/// Opens connections to relays.
#[derive(Debug, Clone)]
pub struct Relays {
    http: Clients,
    limit: Duration,
}

/// An open connection to one relay.
struct Link<'a> {
    socket: WebSocketStream<Upgraded>,
    relay: &'a str,
    /// What the relay wants signed before it listens.
    challenge: Option<String>,
}

impl Relays {
    /// Over these clients; one exchange with a relay takes no longer than `limit`.
    #[must_use]
    pub fn new(http: Clients, limit: Duration) -> Self {
        Self { http, limit }
    }

    /// Sends an event; good when the relay took it or has it already.
    pub async fn send(
        &self,
        relay: &str,
        event: &Event,
        key: &Key,
        ctx: Ctx<'_>,
    ) -> Result<(), Fault> {
        let mut link = self.open(relay, ctx).await?;
        let exchange = link.publish(event, key, ctx);
        let answered = tokio::time::timeout(self.limit, exchange).await;
        answered.unwrap_or_else(|_| Err(Fault::Cut("no answer in time".to_owned())))
    }

    /// Asks for events.
    pub async fn ask(
        &self,
        relay: &str,
        filter: &Value,
        key: &Key,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Event>, Fault> {
        let mut link = self.open(relay, ctx).await?;
        let exchange = link.question(filter, key, ctx);
        let answered = tokio::time::timeout(self.limit, exchange).await;
        answered.unwrap_or_else(|_| Err(Fault::Cut("no answer in time".to_owned())))
    }

    /// Opens a connection, as RFC 6455 has it.
    async fn open<'a>(&self, relay: &'a str, ctx: Ctx<'_>) -> Result<Link<'a>, Fault> {
        let no_relay = |words: &str| Fault::NoRelay(words.to_owned());
        // `ws` stands for `http` and `wss` for `https`.
        let http = relay.strip_prefix("ws").map(|rest| format!("http{rest}"));
        let url = http.and_then(|address| Url::parse(&address).ok());
        let url = url.ok_or_else(|| no_relay("no address of a relay"))?;
        let mut nonce = [0; 16];
        ctx.entropy.fill(&mut nonce);
        let nonce = STANDARD.encode(nonce);
        let response = self
            .http
            .to(&url)
            .await
            .get(url)
            .version(Version::HTTP_11)
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", &nonce)
            .timeout(self.limit)
            .send()
            .await
            // Nothing of ours was sent yet, whatever happened.
            .map_err(|error| Fault::Unreached(whole(&error)))?;
        let accept = response.headers().get("sec-websocket-accept");
        let accept = accept.and_then(|value| value.to_str().ok());
        let fits = response.status() == 101
            && accept == Some(derive_accept_key(nonce.as_bytes()).as_str());
        if !fits {
            let words = format!("{} in place of a websocket", response.status());
            return Err(Fault::NoRelay(words));
        }
        let upgraded = response.upgrade().await;
        let upgraded = upgraded.map_err(|error| Fault::Unreached(whole(&error)))?;
        let config = WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE));
        let socket = WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await;
        Ok(Link {
            socket,
            relay,
            challenge: None,
        })
    }
}

impl Link<'_> {
    async fn say(&mut self, message: &Value) -> Result<(), Fault> {
        let sent = self.socket.send(Message::text(message.to_string())).await;
        sent.map_err(|error| Fault::Cut(error.to_string()))
    }

    /// The next message that is not about something else; its first word tells what it is.
    async fn hear(&mut self) -> Result<Vec<Value>, Fault> {
        loop {
            let text = match self.socket.next().await {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(_))) | None => {
                    return Err(Fault::Cut("the relay closed the connection".to_owned()));
                }
                Some(Ok(_)) => continue,
                Some(Err(error)) => return Err(Fault::Cut(error.to_string())),
            };
            let Ok(Value::Array(words)) = serde_json::from_str(text.as_str()) else {
                let start: String = text.as_str().chars().take(300).collect();
                return Err(Fault::Strange(start));
            };
            let second = words.get(1).and_then(Value::as_str);
            match words.first().and_then(Value::as_str) {
                Some("AUTH") => self.challenge = second.map(str::to_owned),
                Some("NOTICE") => {}
                _ => return Ok(words),
            }
        }
    }

    /// Waits for the answer to an event.
    async fn taken(&mut self, id: &str) -> Result<(), Fault> {
        for _ in 0..MAX_MESSAGES {
            let words = self.hear().await?;
            let [kind, of, good, ..] = words.as_slice() else {
                continue;
            };
            if kind != "OK" || of != id {
                continue;
            }
            let why = words.get(3).and_then(Value::as_str).unwrap_or_default();
            // Relays are not of one mind whether a repeat is good.
            return if good == &Value::Bool(true) || prefix(why) == "duplicate" {
                Ok(())
            } else {
                Err(Fault::Refused(why.to_owned()))
            };
        }
        Err(Fault::Strange("too many other messages".to_owned()))
    }

    async fn publish(&mut self, event: &Event, key: &Key, ctx: Ctx<'_>) -> Result<(), Fault> {
        let message = json!(["EVENT", event.to_json()]);
        self.say(&message).await?;
        match self.taken(&event.id).await {
            Err(Fault::Refused(why)) if prefix(&why) == "auth-required" => {
                self.introduce(&why, key, ctx).await?;
                self.say(&message).await?;
                self.taken(&event.id).await
            }
            other => other,
        }
    }

    /// Says who is there; `why` is what the relay said.
    async fn introduce(&mut self, why: &str, key: &Key, ctx: Ctx<'_>) -> Result<(), Fault> {
        let refused = || Fault::Refused(why.to_owned());
        let challenge = self.challenge.take().ok_or_else(refused)?;
        let tags = [("relay", self.relay), ("challenge", challenge.as_str())];
        let tags = tags.map(|(name, value)| vec![name.to_owned(), value.to_owned()]);
        let mut chance = [0; 32];
        ctx.entropy.fill(&mut chance);
        let at = ctx.clock.now().as_millis().div_euclid(1_000);
        let event = Event::make(key, at, AUTH, tags.to_vec(), String::new(), &chance);
        let event = event.ok_or_else(refused)?;
        self.say(&json!(["AUTH", event.to_json()])).await?;
        self.taken(&event.id).await
    }

    async fn question(
        &mut self,
        filter: &Value,
        key: &Key,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Event>, Fault> {
        let message = json!(["REQ", QUESTION, filter]);
        self.say(&message).await?;
        let mut found = Vec::new();
        let mut introduced = false;
        for _ in 0..MAX_MESSAGES {
            let words = self.hear().await?;
            if words.get(1).is_none_or(|of| of != QUESTION) {
                continue;
            }
            match words.first().and_then(Value::as_str) {
                // What is not signed as it has to be was never written.
                Some("EVENT") => found.extend(words.get(2).and_then(Event::read)),
                Some("EOSE") => return Ok(found),
                Some("CLOSED") => {
                    let why = words.get(2).and_then(Value::as_str).unwrap_or_default();
                    if prefix(why) != "auth-required" || introduced {
                        return Err(Fault::Refused(why.to_owned()));
                    }
                    introduced = true;
                    self.introduce(why, key, ctx).await?;
                    self.say(&message).await?;
                }
                _ => {}
            }
        }
        Ok(found)
    }
}
