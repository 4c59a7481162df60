//! The host runs while the settings say so, at the port they name.

use app::App;
use app::types::session::ChangeBatch;
use model::change::Subject;

use crate::hooks;
use crate::host::{Running, Server, ServerConfig};

/// Starts and stops the host as the settings change, until the program is closed, and tells other
/// programs what happens whether it runs or not. What a person has to know is told in a sentence.
pub async fn follow(app: App, tell: impl Fn(String) + Send + Sync) {
    hooks::start(&app);
    let mut changes = app.subscribe();
    let mut running: Option<(u16, Running)> = None;
    // A port that could not be had is not asked for again before a setting changes.
    let mut tried = None;
    loop {
        if let Some(wanted) = wanted(&app).await {
            let stands = running.as_ref().map(|(port, _)| *port);
            if wanted != stands
                && let Some((_, host)) = running.take()
            {
                host.stop().await;
            }
            if let Some(port) = wanted.filter(|_| running.is_none() && tried != wanted) {
                match Server::start(app.clone(), ServerConfig::at(port)).await {
                    Ok(host) => running = Some((port, host)),
                    Err(error) => tell(error.to_string()),
                }
            }
            tried = wanted;
        }
        if !settings_changed(&mut changes).await {
            break;
        }
    }
    if let Some((_, host)) = running {
        host.stop().await;
    }
}

/// The port at which to listen; none where nothing is to listen. Nothing at all when the settings could
/// not be read: then everything stays as it is.
async fn wanted(app: &App) -> Option<Option<u16>> {
    let settings = app.settings().await.ok()?;
    Some(settings.programs_on.then_some(settings.programs_port))
}

/// Waits for a change of settings; false when the program was closed.
async fn settings_changed(changes: &mut app::Changes) -> bool {
    while let Some(batch) = changes.next().await {
        if concerns_settings(&batch) {
            return true;
        }
    }
    false
}

fn concerns_settings(batch: &ChangeBatch) -> bool {
    let settings = |c: &model::change::Change| c.subject == Subject::Settings;
    batch.reload || batch.changes.iter().any(settings)
}
