//! Captions of videos: a file of their own, which is then joined to the video, all before the post.

use model::captions::Captions;
use reqwest::Method;
use serde_json::json;

use super::catalogue::CAPTIONS;
use super::pieces::Source;
use super::publish::Sending;
use super::upload::Uploaded;
use crate::connector::{JobMedia, StepLog};
use crate::sending::Stop;

/// How languages call themselves, as X shows them beside the video; others go by their code.
const NAMES: [(&str, &str); 20] = [
    ("ar", "العربية"),
    ("de", "Deutsch"),
    ("en", "English"),
    ("es", "Español"),
    ("fr", "Français"),
    ("hi", "हिन्दी"),
    ("id", "Bahasa Indonesia"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ru", "Русский"),
    ("sv", "Svenska"),
    ("th", "ไทย"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("vi", "Tiếng Việt"),
    ("zh", "中文"),
];

fn name_of(language: &str) -> &str {
    let known = NAMES.iter().find(|(code, _)| *code == language);
    known.map_or(language, |(_, name)| name)
}

impl Sending<'_> {
    /// Joins the captions of a file to it, each language once.
    pub(super) async fn captions(
        &self,
        n: usize,
        i: usize,
        file: &JobMedia,
        video: &Uploaded,
        steps: &mut dyn StepLog,
    ) -> Result<(), Stop> {
        for own in CAPTIONS.taken(&file.captions) {
            let language = own.primary();
            let key = format!("captions/{n}/{i}/{language}");
            let joined = json!(video.id);
            if self.job.step(&key) == Some(&joined) {
                continue;
            }
            let begun = format!("begun/{n}/{i}/{language}");
            let words = self.captions_sent(&begun, own, steps).await?;
            let body = json!({
                "id": video.id,
                "media_category": "TweetVideo",
                "subtitles": {
                    "id": words.id,
                    "language_code": language.to_ascii_uppercase(),
                    "display_name": name_of(&language),
                },
            });
            let account = &self.job.account;
            let path = "/2/media/subtitles";
            self.x
                .call(account, Method::POST, path, self.ctx, |call| {
                    call.json(&body)
                })
                .await
                .map_err(|failed| self.told(failed))?;
            steps.finished(&key, joined).await?;
        }
        Ok(())
    }

    async fn captions_sent(
        &self,
        begun: &str,
        own: &Captions,
        steps: &mut dyn StepLog,
    ) -> Result<Uploaded, Stop> {
        let source = Source::Memory(CAPTIONS.file(own).into_bytes());
        self.in_pieces(begun, &source, ("subtitles", "text/srt"), steps)
            .await
    }
}
