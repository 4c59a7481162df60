//! Copying posts: all or none, in one step.

use model::post::Post;
use model::when::When;
use store::posts as rows;

use super::bounds;
use super::create::{new_post, refuse_full};
use super::moving::{few, land, slot_of, wanted};
use super::scene::{Scene, draft_of};
use crate::app::App;
use crate::error::Result;
use crate::types::Written;
use crate::types::posts::{PostsChanged, PostsCopy};
use crate::words;

impl App {
    /// Copies posts. A copy of one that goes out goes out as well when nothing is wrong with it.
    pub async fn posts_copy(&self, input: PostsCopy) -> Result<Written<PostsChanged>> {
        bounds::batch(input.copies.len())?;
        let mut conn = self.read().await?;
        let mut scene = Scene::read(self, &mut conn).await?;
        let posts = wanted(&mut conn, &input.copies).await?;
        let mut copies = Vec::with_capacity(input.copies.len());
        let mut notes = Vec::new();
        for one in &input.copies {
            let post = &posts[&one.id];
            let spot = scene.spot(&mut conn, &one.place, post).await?;
            if let Some(spot) = &spot {
                scene.refuse_past(&mut conn, spot, post).await?;
            }
            // A copy is a new post: it is scheduled only if it could be from the shelf.
            let fresh = Post {
                when: base(&post.when),
                ..post.clone()
            };
            let landing = land(
                &mut conn,
                &scene,
                &fresh,
                &draft_of(post),
                spot.as_ref(),
                self.copies_land(),
            )
            .await?;
            scene.given.extend(slot_of(&landing));
            notes.extend(landing.notes);
            let source = match landing.when {
                When::Scheduled { .. } => Some(landing.source),
                _ => None,
            };
            copies.push(new_post(
                &post.calendar_id,
                draft_of(post),
                landing.when,
                source,
            ));
        }
        drop(conn);
        let words = said(&copies, &scene);
        let mut writing = self.step(words).await?;
        writing.notes = few(notes);
        let calendars: Vec<_> = copies.iter().map(|copy| copy.calendar_id).collect();
        refuse_full(&mut writing.tx, &calendars).await?;
        let mut ids = Vec::with_capacity(copies.len());
        for copy in &copies {
            ids.push(rows::create(&mut writing.tx, copy).await?);
        }
        super::labels::changed(writing, &ids).await
    }
}

/// A plan is copied as a plan; everything else as an idea that may be scheduled.
fn base(when: &When) -> When {
    match when {
        When::Planned { .. } => when.clone(),
        When::Unplanned | When::Scheduled { .. } => When::Unplanned,
    }
}

fn said(copies: &[rows::NewPost], scene: &Scene) -> String {
    match copies {
        [one] => match &one.when {
            When::Unplanned => "Copied to the shelf".to_owned(),
            When::Planned { date, time, .. } => {
                let time = time.unwrap_or_default();
                let wall = model::when::WallTime(date.to_datetime(time));
                format!("Copied to {}", scene.words.wall(wall))
            }
            When::Scheduled { wall, .. } => format!("Copied to {}", scene.words.wall(*wall)),
        },
        many => format!("Copied {}", words::posts(many.len())),
    }
}
