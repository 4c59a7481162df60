//! Programs whose key may not publish ask the person, who answers in the window.

use model::change::{Actor, Subject};
use model::error::Severity;
use model::post::Post;
use model::status::EditorialStatus;
use model::when::When;
use model::{KeyId, PostId, WorkspaceId};
use serde_json::json;
use store::{keys, posts as rows, programs as notes};

use crate::app::App;
use crate::error::Result;
use crate::types::posts::{Move, Place, PostCheck, PostsMove, Scheduling};
use crate::types::programs::{AskAnswer, AskSeen};
use crate::types::{ApiError, Written};
use crate::words::name;
use crate::written::without_undo;

/// When a post is to go out that is asked for.
#[derive(Debug, Clone)]
pub enum AskedTime {
    /// Now.
    AtOnce,
    /// At the time it is planned for.
    Planned,
    /// At another one.
    At(Place),
}

fn needs_time(post: &Post) -> ApiError {
    ApiError::invalid(
        "at",
        format!("{} needs a time that lies ahead.", name(post)),
    )
}

/// Where a post stands in time; none on the shelf or on a day alone.
fn stands(post: &Post) -> Option<Place> {
    match &post.when {
        When::Scheduled { wall, zone, .. } => Some(Place::Wall {
            wall: *wall,
            zone: Some(zone.clone()),
        }),
        other => Place::of_plan(other),
    }
}

/// Refuses what no answer could let out: it goes out by itself already, or is called off.
fn refuse_nothing_to_ask(post: &Post) -> Result<()> {
    use EditorialStatus::{Approved, Draft, InReview};
    if matches!(post.editorial, Draft | InReview | Approved) {
        return Ok(());
    }
    Err(ApiError::conflict(format!(
        "{} is scheduled, published or called off, so there is nothing to ask for.",
        name(post)
    )))
}

impl App {
    /// Asks the person that a post go out. Nothing is asked, and nothing moved, when it could not; asking
    /// again replaces the question. Otherwise the post stands at its time, as a plan, until the person
    /// answers.
    pub async fn ask_to_publish(
        &self,
        workspace: WorkspaceId,
        key: KeyId,
        post: Post,
        time: AskedTime,
    ) -> Result<Post> {
        refuse_nothing_to_ask(&post)?;
        self.refuse_unanswerable(&post, &time).await?;
        let mut conn = self.read().await?;
        let known = keys::of_workspace(&mut conn, workspace).await?;
        drop(conn);
        let by = known
            .into_iter()
            .find(|k| k.id == key)
            .map(|k| k.name)
            .ok_or_else(|| ApiError::missing("key"))?;
        let at_once = matches!(time, AskedTime::AtOnce);
        let post = match time {
            AskedTime::At(place) => {
                let seen = Some(post.version);
                self.one_moved(post.id, place, Scheduling::Plan, seen)
                    .await?
                    .value
            }
            AskedTime::AtOnce | AskedTime::Planned => post,
        };
        let id = post.id.to_string();
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        // What the person may have read is what was there when it was first asked for.
        let before = notes::note(&mut tx, workspace, notes::ASK, &id).await?;
        let first = before.and_then(|ask| ask["version"].as_i64());
        let version = first.unwrap_or(post.version);
        let ask = json!({ "by": by, "atOnce": at_once, "version": version });
        notes::put_note(&mut tx, workspace, notes::ASK, &id, &ask).await?;
        tx.changed(Subject::Post, post.id);
        tx.commit().await?;
        Ok(post)
    }

    /// Refuses to ask for what could not go out as it is.
    async fn refuse_unanswerable(&self, post: &Post, time: &AskedTime) -> Result<()> {
        let place = match time {
            AskedTime::AtOnce => None,
            AskedTime::Planned => Some(stands(post).ok_or_else(|| needs_time(post))?),
            AskedTime::At(Place::Shelf | Place::Date { .. }) => return Err(needs_time(post)),
            AskedTime::At(place) => Some(place.clone()),
        };
        let checked = self
            .posts_check(PostCheck {
                calendar_id: post.calendar_id,
                id: Some(post.id),
                draft: crate::posts::shown_draft(post),
                place,
            })
            .await?;
        if post.targets.is_empty() {
            return Err(ApiError::invalid(
                "accounts",
                format!("{} goes to no account yet.", name(post)),
            ));
        }
        if let Some(error) = checked
            .problems
            .iter()
            .find(|problem| problem.severity == Severity::Error)
        {
            return Err(ApiError::invalid("text", error.message.clone()));
        }
        if checked.resolved.is_some_and(|spot| spot.past) {
            return Err(needs_time(post));
        }
        Ok(())
    }

    /// Answers a program that asked that a post go out. With a yes it is scheduled for its time, or goes
    /// out at once when that was asked; with a no it stays as it is. A yes is to what was shown: when the
    /// post or the question is another one by now, nothing goes out.
    pub async fn posts_answer_ask(&self, input: AskAnswer) -> Result<Written<Post>> {
        let mut conn = self.read().await?;
        let post = rows::get(&mut conn, input.id).await?;
        let asked = notes::note_of_any(&mut conn, notes::ASK, &input.id.to_string()).await?;
        drop(conn);
        let asked = asked
            .ok_or_else(|| ApiError::conflict("Nobody asks for this post any more.".to_owned()))?;
        let now = AskSeen {
            version: post.version,
            at_once: asked["atOnce"] == true,
        };
        let answered = if !input.yes {
            without_undo(post, Vec::new())
        } else if input.seen != Some(now) {
            return Err(ApiError::conflict(format!(
                "{} was changed, or is asked for in another way, since this was shown. Nothing went out. Look at it again, then answer.",
                name(&post)
            )));
        } else if now.at_once {
            self.published_now(input.id, Some(now.version)).await?
        } else {
            let ahead = post.when.stands_at().is_some_and(|at| self.is_ahead(at));
            let place = stands(&post).filter(|_| ahead);
            let place = place.ok_or_else(|| needs_time(&post))?;
            let seen = Some(now.version);
            self.one_moved(input.id, place, Scheduling::Must, seen)
                .await?
        };
        self.forget_ask(input.id).await?;
        Ok(answered)
    }

    /// Gives a post that has this version still another place.
    async fn one_moved(
        &self,
        id: PostId,
        place: Place,
        scheduling: Scheduling,
        seen: Option<i64>,
    ) -> Result<Written<Post>> {
        let moves = vec![Move { id, place }];
        let moved = self.moved(PostsMove { moves, scheduling }, seen).await?;
        let mut posts = moved.value.posts.into_iter();
        Ok(Written {
            value: posts.next().ok_or_else(|| ApiError::missing("post"))?,
            undo: moved.undo,
            notes: moved.notes,
        })
    }

    async fn forget_ask(&self, id: PostId) -> Result<()> {
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        notes::forget_ask(&mut tx, id).await?;
        tx.changed(Subject::Post, id);
        tx.commit().await?;
        Ok(())
    }
}
