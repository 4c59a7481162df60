//! What happens, as it happens, for programs that would rather listen than be called: server-sent events
//! by key, for the key's workspace.
//!
//! The change feed is read once for all who listen; each gets what is its workspace's. Whoever falls
//! behind, or comes back with `Last-Event-ID`, reads on from the feed itself.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::App;
use app::programs::Bearer;
use app::types::session::ChangesSince;
use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream::unfold;
use model::change::{Change, Subject};
use model::{KeyId, WorkspaceId};
use serde_json::json;
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;

use crate::contract::Contract;
use crate::doors::{self, Door};
use crate::fault::{Fault, Kind};
use crate::guard::{KeyOfRequest, Template};
use crate::host::Host;
use crate::limits::Count;
use crate::pipeline;
use crate::times;

/// Where it is.
const PATH: &str = "/almanac/v1/events";
/// How often a line is sent while nothing happens.
const BEAT: Duration = Duration::from_secs(20);
/// Changes kept for those who are slow.
const KEPT: usize = 1_024;
/// Most who listen with one key.
const MOST_OF_KEY: usize = 256;
/// Most who listen.
const MOST: usize = 1_536;
/// How often a key that ends is looked at again at the least.
const LOOK: Duration = Duration::from_hours(1);

/// The door.
pub(crate) fn door() -> Door {
    let what =
        "What happens in the workspace of the key; `Last-Event-ID` goes on where it broke off.";
    Door::new(Method::GET, PATH, what, |host| {
        let host = Arc::clone(host);
        get(move |request: Request| listen(host, request))
    })
    .gives(doors::EVENTS)
}

/// Something that is told to all who listen.
#[derive(Debug)]
enum Heard {
    /// A change of a workspace.
    Change(WorkspaceId, Change),
    /// A key changed, or a workspace: whoever it concerns looks whether the key is still good.
    Look(String),
    /// More happened than was read: everybody reads on from the feed.
    Gap,
}

/// Who listens.
#[derive(Default)]
pub(crate) struct Live {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// None while nobody ever listened.
    sender: Option<broadcast::Sender<Arc<Heard>>>,
    of_key: HashMap<KeyId, usize>,
}

impl Live {
    /// Begins to listen; none when too many do already.
    fn join(host: &Arc<Host>, key: KeyId) -> Option<(Room, broadcast::Receiver<Arc<Heard>>)> {
        let mut inner = host.live.lock();
        let all: usize = inner.of_key.values().sum();
        let own = inner.of_key.entry(key).or_default();
        if all >= MOST || *own >= MOST_OF_KEY {
            return None;
        }
        *own += 1;
        let receiver = if let Some(sender) = &inner.sender {
            sender.subscribe()
        } else {
            let (sender, receiver) = broadcast::channel(KEPT);
            inner.sender = Some(sender.clone());
            tokio::spawn(carry(host.app.clone(), sender, host.stopping.clone()));
            receiver
        };
        let room = Room {
            host: Arc::clone(host),
            key,
        };
        Some((room, receiver))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one who listens; given back when it goes.
struct Room {
    host: Arc<Host>,
    key: KeyId,
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut inner = self.host.live.lock();
        if let Some(own) = inner.of_key.get_mut(&self.key) {
            *own -= 1;
            if *own == 0 {
                inner.of_key.remove(&self.key);
            }
        }
    }
}

/// Reads the feed for all who listen, until the host stops or the program is closed.
async fn carry(
    app: App,
    sender: broadcast::Sender<Arc<Heard>>,
    mut stopping: watch::Receiver<bool>,
) {
    let mut changes = app.subscribe();
    loop {
        let batch = tokio::select! {
            batch = changes.next() => batch,
            () = stopped(&mut stopping) => return,
        };
        let Some(batch) = batch else { return };
        if sender.receiver_count() == 0 {
            continue;
        }
        // Nobody may be listening any more.
        let tell = |heard| drop(sender.send(Arc::new(heard)));
        if batch.reload {
            tell(Heard::Gap);
            continue;
        }
        for change in &batch.changes {
            if matches!(change.subject, Subject::Key | Subject::Workspace) {
                tell(Heard::Look(change.id.clone()));
            }
        }
        match app.changes_by_workspace(&batch.changes).await {
            Ok(found) => {
                for (workspace, change) in found {
                    tell(Heard::Change(workspace, change));
                }
            }
            Err(error) => {
                tracing::warn!(%error, "changes could not be told to programs that listen");
                tell(Heard::Gap);
            }
        }
    }
}

/// Answers whoever wants to listen.
async fn listen(host: Arc<Host>, request: Request) -> Response {
    let id = pipeline::request_id(&request);
    let (mut key, mut count) = (None, None);
    let mut response = match begin(&host, request.headers(), &mut key, &mut count).await {
        Ok(response) => response,
        Err(fault) => pipeline::refusal(&host, Contract::Scheduler, &fault, &id),
    };
    if let Some(count) = count {
        count.write(response.headers_mut());
    }
    let extensions = response.extensions_mut();
    extensions.insert(Template(PATH));
    if let Some(key) = key {
        extensions.insert(KeyOfRequest(key));
    }
    response
}

async fn begin(
    host: &Arc<Host>,
    headers: &HeaderMap,
    key: &mut Option<KeyId>,
    count: &mut Option<Count>,
) -> Result<Response, Fault> {
    let bearer = pipeline::known(host, headers, count).await?;
    *key = Some(bearer.key);
    let last = last_seen(headers)?;
    let Some((room, heard)) = Live::join(host, bearer.key) else {
        return Err(Fault::new(
            Kind::NetworkBusy,
            "Too many programs listen already. Close some connections.",
        ));
    };
    let mut listener = Listener {
        app: host.app.clone(),
        stopping: host.stopping.clone(),
        ends: None,
        seen: 0,
        queue: VecDeque::new(),
        heard,
        bearer,
        _room: room,
    };
    if !listener.is_good().await {
        return Err(Fault::new(
            Kind::Unauthenticated,
            "The API key is not valid.",
        ));
    }
    listener.greet(last).await?;
    let events = unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    let beat = KeepAlive::new().interval(BEAT);
    Ok(Sse::new(events).keep_alive(beat).into_response())
}

/// The number of the last event that a program has seen.
fn last_seen(headers: &HeaderMap) -> Result<Option<i64>, Fault> {
    let Some(text) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let number = text.to_str().ok().and_then(|text| text.parse().ok());
    number.filter(|n| *n >= 0).map(Some).ok_or_else(|| {
        Fault::invalid(
            "Last-Event-ID",
            "Last-Event-ID is the id of an earlier event.",
        )
    })
}

/// One who listens.
struct Listener {
    app: App,
    bearer: Bearer,
    heard: broadcast::Receiver<Arc<Heard>>,
    stopping: watch::Receiver<bool>,
    /// When the key is to be looked at again; none when it never ends.
    ends: Option<Instant>,
    /// The newest change that was told or passed over.
    seen: i64,
    queue: VecDeque<Event>,
    _room: Room,
}

impl Listener {
    /// Whether the key is still good, and when to ask again.
    async fn is_good(&mut self) -> bool {
        let Ok(Some(end)) = self.app.key_ends(self.bearer.key).await else {
            return false;
        };
        self.ends = end.map(|end| Instant::now() + end.since(self.app.now()).min(LOOK));
        true
    }

    /// Says where it stands, after what was missed.
    async fn greet(&mut self, last: Option<i64>) -> Result<(), Fault> {
        let Some(last) = last else {
            let now = self
                .app
                .changes_since(ChangesSince { seq: i64::MAX })
                .await?;
            self.seen = now.last_seq;
            let hello = Event::default()
                .event("hello")
                .id(self.seen.to_string())
                .retry(Duration::from_secs(3))
                .data("{}");
            self.queue.push_back(hello);
            return Ok(());
        };
        self.seen = last;
        self.catch_up().await
    }

    /// Reads on from the feed.
    async fn catch_up(&mut self) -> Result<(), Fault> {
        let batch = self
            .app
            .changes_since(ChangesSince { seq: self.seen })
            .await?;
        if batch.reload {
            let event = Event::default()
                .event("reload")
                .id(batch.last_seq.to_string());
            self.queue.push_back(event.data("{}"));
        } else {
            for (workspace, change) in self.app.changes_by_workspace(&batch.changes).await? {
                if workspace == self.bearer.workspace {
                    self.queue.push_back(event_of(&change));
                }
            }
        }
        self.seen = batch.last_seq;
        Ok(())
    }

    /// Waits for the next event; none when there will be no more.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            let heard = tokio::select! {
                heard = self.heard.recv() => heard,
                () = stopped(&mut self.stopping) => return None,
                () = at(self.ends) => {
                    if !self.is_good().await {
                        return None;
                    }
                    continue;
                }
            };
            match heard {
                Ok(heard) => self.take(&heard).await?,
                Err(broadcast::error::RecvError::Lagged(_)) => self.catch_up().await.ok()?,
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    /// Takes in what was heard; none when there will be no more.
    async fn take(&mut self, heard: &Heard) -> Option<()> {
        match heard {
            Heard::Change(workspace, change) if change.seq > self.seen => {
                self.seen = change.seq;
                if *workspace == self.bearer.workspace {
                    self.queue.push_back(event_of(change));
                }
            }
            Heard::Change(..) => {}
            Heard::Look(id) => {
                let own = [
                    self.bearer.key.to_string(),
                    self.bearer.workspace.to_string(),
                ];
                if own.contains(id) && !self.is_good().await {
                    return None;
                }
            }
            Heard::Gap => self.catch_up().await.ok()?,
        }
        Some(())
    }
}

fn event_of(change: &Change) -> Event {
    let data = json!({
        "subject": change.subject, "id": change.id, "actor": change.actor,
        "at": times::millis(change.at),
    });
    Event::default()
        .event(change.subject.word())
        .id(change.seq.to_string())
        .data(data.to_string())
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// Returns when the host is to stop, also since nobody is left to say so.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    stopping.wait_for(|stop| *stop).await.ok();
}
