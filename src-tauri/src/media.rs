//! Pictures for the page: `media://localhost/<id>` is the original; what else stands there says
//! [`server::media`].

use tauri::http::{Request, header};
use tauri::{AppHandle, Manager, UriSchemeResponder};

use crate::core::Core;

/// The scheme's name.
pub const SCHEME: &str = "media";

/// Answers one request in the background.
pub fn answer(app: &AppHandle, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let range = request.headers().get(header::RANGE);
        let range = range
            .and_then(|r| r.to_str().ok())
            .and_then(server::media::first_of);
        let core = app.state::<Core>().inner().clone();
        responder.respond(core.media(request.uri().path(), range).await);
    });
}
