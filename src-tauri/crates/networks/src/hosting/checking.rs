//! Trying the public storage: a file is put there, fetched back over its public address, and taken away.

use model::Entropy;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::storage::BEGINNING;
use super::{Hosting, Storage, StorageKey, StorageSettings};
use crate::api::{Api, Failed};
use crate::connector::Refusal;
use crate::hex::random;

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckPart {
    /// A file is put into the bucket.
    Put,
    /// It is fetched back as a network would.
    Fetch,
    /// Files are listed, for taking away what a crash left behind.
    List,
    /// It is taken away.
    Remove,
}

/// What came of one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckStep {
    /// Which part.
    pub part: CheckPart,
    /// Why it did not work, and what to do; none when it worked.
    pub message: Option<String>,
    /// The storage's own words.
    pub detail: Option<String>,
}

impl CheckStep {
    fn of(part: CheckPart, came: &Result<(), Refusal>) -> Self {
        let refusal = came.as_ref().err();
        Self {
            part,
            message: refusal.map(|r| r.message.clone()),
            detail: refusal.and_then(|r| r.detail.clone()),
        }
    }
}

impl Hosting {
    /// Tries a storage with its key; what follows from something that did not work is left out.
    pub async fn check(
        &self,
        settings: &StorageSettings,
        key: &StorageKey,
        entropy: &dyn Entropy,
    ) -> Vec<CheckStep> {
        let Some(api) = self.api() else {
            return vec![];
        };
        let storage = match Storage::with_key(settings, key, api.http()) {
            Ok(storage) => storage,
            Err(refusal) => return vec![CheckStep::of(CheckPart::Put, &Err(refusal))],
        };
        let words = random(entropy, 16);
        let name = format!("{BEGINNING}check-{words}.txt");
        let put = storage
            .put(&name, "text/plain", words.clone().into_bytes())
            .await;
        let mut steps = vec![CheckStep::of(CheckPart::Put, &put)];
        if put.is_err() {
            return steps;
        }
        let fetched = fetch(api, &storage, &name, &words, settings).await;
        steps.push(CheckStep::of(CheckPart::Fetch, &fetched));
        let listed = storage
            .sweep(model::Timestamp::from_millis(0))
            .await
            .map(drop);
        steps.push(CheckStep::of(CheckPart::List, &listed));
        let removed = storage.remove(&name).await;
        steps.push(CheckStep::of(CheckPart::Remove, &removed));
        steps
    }
}

async fn fetch(
    api: &Api,
    storage: &Storage,
    name: &str,
    words: &str,
    settings: &StorageSettings,
) -> Result<(), Refusal> {
    let address = storage.address(name).await?;
    let answer = async {
        let call = api.call(Method::GET, &address).await?;
        api.send(call).await
    };
    let never = |message: &str| Refusal::never(model::failure::Category::MediaError, message);
    match answer.await {
        Ok(answer) if answer.body == words.as_bytes() => Ok(()),
        Ok(_) => Err(never(
            "The public address answers with something else than the file. Check that it is the address of this very bucket.",
        )),
        Err(Failed::Answered(answer)) if settings.public_address.is_empty() => Err(never(
            "The storage does not give the file over a signed address. Allow the key to read, or enter a public address.",
        )
        .with_detail(answer.words())),
        Err(Failed::Answered(answer)) => Err(never(
            "The public address does not answer with the file. Check the address, and that everybody may read the bucket.",
        )
        .with_detail(answer.words())),
        Err(failed) => Err(never("The public address could not be reached. Check it.")
            .with_detail(failed.detail())),
    }
}
