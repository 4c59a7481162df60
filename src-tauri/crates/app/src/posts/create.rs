//! Making posts.

use std::collections::BTreeMap;

use model::error::Fix;
use model::post::{Draft, Post, TimeSource};
use model::status::EditorialStatus;
use model::when::When;
use model::{CalendarId, WorkspaceId};
use store::{Conn, calendars, posts as rows};

use super::bounds;
use super::moving::refuse_errors;
use super::scene::Scene;
use crate::app::App;
use crate::checks;
use crate::error::Result;
use crate::place::whole_day;
use crate::programs::ProgramNote;
use crate::types::posts::{PostCreate, Scheduling};
use crate::types::{ApiError, Written};
use crate::words::{name_of, posts};

/// A post that was looked at and can be made.
struct Making {
    workspace: WorkspaceId,
    words: String,
    new: rows::NewPost,
    /// Sentences for the person.
    notes: Vec<String>,
}

impl App {
    /// Makes a post where the person wants it.
    pub async fn posts_create(&self, input: PostCreate) -> Result<Written<Post>> {
        self.post_make(input, false, None).await
    }

    /// Makes a post together with what a program notes of it, and sent to review where somebody has to say
    /// yes to its plan: in one write, so that whoever is told of it is told how it stands.
    pub async fn post_make(
        &self,
        input: PostCreate,
        in_review: bool,
        note: Option<ProgramNote>,
    ) -> Result<Written<Post>> {
        let mut making = self.making(input).await?;
        if in_review && making.new.editorial == EditorialStatus::Draft {
            making.new.editorial = EditorialStatus::InReview;
        }
        let mut writing = self.step_in(making.workspace, making.words).await?;
        writing.notes = making.notes;
        refuse_full(&mut writing.tx, &[making.new.calendar_id]).await?;
        let id = rows::create(&mut writing.tx, &making.new).await?;
        if let Some(note) = &note {
            note.put(&mut writing.tx, &id.to_string()).await?;
        }
        let post = rows::get(&mut writing.tx, id).await?;
        writing.done(post).await
    }

    async fn making(&self, input: PostCreate) -> Result<Making> {
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
            scene.refuse_past_day(&day)?;
            let words = spot.map_or_else(String::new, |s| scene.words.date(s.wall.0.date()));
            let new = new_post(&input.calendar_id, draft, day, None);
            return Ok(Making {
                workspace,
                words: format!("New post on {words}"),
                new,
                notes,
            });
        }
        let Some(spot) = spot else {
            return Ok(Making {
                workspace,
                words: "New post".to_owned(),
                new: new_post(&input.calendar_id, draft, When::Unplanned, None),
                notes,
            });
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
        Ok(Making {
            workspace,
            words,
            new: new_post(&input.calendar_id, draft, when, source),
            notes,
        })
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
    workspace: WorkspaceId,
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
