//! A queued post goes into a free slot of the weekly plan.

use model::post::{Post, TimeSource};
use model::when::When;
use model::{AccountId, Timestamp};
use store::posts as rows;

use crate::app::App;
use crate::error::Result;
use crate::posts::Scene;
use crate::types::queue::QueueIntoSlot;
use crate::types::{ApiError, Written};
use crate::words;

impl App {
    /// Moves a queued post into a free slot of one of its accounts. Refused where the slot is taken, its
    /// day is paused, or it has passed.
    pub async fn queue_into_slot(&self, input: QueueIntoSlot) -> Result<Written<Post>> {
        let posts = self.all_there(&[input.id]).await?;
        for post in &posts {
            refuse_own_time(post, input.account_id)?;
        }
        let slot = {
            let mut conn = self.read().await?;
            let scene = Scene::read(self, &mut conn).await?;
            let taken = scene.taken(&mut conn, input.account_id, scene.now).await?;
            let before = Timestamp::from_millis(input.at.as_millis() - 1);
            let free = scene
                .plan_of(input.account_id)
                .occurrences(before.max(scene.now), input.at)
                .into_iter()
                .find(|s| !taken.contains(&s.at));
            free.map(|slot| (format!("Moved to {}", scene.words.wall(slot.wall)), slot))
        };
        let Some((words, slot)) = slot else {
            return Err(ApiError::conflict(
                "That slot is not free any more. Choose another one.",
            ));
        };
        let one = rows::Move {
            time_source: TimeSource::Slot,
            ..rows::Move::to(input.id, When::scheduled(slot.wall, slot.zone)?)
        };
        let mut writing = self.step(words).await?;
        rows::move_many(&mut writing.tx, &[one]).await?;
        let post = rows::get(&mut writing.tx, input.id).await?;
        writing.done(post).await
    }
}

/// Refuses unless a post is queued for this account: then its times may be changed with those of others.
pub(crate) fn refuse_own_time(post: &Post, account: AccountId) -> Result<()> {
    let of_account = post.targets.iter().any(|t| t.draft.account_id == account);
    if of_account && post.time_source == TimeSource::Slot && post.when.stands_at().is_some() {
        return Ok(());
    }
    Err(ApiError::conflict(format!(
        "{} has a time of its own, so it keeps its place. Move it to change its time.",
        words::name(post)
    )))
}
