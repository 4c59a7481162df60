//! Why posts that are to go out wait all the same: everything is held, their calendar is paused or out of use,
//! their accounts are paused.

use model::calendar::CalendarStatus;
use model::delivery::DeliveryState;
use model::post::Post;
use store::holds;

use super::scene::Scene;
use crate::app::App;
use crate::error::Result;

/// Most sentences of one answer.
const MOST: usize = 5;

impl App {
    /// A sentence when nothing goes out at the moment.
    pub async fn why_not_yet(&self) -> Result<Vec<String>> {
        let mut conn = self.read().await?;
        let hold = holds::state(&mut conn).await?.hold;
        let held =
            hold.map(|_| "All posts are held. It goes out when you release them.".to_owned());
        Ok(held.into_iter().collect())
    }

    /// Sentences on why these posts do not go out at the moment, or at their time unless that is changed. A post
    /// of which some accounts wait and others do not goes on its way, so nothing is said of it.
    pub async fn why_they_wait(&self, posts: &[Post]) -> Result<Vec<String>> {
        let waits = |post: &&Post| {
            post.targets
                .iter()
                .any(|t| t.state == DeliveryState::Waiting)
        };
        let waiting: Vec<&Post> = posts.iter().filter(waits).collect();
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let held = self.why_not_yet().await?;
        if !held.is_empty() {
            return Ok(held);
        }
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let mut said: Vec<String> = Vec::new();
        for post in waiting {
            for sentence in stopped(&scene, post)? {
                if said.len() < MOST && !said.contains(&sentence) {
                    said.push(sentence);
                }
            }
        }
        Ok(said)
    }
}

/// What stops a post that waits: its calendar, or every account that it still has to go to.
fn stopped(scene: &Scene, post: &Post) -> Result<Vec<String>> {
    let calendar = scene.calendar(post.calendar_id)?;
    if calendar.status == CalendarStatus::Archived {
        return Ok(vec![format!(
            "{} is archived. Its posts go out when you take it back into use.",
            calendar.name
        )]);
    }
    if let Some(reason) = &calendar.paused {
        return Ok(vec![paused(&calendar.name, reason)]);
    }
    let mut found = Vec::new();
    let waiting = post
        .targets
        .iter()
        .filter(|t| t.state == DeliveryState::Waiting);
    for id in waiting.map(|t| t.draft.account_id) {
        let Some(reason) = scene.account(id).ok().and_then(|a| a.paused.as_ref()) else {
            return Ok(Vec::new());
        };
        found.push(paused(&scene.account_name(id), reason));
    }
    Ok(found)
}

fn paused(name: &str, reason: &str) -> String {
    let why = if reason.is_empty() {
        String::new()
    } else {
        format!(" ({reason})")
    };
    format!("{name} is paused{why}. Its posts wait until you resume it.")
}
