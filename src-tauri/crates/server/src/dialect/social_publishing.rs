//! Posts, threads, files and accounts of creators: the social contract.

mod accounts;
pub(crate) mod hooks;
mod media;
mod posts;
mod publish;
mod queue;
mod shapes;
mod threads;

use axum::http::Method;
use model::key::Permission;

use crate::contract::Contract;
use crate::routes::{Route, waits_for};

const CONTRACT: Contract = Contract::SocialPublishing;

/// Its routes.
pub(crate) fn routes() -> Vec<Route> {
    use Permission::{CreateEvents, DeleteEvents, EditEvents, ManageAccounts, PublishContent};
    const ONE: &str = "/api/v1/creator/social/posts/{post_id}";
    const FILE: &str = "/api/v1/creator/social/media/{media_id}";
    let wait = |path, what| Route::waits(CONTRACT, Method::GET, path, what, waits_for::METRICS);
    vec![
        Route::json(
            CONTRACT,
            Method::POST,
            "/api/v1/creator/social/publish",
            "publish to accounts, now or at a time",
            publish::publish,
        )
        .needs(CreateEvents),
        Route::json(
            CONTRACT,
            Method::POST,
            "/api/v1/creator/social/posts",
            "create a post",
            posts::create,
        )
        .needs(CreateEvents),
        Route::json(CONTRACT, Method::GET, ONE, "one post", posts::one).read_from_store(),
        Route::json(CONTRACT, Method::PUT, ONE, "update", posts::update).needs(EditEvents),
        Route::json(CONTRACT, Method::DELETE, ONE, "delete", posts::delete).needs(DeleteEvents),
        Route::json(
            CONTRACT,
            Method::POST,
            "/api/v1/creator/social/posts/{post_id}/publish",
            "publish a draft",
            posts::publish_draft,
        )
        .needs(PublishContent),
        Route::json(
            CONTRACT,
            Method::POST,
            "/api/v1/creator/social/posts/{post_id}/schedule",
            "schedule with a time zone",
            posts::schedule,
        )
        .needs(PublishContent),
        Route::json(
            CONTRACT,
            Method::POST,
            "/api/v1/creator/social/posts/{post_id}/cancel",
            "cancel",
            posts::cancel,
        )
        .needs(PublishContent),
        Route::json(
            CONTRACT,
            Method::POST,
            "/api/v1/creator/social/threads",
            "thread",
            threads::create,
        )
        .needs(CreateEvents),
        Route::stream(
            CONTRACT,
            Method::POST,
            "/api/v1/creator/social/media/upload",
            "multipart upload",
            media::receive,
            media::upload,
        )
        .needs(CreateEvents),
        Route::json(CONTRACT, Method::GET, FILE, "one file", media::one),
        Route::json(CONTRACT, Method::DELETE, FILE, "delete", media::delete).needs(DeleteEvents),
        Route::json(
            CONTRACT,
            Method::GET,
            "/api/v1/creator/social/accounts",
            "accounts",
            accounts::list,
        ),
        Route::json(
            CONTRACT,
            Method::POST,
            "/api/v1/creator/social/accounts/connect",
            "start OAuth",
            accounts::connect,
        )
        .needs(ManageAccounts),
        Route::json(
            CONTRACT,
            Method::DELETE,
            "/api/v1/creator/social/accounts/{account_id}",
            "disconnect",
            accounts::disconnect,
        )
        .needs(ManageAccounts),
        wait(
            "/api/v1/creator/social/posts/{post_id}/analytics",
            "metrics",
        ),
        wait(
            "/api/v1/creator/social/distribution/metrics",
            "metrics over a period",
        ),
        wait(
            "/api/v1/creator/social/scheduling/optimal-times",
            "best times",
        ),
        Route::json(
            CONTRACT,
            Method::GET,
            "/api/v1/creator/social/scheduling/queue",
            "queue",
            queue::list,
        ),
    ]
}
