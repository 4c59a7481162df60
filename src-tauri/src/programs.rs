//! Other programs: the host for them runs while the settings say so.

use tauri::{AppHandle, Manager};

use crate::core::Core;
use crate::trouble;

/// Follows the settings until the program ends, through every opening.
pub async fn follow(app: AppHandle) {
    let core = app.state::<Core>().inner().clone();
    while let Some(opened) = core.next_opened().await {
        let tell = |message: String| {
            tracing::warn!(message, "programs cannot be served");
            trouble::tell(&app, &message);
        };
        server::follow(opened.clone(), tell).await;
        core.closed(&opened).await;
    }
}
