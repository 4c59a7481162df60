//! Sending a post at once.

use std::time::Duration;

use app::programs::PostChange;
use app::types::posts::OnePost;
use model::delivery::DeliveryState;
use model::post::Post;
use model::status::ShownStatus;

use crate::call::Call;
use crate::fault::Fault;

/// How long an answer waits for a post that goes out at once.
const SENDING: Duration = Duration::from_secs(20);

/// Why a post that is to go out is not on its way, or will not be at its time: sentences for people.
pub(crate) async fn why_not_yet(call: &Call, post: &Post) -> Result<Option<String>, Fault> {
    let why = call.app().why_they_wait(std::slice::from_ref(post)).await?;
    Ok((!why.is_empty()).then(|| why.join(" ")))
}

/// Publishes a post at once, as it was confirmed, and waits a while for how it ends, so that the answer can
/// say it.
pub(crate) async fn publish_now(call: &Call, post: &Post) -> Result<Post, Fault> {
    publish_changed(call, PostChange::of(post)).await
}

/// The same for a post that is changed on the way: it goes out as changed, or nothing happens.
pub(crate) async fn publish_changed(call: &Call, change: PostChange) -> Result<Post, Fault> {
    let change = PostChange {
        send_now: true,
        ..change
    };
    let id = change.id;
    let mut changes = call.app().subscribe();
    let sent = call.app().post_change(change).await?;
    let waits = |post: &Post| {
        matches!(
            post.status,
            ShownStatus::Publishing | ShownStatus::Scheduled
        ) && post
            .targets
            .iter()
            .any(|t| t.failure.is_none() && !over(t.state))
    };
    // While it is held or paused nothing comes of waiting.
    if !waits(&sent) || why_not_yet(call, &sent).await?.is_some() {
        return Ok(sent);
    }
    let ended = async {
        while changes.next().await.is_some() {
            let now = call.app().posts_get(OnePost { id }).await?;
            if !waits(&now) {
                return Ok(now);
            }
        }
        Ok::<_, Fault>(call.app().posts_get(OnePost { id }).await?)
    };
    match tokio::time::timeout(SENDING, ended).await {
        Ok(post) => post,
        Err(_) => Ok(call.app().posts_get(OnePost { id }).await?),
    }
}

fn over(state: DeliveryState) -> bool {
    !matches!(state, DeliveryState::Sending | DeliveryState::Waiting)
}
