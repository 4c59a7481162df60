//! The portal that resolves proxies (`org.freedesktop.portal.ProxyResolver`): it knows the settings of
//! GNOME, KDE and others, their exceptions and their scripts.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use app::ProxyAdvice;
use tauri::Url;
use tokio::sync::OnceCell;

/// How long the portal may take. It may have to start first, or run a script.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long it is not asked again after it gave no answer.
const SILENCE: Duration = Duration::from_mins(1);

#[zbus::proxy(
    interface = "org.freedesktop.portal.ProxyResolver",
    default_service = "org.freedesktop.portal.Desktop",
    default_path = "/org/freedesktop/portal/desktop"
)]
trait ProxyResolver {
    fn lookup(&self, uri: &str) -> zbus::Result<Vec<String>>;
}

/// Asks the portal.
#[derive(Debug, Default)]
pub struct Portal {
    connection: OnceCell<zbus::Connection>,
    silent_since: Mutex<Option<Instant>>,
}

impl Portal {
    async fn ask(&self, origin: &str) -> zbus::Result<Vec<String>> {
        let connection = self
            .connection
            .get_or_try_init(zbus::Connection::session)
            .await?;
        ProxyResolverProxy::new(connection)
            .await?
            .lookup(origin)
            .await
    }
}

#[async_trait::async_trait]
impl ProxyAdvice for Portal {
    async fn proxy_for(&self, origin: &str) -> Option<Url> {
        let silent = *self
            .silent_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if silent.is_some_and(|since| since.elapsed() < SILENCE) {
            return None;
        }
        let reason = match tokio::time::timeout(PATIENCE, self.ask(origin)).await {
            Ok(Ok(answers)) => return first(&answers),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        tracing::info!(
            reason,
            "the desktop does not say which proxy to use; none is used"
        );
        *self
            .silent_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        None
    }
}

/// The first way that can be gone; none for the direct one.
fn first(answers: &[String]) -> Option<Url> {
    for answer in answers {
        let (scheme, rest) = answer.split_once("://")?;
        let scheme = match scheme {
            "direct" => return None,
            "http" | "https" => scheme,
            // The names are looked up on the other side, as programs of the desktop do it.
            "socks" | "socks5" | "socks5h" => "socks5h",
            "socks4" | "socks4a" => "socks4a",
            _ => continue,
        };
        if let Ok(url) = Url::parse(&format!("{scheme}://{rest}")) {
            return Some(url);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn the_first_way_that_can_be_gone_is_taken() {
        let taken = |answers: &[&str]| {
            let answers: Vec<String> = answers.iter().map(ToString::to_string).collect();
            first(&answers).map(|url| url.to_string())
        };
        assert_eq!(taken(&["direct://"]), None);
        assert_eq!(taken(&["direct://", "http://late:1"]), None);
        assert_eq!(
            taken(&["rtsp://odd:1", "http://me:pw@proxy.example.com:3128"]).as_deref(),
            Some("http://me:pw@proxy.example.com:3128/")
        );
        assert_eq!(
            taken(&["socks://[::1]:1080"]).as_deref(),
            Some("socks5h://[::1]:1080")
        );
        assert_eq!(taken(&["nonsense"]), None);
        assert_eq!(taken(&[]), None);
    }
}
