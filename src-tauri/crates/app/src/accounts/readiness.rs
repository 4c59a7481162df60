//! Whether accounts can publish, and exactly what they lack: from what is known here, without asking
//! a network or a keyring.

use model::account::{Account, AccountHealth};
use model::content::{MediaUse, Segment};
use model::error::{Fix, Severity};
use model::post::TargetDraft;
use model::{MediaId, Timestamp};
use networks::catalogue::{Entry, FieldKind};
use networks::connector::{CheckInput, Connector, MediaFacts, TextUse};
use serde_json::Map;

use super::ending::{AHEAD, end_of};
use crate::app::App;
use crate::error::Result;
use crate::types::accounts::OneAccount;
use crate::types::ahead::{AccountReadiness, Capabilities, Lack, LackKind, NextStep, Readiness};
use crate::types::queue::OfWorkspace;
use crate::words::DateWords;

impl App {
    /// Whether the accounts of a workspace can publish, and what they lack.
    pub async fn accounts_readiness(&self, input: OfWorkspace) -> Result<Readiness> {
        let mut conn = self.read().await?;
        let settings = crate::settings::read(&mut conn).await?;
        let words = self.date_words(&settings);
        let all = store::accounts::all(&mut conn).await?;
        let here = all.iter().filter(|a| a.workspace_id == input.id);
        Ok(Readiness {
            accounts: here.map(|a| self.readiness_of(a, words)).collect(),
        })
    }

    /// What an account can do, as the catalogue says, with what is the account's own.
    pub async fn accounts_capabilities(&self, input: OneAccount) -> Result<Capabilities> {
        let account = self.account(input.id).await?;
        let connector = self.connector(&account.network)?;
        let words = self.date_words(&self.settings().await?);
        let bare = TextUse {
            account: &account,
            text: "",
            options: &Map::new(),
            files: &[],
        };
        Ok(Capabilities {
            readiness: self.readiness_of(&account, words),
            max_text: connector.measure(&bare).limit,
            network: connector.entry().clone(),
        })
    }

    fn readiness_of(&self, account: &Account, words: DateWords) -> AccountReadiness {
        let connector = self.inner.config.registry.get(&account.network);
        let vault = self.inner.vault.last_status().problem;
        let ends = end_of(account).map(|end| {
            let (now, zone) = (self.inner.now(), &self.inner.config.system_zone);
            (end, now, words.near(end, now, zone))
        });
        let mut lacks = lacks(account, connector.map(|c| &**c), vault, ends);
        lacks.sort_by_key(|lack| !lack.stops);
        AccountReadiness {
            account_id: account.id,
            ready: lacks.iter().all(|lack| !lack.stops),
            lacks,
        }
    }
}

/// What an account lacks. `ends` is when its sign-in ends, now, and the former for people.
fn lacks(
    account: &Account,
    connector: Option<&dyn Connector>,
    vault: Option<String>,
    ends: Option<(Timestamp, Timestamp, String)>,
) -> Vec<Lack> {
    let lack = |kind, message: String, stops| Lack {
        kind,
        message,
        stops,
        next: next_step(kind),
    };
    let Some(connector) = connector else {
        let message = format!(
            "This Almanac does not know the network {}. Update it.",
            account.network
        );
        return vec![lack(LackKind::UnknownNetwork, message, true)];
    };
    let mut found = Vec::new();
    match &account.health {
        AccountHealth::NeedsReconnect { reason, .. } => {
            found.push(lack(LackKind::SignedOut, reason.clone(), true));
        }
        AccountHealth::Ok => {
            if let Some((end, now, when)) = ends.filter(|(end, now, _)| *end <= now.plus(AHEAD)) {
                // Whether it lasts beyond that, only its network can tell, which is asked once a day.
                let message = if end <= now {
                    format!(
                        "Its sign-in was to end {when}. Connect it again; posts and slots stay."
                    )
                } else {
                    format!(
                        "Its sign-in ends {when}. Connect it again before then; posts and slots stay."
                    )
                };
                found.push(lack(LackKind::SignInEnds, message, false));
            }
        }
    }
    let missing = connector.missing(account);
    if !missing.is_empty() {
        let stops = stops_everything(connector, account);
        let all = missing.into_iter();
        found.extend(all.map(|missing| {
            let public = missing.mended_by == Fix::OpenPublicFiles;
            let kind = LackKind::Setup;
            let next = if public {
                NextStep::OpenPublicFiles
            } else {
                next_step(kind)
            };
            Lack {
                next,
                ..lack(kind, missing.message, stops)
            }
        }));
    }
    if let Some(problem) = vault.filter(|_| keeps_secrets(connector.entry())) {
        found.push(lack(LackKind::Secrets, problem, true));
    }
    if let Some(reason) = &account.paused {
        let message = if reason.is_empty() {
            "It is paused. Its posts wait until you resume it.".to_owned()
        } else {
            format!("It is paused ({reason}). Its posts wait until you resume it.")
        };
        found.push(lack(LackKind::Paused, message, true));
    }
    found
}

const fn next_step(kind: LackKind) -> NextStep {
    match kind {
        LackKind::UnknownNetwork => NextStep::Update,
        LackKind::SignedOut | LackKind::SignInEnds | LackKind::Setup => NextStep::Reconnect,
        LackKind::Secrets => NextStep::OpenSecrets,
        LackKind::Paused => NextStep::Resume,
    }
}

/// Whether signing in leaves a secret with Almanac.
pub(crate) fn keeps_secrets(entry: &Entry) -> bool {
    let secret = entry.sign_in.fields().any(|f| f.kind == FieldKind::Secret);
    let browser = entry.sign_in.methods.iter().any(|m| m.browser.is_some());
    secret || browser
}

/// Whether nothing at all can be published as the account is: the check of every kind of post there
/// is says that it has to be connected again.
fn stops_everything(connector: &dyn Connector, account: &Account) -> bool {
    let entry = connector.entry();
    let samples = [
        (entry.publishes.text && !entry.publishes.needs_media, None),
        (entry.images.is_some(), Some("image/jpeg")),
        (entry.video.is_some(), Some("video/mp4")),
    ];
    let mut offered = samples.iter().filter(|(offered, _)| *offered);
    offered.all(|(_, mime)| is_refused(connector, account, *mime))
}

fn is_refused(connector: &dyn Connector, account: &Account, mime: Option<&str>) -> bool {
    let Ok(id) = "0".repeat(64).parse::<MediaId>() else {
        return false;
    };
    let mut segment = Segment::text("A");
    let mut media = Vec::new();
    if let Some(mime) = mime {
        segment
            .media
            .push(MediaUse::new(id.clone(), "A".to_owned()));
        media.push(MediaFacts {
            id,
            mime: mime.to_owned(),
            bytes: 100_000,
            width: Some(1_080),
            height: Some(1_080),
            clip: None,
            document: None,
            tool: media::video::Tool::Ready,
            missing: false,
        });
    }
    let draft = TargetDraft {
        account_id: account.id,
        override_segments: None,
        options: serde_json::Map::new(),
    };
    let problems = connector.check(CheckInput {
        account,
        segments: &[segment],
        draft: &draft,
        media: &media,
    });
    problems
        .iter()
        .any(|p| p.severity == Severity::Error && p.fixes.contains(&Fix::Reconnect))
}
