//! Reading back what a chosen key holds: how an uncertain send is decided.

use model::account::Account;
use serde_json::{Value, json};

use super::client::{Auth, CallError};
use super::errors::{self, Doing};
use super::publish::shown;
use super::record::{COLLECTION, Strong};
use super::{Bluesky, Handle};
use crate::connector::{Confirmation, Ctx, Delivered, Job, Refusal};

/// What a record key holds on the server.
pub(super) enum Held {
    Nothing,
    Record(Strong, Value),
}

impl Bluesky {
    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        let Ok(handle) = Handle::read(&job.handle, job.segments.len()) else {
            return Confirmation::CannotTell(
                "Almanac no longer knows under which name this was sent to Bluesky.".to_owned(),
            );
        };
        let mut posted = Vec::new();
        for (n, key) in handle.keys.iter().enumerate() {
            if let Some(strong) = shown(job, n) {
                posted.push(strong);
                continue;
            }
            match self.held(&job.account, key, ctx).await {
                Ok(Held::Record(strong, _)) => posted.push(strong),
                Ok(Held::Nothing) => return Confirmation::Absent,
                Err(refusal) => return Confirmation::NotNow(refusal),
            }
        }
        Confirmation::Found(delivered(&job.account, &posted))
    }

    /// Reads back what a key holds. Needs no session.
    pub(super) async fn held(
        &self,
        account: &Account,
        key: &str,
        ctx: Ctx<'_>,
    ) -> Result<Held, Refusal> {
        let parameters = [
            ("repo", account.remote_id.as_str()),
            ("collection", COLLECTION),
            ("rkey", key),
        ];
        let method = "com.atproto.repo.getRecord";
        match self
            .xrpc
            .query(&account.server, method, &parameters, Auth::None, ctx.clock)
            .await
        {
            Ok(answer) => match Strong::read(&answer) {
                Some(strong) => Ok(Held::Record(
                    strong,
                    answer.get("value").cloned().unwrap_or_default(),
                )),
                None => Err(odd_answer("getRecord without a record", &account.handle)),
            },
            Err(error) if error.is("RecordNotFound") => Ok(Held::Nothing),
            // Older servers answer so.
            Err(CallError::Answered(e))
                if e.status == 400
                    && e.error == "InvalidRequest"
                    && e.message.starts_with("Could not locate record") =>
            {
                Ok(Held::Nothing)
            }
            Err(error) => Err(errors::refusal(&error, Doing::Calling, &account.handle)),
        }
    }
}

/// An answer in the protocol's form that lacks what it has to have.
fn odd_answer(what: &str, handle: &str) -> Refusal {
    let odd = CallError::Strange {
        status: 200,
        detail: what.to_owned(),
    };
    errors::refusal(&odd, Doing::Calling, handle)
}

/// A post as later calls need it.
pub(super) fn delivered(account: &Account, posted: &[Strong]) -> Delivered {
    let first = posted.first();
    Delivered {
        remote_id: first.map(|s| s.uri.clone()).unwrap_or_default(),
        url: first.map(|s| {
            format!(
                "https://bsky.app/profile/{}/post/{}",
                account.remote_id,
                s.key()
            )
        }),
        remote: json!({ "segments": posted.iter().map(Strong::to_json).collect::<Vec<_>>() }),
    }
}
