//! How a run of the program ends other than by quitting: whoever hosts it waits for these beside its own
//! work.

use tokio::sync::watch;

use crate::open::OpenError;

/// Waits until the program is to be opened anew; for ever when it ended meanwhile.
pub async fn restart_wanted(restart: &mut watch::Receiver<bool>) {
    if restart.wait_for(|wanted| *wanted).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Waits until the database turns out to be damaged; for ever when the program ended meanwhile.
pub async fn damaged(damage: &mut watch::Receiver<Option<OpenError>>) -> OpenError {
    let found = match damage.wait_for(Option::is_some).await {
        Ok(found) => found.clone(),
        Err(_) => None,
    };
    match found {
        Some(error) => error,
        None => std::future::pending().await,
    }
}
