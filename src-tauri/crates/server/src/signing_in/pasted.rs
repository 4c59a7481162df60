//! The page on which a sign-in ends whose network sends no browser back to a computer: a program sends the browser
//! here instead of to the network. It leads there, and takes the address at which the browser ended.
//!
//! Its address is its key: nobody else knows it, and it is for one sign-in. What is pasted goes on to the command that
//! the window uses, and stands in no address and no log.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::ApiError;
use app::programs::ReturnTo;
use app::types::accounts::{OneSignIn, SignInAnswer, SignInPaste};
use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use blake3::Hash;
use model::{ErrorCode, Timestamp};
use tokio::sync::watch;

use super::{LASTS, first_of, note_end};
use crate::access::once_each;
use crate::arriving;
use crate::call::Call;
use crate::fault::Fault;
use crate::host::{Host, named};
use crate::page::escaped;
use crate::pipeline::BODY_LIMIT;
use crate::sheet::{asking, shown, told};

/// What the addresses of the pages begin with; a token follows.
pub(crate) const PATH: &str = "/sign-in/";
/// Random bytes of a token.
const BYTES: usize = 24;
/// Largest form, in bytes: three for each of an address as long as is taken.
const MAX_FORM: usize = 64 * 1024;

/// A sign-in that waits for the address at which the browser ends.
#[derive(Clone)]
pub(crate) struct SignIn {
    /// Which.
    pub id: String,
    /// The name of its network.
    pub network: String,
    /// Where the network asks the person.
    pub address: String,
    /// What the address begins with at which the browser ends.
    pub redirect: String,
    /// Where the browser goes on to.
    pub then: Option<ReturnTo>,
    /// When it began.
    pub began: Timestamp,
}

impl SignIn {
    fn lasts(&self, now: Timestamp) -> bool {
        // A clock that was set back prolongs nothing.
        now >= self.began && now.since(self.began) < LASTS
    }
}

/// What came of an address that was pasted.
#[derive(Clone)]
enum End {
    Connected,
    /// Another address may be the right one.
    Again(Fault),
    /// It ended without an account.
    Over(Fault),
}

/// What is pasted while an address is at work, or after the one that ended the sign-in, has the same end: a browser
/// whose button is pressed twice shows only what the second press is answered.
type AtWork = watch::Receiver<Option<End>>;

struct Page {
    sign_in: SignIn,
    at_work: Option<AtWork>,
}

impl Page {
    fn has_ended(&self) -> bool {
        let end = self.at_work.as_ref();
        end.is_some_and(|end| end.borrow().is_some())
    }
}

/// Sign-ins that wait, by the hash of their token.
#[derive(Default)]
pub(crate) struct Pages(Mutex<HashMap<Hash, Page>>);

impl Pages {
    fn lock(&self) -> MutexGuard<'_, HashMap<Hash, Page>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a page for a sign-in; gives its address, under the name by which the host was called.
pub(crate) async fn begin(call: &Call, sign_in: SignIn) -> String {
    let host = &call.host;
    forget_old(host).await;
    let token = host.app.random_hex(BYTES);
    let mut pages = host.sign_in_pages.lock();
    let page = Page {
        sign_in,
        at_work: None,
    };
    pages.insert(blake3::hash(token.as_bytes()), page);
    format!("{}{PATH}{token}", call.base)
}

/// Forgets what is over, and gives up what nobody came back to in time.
async fn forget_old(host: &Host) {
    let now = host.app.now();
    let late: Vec<String> = {
        let mut pages = host.sign_in_pages.lock();
        let waits = |page: &Page| host.app.sign_in_waits(&page.sign_in.id);
        pages.retain(|_, page| page.at_work.is_some() || waits(page));
        let is_late = |page: &Page| {
            let is_at_work = page.at_work.is_some() && !page.has_ended();
            !is_at_work && !page.sign_in.lasts(now)
        };
        let late = pages.values().filter(|page| is_late(page) && waits(page));
        let late = late.map(|page| page.sign_in.id.clone()).collect();
        pages.retain(|_, page| !is_late(page));
        late
    };
    for id in late {
        // It is refused only where its account is being kept at this moment.
        let _ = host.app.accounts_sign_in_cancel(OneSignIn { id }).await;
    }
}

/// The sign-in of a token that is not over for long, and whether it has ended.
async fn known(host: &Host, token: &str) -> Option<(SignIn, bool)> {
    forget_old(host).await;
    let pages = host.sign_in_pages.lock();
    let page = pages.get(&blake3::hash(token.as_bytes()))?;
    Some((page.sign_in.clone(), page.has_ended()))
}

/// The pages' addresses.
pub(crate) fn router(host: &Arc<Host>) -> Router {
    let (asked, sent) = (Arc::clone(host), Arc::clone(host));
    Router::new().route(
        &format!("{PATH}{{token}}"),
        get(move |params: RawPathParams| {
            let (host, token) = (Arc::clone(&asked), token_of(&params));
            async move { show(&host, &token).await }
        })
        .post(move |params: RawPathParams, request: Request| {
            let (host, token) = (Arc::clone(&sent), token_of(&params));
            async move { take(&host, &token, request.into_body()).await }
        }),
    )
}

fn token_of(params: &RawPathParams) -> String {
    named(params).remove("token").unwrap_or_default()
}

async fn show(host: &Host, token: &str) -> Response {
    match known(host, token).await {
        Some((sign_in, false)) => form(StatusCode::OK, &sign_in, None),
        _ => over(),
    }
}

async fn take(host: &Arc<Host>, token: &str, body: Body) -> Response {
    let Some((sign_in, _)) = known(host, token).await else {
        return over();
    };
    let body = match arriving::whole(body, MAX_FORM, BODY_LIMIT).await {
        Ok(body) => body,
        Err(cut) => return again(&sign_in, &cut.fault("address", MAX_FORM as u64)),
    };
    let mut fields = once_each(&body).unwrap_or_default();
    let address = fields.remove("address").unwrap_or_default();
    let Some(mut at_work) = at_work(host, token, address) else {
        return over();
    };
    let end = match at_work.wait_for(Option::is_some).await {
        Ok(end) => end.clone(),
        Err(_) => None,
    };
    match end.unwrap_or_else(|| End::Over(Fault::from(fault_of_ours()))) {
        End::Connected => connected(&sign_in),
        End::Again(why) => again(&sign_in, &why),
        End::Over(why) => ended(&sign_in, &why),
    }
}

/// Puts an address to work where none is. None where the page is gone.
fn at_work(host: &Arc<Host>, token: &str, address: String) -> Option<AtWork> {
    let key = blake3::hash(token.as_bytes());
    let mut pages = host.sign_in_pages.lock();
    let page = pages.get_mut(&key)?;
    if let Some(at_work) = &page.at_work {
        return Some(at_work.clone());
    }
    let (tell, at_work) = watch::channel(None);
    page.at_work = Some(at_work.clone());
    let paste = SignInPaste {
        id: page.sign_in.id.clone(),
        address,
    };
    drop(pages);
    // Work goes on when whoever asked is gone: half of it would be worse than all of it.
    tokio::spawn(put_to_work(Arc::clone(host), key, paste, tell));
    Some(at_work)
}

async fn put_to_work(
    host: Arc<Host>,
    key: Hash,
    paste: SignInPaste,
    tell: watch::Sender<Option<End>>,
) {
    let id = paste.id.clone();
    let answer = finish(&host, paste).await;
    let still_waits = host.app.sign_in_waits(&id);
    let end = match answer {
        Ok(_) => End::Connected,
        Err(error) if still_waits => End::Again(Fault::from(error)),
        Err(error) => {
            note_end(&error);
            End::Over(Fault::from(error))
        }
    };
    if still_waits && let Some(page) = host.sign_in_pages.lock().get_mut(&key) {
        page.at_work = None;
    }
    tell.send_replace(Some(end));
}

/// In a task of its own, so that a fault in it is an answer as well.
async fn finish(host: &Host, paste: SignInPaste) -> Result<SignInAnswer, ApiError> {
    let app = host.app.clone();
    let working = tokio::spawn(async move {
        let answer = app.accounts_sign_in_paste(paste).await;
        first_of(&app, answer).await
    });
    working.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a sign-in that a program began ended in a fault");
        Err(fault_of_ours())
    })
}

fn fault_of_ours() -> ApiError {
    ApiError::new(
        ErrorCode::Internal,
        "Almanac could not do this because of a fault of its own; the log has the detail.",
    )
}

fn connected(sign_in: &SignIn) -> Response {
    match &sign_in.then {
        Some(then) => shown(StatusCode::OK, then.page("Connected.")),
        None => told(
            StatusCode::OK,
            &sign_in.network,
            "Connected. You can close this tab.",
        ),
    }
}

/// It ended without an account.
fn ended(sign_in: &SignIn, why: &Fault) -> Response {
    match &sign_in.then {
        Some(then) => shown(why.status(), then.page_to_read(&why.message)),
        None => told(why.status(), "That did not work", &why.message),
    }
}

fn over() -> Response {
    told(
        StatusCode::NOT_FOUND,
        "This sign-in is over",
        "It was finished or given up, or nobody came back to it within ten minutes. Start again in the program that sent you here.",
    )
}

/// What was sent did not end it: the right address may come next.
fn again(sign_in: &SignIn, why: &Fault) -> Response {
    form(why.status(), sign_in, Some(&why.message))
}

fn form(status: StatusCode, sign_in: &SignIn, wrong: Option<&str>) -> Response {
    let (network, address) = (escaped(&sign_in.network), escaped(&sign_in.address));
    let redirect = escaped(&sign_in.redirect);
    let (described, problem) = match wrong {
        Some(wrong) => (
            " aria-invalid=\"true\" aria-describedby=\"problem\" autofocus",
            format!(
                "<p id=\"problem\" class=\"bad\" role=\"alert\">{}</p>",
                escaped(wrong)
            ),
        ),
        None => ("", String::new()),
    };
    let steps = format!(
        "<form method=\"post\"><ol>\
         <li><a href=\"{address}\" target=\"_blank\" rel=\"noopener noreferrer\">Open {network}</a>, \
         sign in there and allow everything that is asked for.</li>\
         <li>In the end the browser shows a page that cannot be reached, or one that is nearly empty. Once its \
         address begins with <code>{redirect}</code>, copy the whole address from the address bar, before it \
         changes.</li>\
         <li><label for=\"address\">Paste the address here</label>\
         <input id=\"address\" name=\"address\" type=\"text\" inputmode=\"url\" autocomplete=\"off\" \
         autocapitalize=\"off\" spellcheck=\"false\" required{described}>{problem}\
         <button>Connect</button></li></ol></form>"
    );
    asking(status, &format!("Connect {}", sign_in.network), &steps)
}
