//! Pausing a weekly plan for a single day.

use std::collections::BTreeSet;

use jiff::civil;
use model::post::{Chip, TimeSource};
use model::slot::{DayPause, Plan, SlotTime};
use model::when::{WallTime, resolve};
use model::{AccountId, PostId, Timestamp};
use store::{Conn, day_pauses, posts as rows};

use crate::app::App;
use crate::error::Result;
use crate::posts::Scene;
use crate::queue::{MAX_DAYS, standing_in};
use crate::types::posts::PostsChanged;
use crate::types::queue::{DayOfQueue, DayPausePreview, DayPauseSet};
use crate::types::{ApiError, Written};
use crate::words;
use crate::workspaces::a_reason;
use crate::written::without_undo;

impl App {
    /// What pausing a day would do to queued posts.
    pub async fn queue_pause_day_preview(&self, input: DayOfQueue) -> Result<DayPausePreview> {
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let plan = scene.plan_of(input.account_id);
        let paused = plan.paused().contains(&input.date);
        refuse_day(&scene, input.account_id, &plan, input.date)?;
        let posts = on_day(&mut conn, &scene, input.account_id, &plan, input.date).await?;
        Ok(DayPausePreview {
            posts: posts.len() as u32,
            paused,
        })
    }

    /// Pauses the weekly plan of an account for one day, or goes on. Posts in slots of that day move on
    /// to the next free ones; those with times of their own stay.
    pub async fn queue_pause_day(&self, input: DayPauseSet) -> Result<Written<PostsChanged>> {
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let account = scene.account(input.account_id)?;
        let (workspace, name) = (account.workspace_id, scene.account_name(account.id));
        let day = scene.words.date(input.date);
        let Some(reason) = a_reason(input.reason) else {
            drop(conn);
            let words = format!("Went on with the slots of {name} on {day}");
            let mut writing = self.step_in(workspace, words).await?;
            let lifted = day_pauses::lift(&mut writing.tx, input.account_id, input.date).await?;
            let nothing = PostsChanged { posts: Vec::new() };
            if !lifted {
                writing.tx.rollback().await?;
                return Ok(without_undo(nothing, Vec::new()));
            }
            return writing.done(nothing).await;
        };
        let plan = scene.plan_of(input.account_id);
        refuse_day(&scene, input.account_id, &plan, input.date)?;
        let posts = on_day(&mut conn, &scene, input.account_id, &plan, input.date).await?;
        let pause = DayPause {
            account_id: input.account_id,
            date: input.date,
            reason,
        };
        let paused = plan.paused().iter().copied().chain([input.date]);
        let paused = Plan::new(plan.slots().to_vec(), paused);
        let taken = scene.taken(&mut conn, input.account_id, scene.now).await?;
        let moves = move_on(&posts, &paused, taken)?;
        drop(conn);
        let mut writing = self
            .step_in(workspace, format!("Paused the slots of {name} on {day}"))
            .await?;
        day_pauses::put(&mut writing.tx, &pause).await?;
        let moved = rows::move_many(&mut writing.tx, &moves).await?.len();
        if moved > 0 {
            let note = format!("{} moved on to the next free times.", words::posts(moved));
            writing.notes.push(note);
        }
        let ids: Vec<PostId> = moves.iter().map(|m| m.id).collect();
        let posts = rows::get_many(&mut writing.tx, &ids).await?;
        writing.done(PostsChanged { posts }).await
    }
}

/// Refuses a day that cannot be paused: one that is over or further than a queue is shown, or of an
/// account without a plan.
fn refuse_day(scene: &Scene, account: AccountId, plan: &Plan, date: civil::Date) -> Result<()> {
    scene.account(account)?;
    let Some(zone) = plan.zone() else {
        return Err(ApiError::conflict(format!(
            "{} has no weekly plan yet, so there is no day of it to pause. Make a plan first.",
            scene.account_name(account)
        )));
    };
    if date < zone.wall_at(scene.now)?.0.date() {
        return Err(ApiError::invalid(
            "date",
            "That day is over. Choose today or a later day.",
        ));
    }
    let furthest = Timestamp::from_millis(scene.now.as_millis() + MAX_DAYS * 86_400_000);
    if date > zone.wall_at(furthest)?.0.date() {
        return Err(ApiError::invalid(
            "date",
            "A day can be paused up to 400 days ahead. Choose an earlier one.",
        ));
    }
    Ok(())
}

/// Queued posts in slots of a day that are still to come, by time; none when the day is paused.
async fn on_day(
    conn: &mut Conn,
    scene: &Scene,
    account: AccountId,
    plan: &Plan,
    date: civil::Date,
) -> Result<Vec<Chip>> {
    let Some(zone) = plan.zone() else {
        return Ok(Vec::new());
    };
    let end = date
        .tomorrow()
        .map_err(|_| model::when::WhenError::OutOfRange)?
        .to_datetime(civil::Time::midnight());
    let slots: Vec<SlotTime> = plan
        .occurrences(scene.now, resolve(WallTime(end), zone)?.at)
        .into_iter()
        .filter(|s| s.wall.0.date() == date)
        .collect();
    standing_in(conn, scene, account, &slots).await
}

/// Gives each post the next free slot after the one it has, past what other posts take.
fn move_on(posts: &[Chip], plan: &Plan, mut taken: BTreeSet<Timestamp>) -> Result<Vec<rows::Move>> {
    let mut moves = Vec::with_capacity(posts.len());
    for chip in posts {
        let free = chip
            .at
            .and_then(|at| plan.next_free(&taken, at))
            .ok_or_else(|| {
                ApiError::conflict(
                    "The weekly plan has no room later for the posts of that day. Nothing was changed; add times, or move the posts first.",
                )
            })?;
        taken.insert(free.at);
        moves.push(rows::Move {
            time_source: TimeSource::Slot,
            ..rows::Move::to(chip.id, free.when())
        });
    }
    Ok(moves)
}
