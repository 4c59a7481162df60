//! Uploading the files of an article. Each has a name made of the delivery's code, so that one whose
//! answer was lost is found before it is sent again.

use model::failure::Category;
use reqwest::multipart;
use serde_json::{Value, json};

use super::catalogue::{MAX_IMAGE_BYTES, MAX_SIDE};
use super::errors::{self, Doing};
use super::html::Figure;
use super::publish::Sending;
use crate::api::{Failed, file_part};
use crate::connector::{JobMedia, Refusal, StepLog};
use crate::fitting;
use crate::sending::Stop;

/// How often a picture is made smaller when a host takes less than most do.
const MAX_SHRINKS: u32 = 2;

fn to_json(file: &Figure) -> Value {
    json!({ "id": file.id, "url": file.url, "alt": file.alt, "video": file.video })
}

fn of_json(value: &Value) -> Option<Figure> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Figure {
        id: value.get("id")?.as_u64()?,
        url: text("url")?,
        alt: text("alt")?,
        video: value.get("video")?.as_bool()?,
    })
}

/// An ending for the name of a file of this kind: a site looks at it.
fn ending(mime: &str) -> &'static str {
    match mime {
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "video/webm" => "webm",
        "video/quicktime" => "mov",
        "video/ogg" => "ogv",
        "video/mp4" => "mp4",
        _ => "jpg",
    }
}

impl Sending<'_> {
    /// All files of the article, each uploaded once.
    pub(super) async fn files(&self, steps: &mut dyn StepLog) -> Result<Vec<Figure>, Stop> {
        let mut files = Vec::new();
        for (i, file) in self.job.first_media().iter().enumerate() {
            let key = format!("media/{i}");
            if let Some(done) = self.job.step(&key).and_then(of_json) {
                files.push(done);
                continue;
            }
            let stem = format!("{}-{}", self.handle.code, i + 1);
            // On a first attempt nothing can be there.
            let there = match self.job.attempt {
                ..=1 => None,
                _ => self.uploaded(&stem, file).await?,
            };
            let done = match there {
                Some(done) => done,
                None => self.upload(&stem, file).await?,
            };
            steps.finished(&key, to_json(&done)).await?;
            files.push(done);
        }
        Ok(files)
    }

    /// A file that an earlier attempt uploaded, although no answer told.
    async fn uploaded(&self, stem: &str, file: &JobMedia) -> Result<Option<Figure>, Stop> {
        let fields = "id,slug,source_url,media_type";
        let query = [("search", stem), ("per_page", "10"), ("_fields", fields)];
        let (site, server) = (&self.wordpress.site, &self.job.account.server);
        let found = site
            .get(server, "/wp/v2/media", &query, &self.tokens)
            .await
            .map_err(|failed| self.refused(&failed, Doing::Calling))?;
        let all = found.json.as_array().into_iter().flatten();
        let mine = |one: &&Value| one.get("slug").and_then(Value::as_str) == Some(stem);
        Ok(all.filter(mine).find_map(|one| figure(one, file)))
    }

    async fn upload(&self, stem: &str, file: &JobMedia) -> Result<Figure, Stop> {
        if file.facts.mime.starts_with("image/") {
            return self.picture(stem, file).await;
        }
        let (mime, bytes) = (&file.facts.mime, file.facts.bytes);
        let name = format!("{stem}.{}", ending(mime));
        let part = file_part(&file.path, 0, bytes, name, mime).await?;
        let answer = self.send(part, file, bytes).await;
        let answer = answer.map_err(|failed| self.refused(&failed, Doing::Uploading))?;
        figure(&answer, file).ok_or_else(no_number)
    }

    /// Makes a picture fit and uploads it; smaller again when this host takes less than most.
    async fn picture(&self, stem: &str, file: &JobMedia) -> Result<Figure, Stop> {
        let mut max_bytes = MAX_IMAGE_BYTES;
        let mut too_large = None;
        for shrinks in 0.. {
            let limits = media::Limits {
                max_bytes,
                ..picture_limits()
            };
            let made = fitting::picture(file, limits).await;
            let rendition = match (made, too_large.take()) {
                (Ok(rendition), _) => rendition,
                // What cannot get any smaller was not too large: the host may have been out of room.
                (Err(_), Some(refusal)) => return Err(Stop::NotSent(refusal)),
                (Err(refusal), None) => return Err(Stop::NotSent(refusal)),
            };
            let (mime, bytes) = (rendition.mime(), rendition.bytes.len() as u64);
            let name = format!("{stem}.{}", ending(mime));
            let part = multipart::Part::bytes(rendition.bytes)
                .file_name(name)
                .mime_str(mime)
                .map_err(|_| no_number())?;
            match self.send(part, file, bytes).await {
                Ok(answer) => return figure(&answer, file).ok_or_else(no_number),
                Err(failed) if errors::is_too_large(&failed) && shrinks < MAX_SHRINKS => {
                    too_large = Some(self.refused(&failed, Doing::Uploading));
                    max_bytes = bytes.min(max_bytes) / 2;
                }
                Err(failed) => return Err(self.refused(&failed, Doing::Uploading).into()),
            }
        }
        Err(no_number())
    }

    async fn send(
        &self,
        part: multipart::Part,
        file: &JobMedia,
        bytes: u64,
    ) -> Result<Value, Failed> {
        let mut form = multipart::Form::new().part("file", part);
        if !file.alt.trim().is_empty() {
            form = form.text("alt_text", file.alt.trim().to_owned());
        }
        let (site, server) = (&self.wordpress.site, &self.job.account.server);
        let good = site.upload(server, form, bytes, &self.tokens).await?;
        Ok(good.json)
    }
}

fn figure(answer: &Value, file: &JobMedia) -> Option<Figure> {
    Some(Figure {
        id: answer.get("id")?.as_u64()?,
        url: answer.get("source_url")?.as_str()?.to_owned(),
        alt: file.alt.clone(),
        video: !file.facts.mime.starts_with("image/"),
    })
}

fn no_number() -> Stop {
    Stop::NotSent(Refusal::later(
        Category::NetworkError,
        "The site took a file of this post and did not say where it lies.",
    ))
}

/// What is taken of a picture.
pub(super) fn picture_limits() -> media::Limits {
    media::Limits::bytes(MAX_IMAGE_BYTES).side(MAX_SIDE)
}
