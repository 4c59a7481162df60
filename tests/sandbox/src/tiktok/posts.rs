//! What a creator may do, posts that are announced, and what became of them.

use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::super::meta::web;
use super::{
    Answer, Post, Refused, SCOPES, Shared, State, USERNAME, Upload, bad, caller, good, held, input,
    only,
};

const PUBLISH: &str = SCOPES[1];
/// Number of the first post.
pub(super) const FIRST: u64 = 7_400_000_000_000_000_001;

/// Real, since people try the program with it, and never before May 2026.
#[expect(
    clippy::disallowed_methods,
    reason = "a stand-in for a network has its own clock"
)]
pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_second().max(1_778_742_300)
}

pub async fn creator(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    body: String,
) -> Answer {
    let state = held(&state);
    caller(&state, &headers, PUBLISH)?;
    only(&input(&headers, &body)?, &[])?;
    Ok(good(&json!({
        "creator_username": USERNAME, "creator_nickname": "Ana Films",
        "creator_avatar_url": "https://p16.tiktokcdn.com/ana.jpeg",
        "privacy_level_options": state.privacy, "comment_disabled": state.no_comments,
        "duet_disabled": state.no_duet, "stitch_disabled": state.no_stitch,
        "max_video_post_duration_sec": state.max_seconds,
    })))
}

/// What a post has to say, whatever it shows.
fn check_info(state: &State, info: &Value, flags: &[&str]) -> Result<(), Refused> {
    for flag in flags {
        if !info[*flag].is_boolean() {
            return Err(bad(format!("{flag} has to be true or false.")));
        }
    }
    let level = info["privacy_level"].as_str().unwrap_or_default();
    if !state.privacy.contains(&level) {
        let words = "The privacy level is not one of those the creator has.";
        return Err(Refused(
            403,
            "privacy_level_option_mismatch",
            words.to_owned(),
        ));
    }
    if state.unaudited && level != "SELF_ONLY" {
        let code = "unaudited_client_can_only_post_to_private_accounts";
        return Err(Refused(403, code, "The client is not audited.".to_owned()));
    }
    if info["brand_content_toggle"] == true && level == "SELF_ONLY" {
        return Err(bad("Branded content cannot be private."));
    }
    if state.no_comments && info["disable_comment"] != true {
        return Err(bad("The creator has comments turned off."));
    }
    if state.left == 0 {
        let words = "Daily post cap from the API is reached for the current user.";
        return Err(Refused(403, "spam_risk_too_many_posts", words.to_owned()));
    }
    Ok(())
}

fn units(value: &Value) -> usize {
    value
        .as_str()
        .map_or(usize::MAX, |t| t.encode_utf16().count())
}

fn announced(state: &mut State, kind: &str, asked: Value, size: Option<(u64, u64, u64)>) -> String {
    state.left -= 1;
    state.numbers += 1;
    let id = format!(
        "{kind}~v2-1.{:019}",
        7_300_000_000_000_000_000_u64 + state.numbers
    );
    let upload = Upload {
        asked,
        size,
        token: format!("upload-proof-{:08}", state.numbers),
        bytes: vec![],
        pieces: 0,
        looks: 0,
        post: None,
    };
    state.uploads.insert(id.clone(), upload);
    id
}

pub async fn video(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    body: String,
) -> Answer {
    let mut state = held(&state);
    caller(&state, &headers, PUBLISH)?;
    let asked = input(&headers, &body)?;
    only(&asked, &["post_info", "source_info"])?;
    let (info, source) = (&asked["post_info"], &asked["source_info"]);
    only(
        info,
        &[
            "privacy_level",
            "title",
            "disable_comment",
            "disable_duet",
            "disable_stitch",
            "video_cover_timestamp_ms",
            "brand_content_toggle",
            "brand_organic_toggle",
            "is_aigc",
        ],
    )?;
    let flags = [
        "disable_comment",
        "disable_duet",
        "disable_stitch",
        "brand_content_toggle",
    ];
    check_info(&state, info, &flags)?;
    let allows = |off: bool, flag: &str| !off || info[flag] == true;
    if !allows(state.no_duet, "disable_duet") || !allows(state.no_stitch, "disable_stitch") {
        return Err(bad("The creator has duets or stitches turned off."));
    }
    if units(&info["title"]) > 2_200 || !info["video_cover_timestamp_ms"].is_u64() {
        return Err(bad("The title is too long or the cover is no number."));
    }
    only(
        source,
        &["source", "video_size", "chunk_size", "total_chunk_count"],
    )?;
    let number = |name: &str| source[name].as_u64().unwrap_or_default();
    let (size, chunk, count) = (
        number("video_size"),
        number("chunk_size"),
        number("total_chunk_count"),
    );
    let (smallest, largest) = state.pieces;
    let one = chunk == size && count == 1 && size <= largest;
    let many = (smallest..=largest).contains(&chunk)
        && (1..=1_000).contains(&count)
        && size.checked_div(chunk) == Some(count);
    if source["source"] != "FILE_UPLOAD" || size == 0 || !(one || many) {
        return Err(bad("The total chunk count is invalid"));
    }
    let id = announced(
        &mut state,
        "v_pub_file",
        info.clone(),
        Some((size, chunk, count)),
    );
    let token = state
        .uploads
        .get(&id)
        .map(|u| u.token.clone())
        .unwrap_or_default();
    let address = format!(
        "{}/video/{id}/upload?upload_id=1&upload_token={token}",
        state.origin
    );
    Ok(good(&json!({ "publish_id": id, "upload_url": address })))
}

pub async fn photos(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    body: String,
) -> Answer {
    let asked = {
        let state = held(&state);
        caller(&state, &headers, PUBLISH)?;
        let asked = input(&headers, &body)?;
        only(
            &asked,
            &["media_type", "post_mode", "post_info", "source_info"],
        )?;
        let info = &asked["post_info"];
        only(
            info,
            &[
                "privacy_level",
                "title",
                "description",
                "disable_comment",
                "auto_add_music",
                "brand_content_toggle",
                "brand_organic_toggle",
            ],
        )?;
        check_info(
            &state,
            info,
            &["disable_comment", "auto_add_music", "brand_content_toggle"],
        )?;
        if asked["media_type"] != "PHOTO" || asked["post_mode"] != "DIRECT_POST" {
            return Err(bad("The media type or the post mode is unknown."));
        }
        if units(&info["title"]) > 90 || units(&info["description"]) > 4_000 {
            return Err(bad("The title or the description is too long."));
        }
        only(
            &asked["source_info"],
            &["source", "photo_images", "photo_cover_index"],
        )?;
        asked
    };
    let images = asked["source_info"]["photo_images"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let cover = asked["source_info"]["photo_cover_index"].as_u64();
    if asked["source_info"]["source"] != "PULL_FROM_URL"
        || !(1..=35).contains(&images.len())
        || cover.is_none_or(|cover| cover >= images.len() as u64)
    {
        return Err(bad("The photos are not as they have to be."));
    }
    // TikTok fetches them later; whatever it cannot have makes the post fail.
    let mut fetched = Ok(());
    for address in &images {
        let file = web::fetch(address.as_str().unwrap_or_default()).await;
        if !file.is_ok_and(|f| matches!(f.mime.as_str(), "image/jpeg" | "image/webp")) {
            fetched = Err("photo_pull_failed");
        }
    }
    let mut state = held(&state);
    let id = announced(&mut state, "p_pub_url", asked["post_info"].clone(), None);
    match fetched {
        Ok(()) => published(&mut state, &id, images.len()),
        Err(reason) => state.fails = Some(reason),
    }
    Ok(good(&json!({ "publish_id": id })))
}

/// Everything is there: it becomes a post, unless posts fail.
pub(super) fn published(state: &mut State, id: &str, files: usize) {
    if state.fails.is_some() {
        return;
    }
    let number = FIRST + state.posts.len() as u64;
    let Some(upload) = state.uploads.get_mut(id) else {
        return;
    };
    upload.post = Some(number);
    let asked = upload.asked.clone();
    state.posts.push(Post {
        id: number,
        asked,
        files,
        made: now(),
    });
}

pub async fn status(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    body: String,
) -> Answer {
    let mut state = held(&state);
    caller(&state, &headers, PUBLISH)?;
    let asked = input(&headers, &body)?;
    only(&asked, &["publish_id"])?;
    let id = asked["publish_id"].as_str().unwrap_or_default();
    let (works, fails) = (state.works, state.fails);
    let upload = state.uploads.get_mut(id).ok_or_else(|| {
        Refused(
            400,
            "invalid_publish_id",
            "The publish id is not found.".to_owned(),
        )
    })?;
    let there = upload.bytes.len() as u64;
    let missing = upload.size.is_some_and(|(size, ..)| there < size);
    let doing = if upload.size.is_some() {
        "PROCESSING_UPLOAD"
    } else {
        "PROCESSING_DOWNLOAD"
    };
    if missing {
        return Ok(good(&json!({ "status": doing, "uploaded_bytes": there })));
    }
    upload.looks += 1;
    if upload.looks <= works {
        return Ok(good(&json!({ "status": doing, "uploaded_bytes": there })));
    }
    let Some(post) = upload.post else {
        return Ok(good(
            &json!({ "status": "FAILED", "fail_reason": fails.unwrap_or("internal") }),
        ));
    };
    // Private posts never get a number.
    let public = upload.asked["privacy_level"] == "PUBLIC_TO_EVERYONE";
    let ids: Vec<u64> = public.then_some(post).into_iter().collect();
    Ok(good(
        &json!({ "status": "PUBLISH_COMPLETE", "publicaly_available_post_id": ids }),
    ))
}
