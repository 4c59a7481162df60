//! A browser that agrees to everything: it goes where it is sent and says where it was sent back to.

use std::collections::BTreeMap;

use networks::http::choose_cryptography;
use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};

/// Most pages that one sign-in leads over.
const MOST_PAGES: usize = 20;

/// Where the page at `address` sends the browser; the page's words when it sends it nowhere.
///
/// # Panics
/// When there is no browser to be had.
pub async fn sent_back(address: &str) -> Result<String, String> {
    let answer = client()
        .get(address)
        .send()
        .await
        .map_err(|e| e.to_string())?;
    let to = answer.headers().get(LOCATION);
    match to.and_then(|to| to.to_str().ok()) {
        Some(to) => Ok(to.to_owned()),
        None => Err(answer.text().await.unwrap_or_default()),
    }
}

/// Where the pages that begin at `address` send the browser in the end: to an address that begins like
/// `home`. It keeps cookies on the way. The words of the page where it ends otherwise.
///
/// # Panics
/// When there is no browser to be had.
pub async fn walked_back(address: &str, home: &str) -> Result<String, String> {
    let client = client();
    let mut cookies: BTreeMap<String, String> = BTreeMap::new();
    let mut at = reqwest::Url::parse(address).map_err(|e| e.to_string())?;
    for _ in 0..MOST_PAGES {
        let shown: Vec<String> = cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let request = client.get(at.clone()).header(COOKIE, shown.join("; "));
        let answer = request.send().await.map_err(|e| e.to_string())?;
        let set = answer.headers().get_all(SET_COOKIE).iter();
        for cookie in set.filter_map(|value| value.to_str().ok()) {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let to = answer.headers().get(LOCATION);
        let Some(to) = to.and_then(|to| to.to_str().ok()) else {
            return Err(answer.text().await.unwrap_or_default());
        };
        at = at.join(to).map_err(|e| e.to_string())?;
        if at.as_str().starts_with(home) {
            return Ok(at.into());
        }
    }
    Err("the pages lead nowhere".to_owned())
}

/// What a person sees in the end who ends a sign-in on Almanac's own page at `address`: they follow its link, which
/// `agree` answers with the address at which the browser ends, and paste that.
///
/// # Errors
/// The words of the first page when it leads nowhere.
///
/// # Panics
/// When there is no browser to be had.
pub async fn pasted_at(
    address: &str,
    agree: impl AsyncFnOnce(String) -> String,
) -> Result<String, String> {
    let (_, page) = at(client().get(address)).await?;
    let link = page
        .split_once("<a href=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(link, _)| link.replace("&amp;", "&"));
    let Some(link) = link else { return Err(page) };
    let (_, page) = paste(address, &agree(link).await).await?;
    Ok(page)
}

/// What Almanac's own page at `address` answers when this is pasted there: its status and its words.
///
/// # Errors
/// When nothing answers.
///
/// # Panics
/// When there is no browser to be had.
pub async fn paste(address: &str, pasted: &str) -> Result<(u16, String), String> {
    let page = reqwest::Url::parse(address).map_err(|e| e.to_string())?;
    let form = client().post(page.clone()).form(&[("address", pasted)]);
    // As browsers say where a form stands.
    let form = form
        .header(ORIGIN, page.origin().ascii_serialization())
        .header("sec-fetch-site", "same-origin");
    at(form).await
}

async fn at(request: reqwest::RequestBuilder) -> Result<(u16, String), String> {
    let answer = request.send().await.map_err(|e| e.to_string())?;
    let status = answer.status().as_u16();
    let page = answer.text().await.map_err(|e| e.to_string())?;
    Ok((status, page))
}

#[expect(
    clippy::expect_used,
    reason = "a test without its browser cannot go on"
)]
fn client() -> reqwest::Client {
    choose_cryptography();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a browser")
}
