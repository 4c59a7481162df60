//! `list`.

use app::types::posts::Chips;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::Timestamp;
use model::calendar::Calendar;
use serde_json::json;

use crate::cli::List;
use crate::door::{self, Door, through};
use crate::place::Place;
use crate::say::Say;
use crate::trouble::Trouble;

/// Most days that are shown at once.
const MOST_DAYS: u16 = 3_660;

/// Shows what stands on the calendar.
pub async fn run(place: &Place, args: List, say: &Say) -> Result<(), Trouble> {
    through(place, false, async |door: &Door| {
        let boot = door.boot().await?;
        let calendars: Vec<Calendar> = match args.calendar.as_deref() {
            Some(named) => vec![door::calendar(&boot, Some(named))?],
            None => boot.calendars.clone(),
        };
        let ids: Vec<String> = match args.calendar {
            Some(_) => calendars.iter().map(|c| c.id.to_string()).collect(),
            None => Vec::new(),
        };
        let chips: Chips = if args.drafts {
            door.call("posts.drafts", json!({ "calendars": ids }))
                .await?
        } else {
            let (from, to) = span(&args, boot.now, &boot.system_zone)?;
            let input = json!({ "calendars": ids, "from": from, "to": to });
            door.call("posts.range", input).await?
        };
        let zone_of = |id| {
            let calendar = calendars.iter().find(|c| c.id == id);
            calendar.map_or_else(|| boot.system_zone.clone(), |c| c.zone.clone())
        };
        say.answer(&chips.chips, || {
            let lines = chips.chips.iter().map(|chip| {
                let at = chip
                    .at
                    .and_then(|at| zone_of(chip.calendar_id).wall_at(at).ok());
                let at = at.map_or_else(
                    || "no date         ".to_owned(),
                    |wall| wall.0.strftime("%Y-%m-%d %H:%M").to_string(),
                );
                let status = serde_json::to_value(chip.status).unwrap_or_default();
                let status = status.as_str().unwrap_or_default();
                format!("{}  {at}  {status:<16}  {}", chip.id, chip.words)
            });
            lines.collect()
        });
        Ok(())
    })
    .await
}

/// From the beginning of a day in a zone, so many days on.
fn span(
    args: &List,
    now: Timestamp,
    zone: &model::when::Zone,
) -> Result<(Timestamp, Timestamp), Trouble> {
    let bad = || Trouble::invalid("There is no such day.");
    if args.days > MOST_DAYS {
        return Err(Trouble::invalid(format!(
            "At most {MOST_DAYS} days are shown at once."
        )));
    }
    let tz = TimeZone::get(zone.name()).map_err(|_| bad())?;
    let today = || zone.wall_at(now).map(|wall| wall.0.date());
    let first: Date = match args.from {
        Some(day) => day,
        None => today().map_err(|_| bad())?,
    };
    let last = first
        .checked_add(i32::from(args.days).days())
        .map_err(|_| bad())?;
    let instant = |day: Date| {
        let begins = day.at(0, 0, 0, 0);
        let at = tz.to_timestamp(begins).map_err(|_| bad())?;
        Ok::<_, Trouble>(Timestamp::from_millis(at.as_millisecond()))
    };
    Ok((instant(first)?, instant(last)?))
}
