//! A bundle for a bug report: what the program is and does, without secrets and without texts.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::app::App;
use crate::error::Result;
use crate::settings;
use crate::types::data::OnePath;
use crate::types::{ApiError, Nothing};

use super::{chosen, log, refused};

/// Lines of the log in a bundle.
const LINES: usize = 5_000;

impl App {
    /// Writes a bundle for a bug report.
    pub async fn diagnostics_export(&self, input: OnePath) -> Result<Nothing> {
        let path = chosen(&input.path)?;
        let about = self.about().await?;
        let names = self.private_names().await?;
        let folder = self.inner.config.log_dir.clone();
        tokio::task::spawn_blocking(move || {
            let lines = folder.map_or_else(Vec::new, |folder| log::tail(&folder, LINES));
            let lines = lines
                .iter()
                .map(|line| without(line, &names))
                .collect::<Vec<_>>();
            write(&path, &about, &lines)
        })
        .await
        .map_err(|e| ApiError::fault("writing a bundle", &e))?
        .map_err(|e| refused("The bundle was not written.", &e))?;
        Ok(Nothing {})
    }

    /// Versions, counts and states; no text, no name, no address.
    async fn about(&self) -> Result<Value> {
        let config = &self.inner.config;
        let mut conn = self.read().await?;
        let settings = settings::read(&mut conn).await?;
        let accounts = store::accounts::all(&mut conn).await?;
        let calendars = store::calendars::all(&mut conn).await?;
        let state = store::holds::state(&mut conn).await?;
        let seq = store::feed::newest(&mut conn).await?;
        drop(conn);
        let status = self.status_now().await?;
        let data = self.data_status(Nothing {}).await?;
        Ok(json!({
            "version": config.program_version,
            "system": { "os": std::env::consts::OS, "machine": std::env::consts::ARCH },
            "now": config.clock.now().rfc3339(),
            "zone": config.system_zone,
            "settings": {
                "weekStart": settings.week_start, "hourCycle": settings.hour_cycle,
                "dateOrder": settings.date_order, "theme": settings.theme,
                "startAtLogin": settings.start_at_login, "keepInTray": settings.keep_in_tray,
                "extraCertificates": !settings.extra_certificates.is_empty(),
            },
            "accounts": accounts.iter().map(|a| json!({
                "id": a.id, "network": a.network, "paused": a.paused.is_some(),
                "needsReconnect": a.health != model::account::AccountHealth::Ok,
            })).collect::<Vec<_>>(),
            "calendars": calendars.iter().map(|c| json!({
                "id": c.id, "zone": c.zone, "status": c.status, "paused": c.paused.is_some(),
            })).collect::<Vec<_>>(),
            "publisher": {
                "held": state.hold.is_some(), "restored": state.restored_at.is_some(),
                "sending": status.sending.len(), "needsPerson": status.needs_person,
                "dueWithinHour": status.due_within_hour,
            },
            "vault": self.inner.vault.last_status(),
            "data": {
                "databaseBytes": data.database_bytes, "mediaBytes": data.media_bytes,
                "backups": data.backups.len(), "newestChange": seq,
            },
        }))
    }

    /// Names that people would not want in a bug report, longest first.
    async fn private_names(&self) -> Result<Vec<String>> {
        let mut conn = self.read().await?;
        let mut names: Vec<String> = store::accounts::all(&mut conn)
            .await?
            .into_iter()
            .flat_map(|a| [a.handle, a.display_name, a.remote_id, a.server])
            .chain([self.inner.config.data_dir.to_string_lossy().into_owned()])
            .filter(|name| name.chars().count() > 2)
            .collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        Ok(names)
    }
}

/// A line without these names, and without anything in quotes: sentences quote texts.
fn without(line: &str, names: &[String]) -> String {
    let mut line = line.to_owned();
    for name in names {
        line = line.replace(name.as_str(), "(name)");
    }
    let mut out = String::with_capacity(line.len());
    for (n, part) in line.split('"').enumerate() {
        out.push_str(if n % 2 == 0 { part } else { "\"(text)\"" });
    }
    out
}

fn write(path: &Path, about: &Value, lines: &[String]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    let part = tempfile::NamedTempFile::new_in(folder)?;
    let mut zip = ZipWriter::new(File::create(part.path())?);
    let options = SimpleFileOptions::default();
    zip.start_file("about.json", options)?;
    zip.write_all(format!("{about:#}").as_bytes())?;
    zip.start_file("log.txt", options)?;
    zip.write_all(lines.join("\n").as_bytes())?;
    zip.finish()?.sync_all()?;
    part.persist(path).map_err(|e| e.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_quoted_texts_do_not_go_out() {
        let names = ["ana.example.com".to_owned()];
        let line = r#"WARN "Spring sale" was not posted to Bluesky (ana.example.com)."#;
        assert_eq!(
            without(line, &names),
            r#"WARN "(text)" was not posted to Bluesky ((name))."#
        );
        assert_eq!(without("an odd \" quote", &[]), "an odd \"(text)\"");
    }
}
