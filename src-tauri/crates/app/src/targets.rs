//! One post on one account: trying again, deciding an unknown send, deleting on the network.

use model::change::Actor;
use model::post::Post;
use model::status::EditorialStatus;
use model::when::When;
use model::{PostId, TargetId};
use networks::connector::StepRecord;
use store::{Tx, posts as rows, publishing};

use crate::app::App;
use crate::error::Result;
use crate::types::ahead::HandedOver;
use crate::types::posts::{OneTarget, SayPublished};
use crate::types::{ApiError, Written};
use crate::words::name;
use crate::written::without_undo;

/// Longest address, in characters.
const MAX_URL: usize = 2_000;

impl App {
    /// The post of a target.
    pub async fn post_of_target(&self, id: TargetId) -> Result<PostId> {
        let mut conn = self.read().await?;
        Ok(rows::of_target(&mut conn, id).await?)
    }

    /// Tries a failed or missed target now.
    pub async fn targets_retry(&self, input: OneTarget) -> Result<Written<Post>> {
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        publishing::retry(&mut tx, input.id).await?;
        self.on_its_way(tx, input.id).await
    }

    /// Calls one target off.
    pub async fn targets_cancel(&self, input: OneTarget) -> Result<Written<Post>> {
        let mut conn = self.read().await?;
        let id = rows::of_target(&mut conn, input.id).await?;
        let post = rows::get(&mut conn, id).await?;
        drop(conn);
        let mut writing = self
            .step(format!("Called off {} on one account", name(&post)))
            .await?;
        publishing::cancel(&mut writing.tx, input.id).await?;
        let post = rows::get(&mut writing.tx, id).await?;
        writing.done(post).await
    }

    /// Calls one target for again that was called off.
    pub async fn targets_use_again(&self, input: OneTarget) -> Result<Written<Post>> {
        let mut conn = self.read().await?;
        let id = rows::of_target(&mut conn, input.id).await?;
        let post = rows::get(&mut conn, id).await?;
        drop(conn);
        if post.editorial == EditorialStatus::Cancelled {
            return Err(ApiError::conflict(format!(
                "{} is called off as a whole. Use the post again first.",
                name(&post)
            )));
        }
        let words = format!("{} goes to one account again", name(&post));
        let mut writing = self.step(words).await?;
        publishing::use_again(&mut writing.tx, &[input.id]).await?;
        let post = rows::get(&mut writing.tx, id).await?;
        writing.done(post).await
    }

    /// The person says that it is on the network.
    pub async fn targets_say_published(&self, input: SayPublished) -> Result<Written<Post>> {
        let url = input
            .url
            .map(|url| url.trim().to_owned())
            .filter(|url| !url.is_empty());
        let is_web = |url: &String| {
            url.len() <= MAX_URL && (url.starts_with("https://") || url.starts_with("http://"))
        };
        if url.as_ref().is_some_and(|url| !is_web(url)) {
            return Err(ApiError::invalid(
                "url",
                "That is not a web address. Copy it from the network, or leave it out.",
            ));
        }
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        publishing::say_published(&mut tx, input.id, url.as_deref()).await?;
        finish(tx, input.id, Vec::new()).await
    }

    /// The person says that it is not there: send again.
    pub async fn targets_send_again(&self, input: OneTarget) -> Result<Written<Post>> {
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        publishing::send_again(&mut tx, input.id).await?;
        self.on_its_way(tx, input.id).await
    }

    /// The person gives up on an unconfirmed send.
    pub async fn targets_give_up(&self, input: OneTarget) -> Result<Written<Post>> {
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        publishing::give_up(&mut tx, input.id).await?;
        finish(tx, input.id, Vec::new()).await
    }

    /// Looks for a first comment that was not written, and writes it when it is not there.
    pub async fn targets_comment_again(&self, input: OneTarget) -> Result<Written<Post>> {
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        publishing::comment_again(&mut tx, input.id).await?;
        let notes = self.why_not_yet().await?;
        finish(tx, input.id, notes).await
    }

    /// The person leaves a post without its first comment.
    pub async fn targets_leave_comment(&self, input: OneTarget) -> Result<Written<Post>> {
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        publishing::comment_left(&mut tx, input.id).await?;
        finish(tx, input.id, Vec::new()).await
    }

    /// What the person is to post of a post that is handed over, and where it lies ready.
    pub async fn targets_handed_over(&self, input: OneTarget) -> Result<HandedOver> {
        let mut conn = self.read().await?;
        let found = publishing::deliveries(&mut conn, &[input.id]).await?;
        let delivery = found
            .into_iter()
            .next()
            .ok_or_else(|| ApiError::missing("post"))?;
        let connector = self.connector(&delivery.account.network)?;
        let text = publisher::texts_sent(&delivery, &*connector).join("\n\n");
        let done: Vec<StepRecord> = delivery
            .steps
            .into_iter()
            .map(|step| StepRecord {
                key: step.key,
                value: step.value,
            })
            .collect();
        let folder = connector.laid_ready(&delivery.account, &done);
        Ok(HandedOver {
            folder: folder.map(|folder| folder.to_string_lossy().into_owned()),
            text,
        })
    }

    /// Deletes on its network what the network holds until its time; the post waits here, can be changed
    /// again, and goes out from this computer. Cannot be undone.
    pub async fn targets_take_back(&self, input: OneTarget) -> Result<Written<Post>> {
        let id: PostId = {
            let mut conn = self.read().await?;
            rows::of_target(&mut conn, input.id).await?
        };
        self.take_back(input.id).await?;
        let post = rows::get(&mut self.read().await?, id).await?;
        let notes = self.why_they_wait(std::slice::from_ref(&post)).await?;
        Ok(without_undo(post, notes))
    }

    /// Deletes a published post on its network. Cannot be undone.
    pub async fn targets_delete_on_network(&self, input: OneTarget) -> Result<Written<Post>> {
        let id: PostId = {
            let mut conn = self.read().await?;
            rows::of_target(&mut conn, input.id).await?
        };
        self.delete_on_network(input.id).await?;
        let mut conn = self.read().await?;
        let post = rows::get(&mut conn, id).await?;
        let became = match post.when {
            When::Unplanned => "The text is a draft again, on the shelf.",
            When::Planned { .. } | When::Scheduled { .. } => {
                "Another account has the post on its way or may have it, so it keeps its time and is called off on this one."
            }
        };
        Ok(without_undo(post, vec![became.to_owned()]))
    }

    /// Commits a decision to send, and says why it waits all the same.
    async fn on_its_way(&self, tx: Tx, target: TargetId) -> Result<Written<Post>> {
        let mut written = finish(tx, target, Vec::new()).await?;
        let post = std::slice::from_ref(&written.value);
        written.notes = self.why_they_wait(post).await?;
        Ok(written)
    }
}

/// Commits a decision and answers with the post as it stands now.
async fn finish(mut tx: Tx, target: TargetId, notes: Vec<String>) -> Result<Written<Post>> {
    let id = rows::of_target(&mut tx, target).await?;
    let post = rows::get(&mut tx, id).await?;
    tx.commit().await?;
    Ok(without_undo(post, notes))
}
