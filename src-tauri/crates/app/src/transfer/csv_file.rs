//! Taking a CSV file in: a preview that names every bad row, and the good rows as one step.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use model::MediaId;
use model::change::Actor;
use model::content::MediaUse;
use model::post::{Draft, TimeSource};
use model::status::EditorialStatus;
use model::typed_date::DateOrder;
use model::when::When;
use store::{Conn, Step, files, posts as rows};

use super::{chosen, name_of, refused};
use crate::app::App;
use crate::checks;
use crate::error::Result;
use crate::exchange::{CsvContext, FileRef, FileSource, Preview, RowDraft, read_csv};
use crate::place::Spot;
use crate::posts::{Scene, clean};
use crate::types::data::{Counts, CsvColumn, CsvImport, CsvPreview, CsvRow};
use crate::types::session::DateOrderSetting;
use crate::types::{ApiError, Written};
use crate::words::{counted, posts as counted_posts};

/// Most bytes that are read; larger files are refused by the reader with a sentence.
const MOST_BYTES: u64 = 51 * 1024 * 1024;
/// Rows shown of a preview.
const SHOWN: usize = 500;

impl App {
    /// Looks at a CSV file before taking it in.
    pub async fn csv_preview(&self, input: CsvImport) -> Result<CsvPreview> {
        let path = chosen(&input.path)?;
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let found = self.read_table(&scene, &path, &input).await?;
        let mut shown = Vec::new();
        let (mut good, mut bad) = (0, 0);
        for row in found.rows {
            let refused = row.ok.as_ref().and_then(|r| clean(r.draft.clone()).err());
            let problem = row.problem.or_else(|| refused.map(|e| e.message));
            if problem.is_some() {
                bad += 1;
            } else {
                good += 1;
            }
            if shown.len() == SHOWN {
                continue;
            }
            let note = match (&row.ok, &problem) {
                (Some(draft), None) => lacking(&mut conn, &scene, draft, &input).await?,
                _ => None,
            };
            shown.push(CsvRow {
                line: row.line,
                words: row.words,
                at: row.ok.as_ref().and_then(|r| r.when.stands_at()),
                problem,
                note,
            });
        }
        Ok(CsvPreview {
            columns: found
                .columns
                .into_iter()
                .map(|(heading, means)| CsvColumn { heading, means })
                .collect(),
            good,
            bad,
            rows: shown,
            notes: found.notes,
        })
    }

    /// Takes the good rows in, as one step.
    pub async fn csv_import(&self, input: CsvImport) -> Result<Written<Counts>> {
        let path = chosen(&input.path)?;
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let workspace = scene.calendar(input.calendar_id)?.workspace_id;
        let found = self.read_table(&scene, &path, &input).await?;
        let mut counts = Counts::default();
        let mut pictures = Pictures::new(&path);
        let mut new = Vec::new();
        let mut planned = 0_usize;
        let mut notes = found.notes.clone();
        for row in found.rows {
            let Some(row) = row.ok else {
                counts.left_out += 1;
                continue;
            };
            pictures.fetch(self, &mut conn, &row.files).await?;
            let Ok(draft) = clean(row.with_files(|file| pictures.find(file))) else {
                counts.left_out += 1;
                continue;
            };
            let lacks = lacking(
                &mut conn,
                &scene,
                &RowDraft {
                    draft: draft.clone(),
                    ..row.clone()
                },
                &input,
            )
            .await?;
            planned += usize::from(lacks.is_some());
            new.push(placed(input.calendar_id, draft, row, lacks.is_some()));
        }
        drop(conn);
        counts.files = pictures.taken;
        counts.posts = new.len() as u32;
        if pictures.missing > 0 {
            let what = counted(pictures.missing, "picture was", "pictures were");
            notes.push(format!("{what} not found; those posts came in without."));
        }
        if planned > 0 {
            let what = counted_posts(planned);
            notes.push(format!(
                "{what} became plans, since something is missing to schedule them."
            ));
        }
        if new.is_empty() {
            return Err(ApiError::invalid(
                "path",
                format!(
                    "Nothing was imported from \"{}\": no row is fine.",
                    name_of(&path)
                ),
            ));
        }
        let words = format!(
            "Imported {} from {}",
            counted_posts(new.len()),
            name_of(&path)
        );
        let step = Step::new(words).in_workspace(workspace);
        let mut writing = self.step_as(Actor::Import, step).await?;
        let calendars: Vec<_> = new.iter().map(|post| post.calendar_id).collect();
        crate::posts::refuse_full(&mut writing.tx, &calendars).await?;
        for post in &new {
            rows::create(&mut writing.tx, post).await?;
        }
        writing.notes = notes;
        writing.done(counts).await
    }

    async fn read_table(&self, scene: &Scene, path: &Path, input: &CsvImport) -> Result<Preview> {
        let calendar = scene.calendar(input.calendar_id)?;
        let bytes = {
            let from = path.to_owned();
            let read = move || {
                let mut bytes = Vec::new();
                std::fs::File::open(&from)?
                    .take(MOST_BYTES)
                    .read_to_end(&mut bytes)?;
                std::io::Result::Ok(bytes)
            };
            tokio::task::spawn_blocking(read)
                .await
                .map_err(|e| ApiError::fault("reading a CSV file", &e))?
                .map_err(|e| refused("Nothing was imported", path, &e))?
        };
        let accounts: Vec<_> = scene
            .accounts
            .iter()
            .filter(|a| a.workspace_id == calendar.workspace_id)
            .cloned()
            .collect();
        let zone = input.zone.clone().unwrap_or_else(|| calendar.zone.clone());
        let (now, schedule) = (scene.now, input.schedule);
        let order = match scene.settings.date_order {
            DateOrderSetting::System => self.inner.config.formats.order,
            DateOrderSetting::Dmy => DateOrder::Dmy,
            DateOrderSetting::Mdy => DateOrder::Mdy,
            DateOrderSetting::Ymd => DateOrder::Ymd,
        };
        tokio::task::spawn_blocking(move || {
            let context = CsvContext {
                accounts: &accounts,
                zone: &zone,
                now,
                order,
                schedule,
            };
            read_csv(&bytes, context)
        })
        .await
        .map_err(|e| ApiError::fault("reading a CSV file", &e))?
        .map_err(|e| ApiError::invalid("path", e.to_string()))
    }
}

/// What a row lacks to be scheduled as it asks; none when it can be, or does not ask.
async fn lacking(
    conn: &mut Conn,
    scene: &Scene,
    row: &RowDraft,
    input: &CsvImport,
) -> Result<Option<String>> {
    let When::Scheduled { wall, zone, at } = &row.when else {
        return Ok(None);
    };
    let resolved = model::when::resolve(*wall, zone)?;
    let spot = Spot {
        wall: *wall,
        zone: zone.clone(),
        at: *at,
        clock_change: resolved.clock_change,
        source: TimeSource::Own,
    };
    let problems = scene
        .problems(conn, &row.draft, None, input.calendar_id, Some(&spot))
        .await?;
    Ok(checks::blocked(&problems))
}

/// The post of a row; with something missing it is a plan at the same time.
fn placed(
    calendar_id: model::CalendarId,
    draft: Draft,
    row: RowDraft,
    lacks: bool,
) -> rows::NewPost {
    let (when, editorial) = match row.when {
        When::Scheduled { wall, zone, .. } if lacks => (
            When::Planned {
                date: wall.0.date(),
                time: Some(wall.0.time()),
                zone,
            },
            EditorialStatus::Draft,
        ),
        when => (when, row.editorial),
    };
    rows::NewPost {
        calendar_id,
        draft,
        when,
        time_source: TimeSource::Own,
        editorial,
    }
}

/// Pictures that the rows of one file name.
struct Pictures {
    folder: PathBuf,
    found: HashMap<String, Option<MediaId>>,
    taken: u32,
    missing: usize,
}

impl Pictures {
    fn new(table: &Path) -> Self {
        let folder = table.parent().unwrap_or(table).to_owned();
        Self {
            folder,
            found: HashMap::new(),
            taken: 0,
            missing: 0,
        }
    }

    /// Takes the files of a row into the library; each file once.
    async fn fetch(&mut self, app: &App, conn: &mut Conn, wanted: &[FileRef]) -> Result<()> {
        for file in wanted {
            let key = key(&file.source);
            if self.found.contains_key(&key) {
                continue;
            }
            let id = match &file.source {
                FileSource::Library(id) => files::get_many(conn, std::slice::from_ref(id))
                    .await?
                    .pop()
                    .map(|f| f.id),
                FileSource::Path(path) => {
                    // An absolute path replaces the folder.
                    match app.inner.library.import_file(self.folder.join(path)).await {
                        Ok(imported) => {
                            self.taken += 1;
                            Some(app.note_file(imported).await?.id)
                        }
                        Err(_) => None,
                    }
                }
                // An import reaches nothing on the network: it works the same without one.
                FileSource::Address(_) => None,
            };
            self.missing += usize::from(id.is_none());
            self.found.insert(key, id);
        }
        Ok(())
    }

    fn find(&self, file: &FileRef) -> Option<MediaUse> {
        let media_id = self.found.get(&key(&file.source))?.clone()?;
        Some(MediaUse::new(media_id, file.alt.clone()))
    }
}

fn key(source: &FileSource) -> String {
    match source {
        FileSource::Library(id) => format!("library {id}"),
        FileSource::Path(path) => format!("path {path}"),
        FileSource::Address(address) => format!("address {address}"),
    }
}
