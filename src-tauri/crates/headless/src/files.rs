//! `import` and `export`.

use std::path::Path;

use app::types::Written;
use app::types::data::{Counts, CsvPreview};
use serde_json::json;

use crate::cli::{Export, Import, Kind};
use crate::door::{self, Door, through};
use crate::place::Place;
use crate::say::Say;
use crate::trouble::Trouble;

/// Takes a file in.
pub async fn import(place: &Place, args: Import, say: &Say) -> Result<(), Trouble> {
    let kind = kind_of(args.kind, &args.file)?;
    through(place, false, async |door: &Door| {
        let file = &args.file;
        if kind == Kind::All {
            if args.dry_run {
                return Err(Trouble::Usage(
                    "--dry-run is for CSV files. A full export is taken into an empty Almanac only.".to_owned(),
                ));
            }
            let counts: Counts = door.call_reading("bundle.import", json!({}), file).await?;
            told(say, &counts);
            return Ok(());
        }
        if kind == Kind::Ics {
            return Err(Trouble::Usage(
                "Calendar files are written, not read. Use CSV.".to_owned(),
            ));
        }
        let boot = door.boot().await?;
        let calendar = door::calendar(&boot, args.calendar.as_deref())?;
        let input = json!({ "calendarId": calendar.id, "schedule": args.schedule });
        if args.dry_run {
            let preview: CsvPreview = door.call_reading("csv.preview", input, file).await?;
            say.answer(&preview, || seen(&preview));
            return Ok(());
        }
        let written: Written<Counts> = door.call_reading("csv.import", input, file).await?;
        for note in &written.notes {
            say.note(note);
        }
        told(say, &written.value);
        Ok(())
    })
    .await
}

/// Writes a file.
pub async fn export(place: &Place, args: Export, say: &Say) -> Result<(), Trouble> {
    let kind = kind_of(args.kind, &args.file)?;
    through(place, false, async |door: &Door| {
        let file = &args.file;
        let counts: Counts = if kind == Kind::All {
            if args.calendar.is_some() {
                return Err(Trouble::Usage(
                    "A full export holds every calendar.".to_owned(),
                ));
            }
            door.call_writing("bundle.export", json!({}), file).await?
        } else {
            let boot = door.boot().await?;
            let calendars = match args.calendar.as_deref() {
                Some(named) => vec![door::calendar(&boot, Some(named))?.id],
                None => Vec::new(),
            };
            let name = if kind == Kind::Csv {
                "csv.export"
            } else {
                "ics.export"
            };
            let input = json!({ "calendars": calendars });
            door.call_writing(name, input, file).await?
        };
        told(say, &counts);
        Ok(())
    })
    .await
}

fn kind_of(named: Option<Kind>, file: &Path) -> Result<Kind, Trouble> {
    if let Some(kind) = named {
        return Ok(kind);
    }
    let extension = file.extension().unwrap_or_default().to_ascii_lowercase();
    match extension.to_str() {
        Some("csv" | "tsv") => Ok(Kind::Csv),
        Some("ics") => Ok(Kind::Ics),
        Some("zip") => Ok(Kind::All),
        _ => Err(Trouble::Usage(format!(
            "{} does not say what it is: name its kind with --kind.",
            file.display()
        ))),
    }
}

fn told(say: &Say, counts: &Counts) {
    say.answer(counts, || {
        vec![format!(
            "Posts: {}. Files: {}. Left out: {}.",
            counts.posts, counts.files, counts.left_out
        )]
    });
}

fn seen(preview: &CsvPreview) -> Vec<String> {
    let mut lines = preview.notes.clone();
    lines.extend(preview.rows.iter().map(|row| {
        let what = row.problem.as_ref().or(row.note.as_ref());
        let what = what.map_or_else(|| "fine".to_owned(), Clone::clone);
        format!("line {}  {}  {what}", row.line, row.words)
    }));
    lines.push(format!(
        "Rows that are fine: {}. Rows that are not: {}.",
        preview.good, preview.bad
    ));
    lines
}
