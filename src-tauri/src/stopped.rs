//! While the data folder cannot be opened nothing is published: the tray shows it, the person is told
//! also where no window is, and what may pass by itself is tried again.

use std::time::Duration;

use app::{OpenError, OpenTrouble};
use tauri::{AppHandle, Manager};

use crate::core::{Core, Stage};
use crate::services::Services;
use crate::tray::Tray;
use crate::{news, window};

/// How long until the folder is tried again.
const AGAIN: Duration = Duration::from_mins(1);

/// Follows the core until the program ends.
pub async fn follow(app: AppHandle) {
    let core = app.state::<Core>().inner().clone();
    let mut told = Told::default();
    loop {
        match core.stage().await {
            Stage::Open(opened) => {
                told = Told {
                    was_open: true,
                    trouble: None,
                };
                core.closed(&opened).await;
            }
            Stage::Failed(error) => {
                show(&app);
                let window = app.get_webview_window(window::MAIN).is_some();
                if told.is_news(error.trouble, window) {
                    app.state::<Services>().notify(news::not_open(&error));
                }
                wait(&app, &core, &error).await;
            }
            Stage::Opening | Stage::Closed => return,
        }
    }
}

/// Neither the tray nor the machine's sleep goes on by what was true before.
fn show(app: &AppHandle) {
    app.state::<Services>().keep_awake(false);
    if let Some(tray) = app.try_state::<Tray>() {
        tray.stopped();
    }
}

/// Waits until somebody tries again, and does so where nobody does.
async fn wait(app: &AppHandle, core: &Core, error: &OpenError) {
    if !may_pass(error.trouble) {
        core.tried_again().await;
        return;
    }
    tokio::select! {
        () = core.tried_again() => {}
        () = tokio::time::sleep(AGAIN) => {
            if core.try_again().await {
                tracing::info!("the data folder could be opened after all");
                window::reload(app);
            }
        }
    }
}

/// Whether it may be over without the person doing anything in Almanac: a disk that is connected late,
/// a backup that is being made, room that was made. Where the person wanted to leave what would be opened,
/// only they say that it goes on.
fn may_pass(trouble: OpenTrouble) -> bool {
    !matches!(
        trouble,
        OpenTrouble::NewerDatabase
            | OpenTrouble::Corrupt
            | OpenTrouble::OldSqlite
            | OpenTrouble::NotRestored
    )
}

/// What the person knows already.
#[derive(Default)]
struct Told {
    /// Something was published in this run, as far as anybody knows.
    was_open: bool,
    /// What was told since.
    trouble: Option<OpenTrouble>,
}

impl Told {
    /// Whether a notification has to tell it: once, and not where the window opens with it.
    fn is_news(&mut self, trouble: OpenTrouble, window: bool) -> bool {
        let known = self.trouble.replace(trouble) == Some(trouble);
        !known && (self.was_open || !window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_without_a_window_is_told_once_and_one_with_a_window_tells_it_there() {
        let mut hidden = Told::default();
        assert!(hidden.is_news(OpenTrouble::InUse, false));
        assert!(!hidden.is_news(OpenTrouble::InUse, false));
        assert!(hidden.is_news(OpenTrouble::DiskFull, false));
        let mut seen = Told::default();
        assert!(!seen.is_news(OpenTrouble::InUse, true));
    }

    #[test]
    fn what_stops_later_is_told_also_beside_a_window_since_nobody_may_look_at_it() {
        let mut told = Told {
            was_open: true,
            trouble: None,
        };
        assert!(told.is_news(OpenTrouble::Corrupt, true));
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        assert!(may_pass(OpenTrouble::InUse) && may_pass(OpenTrouble::Other));
        assert!(may_pass(OpenTrouble::ReadOnly) && may_pass(OpenTrouble::DiskFull));
        assert!(!may_pass(OpenTrouble::Corrupt) && !may_pass(OpenTrouble::NewerDatabase));
    }

    #[test]
    fn what_the_person_wanted_to_leave_is_not_gone_on_with_by_itself() {
        assert!(!may_pass(OpenTrouble::NotRestored));
    }
}
