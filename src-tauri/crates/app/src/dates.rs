//! Typed dates.

use model::post::TimeSource;
use model::typed_date::{Context, parse};
use model::when::resolve;

use crate::app::App;
use crate::error::Result;
use crate::place::Spot;
use crate::settings;
use crate::types::ApiError;
use crate::types::posts::{DateParse, DateParsed, ResolvedPlace};

impl App {
    /// Reads a typed date.
    pub async fn dates_parse(&self, input: DateParse) -> Result<DateParsed> {
        if !(1..=7).contains(&input.week_start) {
            return Err(ApiError::invalid(
                "weekStart",
                "A week starts on one of its seven days.",
            ));
        }
        let mut conn = self.read().await?;
        let settings = settings::read(&mut conn).await?;
        drop(conn);
        let now = self.inner.now();
        let context = Context {
            now: input.zone.wall_at(now)?,
            base: input.base,
            order: input.order,
            week_start: input.week_start,
        };
        let parsed =
            parse(&input.text, context).map_err(|e| ApiError::invalid("text", e.to_string()))?;
        let resolved = resolve(parsed.wall, &input.zone)?;
        let spot = Spot {
            wall: parsed.wall,
            zone: input.zone,
            at: resolved.at,
            clock_change: resolved.clock_change,
            source: TimeSource::Own,
        };
        Ok(DateParsed {
            date_given: parsed.date_given,
            time_given: parsed.time_given,
            place: ResolvedPlace {
                at: spot.at,
                wall: spot.wall,
                clock_change: spot.clock_change,
                past: spot.at <= now,
                note: spot.note(self.date_words(&settings)),
                zone: spot.zone,
            },
        })
    }
}
