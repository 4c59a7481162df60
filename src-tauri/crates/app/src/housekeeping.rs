//! What is done at every start and once a day: the first workspace, time zones, the bin, backups.

use std::sync::Weak;
use std::time::{Duration, SystemTime};

use model::change::Actor;
use model::content::Segment;
use model::post::{Draft, TimeSource};
use model::status::EditorialStatus;
use model::when::When;
use store::{StoreError, calendars, posts, workspaces};

use crate::app::{App, Inner};
use crate::open::OpenError;
use crate::programs::forget_requests;
use crate::workspaces::new_calendar;

/// How often the daily work looks whether it is due: a laptop sleeps through longer waits.
const EVERY: Duration = Duration::from_mins(10);
/// How long after the start it looks for the first time.
const AFTER_START: Duration = Duration::from_secs(20);
/// How long an edited picture is kept before it is made anew.
const EDITED_KEEPS: Duration = Duration::from_hours(24 * 30);
/// How long the change feed is kept.
const FEED_KEEPS: Duration = Duration::from_hours(24 * 30);

/// Text of the first draft.
pub(crate) const SAMPLE: &str = "Drag me onto a day";

/// Everything that is due before the first command.
pub(crate) async fn at_start(app: &App) -> Result<(), StoreError> {
    let store = &app.inner.store;
    if app.inner.first_start {
        first_things(app).await?;
    }
    let mut tx = store.begin(Actor::Program).await?;
    let moved = store::zones::recompute_all(&mut tx).await?;
    if moved > 0 {
        tracing::info!(
            moved,
            "posts have another instant since the rules of their zone changed"
        );
    }
    store::working_copies::close_all(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// A workspace, a calendar in the zone of the computer, and something to drag.
async fn first_things(app: &App) -> Result<(), StoreError> {
    let mut tx = app.inner.store.begin(Actor::Program).await?;
    let workspace = workspaces::create(&mut tx, "My workspace").await?;
    let zone = app.inner.config.system_zone.clone();
    let calendar = new_calendar(&tx, workspace, "My calendar", zone);
    calendars::put(&mut tx, &calendar).await?;
    let draft = Draft {
        segments: vec![Segment::text(SAMPLE)],
        ..Draft::default()
    };
    let sample = posts::NewPost {
        calendar_id: calendar.id,
        draft,
        when: When::Unplanned,
        time_source: TimeSource::Own,
        editorial: EditorialStatus::Draft,
    };
    posts::create(&mut tx, &sample).await?;
    tx.commit().await?;
    Ok(())
}

/// Starts the daily work in the background; it ends with the program.
pub(crate) fn start_daily(app: &App) {
    let inner = std::sync::Arc::downgrade(&app.inner);
    let task = tokio::spawn(daily(inner));
    let mut slot = app
        .inner
        .daily
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    *slot = Some(task);
}

async fn daily(inner: Weak<Inner>) {
    let timer = {
        let Some(inner) = inner.upgrade() else { return };
        inner.vault.status().await;
        inner.config.timer.clone()
    };
    // The window comes first: a start copies no database and empties no bin.
    timer.sleep(AFTER_START).await;
    let mut looked = false;
    loop {
        let timer = {
            let Some(inner) = inner.upgrade() else { return };
            let app = App::of(inner);
            match background(&app, &mut looked).await {
                Ok(()) => {}
                Err(StoreError::Closed) => return,
                Err(error @ StoreError::Corrupt { .. }) => {
                    tracing::error!(%error, "damage was found while the program runs");
                    let error = OpenError::of(&error, app.inner.store.dir());
                    app.inner.damage.send_replace(Some(error));
                    return;
                }
                Err(error) => tracing::error!(%error, "the daily work did not finish"),
            }
            app.inner.vault.status().await;
            app.inner.config.timer.clone()
        };
        timer.sleep(EVERY).await;
    }
}

/// Looks through the file once, then does what is due.
async fn background(app: &App, looked: &mut bool) -> Result<(), StoreError> {
    if !*looked {
        app.inner.store.check().await?;
        *looked = true;
    }
    once_a_day(app).await?;
    if let Err(error) = app.prepare_videos().await {
        tracing::warn!(%error, "it could not be looked which videos are due soon");
    }
    if let Err(error) = app.look_at_sign_ins().await {
        tracing::warn!(%error, "it could not be looked which sign-ins end soon");
    }
    if let Err(error) = app.sweep_public_files().await {
        tracing::warn!(%error, "public files that were left behind could not be taken away");
    }
    Ok(())
}

impl App {
    /// Does now what is done by itself: the bin, the feed, the backup, public files that were left
    /// behind, videos that are due soon.
    pub async fn daily_work(&self) -> crate::Result<()> {
        once_a_day(self).await?;
        self.sweep_public_files().await?;
        self.prepare_videos().await
    }
}

/// Empties what the bin held long enough. Accounts whose secrets cannot be forgotten now keep all of it
/// there until they can: nothing would lead to those secrets any more.
async fn empty_bin(app: &App) -> Result<(), StoreError> {
    let store = &app.inner.store;
    let before = store.now().minus(posts::BIN_KEEPS);
    let leaving = store::accounts::expired(&mut store.read().await?, before).await?;
    let (forgotten, _) = app.forget_accounts(&leaving).await;
    let mut tx = store.begin(Actor::Program).await?;
    let purged = posts::purge_expired(&mut tx).await?;
    let files = store::library::purge_expired(&mut tx).await?;
    if purged.accounts.iter().all(|id| forgotten.contains(id)) {
        tx.commit().await?;
        app.remove_bytes(files).await?;
    } else {
        tx.rollback().await?;
    }
    Ok(())
}

/// The bin, the feed, answers to programs, files nobody knows, and the backup. Each is cheap when nothing is due.
pub(crate) async fn once_a_day(app: &App) -> Result<(), StoreError> {
    // Two at once would write the same backup.
    let _one = app.inner.daily_once.lock().await;
    let store = &app.inner.store;
    empty_bin(app).await?;
    let mut tx = store.begin(Actor::Program).await?;
    let before = tx.now().minus(FEED_KEEPS);
    store::feed::prune(&mut tx, before).await?;
    store::library::fold_old(&mut tx).await?;
    forget_requests(&mut tx).await?;
    tx.commit().await?;
    app.tidy_webhooks(before).await?;
    while app.probe_files().await? {}
    forget_edited(app).await;
    app.forget_versions().await;
    app.remove_unknown().await?;
    if let Some(path) = store.backup_if_due().await? {
        tracing::info!(path = %path.display(), "the daily backup was made");
    }
    Ok(())
}

/// Old edited pictures go; the next time one is needed it is made again.
async fn forget_edited(app: &App) {
    let library = app.inner.library.clone();
    let before = app.inner.now().minus(EDITED_KEEPS);
    let before = u64::try_from(before.as_millis()).unwrap_or_default();
    let before = SystemTime::UNIX_EPOCH + Duration::from_millis(before);
    match tokio::task::spawn_blocking(move || library.forget_edited(before)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "edited pictures could not be cleaned up"),
        Err(error) => tracing::error!(%error, "cleaning up edited pictures failed unexpectedly"),
    }
}
