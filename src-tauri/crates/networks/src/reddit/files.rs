//! Files go to storage that Reddit names for each of them, in one call without any token, and are then
//! named by the post. A file that no post names is of no account.
//!
//! The step `media/0/i` holds a file that was uploaded, `poster/0` the moment of a video that was chosen to stand
//! for it.

use media::{Kind, Limits};
use model::failure::Category;
use reqwest::{Method, multipart};
use serde_json::{Value, json};

use super::Reddit;
use super::catalogue::{MAX_IMAGE_BYTES, NAME};
use super::client::told;
use super::errors;
use crate::api::{Failed, file_part};
use crate::connector::{Ctx, Job, JobMedia, Refusal, StepLog};
use crate::fitting;
use crate::sending::Stop;

/// How often a picture is made smaller when storage takes less than Reddit says.
const MAX_SHRINKS: u32 = 2;

/// The step of the picture that stands for a video.
const POSTER: &str = "poster/0";

/// A file that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Uploaded {
    /// Reddit's name of it.
    pub(super) id: String,
    /// Where it lies.
    pub(super) address: String,
}

impl Uploaded {
    fn read(step: &Value) -> Option<Self> {
        let text = |name: &str| step[name].as_str().map(str::to_owned);
        Some(Self {
            id: text("id")?,
            address: text("address")?,
        })
    }

    fn step(&self) -> Value {
        json!({ "id": self.id, "address": self.address })
    }
}

/// Where a file may go.
struct Lease {
    uploaded: Uploaded,
    to: String,
    fields: Vec<(String, String)>,
}

/// Why storage did not take a file.
enum Storing {
    /// The file cannot be read.
    File(Refusal),
    /// It is too large.
    TooLarge(Failed),
    /// The call failed.
    Call(Failed),
}

/// What is sent.
enum Source<'a> {
    Picture(&'a media::Rendition),
    Video(&'a JobMedia),
}

impl Source<'_> {
    fn name_and_mime(&self) -> (String, String) {
        match self {
            Self::Picture(made) => {
                let name = format!("picture.{}", made.kind.extension());
                (name, made.mime().to_owned())
            }
            Self::Video(file) => {
                let kind = Kind::from_mime(&file.facts.mime).unwrap_or(Kind::Mp4);
                let name = format!("video.{}", kind.extension());
                (name, file.facts.mime.clone())
            }
        }
    }

    fn bytes(&self) -> u64 {
        match self {
            Self::Picture(made) => made.bytes.len() as u64,
            Self::Video(file) => file.facts.bytes,
        }
    }

    async fn part(&self) -> Result<multipart::Part, Refusal> {
        let (name, mime) = self.name_and_mime();
        match self {
            Self::Picture(made) => {
                let part = multipart::Part::bytes(made.bytes.clone()).file_name(name);
                part.mime_str(&mime).map_err(|_| unusable())
            }
            Self::Video(file) => file_part(&file.path, 0, file.facts.bytes, name, &mime).await,
        }
    }
}

fn unusable() -> Refusal {
    Refusal::never(
        Category::MediaError,
        "A file of this post is of a kind Almanac cannot send.",
    )
}

fn no_poster() -> Refusal {
    Refusal::never(
        Category::MediaError,
        "A video on Reddit needs a picture, and none could be cut out of this one. Add one beside it.",
    )
}

impl Reddit {
    /// Every file of a job, uploaded where that has not happened yet.
    pub(super) async fn files(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Uploaded>, Stop> {
        let mut all = Vec::new();
        for (i, file) in job.first_media().iter().enumerate() {
            let key = format!("media/0/{i}");
            if let Some(known) = job.step(&key).and_then(Uploaded::read) {
                all.push(known);
                continue;
            }
            let uploaded = if file.facts.is_video() {
                self.video(job, file, ctx).await?
            } else {
                self.picture(job, file, ctx).await?
            };
            steps.finished(&key, uploaded.step()).await?;
            all.push(uploaded);
        }
        Ok(all)
    }

    /// The address of the picture that stands for a video; none where one lies beside it. Reddit takes no video
    /// without one (`video_poster_url` of `/api/submit`), so it is the moment that was chosen.
    pub(super) async fn poster(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Option<String>, Stop> {
        let [video] = job.first_media() else {
            return Ok(None);
        };
        if !video.facts.is_video() {
            return Ok(None);
        }
        if let Some(known) = job.step(POSTER).and_then(Uploaded::read) {
            return Ok(Some(known.address));
        }
        let made = fitting::poster(video, picture_limits()).await;
        let made = made.ok_or_else(no_poster)?;
        let stored = self.store(job, &Source::Picture(&made), ctx).await?;
        let uploaded = stored.map_err(|storing| not_stored(storing, job, ctx))?;
        steps.finished(POSTER, uploaded.step()).await?;
        Ok(Some(uploaded.address))
    }

    async fn video(&self, job: &Job, file: &JobMedia, ctx: Ctx<'_>) -> Result<Uploaded, Refusal> {
        let stored = self.store(job, &Source::Video(file), ctx).await?;
        stored.map_err(|storing| not_stored(storing, job, ctx))
    }

    async fn picture(&self, job: &Job, file: &JobMedia, ctx: Ctx<'_>) -> Result<Uploaded, Refusal> {
        let mut max_bytes = MAX_IMAGE_BYTES;
        let mut shrinks = 0;
        loop {
            let limits = Limits {
                max_bytes,
                ..picture_limits()
            };
            let made = fitting::picture(file, limits).await?;
            match self.store(job, &Source::Picture(&made), ctx).await? {
                Ok(uploaded) => return Ok(uploaded),
                Err(Storing::TooLarge(failed)) if shrinks < MAX_SHRINKS => {
                    shrinks += 1;
                    max_bytes = allowed(&failed).unwrap_or(max_bytes / 2);
                }
                Err(storing) => return Err(not_stored(storing, job, ctx)),
            }
        }
    }

    /// Leases a place for a file and puts it there.
    async fn store(
        &self,
        job: &Job,
        source: &Source<'_>,
        ctx: Ctx<'_>,
    ) -> Result<Result<Uploaded, Storing>, Refusal> {
        let lease = self.lease(job, source, ctx).await?;
        let mut form = multipart::Form::new();
        for (name, value) in lease.fields {
            form = form.text(name, value);
        }
        let part = match source.part().await {
            Ok(part) => part,
            Err(refusal) => return Ok(Err(Storing::File(refusal))),
        };
        let sent = async {
            let bytes = source.bytes();
            let call = self.api.upload(Method::POST, &lease.to, bytes).await?;
            // The file comes last: storage reads the rest before it.
            self.api.send(call.multipart(form.part("file", part))).await
        };
        Ok(match sent.await {
            Ok(answer) if answer.status == 201 => Ok(lease.uploaded),
            // Whoever answers otherwise is not storage.
            Ok(answer) => Err(Storing::Call(Failed::Answered(answer))),
            Err(failed) if says_too_large(&failed) => Err(Storing::TooLarge(failed)),
            Err(failed) => Err(Storing::Call(failed)),
        })
    }

    async fn lease(&self, job: &Job, source: &Source<'_>, ctx: Ctx<'_>) -> Result<Lease, Refusal> {
        let (name, mime) = source.name_and_mime();
        let form = [("filepath", name), ("mimetype", mime)];
        let answer = self
            .post(&job.account, "/api/media/asset.json", &form, ctx)
            .await;
        let answer = answer.map_err(|failed| told(failed, &job.account, ctx))?;
        self.read_lease(&answer).ok_or_else(|| {
            let odd = Failed::Cut("an answer without a place for the file".to_owned());
            errors::refusal(&odd, &job.account.handle, ctx.clock.now())
        })
    }

    fn read_lease(&self, answer: &Value) -> Option<Lease> {
        let action = answer.pointer("/args/action")?.as_str()?;
        // It comes without a scheme.
        let scheme = self.origin.split("//").next().unwrap_or("https:");
        let to = if action.starts_with("//") {
            format!("{scheme}{action}")
        } else {
            action.to_owned()
        };
        let fields: Option<Vec<(String, String)>> = answer
            .pointer("/args/fields")?
            .as_array()?
            .iter()
            .map(|field| {
                let text = |name: &str| field[name].as_str().map(str::to_owned);
                Some((text("name")?, text("value")?))
            })
            .collect();
        let fields = fields?;
        let key = fields.iter().find(|(name, _)| name == "key")?;
        let uploaded = Uploaded {
            id: answer.pointer("/asset/asset_id")?.as_str()?.to_owned(),
            address: format!("{}/{}", to.trim_end_matches('/'), key.1),
        };
        self.is_storage(&to).then_some(Lease {
            uploaded,
            to,
            fields,
        })
    }

    /// Whether an address is one of the storage Reddit uses, or of the server that stands in.
    fn is_storage(&self, address: &str) -> bool {
        let Ok(url) = reqwest::Url::parse(address) else {
            return false;
        };
        let host = url.host_str().unwrap_or_default();
        let usual = host.ends_with(".amazonaws.com") || host.ends_with(".reddit.com");
        address.starts_with(&format!("{}/", self.origin)) || (usual && url.scheme() == "https")
    }
}

fn not_stored(storing: Storing, job: &Job, ctx: Ctx<'_>) -> Refusal {
    match storing {
        Storing::File(refusal) => refusal,
        Storing::TooLarge(failed) => Refusal::never(
            Category::MediaError,
            "A file of this post is larger than Reddit takes.",
        )
        .with_detail(failed.detail()),
        // The place was kept for a short time only.
        Storing::Call(failed) if failed.status().is_some_and(|s| (400..429).contains(&s)) => {
            Refusal::later(
                Category::MediaError,
                "Reddit did not take a file of this post. It is uploaded again.",
            )
            .with_detail(failed.detail())
        }
        Storing::Call(failed) => failed.usual(NAME, &job.account.handle, ctx.clock.now()),
    }
}

/// Storage says so in words of its own.
fn says_too_large(failed: &Failed) -> bool {
    failed.status() == Some(413) || failed.detail().contains("EntityTooLarge")
}

/// How many bytes storage says it takes.
fn allowed(failed: &Failed) -> Option<u64> {
    let words = failed.detail();
    let (_, rest) = words.split_once("<MaxSizeAllowed>")?;
    let bytes: u64 = rest.split_once('<')?.0.trim().parse().ok()?;
    (bytes > 0).then_some(bytes)
}

/// What is taken of a picture.
pub(super) fn picture_limits() -> Limits {
    Limits {
        formats: vec![Kind::Jpeg, Kind::Png, Kind::Gif],
        ..Limits::bytes(MAX_IMAGE_BYTES)
    }
}
