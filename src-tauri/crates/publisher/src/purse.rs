//! Paid calls are noted in the store before they are made.

use async_trait::async_trait;
use model::account::Account;
use model::change::Actor;
use model::failure::Category;
use model::money::dollars;
use networks::catalogue::PricedFor;
use networks::connector::Refusal;
use networks::money::{Purse, Receipt};
use store::spending::{self, Noted, Spend};
use store::{Store, StoreError};

/// The purse of every workspace of a store.
#[derive(Clone)]
pub struct StorePurse(Store);

impl StorePurse {
    /// Over a store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self(store)
    }

    async fn note(&self, spend: Spend<'_>) -> Result<Noted, StoreError> {
        let mut tx = self.0.begin(Actor::Publisher).await?;
        let noted = spending::note(&mut tx, spend).await?;
        tx.commit().await?;
        Ok(noted)
    }

    async fn forget(&self, receipt: Receipt) -> Result<(), StoreError> {
        let mut tx = self.0.begin(Actor::Publisher).await?;
        spending::take_back(&mut tx, receipt.0).await?;
        tx.commit().await?;
        Ok(())
    }
}

#[async_trait]
impl Purse for StorePurse {
    async fn pay(
        &self,
        account: &Account,
        of: PricedFor,
        micro_dollars: u64,
    ) -> Result<Receipt, Refusal> {
        let spend = Spend {
            workspace_id: account.workspace_id,
            account_id: account.id,
            what: of.word(),
            micro_dollars,
        };
        match self.note(spend).await {
            Ok(Noted::Paid(number)) => Ok(Receipt(number)),
            Ok(Noted::OverBudget { budget, spent }) => {
                Err(over_budget(budget, spent, of, micro_dollars))
            }
            Err(error) => Err(Refusal::later(
                Category::Unknown,
                format!("What this costs could not be written down, so it was not done. {error}"),
            )),
        }
    }

    async fn take_back(&self, receipt: Receipt) {
        if let Err(error) = self.forget(receipt).await {
            // It counts as spent then: never too little.
            tracing::warn!(%error, "a call that was not made could not be taken out of the spending");
        }
    }
}

fn over_budget(budget: u64, spent: u64, of: PricedFor, price: u64) -> Refusal {
    let message = format!(
        "This month's budget for paid calls does not hold it: {} of {} is spent, and {} costs {}. Raise the budget in Settings, then try again.",
        dollars(spent),
        dollars(budget),
        of.words(),
        dollars(price),
    );
    Refusal::never(Category::OverBudget, message)
}
