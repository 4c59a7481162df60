//! Taking a full export in: only into a program that holds nothing yet, all of it or nothing.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use model::PostId;
use model::account::AccountHealth;
use model::change::Actor;
use model::slot::{DayPause, Slot};
use serde::de::DeserializeOwned;
use store::files::FileInfo;
use store::{Tx, bin, files, holds, portable, posts};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::super::{chosen, refused};
use super::{channel, joined};
use crate::app::App;
use crate::error::Result;
use crate::exchange::bundle::{
    AccountRow, AttemptRow, BundleError, BundleReader, CalendarRow, DeliveryRow, MediaRow, PostRow,
    SettingRow, Table, WorkspaceRow,
};
use crate::housekeeping::SAMPLE;
use crate::types::ApiError;
use crate::types::data::{Counts, OnePath};

type Reader = BundleReader<BufReader<File>>;

/// Why everything is held afterwards.
const HELD: &str = "A full export was imported. Connect the accounts again, look through the calendar, then release the posts.";
/// Why its accounts cannot send.
const NO_SECRETS: &str =
    "Passwords are not part of an export, so this account has to be connected again.";

impl App {
    /// Takes a full export into an empty program. Everything is held afterwards.
    pub async fn bundle_import(&self, input: OnePath) -> Result<Counts> {
        let path = chosen(&input.path)?;
        self.refuse_full().await?;
        let reader = open(path).await?;
        let (reader, files) = self.take_pictures(reader).await?;
        let mut tx = self.inner.store.begin(Actor::Import).await?;
        // Looked at again: something may have been written meanwhile.
        empty(&mut tx).await?;
        let workspaces = store::workspaces::all(&mut tx).await?;
        for workspace in &workspaces {
            store::workspaces::delete(&mut tx, workspace.id).await?;
        }
        let ids: Vec<_> = workspaces.iter().map(|w| w.id).collect();
        bin::purge(&mut tx, &ids, &[], &[]).await?;
        let since = self.inner.now();
        let posts = self.take_tables(reader, &mut tx, since).await?;
        // What was due until now may have been sent by the program that was exported: it is looked
        // for before anything is sent, once the person releases the hold.
        holds::take_over(&mut tx, &self.inner.config.machine_id).await?;
        holds::hold_all(&mut tx, HELD).await?;
        store::history::clear(&mut tx).await?;
        store::zones::recompute_all(&mut tx).await?;
        tx.commit().await?;
        Ok(Counts {
            posts,
            files,
            left_out: 0,
        })
    }

    async fn refuse_full(&self) -> Result<()> {
        let mut tx = self.inner.store.begin(Actor::Import).await?;
        let found = empty(&mut tx).await;
        tx.rollback().await?;
        found
    }

    /// Takes the files into the library, each checked against its name. They stay when the rest does
    /// not work: the library knows files by their content, so nothing is there twice.
    async fn take_pictures(&self, mut reader: Reader) -> Result<(Reader, u32)> {
        let library = self.inner.library.clone();
        let task = tokio::task::spawn_blocking(move || {
            let mut count = 0;
            reader.media(|id, from| {
                let taken = library
                    .import_reader(id.as_str(), from)
                    .map_err(|e| BundleError::Refused(e.to_string()))?;
                if taken.id != *id {
                    return Err(BundleError::Damaged(format!("file {id}")));
                }
                count += 1;
                Ok(())
            })?;
            Ok((reader, count))
        });
        joined(task).await
    }

    async fn take_tables(
        &self,
        reader: Reader,
        tx: &mut Tx,
        since: model::Timestamp,
    ) -> Result<u32> {
        let (reader, rows) = whole::<SettingRow>(reader, Table::Settings).await?;
        for row in rows {
            store::settings::set(tx, &row.key, &row.value).await?;
        }
        // Those of the bin first: names and accounts are unique among the others.
        let (reader, mut rows) = whole::<WorkspaceRow>(reader, Table::Workspaces).await?;
        rows.sort_by_key(|r| r.deleted_at.is_none());
        for row in rows {
            portable::put_workspace(tx, &row.workspace, row.deleted_at).await?;
        }
        let (reader, rows) = whole::<CalendarRow>(reader, Table::Calendars).await?;
        for row in rows {
            portable::put_calendar(tx, &(row.calendar, row.deleted_at, row.updated_at)).await?;
        }
        let (reader, mut rows) = whole::<AccountRow>(reader, Table::Accounts).await?;
        rows.sort_by_key(|r| r.deleted_at.is_none());
        for mut row in rows {
            let reason = NO_SECRETS.to_owned();
            row.account.health = AccountHealth::NeedsReconnect { reason, since };
            portable::put_account(tx, &(row.account, row.deleted_at, row.purged_at)).await?;
        }
        let (reader, rows) = whole::<Slot>(reader, Table::Slots).await?;
        portable::put_slots(tx, &rows).await?;
        let (reader, rows) = whole::<DayPause>(reader, Table::DayPauses).await?;
        for row in rows {
            store::day_pauses::put(tx, &row).await?;
        }
        let (reader, rows) = whole::<store::spending::Row>(reader, Table::Spends).await?;
        for row in rows {
            store::spending::put(tx, &row).await?;
        }
        let reader = take_doors(reader, tx).await?;
        let (reader, rows) = whole::<MediaRow>(reader, Table::Media).await?;
        for row in rows {
            let missing = self.inner.library.find(&row.id).is_err();
            files::put(tx, &known(row, missing)).await?;
        }
        let (reader, count) = take_posts(reader, tx).await?;
        take_attempts(reader, tx).await?;
        Ok(count)
    }
}

/// Takes in what other programs have here: keys, notes, leave to ask, addresses that are told.
async fn take_doors(reader: Reader, tx: &mut Tx) -> Result<Reader> {
    let (reader, rows) = whole::<store::keys::Portable>(reader, Table::Keys).await?;
    for row in rows {
        store::keys::put_back(tx, &row).await?;
    }
    let (reader, rows) = whole::<store::programs::Note>(reader, Table::Notes).await?;
    for row in rows {
        store::programs::put_back(tx, &row).await?;
    }
    portable::date_calendars_by_notes(tx).await?;
    let (reader, rows) = whole::<store::access::Portable>(reader, Table::Programs).await?;
    for row in rows {
        store::access::put(tx, &row.program, &row.secret_hash).await?;
    }
    let (reader, rows) = whole::<store::webhooks::Webhook>(reader, Table::Webhooks).await?;
    for row in rows {
        // Without its secret nothing could be signed: the person makes a new one, then turns it on.
        let off = store::webhooks::Webhook {
            active: false,
            ..row
        };
        store::webhooks::put(tx, &off).await?;
    }
    Ok(reader)
}

/// Refuses a program that holds anything but what the first start put there.
async fn empty(tx: &mut Tx) -> Result<()> {
    let accounts = portable::all_accounts(tx).await?;
    let ids = posts::all_ids(tx).await?;
    let untouched = match ids.as_slice() {
        [] => true,
        [one] => {
            let post = posts::get(tx, *one).await?;
            post.segments.first().is_some_and(|s| s.text == SAMPLE) && post.version == 1
        }
        _ => false,
    };
    if accounts.is_empty() && untouched {
        return Ok(());
    }
    Err(ApiError::conflict(
        "Nothing was imported: there are posts or accounts here already, and a full export goes into an empty Almanac. Start it with a new data folder and import there.",
    ))
}

async fn take_posts(reader: Reader, tx: &mut Tx) -> Result<(Reader, u32)> {
    let (mut rows, task) = streamed::<PostRow>(reader, Table::Posts);
    let mut count = 0;
    while let Some(row) = rows.recv().await {
        let kept: Vec<_> = row
            .deliveries
            .into_iter()
            .map(|d| kept(row.post.id, d))
            .collect();
        posts::put_whole(tx, &row.post, row.edit_base.as_ref(), &kept).await?;
        count += 1;
    }
    Ok((joined(task).await?, count))
}

async fn take_attempts(reader: Reader, tx: &mut Tx) -> Result<()> {
    let (mut rows, task) = streamed::<AttemptRow>(reader, Table::Attempts);
    while let Some(row) = rows.recv().await {
        let whole = posts::WholeAttempt {
            attempt: row.attempt,
            content_hash: row.content_hash,
            step: row.step,
            step_visible: row.step_visible,
            shown_at: row.shown_at,
        };
        posts::put_attempt(tx, &whole).await?;
    }
    joined(task).await?;
    Ok(())
}

async fn open(path: PathBuf) -> Result<Reader> {
    let file = File::open(&path).map_err(|e| refused("Nothing was imported", &path, &e))?;
    joined(tokio::task::spawn_blocking(move || {
        BundleReader::open(BufReader::new(file))
    }))
    .await
}

/// Reads a table that fits into memory.
async fn whole<T: DeserializeOwned + Send + 'static>(
    reader: Reader,
    table: Table,
) -> Result<(Reader, Vec<T>)> {
    let (mut receive, task) = streamed(reader, table);
    let mut rows = Vec::new();
    while let Some(row) = receive.recv().await {
        rows.push(row);
    }
    Ok((joined(task).await?, rows))
}

/// Reads a table whose rows are put in while it is read.
fn streamed<T: DeserializeOwned + Send + 'static>(
    mut reader: Reader,
    table: Table,
) -> (mpsc::Receiver<T>, JoinHandle<Result<Reader, BundleError>>) {
    let (send, receive) = channel();
    let task = tokio::task::spawn_blocking(move || {
        // Nobody receives any more only after an error over there, which is the one that is told.
        let gone = |_| BundleError::Refused("Nothing was imported.".to_owned());
        reader.rows(table, |row| send.blocking_send(row).map_err(gone))?;
        Ok(reader)
    });
    (receive, task)
}

fn kept(post_id: PostId, row: DeliveryRow) -> posts::Kept {
    posts::Kept {
        post_id,
        target_id: row.target_id,
        called_off: row.called_off,
        remote: row.remote,
        handle: row.handle,
        content_hash: row.content_hash,
        turn: row.turn,
        attempts_made: row.attempts_made,
        steps: row
            .steps
            .into_iter()
            .map(|s| posts::KeptStep {
                key: s.key,
                value: s.value,
                visible: s.visible,
                at: s.at,
            })
            .collect(),
    }
}

fn known(row: MediaRow, missing: bool) -> FileInfo {
    FileInfo {
        id: row.id,
        mime: row.mime,
        bytes: row.bytes,
        width: row.width,
        height: row.height,
        name: row.name,
        alt: row.alt,
        imported_at: row.imported_at,
        // Looked into when the daily work comes by.
        clip: None,
        document: None,
        probed: 0,
        missing,
        used: 0,
        labels: row.labels,
        rights: row.rights,
        moving: row.moving,
        deleted_at: row.deleted_at,
    }
}
