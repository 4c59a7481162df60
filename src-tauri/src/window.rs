//! The one window: made when wanted, destroyed when closed (hiding it would keep all its memory),
//! and told what to open once its page can listen.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use tauri::{AppHandle, Emitter, Manager, WebviewWindow, WebviewWindowBuilder, Window};
use tauri_plugin_window_state::{AppHandleExt, StateFlags};
use tokio::sync::watch;

use crate::core::Core;
use crate::{background, painting, quit};

/// Its label in Tauri's terms.
pub const MAIN: &str = "main";
/// How long a closing page may take to hand over what was typed last: twice as long as the store
/// waits for another program, since what cannot be saved is then kept as a draft of its own. The
/// window is out of sight by then, so nobody waits.
const LAST_WORDS: Duration = Duration::from_secs(12);
/// Most sentences that wait for a page; the oldest gives way.
const MOST_PROBLEMS: usize = 8;

/// What the page is asked to open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Open {
    /// A room, such as `activity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    /// A post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_id: Option<String>,
    /// The composer with a new post.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub compose: bool,
}

impl Open {
    /// A new post.
    #[must_use]
    pub fn new_post() -> Self {
        Self {
            compose: true,
            ..Self::default()
        }
    }

    /// A post.
    #[must_use]
    pub fn post(post_id: String) -> Self {
        Self {
            post_id: Some(post_id),
            ..Self::default()
        }
    }

    /// A room.
    #[must_use]
    pub fn view(view: &str) -> Self {
        Self {
            view: Some(view.to_owned()),
            ..Self::default()
        }
    }

    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Where the window is in its life.
#[derive(Default)]
pub struct WindowLife {
    state: Mutex<Life>,
    /// What became of the last words: none while they are on their way, else whether the page has
    /// handed over everything.
    handed_over: watch::Sender<Option<bool>>,
}

#[derive(Default)]
struct Life {
    /// The page listens.
    ready: bool,
    /// It is drawn anew and does not listen again yet.
    redrawn: bool,
    /// It was closed and hands over its last words.
    closing: bool,
    /// Asked for before the page could listen.
    waiting: Vec<Open>,
    /// What went wrong before the page could listen.
    problems: Vec<Problem>,
}

/// A sentence that waits for a page.
struct Problem {
    message: String,
    /// Which opening of the data folder it was told in. The next one tries everything anew and tells
    /// what is still wrong, so an older sentence may not be true any more.
    opening: u64,
}

impl Life {
    /// The page that stands can answer.
    fn answers(&self) -> bool {
        self.ready && !self.redrawn
    }

    /// The page can be told something that it goes on with.
    fn listens(&self) -> bool {
        self.answers() && !self.closing
    }
}

impl WindowLife {
    fn lock(&self) -> MutexGuard<'_, Life> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the page can be asked something, and stays to answer.
    pub fn listens(&self) -> bool {
        self.lock().listens()
    }

    /// Keeps a sentence of this opening for the page. True when it has to wait for one, and did not wait
    /// already.
    fn keep(&self, message: &str, opening: u64) -> bool {
        let mut state = self.lock();
        let waits = state.problems.iter().any(|kept| kept.message == message);
        state.problems.retain(|kept| kept.message != message);
        if state.problems.len() == MOST_PROBLEMS {
            state.problems.remove(0);
        }
        state.problems.push(Problem {
            message: message.to_owned(),
            opening,
        });
        !waits && !state.listens()
    }

    /// What waits for a page that listens: what it is to open, and the sentences of this opening. Nothing
    /// while none does.
    fn take(&self, opening: u64) -> (Vec<Open>, Vec<String>) {
        let mut state = self.lock();
        if !state.listens() {
            return (Vec::new(), Vec::new());
        }
        let waiting = std::mem::take(&mut state.waiting);
        let problems = std::mem::take(&mut state.problems);
        let told = problems.into_iter().filter(|kept| kept.opening == opening);
        (waiting, told.map(|kept| kept.message).collect())
    }

    /// Whether a new post waits for a page, and need not wait any longer.
    fn take_new_post(&self) -> bool {
        let mut state = self.lock();
        if state.closing {
            return false;
        }
        let waited = state.waiting.len();
        state.waiting.retain(|what| !what.compose);
        state.waiting.len() < waited
    }

    /// The page has handed over everything, or holds words that could be kept nowhere.
    pub fn hand_over(&self, everything: bool) {
        self.handed_over.send_replace(Some(everything));
    }

    /// Begins to close unless that has begun. True when the page has to be told.
    fn begin_to_close(&self) -> bool {
        let mut state = self.lock();
        if std::mem::replace(&mut state.closing, true) {
            return false;
        }
        let somebody_there = state.answers();
        self.handed_over
            .send_replace((!somebody_there).then_some(true));
        somebody_there
    }

    /// Waits for the last words, however many others do. True when the page holds none any more.
    async fn closed(&self, limit: Duration) -> bool {
        let mut handed_over = self.handed_over.subscribe();
        let over = handed_over.wait_for(Option::is_some);
        if let Ok(Ok(everything)) = tokio::time::timeout(limit, over).await {
            everything.unwrap_or(true)
        } else {
            tracing::warn!("the page did not say in time that everything is handed over");
            true
        }
    }
}

/// Which parts of a window are remembered. Not whether it was visible: a hidden start stays hidden.
#[must_use]
pub fn remembered() -> StateFlags {
    StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED
}

/// Brings the window to the front, making it when there is none.
pub fn show(app: &AppHandle) {
    if let Err(error) = try_show(app) {
        tracing::error!(%error, "the window could not be shown");
    }
}

fn try_show(app: &AppHandle) -> tauri::Result<()> {
    let life = app.state::<WindowLife>();
    if let Some(window) = app.get_webview_window(MAIN)
        && !life.lock().closing
    {
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    if life.lock().closing {
        // The old one is about to go; its end makes the new one.
        life.lock().waiting.push(Open::default());
        return Ok(());
    }
    make(app).map(|_| ())
}

fn make(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    {
        let life = app.state::<WindowLife>();
        let mut state = life.lock();
        state.ready = false;
        state.redrawn = false;
        state.closing = false;
    }
    // The configuration file describes exactly one window.
    let config = &app.config().app.windows[0];
    let window = WebviewWindowBuilder::from_config(app, config)?.build()?;
    painting::suit_the_machine(&window);
    Ok(window)
}

/// Brings the window to the front and has it open something.
pub fn open(app: &AppHandle, what: Open) {
    let life = app.state::<WindowLife>();
    if !what.is_nothing() {
        life.lock().waiting.push(what);
    }
    show(app);
    deliver(app);
}

/// The page takes letters, though it shows no calendar yet. Whoever asked for a new post types at once,
/// so that one does not wait for the rest.
pub fn page_listens(app: &AppHandle) {
    if app.state::<WindowLife>().take_new_post() {
        send(app, "almanac:open", Open::new_post());
    }
}

/// The page can be used now.
pub fn page_ready(app: &AppHandle) {
    let was_ready = {
        let life = app.state::<WindowLife>();
        let mut state = life.lock();
        state.redrawn = false;
        std::mem::replace(&mut state.ready, true)
    };
    if !was_ready {
        tracing::info!("the screen can be used");
    }
    deliver(app);
}

fn deliver(app: &AppHandle) {
    let opening = opening(app);
    let (waiting, problems) = app.state::<WindowLife>().take(opening);
    for what in waiting.into_iter().filter(|what| !what.is_nothing()) {
        emit(app, "almanac:open", what);
    }
    for message in problems {
        emit(app, "almanac:problem", json!({ "message": message }));
    }
}

/// Has the page tell what went wrong, now or as soon as one listens. True when it has to wait for one,
/// and did not wait already.
pub fn tell_problem(app: &AppHandle, message: &str) -> bool {
    let waits = app.state::<WindowLife>().keep(message, opening(app));
    deliver(app);
    waits
}

/// Which opening of the data folder it is; none was begun while there is no core.
fn opening(app: &AppHandle) -> u64 {
    app.try_state::<Core>().map_or(0, |core| core.opening())
}

/// Draws the page anew, since everything it knows may have changed.
pub fn reload(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    // The page that goes takes what it is told with it, and the new one would never say it.
    let life = app.state::<WindowLife>();
    life.lock().redrawn = true;
    if let Err(error) = window.reload() {
        tracing::warn!(%error, "the page could not be drawn anew");
        life.lock().redrawn = false;
    }
}

/// Sends an event to the page, if there is one that listens.
pub fn emit(app: &AppHandle, event: &str, payload: impl Serialize + Clone) {
    if app.state::<WindowLife>().lock().ready {
        send(app, event, payload);
    }
}

fn send(app: &AppHandle, event: &str, payload: impl Serialize + Clone) {
    if let Err(error) = app.emit_to(MAIN, event, payload) {
        tracing::warn!(%error, event, "the page could not be told");
    }
}

/// The person closed the window. It goes out of sight at once and is destroyed when its page has
/// handed over what was typed last; when that could be kept nowhere, it comes back.
pub fn close_requested(window: &Window, api: &tauri::CloseRequestApi) {
    let app = window.app_handle().clone();
    api.prevent_close();
    if !app.state::<Core>().keeps_in_tray() {
        quit::request(&app);
        return;
    }
    remember_place(&app);
    if let Err(error) = window.hide() {
        tracing::warn!(%error, "the window could not be hidden");
    }
    tauri::async_runtime::spawn(async move {
        if !last_words(&app).await {
            come_back(&app);
            return;
        }
        if let Some(window) = app.get_webview_window(MAIN)
            && let Err(error) = window.destroy()
        {
            tracing::error!(%error, "the window could not be closed");
        }
        background::tell_if_hidden_for_good(&app).await;
    });
}

/// Has the page hand over what was typed last, and waits for it. False when the page still holds
/// words: without it they would be lost.
pub async fn last_words(app: &AppHandle) -> bool {
    let life = app.state::<WindowLife>();
    if life.begin_to_close() {
        emit(app, "almanac:closing", ());
    }
    life.closed(LAST_WORDS).await
}

/// Shows a window again that was about to go.
pub fn come_back(app: &AppHandle) {
    tracing::warn!("the window stays: what was typed last could not be kept");
    app.state::<WindowLife>().lock().closing = false;
    show(app);
    deliver(app);
}

/// The window is gone. When it was asked for again meanwhile, a new one is made.
pub fn destroyed(app: &AppHandle) {
    let life = app.state::<WindowLife>();
    let wanted_again = {
        let mut state = life.lock();
        state.ready = false;
        state.closing = false;
        !state.waiting.is_empty()
    };
    // Whoever still waits for words of this page waits in vain.
    life.hand_over(true);
    if wanted_again {
        show(app);
        return;
    }
    let core = app.state::<Core>().inner().clone();
    tauri::async_runtime::spawn(async move { core.release_memory().await });
}

/// Writes down where the window is.
pub fn remember_place(app: &AppHandle) {
    if app.get_webview_window(MAIN).is_some()
        && let Err(error) = app.save_window_state(remembered())
    {
        tracing::warn!(%error, "the window's place could not be remembered");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_quits_while_the_window_closes_waits_for_the_same_words() {
        let life = WindowLife::default();
        life.lock().ready = true;
        assert!(life.begin_to_close());
        // The second one neither asks the page again nor goes on without it.
        assert!(!life.begin_to_close());
        let limit = Duration::from_secs(20);
        let page = async { life.hand_over(false) };
        let (first, second, ()) = tokio::join!(life.closed(limit), life.closed(limit), page);
        assert!(!first && !second);
    }

    #[test]
    fn a_new_post_does_not_wait_until_the_page_can_be_used() {
        let life = WindowLife::default();
        life.lock().waiting = vec![Open::view("activity"), Open::new_post()];
        assert!(life.take_new_post());
        // It is begun once, and a room waits until there is one.
        assert!(!life.take_new_post());
        life.lock().ready = true;
        assert_eq!(life.take(0).0, [Open::view("activity")]);
        // A page that goes would take it along.
        life.lock().waiting = vec![Open::new_post()];
        life.lock().closing = true;
        assert!(!life.take_new_post());
    }

    #[test]
    fn what_went_wrong_waits_for_a_page_and_is_kept_once() {
        let life = WindowLife::default();
        assert!(life.keep("The port is taken.", 1));
        assert!(!life.keep("The port is taken.", 1));
        assert!(life.take(1).1.is_empty());
        // Where a page listens nobody has to be told in another way.
        life.lock().ready = true;
        assert_eq!(life.take(1).1, ["The port is taken."]);
        assert!(!life.keep("The certificates cannot be read.", 1));
        // One that is drawn anew or closes shows nothing any more.
        life.lock().redrawn = true;
        assert!(life.keep("The folder is another one.", 1));
        life.lock().redrawn = false;
        life.lock().closing = true;
        assert!(life.keep("The keys are taken.", 1));
    }

    #[test]
    fn what_the_next_opening_does_not_tell_again_is_not_told_any_more() {
        let life = WindowLife::default();
        life.keep("The port is taken.", 1);
        life.keep("The certificates cannot be read.", 1);
        // It is known to the person already, and told again only to the page.
        assert!(!life.keep("The certificates cannot be read.", 2));
        life.lock().ready = true;
        assert_eq!(life.take(2).1, ["The certificates cannot be read."]);
        life.lock().ready = false;
        life.keep("The port is taken.", 2);
        life.lock().ready = true;
        assert!(life.take(3).1.is_empty());
    }

    #[test]
    fn not_without_end_is_kept_for_a_page() {
        let life = WindowLife::default();
        for n in 0..=MOST_PROBLEMS {
            life.keep(&n.to_string(), 1);
        }
        life.lock().ready = true;
        let told = life.take(1).1;
        assert_eq!((told.len(), told[0].as_str()), (MOST_PROBLEMS, "1"));
    }

    #[tokio::test]
    async fn nobody_waits_for_a_page_that_is_drawn_anew() {
        let life = WindowLife::default();
        life.lock().ready = true;
        life.lock().redrawn = true;
        assert!(!life.listens());
        assert!(!life.begin_to_close());
        assert!(life.closed(Duration::from_secs(20)).await);
    }

    #[tokio::test]
    async fn nobody_waits_for_a_page_that_is_not_there() {
        let life = WindowLife::default();
        assert!(!life.begin_to_close());
        assert!(life.closed(Duration::from_secs(20)).await);
    }
}
