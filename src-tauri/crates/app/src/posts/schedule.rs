//! The next free slot, and moving the rest along.

use model::AccountId;
use model::post::{Post, TimeSource};
use model::status::EditorialStatus;
use model::when::{WallTime, When};
use store::posts as rows;

use super::edit::spot_of;
use super::moving::refuse_unready;
use super::scene::{Scene, draft_of};
use crate::app::App;
use crate::error::Result;
use crate::place::Spot;
use crate::types::posts::{Move, Place, ScheduleNext, ShiftPreview, ShiftRest};
use crate::types::{ApiError, Written};

/// Most posts that move along.
const MOST: u32 = 10_000;

impl App {
    /// Schedules a post into the next free slot of an account.
    pub async fn posts_schedule_next(&self, input: ScheduleNext) -> Result<Written<Post>> {
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let post = rows::get(&mut conn, input.id).await?;
        let accounts: Vec<AccountId> = match input.account_id {
            Some(id) => vec![id],
            None => post.targets.iter().map(|t| t.draft.account_id).collect(),
        };
        if accounts.is_empty() {
            return Err(ApiError::invalid(
                "targets",
                "No account is chosen, so there is no next slot. Choose one first.",
            )
            .with_fix(model::error::Fix::AddAccount));
        }
        let free = scene.next_free(&mut conn, &accounts, scene.now).await?.ok_or_else(|| {
            ApiError::invalid(
                "slots",
                format!(
                    "{} has no weekly plan yet, so there is no next slot. Make a plan in the queue, or choose a time.",
                    scene.account_name(accounts[0])
                ),
            )
        })?;
        let spot = Spot {
            wall: free.wall,
            zone: free.zone.clone(),
            at: free.at,
            clock_change: model::when::ClockChange::None,
            source: TimeSource::Slot,
        };
        let problems = scene
            .problems(
                &mut conn,
                &draft_of(&post),
                Some(post.id),
                post.calendar_id,
                Some(&spot),
            )
            .await?;
        refuse_unready(&post, &problems)?;
        drop(conn);
        let words = format!("Scheduled for {}", scene.words.wall(free.wall));
        let mut writing = self.step(words).await?;
        let to = rows::Move {
            time_source: TimeSource::Slot,
            editorial: Some(EditorialStatus::Scheduled),
            ..rows::Move::to(post.id, free.when())
        };
        rows::move_many(&mut writing.tx, &[to]).await?;
        let post = rows::get(&mut writing.tx, post.id).await?;
        writing.done(post).await
    }

    /// What would move if all later posts of the calendar moved along: by as many days and as much of
    /// the day as the post itself. Only what can move does.
    pub async fn posts_shift_preview(&self, input: ShiftRest) -> Result<ShiftPreview> {
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let post = rows::get(&mut conn, input.id).await?;
        let (Some(from), Some(to)) = (
            wall_of(&post.when),
            scene.spot(&mut conn, &input.place, &post).await?,
        ) else {
            return Err(ApiError::invalid(
                "place",
                "Only posts with a time can move the rest along.",
            ));
        };
        let by = from
            .0
            .until(to.wall.0)
            .map_err(|_| model::when::WhenError::OutOfRange)?;
        let start = post.when.stands_at().unwrap_or(scene.now);
        let place = rows::Place {
            at: start,
            id: Some(post.id),
        };
        let later = rows::list_after(&mut conn, place, &[post.calendar_id], MOST).await?;
        let ids: Vec<_> = std::iter::once(post.id)
            .chain(later.iter().map(|c| c.id))
            .collect();
        let mut moves = Vec::new();
        let mut shown = Vec::new();
        for other in rows::get_many(&mut conn, &ids).await? {
            let Some(wall) = wall_of(&other.when).filter(|_| may_move(&other)) else {
                continue;
            };
            let wall = wall
                .0
                .checked_add(by)
                .map_err(|_| model::when::WhenError::OutOfRange)?;
            let zone = zone_of(&other.when);
            moves.push(Move {
                id: other.id,
                place: Place::Wall {
                    wall: WallTime(wall),
                    zone,
                },
            });
            shown.push(other.id);
        }
        let chips = rows::chips_of(&mut conn, &shown).await?;
        Ok(ShiftPreview { moves, chips })
    }
}

/// Whether a post may be given another time.
fn may_move(post: &Post) -> bool {
    use model::delivery::DeliveryState::{Placed, Published, Sending, Unconfirmed};
    post.targets
        .iter()
        .all(|t| !matches!(t.state, Placed | Published | Sending | Unconfirmed))
}

/// The wall time of a post that has one.
fn wall_of(when: &When) -> Option<WallTime> {
    match when {
        When::Planned {
            date,
            time: Some(time),
            ..
        } => Some(WallTime(date.to_datetime(*time))),
        _ => spot_of(when).map(|s| s.wall),
    }
}

fn zone_of(when: &When) -> Option<model::when::Zone> {
    match when {
        When::Unplanned => None,
        When::Planned { zone, .. } | When::Scheduled { zone, .. } => Some(zone.clone()),
    }
}
