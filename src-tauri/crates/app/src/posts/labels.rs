//! Labels, the editorial status, calling off, the bin: changes of many posts at once.

use model::delivery::DeliveryState;
use model::post::Post;
use model::status::EditorialStatus;
use model::when::When;
use model::{PostId, TargetId};
use store::{Conn, posts as rows, publishing};

use super::bounds;
use super::edit::spot_of;
use super::moving::{few, refuse_unready};
use super::scene::{Scene, draft_of};
use crate::app::App;
use crate::checks;
use crate::error::Result;
use crate::types::posts::{LabelCount, PostIds, PostsChanged, PostsEditorial, PostsLabel};
use crate::types::{ApiError, Nothing, Written};
use crate::words::{self, list, name};
use crate::written::Writing;

impl App {
    /// Changes labels of posts.
    pub async fn posts_label(&self, input: PostsLabel) -> Result<Written<PostsChanged>> {
        bounds::batch(input.ids.len())?;
        let (add, remove) = (bounds::labels(&input.add)?, bounds::labels(&input.remove)?);
        let posts = self.all_there(&input.ids).await?;
        let quoted = |labels: &[String]| {
            list(
                &labels
                    .iter()
                    .map(|l| format!("\"{l}\""))
                    .collect::<Vec<_>>(),
            )
        };
        let which = words::posts(posts.len());
        let words = match (add.as_slice(), remove.as_slice()) {
            ([], []) => return Err(ApiError::invalid("add", "No label was chosen.")),
            (add, []) => format!("Labelled {which} {}", quoted(add)),
            ([], remove) => format!("Took {} off {which}", quoted(remove)),
            _ => format!("Changed labels of {which}"),
        };
        let mut writing = self.step(words).await?;
        for post in &posts {
            let kept = post.labels.iter().filter(|l| !remove.contains(l));
            let wanted: Vec<String> = kept.chain(&add).cloned().collect();
            let wanted = bounds::labels(&wanted)?;
            if wanted != post.labels {
                rows::set_labels(&mut writing.tx, post.id, &wanted).await?;
            }
        }
        changed(writing, &input.ids).await
    }

    /// Changes the editorial status of posts.
    pub async fn posts_editorial(&self, input: PostsEditorial) -> Result<Written<PostsChanged>> {
        bounds::batch(input.ids.len())?;
        let posts = self.all_there(&input.ids).await?;
        if input.status == EditorialStatus::Cancelled {
            return self.call_off(&posts).await;
        }
        if input.status == EditorialStatus::Scheduled {
            self.refuse_unready_posts(&posts).await?;
        }
        let which = subject(&posts);
        let words = match input.status {
            EditorialStatus::Draft => format!("{which} back to draft"),
            EditorialStatus::InReview => format!("{which} sent to review"),
            EditorialStatus::Approved => format!("{which} approved"),
            EditorialStatus::Scheduled | EditorialStatus::Cancelled => format!("{which} scheduled"),
        };
        let mut writing = self.step(words).await?;
        rows::set_editorial(&mut writing.tx, &input.ids, input.status).await?;
        changed(writing, &input.ids).await
    }

    /// Calls posts off.
    pub async fn posts_cancel(&self, input: PostIds) -> Result<Written<PostsChanged>> {
        bounds::batch(input.ids.len())?;
        let posts = self.all_there(&input.ids).await?;
        self.call_off(&posts).await
    }

    async fn call_off(&self, posts: &[Post]) -> Result<Written<PostsChanged>> {
        refuse_out(posts)?;
        let ids: Vec<PostId> = posts.iter().map(|p| p.id).collect();
        let mut writing = self.step(format!("Called off {}", object(posts))).await?;
        rows::set_editorial(&mut writing.tx, &ids, EditorialStatus::Cancelled).await?;
        changed(writing, &ids).await
    }

    /// Calls posts for again that were called off. Those with a time ahead that lack nothing are scheduled
    /// again, the others are drafts; where single accounts were called off, those wait again.
    pub async fn posts_use_again(&self, input: PostIds) -> Result<Written<PostsChanged>> {
        bounds::batch(input.ids.len())?;
        let posts = self.all_there(&input.ids).await?;
        let mut scheduled = Vec::new();
        let mut drafts = Vec::new();
        let mut targets = Vec::new();
        let mut notes = Vec::new();
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        for post in &posts {
            if post.editorial != EditorialStatus::Cancelled {
                targets.extend(called_off(post));
                continue;
            }
            match not_scheduled(&mut conn, &scene, post).await? {
                None => scheduled.push(post.id),
                Some(note) => {
                    notes.push(note);
                    drafts.push(post.id);
                }
            }
        }
        drop(conn);
        let mut writing = self.step(format!("{} used again", subject(&posts))).await?;
        let tx = &mut writing.tx;
        rows::set_editorial(tx, &scheduled, EditorialStatus::Scheduled).await?;
        rows::set_editorial(tx, &drafts, EditorialStatus::Draft).await?;
        publishing::use_again(tx, &targets).await?;
        writing.notes = few(notes);
        changed(writing, &input.ids).await
    }

    /// Refuses unless every post has a time ahead and nothing wrong with it.
    async fn refuse_unready_posts(&self, posts: &[Post]) -> Result<()> {
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        for post in posts {
            let Some(spot) = spot_of(&post.when) else {
                return Err(ApiError::invalid(
                    "when",
                    format!("{} has no time yet. Choose one first.", name(post)),
                ));
            };
            let problems = scene
                .problems(
                    &mut conn,
                    &draft_of(post),
                    Some(post.id),
                    post.calendar_id,
                    Some(&spot),
                )
                .await?;
            refuse_unready(post, &problems)?;
        }
        Ok(())
    }

    /// Moves posts to the bin.
    pub async fn posts_remove(&self, input: PostIds) -> Result<Written<Nothing>> {
        bounds::batch(input.ids.len())?;
        let posts = self.all_there(&input.ids).await?;
        let mut writing = self.step(format!("Deleted {}", object(&posts))).await?;
        rows::delete(&mut writing.tx, &input.ids).await?;
        writing.done(Nothing {}).await
    }

    /// All labels in use.
    pub async fn labels_list(&self, _: Nothing) -> Result<Vec<LabelCount>> {
        let mut conn = self.read().await?;
        let labels = store::drafts::labels(&mut conn).await?;
        Ok(labels
            .into_iter()
            .map(|(label, posts)| LabelCount { label, posts })
            .collect())
    }

    /// Posts that are not in the bin; one that is gone refuses the whole batch.
    pub(crate) async fn all_there(&self, ids: &[PostId]) -> Result<Vec<Post>> {
        let mut conn = self.read().await?;
        let posts = rows::get_many(&mut conn, ids).await?;
        if posts.len() < ids.len() || posts.iter().any(|p| p.deleted_at.is_some()) {
            return Err(ApiError::missing("post"));
        }
        Ok(posts)
    }
}

/// Refuses to call off what is on every network already.
pub(super) fn refuse_out(posts: &[Post]) -> Result<()> {
    let out = |p: &&Post| {
        let published = |t: &model::post::Target| t.state == DeliveryState::Published;
        !p.targets.is_empty() && p.targets.iter().all(published)
    };
    match posts.iter().find(out) {
        Some(post) => Err(ApiError::conflict(format!(
            "{} is published, so it cannot be called off. Delete it on its network instead.",
            name(post)
        ))),
        None => Ok(()),
    }
}

/// The targets of a post that were called off.
fn called_off(post: &Post) -> impl Iterator<Item = TargetId> + '_ {
    let off = post.targets.iter();
    off.filter(|t| t.state == DeliveryState::Cancelled)
        .map(|t| t.id)
}

/// Why a post that is used again is a draft and not scheduled; none when it is scheduled.
async fn not_scheduled(conn: &mut Conn, scene: &Scene, post: &Post) -> Result<Option<String>> {
    let name = name(post);
    let at = match &post.when {
        When::Scheduled { at, .. } => *at,
        When::Planned { .. } | When::Unplanned => return Ok(Some(format!("{name} is a draft."))),
    };
    if at <= scene.now {
        return Ok(Some(format!(
            "{name} is a draft: its time has passed. Choose another one."
        )));
    }
    let spot = spot_of(&post.when);
    let problems = scene
        .problems(
            conn,
            &draft_of(post),
            Some(post.id),
            post.calendar_id,
            spot.as_ref(),
        )
        .await?;
    Ok(checks::blocked(&problems).map(|lack| format!("{name} is a draft. {lack}")))
}

/// Commits and answers with the posts as they stand now.
pub(super) async fn changed(mut writing: Writing, ids: &[PostId]) -> Result<Written<PostsChanged>> {
    let posts = rows::get_many(&mut writing.tx, ids).await?;
    writing.done(PostsChanged { posts }).await
}

/// `"Spring sale"` or `3 posts`, at the start of a sentence.
pub(super) fn subject(posts: &[Post]) -> String {
    match posts {
        [one] => name(one),
        many => words::posts(many.len()),
    }
}

/// The same in the middle of a sentence.
pub(super) fn object(posts: &[Post]) -> String {
    let said = subject(posts);
    if said == "This post" {
        "a post".to_owned()
    } else {
        said
    }
}
