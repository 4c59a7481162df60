//! Finding people for mentions.

use model::account::Account;
use serde_json::Value;

use super::Bluesky;
use super::client::{Auth, CallError};
use super::session::Failed;
use crate::connector::{Choice, Ctx, Refusal};

/// How many people are asked for; the lexicon allows 100.
const MAX_PEOPLE: &str = "12";
/// Longest name on screen, in characters.
const MAX_LABEL: usize = 200;

impl Bluesky {
    /// People whose name or handle begins so (`app.bsky.actor.searchActorsTypeahead`). The account's
    /// server passes the question on to the app view behind it; one without an app view finds nobody.
    pub(super) async fn people(
        &self,
        account: &Account,
        query: &str,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Choice>, Refusal> {
        let xrpc = &self.xrpc;
        let answer = self
            .sessions
            .call(account, ctx, |token| async move {
                let method = "app.bsky.actor.searchActorsTypeahead";
                let parameters = [("q", query), ("limit", MAX_PEOPLE)];
                let auth = Auth::Bearer(&token);
                xrpc.query(&account.server, method, &parameters, auth, ctx.clock)
                    .await
            })
            .await;
        match answer {
            Ok(answer) => {
                let people = answer.get("actors").and_then(Value::as_array);
                Ok(people.into_iter().flatten().filter_map(person).collect())
            }
            Err(Failed::Call(CallError::Answered(error))) if error.has_no_app_view() => Ok(vec![]),
            Err(failed) => Err(failed.told(&account.handle)),
        }
    }
}

fn person(person: &Value) -> Option<Choice> {
    let text = |name: &str| person.get(name).and_then(Value::as_str).map(str::trim);
    // An account whose handle does not lead back to it cannot be mentioned.
    let handle = text("handle").filter(|h| !h.is_empty() && *h != "handle.invalid")?;
    let label = match text("displayName").filter(|n| !n.is_empty()) {
        Some(name) => format!("{name} (@{handle})"),
        None => format!("@{handle}"),
    };
    Some(Choice {
        value: format!("@{handle}"),
        label: label
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_LABEL)
            .collect(),
    })
}
