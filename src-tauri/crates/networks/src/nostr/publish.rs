//! Publishing: each part becomes a signed event that is kept before it is sent, and goes to all relays
//! at once. Its name is its hash, so sending it again, anywhere and at any time, adds nothing.
//!
//! Steps by part `n`: `event/n` (the event as it is sent, whatever happens), `note/n` (its name and the
//! relays that took it).

use futures_util::future::join_all;
use model::failure::{Category, Retry};
use serde_json::{Value, json};

use super::event::{Event, NOTE};
use super::keys::{Key, encoded};
use super::note::{self, Handle};
use super::relay::Fault;
use super::{Nostr, errors, relays_of};
use crate::connector::{Ctx, Delivered, Job, Refusal, StepLog};
use crate::sending::Stop;

/// A note that is out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Out {
    /// Its name.
    pub(super) id: String,
    /// Relays that took it.
    pub(super) relays: Vec<String>,
}

impl Out {
    pub(super) fn to_json(&self) -> Value {
        json!({ "id": self.id, "relays": self.relays })
    }

    pub(super) fn read(value: &Value) -> Option<Self> {
        let relays = value.get("relays").and_then(Value::as_array);
        let relays = relays.into_iter().flatten().filter_map(Value::as_str);
        Some(Self {
            id: value.get("id")?.as_str()?.to_owned(),
            relays: relays.map(str::to_owned).collect(),
        })
    }
}

/// A part that an earlier attempt showed.
pub(super) fn shown(job: &Job, n: usize) -> Option<Out> {
    job.step(&format!("note/{n}")).and_then(Out::read)
}

/// A post as later calls need it.
pub(super) fn delivered(notes: &[Out]) -> Delivered {
    let id = notes.first().map(|n| n.id.clone()).unwrap_or_default();
    let bytes = super::keys::bytes32(&id).unwrap_or_default();
    Delivered {
        url: Some(format!("https://njump.me/{}", encoded("note", &bytes))),
        remote: json!({ "notes": notes.iter().map(Out::to_json).collect::<Vec<_>>() }),
        remote_id: id,
    }
}

impl Nostr {
    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Delivered, Stop> {
        let handle = Handle::read(&job.handle, job.segments.len())?;
        let key = self.key(&job.account, ctx).await?;
        let mut notes: Vec<Out> = Vec::new();
        for n in 0..job.segments.len() {
            let out = match shown(job, n) {
                Some(out) => out,
                None => self.part(job, &handle, n, &notes, &key, steps, ctx).await?,
            };
            notes.push(out);
        }
        Ok(delivered(&notes))
    }

    /// Publishes one part.
    #[expect(
        clippy::too_many_arguments,
        reason = "all of it is what a part is made of"
    )]
    async fn part(
        &self,
        job: &Job,
        handle: &Handle,
        n: usize,
        notes: &[Out],
        key: &Key,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Out, Stop> {
        let kept = job.step(&format!("event/{n}")).and_then(Event::read);
        let event = match kept {
            // Signed with the key the account had then; another key would make another event.
            Some(event) if event.author == key.public() => event,
            _ => {
                let event = signed(job, handle, n, notes, key, ctx)?;
                let often = job.attempt > 1 || job.first_sent_try_at.is_some();
                if often && let Some(out) = self.earlier(job, handle, n, &event, key, ctx).await? {
                    steps.finished(&format!("note/{n}"), out.to_json()).await?;
                    return Ok(out);
                }
                steps
                    .finished(&format!("event/{n}"), event.to_json())
                    .await?;
                event
            }
        };
        let shows = format!("note/{n}");
        steps.about_to_show(&shows).await?;
        let out = self.spread(job, &event, key, ctx).await?;
        steps.finished(&shows, out.to_json()).await?;
        Ok(out)
    }

    /// A note that an attempt sent whose steps are lost, by the name in it.
    async fn earlier(
        &self,
        job: &Job,
        handle: &Handle,
        n: usize,
        event: &Event,
        key: &Key,
        ctx: Ctx<'_>,
    ) -> Result<Option<Out>, Stop> {
        let names = handle.names.get(n..=n).unwrap_or_default();
        let found = self.named(&job.account, names, key, ctx).await?;
        match found.into_iter().next() {
            None => Ok(None),
            Some((there, relay)) if there.content == event.content => Ok(Some(Out {
                id: there.id,
                relays: vec![relay],
            })),
            Some(_) => Err(Stop::NotSent(Refusal::never(
                Category::Duplicate,
                "Nostr already holds this note with other words. Delete it there first, or leave it.",
            ))),
        }
    }

    /// Sends an event to all relays at once, and once more to those that did not answer well. It is
    /// published when one took it.
    async fn spread(&self, job: &Job, event: &Event, key: &Key, ctx: Ctx<'_>) -> Result<Out, Stop> {
        let relays = relays_of(&job.account);
        let mut taken: Vec<String> = Vec::new();
        let mut faults: Vec<(String, Fault)> = Vec::new();
        let mut maybe = false;
        let mut open = relays.clone();
        for _ in 0..2 {
            let tries = open
                .iter()
                .map(|relay| self.relays.send(relay, event, key, ctx));
            let answers = join_all(tries).await;
            let mut again = Vec::new();
            for (relay, answer) in open.iter().zip(answers) {
                faults.retain(|(of, _)| of != relay);
                match answer {
                    Ok(()) => taken.push(relay.clone()),
                    Err(fault) => {
                        maybe |= fault.may_have_worked();
                        if fault.passes() {
                            again.push(relay.clone());
                        }
                        faults.push((relay.clone(), fault));
                    }
                }
            }
            open = again;
        }
        if taken.is_empty() {
            return Err(Stop::after_showing(maybe, worst(&faults)));
        }
        for (relay, fault) in &faults {
            tracing::info!(
                relay = errors::short(relay),
                ?fault,
                "a relay did not take a note"
            );
        }
        Ok(Out {
            id: event.id.clone(),
            relays: taken,
        })
    }
}

/// What to tell of several faults: one that passes goes before one that stays, since then another try
/// is worth it.
pub(super) fn worst(faults: &[(String, Fault)]) -> Refusal {
    let told = faults
        .iter()
        .map(|(relay, fault)| errors::refusal(fault, relay));
    let told = told.min_by_key(|refusal| {
        let stays = refusal.retry == Retry::Never || !refusal.category.may_retry();
        (stays, refusal.category != Category::RateLimited)
    });
    told.unwrap_or_else(|| {
        Refusal::never(
            Category::Validation,
            "This account has no relays. Connect it again and name some.",
        )
    })
}

/// Makes and signs the event of a part.
fn signed(
    job: &Job,
    handle: &Handle,
    n: usize,
    notes: &[Out],
    key: &Key,
    ctx: Ctx<'_>,
) -> Result<Event, Refusal> {
    let above: Vec<String> = notes.iter().map(|out| out.id.clone()).collect();
    let relay = notes.first().and_then(|out| out.relays.first());
    let relay = relay.map(String::as_str).unwrap_or_default();
    let made = note::make(job, handle, n, &above, &key.public(), relay);
    let mut chance = [0; 32];
    ctx.entropy.fill(&mut chance);
    Event::make(key, handle.at(n), NOTE, made.tags, made.content, &chance).ok_or_else(|| {
        Refusal::never(
            Category::Unknown,
            "The note could not be signed with the key of this account. Connect the account again.",
        )
    })
}
