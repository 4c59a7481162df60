//! Looking at a draft while it is typed: pure and instant.

use model::AccountId;
use model::account::Account;
use model::content::Segment;
use model::when::When;
use networks::connector::TextUse;
use networks::marking::marked;

use super::bounds;
use super::scene::{Scene, draft_of};
use crate::app::App;
use crate::checks;
use crate::error::Result;
use crate::place::Spot;
use crate::split::{Fit, split};
use crate::types::ApiError;
use crate::types::posts::{Checked, PostCheck, ResolvedPlace, TextParts, TextSplit};

/// Largest text that is split, in bytes: a hundred parts of the longest networks.
const MAX_SPLIT_BYTES: usize = 2_000_000;

impl App {
    /// Looks at a draft as every chosen network does.
    pub async fn posts_check(&self, input: PostCheck) -> Result<Checked> {
        let draft = bounds::clean(input.draft)?;
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let current = match input.id {
            Some(id) => store::posts::get(&mut conn, id).await?.when,
            None => When::Unplanned,
        };
        let accounts: Vec<AccountId> = draft.targets.iter().map(|t| t.account_id).collect();
        let spot = match &input.place {
            Some(place) => {
                scene
                    .spot_for(&mut conn, place, &current, input.calendar_id, &accounts)
                    .await?
            }
            None => None,
        };
        let (problems, accounts) = scene
            .looked_at(
                &mut conn,
                &draft,
                input.id,
                input.calendar_id,
                spot.as_ref(),
            )
            .await?;
        Ok(Checked {
            blocked: checks::blocked(&problems),
            problems,
            accounts,
            resolved: spot.map(|spot| resolved(&spot, &scene)),
        })
    }

    /// Splits a text into a thread that fits the strictest of the accounts.
    pub async fn text_split(&self, input: TextSplit) -> Result<TextParts> {
        if input.text.len() > MAX_SPLIT_BYTES {
            return Err(ApiError::invalid(
                "text",
                "The text is too long to be split: 2 MB at most. Nothing was lost.",
            ));
        }
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let target_of = |a: &Account| input.targets.iter().find(|t| t.account_id == a.id);
        let named = |a: &&Account| target_of(a).is_some();
        let workspaces = scene.accounts.iter().filter(named).map(|a| a.workspace_id);
        let rules = store::settings::link_rules(&mut conn, &workspaces.collect()).await?;
        drop(conn);
        let today = scene.today()?;
        let whole_text = [Segment {
            media: input.media.clone(),
            ..Segment::text(&input.text)
        }];
        let chosen: Vec<_> = scene
            .accounts
            .iter()
            .filter(named)
            .filter_map(|a| {
                let marks = rules
                    .get(&a.workspace_id)
                    .and_then(|r| r.marks(a, &today, "", &whole_text));
                let connector = self.inner.config.registry.get(&a.network)?;
                Some((a, connector, &target_of(a)?.options, marks))
            })
            .collect();
        // What is put into links counts as well.
        let over_from = |number: usize, text: &str| {
            let files = if number == 0 { &input.media[..] } else { &[] };
            let part = [Segment::text(text)];
            let overs = chosen.iter().filter_map(|(a, c, options, marks)| {
                let sent = marked(&***c, &part, options, marks.as_ref());
                let sent_text = sent.segments.first().map_or(text, |s| s.text.as_str());
                let counted = TextUse {
                    account: a,
                    text: sent_text,
                    options: &sent.options,
                    files,
                };
                let over = c.measure(&counted).over_from?;
                Some(sent.typed_at(0, over))
            });
            overs.min()
        };
        let whole = |text: &str| {
            let mut spans: Vec<(u32, u32)> = chosen
                .iter()
                .flat_map(|(_, c, ..)| c.spans(text))
                .map(|s| (s.from, s.to))
                .collect();
            spans.sort_unstable();
            spans
        };
        let most = model::content::MAX_SEGMENTS;
        let parts = split(
            &input.text,
            &Fit {
                over_from: &over_from,
                whole: &whole,
            },
            most,
        );
        let parts = parts.map_err(|_| {
            ApiError::invalid(
                "text",
                format!("This would make a thread of more than {most} parts. Nothing was changed; shorten it first."),
            )
        })?;
        Ok(TextParts { parts })
    }
}

/// A spot as the screen shows it.
pub(crate) fn resolved(spot: &Spot, scene: &Scene) -> ResolvedPlace {
    ResolvedPlace {
        at: spot.at,
        wall: spot.wall,
        zone: spot.zone.clone(),
        clock_change: spot.clock_change,
        past: spot.at <= scene.now,
        note: spot.note(scene.words),
    }
}

/// The draft that the composer shows: the edit under way, else the post.
pub(crate) fn shown_draft(post: &model::post::Post) -> model::post::Draft {
    post.working_copy.clone().unwrap_or_else(|| draft_of(post))
}
