//! What changes, as it changes: server-sent events for the screen in a browser. Their names and payloads are
//! those that the window is sent.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use app::programs::Bearer;
use app::types::library::MediaImporting;
use app::types::session::{ChangeBatch, ChangesSince};
use app::{Changes, Doing};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use model::ErrorCode;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::Instant;

use super::{Caller, Problem};
use crate::host::Host;
use crate::listen::asked_to_stop;

/// Screens that may listen at a time.
pub(crate) const MOST: usize = 256;
/// How often a line is sent while nothing happens.
const BEAT: Duration = Duration::from_secs(15);
/// States that change often are told at most this often.
const BREATH: Duration = Duration::from_millis(250);

/// Somebody who listens.
struct Listener {
    host: Arc<Host>,
    bearer: Bearer,
    changes: Changes,
    /// A batch that is to be sent first.
    first: Option<ChangeBatch>,
    doing: Option<watch::Receiver<Doing>>,
    importing: watch::Receiver<MediaImporting>,
    stopping: watch::Receiver<bool>,
    /// When the publisher's state is to be told.
    status_due: Option<Instant>,
    importing_due: Option<Instant>,
    _room: OwnedSemaphorePermit,
}

/// Sends what changes until either side goes.
pub(super) async fn follow(
    host: &Arc<Host>,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    let room = Arc::clone(&host.listeners)
        .try_acquire_owned()
        .map_err(|_| {
            Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                ErrorCode::RateLimited,
                "Too many screens are open already. Close some.",
            )
        })?;
    // Before it is read what was missed, so that nothing falls in between.
    let changes = host.app.subscribe();
    let last = request.headers().get("last-event-id");
    let first = match last.and_then(|v| v.to_str().ok()?.parse::<i64>().ok()) {
        Some(seq) => {
            let input = ChangesSince { seq };
            Some(host.app.changes_since(input).await?)
        }
        None => Some(changes.everything()),
    };
    let listener = Listener {
        host: Arc::clone(host),
        bearer: caller.bearer,
        changes,
        first,
        doing: host.app.status(),
        importing: host.app.importing(),
        stopping: host.stopping.clone(),
        status_due: Some(Instant::now()),
        importing_due: None,
        _room: room,
    };
    let events = unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    let beat = KeepAlive::new().interval(BEAT);
    Ok(Sse::new(events).keep_alive(beat).into_response())
}

impl Listener {
    /// Waits for the next event; none when there will be no more.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let event = self.wait().await?;
            // Whoever's key was revoked hears no more.
            self.bearer = self.host.app.bearer_again(&self.bearer).await.ok()??;
            match event {
                Told::Changes(batch) => {
                    let workspace = self.bearer.workspace;
                    let batch = self.host.app.changes_for(workspace, batch).await.ok()?;
                    let id = batch.last_seq.to_string();
                    return Some(event_of("changes", &batch)?.id(id));
                }
                Told::Status => {
                    self.status_due = None;
                    let asked =
                        self.host
                            .app
                            .call_as(&self.bearer, "publisher.status", json!({}), &[]);
                    let Ok(text) = asked.await else { continue };
                    let status: Value = serde_json::from_str(&text).ok()?;
                    return event_of("publisher", &status);
                }
                Told::Importing => {
                    self.importing_due = None;
                    let now = self.importing.borrow().clone();
                    return event_of("importing", &now);
                }
            }
        }
    }

    async fn wait(&mut self) -> Option<Told> {
        if let Some(first) = self.first.take() {
            return Some(Told::Changes(first));
        }
        loop {
            tokio::select! {
                batch = self.changes.next() => return batch.map(Told::Changes),
                () = asked_to_stop(&mut self.stopping) => return None,
                () = changed(&mut self.doing) => {
                    self.status_due.get_or_insert_with(|| Instant::now() + BREATH);
                }
                told = self.importing.changed() => {
                    told.ok()?;
                    self.importing_due.get_or_insert_with(|| Instant::now() + BREATH);
                }
                () = at(self.status_due) => return Some(Told::Status),
                () = at(self.importing_due) => return Some(Told::Importing),
            }
        }
    }
}

/// What is to be told.
enum Told {
    Changes(ChangeBatch),
    Status,
    Importing,
}

fn event_of(name: &str, payload: &impl Serialize) -> Option<Event> {
    let data = serde_json::to_string(payload).ok()?;
    Some(Event::default().event(name).data(data))
}

async fn changed<T>(said: &mut Option<watch::Receiver<T>>) {
    if let Some(receiver) = said
        && receiver.changed().await.is_ok()
    {
        return;
    }
    *said = None;
    std::future::pending::<()>().await;
}

async fn at(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
