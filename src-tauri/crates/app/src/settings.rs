//! Settings a person chooses, and what the screen remembers for itself.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil;
use model::change::Actor;
use serde_json::Value;
use store::Conn;

use crate::app::App;
use crate::error::Result;
use crate::types::session::{PreferencePut, Settings};
use crate::types::{ApiError, Nothing, Written};
use crate::videos::check_ffmpeg;

/// Key of the settings in the store.
const SETTINGS: &str = "settings";
/// Beginning of the keys of what the screen remembers.
const PREFERENCE: &str = "screen.";
/// Longest key of a preference, in characters.
const MAX_KEY: usize = 64;
/// Largest preference as JSON, in bytes.
const MAX_PREFERENCE: usize = 64 * 1024;
/// Most things the screen remembers.
const MAX_PREFERENCES: usize = 500;
/// Most keys a person may change.
const MAX_KEYS: usize = 300;

/// The settings; what is missing or unreadable counts as its default.
pub(crate) async fn read(conn: &mut Conn) -> Result<Settings> {
    Ok(of(store::settings::get(conn, SETTINGS).await?))
}

fn of(value: Option<Value>) -> Settings {
    value
        .and_then(|value| {
            serde_json::from_value(value)
                .inspect_err(|error| tracing::warn!(%error, "settings could not be read"))
                .ok()
        })
        .unwrap_or_default()
}

/// Settings and preferences out of everything the store keeps.
pub(crate) fn parts(all: BTreeMap<String, Value>) -> (Settings, BTreeMap<String, Value>) {
    let mut preferences = BTreeMap::new();
    let mut settings = None;
    for (key, value) in all {
        if key == SETTINGS {
            settings = Some(value);
        } else if let Some(key) = key.strip_prefix(PREFERENCE) {
            preferences.insert(key.to_owned(), value);
        }
    }
    (of(settings), preferences)
}

/// The usual time of day; nine o'clock when the setting is no time.
pub(crate) fn usual_time(settings: &Settings) -> civil::Time {
    settings
        .usual_time
        .parse()
        .unwrap_or_else(|_| civil::Time::constant(9, 0, 0, 0))
}

fn check(settings: &Settings) -> Result<()> {
    if !(1..=8).contains(&settings.chips_per_day) {
        return Err(ApiError::invalid(
            "chipsPerDay",
            "A day shows between 1 and 8 posts.",
        ));
    }
    if settings.usual_time.parse::<civil::Time>().is_err() {
        return Err(ApiError::invalid(
            "usualTime",
            "That is not a time of day. Write it as 09:00.",
        ));
    }
    let tag = &settings.language;
    if tag.len() > 35 || !tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(ApiError::invalid(
            "language",
            "That is not the tag of a language. Write it as en or pt-BR.",
        ));
    }
    if settings.global_shortcut.len() > 60 {
        return Err(ApiError::invalid(
            "globalShortcut",
            "That shortcut has too many keys.",
        ));
    }
    if settings.keys.len() > MAX_KEYS
        || settings
            .keys
            .iter()
            .any(|(id, keys)| id.len() > 80 || keys.len() > 80)
    {
        return Err(ApiError::invalid(
            "keys",
            "That is more keys than Almanac has commands.",
        ));
    }
    if settings.programs_port < 1024 {
        return Err(ApiError::invalid(
            "programsPort",
            "A port is a number between 1024 and 65535.",
        ));
    }
    let certificates = &settings.extra_certificates;
    if !certificates.is_empty() && !Path::new(certificates).is_file() {
        return Err(ApiError::invalid(
            "extraCertificates",
            "There is no such file with certificates. Choose it again.",
        ));
    }
    check_ffmpeg(&settings.ffmpeg)
}

impl App {
    /// The settings, for the host that carries some of them out.
    pub async fn settings(&self) -> Result<Settings> {
        read(&mut self.read().await?).await
    }

    /// Replaces the settings.
    pub async fn settings_set(&self, input: Settings) -> Result<Written<Settings>> {
        check(&input)?;
        let value = serde_json::to_value(&input)
            .map_err(|error| ApiError::fault("writing the settings", &error))?;
        let elsewhere = self.settings().await?.ffmpeg != input.ffmpeg;
        let mut writing = self.step("Settings changed").await?;
        store::settings::set(&mut writing.tx, SETTINGS, &value).await?;
        let done = writing.done(input).await?;
        if elsewhere {
            self.ffmpeg_is_at(&done.value.ffmpeg);
        }
        Ok(done)
    }

    /// Remembers something for the screen.
    pub async fn preferences_put(&self, input: PreferencePut) -> Result<Nothing> {
        if input.key.is_empty() || input.key.chars().count() > MAX_KEY {
            return Err(ApiError::invalid(
                "key",
                format!("A name has between 1 and {MAX_KEY} characters."),
            ));
        }
        if input.value.to_string().len() > MAX_PREFERENCE {
            return Err(ApiError::invalid(
                "value",
                "That is too much to remember: 64 kB at most.",
            ));
        }
        let key = format!("{PREFERENCE}{}", input.key);
        let mut tx = self.inner.store.begin(Actor::Program).await?;
        let all = store::settings::all(&mut tx).await?;
        let known = all.contains_key(&key);
        if !known && all.keys().filter(|k| k.starts_with(PREFERENCE)).count() >= MAX_PREFERENCES {
            return Err(ApiError::invalid(
                "key",
                format!("The screen remembers {MAX_PREFERENCES} things at most."),
            ));
        }
        if input.value.is_null() {
            store::settings::remove(&mut tx, &key).await?;
        } else {
            store::settings::set(&mut tx, &key, &input.value).await?;
        }
        tx.commit().await?;
        Ok(Nothing {})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_out_of_bounds_name_their_field() {
        let bad = |change: fn(&mut Settings)| {
            let mut settings = Settings::default();
            change(&mut settings);
            check(&settings).err().and_then(|e| e.field)
        };
        assert_eq!(bad(|_| ()), None);
        assert_eq!(bad(|s| s.chips_per_day = 0).as_deref(), Some("chipsPerDay"));
        assert_eq!(
            bad(|s| s.usual_time = "25:00".to_owned()).as_deref(),
            Some("usualTime")
        );
        assert_eq!(
            bad(|s| s.language = "en us".to_owned()).as_deref(),
            Some("language")
        );
        assert_eq!(
            bad(|s| s.programs_port = 80).as_deref(),
            Some("programsPort")
        );
        assert_eq!(
            bad(|s| s.extra_certificates = "/nowhere.pem".to_owned()).as_deref(),
            Some("extraCertificates")
        );
    }

    #[test]
    fn unreadable_settings_fall_back_to_the_usual_ones() {
        let all = BTreeMap::from([
            (
                SETTINGS.to_owned(),
                serde_json::json!({ "chipsPerDay": "many" }),
            ),
            ("screen.view".to_owned(), serde_json::json!("week")),
        ]);
        let (settings, preferences) = parts(all);
        assert_eq!(settings, Settings::default());
        assert_eq!(preferences["view"], "week");
    }
}
