//! From a batch of claims to one task for each delivery.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};

use model::TargetId;
use store::StoreError;
use store::publishing::{self, Claimed, Delivery, Intent};
use tokio::sync::mpsc;

use crate::points;
use crate::report::{Finished, Report};
use crate::send::{Desk, End, Ready, Start};

/// Reads what a batch of claims is about, commits the intents of all of it together, and sends each
/// delivery on its own task.
pub(crate) async fn send_all(
    desk: Arc<Desk>,
    claimed: Vec<Claimed>,
    report: mpsc::UnboundedSender<Finished>,
) {
    let ids: Vec<TargetId> = claimed.iter().map(|c| c.target_id).collect();
    let (deliveries, unread) = read_all(&desk, &ids).await;
    if deliveries.len() + unread.len() < ids.len() {
        let mut known: HashSet<TargetId> = deliveries.iter().map(|d| d.target_id).collect();
        known.extend(&unread);
        let gone = ids.into_iter().filter(|id| !known.contains(id)).collect();
        report.send(Finished::Died(gone)).ok();
    }
    if !unread.is_empty() {
        report.send(Finished::Unread(unread)).ok();
    }
    let names = deliveries
        .iter()
        .map(|d| (d.target_id, d.words.clone()))
        .collect();
    report.send(Finished::Named(names)).ok();
    let (ready, intents) = prepare_all(&desk, deliveries, &report);
    if !intents.is_empty() {
        begin_all(&desk, ready, intents).await;
    }
}

/// Reads a batch, and one by one when that failed: a post that is damaged must not take the others
/// with it. The second list is what a passing fault kept from being read; what is in neither
/// list cannot be read at all.
async fn read_all(desk: &Desk, ids: &[TargetId]) -> (Vec<Delivery>, Vec<TargetId>) {
    let error = match read(desk, ids).await {
        Ok(deliveries) => return (deliveries, Vec::new()),
        Err(error) => error,
    };
    tracing::error!(%error, "claimed posts could not be read");
    let (mut deliveries, mut unread) = (Vec::new(), Vec::new());
    for id in ids {
        match read(desk, &[*id]).await {
            Ok(one) => deliveries.extend(one),
            Err(error) if error.is_passing() => unread.push(*id),
            Err(error) => tracing::error!(%error, "a post cannot be read"),
        }
    }
    (deliveries, unread)
}

async fn read(desk: &Desk, ids: &[TargetId]) -> Result<Vec<Delivery>, StoreError> {
    let store = &desk.shared.config.store;
    // Nobody else holds it for long: a second batch that finds it taken reads without it.
    let mut cache =
        std::mem::take(&mut *desk.accounts.lock().unwrap_or_else(PoisonError::into_inner));
    cache.refresh(store);
    let mut conn = store.read().await?;
    let found = publishing::deliveries_through(&mut conn, ids, &mut cache).await;
    *desk.accounts.lock().unwrap_or_else(PoisonError::into_inner) = cache;
    found
}

type Waiting = Vec<(Report, Ready)>;

fn prepare_all(
    desk: &Arc<Desk>,
    deliveries: Vec<Delivery>,
    report: &mpsc::UnboundedSender<Finished>,
) -> (Waiting, Vec<Intent>) {
    let mut ready = Vec::with_capacity(deliveries.len());
    let mut intents = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        let report = Report::new(report.clone(), Arc::new(delivery));
        // A connector that dies here takes only its own delivery with it: dropped, the report leaves
        // it to rescue.
        let start = catch_unwind(AssertUnwindSafe(|| desk.prepare(report.delivery())));
        match start {
            Ok(Start::Ready(one, intent)) => {
                ready.push((report, *one));
                intents.push(*intent);
            }
            Ok(Start::Over(settled, end)) => desk.end(settled.map(|s| *s), end, report),
            Err(_) => tracing::error!("a connector died while preparing a post"),
        }
    }
    (ready, intents)
}

async fn begin_all(desk: &Arc<Desk>, ready: Waiting, intents: Vec<Intent>) {
    let began = desk.shared.config.clock.monotonic();
    match desk.ledger.intend(intents).await {
        Ok(taken) => {
            for ((report, one), taken) in ready.into_iter().zip(taken) {
                if taken {
                    let desk = Arc::clone(desk);
                    tokio::spawn(async move {
                        points::reached("after_intent");
                        desk.deliver(report, one, began).await;
                    });
                } else {
                    report.sent(End::Lost);
                }
            }
        }
        Err(error) => {
            for (report, one) in ready {
                desk.put_off(report, &one, &error);
            }
        }
    }
}
