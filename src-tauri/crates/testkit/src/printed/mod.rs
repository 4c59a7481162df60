//! The printed examples of the contracts, written down once and run over HTTP against whatever serves them: the
//! host within a test, `almanac-server` as it is started, and the desktop program. Only the address differs, and
//! the year: what is printed lies in the past, and is moved ahead of the clock of the program. Where days go by, the
//! clock is one that the test moves: its own within the host, [`MovedClock`](crate::moved_clock::MovedClock) elsewhere.
//!
//! Files at an address of the documents' are sent to the program first and named by their address there, since
//! it fetches none from this computer.
//!
//! Not here: what needs a look behind the contracts; that is in the tests of the host.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "an example that is answered otherwise than printed fails its test"
)]

pub mod access;
pub mod calendar;
mod client;
pub mod entries;
pub mod instagram;
pub mod keys;
pub mod scheduler;
mod shape;
pub mod social;
mod stage;
pub mod webhooks;

use model::Timestamp;
use reqwest::redirect::Policy;

use crate::browser::sent_back;
use crate::patience::{PATIENCE, until};

pub use client::{AHEAD, BEGIN, Client, Got, MOVED, by_bearer, got, picture_at, png, upload};
pub use shape::like;
pub use stage::{Form, Stage};

/// Examples that need no account. The last ones leave addresses behind that are told what happens from then on,
/// so nothing may happen afterwards.
pub async fn without_accounts(api: &Client) {
    calendar::a_calendar_from_its_making_to_its_end(api).await;
    calendar::a_past_date_is_refused_as_printed(api).await;
    calendar::a_calendar_that_is_full_says_so(api).await;
    instagram::a_picture_is_cut_and_filtered(api).await;
    instagram::the_printed_edit_cuts_filters_and_writes_on_a_picture(api).await;
    instagram::the_number_of_a_request_makes_it_one(api).await;
    keys::are_masked_made_once_and_revoked(api).await;
    access::a_code_is_exchanged_for_a_key_and_a_token_for_the_next(api).await;
    // Each contract sees its own addresses, and here there are none yet.
    webhooks::the_others_print_how_to_subscribe(api).await;
    webhooks::the_scheduler_prints_its_endpoints(api).await;
}

/// Examples that need accounts, in an order in which none disturbs another: the first ones count everything
/// there is, the last ones take an account away and connect it again. The program is a fresh one with the accounts
/// of the stage.
pub async fn with_accounts(api: &Client, stage: &Stage) {
    scheduler::best_times_are_usual_ones_and_the_plan_is_none(api).await;
    scheduler::failures_are_logged_counted_and_tried_again(api, || stage.refuse_a_post()).await;
    scheduler::a_file_is_announced_sent_used_and_deleted(api).await;
    scheduler::a_post_is_scheduled_listed_and_called_off(api).await;
    social::a_post_from_draft_to_published(api).await;
    social::a_file_is_sent_in_a_form_used_and_deleted(api).await;
    calendar::a_calendar_is_shown_with_its_events(api).await;
    calendar::an_event_is_made_read_changed_and_deleted(api).await;
    calendar::many_events_are_changed_at_once(api).await;
    calendar::the_list_filters_and_turns_its_pages(api).await;
    instagram::an_account_says_what_it_can(api).await;
    webhooks::a_post_that_goes_out_is_told_in_the_words_of_every_contract(api).await;
    scheduler::discovery_catalogue_and_connections(api).await;
    scheduler::an_account_is_connected_through_the_browser(api, browse).await;
    social::is_connected(api, "twitter").await;
    social::accounts_are_listed_and_disconnected(api, "twitter").await;
    social::an_account_is_connected_through_the_browser(api, "twitter", browse).await;
    social::is_connected(api, "twitter").await;
    instagram::an_app_is_kept(api, &stage.app_of_instagram()).await;
    let agree = async |address: String| sent_back(&address).await.unwrap();
    instagram::an_account_is_connected_through_the_browser(api, agree).await;
    // It is the account that was there before.
    let own = instagram::connected(api).await;
    assert_eq!(own.len(), 1, "{own:?}");
    assert_eq!(own[0]["id"], api.accounts["instagram"].as_str());
}

/// Examples in which days and weeks go by, in the order of their days. The program is a fresh one with the accounts of
/// the stage, and its clock one that began at [`BEGIN`] and shows an instant of [`MOVED`] that lies ahead as soon as
/// `come` is called with it.
pub async fn as_time_goes_by(api: &Client, come: &impl AsyncFn(Timestamp)) {
    entries::from_their_making_to_their_end(api, come).await;
    calendar::an_event_goes_out_by_itself(api, come).await;
    social::content_is_published_to_accounts_at_a_time(api, come).await;
    social::a_thread_keeps_its_parts(api, come).await;
    scheduler::the_external_flow_with_a_file_at_an_address(api, come).await;
}

/// A browser that agrees to everything and comes back; what it shows in the end.
async fn browse(address: String) -> String {
    let home = sent_back(&address).await.unwrap();
    let browser = reqwest::Client::builder()
        .no_proxy()
        .redirect(Policy::none());
    let shown = browser.build().unwrap().get(home).send().await.unwrap();
    shown.text().await.unwrap()
}
