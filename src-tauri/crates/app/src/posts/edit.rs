//! Saving what is typed: into the post itself, or into the working copy of one that is scheduled.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

use model::change::Actor;
use model::delivery::DeliveryState;
use model::post::{Draft, Post};
use model::status::EditorialStatus;
use model::when::When;
use model::{PostId, Timestamp};
use store::{StoreError, posts as rows, working_copies};

use super::bounds;
use super::create::{new_post, refuse_strange_accounts};
use super::moving::refuse_unready;
use super::scene::{Scene, draft_of};
use crate::app::App;
use crate::error::Result;
use crate::place::Spot;
use crate::types::posts::{OnePost, PostSave};
use crate::types::{ApiError, Written};
use crate::words::name;
use crate::written::without_undo;

/// Longest name of a session of the composer, in characters.
const MAX_SESSION: usize = 100;

/// A copy of what was typed into a post that had changed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    id: PostId,
    /// As it was put there; another one says that somebody has written in it since.
    version: i64,
}

impl App {
    /// Saves what was typed. All saves of one session are one step of the history.
    pub async fn posts_save(&self, input: PostSave) -> Result<Written<Post>> {
        if input.session.is_empty() || input.session.chars().count() > MAX_SESSION {
            return Err(ApiError::invalid(
                "session",
                "The composer did not say which one it is.",
            ));
        }
        let draft = bounds::clean(input.draft)?;
        let mut conn = self.read().await?;
        let post = rows::get(&mut conn, input.id).await?;
        let scene = Scene::read(self, &mut conn).await?;
        drop(conn);
        if post.deleted_at.is_some() {
            return Err(self.kept_apart(&post, &draft, &input.session, GONE).await?);
        }
        let workspace = scene.calendar(post.calendar_id)?.workspace_id;
        refuse_strange_accounts(&scene, &draft, workspace)?;
        refuse_published(&post, &draft)?;
        if shown(&post) == draft {
            self.drop_kept(&input.session, input.holds_kept).await?;
            return Ok(without_undo(post, Vec::new()));
        }
        // An edit under way goes on as one, also when the post stopped going out meanwhile: what was
        // typed must not end up in two places.
        if goes_out(&post) || post.working_copy.is_some() {
            let session = &input.session;
            let written = self
                .save_copy(&post, &draft, input.version, session)
                .await?;
            self.drop_kept(session, input.holds_kept).await?;
            return Ok(written);
        }
        let words = format!(
            "Edited {}",
            crate::words::name_of(&draft.title, &draft.segments)
        );
        let key = format!("compose:{}:{}", input.session, post.id);
        let mut writing = self.step_joining(words, key).await?;
        let saved = rows::save(&mut writing.tx, post.id, input.version, &draft).await;
        match saved {
            Ok(_) => {}
            Err(StoreError::Conflict(_)) => {
                writing.tx.rollback().await?;
                return Err(self
                    .kept_apart(&post, &draft, &input.session, CHANGED)
                    .await?);
            }
            Err(other) => return Err(other.into()),
        }
        let post = rows::get(&mut writing.tx, post.id).await?;
        let written = writing.done(post).await?;
        self.drop_kept(&input.session, input.holds_kept).await?;
        Ok(written)
    }

    /// Keeps an edit beside what goes out.
    async fn save_copy(
        &self,
        post: &Post,
        draft: &Draft,
        version: i64,
        session: &str,
    ) -> Result<Written<Post>> {
        let mut tx = self.begin(Actor::Person).await?;
        match working_copies::put(&mut tx, post.id, version, draft).await {
            Ok(()) => {}
            Err(StoreError::Conflict(_)) => {
                tx.rollback().await?;
                return Err(self.kept_apart(post, draft, session, CHANGED).await?);
            }
            Err(other) => return Err(other.into()),
        }
        let post = rows::get(&mut tx, post.id).await?;
        tx.commit().await?;
        Ok(without_undo(post, Vec::new()))
    }

    /// What was typed into a post that is not as it was: kept as a draft of its own on the shelf, one
    /// a session, so that nothing typed is lost.
    async fn kept_apart(
        &self,
        post: &Post,
        draft: &Draft,
        session: &str,
        why: &str,
    ) -> Result<ApiError> {
        let known = self.kept().get(session).copied();
        let mut tx = self.begin(Actor::Person).await?;
        // One that somebody has written in, scheduled or deleted since is theirs.
        let there = match known {
            Some(kept) => rows::get_many(&mut tx, &[kept.id])
                .await?
                .pop()
                .filter(|p| p.version == kept.version),
            None => None,
        };
        let id = if let Some(copy) = there {
            rows::save(&mut tx, copy.id, copy.version, draft).await?;
            copy.id
        } else {
            let new = new_post(&post.calendar_id, draft.clone(), When::Unplanned, None);
            rows::create(&mut tx, &new).await?
        };
        let version = rows::get(&mut tx, id).await?.version;
        tx.commit().await?;
        self.remember_kept(session, Kept { id, version });
        Ok(ApiError::conflict(format!(
            "{} {why} Nothing was overwritten; what you typed is a draft of its own on the shelf.",
            name(post)
        ))
        .at("version"))
    }

    /// Puts the copy that was kept apart into the bin, once its words are where they belong. One that
    /// somebody has changed since stays.
    async fn drop_kept(&self, session: &str, holds_it: bool) -> Result<()> {
        if !holds_it {
            return Ok(());
        }
        let Some(kept) = self.kept().remove(session) else {
            return Ok(());
        };
        // Opened without a look: what was typed is saved by now, and a copy that somebody scheduled has another
        // version.
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        let copy = rows::get_many(&mut tx, &[kept.id]).await?.pop();
        if copy.is_some_and(|c| c.version == kept.version && c.deleted_at.is_none()) {
            rows::delete(&mut tx, &[kept.id]).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    fn remember_kept(&self, session: &str, new: Kept) {
        /// Sessions remembered; a composer that is open for longer starts another draft.
        const MOST: usize = 100;
        let mut kept = self.kept();
        if kept.len() >= MOST && !kept.contains_key(session) {
            kept.clear();
        }
        kept.insert(session.to_owned(), new);
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.inner
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The composer opened the post: an edit is in progress.
    pub async fn posts_open(&self, input: OnePost) -> Result<Post> {
        self.set_open(input.id, true).await
    }

    /// The composer closed.
    pub async fn posts_close(&self, input: OnePost) -> Result<Post> {
        self.set_open(input.id, false).await
    }

    async fn set_open(&self, id: PostId, open: bool) -> Result<Post> {
        let mut conn = self.read().await?;
        let post = rows::get(&mut conn, id).await?;
        drop(conn);
        if post.working_copy.is_none() {
            return Ok(post);
        }
        let mut tx = self.begin(Actor::Person).await?;
        working_copies::set_open(&mut tx, id, open).await?;
        let post = rows::get(&mut tx, id).await?;
        tx.commit().await?;
        Ok(post)
    }

    /// What was edited replaces what goes out.
    pub async fn posts_confirm_edit(&self, input: OnePost) -> Result<Written<Post>> {
        let mut conn = self.read().await?;
        let post = rows::get(&mut conn, input.id).await?;
        let Some(copy) = post.working_copy.clone() else {
            return Ok(without_undo(post, Vec::new()));
        };
        if goes_out(&post) {
            let scene = Scene::read(self, &mut conn).await?;
            // A held post's own minute has passed; that is no fault of the edit.
            let spot = spot_of(&post.when).filter(|s| s.at > scene.now);
            let problems = scene
                .problems(
                    &mut conn,
                    &copy,
                    Some(post.id),
                    post.calendar_id,
                    spot.as_ref(),
                )
                .await?;
            refuse_unready(&post, &problems)?;
        }
        drop(conn);
        self.refuse_clash(&post).await?;
        let mut writing = self.step(format!("Updated {}", name(&post))).await?;
        // It may have gone out since the edit was put aside, and until just now.
        let was = rows::get(&mut writing.tx, post.id).await?;
        working_copies::confirm(&mut writing.tx, post.id).await?;
        let post = rows::get(&mut writing.tx, post.id).await?;
        refuse_published(&was, &draft_of(&post))?;
        writing.done(post).await
    }

    /// When somebody else changed the same as an edit, the person is told once and may then insist.
    pub(super) async fn refuse_clash(&self, post: &Post) -> Result<()> {
        let mut tx = self.begin(Actor::Person).await?;
        if !working_copies::clashes(&mut tx, post.id).await? {
            tx.rollback().await?;
            return Ok(());
        }
        working_copies::rebase(&mut tx, post.id).await?;
        tx.commit().await?;
        Err(ApiError::conflict(format!(
            "{} was changed elsewhere since you began this edit, so nothing was updated. Your edit is kept. Do it again to put yours in its place, or discard your edit.",
            name(post)
        )))
    }

    /// Forgets the edit of a scheduled post.
    pub async fn posts_discard_edit(&self, input: OnePost) -> Result<Written<Post>> {
        let mut tx = self.begin(Actor::Person).await?;
        working_copies::discard(&mut tx, input.id).await?;
        let post = rows::get(&mut tx, input.id).await?;
        tx.commit().await?;
        Ok(without_undo(post, Vec::new()))
    }
}

const GONE: &str = "went to the bin while you were typing.";
const CHANGED: &str = "was changed elsewhere while you were typing.";

/// The draft the composer shows.
fn shown(post: &Post) -> Draft {
    super::check::shown_draft(post)
}

/// Whether the post goes out by itself as it stands: then it is edited in a working copy.
pub(super) fn goes_out(post: &Post) -> bool {
    let waits = |state| {
        matches!(
            state,
            DeliveryState::Waiting
                | DeliveryState::Sending
                | DeliveryState::Placed
                | DeliveryState::Unconfirmed
        )
    };
    post.editorial == EditorialStatus::Scheduled
        && matches!(post.when, When::Scheduled { .. })
        && (post.targets.is_empty() || post.targets.iter().any(|t| waits(t.state)))
}

/// What is on every network cannot be changed from here any more.
pub(super) fn refuse_published(post: &Post, draft: &Draft) -> Result<()> {
    let published = !post.targets.is_empty()
        && post
            .targets
            .iter()
            .all(|t| t.state == DeliveryState::Published);
    let was = draft_of(post);
    if published && (was.segments != draft.segments || was.targets != draft.targets) {
        return Err(ApiError::conflict(format!(
            "{} is published, so its text stays as it went out. Copy it to post something else.",
            name(post)
        )));
    }
    Ok(())
}

/// The spot at which a post stands; none without a scheduled time.
pub(super) fn spot_of(when: &When) -> Option<Spot> {
    let When::Scheduled { wall, zone, at } = when else {
        return None;
    };
    let clock_change = model::when::resolve(*wall, zone).ok()?.clock_change;
    let at: Timestamp = *at;
    Some(Spot {
        wall: *wall,
        zone: zone.clone(),
        at,
        clock_change,
        source: model::post::TimeSource::Own,
    })
}
