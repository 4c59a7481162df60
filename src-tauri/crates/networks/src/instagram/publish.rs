//! Publishing in steps that can be resumed.
//!
//! Steps: `item/i` (the container of one file of several), `upload/i` (a container whose bytes are sent),
//! `container/0` (the container of the post), `segment/0` (the post as it was published).

use async_trait::async_trait;
use model::failure::Category;
use serde_json::{Value, json};

use super::catalogue::{
    FETCHES, MAX_IMAGE_BYTES, NAME, OPTION_COVER, OPTION_GRID, OPTION_TOGETHER,
};
use super::{Door, Instagram, Kind, errors};
use crate::api::Failed;
use crate::connector::{Confirmation, Ctx, Delivered, Job, JobMedia, JobSegment, Refusal, StepLog};
use crate::hosting::Lending;
use crate::meta::client::{UploadFailed, VERSION, id_of, send_bytes};
use crate::meta::containers::{
    Known, Manner, Phases, Posting, Shown, Standing, look, publish_part, soon, unclear,
};
use crate::meta::pass::{Pass, Signs};
use crate::sending::Stop;
use crate::video::cover_ms;

/// Longest side of a picture in pixels that Instagram keeps.
const MAX_SIDE: u32 = 1_440;

static MANNER: Manner = Manner {
    network: NAME,
    create: "media",
    publish: "media_publish",
    state: "status_code",
    reason: "status",
};

/// A post being published.
struct Sending<'a> {
    instagram: &'a Instagram,
    job: &'a Job,
    kind: Kind,
    door: Door,
    token: Pass,
    ctx: Ctx<'a>,
    told: Box<dyn Fn(&Failed) -> Refusal + Send + Sync + 'a>,
}

impl Instagram {
    async fn sending<'a>(&'a self, job: &'a Job, ctx: Ctx<'a>) -> Result<Sending<'a>, Refusal> {
        let now = ctx.clock.now();
        Ok(Sending {
            instagram: self,
            job,
            kind: Kind::of(&job.options),
            door: Door::of(&job.account),
            token: self.token(&job.account, ctx).await?,
            ctx,
            told: Box::new(move |failed| errors::refusal(failed, &job.account.handle, now)),
        })
    }

    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Delivered, Stop> {
        let sending = self.sending(job, ctx).await?;
        let shown = publish_part(&sending, job, 0, None, steps).await?;
        Ok(sending.delivered(&shown).await)
    }

    pub(super) async fn confirm_now(
        &self,
        job: &Job,
        ctx: Ctx<'_>,
    ) -> Result<Confirmation, Refusal> {
        let sending = self.sending(job, ctx).await?;
        let shown = match look(&sending, job, 0, ctx).await? {
            Known::There(shown) => shown,
            Known::Absent => return Ok(Confirmation::Absent),
            Known::Soon => return Ok(Confirmation::NotNow(soon(NAME))),
            Known::Unclear => return Ok(Confirmation::CannotTell(unclear(NAME))),
        };
        Ok(Confirmation::Found(sending.delivered(&shown).await))
    }
}

impl Sending<'_> {
    fn segment(&self) -> Result<&JobSegment, Refusal> {
        self.job.segments.first().ok_or_else(|| {
            Refusal::never(
                Category::Validation,
                "There is nothing to post on Instagram.",
            )
        })
    }

    /// As later calls need it. The address is read; without it the post is there all the same.
    async fn delivered(&self, shown: &Shown) -> Delivered {
        let url = match &shown.id {
            Some(id) => {
                let graph = self.instagram.graph(self.door);
                let answer = graph.get(id, &self.token, &[("fields", "permalink")]).await;
                let url = answer
                    .ok()
                    .and_then(|a| Some(a.get("permalink")?.as_str()?.to_owned()));
                url.filter(|url| url.starts_with("https://"))
            }
            None => None,
        };
        Delivered {
            remote_id: shown.id.clone().unwrap_or_else(|| shown.container.clone()),
            url,
            remote: json!({ "segments": [shown.to_json()], "kind": self.kind.word() }),
        }
    }

    /// Whether the bytes of a file are sent and not fetched.
    fn sends(&self, file: &JobMedia) -> bool {
        file.facts.is_video() && self.door == Door::Page
    }

    /// The address of a file in the web folder.
    async fn hosted(&self, file: &JobMedia) -> Result<String, Refusal> {
        self.instagram.hosting.lend(self.lending(), file).await
    }

    fn lending(&self) -> Lending<'_> {
        Lending {
            api: self.instagram.graph.api(),
            ctx: self.ctx,
            network: NAME,
            fetches: FETCHES,
            account: &self.job.account,
            target: self.job.target_id,
            limits: picture_limits(),
            patience: self.instagram.patience,
        }
    }

    /// Makes the container of one file, and sends its bytes where they are sent.
    async fn container(
        &self,
        i: usize,
        file: &JobMedia,
        mut form: Vec<(&'static str, String)>,
        steps: &mut dyn StepLog,
    ) -> Result<String, Stop> {
        if !self.sends(file) {
            let name = if file.facts.is_video() {
                "video_url"
            } else {
                "image_url"
            };
            form.push((name, self.hosted(file).await?));
            return Ok(self.phases().create(&form).await?);
        }
        let key = format!("upload/{i}");
        let size = file.facts.bytes;
        let kept = self.job.step(&key).and_then(Value::as_str);
        let (id, from) = match kept {
            Some(kept) => match self.arrived(kept).await {
                Some(bytes) if bytes <= size => (Some(kept.to_owned()), bytes),
                _ => (None, 0),
            },
            None => (None, 0),
        };
        let id = if let Some(id) = id {
            id
        } else {
            form.push(("upload_type", "resumable".to_owned()));
            let id = self.phases().create(&form).await?;
            steps.finished(&key, json!(id)).await?;
            id
        };
        if from < size {
            let address = format!("{}/ig-api-upload/{VERSION}/{id}", self.instagram.uploads);
            let api = self.instagram.graph.api();
            let sent = send_bytes(api, &address, self.token.token(), &file.path, from, size).await;
            sent.map_err(|failed| match failed {
                UploadFailed::File(refusal) => refusal,
                UploadFailed::Call(failed) => (self.told)(&failed),
            })?;
        }
        Ok(id)
    }

    /// How many bytes of a container arrived; none when it cannot be gone on with.
    async fn arrived(&self, container: &str) -> Option<u64> {
        let graph = self.instagram.graph(self.door);
        let query = [("fields", "status_code,video_status")];
        let answer = graph.get(container, &self.token, &query).await.ok()?;
        let phase = answer.pointer("/video_status/uploading_phase")?;
        let bytes = ["bytes_transferred", "bytes_transfered"];
        bytes.iter().find_map(|name| phase.get(name)?.as_u64())
    }

    /// The containers of several files, each worked on to its end.
    async fn items(&self, media: &[JobMedia], steps: &mut dyn StepLog) -> Result<String, Stop> {
        let phases = self.phases();
        let mut items = vec![];
        for (i, file) in media.iter().enumerate() {
            let key = format!("item/{i}");
            if let Some(kept) = self.job.step(&key).and_then(Value::as_str)
                && phases.settled(kept).await? == Standing::Ready
            {
                items.push(kept.to_owned());
                continue;
            }
            let mut form = vec![("is_carousel_item", "true".to_owned())];
            let alt = file.alt.trim();
            if file.facts.is_video() {
                form.push(("media_type", "VIDEO".to_owned()));
            } else if !alt.is_empty() {
                form.push(("alt_text", alt.to_owned()));
            }
            let item = self.container(i, file, form, steps).await?;
            steps.finished(&key, json!(item)).await?;
            items.push(item);
        }
        for item in &items {
            match phases.settled(item).await? {
                Standing::Ready => {}
                Standing::Failed(reason) => return Err(Stop::NotSent(self.failed(&reason))),
                _ => return Err(Stop::NotSent(self.failed(""))),
            }
        }
        Ok(items.join(","))
    }

    /// Caption and authors.
    fn words(&self, form: &mut Vec<(&'static str, String)>, several: bool) -> Result<(), Refusal> {
        let text = &self.segment()?.text;
        if !text.is_empty() {
            form.push(("caption", text.clone()));
        }
        let together: Vec<&str> = self
            .job
            .options
            .get(OPTION_TOGETHER)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(|name| name.trim().trim_start_matches('@'))
            .filter(|name| !name.is_empty())
            .collect();
        if !together.is_empty() && !several {
            form.push(("collaborators", json!(together).to_string()));
        }
        Ok(())
    }

    fn reel(&self, file: &JobMedia) -> Vec<(&'static str, String)> {
        let grid = self.job.options.get(OPTION_GRID).and_then(Value::as_bool);
        let mut form = vec![
            ("media_type", "REELS".to_owned()),
            ("share_to_feed", grid.unwrap_or(true).to_string()),
        ];
        if let Some(ms) = cover_ms(&self.job.options, OPTION_COVER, file) {
            form.push(("thumb_offset", ms.to_string()));
        }
        form
    }
}

#[async_trait]
impl Posting for Sending<'_> {
    fn phases(&self) -> Phases<'_> {
        Phases {
            graph: self.instagram.graph(self.door),
            token: &self.token,
            owner: &self.job.account.remote_id,
            manner: &MANNER,
            patience: self.instagram.patience,
            told: &*self.told,
        }
    }

    async fn make(
        &self,
        _n: usize,
        _before: Option<&str>,
        steps: &mut dyn StepLog,
    ) -> Result<String, Stop> {
        let segment = self.segment()?;
        match segment.media.as_slice() {
            [] => Err(Stop::NotSent(Refusal::never(
                Category::Validation,
                "Instagram needs a picture or a video.",
            ))),
            [one] if self.kind == Kind::Story => {
                let form = vec![("media_type", "STORIES".to_owned())];
                self.container(0, one, form, steps).await
            }
            [one] => {
                let mut form = if one.facts.is_video() {
                    self.reel(one)
                } else {
                    vec![]
                };
                self.words(&mut form, false)?;
                let alt = one.alt.trim();
                if !one.facts.is_video() && !alt.is_empty() {
                    form.push(("alt_text", alt.to_owned()));
                }
                self.container(0, one, form, steps).await
            }
            several => {
                let children = self.items(several, steps).await?;
                let mut form = vec![
                    ("media_type", "CAROUSEL".to_owned()),
                    ("children", children),
                ];
                self.words(&mut form, true)?;
                Ok(self.phases().create(&form).await?)
            }
        }
    }

    async fn find(&self, _n: usize) -> Result<Option<String>, Refusal> {
        let owner = &self.job.account.remote_id;
        let graph = self.instagram.graph(self.door);
        let story = self.kind == Kind::Story;
        let edge = if story { "stories" } else { "media" };
        let query = [("fields", "id,caption,timestamp"), ("limit", "10")];
        let answer = graph
            .get(&format!("{owner}/{edge}"), &self.token, &query)
            .await;
        let answer = answer.map_err(|failed| (self.told)(&failed))?;
        let began = self.job.first_sent_try_at.unwrap_or(self.job.due_at);
        let words = if story {
            ""
        } else {
            self.segment()?.text.trim()
        };
        let all = answer.get("data").and_then(Value::as_array);
        let mut same = all.into_iter().flatten().filter(|post| {
            let text = |name: &str| post.get(name).and_then(Value::as_str).unwrap_or_default();
            text("caption").trim() == words && super::is_since(text("timestamp"), began)
        });
        // Two that say the same cannot be told apart.
        match (same.next(), same.next()) {
            (Some(one), None) => Ok(id_of(one, "id")),
            _ => Ok(None),
        }
    }

    fn has_words(&self, _n: usize) -> bool {
        let words = |segment: &JobSegment| !segment.text.trim().is_empty();
        // Stories show none.
        self.kind != Kind::Story && self.segment().is_ok_and(words)
    }

    fn failed(&self, reason: &str) -> Refusal {
        errors::failed(reason)
    }

    async fn tidy(&self, _n: usize) {
        let Ok(segment) = self.segment() else {
            return;
        };
        let lending = self.lending();
        for file in segment.media.iter().filter(|f| !self.sends(f)) {
            self.instagram.hosting.take_away(&lending, file).await;
        }
    }
}

/// What is taken of a picture.
pub(super) fn picture_limits() -> media::Limits {
    media::Limits {
        formats: vec![media::Kind::Jpeg],
        ..media::Limits::bytes(MAX_IMAGE_BYTES).side(MAX_SIDE)
    }
}
