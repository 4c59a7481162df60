//! What a link card would show.

use networks::http::{GuardedClient, PageError};

use crate::app::App;
use crate::error::Result;
use crate::types::ApiError;
use crate::types::posts::{LinkCard, WebAddress};

/// Longest address, in bytes.
const MAX_ADDRESS: usize = 4_000;

impl App {
    /// Fetches what a link card would show. Never reaches into a private network.
    pub async fn links_card(&self, input: WebAddress) -> Result<LinkCard> {
        let url = input.url.trim();
        if url.len() > MAX_ADDRESS || !(url.starts_with("https://") || url.starts_with("http://")) {
            return Err(ApiError::invalid("url", "That is not a web address."));
        }
        let config = &self.inner.config;
        let client = GuardedClient::new(&config.http, config.reach)
            .map_err(|e| ApiError::new(model::ErrorCode::Network, e.to_string()))?;
        let limit = config.http.timeouts.card;
        let card = networks::bluesky::card::read(&client, url, limit)
            .await
            .map_err(|error| no_card(&error))?;
        let image = match card.picture {
            Some(picture) => {
                let name = "Picture of a linked page".to_owned();
                // The card is worth showing without its picture.
                self.inner
                    .library
                    .import_bytes(name, picture.bytes)
                    .await
                    .ok()
                    .map(|i| i.id)
            }
            None => None,
        };
        Ok(LinkCard {
            url: url.to_owned(),
            title: card.title,
            description: card.description,
            image,
        })
    }
}

/// Why there is no card, in a person's words.
fn no_card(error: &PageError) -> ApiError {
    let message = match error {
        PageError::Untrusted(_) => {
            "This computer does not trust the certificate of that page, or of a proxy on the way there. Where a network has certificates of its own, add them in Settings. The post goes out with the plain link."
        }
        _ => "That page gives no card. The post goes out with the plain link.",
    };
    ApiError::new(model::ErrorCode::Network, message).with_detail(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_is_not_trusted_is_told_from_a_page_without_a_card() {
        let words = "invalid peer certificate: UnknownIssuer".to_owned();
        let error = no_card(&PageError::Untrusted(words));
        assert!(error.message.contains("certificate"), "{error:?}");
        let error = no_card(&PageError::Failed("it is no web page".to_owned()));
        assert!(error.message.contains("gives no card"), "{error:?}");
    }
}
