//! What is told of a thing, as it stood when it happened.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::account::{Account, AccountHealth};
use model::event::{
    AccountFacts, CALENDAR_NOTE, EVENT_NOTE, EventFacts, EventKind, PostFacts, TargetFacts,
};
use model::post::{Post, Target};
use model::when::When;
use model::{AccountId, CalendarId, PostId, WorkspaceId};
use serde_json::Value;

use super::{Happened, Listener};
use crate::error::Result;
use crate::table::words::{parse, to_json};
use crate::table::{accounts, posts, programs};
use crate::tx::Tx;

/// Everything that facts are made of.
pub(super) struct Known {
    posts: HashMap<String, Post>,
    calendars: HashMap<CalendarId, WorkspaceId>,
    accounts: BTreeMap<AccountId, Account>,
    /// What programs noted of posts, and of the calendars they stand on.
    notes: HashMap<String, Value>,
    calendar_notes: HashMap<String, Value>,
}

impl Known {
    /// Reads it for what happened that somebody wants to hear of.
    pub(super) async fn read(
        tx: &mut Tx,
        happened: &[Happened],
        listeners: &[Listener],
    ) -> Result<Self> {
        let wanted = |h: &&Happened| listeners.iter().any(|l| l.kinds.contains(&h.kind));
        let (mut ids, mut of_accounts) = (BTreeSet::<PostId>::new(), BTreeSet::new());
        for one in happened.iter().filter(wanted) {
            if one.kind == EventKind::AccountDisconnected {
                of_accounts.insert(parse::<AccountId>(&one.id)?);
            } else {
                ids.insert(parse(&one.id)?);
            }
        }
        let ids: Vec<PostId> = ids.into_iter().collect();
        let posts = posts::get_many(tx, &ids).await?;
        for target in posts.iter().flat_map(|p| &p.targets) {
            of_accounts.insert(target.draft.account_id);
        }
        let list = to_json(&of_accounts)?;
        let accounts = accounts::get_many(tx, &list).await?;
        let of_posts: Vec<String> = posts.iter().map(|p| p.id.to_string()).collect();
        let stood_on: BTreeSet<CalendarId> = posts.iter().map(|p| p.calendar_id).collect();
        let stood_on: Vec<String> = stood_on.iter().map(ToString::to_string).collect();
        let calendars: Vec<(String, String)> =
            sqlx::query_as("SELECT id, workspace_id FROM calendars")
                .fetch_all(tx.sql())
                .await?;
        Ok(Self {
            posts: posts.into_iter().map(|p| (p.id.to_string(), p)).collect(),
            calendars: calendars
                .iter()
                .map(|(id, workspace)| Ok((parse(id)?, parse(workspace)?)))
                .collect::<Result<_>>()?,
            accounts: accounts.into_iter().map(|a| (a.id, a)).collect(),
            notes: programs::notes_of_any(tx, EVENT_NOTE, &of_posts).await?,
            calendar_notes: programs::notes_of_any(tx, CALENDAR_NOTE, &stood_on).await?,
        })
    }

    /// Whose event it is and what it says; none when the thing is gone or nobody wants it.
    pub(super) fn facts(&self, one: &Happened) -> Result<Option<(WorkspaceId, EventFacts)>> {
        if one.kind == EventKind::AccountDisconnected {
            let account = self.accounts.get(&parse::<AccountId>(&one.id)?);
            return Ok(account.map(|a| (a.workspace_id, of_account(a))));
        }
        let Some(post) = self.posts.get(&one.id) else {
            return Ok(None);
        };
        let target = post.targets.iter().find(|t| t.id.to_string() == one.target);
        if target.is_none() && !one.target.is_empty() {
            return Ok(None);
        }
        let workspace = self.calendars.get(&post.calendar_id);
        Ok(workspace.map(|w| (*w, self.of_post(post, target))))
    }

    fn of_post(&self, post: &Post, target: Option<&Target>) -> EventFacts {
        let segments = target
            .and_then(|t| t.draft.override_segments.as_ref())
            .unwrap_or(&post.segments);
        let texts: Vec<&str> = segments.iter().map(|s| s.text.as_str()).collect();
        let mut networks: Vec<String> = Vec::new();
        for account in post.targets.iter().map(|t| t.draft.account_id) {
            if let Some(account) = self.accounts.get(&account)
                && !networks.contains(&account.network)
            {
                networks.push(account.network.clone());
            }
        }
        EventFacts {
            post: Some(PostFacts {
                id: post.id,
                calendar_id: post.calendar_id,
                title: post.title.clone(),
                text: texts.join("\n\n"),
                status: post.status,
                content_type: post.content_type,
                at: post.when.stands_at(),
                removed: post.deleted_at.is_some(),
                networks,
                planned: matches!(post.when, When::Planned { .. }),
                note: self.notes.get(&post.id.to_string()).cloned(),
                calendar_note: self
                    .calendar_notes
                    .get(&post.calendar_id.to_string())
                    .cloned(),
            }),
            target: target.map(target_facts),
            account: target
                .and_then(|t| self.accounts.get(&t.draft.account_id))
                .map(account_facts),
        }
    }
}

fn of_account(account: &Account) -> EventFacts {
    EventFacts {
        account: Some(account_facts(account)),
        ..EventFacts::default()
    }
}

fn account_facts(account: &Account) -> AccountFacts {
    AccountFacts {
        id: account.id,
        network: account.network.clone(),
        handle: account.handle.clone(),
        reason: match &account.health {
            AccountHealth::Ok => None,
            AccountHealth::NeedsReconnect { reason, .. } => Some(reason.clone()),
        },
    }
}

fn target_facts(target: &Target) -> TargetFacts {
    let failure = target.failure.as_ref();
    TargetFacts {
        id: target.id,
        state: target.state,
        published_at: target.published_at,
        remote_id: target.remote_id.clone(),
        remote_url: target.remote_url.clone(),
        category: failure.map(|f| f.category),
        message: failure.map(|f| f.message.clone()),
        next_try_at: failure.and_then(|f| f.next_try_at),
    }
}
