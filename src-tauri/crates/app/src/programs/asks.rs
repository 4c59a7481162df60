//! Programs whose key may not publish ask the person, who answers in the window.

use model::change::{Actor, Subject};
use model::error::Severity;
use model::post::Post;
use model::{KeyId, PostId, WorkspaceId};
use serde_json::json;
use store::{keys, posts as rows, programs as notes};

use crate::app::App;
use crate::error::Result;
use crate::types::posts::{Move, OnePost, Place, PostCheck, PostsMove, Scheduling};
use crate::types::programs::AskAnswer;
use crate::types::{ApiError, Written};
use crate::words::name;
use crate::written::without_undo;

fn needs_time(post: &Post) -> ApiError {
    ApiError::invalid(
        "at",
        format!("{} needs a time that lies ahead.", name(post)),
    )
}

impl App {
    /// Asks the person that a post go out: at the time it is planned for, or at once. Nothing happens
    /// until the person answers; asking again replaces the question.
    pub async fn ask_to_publish(
        &self,
        workspace: WorkspaceId,
        key: KeyId,
        post: &Post,
        at_once: bool,
    ) -> Result<()> {
        let checked = self
            .posts_check(PostCheck {
                calendar_id: post.calendar_id,
                id: Some(post.id),
                draft: crate::posts::shown_draft(post),
                place: None,
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
        if !at_once && post.when.stands_at().is_none_or(|at| !self.is_ahead(at)) {
            return Err(needs_time(post));
        }
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        let known = keys::of_workspace(&mut tx, workspace).await?;
        let by = known
            .into_iter()
            .find(|k| k.id == key)
            .map(|k| k.name)
            .ok_or_else(|| ApiError::missing("key"))?;
        let ask = json!({ "by": by, "atOnce": at_once });
        let id = post.id.to_string();
        notes::put_note(&mut tx, workspace, notes::ASK, &id, &ask).await?;
        tx.changed(Subject::Post, post.id);
        tx.commit().await?;
        Ok(())
    }

    /// Answers a program that asked that a post go out. With a yes it is scheduled for its time, or goes
    /// out at once when that was asked; with a no it stays as it is.
    pub async fn posts_answer_ask(&self, input: AskAnswer) -> Result<Written<Post>> {
        let mut conn = self.read().await?;
        let post = rows::get(&mut conn, input.id).await?;
        let asked = notes::note_of_any(&mut conn, notes::ASK, &input.id.to_string()).await?;
        drop(conn);
        let asked = asked
            .ok_or_else(|| ApiError::conflict("Nobody asks for this post any more.".to_owned()))?;
        let answered = if !input.yes {
            without_undo(post, Vec::new())
        } else if asked["atOnce"] == true {
            self.posts_publish_now(OnePost { id: input.id }).await?
        } else {
            let place = Place::of_plan(&post.when).ok_or_else(|| needs_time(&post))?;
            let written = self
                .posts_move(PostsMove {
                    moves: vec![Move {
                        id: input.id,
                        place,
                    }],
                    scheduling: Scheduling::Must,
                })
                .await?;
            let mut posts = written.value.posts.into_iter();
            Written {
                value: posts.next().ok_or_else(|| ApiError::missing("post"))?,
                undo: written.undo,
                notes: written.notes,
            }
        };
        self.forget_ask(input.id).await?;
        Ok(answered)
    }

    async fn forget_ask(&self, id: PostId) -> Result<()> {
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        notes::forget_ask(&mut tx, id).await?;
        tx.changed(Subject::Post, id);
        tx.commit().await?;
        Ok(())
    }
}
