//! A change of a post by a program: what it says, where it stands, how far it is, and what the program
//! notes beside it. All of it is done, or nothing.
//!
//! A program changes, and sends, what was confirmed: it does not see what a person typed and did not confirm.
//! That stays beside the post, and is laid together with the change when the person confirms it. While the
//! person has it open, nothing is sent beneath it.

use model::PostId;
use model::change::Actor;
use model::post::{Draft, Post};
use model::status::EditorialStatus;
use model::when::When;
use store::{Conn, Step, Tx, posts as rows, publishing, working_copies};

use super::bounds;
use super::create::refuse_strange_accounts;
use super::edit::{goes_out, refuse_published, spot_of};
use super::labels::{object, refuse_out};
use super::moving::{Landing, land, land_on_day, refuse_errors, refuse_unready};
use super::scene::{Scene, draft_of};
use crate::app::App;
use crate::error::Result;
use crate::place::whole_day;
use crate::programs::ProgramNote;
use crate::types::ApiError;
use crate::types::posts::{Place, Scheduling};
use crate::words::name;

/// A change of a post; what is none stays as it is.
#[derive(Debug, Clone)]
pub struct PostChange {
    /// Which.
    pub id: PostId,
    /// The version that was read. A post that has another one by now refuses the change.
    pub version: i64,
    /// What it says.
    pub draft: Option<Draft>,
    /// Where it stands, and whether as a plan.
    pub place: Option<(Place, Scheduling)>,
    /// How far it is. A place that schedules it decides that itself, but for calling off.
    pub editorial: Option<EditorialStatus>,
    /// Sent at once, in place of a time. Such a change cannot be undone.
    pub send_now: bool,
    /// What the program says of it besides.
    pub note: Option<ProgramNote>,
}

impl PostChange {
    /// A change that changes nothing yet.
    #[must_use]
    pub const fn of(post: &Post) -> Self {
        Self {
            id: post.id,
            version: post.version,
            draft: None,
            place: None,
            editorial: None,
            send_now: false,
            note: None,
        }
    }
}

impl App {
    /// Changes a post as a whole: what is refused of it refuses all of it. What is scheduled is changed
    /// at once, since a program has no composer to confirm in.
    pub async fn post_change(&self, change: PostChange) -> Result<Post> {
        let mut conn = self.read().await?;
        let post = rows::get(&mut conn, change.id).await?;
        if post.deleted_at.is_some() {
            return Err(ApiError::missing("post"));
        }
        if post.version != change.version {
            return Err(changed_elsewhere(&post));
        }
        let scene = Scene::read(self, &mut conn).await?;
        let said = match change.draft.clone() {
            Some(draft) => Some(bounds::clean(draft)?).filter(|d| *d != draft_of(&post)),
            None => None,
        };
        let looked = Looked {
            scene: &scene,
            post: &post,
            said: said.as_ref(),
            change: &change,
        };
        let landing = looked.all(&mut conn).await?;
        drop(conn);
        let workspace = scene.calendar(post.calendar_id)?.workspace_id;
        let mut tx = if change.send_now {
            self.inner.store.begin(Actor::Person).await?
        } else {
            let words = format!("Changed {}", object(std::slice::from_ref(&post)));
            let step = Step::new(words).in_workspace(workspace);
            self.inner.store.step(Actor::Person, step).await?
        };
        write(&mut tx, &post, said.as_ref(), landing, &change).await?;
        let post = rows::get(&mut tx, post.id).await?;
        tx.commit().await?;
        Ok(post)
    }
}

/// A change beside the post it is for, before anything is written.
struct Looked<'a> {
    scene: &'a Scene,
    post: &'a Post,
    /// What it is to say, where that differs.
    said: Option<&'a Draft>,
    change: &'a PostChange,
}

impl Looked<'_> {
    /// Refuses what cannot be done, and says where the post is to stand.
    async fn all(&self, conn: &mut Conn) -> Result<Option<Landing>> {
        let Self { scene, post, .. } = *self;
        if let Some(said) = self.said {
            let workspace = scene.calendar(post.calendar_id)?.workspace_id;
            refuse_strange_accounts(scene, said, workspace)?;
            refuse_published(post, said)?;
        }
        let draft = self.said.cloned().unwrap_or_else(|| draft_of(post));
        if self.change.editorial == Some(EditorialStatus::Cancelled) {
            refuse_out(std::slice::from_ref(post))?;
        }
        if self.change.send_now {
            let calendar = post.calendar_id;
            let own = Some(post.id);
            let problems = scene.problems(conn, &draft, own, calendar, None).await?;
            refuse_errors(&name(post), &problems)?;
            return Ok(None);
        }
        let landing = match &self.change.place {
            Some((place, how)) => Some(self.landing(conn, &draft, place, *how).await?),
            None => None,
        };
        self.refuse_unsendable(conn, &draft, landing.as_ref())
            .await?;
        Ok(landing)
    }

    async fn landing(
        &self,
        conn: &mut Conn,
        draft: &Draft,
        place: &Place,
        how: Scheduling,
    ) -> Result<Landing> {
        let Self { scene, post, .. } = *self;
        let zone = &scene.calendar(post.calendar_id)?.zone;
        if let Some(day) = whole_day(place, zone) {
            return land_on_day(scene, post, day);
        }
        let accounts: Vec<_> = draft.targets.iter().map(|t| t.account_id).collect();
        let spot = scene
            .spot_for(conn, place, &post.when, post.calendar_id, &accounts)
            .await?;
        land(conn, scene, post, draft, spot.as_ref(), how).await
    }

    /// What goes out by itself afterwards has to be able to.
    async fn refuse_unsendable(
        &self,
        conn: &mut Conn,
        draft: &Draft,
        landing: Option<&Landing>,
    ) -> Result<()> {
        let Self { scene, post, .. } = *self;
        let asked = self.change.editorial;
        let editorial = landing.and_then(|l| l.editorial).or(asked);
        let when = landing.map_or(&post.when, |l| &l.when);
        let goes = editorial.unwrap_or(post.editorial) == EditorialStatus::Scheduled
            && asked != Some(EditorialStatus::Cancelled);
        let says_more = self.said.is_some() && goes_out(post);
        let called = asked == Some(EditorialStatus::Scheduled);
        if !goes || !(says_more || called) || !matches!(when, When::Scheduled { .. }) {
            return Ok(());
        }
        // A held post's own minute has passed; that is no fault of the change.
        let spot = spot_of(when).filter(|s| s.at > scene.now);
        let calendar = post.calendar_id;
        let problems = scene
            .problems(conn, draft, Some(post.id), calendar, spot.as_ref())
            .await?;
        refuse_unready(post, &problems)
    }
}

/// Refuses what was meant for another version of a post.
pub(super) fn changed_elsewhere(post: &Post) -> ApiError {
    ApiError::conflict(format!(
        "{} was changed elsewhere meanwhile, so nothing was changed. Read it again first.",
        name(post)
    ))
}

/// Refuses to send what a person has open and different: at its minute, which is now, it would be held
/// for them.
async fn refuse_open_edit(conn: &mut Conn, post: &Post) -> Result<()> {
    let edit = working_copies::get(conn, post.id).await?;
    if edit.is_some_and(|edit| edit.differs && edit.opened_at.is_some()) {
        return Err(ApiError::conflict(format!(
            "Somebody is editing {} in Almanac's window, so nothing was sent. Try again when the edit is updated, discarded or closed there.",
            name(post)
        )));
    }
    Ok(())
}

/// Writes a change that was looked at. An error leaves the transaction to be given up.
async fn write(
    tx: &mut Tx,
    post: &Post,
    said: Option<&Draft>,
    landing: Option<Landing>,
    change: &PostChange,
) -> Result<()> {
    // Somebody may have changed it while it was looked at.
    if rows::get(tx, post.id).await?.version != post.version {
        return Err(changed_elsewhere(post));
    }
    if let Some(said) = said {
        if goes_out(post) {
            rows::save_confirmed(tx, post.id, post.version, said).await?;
        } else {
            rows::save(tx, post.id, post.version, said).await?;
        }
    }
    if change.send_now {
        refuse_open_edit(tx, post).await?;
        publishing::send_now(tx, post.id).await?;
    }
    let mut editorial = change.editorial;
    if let Some(landing) = landing {
        editorial =
            editorial.filter(|e| landing.editorial.is_none() || *e == EditorialStatus::Cancelled);
        let to = rows::Move {
            time_source: landing.source,
            editorial: landing.editorial,
            ..rows::Move::to(post.id, landing.when)
        };
        rows::move_many(tx, &[to]).await?;
    }
    if let Some(editorial) = editorial {
        rows::set_editorial(tx, &[post.id], editorial).await?;
    }
    if let Some(note) = &change.note {
        note.put(tx, &post.id.to_string()).await?;
    }
    Ok(())
}
