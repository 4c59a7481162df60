//! The weekly plan and the queue.

use std::collections::BTreeSet;

use jiff::civil;
use model::post::{Chip, Post, TimeSource};
use model::slot::{Plan, Slot, SlotTime};
use model::status::ShownStatus;
use model::when::{WallTime, resolve};
use model::{AccountId, PostId, Timestamp};
use store::{Conn, posts as rows, publishing, slots};

use crate::app::App;
use crate::error::Result;
use crate::into_slot::refuse_own_time;
use crate::posts::Scene;
use crate::running::next_post;
use crate::types::posts::PostsChanged;
use crate::types::queue::{
    FreeSlot, NextFree, OfWorkspace, PausedDay, Queue, QueueColumn, QueueEntry, QueueQuery,
    QueueReorder, Slots, SlotsPreview, SlotsReplace,
};
use crate::types::{ApiError, Written};
use crate::words;
use crate::written::without_undo;

/// Most slots of an account: one every ten minutes.
const MAX_SLOTS: usize = 1_000;
/// Furthest a queue is shown, in days.
pub(crate) const MAX_DAYS: i64 = 400;

impl App {
    /// Weekly plans of a workspace.
    pub async fn slots_list(&self, input: OfWorkspace) -> Result<Slots> {
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let here = |s: &Slot| {
            scene
                .accounts
                .iter()
                .any(|a| a.id == s.account_id && a.workspace_id == input.id)
        };
        Ok(Slots {
            slots: scene.slots.iter().filter(|s| here(s)).cloned().collect(),
        })
    }

    /// What a new weekly plan would do to queued posts.
    pub async fn slots_preview(&self, input: SlotsReplace) -> Result<SlotsPreview> {
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let new = plan(&scene, &input, || model::SlotId(uuid::Uuid::nil()))?;
        let new = scene.plan_with(input.account_id, new);
        let queued = queued(&mut conn, &scene, input.account_id).await?;
        Ok(SlotsPreview {
            affected: homeless(&queued, &new, scene.now).len() as u32,
        })
    }

    /// Replaces the weekly plan of an account; queued posts follow it, or keep their times as their own.
    pub async fn slots_replace(&self, input: SlotsReplace) -> Result<Written<Slots>> {
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let name = scene.account_name(input.account_id);
        let queued = queued(&mut conn, &scene, input.account_id).await?;
        let taken = scene.taken(&mut conn, input.account_id, scene.now).await?;
        let ids = self.ids();
        let slots = plan(&scene, &input, || model::SlotId(ids.uuid()))?;
        let new = scene.plan_with(input.account_id, slots.clone());
        let homeless = homeless(&queued, &new, scene.now);
        let moves = if homeless.is_empty() {
            Vec::new()
        } else if input.follow {
            follow(&queued, &new, &taken, scene.now)?
        } else {
            let posts = rows::get_many(&mut conn, &homeless).await?;
            posts
                .into_iter()
                .map(|p| rows::Move::to(p.id, p.when))
                .collect()
        };
        drop(conn);
        let mut writing = self
            .step(format!("Changed the weekly plan of {name}"))
            .await?;
        slots::replace(&mut writing.tx, input.account_id, &slots).await?;
        let moved = rows::move_many(&mut writing.tx, &moves).await?.len();
        if moved > 0 {
            writing.notes.push(if input.follow {
                format!("{} moved to the new times.", words::posts(moved))
            } else {
                format!("{} kept as times of their own.", words::posts(moved))
            });
        }
        writing.done(Slots { slots }).await
    }

    /// The queue, one column per account.
    pub async fn queue_view(&self, input: QueueQuery) -> Result<Queue> {
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let furthest = scene.now.as_millis() + MAX_DAYS * 86_400_000;
        let until = input.until.min(Timestamp::from_millis(furthest));
        let calendars: Vec<_> = scene
            .calendars
            .iter()
            .filter(|c| c.workspace_id == input.workspace_id)
            .map(|c| c.id)
            .collect();
        let calendars = scene.only_active(&calendars);
        let chips = rows::range(&mut conn, scene.now, until, &calendars).await?;
        let waiting: Vec<&Chip> = chips.iter().filter(|c| waits(c)).collect();
        let columns = scene
            .accounts
            .iter()
            .filter(|a| a.workspace_id == input.workspace_id)
            .map(|account| column(&scene, account.id, &waiting, until))
            .collect();
        // Through the connection at hand: whoever takes a second one while holding the first waits for
        // others that do the same.
        let next = publishing::next_due(&mut conn).await?.map(next_post);
        Ok(Queue { columns, next })
    }

    /// The next free slot of accounts, their plans tried in the order given.
    pub async fn queue_next_free(&self, input: NextFree) -> Result<FreeSlot> {
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let after = input.after.map_or(scene.now, |after| after.max(scene.now));
        let slot = scene
            .next_free(&mut conn, &input.account_ids, after)
            .await?;
        Ok(FreeSlot { slot })
    }

    /// Puts queued posts into another order: their times are dealt out anew among them.
    pub async fn queue_reorder(&self, input: QueueReorder) -> Result<Written<PostsChanged>> {
        let posts = self.all_there(&input.ids).await?;
        if input.ids.iter().collect::<BTreeSet<_>>().len() != input.ids.len() {
            return Err(ApiError::invalid("ids", "A post was named twice."));
        }
        for post in &posts {
            refuse_own_time(post, input.account_id)?;
        }
        let plan = {
            let mut conn = self.read().await?;
            Scene::read(self, &mut conn)
                .await?
                .plan_of(input.account_id)
        };
        // Nothing is dealt onto a day that is paused; what stands there all the same stays.
        let dealt: Vec<&Post> = posts
            .iter()
            .filter(|p| p.when.stands_at().is_some_and(|at| !plan.is_paused_at(at)))
            .collect();
        let mut times: Vec<_> = dealt.iter().map(|p| p.when.clone()).collect();
        times.sort_by_key(model::when::When::stands_at);
        let moves: Vec<rows::Move> = dealt
            .into_iter()
            .zip(times)
            .map(|(post, when)| rows::Move {
                time_source: TimeSource::Slot,
                ..rows::Move::to(post.id, when)
            })
            .collect();
        let mut writing = self.step("Changed the order of the queue").await?;
        let moved = rows::move_many(&mut writing.tx, &moves).await?;
        if moved.is_empty() {
            writing.tx.rollback().await?;
            return Ok(without_undo(PostsChanged { posts }, Vec::new()));
        }
        let posts = rows::get_many(&mut writing.tx, &input.ids).await?;
        writing.done(PostsChanged { posts }).await
    }
}

/// Whether a post is queued: it will go out by itself.
fn waits(chip: &Chip) -> bool {
    matches!(
        chip.status,
        ShownStatus::Scheduled | ShownStatus::Placed | ShownStatus::Publishing
    )
}

fn column(scene: &Scene, account: AccountId, waiting: &[&Chip], until: Timestamp) -> QueueColumn {
    let plan = scene.plan_of(account);
    let mut free: Vec<SlotTime> = plan.occurrences(scene.now, until);
    let mut entries: Vec<QueueEntry> = waiting
        .iter()
        .filter(|chip| chip.targets.iter().any(|t| t.account_id == account))
        .filter_map(|chip| {
            let at = chip.at?;
            let slot = free.iter().position(|s| s.at == at).map(|n| free.remove(n));
            Some(QueueEntry {
                at,
                slot,
                chip: Some((*chip).clone()),
            })
        })
        .collect();
    entries.extend(free.into_iter().map(|s| QueueEntry {
        at: s.at,
        slot: Some(s),
        chip: None,
    }));
    entries.sort_by_key(|e| e.at);
    QueueColumn {
        account_id: account,
        entries,
        paused_days: paused_days(scene, account, &plan, until),
        has_slots: !plan.slots().is_empty(),
    }
}

/// Paused days of an account that are not over and have begun by `until`.
fn paused_days(scene: &Scene, account: AccountId, plan: &Plan, until: Timestamp) -> Vec<PausedDay> {
    // A plan that lost its slots since has no zone of its own.
    let Some(zone) = plan.zone().or(scene.calendars.first().map(|c| &c.zone)) else {
        return Vec::new();
    };
    let begins = |date| resolve(WallTime(date), zone).map(|r| r.at);
    scene
        .pauses_of(account)
        .filter_map(|pause| {
            let starts = begins(pause.date.to_datetime(civil::Time::midnight())).ok()?;
            let over = begins(
                pause
                    .date
                    .tomorrow()
                    .ok()?
                    .to_datetime(civil::Time::midnight()),
            );
            (over.ok()? > scene.now && starts <= until).then(|| PausedDay {
                date: pause.date,
                starts,
                reason: pause.reason.clone(),
            })
        })
        .collect()
}

/// The new plan; slots at times that stay keep their identity.
fn plan(
    scene: &Scene,
    input: &SlotsReplace,
    new_id: impl Fn() -> model::SlotId,
) -> Result<Vec<Slot>> {
    scene.account(input.account_id)?;
    if input.slots.len() > MAX_SLOTS {
        return Err(ApiError::invalid(
            "slots",
            "A weekly plan has at most 1,000 times.",
        ));
    }
    let old = scene.plan_of(input.account_id);
    let mut new: Vec<Slot> = Vec::with_capacity(input.slots.len());
    for draft in &input.slots {
        if !(1..=7).contains(&draft.weekday) {
            return Err(ApiError::invalid(
                "slots",
                "A day of the week is between 1 and 7.",
            ));
        }
        if new
            .iter()
            .any(|s| s.weekday == draft.weekday && s.time == draft.time)
        {
            continue;
        }
        let same = old
            .slots()
            .iter()
            .find(|s| s.weekday == draft.weekday && s.time == draft.time && s.zone == input.zone);
        new.push(Slot {
            id: same.map_or_else(&new_id, |s| s.id),
            account_id: input.account_id,
            weekday: draft.weekday,
            time: draft.time,
            zone: input.zone.clone(),
        });
    }
    new.sort_by_key(|s| (s.weekday, s.time));
    Ok(new)
}

/// Posts that stand in slots of the account, by time.
async fn queued(conn: &mut Conn, scene: &Scene, account: AccountId) -> Result<Vec<Chip>> {
    let until = Timestamp::from_millis(scene.now.as_millis() + MAX_DAYS * 86_400_000);
    let slots = scene.plan_of(account).occurrences(scene.now, until);
    standing_in(conn, scene, account, &slots).await
}

/// Posts that stand in these slots of the account, by time.
pub(crate) async fn standing_in(
    conn: &mut Conn,
    scene: &Scene,
    account: AccountId,
    slots: &[SlotTime],
) -> Result<Vec<Chip>> {
    let times: BTreeSet<Timestamp> = slots.iter().map(|s| s.at).collect();
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return Ok(Vec::new());
    };
    let until = Timestamp::from_millis(last.as_millis() + 1);
    let calendars: Vec<_> = scene.calendars.iter().map(|c| c.id).collect();
    let chips = rows::range(conn, *first, until, &calendars).await?;
    let of_account = |c: &Chip| c.targets.iter().any(|t| t.account_id == account);
    Ok(chips
        .into_iter()
        .filter(|c| {
            c.time_source == TimeSource::Slot
                && c.status == ShownStatus::Scheduled
                && of_account(c)
                && c.at.is_some_and(|at| times.contains(&at))
        })
        .collect())
}

/// Queued posts whose slot would vanish.
fn homeless(queued: &[Chip], new: &Plan, now: Timestamp) -> Vec<PostId> {
    let until = queued.last().and_then(|c| c.at).unwrap_or(now);
    let times: BTreeSet<Timestamp> = new
        .occurrences(now, until)
        .into_iter()
        .map(|s| s.at)
        .collect();
    queued
        .iter()
        .filter(|c| c.at.is_some_and(|at| !times.contains(&at)))
        .map(|c| c.id)
        .collect()
}

/// Deals the new plan out to the queued posts in their order, past what other posts take.
fn follow(
    queued: &[Chip],
    new: &Plan,
    taken: &BTreeSet<Timestamp>,
    now: Timestamp,
) -> Result<Vec<rows::Move>> {
    let theirs: BTreeSet<Timestamp> = queued.iter().filter_map(|c| c.at).collect();
    let others: BTreeSet<Timestamp> = taken.difference(&theirs).copied().collect();
    let mut after = now;
    let mut moves = Vec::with_capacity(queued.len());
    for chip in queued {
        let free = new.next_free(&others, after).ok_or_else(|| {
            ApiError::conflict(
                "The new plan has no room for the posts in the queue. Nothing was changed; add times, or let the posts keep theirs.",
            )
        })?;
        after = free.at;
        moves.push(rows::Move {
            time_source: TimeSource::Slot,
            ..rows::Move::to(chip.id, free.when())
        });
    }
    Ok(moves)
}
