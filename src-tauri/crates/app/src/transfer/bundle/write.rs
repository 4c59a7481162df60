//! Writing everything into one file, as of one moment.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use model::PostId;
use serde::Serialize;
use store::{Conn, activity, files, portable, posts};
use tempfile::NamedTempFile;
use tokio::sync::mpsc;

use super::super::{chosen, refused};
use super::{PAGE, channel, joined};
use crate::app::App;
use crate::error::Result;
use crate::exchange::bundle::{
    AccountRow, AttemptRow, BundleError, BundleWriter, CalendarRow, DeliveryRow, MediaRow, PostRow,
    SettingRow, StepRow, Table, WorkspaceRow,
};
use crate::types::ApiError;
use crate::types::data::{Counts, OnePath};

type Writer = BundleWriter<BufWriter<File>>;

impl App {
    /// Writes everything, media included, into one file.
    pub async fn bundle_export(&self, input: OnePath) -> Result<Counts> {
        let path = chosen(&input.path)?;
        let app = self.clone();
        // A task of its own: the snapshot has to end even when nobody waits for the answer any more.
        let task = tokio::spawn(async move { Box::pin(app.export_to(path)).await });
        task.await
            .map_err(|e| ApiError::fault("writing a full export", &e))?
    }

    async fn export_to(&self, path: PathBuf) -> Result<Counts> {
        let wrong = |e: std::io::Error| refused("Nothing was exported", &path, &e);
        let part = NamedTempFile::new_in(path.parent().unwrap_or(&path)).map_err(wrong)?;
        let out = BufWriter::new(File::create(part.path()).map_err(wrong)?);
        let writer = BundleWriter::new(out, &self.inner.config.program_version, self.inner.now());
        let mut conn = self.read().await?;
        conn.begin_snapshot().await?;
        let written = Box::pin(self.tables(writer, &mut conn)).await;
        conn.end_snapshot().await?;
        let (writer, counts) = written?;
        let (writer, counts) = self.pictures(writer, counts).await?;
        let finish = tokio::task::spawn_blocking(move || {
            let file = writer
                .finish()?
                .into_inner()
                .map_err(std::io::IntoInnerError::into_error)?;
            file.sync_all()?;
            Ok(())
        });
        joined(finish).await?;
        part.persist(&path).map_err(|e| wrong(e.error))?;
        Ok(counts)
    }

    async fn tables(&self, writer: Writer, conn: &mut Conn) -> Result<(Writer, Counts)> {
        let settings = store::settings::all(conn).await?;
        let settings = settings
            .into_iter()
            .map(|(key, value)| SettingRow { key, value });
        let writer = table(writer, Table::Settings, settings.collect()).await?;
        let workspaces = portable::all_workspaces(conn).await?.into_iter();
        let workspaces = workspaces.map(|(workspace, deleted_at)| WorkspaceRow {
            workspace,
            deleted_at,
        });
        let writer = table(writer, Table::Workspaces, workspaces.collect()).await?;
        let calendars = portable::all_calendars(conn).await?.into_iter();
        let calendars = calendars.map(|(calendar, deleted_at, updated_at)| CalendarRow {
            calendar,
            deleted_at,
            updated_at,
        });
        let writer = table(writer, Table::Calendars, calendars.collect()).await?;
        let accounts = portable::all_accounts(conn).await?.into_iter();
        let accounts = accounts.map(|(account, deleted_at, purged_at)| AccountRow {
            account,
            deleted_at,
            purged_at,
        });
        let writer = table(writer, Table::Accounts, accounts.collect()).await?;
        let writer = table(writer, Table::Slots, portable::all_slots(conn).await?).await?;
        let pauses = portable::all_day_pauses(conn).await?;
        let writer = table(writer, Table::DayPauses, pauses).await?;
        let spends = store::spending::all(conn).await?;
        let writer = table(writer, Table::Spends, spends).await?;
        let writer = table(writer, Table::Keys, store::keys::all(conn).await?).await?;
        let writer = table(
            writer,
            Table::Notes,
            store::programs::all_notes(conn).await?,
        )
        .await?;
        let programs = store::access::all(conn).await?;
        let writer = table(writer, Table::Programs, programs).await?;
        let webhooks = store::webhooks::all(conn).await?;
        let writer = table(writer, Table::Webhooks, webhooks).await?;
        let media = files::all(conn).await?.into_iter().map(|file| MediaRow {
            id: file.id,
            mime: file.mime,
            bytes: file.bytes,
            width: file.width,
            height: file.height,
            name: file.name,
            alt: file.alt,
            imported_at: file.imported_at,
            labels: file.labels,
            rights: file.rights,
            moving: file.moving,
            deleted_at: file.deleted_at,
        });
        let writer = table(writer, Table::Media, media.collect()).await?;
        let ids = posts::all_ids(conn).await?;
        let counts = Counts {
            posts: ids.len() as u32,
            ..Counts::default()
        };
        let writer = post_rows(writer, conn, &ids).await?;
        Ok((attempt_rows(writer, conn).await?, counts))
    }

    /// The files of the library. One that is lost or damaged is left out and counted.
    async fn pictures(&self, writer: Writer, counts: Counts) -> Result<(Writer, Counts)> {
        let library = self.inner.library.clone();
        let task = tokio::task::spawn_blocking(move || {
            let (mut writer, mut counts) = (writer, counts);
            let all = library
                .all()
                .map_err(|e| BundleError::Refused(e.to_string()))?;
            for (id, path) in all {
                match one_file(&mut writer, &id, &path) {
                    Ok(()) => counts.files += 1,
                    Err(BundleError::MediaDamaged(id)) => {
                        tracing::warn!(%id, "a damaged file was left out of an export");
                        counts.left_out += 1;
                    }
                    Err(other) => return Err(other),
                }
            }
            Ok((writer, counts))
        });
        joined(task).await
    }
}

fn one_file(
    writer: &mut Writer,
    id: &model::MediaId,
    path: &Path,
) -> std::result::Result<(), BundleError> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("bin");
    writer.media(id, extension, File::open(path)?)
}

/// Writes a table that fits into memory.
async fn table<T: Serialize + Send + 'static>(
    mut writer: Writer,
    table: Table,
    rows: Vec<T>,
) -> Result<Writer> {
    joined(tokio::task::spawn_blocking(move || {
        writer.rows(table, rows)?;
        Ok(writer)
    }))
    .await
}

/// Writes a table whose rows arrive while it is written.
fn streamed<T: Serialize + Send + 'static>(
    mut writer: Writer,
    table: Table,
    mut rows: mpsc::Receiver<T>,
) -> tokio::task::JoinHandle<Result<Writer, BundleError>> {
    tokio::task::spawn_blocking(move || {
        writer.rows(table, std::iter::from_fn(|| rows.blocking_recv()))?;
        Ok(writer)
    })
}

async fn post_rows(writer: Writer, conn: &mut Conn, ids: &[PostId]) -> Result<Writer> {
    let (send, rows) = channel();
    let task = streamed(writer, Table::Posts, rows);
    for page in ids.chunks(PAGE) {
        let mut kept = posts::kept(conn, page).await?;
        let mut bases = posts::edit_bases(conn, page).await?;
        for post in posts::get_many(conn, page).await? {
            let (own, others) = kept.into_iter().partition(|k| k.post_id == post.id);
            kept = others;
            let row = PostRow {
                edit_base: bases.remove(&post.id),
                deliveries: own_deliveries(own),
                post,
            };
            // The thread is gone only after an error, which it tells below.
            if send.send(row).await.is_err() {
                break;
            }
        }
    }
    drop(send);
    joined(task).await
}

fn own_deliveries(kept: Vec<posts::Kept>) -> Vec<DeliveryRow> {
    kept.into_iter()
        .map(|kept| DeliveryRow {
            target_id: kept.target_id,
            called_off: kept.called_off,
            remote: kept.remote,
            handle: kept.handle,
            content_hash: kept.content_hash,
            turn: kept.turn,
            attempts_made: kept.attempts_made,
            steps: kept
                .steps
                .into_iter()
                .map(|s| StepRow {
                    key: s.key,
                    value: s.value,
                    visible: s.visible,
                    at: s.at,
                })
                .collect(),
        })
        .collect()
}

async fn attempt_rows(writer: Writer, conn: &mut Conn) -> Result<Writer> {
    let (send, rows) = channel();
    let task = streamed(writer, Table::Attempts, rows);
    let mut after = None;
    loop {
        let page = activity::page(conn, after, PAGE as u32).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.attempt.started_at, last.attempt.id));
        let ids: Vec<_> = page.iter().map(|e| e.attempt.id).collect();
        let mut steps = posts::attempt_steps(conn, &ids).await?;
        for entry in page {
            let (content_hash, step, step_visible, shown_at) =
                steps.remove(&entry.attempt.id).unwrap_or_default();
            let row = AttemptRow {
                attempt: entry.attempt,
                content_hash,
                step,
                step_visible,
                shown_at,
            };
            if send.send(row).await.is_err() {
                break;
            }
        }
    }
    drop(send);
    joined(task).await
}
