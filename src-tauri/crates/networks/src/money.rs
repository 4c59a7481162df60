//! Calls that cost money: each is noted on disk before it is made, within the workspace's budget.

use std::future::Future;

use async_trait::async_trait;
use model::account::Account;
use model::edit::captions_sent;

use crate::api::Failed;
use crate::catalogue::{Entry, PricedFor};
use crate::check;
use crate::connector::{CheckInput, Connector, Ctx, Refusal, SpanKind};
use crate::tokens::CallFailed;

/// A payment that was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt(pub i64);

/// Where paid calls are noted. What may have been paid counts as paid, so that no crash and no lost
/// answer makes the sum too small.
#[async_trait]
pub trait Purse: Send + Sync {
    /// Notes what a call costs. Durable when it returns; a call that is refused must not be made.
    async fn pay(
        &self,
        account: &Account,
        of: PricedFor,
        micro_dollars: u64,
    ) -> Result<Receipt, Refusal>;

    /// The call certainly never left this computer: its payment is forgotten.
    async fn take_back(&self, receipt: Receipt);
}

/// Makes a call that costs what the entry says; free ones are just made.
pub async fn paid<T>(
    entry: &Entry,
    account: &Account,
    of: PricedFor,
    ctx: Ctx<'_>,
    call: impl Future<Output = Result<T, CallFailed<Failed>>> + Send,
) -> Result<T, CallFailed<Failed>> {
    let Some(price) = entry.price(of) else {
        return call.await;
    };
    let receipt = ctx.purse.pay(account, of, price).await;
    let receipt = receipt.map_err(CallFailed::Before)?;
    let answer = call.await;
    if let Err(CallFailed::Before(_) | CallFailed::Call(Failed::Unreached(_))) = &answer {
        ctx.purse.take_back(receipt).await;
    }
    answer
}

/// What sending a post costs, in millionths of a US dollar, as far as that is known before; none on
/// networks that charge nothing.
#[must_use]
pub fn cost(connector: &dyn Connector, input: &CheckInput<'_>) -> Option<u64> {
    let entry = connector.entry();
    if entry.prices.is_empty() {
        return None;
    }
    let price = |of| entry.price(of).unwrap_or(0);
    let mut sum = 0;
    for segment in input.segments {
        let spans = connector.spans(&segment.text);
        sum += price(if spans.iter().any(|s| s.kind == SpanKind::Link) {
            PricedFor::SegmentWithLink
        } else {
            PricedFor::Segment
        });
        for file in &segment.media {
            let facts = check::facts_of(input, &file.media_id);
            let picture = facts.is_some_and(|f| f.mime.starts_with("image/"));
            sum += price(PricedFor::File);
            if entry.video.as_ref().is_some_and(|v| v.captions.is_some()) {
                sum += price(PricedFor::File) * captions_sent(&file.edits).len() as u64;
            }
            if picture && !file.alt.trim().is_empty() {
                sum += price(PricedFor::AltText);
            }
        }
    }
    Some(sum)
}
