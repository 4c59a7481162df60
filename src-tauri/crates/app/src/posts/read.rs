//! Reading posts for the screen.

use model::post::{Chip, Post};
use model::{CalendarId, PostId};
use store::{Conn, activity, posts as rows};

use super::bounds::MAX_BATCH;
use super::scene::chosen;
use crate::app::App;
use crate::error::Result;
use crate::types::ApiError;
use crate::types::posts::{Attempts, Chips, OfCalendars, OnePost, PostIds, Range};
use crate::types::searching::{FoundPosts, PostsFind, Search};

/// Most posts of the shelf and of the drafts in one answer.
const MOST: u32 = 10_000;
/// Longest query, in characters.
const MAX_QUERY: usize = 500;

impl App {
    /// Posts standing in a span of time.
    pub async fn posts_range(&self, input: Range) -> Result<Chips> {
        let mut conn = self.read().await?;
        let last_seq = store::feed::newest(&mut conn).await?;
        let calendars = named(&mut conn, &input.calendars).await?;
        let chips = rows::range(&mut conn, input.from, input.to, &calendars).await?;
        Ok(Chips { chips, last_seq })
    }

    /// Posts without a date.
    pub async fn posts_shelf(&self, input: OfCalendars) -> Result<Chips> {
        let mut conn = self.read().await?;
        let last_seq = store::feed::newest(&mut conn).await?;
        let calendars = named(&mut conn, &input.calendars).await?;
        let chips = rows::shelf(&mut conn, &calendars, MOST).await?;
        Ok(Chips { chips, last_seq })
    }

    /// Posts that are not scheduled, with or without a date.
    pub async fn posts_drafts(&self, input: OfCalendars) -> Result<Chips> {
        let mut conn = self.read().await?;
        let last_seq = store::feed::newest(&mut conn).await?;
        let calendars = named(&mut conn, &input.calendars).await?;
        let chips = store::drafts::all(&mut conn, &calendars, MOST).await?;
        Ok(Chips { chips, last_seq })
    }

    /// Chips of these posts; those in the bin and those that are gone are left out.
    pub async fn posts_chips(&self, input: PostIds) -> Result<Chips> {
        if input.ids.len() > MAX_BATCH {
            return Err(ApiError::invalid(
                "ids",
                "Ask for at most 10,000 posts at once.",
            ));
        }
        let mut conn = self.read().await?;
        let last_seq = store::feed::newest(&mut conn).await?;
        let chips = visible(&mut conn, &input.ids).await?;
        Ok(Chips { chips, last_seq })
    }

    /// One post, whole.
    pub async fn posts_get(&self, input: OnePost) -> Result<Post> {
        let mut conn = self.read().await?;
        Ok(rows::get(&mut conn, input.id).await?)
    }

    /// Finds posts by words.
    pub async fn posts_search(&self, input: Search) -> Result<Chips> {
        let limit = input.limit.clamp(1, 200);
        let query: String = input.query.chars().take(MAX_QUERY).collect();
        let mut conn = self.read().await?;
        let last_seq = store::feed::newest(&mut conn).await?;
        let calendars = if input.calendars.is_empty() {
            store::calendars::all(&mut conn)
                .await?
                .iter()
                .map(|c| c.id)
                .collect()
        } else {
            input.calendars
        };
        let chips = rows::search(&mut conn, &query, &calendars, limit).await?;
        Ok(Chips { chips, last_seq })
    }

    /// Which posts have these words in their title, text, notes or labels.
    pub async fn posts_find(&self, input: PostsFind) -> Result<FoundPosts> {
        let query: String = input.query.chars().take(MAX_QUERY).collect();
        let mut conn = self.read().await?;
        let calendars = named(&mut conn, &input.calendars).await?;
        let ids = rows::find(&mut conn, &query, &calendars).await?;
        Ok(FoundPosts { ids })
    }

    /// The job log of a post.
    pub async fn posts_attempts(&self, input: OnePost) -> Result<Attempts> {
        let mut conn = self.read().await?;
        let entries = activity::of_post(&mut conn, input.id).await?;
        Ok(Attempts {
            attempts: entries.into_iter().map(|e| e.attempt).collect(),
        })
    }
}

async fn named(conn: &mut Conn, calendars: &[CalendarId]) -> Result<Vec<CalendarId>> {
    if !calendars.is_empty() {
        return Ok(calendars.to_vec());
    }
    Ok(chosen(&store::calendars::all(conn).await?, &[]))
}

/// Chips of posts that are not in the bin.
async fn visible(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<Chip>> {
    let ids = rows::in_use(conn, ids).await?;
    Ok(rows::chips_of(conn, &ids).await?)
}
