//! Publishing: the files, then the one call that shows the post.
//!
//! Nothing makes that call harmless when it is repeated. A page's posts are read before a repetition;
//! for a person LinkedIn's own refusal of duplicates is the witness, and it names the first post. It refuses
//! what is the same as a post of minutes ago, and for longer now and then, so that it is a witness only for
//! a call of minutes ago. How it treats posts with files is not known, so it is none for them.

use std::time::Duration;

use model::account::Account;
use serde_json::{Map, Value, json};

use super::captions::captions_key;
use super::catalogue::{
    OPTION_DOCUMENT, OPTION_LINK, OPTION_LINK_TEXT, OPTION_LINK_TITLE, OPTION_NO_SHARES,
    OPTION_VISIBILITY,
};
use super::client::{self, CallError};
use super::confirm::unread;
use super::upload::{Files, Sort, media_key};
use super::{LinkedIn, errors, is_page, option, text};
use crate::connector::{Ctx, Delivered, Job, JobMedia, Refusal, StepLog};
use crate::sending::Stop;
use crate::tokens::CallFailed;

/// The step that shows the post.
pub(super) const SHOWN: &str = "segment/0";
/// How long after a call without an answer LinkedIn's refusal of a duplicate names the post of that call: it
/// keeps ten minutes in mind, as far as is known.
const WITNESS: Duration = Duration::from_mins(8);

/// A post being published.
pub(super) struct Sending<'a> {
    pub(super) linkedin: &'a LinkedIn,
    pub(super) job: &'a Job,
    pub(super) ctx: Ctx<'a>,
}

/// The name of a post that was shown.
pub(super) fn shown(job: &Job) -> Option<String> {
    job.step(SHOWN).and_then(Value::as_str).map(str::to_owned)
}

/// What did not come along, as earlier attempts recorded it.
pub(super) fn lacks_of(job: &Job) -> Vec<String> {
    let count = job.first_media().len();
    let told = (0..count).filter_map(|i| job.step(&captions_key(i))?.as_str());
    told.map(str::to_owned).collect()
}

/// Whether a text is a web address.
pub(super) fn is_address(text: &str) -> bool {
    reqwest::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http") && url.host_str().is_some_and(|h| h.contains('.'))
    })
}

impl LinkedIn {
    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Delivered, Stop> {
        let sending = Sending {
            linkedin: self,
            job,
            ctx,
        };
        match shown(job) {
            Some(urn) => Ok(delivered(&urn).lacking(lacks_of(job))),
            None => sending.send(steps).await,
        }
    }
}

impl Sending<'_> {
    pub(super) fn told(&self, failed: CallError) -> Refusal {
        client::told(failed, &self.job.account, self.ctx)
    }

    /// The files of the post.
    pub(super) fn media(&self) -> &[JobMedia] {
        self.job.first_media()
    }

    async fn send(&self, steps: &mut dyn StepLog) -> Result<Delivered, Stop> {
        let doubtful = self.job.first_sent_try_at.is_some();
        if doubtful && let Some(urn) = self.found(&[]).await? {
            let urn = self.finish(urn, steps).await?;
            return Ok(delivered(&urn).lacking(lacks_of(self.job)));
        }
        let Files { urns, lacks } = self.files(steps).await?;
        let post = body(self.job, &urns);
        steps.about_to_show(SHOWN).await?;
        let urn = match self
            .linkedin
            .create(&self.job.account, &post, self.ctx)
            .await
        {
            Ok(urn) => self.finish(urn, steps).await?,
            Err(failed) => self.failed(&urns, failed, steps).await?,
        };
        Ok(delivered(&urn).lacking(lacks))
    }

    async fn finish(&self, urn: String, steps: &mut dyn StepLog) -> Result<String, Stop> {
        steps.finished(SHOWN, json!(urn)).await?;
        Ok(urn)
    }

    /// Looks for the post among those of the page; none for a person, whose posts cannot be read. Where more
    /// was posted since than is read, the person was asked before this attempt and said that it is not there.
    async fn found(&self, files: &[String]) -> Result<Option<String>, Refusal> {
        if !is_page(&self.job.account) {
            return Ok(None);
        }
        let mut feed = unread();
        let (linkedin, job) = (self.linkedin, self.job);
        linkedin.find(job, files, &mut feed, self.ctx).await
    }

    /// Whether what is a duplicate now is what an earlier attempt showed, and not an older post.
    fn is_witnessed(&self) -> bool {
        let now = self.ctx.clock.now();
        let fresh = |shown_at| now.since(shown_at) < WITNESS;
        self.media().is_empty() && self.job.last_shown_at.is_some_and(fresh)
    }

    /// What a failed visible call means.
    async fn failed(
        &self,
        files: &[String],
        failed: CallError,
        steps: &mut dyn StepLog,
    ) -> Result<String, Stop> {
        let failed = match failed {
            CallFailed::Before(refusal) => return Err(Stop::NotSent(refusal)),
            CallFailed::Call(failed) => failed,
        };
        let handle = &self.job.account.handle;
        let refusal = errors::refusal(&failed, handle, self.ctx.clock.now());
        if let Some(urn) = errors::duplicate_of(&failed) {
            let ours = if is_page(&self.job.account) {
                // Not found, or no way to look: the refusal stands.
                self.found(files).await.unwrap_or_default()
            } else {
                Some(urn).filter(|_| self.is_witnessed())
            };
            if let Some(urn) = ours {
                return self.finish(urn, steps).await;
            }
        }
        if errors::is_media_lost(&failed) {
            for i in 0..files.len() {
                steps.finished(&media_key(i), Value::Null).await?;
            }
        }
        Err(Stop::after_showing(failed.may_have_worked(), refusal))
    }
}

fn visibility<'a>(account: &Account, options: &'a Map<String, Value>) -> &'a str {
    match option(options, OPTION_VISIBILITY) {
        who @ ("CONNECTIONS" | "LOGGED_IN") if !is_page(account) => who,
        _ => "PUBLIC",
    }
}

/// The post as the network wants it.
fn body(job: &Job, files: &[String]) -> Value {
    let options = &job.options;
    let no_shares = options.get(OPTION_NO_SHARES).and_then(Value::as_bool);
    let mut post = json!({
        "author": job.account.remote_id,
        "commentary": text::little(job.first_text()),
        "visibility": visibility(&job.account, options),
        "distribution": {
            "feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": no_shares.unwrap_or(false),
    });
    if let Some(content) = content(job, files) {
        post["content"] = content;
    }
    post
}

fn content(job: &Job, files: &[String]) -> Option<Value> {
    let media = job.first_media();
    let options = &job.options;
    let title = |chosen: &str, otherwise: &str| {
        let all = [chosen, job.title.trim(), otherwise];
        let first = all.into_iter().find(|t| !t.is_empty());
        first.unwrap_or_default().to_owned()
    };
    let describe = |what: &mut Value, field: &str, file: &JobMedia| {
        if !file.alt.trim().is_empty() {
            what[field] = file.alt.trim().into();
        }
    };
    let picture = |(urn, file): (&String, &JobMedia)| {
        let mut picture = json!({ "id": urn });
        describe(&mut picture, "altText", file);
        picture
    };
    let link = option(options, OPTION_LINK);
    if !link.is_empty() {
        let mut card = json!({
            "source": link, "title": title(option(options, OPTION_LINK_TITLE), link),
        });
        let words = option(options, OPTION_LINK_TEXT);
        if !words.is_empty() {
            card["description"] = words.into();
        }
        if let (Some(urn), Some(file)) = (files.first(), media.first()) {
            card["thumbnail"] = urn.as_str().into();
            describe(&mut card, "thumbnailAltText", file);
        }
        return Some(json!({ "article": card }));
    }
    match (files, media) {
        ([], _) => None,
        ([urn], [file]) => Some(json!({ "media": match Sort::of(&file.facts.mime) {
            Sort::Image => picture((urn, file)),
            Sort::Video => match title("", "") {
                title if title.is_empty() => json!({ "id": urn }),
                title => json!({ "id": urn, "title": title }),
            },
            Sort::Document => {
                json!({ "id": urn, "title": title(option(options, OPTION_DOCUMENT), "Document") })
            }
        }})),
        _ => {
            let images: Vec<Value> = files.iter().zip(media).map(picture).collect();
            Some(json!({ "multiImage": { "images": images } }))
        }
    }
}

/// A post as later calls need it.
pub(super) fn delivered(urn: &str) -> Delivered {
    Delivered {
        remote_id: urn.to_owned(),
        url: Some(format!("https://www.linkedin.com/feed/update/{urn}/")),
        remote: json!({ "urn": urn }),
    }
}
