//! Notifications over the session bus. The connection stays open for as long as the program runs:
//! some desktops take a notification away when its sender's connection goes.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt;
use zbus::zvariant::Value;

use super::{Answer, Click, Note};
use crate::window::Open;

/// Clicks are remembered for this many notifications; older ones only bring up the window.
const REMEMBERED: usize = 100;

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Notifications {
    #[expect(
        clippy::too_many_arguments,
        reason = "the shape of the call is the standard's"
    )]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;
}

/// A notification that was shown.
struct Shown {
    /// Its number on the server.
    id: u32,
    /// What a click opens.
    opens: Open,
    /// Its buttons.
    answers: Vec<Answer>,
}

impl Shown {
    /// The click on one of its buttons, or on itself.
    fn click(&self, key: &str) -> Click {
        Click {
            opens: self.opens.clone(),
            answer: self.answers.iter().find(|a| a.command == key).copied(),
        }
    }
}

/// Shows notifications. Cheap to clone.
#[derive(Clone)]
pub struct Notifier {
    proxy: NotificationsProxy<'static>,
    /// The server reads the body as markup, so the text must be escaped.
    markup: bool,
    shown: Arc<Mutex<VecDeque<Shown>>>,
}

impl Notifier {
    /// Connects to the session bus and tells `clicked` of every click. `None` when there is no
    /// bus: the page then shows everything itself.
    pub async fn connect(clicked: impl Fn(Click) + Send + 'static) -> Option<Self> {
        match Self::try_connect(clicked).await {
            Ok(notifier) => Some(notifier),
            Err(error) => {
                tracing::warn!(%error, "this desktop shows no notifications");
                None
            }
        }
    }

    async fn try_connect(clicked: impl Fn(Click) + Send + 'static) -> zbus::Result<Self> {
        let connection = zbus::Connection::session().await?;
        let proxy = NotificationsProxy::new(&connection).await?;
        let mut clicks = proxy.receive_action_invoked().await?;
        let capabilities = proxy.get_capabilities().await?;
        let notifier = Self {
            proxy,
            markup: capabilities.iter().any(|name| name == "body-markup"),
            shown: Arc::default(),
        };
        let shown = Arc::clone(&notifier.shown);
        tauri::async_runtime::spawn(async move {
            while let Some(click) = clicks.next().await {
                let Ok(args) = click.args() else { continue };
                // Every program hears of every click; only those on our own concern us. The newest
                // first: a server that restarted counts from the beginning again.
                let click = {
                    let shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
                    let shown = shown.iter().rev().find(|shown| shown.id == args.id);
                    shown.map(|shown| shown.click(&args.action_key))
                };
                if let Some(click) = click {
                    clicked(click);
                }
            }
        });
        Ok(notifier)
    }

    /// Shows a notification. Without a server for them it only goes to the log.
    pub async fn show(&self, note: &Note) {
        let mut hints = HashMap::new();
        hints.insert("desktop-entry", Value::from("Almanac"));
        hints.insert("category", Value::from("transfer"));
        // 1 is normal; 2 stays until the person has seen it.
        hints.insert("urgency", Value::from(if note.urgent { 2_u8 } else { 1 }));
        let body = if self.markup {
            escaped(&note.body)
        } else {
            note.body.clone()
        };
        let mut actions = vec!["default", "Open"];
        for answer in &note.answers {
            actions.extend([answer.command, answer.label]);
        }
        let sent = self
            .proxy
            .notify(
                "Almanac",
                0,
                "almanac",
                &note.title,
                &body,
                &actions,
                hints,
                -1,
            )
            .await;
        match sent {
            Ok(id) => self.remember(id, note),
            Err(error) => tracing::warn!(%error, "a notification could not be shown"),
        }
    }

    fn remember(&self, id: u32, note: &Note) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.len() == REMEMBERED {
            shown.pop_front();
        }
        shown.push_back(Shown {
            id,
            opens: note.opens.clone(),
            answers: note.answers.clone(),
        });
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn the_text_of_a_post_is_never_markup() {
        assert_eq!(
            escaped("a < b & <b>c</b>"),
            "a &lt; b &amp; &lt;b&gt;c&lt;/b&gt;"
        );
    }
}
