//! Publishing a post at once.

use model::PostId;
use model::change::Actor;
use model::post::Post;
use store::{posts as rows, publishing, working_copies};

use super::changing::changed_elsewhere;
use super::check::shown_draft;
use super::moving::refuse_errors;
use super::scene::Scene;
use crate::app::App;
use crate::error::Result;
use crate::types::Written;
use crate::types::posts::OnePost;
use crate::words::name;
use crate::written::without_undo;

impl App {
    /// Publishes a post at once, as the composer shows it. Cannot be undone.
    pub async fn posts_publish_now(&self, input: OnePost) -> Result<Written<Post>> {
        self.published_now(input.id, None).await
    }

    /// The same for a post that has to have the version still in which somebody saw it.
    pub(crate) async fn published_now(
        &self,
        id: PostId,
        seen: Option<i64>,
    ) -> Result<Written<Post>> {
        let mut conn = self.read().await?;
        let post = rows::get(&mut conn, id).await?;
        let scene = Scene::read(self, &mut conn).await?;
        let draft = shown_draft(&post);
        let problems = scene
            .problems(&mut conn, &draft, Some(post.id), post.calendar_id, None)
            .await?;
        refuse_errors(&name(&post), &problems)?;
        drop(conn);
        if post.working_copy.is_some() {
            self.refuse_clash(&post).await?;
        }
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        if let Some(version) = seen
            && rows::get(&mut tx, post.id).await?.version != version
        {
            return Err(changed_elsewhere(&post));
        }
        if post.working_copy.is_some() {
            working_copies::confirm(&mut tx, post.id).await?;
        }
        publishing::send_now(&mut tx, post.id).await?;
        let post = rows::get(&mut tx, post.id).await?;
        tx.commit().await?;
        let notes = self.why_they_wait(std::slice::from_ref(&post)).await?;
        Ok(without_undo(post, notes))
    }
}
