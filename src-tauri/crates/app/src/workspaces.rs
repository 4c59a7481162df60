//! Workspaces and their calendars.

use model::calendar::{
    Calendar, CalendarStatus, DEFAULT_GRACE_MINUTES, WorkingHours, Workspace, usual_working_hours,
};
use model::when::Zone;
use model::{CalendarId, WorkspaceId};
use store::publishing::HeldOf;
use store::{Conn, Tx, calendars, workspaces};

use crate::app::App;
use crate::error::Result;
use crate::programs::ProgramNote;
use crate::types::accounts::{
    CalendarArchive, CalendarCreate, CalendarDraft, CalendarPause, CalendarUpdate, OneCalendar,
    OneWorkspace, WorkspaceCreate, WorkspaceRename,
};
use crate::types::{ApiError, Nothing, Written};
use crate::written::Writing;

/// Longest name, in characters.
const MAX_NAME: usize = 100;
/// Longest description, in characters.
const MAX_DESCRIPTION: usize = 2_000;
/// Longest reason of a pause, in characters.
const MAX_REASON: usize = 200;
/// Longest grace time: a week, in minutes.
const MAX_GRACE_MINUTES: u32 = 7 * 24 * 60;
/// Highest limit of a calendar's posts.
const MAX_POSTS: u32 = 1_000_000;

/// A name without white space around it, neither empty nor too long.
pub(crate) fn a_name(name: &str) -> Result<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(ApiError::invalid("name", "It needs a name."));
    }
    if name.chars().count() > MAX_NAME {
        return Err(ApiError::invalid(
            "name",
            format!("A name has at most {MAX_NAME} characters."),
        ));
    }
    Ok(name)
}

/// The reason of a pause as it is shown; "Paused" when none was given.
pub(crate) fn a_reason(reason: Option<String>) -> Option<String> {
    reason.map(|reason| {
        let short: String = reason.trim().chars().take(MAX_REASON).collect();
        if short.is_empty() {
            "Paused".to_owned()
        } else {
            short
        }
    })
}

/// A calendar with nothing chosen yet.
pub(crate) fn new_calendar(tx: &Tx, workspace_id: WorkspaceId, name: &str, zone: Zone) -> Calendar {
    Calendar {
        id: calendars::new_id(tx),
        workspace_id,
        name: name.to_owned(),
        description: String::new(),
        zone,
        working_hours: usual_working_hours(),
        default_accounts: Vec::new(),
        grace_minutes: DEFAULT_GRACE_MINUTES,
        most_posts: None,
        status: CalendarStatus::Active,
        paused: None,
        created_at: tx.now(),
    }
}

const fn in_use(used: bool) -> CalendarStatus {
    if used {
        CalendarStatus::Active
    } else {
        CalendarStatus::Archived
    }
}

/// A change of a calendar by a program; what is none stays as it is when the change is written.
#[derive(Debug, Clone)]
pub struct CalendarChange {
    /// Which.
    pub id: CalendarId,
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The zone people schedule in.
    pub zone: Option<Zone>,
    /// When people work on it.
    pub working_hours: Option<Vec<WorkingHours>>,
    /// Whether it is put out of use.
    pub archived: Option<bool>,
    /// What the program says of it besides.
    pub note: Option<ProgramNote>,
}

impl CalendarChange {
    /// A change that changes nothing yet.
    #[must_use]
    pub const fn of(id: CalendarId) -> Self {
        Self {
            id,
            name: None,
            description: None,
            zone: None,
            working_hours: None,
            archived: None,
            note: None,
        }
    }

    /// What is chosen for the calendar afterwards.
    fn onto(&self, now: &Calendar) -> CalendarDraft {
        let name = self.name.as_ref().unwrap_or(&now.name);
        let description = self.description.as_ref().unwrap_or(&now.description);
        let hours = self.working_hours.as_ref().unwrap_or(&now.working_hours);
        CalendarDraft {
            name: name.clone(),
            description: description.clone(),
            zone: self.zone.as_ref().unwrap_or(&now.zone).clone(),
            working_hours: hours.clone(),
            default_accounts: now.default_accounts.clone(),
            grace_minutes: now.grace_minutes,
            most_posts: now.most_posts,
        }
    }
}

async fn workspace(conn: &mut Conn, id: WorkspaceId) -> Result<Workspace> {
    let all = workspaces::all(conn).await?;
    all.into_iter()
        .find(|w| w.id == id)
        .ok_or_else(|| ApiError::missing("workspace"))
}

async fn calendar(conn: &mut Conn, id: CalendarId) -> Result<Calendar> {
    let all = calendars::all(conn).await?;
    all.into_iter()
        .find(|c| c.id == id)
        .ok_or_else(|| ApiError::missing("calendar"))
}

async fn apply(conn: &mut Conn, calendar: &mut Calendar, draft: CalendarDraft) -> Result<()> {
    calendar.name = a_name(&draft.name)?;
    if draft.description.chars().count() > MAX_DESCRIPTION {
        return Err(ApiError::invalid(
            "description",
            format!("A description has at most {MAX_DESCRIPTION} characters."),
        ));
    }
    if draft.grace_minutes > MAX_GRACE_MINUTES {
        return Err(ApiError::invalid(
            "graceMinutes",
            "A late post waits for a week at most.",
        ));
    }
    if draft
        .most_posts
        .is_some_and(|most| !(1..=MAX_POSTS).contains(&most))
    {
        return Err(ApiError::invalid(
            "mostPosts",
            "A limit of posts lies between 1 and 1,000,000, or there is none.",
        ));
    }
    for hours in &draft.working_hours {
        if !(1..=7).contains(&hours.weekday) || hours.from >= hours.to {
            return Err(ApiError::invalid(
                "workingHours",
                "Working hours end after they begin, on a day from Monday to Sunday.",
            ));
        }
    }
    if draft.working_hours.len() > 70 {
        return Err(ApiError::invalid(
            "workingHours",
            "Those are too many working hours.",
        ));
    }
    let accounts = store::accounts::all(conn).await?;
    let here = |id| {
        accounts
            .iter()
            .any(|a| a.id == id && a.workspace_id == calendar.workspace_id)
    };
    if !draft.default_accounts.iter().all(|id| here(*id)) {
        return Err(ApiError::invalid(
            "defaultAccounts",
            "An account was chosen that this workspace does not have.",
        ));
    }
    calendar.description = draft.description;
    calendar.zone = draft.zone;
    calendar.working_hours = draft.working_hours;
    calendar.default_accounts = draft.default_accounts;
    calendar.grace_minutes = draft.grace_minutes;
    calendar.most_posts = draft.most_posts;
    Ok(())
}

impl App {
    /// Makes a workspace with its first calendar.
    pub async fn workspaces_create(&self, input: WorkspaceCreate) -> Result<Written<Workspace>> {
        let name = a_name(&input.name)?;
        let zone = input
            .zone
            .unwrap_or_else(|| self.inner.config.system_zone.clone());
        let mut writing = self.step(format!("New workspace \"{name}\"")).await?;
        let id = workspaces::create(&mut writing.tx, &name).await?;
        let first = new_calendar(&writing.tx, id, &name, zone);
        calendars::put(&mut writing.tx, &first).await?;
        let made = workspace(&mut writing.tx, id).await?;
        writing.done(made).await
    }

    /// Renames a workspace.
    pub async fn workspaces_rename(&self, input: WorkspaceRename) -> Result<Written<Workspace>> {
        let name = a_name(&input.name)?;
        let mut writing = self
            .step_in(input.id, format!("Renamed to \"{name}\""))
            .await?;
        workspaces::rename(&mut writing.tx, input.id, &name).await?;
        let renamed = workspace(&mut writing.tx, input.id).await?;
        writing.done(renamed).await
    }

    /// Moves a workspace with all it owns to the bin. One always stays.
    pub async fn workspaces_remove(&self, input: OneWorkspace) -> Result<Written<Nothing>> {
        let mut conn = self.read().await?;
        let all = workspaces::all(&mut conn).await?;
        let found = all
            .iter()
            .find(|w| w.id == input.id)
            .ok_or_else(|| ApiError::missing("workspace"))?;
        if all.len() == 1 {
            return Err(ApiError::conflict(format!(
                "\"{}\" is the only workspace, so it stays. Make another one first.",
                found.name
            )));
        }
        drop(conn);
        let mut writing = self
            .step(format!("Deleted workspace \"{}\"", found.name))
            .await?;
        writing.notes = self.held_there(HeldOf::Workspace(input.id)).await?;
        workspaces::delete(&mut writing.tx, input.id).await?;
        writing.done(Nothing {}).await
    }

    /// Makes a calendar.
    pub async fn calendars_create(&self, input: CalendarCreate) -> Result<Written<Calendar>> {
        let name = a_name(&input.draft.name)?;
        let words = format!("New calendar \"{name}\"");
        let mut writing = self.step_in(input.workspace_id, words).await?;
        workspace(&mut writing.tx, input.workspace_id).await?;
        let zone = input.draft.zone.clone();
        let mut made = new_calendar(&writing.tx, input.workspace_id, &name, zone);
        apply(&mut writing.tx, &mut made, input.draft).await?;
        calendars::put(&mut writing.tx, &made).await?;
        writing.done(made).await
    }

    /// Changes a calendar. A changed zone does not move posts.
    pub async fn calendars_update(&self, input: CalendarUpdate) -> Result<Written<Calendar>> {
        let name = Some(input.draft.name.as_str());
        let (mut writing, mut calendar) = self.changing(input.id, name).await?;
        apply(&mut writing.tx, &mut calendar, input.draft).await?;
        calendars::put(&mut writing.tx, &calendar).await?;
        writing.done(calendar).await
    }

    /// Changes what a program names of a calendar, and what it notes beside it: all of it or nothing.
    pub async fn calendar_change(&self, change: CalendarChange) -> Result<Written<Calendar>> {
        let name = change.name.as_deref();
        let (mut writing, mut calendar) = self.changing(change.id, name).await?;
        let draft = change.onto(&calendar);
        apply(&mut writing.tx, &mut calendar, draft).await?;
        if let Some(archived) = change.archived {
            calendar.status = in_use(!archived);
            if archived {
                writing.notes = self.held_there(HeldOf::Calendar(change.id)).await?;
            }
        }
        calendars::put(&mut writing.tx, &calendar).await?;
        if let Some(note) = &change.note {
            note.put(&mut writing.tx, &change.id.to_string()).await?;
        }
        writing.done(calendar).await
    }

    /// Opens the change of a calendar, perhaps of its name. The calendar is read where it is written: what
    /// somebody else changed until then stays.
    async fn changing(&self, id: CalendarId, name: Option<&str>) -> Result<(Writing, Calendar)> {
        let mut conn = self.read().await?;
        let found = calendar(&mut conn, id).await?;
        drop(conn);
        let name = a_name(name.unwrap_or(&found.name))?;
        let words = format!("Changed calendar \"{name}\"");
        let mut writing = self.step_in(found.workspace_id, words).await?;
        let now = calendar(&mut writing.tx, id).await?;
        Ok((writing, now))
    }

    /// Archives a calendar or takes it back into use.
    pub async fn calendars_archive(&self, input: CalendarArchive) -> Result<Written<Calendar>> {
        let mut conn = self.read().await?;
        let found = calendar(&mut conn, input.id).await?;
        drop(conn);
        let verb = if input.archived {
            "Archived"
        } else {
            "Took back into use"
        };
        let words = format!("{verb} calendar \"{}\"", found.name);
        let mut writing = self.step_in(found.workspace_id, words).await?;
        let mut changed = calendar(&mut writing.tx, input.id).await?;
        changed.status = in_use(!input.archived);
        if input.archived {
            writing.notes = self.held_there(HeldOf::Calendar(input.id)).await?;
        }
        calendars::put(&mut writing.tx, &changed).await?;
        writing.done(changed).await
    }

    /// Pauses publishing from a calendar, or goes on.
    pub async fn calendars_pause(&self, input: CalendarPause) -> Result<Written<Calendar>> {
        let mut conn = self.read().await?;
        let found = calendar(&mut conn, input.id).await?;
        drop(conn);
        let reason = a_reason(input.reason);
        let verb = if reason.is_some() {
            "Paused"
        } else {
            "Resumed"
        };
        let words = format!("{verb} calendar \"{}\"", found.name);
        let mut writing = self.step_in(found.workspace_id, words).await?;
        if reason.is_some() {
            writing.notes = self.held_there(HeldOf::Calendar(input.id)).await?;
        }
        calendars::set_paused(&mut writing.tx, input.id, reason.as_deref()).await?;
        let changed = calendar(&mut writing.tx, input.id).await?;
        writing.done(changed).await
    }

    /// Moves a calendar with its posts to the bin. A workspace keeps at least one.
    pub async fn calendars_remove(&self, input: OneCalendar) -> Result<Written<Nothing>> {
        let mut conn = self.read().await?;
        let all = calendars::all(&mut conn).await?;
        let found = all
            .iter()
            .find(|c| c.id == input.id)
            .ok_or_else(|| ApiError::missing("calendar"))?;
        if all
            .iter()
            .filter(|c| c.workspace_id == found.workspace_id)
            .count()
            == 1
        {
            return Err(ApiError::conflict(format!(
                "\"{}\" is the only calendar of its workspace, so it stays. Make another one first.",
                found.name
            )));
        }
        drop(conn);
        let words = format!("Deleted calendar \"{}\"", found.name);
        let mut writing = self.step_in(found.workspace_id, words).await?;
        writing.notes = self.held_there(HeldOf::Calendar(input.id)).await?;
        calendars::delete(&mut writing.tx, input.id).await?;
        writing.done(Nothing {}).await
    }
}
