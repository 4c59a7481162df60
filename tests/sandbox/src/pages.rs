//! Web pages for link cards.

use std::collections::HashMap;

use axum::Router;
use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::Server;

/// A site with an article (`/article`), its picture (`/picture.png`), a page without a head (`/bare`),
/// something that is no page (`/data`), and a redirect anywhere (`/to?address=`).
pub async fn start() -> std::io::Result<Server> {
    let article = || async {
        Html(
            r#"<html><head><title>Plain title</title>
            <meta property="og:title" content="An article &amp; more">
            <meta property="og:description" content="What it is about">
            <meta property="og:image" content="/picture.png"></head><body>words</body></html>"#,
        )
    };
    let routes = Router::new()
        .route("/article", get(article))
        .route("/bare", get(|| async { Html("just words") }))
        .route(
            "/data",
            get(|| async { ([(header::CONTENT_TYPE, "application/zip")], "PK") }),
        )
        .route("/picture.png", get(|| async { picture() }))
        .route("/to", get(redirect));
    Server::start(routes).await
}

async fn redirect(Query(query): Query<HashMap<String, String>>) -> Response {
    let address = query.get("address").cloned().unwrap_or_default();
    (StatusCode::FOUND, [(header::LOCATION, address)]).into_response()
}

fn picture() -> Response {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let pixels = image::RgbImage::from_pixel(64, 32, image::Rgb([200, 20, 90]));
    match pixels.write_to(&mut bytes, image::ImageFormat::Png) {
        Ok(()) => ([(header::CONTENT_TYPE, "image/png")], bytes.into_inner()).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
