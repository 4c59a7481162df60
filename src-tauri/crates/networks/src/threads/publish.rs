//! Publishing in steps that can be resumed, each part of a chain in two phases.
//!
//! Steps by part `n`: `item/n/i` (the container of one file of several), `container/n` (the container
//! of the part), `segment/n` (the part as it was published).

use async_trait::async_trait;
use model::failure::Category;
use serde_json::{Value, json};

use super::catalogue::{FETCHES, MAX_IMAGE_BYTES, NAME, OPTION_REPLY, OPTION_TOPIC};
use super::{Threads, errors};
use crate::api::Failed;
use crate::connector::{Confirmation, Ctx, Delivered, Job, JobMedia, JobSegment, Refusal, StepLog};
use crate::hosting::Lending;
use crate::meta::containers::{
    Known, Manner, Phases, Posting, Shown, Standing, find_again, look, publish_part, soon, unclear,
};
use crate::sending::Stop;
use crate::vault::Secret;

/// Longest side of a picture in pixels that Threads keeps.
const MAX_SIDE: u32 = 1_440;
/// Clocks may differ by this many seconds.
const SLACK: i64 = 120;

static MANNER: Manner = Manner {
    network: NAME,
    create: "threads",
    publish: "threads_publish",
    state: "status",
    reason: "error_message",
};

/// A post being published.
struct Sending<'a> {
    threads: &'a Threads,
    job: &'a Job,
    token: Secret,
    ctx: Ctx<'a>,
    told: Box<dyn Fn(&Failed) -> Refusal + Send + Sync + 'a>,
}

impl Threads {
    async fn sending<'a>(&'a self, job: &'a Job, ctx: Ctx<'a>) -> Result<Sending<'a>, Refusal> {
        let now = ctx.clock.now();
        Ok(Sending {
            threads: self,
            job,
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
        let mut all: Vec<Shown> = vec![];
        for n in 0..job.segments.len() {
            let before = match all.last_mut() {
                None => None,
                Some(part) => {
                    find_again(&sending, n - 1, part, steps).await?;
                    let id = part.id.clone();
                    Some(id.ok_or_else(|| Stop::NotSent(lost_thread()))?)
                }
            };
            let part = publish_part(&sending, job, n, before.as_deref(), steps).await?;
            all.push(part);
        }
        Ok(self.delivered(&all, &sending.token).await)
    }

    pub(super) async fn confirm_now(
        &self,
        job: &Job,
        ctx: Ctx<'_>,
    ) -> Result<Confirmation, Refusal> {
        let sending = self.sending(job, ctx).await?;
        let mut all = vec![];
        for n in 0..job.segments.len() {
            match look(&sending, job, n, ctx).await? {
                Known::There(part) => all.push(part),
                Known::Absent => return Ok(Confirmation::Absent),
                Known::Soon => return Ok(Confirmation::NotNow(soon(NAME))),
                Known::Unclear => return Ok(Confirmation::CannotTell(unclear(NAME))),
            }
        }
        Ok(Confirmation::Found(
            self.delivered(&all, &sending.token).await,
        ))
    }

    /// As later calls need it. The address is read; without it the post is there all the same.
    async fn delivered(&self, all: &[Shown], token: &Secret) -> Delivered {
        let first = all.first();
        let id = first.and_then(|f| f.id.clone());
        let url = match &id {
            Some(id) => {
                let answer = self.graph.get(id, token, &[("fields", "permalink")]).await;
                let url = answer
                    .ok()
                    .and_then(|a| Some(a.get("permalink")?.as_str()?.to_owned()));
                url.filter(|url| url.starts_with("https://"))
            }
            None => None,
        };
        Delivered {
            remote_id: id
                .or_else(|| first.map(|f| f.container.clone()))
                .unwrap_or_default(),
            url,
            remote: json!({ "segments": all.iter().map(Shown::to_json).collect::<Vec<_>>() }),
        }
    }
}

fn lost_thread() -> Refusal {
    Refusal::later(
        Category::NetworkError,
        "The part before this one is on Threads, but Almanac did not find it there, so the rest of the chain was not posted.",
    )
}

impl Sending<'_> {
    fn segment(&self, n: usize) -> Result<&JobSegment, Refusal> {
        self.job.segments.get(n).ok_or_else(|| {
            Refusal::never(Category::Validation, "There is nothing to post on Threads.")
        })
    }

    fn option(&self, name: &str) -> &str {
        let text = self.job.options.get(name).and_then(Value::as_str);
        text.unwrap_or_default().trim()
    }

    fn lending(&self) -> Lending<'_> {
        Lending {
            api: self.threads.graph.api(),
            ctx: self.ctx,
            network: NAME,
            fetches: FETCHES,
            account: &self.job.account,
            target: self.job.target_id,
            limits: picture_limits(),
            patience: self.threads.patience,
        }
    }

    /// What the container of one file says.
    async fn file(&self, file: &JobMedia) -> Result<Vec<(&'static str, String)>, Refusal> {
        let address = self.threads.hosting.lend(self.lending(), file).await?;
        let mut form = if file.facts.is_video() {
            vec![("media_type", "VIDEO".to_owned()), ("video_url", address)]
        } else {
            vec![("media_type", "IMAGE".to_owned()), ("image_url", address)]
        };
        let alt = file.alt.trim();
        if !alt.is_empty() {
            form.push(("alt_text", alt.to_owned()));
        }
        Ok(form)
    }

    /// The containers of several files, each worked on to its end.
    async fn items(
        &self,
        n: usize,
        media: &[JobMedia],
        steps: &mut dyn StepLog,
    ) -> Result<String, Stop> {
        let phases = self.phases();
        let mut items = vec![];
        for (i, file) in media.iter().enumerate() {
            let key = format!("item/{n}/{i}");
            if let Some(kept) = self.job.step(&key).and_then(Value::as_str)
                && phases.settled(kept).await? == Standing::Ready
            {
                items.push(kept.to_owned());
                continue;
            }
            let mut form = self.file(file).await?;
            form.push(("is_carousel_item", "true".to_owned()));
            let item = phases.create(&form).await?;
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
}

#[async_trait]
impl Posting for Sending<'_> {
    fn phases(&self) -> Phases<'_> {
        Phases {
            graph: &self.threads.graph,
            token: &self.token,
            owner: &self.job.account.remote_id,
            manner: &MANNER,
            patience: self.threads.patience,
            told: &*self.told,
        }
    }

    async fn make(
        &self,
        n: usize,
        before: Option<&str>,
        steps: &mut dyn StepLog,
    ) -> Result<String, Stop> {
        let segment = self.segment(n)?;
        let mut form = match segment.media.as_slice() {
            [] => vec![("media_type", "TEXT".to_owned())],
            [one] => self.file(one).await?,
            several => {
                let children = self.items(n, several, steps).await?;
                vec![
                    ("media_type", "CAROUSEL".to_owned()),
                    ("children", children),
                ]
            }
        };
        if !segment.text.is_empty() {
            form.push(("text", segment.text.clone()));
        }
        if let Some(before) = before {
            form.push(("reply_to_id", before.to_owned()));
        } else {
            let (reply, topic) = (self.option(OPTION_REPLY), self.option(OPTION_TOPIC));
            if !reply.is_empty() && reply != "everyone" {
                form.push(("reply_control", reply.to_owned()));
            }
            if !topic.is_empty() {
                form.push(("topic_tag", topic.trim_start_matches('#').to_owned()));
            }
        }
        Ok(self.phases().create(&form).await?)
    }

    async fn find(&self, n: usize) -> Result<Option<String>, Refusal> {
        let began = self.job.first_sent_try_at.unwrap_or(self.job.due_at);
        let since = (began.as_millis().div_euclid(1_000) - SLACK).to_string();
        let edge = if n == 0 { "threads" } else { "replies" };
        let path = format!("{}/{edge}", self.job.account.remote_id);
        let query = [
            ("fields", "id,text,timestamp"),
            ("since", &since),
            ("limit", "25"),
        ];
        let answer = self.threads.graph.get(&path, &self.token, &query).await;
        let answer = answer.map_err(|failed| (self.told)(&failed))?;
        let words = self.segment(n)?.text.trim();
        let all = answer.get("data").and_then(Value::as_array);
        let mut same = all.into_iter().flatten().filter(|post| {
            let text = post.get("text").and_then(Value::as_str).unwrap_or_default();
            text.trim() == words
        });
        // Two that say the same cannot be told apart.
        match (same.next(), same.next()) {
            (Some(one), None) => Ok(crate::meta::client::id_of(one, "id")),
            _ => Ok(None),
        }
    }

    fn has_words(&self, n: usize) -> bool {
        let words = |segment: &JobSegment| !segment.text.trim().is_empty();
        self.segment(n).is_ok_and(words)
    }

    fn failed(&self, reason: &str) -> Refusal {
        errors::failed(reason)
    }

    async fn tidy(&self, n: usize) {
        let Ok(segment) = self.segment(n) else {
            return;
        };
        let lending = self.lending();
        for file in &segment.media {
            self.threads.hosting.take_away(&lending, file).await;
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
