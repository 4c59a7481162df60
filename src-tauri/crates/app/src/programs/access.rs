//! Programs that ask a person for access: OAuth 2.0 (RFC 6749) with proof keys (RFC 7636).
//!
//! A person registers a program with the one address its browser goes back to. The program sends a browser
//! here, the question stands in the settings until the person answers, and the code that the browser takes
//! back is exchanged once for a key that lives an hour and a token that renews it. A code or a token that
//! is used a second time was stolen or lost: the key that came of it is revoked.

mod grant;

pub use grant::{Client, Grant, GrantError};

use model::change::Actor;
use model::key::KeyRole;
use model::{Timestamp, WorkspaceId};
use publisher::NoticeKind;
use std::time::Duration;
use store::access::{self, Program, Request};
use store::keys;

use super::keys::hash_of;
use crate::app::App;
use crate::error::Result;
use crate::types::access::{
    AccessAnswer, AccessAsk, AccessList, AccessProgram, AccessRegister, AccessRegistered,
    OneAccessProgram,
};
use crate::types::accounts::OneWorkspace;
use crate::types::{ApiError, Nothing, Written};
use crate::workspaces::a_name;
use crate::written::without_undo;

/// Most programs of a workspace.
const MOST: usize = 50;
/// Most questions that wait at a time, of all programs together.
const MOST_ASKS: u32 = 20;
/// Longest address that a browser goes back to, in bytes.
const MAX_URI: usize = 2_000;
/// How long a question and its code count: RFC 6749 section 4.1.2 asks for ten minutes at most.
const LIFE: Duration = Duration::from_mins(10);
/// What a program's secret begins with.
const SECRET: &str = "as_";
/// What a code begins with.
const CODE: &str = "ac_";
/// Random bytes of each of them.
const BYTES: usize = 32;

/// What a program asks through a browser.
#[derive(Debug, Clone)]
pub struct AccessWish {
    /// The program.
    pub program: String,
    /// What it wants to do.
    pub role: KeyRole,
    /// What goes back as it came.
    pub state: String,
    /// The S256 challenge of its proof key; none without one.
    pub challenge: Option<String>,
}

/// How a question stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessStanding {
    /// It is too old, was exchanged, or never was.
    Gone,
    /// The person has not answered.
    Waits {
        /// What people call the program.
        name: String,
        /// What it wants to do.
        role: KeyRole,
    },
    /// The person answered: the browser goes back.
    Answered {
        /// Where to.
        redirect_uri: String,
        /// What goes back as it came.
        state: String,
        /// The code after a yes; none after a no.
        code: Option<String>,
    },
}

impl App {
    /// The programs of a workspace that may ask, and what they ask.
    pub async fn access_list(&self, input: OneWorkspace) -> Result<AccessList> {
        let mut conn = self.read().await?;
        let given = access::given(&mut conn, input.id).await?;
        let used = keys::of_workspace(&mut conn, input.id).await?;
        let programs = access::programs(&mut conn, input.id).await?;
        let waiting = access::waiting(&mut conn, self.since()).await?;
        let programs = programs.into_iter().map(|program| {
            let own = used.iter().filter(|key| {
                let granted = (program.id.clone(), key.id);
                key.revoked_at.is_none() && given.contains(&granted)
            });
            let (granted, last_used_at) = own.fold((0, None), |(count, last), key| {
                (count + 1, last.max(key.last_used_at))
            });
            AccessProgram {
                granted,
                last_used_at,
                ..shown(program)
            }
        });
        let asks = waiting
            .into_iter()
            .filter(|ask| ask.program.workspace_id == input.id);
        Ok(AccessList {
            programs: programs.collect(),
            asks: asks
                .map(|ask| AccessAsk {
                    id: ask.id,
                    name: ask.program.name,
                    redirect_uri: ask.program.redirect_uri,
                    role: ask.role,
                })
                .collect(),
        })
    }

    /// Lets a program ask for access. Its secret is shown once. Cannot be undone: it is removed instead.
    pub async fn access_register(
        &self,
        input: AccessRegister,
    ) -> Result<Written<AccessRegistered>> {
        let name = a_name(&input.name)?;
        let redirect_uri = way_back(&input.redirect_uri)?;
        let secret = format!("{SECRET}{}", self.random_hex(BYTES));
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        let there = store::workspaces::all(&mut tx).await?;
        if !there.iter().any(|w| w.id == input.workspace_id) {
            return Err(ApiError::missing("workspace"));
        }
        if access::programs(&mut tx, input.workspace_id).await?.len() >= MOST {
            return Err(ApiError::conflict(format!(
                "A workspace has at most {MOST} programs that may ask. Remove one that is not used any more."
            )));
        }
        let program = Program {
            id: self.random_hex(16),
            workspace_id: input.workspace_id,
            name,
            redirect_uri,
            created_at: tx.now(),
        };
        access::put(&mut tx, &program, &hash_of(&secret)).await?;
        tx.commit().await?;
        let made = AccessRegistered {
            program: shown(program),
            secret,
        };
        Ok(without_undo(made, Vec::new()))
    }

    /// Shuts a program out at once and for good. Cannot be undone.
    pub async fn access_remove(&self, input: OneAccessProgram) -> Result<Written<Nothing>> {
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        if !access::remove(&mut tx, input.workspace_id, &input.id).await? {
            return Err(ApiError::missing("program"));
        }
        tx.commit().await?;
        Ok(without_undo(Nothing {}, Vec::new()))
    }

    /// Answers a program that asks for access.
    pub async fn access_answer(&self, input: AccessAnswer) -> Result<Written<Nothing>> {
        let gone =
            || ApiError::conflict("Nobody asks for this any more. Start again in the program.");
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        let asked = access::one(&mut tx, &input.id, self.since()).await?;
        let asked = asked.filter(|ask| ask.program.workspace_id == input.workspace_id);
        let asked = asked.ok_or_else(gone)?;
        if !access::answer(&mut tx, &asked.id, input.yes).await? {
            return Err(gone());
        }
        tx.commit().await?;
        Ok(without_undo(Nothing {}, Vec::new()))
    }

    /// Where the browser of a program goes back to; none when there is no such program, or when it names
    /// another address than the one that was registered.
    pub async fn access_way_back(
        &self,
        program: &str,
        named: Option<&str>,
    ) -> Result<Option<String>> {
        let mut conn = self.read().await?;
        let found = access::by_id(&mut conn, program).await?;
        let own = found.map(|found| found.program.redirect_uri);
        Ok(own.filter(|own| named.is_none_or(|named| named == own)))
    }

    /// Puts a program's question to the person, and gives what the browser asks after it with.
    pub async fn access_ask(&self, wish: AccessWish) -> Result<String> {
        let id = self.random_hex(BYTES);
        let mut tx = self.inner.store.begin(Actor::Program).await?;
        let found = access::by_id(&mut tx, &wish.program).await?;
        let program = found.ok_or_else(|| ApiError::missing("program"))?.program;
        let sentence = format!(
            "{} asks for access to Almanac. Answer it in Settings, Programs, within ten minutes.",
            program.name
        );
        let request = Request {
            id: id.clone(),
            program,
            role: wish.role,
            state: wish.state,
            challenge: wish.challenge,
            answer: None,
            key: None,
        };
        access::ask(&mut tx, &request, self.since(), MOST_ASKS).await?;
        tx.commit().await?;
        if let Some(publisher) = self.inner.publisher() {
            publisher.tell(NoticeKind::AccessAsked, sentence);
        }
        Ok(id)
    }

    /// How a question stands. After a yes each look gives a new code, and the one before counts no more.
    pub async fn access_standing(&self, ask: &str) -> Result<AccessStanding> {
        let mut conn = self.read().await?;
        let found = access::one(&mut conn, ask, self.since()).await?;
        drop(conn);
        let Some(asked) = found.filter(|asked| asked.key.is_none()) else {
            return Ok(AccessStanding::Gone);
        };
        let program = asked.program;
        let code = match asked.answer {
            None => {
                return Ok(AccessStanding::Waits {
                    name: program.name,
                    role: asked.role,
                });
            }
            Some(false) => None,
            Some(true) => {
                let code = format!("{CODE}{}", self.random_hex(BYTES));
                let mut tx = self.inner.store.begin(Actor::Program).await?;
                access::put_code(&mut tx, ask, &hash_of(&code)).await?;
                tx.commit().await?;
                Some(code)
            }
        };
        Ok(AccessStanding::Answered {
            redirect_uri: program.redirect_uri,
            state: asked.state,
            code,
        })
    }

    /// What was asked before this instant counts no more.
    fn since(&self) -> Timestamp {
        let now = self.inner.now().as_millis();
        Timestamp::from_millis(now.saturating_sub(LIFE.as_millis() as i64))
    }

    /// The keys of a workspace that a person made, without those that programs were given.
    pub(super) async fn made_keys(&self, workspace: WorkspaceId) -> Result<Vec<keys::Key>> {
        let mut conn = self.read().await?;
        let given = access::given(&mut conn, workspace).await?;
        let mut all = keys::of_workspace(&mut conn, workspace).await?;
        all.retain(|key| !given.iter().any(|(_, id)| *id == key.id));
        Ok(all)
    }
}

fn shown(program: Program) -> AccessProgram {
    AccessProgram {
        id: program.id,
        workspace_id: program.workspace_id,
        name: program.name,
        redirect_uri: program.redirect_uri,
        created_at: program.created_at,
        granted: 0,
        last_used_at: None,
    }
}

/// An address that a browser may go back to: what it carries opens the calendar, so it travels encrypted
/// or not at all (RFC 8252 section 7.3 for this computer).
fn way_back(typed: &str) -> Result<String> {
    let wrong = || {
        ApiError::invalid(
            "redirectUri",
            "The address has to begin with https://, or with http://127.0.0.1 or http://localhost for a program on this computer, without a # in it.",
        )
    };
    let typed = typed.trim();
    let url = url::Url::parse(typed).map_err(|_| wrong())?;
    let here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let good = url.scheme() == "https" || (url.scheme() == "http" && here);
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if typed.len() > MAX_URI || !good || !bare || url.host_str().is_none() {
        return Err(wrong());
    }
    Ok(typed.to_owned())
}
