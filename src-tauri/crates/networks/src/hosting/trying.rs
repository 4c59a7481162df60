//! Trying a web folder: a file is put into it, fetched back as a network would, and taken away.

use model::Entropy;
use model::failure::Category;
use reqwest::Url;

use super::WebFolder;
use super::storage::BEGINNING;
use crate::connector::Refusal;
use crate::hex::random;
use crate::http::{GuardedClient, HttpConfig, PageError, Reach, is_loopback};
use crate::waiting::Patience;

/// Largest answer that is read, in bytes: the file has far fewer.
const MOST: usize = 1_000;

impl WebFolder {
    /// Tries the folder. What comes from it is fetched within `reach`, or from this very computer where the
    /// address names that: a program that keeps a folder in step may need a moment, so what is not there yet
    /// is looked for again. Nothing is left behind.
    pub async fn try_out(
        &self,
        http: &HttpConfig,
        reach: Reach,
        entropy: &dyn Entropy,
        patience: Patience,
    ) -> Result<(), Refusal> {
        let words = random(entropy, 16);
        let name = format!("{BEGINNING}check-{words}.txt");
        let address = self.address(&name)?;
        let url = Url::parse(&address).map_err(|_| never(NOT_FOUND))?;
        let reach = if is_loopback(&url) {
            Reach::PublicAndLoopback
        } else {
            reach
        };
        let client = GuardedClient::new(http, reach)
            .map_err(|error| never(UNREACHED).with_detail(error.to_string()))?;
        self.put(&name, words.as_bytes()).await?;
        let came = look_for(&client, &url, &words, patience).await;
        self.remove(&name).await;
        came
    }
}

const PRIVATE: &str = "The address of the public folder leads into a private network, where no network can fetch a file. Enter the address that everybody uses.";
const UNREACHED: &str = "The address of the public folder could not be reached. Check it.";
const UNTRUSTED: &str = "This computer does not trust the certificate of the public folder, or of a proxy on the way there. Where a network has certificates of its own, add them in Settings.";
const NOT_FOUND: &str = "A file that was put into the public folder does not appear at its address. Check that the address belongs to this folder, that what keeps it in step is running, and that everybody may read it.";
const ANOTHER: &str = "The address of the public folder answers with something else than the file that was put there. Check that it belongs to this folder.";

fn never(message: &str) -> Refusal {
    Refusal::never(Category::MediaError, message)
}

async fn look_for(
    client: &GuardedClient,
    url: &Url,
    words: &str,
    patience: Patience,
) -> Result<(), Refusal> {
    let mut last = never(NOT_FOUND);
    for n in 0..patience.looks.max(1) {
        if n > 0 {
            tokio::time::sleep(patience.between).await;
        }
        match client.get(url.clone(), MOST, false).await {
            Ok(page) if page.body == words.as_bytes() => return Ok(()),
            Ok(_) | Err(PageError::TooLarge) => return Err(never(ANOTHER)),
            Err(PageError::Refused) => return Err(never(PRIVATE)),
            Err(PageError::Untrusted(words)) => return Err(never(UNTRUSTED).with_detail(words)),
            Err(error @ PageError::Status(_)) => {
                last = never(NOT_FOUND).with_detail(error.to_string());
            }
            Err(error) => return Err(never(UNREACHED).with_detail(error.to_string())),
        }
    }
    Err(last)
}
