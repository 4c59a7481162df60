//! What happened, and what needs the person.

use std::collections::{BTreeMap, BTreeSet};

use model::account::AccountHealth;
use model::delivery::DeliveryState;
use model::failure::Category;
use model::post::{AttemptOutcome, CommentState, Post};
use model::{AttemptId, PostId, TargetId, Timestamp};
use networks::catalogue::Support;
use publisher::kept;
use store::{Conn, activity, posts as rows, troubles};

use crate::app::App;
use crate::error::Result;
use crate::types::activity::{
    Activity, ActivityEntry, ActivityQuery, Trouble, TroubleKind, TroublePost, Troubles,
};
use crate::types::programs::AskSeen;
use crate::types::{ApiError, Nothing};
use crate::words::posts as counted_posts;

/// Most pages looked through for entries that need the person.
const MOST_PAGES: usize = 50;
/// Most posts named in one trouble.
const MOST_POSTS: usize = 200;

impl App {
    /// What happened, newest first.
    pub async fn activity_list(&self, input: ActivityQuery) -> Result<Activity> {
        let limit = input.limit.clamp(1, 200) as usize;
        let mut after = input.before.as_deref().map(read_cursor).transpose()?;
        let mut conn = self.read().await?;
        let mut entries = Vec::new();
        let mut seen: BTreeSet<TargetId> = BTreeSet::new();
        for _ in 0..MOST_PAGES {
            let page = activity::page(&mut conn, after, 200).await?;
            let full = page.len() == 200;
            let posts = posts_of(&mut conn, &page).await?;
            for found in page {
                after = Some((found.attempt.started_at, found.attempt.id));
                let Some(entry) = entry(found, &posts) else {
                    continue;
                };
                // Only the newest attempt of a target tells how it stands.
                let newest = seen.insert(entry.attempt.target_id);
                if input.only_needs_person && !(newest && needs_person(&entry)) {
                    continue;
                }
                if entries.len() == limit {
                    return Ok(Activity {
                        entries,
                        more: true,
                    });
                }
                entries.push(entry);
            }
            if !full {
                break;
            }
        }
        Ok(Activity {
            entries,
            more: false,
        })
    }

    /// What needs the person, worst first; the same trouble of many posts is one.
    pub async fn activity_troubles(&self, _: Nothing) -> Result<Troubles> {
        let mut conn = self.read().await?;
        let found = troubles::all(&mut conn).await?;
        let accounts = store::accounts::all(&mut conn).await?;
        let waiting: Vec<_> = {
            let mut waiting = Vec::new();
            for account in &accounts {
                if let AccountHealth::NeedsReconnect { reason, .. } = &account.health {
                    let posts = troubles::waiting_for(&mut conn, account.id).await?;
                    waiting.push((account, reason, posts));
                }
            }
            waiting
        };
        let mut same: Vec<Same> = Vec::new();
        for one in found {
            let sentence = self.sentence(&one, &accounts);
            let handed_over = self.hands_over(&one, &accounts);
            add(&mut same, &one, &sentence, handed_over);
        }
        let mut grouped: Vec<Trouble> = same.into_iter().map(Same::told).collect();
        for (account, reason, posts) in waiting {
            let name = self.name_of_account(account);
            // The network's reason says what happened and what to do: a deleted account was not
            // signed out.
            let message = match posts.len() {
                0 => format!("{name} is not connected. {reason}"),
                1 => format!("1 post waits for {name}. {reason}"),
                n => format!("{} wait for {name}. {reason}", counted_posts(n)),
            };
            grouped.push(Trouble {
                kind: TroubleKind::Reconnect,
                message,
                detail: None,
                account_id: Some(account.id),
                count: posts.len() as u32,
                posts: posts.iter().take(MOST_POSTS).map(post_of).collect(),
            });
        }
        if let Some(problem) = self.inner.vault.last_status().problem {
            grouped.push(Trouble {
                kind: TroubleKind::Vault,
                message: problem,
                detail: None,
                account_id: None,
                posts: Vec::new(),
                count: 0,
            });
        }
        grouped.sort_by_key(|t| t.kind);
        Ok(Troubles { troubles: grouped })
    }

    /// Whether it is the person who posts this.
    fn hands_over(&self, one: &troubles::Row, accounts: &[model::account::Account]) -> bool {
        let account = accounts.iter().find(|a| Some(a.id) == one.account_id);
        account
            .and_then(|a| self.inner.config.registry.get(&a.network))
            .is_some_and(|c| c.entry().support == Support::HandOff)
    }

    /// What did not happen, and why.
    fn sentence(&self, one: &troubles::Row, accounts: &[model::account::Account]) -> String {
        let place = accounts
            .iter()
            .find(|a| Some(a.id) == one.account_id)
            .map_or_else(
                || "a removed account".to_owned(),
                |a| self.name_of_account(a),
            );
        let why = one.message.as_deref().unwrap_or_default();
        let sentence = match one.kind {
            troubles::Kind::Failed => format!("Not posted to {place}. {why}"),
            troubles::Kind::Unconfirmed if self.hands_over(one, accounts) => why.to_owned(),
            troubles::Kind::Unconfirmed => {
                format!("It may or may not be on {place}. Look there, then say which. {why}")
            }
            troubles::Kind::Missed if !why.is_empty() => {
                format!("Not posted to {place}. {why}")
            }
            troubles::Kind::Missed => {
                format!("Not posted to {place}: the computer was off or asleep at its time.")
            }
            troubles::Kind::Waiting => format!("It waits for {place}."),
            troubles::Kind::NotCommented => {
                format!("The post is on {place}, and its first comment is not. {why}")
            }
            troubles::Kind::HeldEdit => {
                "Held at its time, since an open edit differs from what would go out.".to_owned()
            }
            troubles::Kind::Asked(ask) => {
                let time = if ask.at_once { "now" } else { "at its time" };
                let since = if ask.changed {
                    " It was changed since it was first asked for, so look at it again."
                } else {
                    ""
                };
                format!("{why} asks that this go out {time}.{since}")
            }
        };
        sentence.trim_end().to_owned()
    }
}

/// The same trouble of some posts.
struct Same {
    trouble: Trouble,
    /// How many of the posts other accounts have already.
    others_out: u32,
}

impl Same {
    /// With what is safe: posts that did not go out are here still.
    fn told(self) -> Trouble {
        let mut trouble = self.trouble;
        if matches!(
            trouble.kind,
            TroubleKind::Failed | TroubleKind::Missed | TroubleKind::OverBudget
        ) {
            trouble.message.push(' ');
            trouble
                .message
                .push_str(kept(trouble.count, self.others_out));
        }
        trouble
    }
}

fn add(grouped: &mut Vec<Same>, one: &troubles::Row, message: &str, handed_over: bool) {
    let kind = match one.kind {
        troubles::Kind::Unconfirmed if handed_over => TroubleKind::YourTurn,
        troubles::Kind::Unconfirmed => TroubleKind::Unconfirmed,
        troubles::Kind::Failed if one.category == Some(Category::OverBudget) => {
            TroubleKind::OverBudget
        }
        troubles::Kind::Failed => TroubleKind::Failed,
        troubles::Kind::Missed => TroubleKind::Missed,
        troubles::Kind::NotCommented => TroubleKind::NotCommented,
        troubles::Kind::HeldEdit => TroubleKind::HeldEdit,
        troubles::Kind::Asked(_) => TroubleKind::Asked,
        troubles::Kind::Waiting => TroubleKind::Reconnect,
    };
    let others_out = u32::from(one.others_out);
    let same = |s: &&mut Same| {
        let t = &s.trouble;
        t.kind == kind && t.account_id == one.account_id && t.message == message
    };
    if let Some(found) = grouped.iter_mut().find(same) {
        found.others_out += others_out;
        let trouble = &mut found.trouble;
        trouble.count += 1;
        if trouble.posts.len() < MOST_POSTS {
            trouble.posts.push(post_of(one));
        }
        return;
    }
    grouped.push(Same {
        trouble: Trouble {
            kind,
            message: message.to_owned(),
            detail: one.detail.clone(),
            account_id: one.account_id,
            posts: vec![post_of(one)],
            count: 1,
        },
        others_out,
    });
}

fn post_of(one: &troubles::Row) -> TroublePost {
    let asked = match one.kind {
        troubles::Kind::Asked(ask) => Some(AskSeen {
            version: ask.version,
            at_once: ask.at_once,
        }),
        _ => None,
    };
    TroublePost {
        id: one.post_id,
        target_id: one.target_id,
        words: one.words.clone(),
        at: one.at,
        asked,
    }
}

fn needs_person(entry: &ActivityEntry) -> bool {
    use DeliveryState::{Failed, Missed, Unconfirmed};
    let comment = entry.first_comment.as_ref().map(|c| c.state);
    matches!(entry.state, Unconfirmed | Failed | Missed) || comment == Some(CommentState::Failed)
}

async fn posts_of(conn: &mut Conn, page: &[activity::Entry]) -> Result<BTreeMap<PostId, Post>> {
    let ids: BTreeSet<PostId> = page.iter().map(|e| e.post_id).collect();
    let ids: Vec<PostId> = ids.into_iter().collect();
    Ok(rows::get_many(conn, &ids)
        .await?
        .into_iter()
        .map(|p| (p.id, p))
        .collect())
}

fn entry(found: activity::Entry, posts: &BTreeMap<PostId, Post>) -> Option<ActivityEntry> {
    let post = posts.get(&found.post_id)?;
    let target = post
        .targets
        .iter()
        .find(|t| t.id == found.attempt.target_id)?;
    Some(ActivityEntry {
        cursor: format!(
            "{}:{}",
            found.attempt.started_at.as_millis(),
            found.attempt.id
        ),
        post_id: found.post_id,
        words: found.words,
        account_id: found.account_id,
        state: target.state,
        status: post.status,
        url: target.remote_url.clone(),
        next_try: (target.state == DeliveryState::Waiting && found.attempt.will_retry)
            .then_some(found.tries + 1),
        first_comment: target
            .first_comment
            .clone()
            .filter(|_| found.attempt.outcome == AttemptOutcome::Sent),
        attempt: found.attempt,
    })
}

fn read_cursor(text: &str) -> Result<(Timestamp, AttemptId)> {
    let bad = || {
        ApiError::invalid(
            "before",
            "That is no place in the list. Read it from the top.",
        )
    };
    let (at, id) = text.split_once(':').ok_or_else(bad)?;
    let at = at.parse().map_err(|_| bad())?;
    Ok((Timestamp::from_millis(at), id.parse().map_err(|_| bad())?))
}
