//! The printed examples of the social contract, and what comes of them on the networks.

use std::collections::BTreeSet;

use model::PostId;
use model::status::ShownStatus;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use testkit::printed::social::{self, bearer, path};
use testkit::printed::upload;

use crate::support::{Api, got, picture_host, png};

#[tokio::test]
async fn content_is_published_to_accounts_at_a_time() {
    let api = Api::start().await;
    let come = async |at| api.come(at).await;
    let id = social::content_is_published_to_accounts_at_a_time(&api, &come).await;
    // The printed words for who sees it are those of the catalogue now.
    let kept = api.test.post(id.parse().unwrap()).await;
    let options: Vec<_> = kept.targets.iter().map(|t| &t.draft.options).collect();
    assert_eq!(json!(options[0]), json!({ "replySettings": "" }));
    assert_eq!(json!(options[1]), json!({ "visibility": "PUBLIC" }));
    let sent = api.test.network.shown();
    assert_eq!(sent.len(), 2);
    assert!(
        sent[0]
            .text
            .ends_with("https://example.com/blog/new-features"),
        "{}",
        sent[0].text
    );
}

#[tokio::test]
async fn options_that_a_network_does_not_have_are_refused_and_nothing_is_made() {
    let api = Api::start().await;
    let publish = async |options: Value| {
        let request = json!({
            "content": { "text": "For some" },
            "platforms": [{ "platform": "linkedin", "options": options }],
            "publish_at": "2026-05-24T20:00:00Z"
        });
        bearer(&api, Method::POST, "publish", request).await
    };
    for (options, field) in [
        (json!({ "visibility": "friends" }), "visibility"),
        (json!({ "visibility": ["public"] }), "visibility"),
        (json!({ "reply_settings": "everyone" }), "reply_settings"),
    ] {
        let refused = publish(options).await.refused(400);
        assert_eq!(refused["error"]["code"], "invalid_content");
        assert_eq!(
            refused["error"]["details"]["field"],
            format!("platforms.0.options.{field}")
        );
    }
    let queue = api.get(&path("scheduling/queue")).await.ok();
    assert_eq!(queue["total_scheduled"], 0);
    let made = publish(json!({ "visibility": "connections" })).await.ok();
    let id = made["publish_id"].as_str().unwrap();
    let kept = api
        .test
        .post(id.trim_start_matches("pub_").parse().unwrap())
        .await;
    assert_eq!(kept.targets[0].draft.options["visibility"], "CONNECTIONS");
}

#[tokio::test]
async fn a_post_from_draft_to_published() {
    let api = Api::start().await;
    social::a_post_from_draft_to_published(&api).await;
    assert_eq!(
        api.test.network.shown()[0].text,
        "Updated announcement text!\n\n@partner_company #launch #innovation #tech"
    );
}

#[tokio::test]
async fn a_thread_keeps_its_parts() {
    let api = Api::start().await;
    let id = social::a_thread_keeps_its_parts(&api, &async |at| api.come(at).await).await;
    let post = api.test.post(id.parse().unwrap()).await;
    assert_eq!(post.segments.len(), 4);
    assert_eq!(post.segments[1].media.len(), 1);
    assert_ne!(
        post.segments[1].media[0].media_id,
        post.segments[2].media[0].media_id
    );
}

#[tokio::test]
async fn a_thread_takes_pictures_of_another_server() {
    let api = Api::start().await;
    let base = picture_host().await;
    let request = json!({
        "platform": "twitter",
        "posts": [
            { "text": "1/", "media": [{ "type": "image", "url": format!("{base}/a") }] },
            { "text": "2/", "media": [{ "type": "image", "url": format!("{base}/bb") }] }
        ],
        "schedule_at": "2026-05-25T10:00:00Z"
    });
    let made = bearer(&api, Method::POST, "threads", request).await.ok();
    let id = made["thread_id"].as_str().unwrap();
    let id = id.trim_start_matches("thread_").parse().unwrap();
    let segments = api.test.post(id).await.segments;
    assert_ne!(segments[0].media[0].media_id, segments[1].media[0].media_id);
}

#[tokio::test]
async fn a_file_is_sent_in_a_form_used_and_deleted() {
    let api = Api::start().await;
    social::a_file_is_sent_in_a_form_used_and_deleted(&api).await;
    // A key of another workspace does not know a file of this one.
    let made = upload(&api, 50, 50).await;
    let one = path(&format!("media/{}", made["media_id"].as_str().unwrap()));
    let (_, other) = api.another_workspace().await;
    api.send(&other, Method::GET, &one, None).await.refused(404);
    api.get(&one).await.ok();
}

#[tokio::test]
async fn accounts_are_listed_and_disconnected() {
    let api = Api::start().await;
    let listed = api.get(&path("accounts")).await.ok();
    let mut all = listed["accounts"].as_array().unwrap().iter();
    let own = all.find(|a| a["platform"] == "twitter").unwrap();
    assert_eq!(own["id"], social::account(&api, "x"));
    assert_eq!(
        (&own["username"], &own["display_name"]),
        (&json!("@mycompany"), &json!("mycompany"))
    );
    social::accounts_are_listed_and_disconnected(&api, "twitter").await;
}

#[tokio::test]
async fn a_scheduled_post_is_changed_at_once_and_an_impossible_change_leaves_it_as_it_was() {
    let api = Api::start().await;
    let request = json!({
        "content": { "text": "First" }, "platforms": ["twitter"],
        "status": "scheduled", "scheduled_at": "2026-05-25T10:00:00Z"
    });
    let made = bearer(&api, Method::POST, "posts", request).await.ok();
    assert_eq!(made["status"], "scheduled");
    let id = made["id"].as_str().unwrap();
    let one = format!("posts/{id}");
    bearer(
        &api,
        Method::PUT,
        &one,
        json!({ "content": { "text": "Second" } }),
    )
    .await
    .ok();
    let post = api
        .test
        .post(id.trim_start_matches("post_").parse().unwrap())
        .await;
    assert_eq!(post.segments[0].text, "Second");
    assert_eq!(
        (post.status, post.working_copy),
        (ShownStatus::Scheduled, None)
    );
    let long = json!({ "content": { "text": "x".repeat(400) } });
    bearer(&api, Method::PUT, &one, long).await.refused(400);
    let post = api.test.post(post.id).await;
    assert_eq!(post.segments[0].text, "Second");
    assert_eq!(post.working_copy, None);
}

#[tokio::test]
async fn a_network_that_is_named_again_keeps_the_account_that_was_chosen_on_it() {
    let api = Api::start().await;
    let second = api.test.connect_to("x", "second").await.id;
    let request = json!({
        "content": { "text": "First" },
        "platforms": [{ "platform": "twitter", "account_id": format!("acc_{second}") }],
        "publish_at": "2026-05-25T10:00:00Z"
    });
    let made = bearer(&api, Method::POST, "publish", request).await.ok();
    let id = made["publish_id"].as_str().unwrap();
    let id: PostId = id.trim_start_matches("pub_").parse().unwrap();
    let accounts = async || {
        let targets = api.test.post(id).await.targets;
        let all = targets.iter().map(|t| t.draft.account_id.to_string());
        all.collect::<BTreeSet<_>>()
    };
    let put = async |platforms: Value| {
        let body = json!({ "title": "Named", "platforms": platforms });
        bearer(&api, Method::PUT, &format!("posts/{id}"), body).await
    };
    assert_eq!(put(json!(["twitter"])).await.ok()["title"], "Named");
    assert_eq!(accounts().await, BTreeSet::from([second.to_string()]));
    put(json!(["twitter", "linkedin"])).await.ok();
    let linkedin = api.accounts["linkedin"].clone();
    let both = BTreeSet::from([second.to_string(), linkedin.clone()]);
    assert_eq!(accounts().await, both);
    put(json!(["linkedin"])).await.ok();
    assert_eq!(accounts().await, BTreeSet::from([linkedin]));
}

#[tokio::test]
async fn a_network_that_nobody_knows_is_refused() {
    let api = Api::start().await;
    let post = |name: &str| json!({ "content": { "text": "Words" }, "platforms": [name] });
    let refused = bearer(&api, Method::POST, "posts", post("myspace"))
        .await
        .refused(400);
    assert_eq!(refused["error"]["code"], "invalid_content");
    assert_eq!(refused["error"]["details"]["provided_value"], "myspace");
    // One of the document without an account waits for one.
    let made = bearer(&api, Method::POST, "posts", post("youtube"))
        .await
        .ok();
    assert_eq!(made["platforms"], json!(["youtube"]));
}

#[tokio::test]
async fn hints_may_be_a_field_each_and_an_id_is_told_with_its_prefix() {
    let api = Api::start().await;
    let form = Form::new()
        .part("file", Part::bytes(png(60, 60)).file_name("a.png"))
        .text("platform_hints", "twitter")
        .text("platform_hints", "linkedin");
    let url = format!("{}{}", api.base, path("media/upload"));
    let request = api.http.post(url).bearer_auth(&api.key);
    let made = got(request.multipart(form)).await.ok();
    let hinted = made["platform_compatibility"].as_object().unwrap();
    assert_eq!(hinted.keys().collect::<Vec<_>>(), ["linkedin", "twitter"]);
    let bare = made["media_id"].as_str().unwrap();
    let bare = bare.trim_start_matches("media_");
    let gone = api.delete(&path(&format!("media/{bare}"))).await.ok();
    assert_eq!(gone["media_id"], made["media_id"]);
}
