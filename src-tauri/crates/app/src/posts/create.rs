//! Making posts.

use std::collections::BTreeMap;

use model::CalendarId;
use model::error::Fix;
use model::post::{Draft, Post, TimeSource};
use model::status::EditorialStatus;
use model::when::When;
use store::{Conn, calendars, posts as rows};

use super::bounds;
use super::moving::refuse_errors;
use super::scene::Scene;
use crate::app::App;
use crate::checks;
use crate::error::Result;
use crate::place::whole_day;
use crate::types::posts::{PostCreate, Scheduling};
use crate::types::{ApiError, Written};
use crate::words::{name_of, posts};

impl App {
    /// Makes a post where the person wants it.
    pub async fn posts_create(&self, input: PostCreate) -> Result<Written<Post>> {
        let draft = bounds::clean(input.draft)?;
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let workspace = scene.calendar(input.calendar_id)?.workspace_id;
        refuse_strange_accounts(&scene, &draft, workspace)?;
        let accounts: Vec<_> = draft.targets.iter().map(|t| t.account_id).collect();
        let spot = scene
            .spot_for(
                &mut conn,
                &input.place,
                &When::Unplanned,
                input.calendar_id,
                &accounts,
            )
            .await?;
        let mut notes = Vec::new();
        if let Some(day) = whole_day(&input.place, &scene.calendar(input.calendar_id)?.zone) {
            drop(conn);
            scene.refuse_past_day(&day)?;
            let words = spot.map_or_else(String::new, |s| scene.words.date(s.wall.0.date()));
            let new = new_post(&input.calendar_id, draft, day, None);
            let words = format!("New post on {words}");
            return self.put_new(workspace, words, new, notes).await;
        }
        let Some(spot) = spot else {
            drop(conn);
            let new = new_post(&input.calendar_id, draft, When::Unplanned, None);
            return self
                .put_new(workspace, "New post".to_owned(), new, notes)
                .await;
        };
        scene.refuse_past_for(&mut conn, &spot, &accounts).await?;
        notes.extend(spot.note(scene.words));
        let mut schedule = input.scheduling != Scheduling::Plan;
        if schedule {
            let problems = scene
                .problems(&mut conn, &draft, None, input.calendar_id, Some(&spot))
                .await?;
            let name = name_of(&draft.title, &draft.segments);
            match input.scheduling {
                Scheduling::Must => refuse_errors(&name, &problems)?,
                _ => {
                    if let Some(lack) = checks::blocked(&problems) {
                        schedule = false;
                        notes.push(format!("{name} is planned, not scheduled. {lack}"));
                    }
                }
            }
        }
        drop(conn);
        let verb = if schedule {
            "Scheduled for"
        } else {
            "New post on"
        };
        let words = format!("{verb} {}", scene.words.wall(spot.wall));
        let (when, source) = if schedule {
            (spot.scheduled(), Some(spot.source))
        } else {
            (spot.planned(), None)
        };
        let new = new_post(&input.calendar_id, draft, when, source);
        self.put_new(workspace, words, new, notes).await
    }

    async fn put_new(
        &self,
        workspace: model::WorkspaceId,
        words: String,
        new: rows::NewPost,
        notes: Vec<String>,
    ) -> Result<Written<Post>> {
        let mut writing = self.step_in(workspace, words).await?;
        writing.notes = notes;
        refuse_full(&mut writing.tx, &[new.calendar_id]).await?;
        let id = rows::create(&mut writing.tx, &new).await?;
        let post = rows::get(&mut writing.tx, id).await?;
        writing.done(post).await
    }
}

/// Refuses posts for calendars that hold as many as their owner lets them; one entry a post that is to
/// come.
pub(crate) async fn refuse_full(conn: &mut Conn, to_come: &[CalendarId]) -> Result<()> {
    let mut wanted: BTreeMap<CalendarId, u32> = BTreeMap::new();
    for calendar in to_come {
        *wanted.entry(*calendar).or_default() += 1;
    }
    for (id, more) in wanted {
        let calendar = calendars::get(conn, id).await?;
        let Some(most) = calendar.most_posts else {
            continue;
        };
        if calendars::posts_in(conn, id).await?.saturating_add(more) > most {
            return Err(ApiError::conflict(format!(
                "{} holds {} at most. Move some to the bin, or raise the limit in the calendar's settings.",
                calendar.name,
                posts(most as usize)
            ))
            .with_fix(Fix::RaisePostLimit));
        }
    }
    Ok(())
}

/// A post to be made; with a source it is scheduled.
pub(super) fn new_post(
    calendar: &model::CalendarId,
    draft: Draft,
    when: When,
    source: Option<TimeSource>,
) -> rows::NewPost {
    rows::NewPost {
        calendar_id: *calendar,
        draft,
        when,
        time_source: source.unwrap_or_default(),
        editorial: if source.is_some() {
            EditorialStatus::Scheduled
        } else {
            EditorialStatus::Draft
        },
    }
}

/// Refuses accounts of another workspace, which a screen never offers.
pub(super) fn refuse_strange_accounts(
    scene: &Scene,
    draft: &Draft,
    workspace: model::WorkspaceId,
) -> Result<()> {
    let strange = draft.targets.iter().any(|target| {
        scene
            .accounts
            .iter()
            .any(|a| a.id == target.account_id && a.workspace_id != workspace)
    });
    if strange {
        return Err(ApiError::invalid(
            "targets",
            "An account of another workspace was chosen. Choose one of this workspace.",
        ));
    }
    Ok(())
}
