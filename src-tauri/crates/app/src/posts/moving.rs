//! Moving posts in time, to the shelf and back: all or none, in one step.

use std::collections::BTreeMap;

use model::error::Severity;
use model::post::{Draft, Post, TimeSource};
use model::status::EditorialStatus;
use model::when::When;
use model::{CalendarId, PostId, WorkspaceId};
use store::Conn;
use store::posts as rows;

use super::bounds;
use super::scene::{Scene, draft_of};
use crate::app::App;
use crate::checks;
use crate::error::Result;
use crate::place::{Spot, whole_day};
use crate::types::posts::{Move, PostsChanged, PostsMove, Scheduling};
use crate::types::{ApiError, Written};
use crate::words::{self, name};
use crate::written::without_undo;

/// A post and where it goes.
pub(super) struct Landing {
    /// Its time.
    pub when: When,
    /// Whose time that is.
    pub source: TimeSource,
    /// Its editorial status; as it was when missing.
    pub editorial: Option<EditorialStatus>,
    /// Sentences for the person.
    pub notes: Vec<String>,
}

impl App {
    /// Moves posts; those that stand where they should be already are left alone.
    pub async fn posts_move(&self, input: PostsMove) -> Result<Written<PostsChanged>> {
        self.moved(input, None).await
    }

    /// The same for a post that has to have the version still in which somebody saw it.
    pub(crate) async fn moved(
        &self,
        input: PostsMove,
        seen: Option<i64>,
    ) -> Result<Written<PostsChanged>> {
        bounds::batch(input.moves.len())?;
        let mut conn = self.read().await?;
        let mut scene = Scene::read(self, &mut conn).await?;
        let posts = wanted(&mut conn, &input.moves).await?;
        let mut moves = Vec::with_capacity(posts.len());
        let mut notes = Vec::new();
        for one in &input.moves {
            let post = &posts[&one.id];
            let spot = scene.spot(&mut conn, &one.place, post).await?;
            let day = whole_day(&one.place, &scene.calendar(post.calendar_id)?.zone);
            let landing = if let Some(day) = day {
                land_on_day(&scene, post, day)?
            } else {
                let (said, how) = (draft_of(post), input.scheduling);
                land(&mut conn, &scene, post, &said, spot.as_ref(), how).await?
            };
            scene.given.extend(slot_of(&landing));
            notes.extend(landing.notes);
            moves.push(rows::Move {
                time_source: landing.source,
                editorial: landing.editorial,
                version: seen,
                ..rows::Move::to(one.id, landing.when)
            });
        }
        drop(conn);
        let words = said(&moves, &posts, &scene);
        let mut writing = self.step_in(scene.workspace_of(&posts)?, words).await?;
        let moved = rows::move_many(&mut writing.tx, &moves).await?;
        if moved.is_empty() {
            writing.tx.rollback().await?;
            let posts = input
                .moves
                .iter()
                .filter_map(|m| posts.get(&m.id).cloned())
                .collect();
            return Ok(without_undo(PostsChanged { posts }, Vec::new()));
        }
        writing.notes = few(notes);
        let ids: Vec<PostId> = input.moves.iter().map(|m| m.id).collect();
        let posts = rows::get_many(&mut writing.tx, &ids).await?;
        writing.done(PostsChanged { posts }).await
    }
}

/// The slot that a post was given, which the next one of the batch cannot have.
pub(super) fn slot_of(landing: &Landing) -> Option<model::Timestamp> {
    let at = landing.when.stands_at()?;
    (landing.source == TimeSource::Slot).then_some(at)
}

/// The posts of a batch; one that is gone refuses the whole of it.
pub(super) async fn wanted(conn: &mut Conn, moves: &[Move]) -> Result<BTreeMap<PostId, Post>> {
    let ids: Vec<PostId> = moves.iter().map(|m| m.id).collect();
    let posts: BTreeMap<PostId, Post> = rows::get_many(conn, &ids)
        .await?
        .into_iter()
        .map(|p| (p.id, p))
        .collect();
    let there = |id: &PostId| posts.get(id).is_some_and(|p| p.deleted_at.is_none());
    if ids.iter().all(there) {
        Ok(posts)
    } else {
        Err(ApiError::missing("post"))
    }
}

/// A post put on a day without a time is planned, whatever it was.
pub(super) fn land_on_day(scene: &Scene, post: &Post, day: When) -> Result<Landing> {
    if day != post.when {
        scene.refuse_past_day(&day)?;
    }
    Ok(Landing {
        when: day,
        source: TimeSource::Own,
        editorial: None,
        notes: Vec::new(),
    })
}

/// Decides what a post that says this becomes at a spot, or on the shelf.
pub(super) async fn land(
    conn: &mut Conn,
    scene: &Scene,
    post: &Post,
    said: &Draft,
    spot: Option<&Spot>,
    scheduling: Scheduling,
) -> Result<Landing> {
    let Some(spot) = spot else {
        return Ok(Landing {
            when: When::Unplanned,
            source: TimeSource::Own,
            editorial: None,
            notes: Vec::new(),
        });
    };
    let mut notes = Vec::new();
    if spot.scheduled() != post.when && spot.planned() != post.when {
        scene.refuse_past(conn, spot, post).await?;
        notes.extend(spot.note(scene.words));
    }
    let schedule = match scheduling {
        Scheduling::Plan => false,
        Scheduling::Must => {
            let problems = scene
                .problems(conn, said, Some(post.id), post.calendar_id, Some(spot))
                .await?;
            refuse_unready(post, &problems)?;
            true
        }
        Scheduling::IfReady => match &post.when {
            When::Scheduled { .. } => true,
            When::Planned { .. } => false,
            When::Unplanned => match unready(conn, scene, post, said, spot).await? {
                None => true,
                Some(lack) => {
                    notes.push(lack);
                    false
                }
            },
        },
    };
    Ok(Landing {
        when: if schedule {
            spot.scheduled()
        } else {
            spot.planned()
        },
        source: if schedule {
            spot.source
        } else {
            TimeSource::Own
        },
        editorial: schedule.then(|| editorial_when_scheduled(post, scheduling)),
        notes,
    })
}

/// A scheduled post that waits for review keeps waiting when it only moves.
fn editorial_when_scheduled(post: &Post, scheduling: Scheduling) -> EditorialStatus {
    let stands = matches!(post.when, When::Scheduled { .. });
    match post.editorial {
        EditorialStatus::Draft | EditorialStatus::InReview | EditorialStatus::Approved
            if stands && scheduling == Scheduling::IfReady =>
        {
            post.editorial
        }
        _ => EditorialStatus::Scheduled,
    }
}

/// Why an idea only becomes a plan; none when it can be scheduled.
async fn unready(
    conn: &mut Conn,
    scene: &Scene,
    post: &Post,
    said: &Draft,
    spot: &Spot,
) -> Result<Option<String>> {
    if post.editorial == EditorialStatus::InReview {
        return Ok(Some(format!(
            "{} is planned, not scheduled: it waits for review.",
            name(post)
        )));
    }
    let problems = scene
        .problems(conn, said, Some(post.id), post.calendar_id, Some(spot))
        .await?;
    Ok(checks::blocked(&problems)
        .map(|lack| format!("{} is planned, not scheduled. {lack}", name(post))))
}

/// Refuses to schedule a post with errors, naming the first and what mends it.
pub(super) fn refuse_unready(post: &Post, problems: &[model::Problem]) -> Result<()> {
    refuse_errors(&name(post), problems)
}

/// The same for a draft that has no post yet.
pub(super) fn refuse_errors(name: &str, problems: &[model::Problem]) -> Result<()> {
    let Some(why) = checks::blocked(problems) else {
        return Ok(());
    };
    let error = ApiError::invalid(
        "post",
        format!("{name} was not scheduled. {why} It is kept as it is."),
    );
    let first = problems.iter().find(|p| p.severity == Severity::Error);
    Err(match first.and_then(|p| p.fixes.first()) {
        Some(fix) => error.with_fix(fix.clone()),
        None => error,
    })
}

/// What the status line says.
fn said(moves: &[rows::Move], posts: &BTreeMap<PostId, Post>, scene: &Scene) -> String {
    if let [one] = moves {
        let was_on_shelf = posts
            .get(&one.id)
            .is_some_and(|p| p.when == When::Unplanned);
        return match &one.when {
            When::Unplanned => "Put on the shelf".to_owned(),
            When::Planned { date, time, .. } => {
                let verb = if was_on_shelf {
                    "Planned for"
                } else {
                    "Moved to"
                };
                match time {
                    Some(time) => {
                        let wall = model::when::WallTime(date.to_datetime(*time));
                        format!("{verb} {}", scene.words.wall(wall))
                    }
                    None => format!("{verb} {}", scene.words.date(*date)),
                }
            }
            When::Scheduled { wall, .. } => {
                let verb = if was_on_shelf {
                    "Scheduled for"
                } else {
                    "Moved to"
                };
                format!("{verb} {}", scene.words.wall(*wall))
            }
        };
    }
    let count = words::posts(moves.len());
    if moves.iter().all(|m| m.when == When::Unplanned) {
        return format!("Put {count} on the shelf");
    }
    let mut days: Vec<_> = moves.iter().map(|m| day_of(&m.when)).collect();
    days.dedup();
    match days[..] {
        [Some(day)] => format!("Moved {count} to {}", scene.words.date(day)),
        _ => format!("Moved {count}"),
    }
}

fn day_of(when: &When) -> Option<jiff::civil::Date> {
    match when {
        When::Unplanned => None,
        When::Planned { date, .. } => Some(*date),
        When::Scheduled { wall, .. } => Some(wall.0.date()),
    }
}

/// The first notes; many posts that lack the same are one note with a number.
pub(super) fn few(notes: Vec<String>) -> Vec<String> {
    const MOST: usize = 3;
    let more = notes.len().saturating_sub(MOST);
    let mut few: Vec<String> = notes.into_iter().take(MOST).collect();
    if more > 0 {
        few.push(format!(
            "{} more like this.",
            networks::check::grouped(more as u64)
        ));
    }
    few
}

impl Scene {
    /// The workspace a batch happens in: that of its first post.
    fn workspace_of(&self, posts: &BTreeMap<PostId, Post>) -> Result<WorkspaceId> {
        let first: Option<CalendarId> = posts.values().next().map(|p| p.calendar_id);
        let id = first.ok_or_else(|| ApiError::missing("post"))?;
        Ok(self.calendar(id)?.workspace_id)
    }

    /// Refuses a time that has passed for a post that exists.
    pub(super) async fn refuse_past(
        &self,
        conn: &mut Conn,
        spot: &Spot,
        post: &Post,
    ) -> Result<()> {
        let accounts: Vec<_> = post.targets.iter().map(|t| t.draft.account_id).collect();
        self.refuse_past_for(conn, spot, &accounts).await
    }
}
