//! Captions of a video that is out (`POST /{video-id}/captions`, the edge "Video Captions"): files of up to
//! 200 KB as `SubRip`, whose name holds the locale, as in `captions.en_US.srt`. One that is there already is
//! replaced, so a repetition changes nothing.
//!
//! Steps: `captions/…` by language, `true` or the sentence that tells that they are not there.

use model::captions::Captions;
use reqwest::multipart;
use serde_json::Value;

use super::catalogue::{CAPTIONS, NAME};
use super::{Facebook, errors};
use crate::after::{once, why};
use crate::connector::{Ctx, Job, JobMedia, Refusal, StepLog, StepLost};
use crate::locales;
use crate::meta::client::unreadable;

/// Captions of what was shown, where that takes any, each with what Facebook calls its language.
fn wanted<'a>(job: &'a Job, shown: &Value) -> impl Iterator<Item = (&'a Captions, String)> {
    let takes = matches!(shown["kind"].as_str(), Some("video" | "reel"));
    let media = job.first_media();
    let video = media.first().filter(|_| takes);
    let taken = CAPTIONS.taken(video.map_or(&[][..], |video: &JobMedia| &video.captions));
    taken.filter_map(|own| Some((own, locale(own)?)))
}

/// What Facebook calls a language; none where that is not known.
fn locale(captions: &Captions) -> Option<String> {
    let language = captions.primary();
    match language.as_str() {
        // Facebook has one Arabic, and calls Norwegian by its written form.
        "ar" => Some("ar_AR".to_owned()),
        "no" => Some("nb_NO".to_owned()),
        _ => Some(format!("{language}_{}", locales::country(captions)?)),
    }
}

impl Facebook {
    /// Gives a video its captions, and a sentence for each language that is not there.
    pub(super) async fn captions(
        &self,
        job: &Job,
        shown: &Value,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Vec<String>, StepLost> {
        let id = shown["id"].as_str().unwrap_or_default();
        let mut lacks = vec![];
        for (own, locale) in wanted(job, shown) {
            let key = format!("captions/{}", own.language);
            let work = async {
                let added = self.add_captions(job, id, own, &locale, ctx).await;
                added.map_err(|refusal| {
                    let why = why(NAME, &refusal);
                    format!(
                        "Its captions in {} are not there. {why} Add them on the Page.",
                        own.language
                    )
                })
            };
            once(job, &key, &mut lacks, steps, work).await?;
        }
        Ok(lacks)
    }

    async fn add_captions(
        &self,
        job: &Job,
        id: &str,
        own: &Captions,
        locale: &str,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let token = self.token(&job.account, ctx).await?;
        let file = CAPTIONS.file(own);
        let bytes = file.len() as u64;
        let part = multipart::Part::text(file).file_name(format!("captions.{locale}.srt"));
        let form = multipart::Form::new().part("captions_file", part);
        let path = format!("{id}/captions");
        let added = match self.graph.post_file(&path, &token, form, bytes).await {
            Ok(answer) if answer["success"] == true => Ok(()),
            Ok(answer) => Err(unreadable(&answer)),
            Err(failed) => Err(failed),
        };
        added.map_err(|failed| errors::refusal(&failed, &job.account.handle, ctx.clock.now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_named_with_their_country() {
        for (language, want) in [
            ("en", Some("en_US")),
            ("en-GB", Some("en_GB")),
            ("pt", Some("pt_BR")),
            ("ar", Some("ar_AR")),
            ("no", Some("nb_NO")),
            ("sk", Some("sk_SK")),
            ("haw", None),
            ("ie", None),
            ("ie-FR", Some("ie_FR")),
        ] {
            let captions = Captions {
                language: language.to_owned(),
                cues: vec![],
            };
            assert_eq!(locale(&captions).as_deref(), want, "{language}");
            assert_eq!(CAPTIONS.names(&captions), want.is_some(), "{language}");
        }
    }
}
