//! A browser that agrees to everything: it goes where it is sent and says where it was sent back to.

use networks::http::choose_cryptography;

/// Where the page at `address` sends the browser; the page's words when it sends it nowhere.
///
/// # Panics
/// When there is no browser to be had.
#[expect(
    clippy::expect_used,
    reason = "a test without its browser cannot go on"
)]
pub async fn sent_back(address: &str) -> Result<String, String> {
    choose_cryptography();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a browser");
    let answer = client
        .get(address)
        .send()
        .await
        .map_err(|e| e.to_string())?;
    let to = answer.headers().get("location");
    match to.and_then(|to| to.to_str().ok()) {
        Some(to) => Ok(to.to_owned()),
        None => Err(answer.text().await.unwrap_or_default()),
    }
}
