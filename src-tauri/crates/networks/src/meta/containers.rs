//! Posts in two phases: a container is made, which nobody sees and which may be made again, and then
//! published, once. Its state can be asked at any time, and tells whether it was published.

use std::time::Duration;

use async_trait::async_trait;
use model::failure::Category;
use serde_json::{Value, json};

use super::Patience;
use super::client::{Graph, unreadable};
use super::errors::{GraphError, may_have_worked};
use super::pass::Signs;
use crate::api::Failed;
use crate::connector::{Ctx, Job, Refusal, StepLog};
use crate::sending::Stop;

/// The network blocks an action, or says that it failed inside, while the post may be out.
const DOUBTFUL: [i64; 2] = [2_207_051, 2_207_001];
/// A container that is not published this long after the last call was not published by it.
const SETTLE: Duration = Duration::from_mins(1);

/// How a network calls things.
#[derive(Debug)]
pub struct Manner {
    /// Its name.
    pub network: &'static str,
    /// Where containers are made.
    pub create: &'static str,
    /// Where they are published.
    pub publish: &'static str,
    /// The field with the state.
    pub state: &'static str,
    /// The field with the reason of a failure.
    pub reason: &'static str,
}

/// What a container is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The network works on it.
    Working,
    /// It can be published.
    Ready,
    /// It was published.
    Published,
    /// It was not published in time.
    Expired,
    /// It cannot be published, in the network's words.
    Failed(String),
}

/// Calls on containers of one account.
pub struct Phases<'a> {
    /// The host.
    pub graph: &'a Graph,
    /// The token.
    pub token: &'a dyn Signs,
    /// The account's id.
    pub owner: &'a str,
    /// How the network calls things.
    pub manner: &'static Manner,
    /// How long one waits.
    pub patience: Patience,
    /// What a failed call means.
    pub told: &'a (dyn Fn(&Failed) -> Refusal + Send + Sync),
}

impl Phases<'_> {
    /// Makes a container.
    pub async fn create(&self, form: &[(&str, String)]) -> Result<String, Refusal> {
        let path = format!("{}/{}", self.owner, self.manner.create);
        let id = self.graph.post_id(&path, self.token, form, "id").await;
        id.map_err(|failed| (self.told)(&failed))
    }

    /// What a container is now.
    pub async fn standing(&self, container: &str) -> Result<Standing, Failed> {
        let Manner { state, reason, .. } = self.manner;
        let fields = format!("{state},{reason}");
        let answer = self
            .graph
            .get(container, self.token, &[("fields", &fields)])
            .await?;
        let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
        match text(state) {
            "IN_PROGRESS" => Ok(Standing::Working),
            "FINISHED" => Ok(Standing::Ready),
            "PUBLISHED" => Ok(Standing::Published),
            "EXPIRED" => Ok(Standing::Expired),
            "ERROR" => Ok(Standing::Failed(text(reason).to_owned())),
            _ => Err(unreadable(&answer)),
        }
    }

    /// Waits until the network has worked on it. Still working at the end is a refusal that is worth
    /// another try with the same container.
    pub async fn settled(&self, container: &str) -> Result<Standing, Refusal> {
        for look in 0..self.patience.looks.max(1) {
            if look > 0 {
                tokio::time::sleep(self.patience.between).await;
            }
            let standing = self.standing(container).await;
            match standing.map_err(|failed| (self.told)(&failed))? {
                Standing::Working => {}
                settled => return Ok(settled),
            }
        }
        Err(Refusal::later(
            Category::MediaProcessing,
            format!(
                "{} is still working on a file of this post.",
                self.manner.network
            ),
        ))
    }

    /// Publishes a container: the one call that shows something.
    pub async fn publish(&self, container: &str) -> Result<String, Failed> {
        let path = format!("{}/{}", self.owner, self.manner.publish);
        let form = [("creation_id", container.to_owned())];
        self.graph.post_id(&path, self.token, &form, "id").await
    }
}

/// A part of a post that is on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The network's id of it; none when only its container is known.
    pub id: Option<String>,
    /// Its container.
    pub container: String,
}

impl Shown {
    /// As a finished step keeps it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "id": self.id, "container": self.container })
    }

    /// Reads it.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            id: text("id"),
            container: text("container")?,
        })
    }
}

/// What differs between networks in publishing a part.
#[async_trait]
pub trait Posting: Send + Sync {
    /// Calls on containers.
    fn phases(&self) -> Phases<'_>;
    /// Makes everything a part needs, and gives its container. `before` is the part before it.
    async fn make(
        &self,
        n: usize,
        before: Option<&str>,
        steps: &mut dyn StepLog,
    ) -> Result<String, Stop>;
    /// Looks for the id of a part that was published.
    async fn find(&self, n: usize) -> Result<Option<String>, Refusal>;
    /// Whether it is found by its words, and not by its time alone.
    fn has_words(&self, n: usize) -> bool;
    /// What it means that a container failed, in the network's words.
    fn failed(&self, reason: &str) -> Refusal;
    /// The network has its files: what was lent to it goes.
    async fn tidy(&self, n: usize);
}

fn segment_key(n: usize) -> String {
    format!("segment/{n}")
}

fn container_key(n: usize) -> String {
    format!("container/{n}")
}

/// A part that an earlier attempt showed.
#[must_use]
pub fn shown(job: &Job, n: usize) -> Option<Shown> {
    job.step(&segment_key(n)).and_then(Shown::read)
}

fn container_of(job: &Job, n: usize) -> Option<&str> {
    job.step(&container_key(n)).and_then(Value::as_str)
}

/// Publishes a part, or goes on where an earlier attempt stopped.
pub async fn publish_part(
    posting: &dyn Posting,
    job: &Job,
    n: usize,
    before: Option<&str>,
    steps: &mut dyn StepLog,
) -> Result<Shown, Stop> {
    if let Some(shown) = shown(job, n) {
        return Ok(shown);
    }
    let phases = posting.phases();
    let mut ready = None;
    if let Some(kept) = container_of(job, n) {
        match phases.settled(kept).await? {
            Standing::Ready => ready = Some(kept.to_owned()),
            Standing::Published => {
                let more = n + 1 < job.segments.len();
                return adopt(posting, n, kept, more, steps).await;
            }
            // It was never published and never will be: another one is made.
            _ => {}
        }
    }
    let container = match ready {
        Some(container) => container,
        None => match made(posting, n, before, steps).await {
            Ok(container) => container,
            Err(stop) => {
                let working =
                    matches!(&stop, Stop::NotSent(r) if r.category == Category::MediaProcessing);
                if !working {
                    posting.tidy(n).await;
                }
                return Err(stop);
            }
        },
    };
    posting.tidy(n).await;
    steps.about_to_show(&segment_key(n)).await?;
    match phases.publish(&container).await {
        Ok(id) => {
            let shown = Shown {
                id: Some(id),
                container,
            };
            steps.finished(&segment_key(n), shown.to_json()).await?;
            Ok(shown)
        }
        Err(failed) => {
            let doubtful = GraphError::of(&failed).is_some_and(|e| DOUBTFUL.contains(&e.subcode));
            let open = doubtful || may_have_worked(&failed);
            Err(Stop::after_showing(open, (phases.told)(&failed)))
        }
    }
}

async fn made(
    posting: &dyn Posting,
    n: usize,
    before: Option<&str>,
    steps: &mut dyn StepLog,
) -> Result<String, Stop> {
    let container = posting.make(n, before, steps).await?;
    steps.finished(&container_key(n), json!(container)).await?;
    match posting.phases().settled(&container).await? {
        Standing::Ready => Ok(container),
        Standing::Failed(reason) => Err(Stop::NotSent(posting.failed(&reason))),
        _ => Err(Stop::NotSent(posting.failed(""))),
    }
}

/// Takes a part that was published by an earlier attempt; `more` says that parts follow.
async fn adopt(
    posting: &dyn Posting,
    n: usize,
    container: &str,
    more: bool,
    steps: &mut dyn StepLog,
) -> Result<Shown, Stop> {
    posting.tidy(n).await;
    let id = match posting.find(n).await {
        Ok(id) => id,
        // The next part answers to it by its id, so it is asked for again.
        Err(refusal) if more => return Err(Stop::NotSent(refusal)),
        // It is out whether or not it is found.
        Err(_) => None,
    };
    let shown = Shown {
        id,
        container: container.to_owned(),
    };
    keep(n, &shown, steps).await?;
    Ok(shown)
}

/// Looks once more for a part that is out and was not found before, since lists lag behind.
pub async fn find_again(
    posting: &dyn Posting,
    n: usize,
    part: &mut Shown,
    steps: &mut dyn StepLog,
) -> Result<(), Stop> {
    if part.id.is_some() {
        return Ok(());
    }
    part.id = posting.find(n).await?;
    if part.id.is_some() {
        keep(n, part, steps).await?;
    }
    Ok(())
}

/// Records a part that an earlier attempt showed.
async fn keep(n: usize, shown: &Shown, steps: &mut dyn StepLog) -> Result<(), Stop> {
    steps.about_to_show(&segment_key(n)).await?;
    steps.finished(&segment_key(n), shown.to_json()).await?;
    Ok(())
}

/// What is known of a part after an uncertain send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It is on the network.
    There(Shown),
    /// It is not.
    Absent,
    /// It may still be on its way.
    Soon,
    /// It may have been sent from elsewhere, and the account's list does not tell.
    Unclear,
}

/// Looks whether a part is on the network, by its container.
pub async fn look(
    posting: &dyn Posting,
    job: &Job,
    n: usize,
    ctx: Ctx<'_>,
) -> Result<Known, Refusal> {
    if let Some(shown) = shown(job, n) {
        return Ok(Known::There(shown));
    }
    let Some(container) = container_of(job, n) else {
        return not_from_here(posting, job, n).await;
    };
    let phases = posting.phases();
    let standing = phases.standing(container).await;
    match standing.map_err(|failed| (phases.told)(&failed))? {
        Standing::Published => Ok(Known::There(Shown {
            id: posting.find(n).await?,
            container: container.to_owned(),
        })),
        Standing::Ready => {
            let fresh = |shown_at| ctx.clock.now().since(shown_at) < SETTLE;
            if job.last_shown_at.is_some_and(fresh) {
                return Ok(Known::Soon);
            }
            not_from_here(posting, job, n).await
        }
        _ => not_from_here(posting, job, n).await,
    }
}

/// What it means that nothing was published that is known here: it is absent, unless another copy of the calendar may
/// have sent it. Only the account's own list knows of that one's containers.
async fn not_from_here(posting: &dyn Posting, job: &Job, n: usize) -> Result<Known, Refusal> {
    if !job.unknown_send {
        return Ok(Known::Absent);
    }
    let found = if posting.has_words(n) {
        posting.find(n).await?
    } else {
        None
    };
    Ok(found.map_or(Known::Unclear, |id| {
        Known::There(Shown {
            id: Some(id),
            container: String::new(),
        })
    }))
}

/// The account's list does not tell whether it is out.
#[must_use]
pub fn unclear(network: &str) -> String {
    format!(
        "Almanac could not tell from the latest posts of the account whether this one is among them. Look on {network}."
    )
}

/// It may still be on its way.
#[must_use]
pub fn soon(network: &str) -> Refusal {
    Refusal::later(
        Category::NetworkError,
        format!("{network} does not show it yet. Almanac looks again in a minute."),
    )
}
