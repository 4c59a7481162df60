//! From a batch of claims to one task for each delivery.

use std::collections::HashSet;
use std::sync::Arc;

use model::TargetId;
use store::StoreError;
use store::publishing::{self, Claimed, Delivery};
use tokio::sync::mpsc;

use crate::report::{Finished, Report};
use crate::send::Desk;

/// Reads what a batch of claims is about and sends each on its own task.
pub(crate) async fn send_all(
    desk: Arc<Desk>,
    claimed: Vec<Claimed>,
    report: mpsc::UnboundedSender<Finished>,
) {
    let ids: Vec<TargetId> = claimed.iter().map(|c| c.target_id).collect();
    let deliveries = match read_all(&desk, &claimed, &ids).await {
        Ok(deliveries) => deliveries,
        Err(error) => {
            tracing::error!(%error, "claimed posts could not be read");
            report.send(Finished::Unread(ids)).ok();
            return;
        }
    };
    let read: HashSet<TargetId> = deliveries.iter().map(|d| d.target_id).collect();
    let gone: Vec<TargetId> = ids.into_iter().filter(|id| !read.contains(id)).collect();
    if !gone.is_empty() {
        report.send(Finished::Unread(gone)).ok();
    }
    let names = deliveries
        .iter()
        .map(|d| (d.target_id, d.words.clone()))
        .collect();
    report.send(Finished::Named(names)).ok();
    for delivery in deliveries {
        let report = Report::new(report.clone(), Arc::new(delivery));
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            let end = desk.deliver(report.delivery()).await;
            report.sent(end);
        });
    }
}

async fn read_all(
    desk: &Desk,
    claimed: &[Claimed],
    ids: &[TargetId],
) -> Result<Vec<Delivery>, StoreError> {
    let mut conn = desk.shared.config.store.read().await?;
    let unknown: Vec<_> = {
        let handles = desk
            .handles
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        claimed
            .iter()
            .map(|c| c.account_id)
            .filter(|id| !handles.contains_key(id))
            .collect()
    };
    if !unknown.is_empty() {
        let mut found = publishing::previous_handles(&mut conn, &unknown).await?;
        let mut handles = desk
            .handles
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for id in unknown {
            let handle = found.remove(&id);
            handles.entry(id).or_insert(handle);
        }
    }
    publishing::deliveries(&mut conn, ids).await
}
