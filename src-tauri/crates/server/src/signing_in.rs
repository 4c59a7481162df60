//! Sign-ins through the browser that a program began: no window waits for them, and nobody is asked which of
//! several accounts is meant.

pub(crate) mod pasted;

use std::time::Duration;

use app::types::accounts::{OneSignIn, SignInAnswer, SignInChoose};
use app::{ApiError, App};

/// How long a sign-in is waited for.
const LASTS: Duration = Duration::from_mins(10);
/// The same in seconds.
pub(crate) const SIGN_IN_SECONDS: u32 = LASTS.as_secs() as u32;

/// Waits for the browser that the network sends back to this computer. What came of it shows in the list of accounts.
pub(crate) async fn wait(app: App, id: String) {
    let answer = app.accounts_sign_in_wait(OneSignIn { id }).await;
    if let Err(error) = first_of(&app, answer).await {
        note_end(&error);
    }
}

/// Takes the first account where a sign-in gives access to several: a program chooses none.
async fn first_of(
    app: &App,
    answer: Result<SignInAnswer, ApiError>,
) -> Result<SignInAnswer, ApiError> {
    if let Ok(SignInAnswer::Choose { id, accounts }) = &answer
        && let Some(first) = accounts.first()
    {
        let input = SignInChoose {
            id: id.clone(),
            remote_id: first.remote_id.clone(),
        };
        return app.accounts_sign_in_choose(input).await;
    }
    answer
}

fn note_end(error: &ApiError) {
    tracing::info!(code = ?error.code, "a sign-in that a program began ended without an account");
}
