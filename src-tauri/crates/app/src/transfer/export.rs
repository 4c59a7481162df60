//! Writing posts out as CSV or as a calendar file.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use model::account::Account;
use model::post::Post;
use store::posts as rows;

use super::{chosen, refused};
use crate::app::App;
use crate::error::Result;
use crate::exchange::{write_csv, write_ics};
use crate::posts::Scene;
use crate::types::ApiError;
use crate::types::data::{CalendarExport, Counts};

/// Posts read at a time.
const PAGE: u32 = 2_000;

/// What an export writes.
struct Chosen {
    name: String,
    posts: Vec<Post>,
    accounts: Vec<Account>,
}

impl App {
    /// Writes posts as CSV.
    pub async fn csv_export(&self, input: CalendarExport) -> Result<Counts> {
        let all = self.chosen_posts(&input).await?;
        self.written(&input.path, move |out| {
            write_csv(out, &all.posts, &all.accounts).map_err(io::Error::other)
        })
        .await
    }

    /// Writes a calendar file of the posts that have a date.
    pub async fn ics_export(&self, input: CalendarExport) -> Result<Counts> {
        let all = self.chosen_posts(&input).await?;
        self.written(&input.path, move |out| {
            write_ics(out, &all.name, &all.posts, &all.accounts)
        })
        .await
    }

    async fn chosen_posts(&self, input: &CalendarExport) -> Result<Chosen> {
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let calendars = if input.calendars.is_empty() {
            scene.calendars.iter().map(|c| c.id).collect()
        } else {
            input.calendars.clone()
        };
        let name = match calendars.as_slice() {
            [one] => scene.calendar(*one)?.name.clone(),
            _ => "Almanac".to_owned(),
        };
        let mut ids: Vec<_> = rows::shelf(&mut conn, &calendars, u32::MAX)
            .await?
            .into_iter()
            .map(|c| c.id)
            .collect();
        let from = model::Timestamp::from_millis(i64::MIN);
        let mut place = rows::Place { at: from, id: None };
        loop {
            let page = rows::list_after(&mut conn, place, &calendars, PAGE).await?;
            ids.extend(page.iter().map(|c| c.id));
            match page.last() {
                Some(last) if page.len() as u32 == PAGE => {
                    place = rows::Place {
                        at: last.at.unwrap_or(from),
                        id: Some(last.id),
                    };
                }
                _ => break,
            }
        }
        let posts = rows::get_many(&mut conn, &ids).await?;
        Ok(Chosen {
            name,
            posts,
            accounts: scene.accounts,
        })
    }

    /// Writes a file beside its final place and renames it: an old export is replaced whole or not
    /// at all.
    async fn written(
        &self,
        path: &str,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<u32> + Send + 'static,
    ) -> Result<Counts> {
        let path = chosen(path)?;
        let target = path.clone();
        let posts = tokio::task::spawn_blocking(move || whole(&target, write))
            .await
            .map_err(|e| ApiError::fault("writing an export", &e))?
            .map_err(|e| refused("Nothing was written", &path, &e))?;
        Ok(Counts {
            posts,
            ..Counts::default()
        })
    }
}

/// Writes a file that is there whole or not at all.
pub(super) fn whole<T>(
    path: &Path,
    write: impl FnOnce(&mut dyn io::Write) -> io::Result<T>,
) -> io::Result<T> {
    let part = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(path))?;
    let mut out = BufWriter::new(File::create(part.path())?);
    let written = write(&mut out)?;
    out.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()?;
    part.persist(path).map_err(|e| e.error)?;
    Ok(written)
}
