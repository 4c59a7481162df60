//! Pictures and accounts for Instagram. What is drafted by a language model is still to come.

pub(crate) mod hooks;

use app::types::data::MediaCrop;
use axum::http::Method;
use model::account::AccountHealth;
use model::edit::{Area, Look, Operation, WHOLE};
use model::key::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scheduler;
use crate::call::{Call, Nothing, Reply};
use crate::contract::Contract;
use crate::fault::{Fault, Kind};
use crate::files;
use crate::limits::Bucket;
use crate::routes::{Route, waits_for};
use crate::times;
use crate::world::World;

const CONTRACT: Contract = Contract::InstagramEditor;
/// The network of this contract.
const NETWORK: &str = "instagram";
/// Most edits of a picture.
const MAX_EDITS: usize = 32;

/// Its routes.
pub(crate) fn routes() -> Vec<Route> {
    use waits_for::{DRAFTING, METRICS};
    let post = |path, what, feature| Route::waits(CONTRACT, Method::POST, path, what, feature);
    let get = |path, what, feature| Route::waits(CONTRACT, Method::GET, path, what, feature);
    vec![
        post("/v1/instagram/posts/generate", "draft a post", DRAFTING),
        post("/v1/instagram/stories/generate", "draft a story", DRAFTING),
        post("/v1/instagram/reels/generate", "draft a reel", DRAFTING),
        post(
            "/v1/instagram/copilot/conversations",
            "start a conversation",
            DRAFTING,
        ),
        post(
            "/v1/instagram/copilot/conversations/{conversation_id}/messages",
            "continue it",
            DRAFTING,
        ),
        post("/v1/instagram/posts/batch", "draft several posts", DRAFTING),
        get(
            "/v1/instagram/posts/{post_id}/analytics",
            "metrics",
            METRICS,
        ),
        get(
            "/v1/instagram/recommendations/content",
            "recommendations",
            METRICS,
        ),
        post("/v1/instagram/images/generate", "make an image", DRAFTING),
        Route::json(
            CONTRACT,
            Method::POST,
            "/v1/instagram/images/{image_id}/edit",
            "crop, filter, text overlay",
            edit,
        )
        .needs(Permission::EditEvents),
        Route::json(
            CONTRACT,
            Method::POST,
            "/v1/instagram/accounts/connect",
            "start connecting",
            connect,
        )
        .needs(Permission::ManageAccounts),
        Route::json(
            CONTRACT,
            Method::GET,
            "/v1/instagram/accounts/{account_id}",
            "account and capabilities",
            account,
        ),
        Route::json(
            CONTRACT,
            Method::POST,
            "/v1/instagram/webhooks",
            "subscribe",
            hooks::subscribe,
        )
        .needs(Permission::ManageAccounts),
    ]
}

#[derive(Deserialize, JsonSchema)]
struct Edit {
    /// crop, filter or `text_overlay`.
    r#type: String,
    /// Of a crop: the shape, such as 4:5.
    aspect_ratio: Option<String>,
    /// Of a crop: `smart_crop`, center, top, bottom, left or right.
    position: Option<String>,
    /// Of a filter: its name, such as `instagram_warm`.
    filter_name: Option<String>,
    /// Of a filter: how much of it, 0 to 1.
    intensity: Option<f64>,
}

#[derive(Deserialize, JsonSchema)]
struct Edits {
    /// What is done, in order.
    edits: Vec<Edit>,
}

#[derive(Serialize, JsonSchema)]
struct Edited {
    id: String,
    original_id: String,
    status: String,
    url: String,
    width: Option<u32>,
    height: Option<u32>,
    edits_applied: u32,
}

fn ratio(text: &str) -> Option<(u32, u32)> {
    let (across, down) = text.split_once(':')?;
    let part = |text: &str| {
        text.trim()
            .parse::<u32>()
            .ok()
            .filter(|n| (1..=10_000).contains(n))
    };
    Some((part(across)?, part(down)?))
}

/// The largest part of a picture that has a shape, where it is to lie.
fn part(size: (u32, u32), shape: (u32, u32), position: &str) -> Area {
    let (wide, tall) = (u64::from(size.0.max(1)), u64::from(size.1.max(1)));
    let (across, down) = (u64::from(shape.0), u64::from(shape.1));
    let whole = u64::from(WHOLE);
    // Of the whole width or height, in millionths, whichever is the smaller.
    let (width, height) = if wide * down > tall * across {
        (whole * tall * across / (down * wide), whole)
    } else {
        (whole, whole * wide * down / (across * tall))
    };
    let (width, height) = (width.clamp(1, whole) as u32, height.clamp(1, whole) as u32);
    let (free_x, free_y) = (WHOLE - width, WHOLE - height);
    let left = match position {
        "left" => 0,
        "right" => free_x,
        _ => free_x / 2,
    };
    let top = match position {
        "top" => 0,
        "bottom" => free_y,
        _ => free_y / 2,
    };
    Area {
        left,
        top,
        width,
        height,
    }
}

fn look(name: &str) -> Option<Look> {
    let bare = name.to_ascii_lowercase();
    Some(match bare.strip_prefix("instagram_").unwrap_or(&bare) {
        "mono" | "bw" | "black_and_white" | "grayscale" => Look::Mono,
        "sepia" | "vintage" => Look::Sepia,
        "vivid" | "vibrant" => Look::Vivid,
        "faded" | "fade" => Look::Faded,
        "warm" => Look::Warm,
        "cool" | "cold" => Look::Cool,
        _ => return None,
    })
}

async fn operation(
    call: &Call,
    media: &model::MediaId,
    size: (u32, u32),
    done: &[Operation],
    (n, edit): (usize, &Edit),
) -> Result<Operation, Fault> {
    let field = |name: &str| format!("edits.{n}.{name}");
    match edit.r#type.as_str() {
        "crop" => {
            let text = edit.aspect_ratio.as_deref().unwrap_or_default();
            let shape = ratio(text).ok_or_else(|| {
                Fault::invalid(
                    &field("aspect_ratio"),
                    "A shape is two numbers, such as 4:5.",
                )
                .given(text)
            })?;
            let position = edit.position.as_deref().unwrap_or("smart_crop");
            let smart = position == "smart_crop" || !done.is_empty();
            let area = if smart {
                let input = MediaCrop {
                    id: media.clone(),
                    edits: done.to_vec(),
                    ratio: shape,
                };
                call.app().media_best_part(input).await?
            } else if ["center", "top", "bottom", "left", "right"].contains(&position) {
                part(size, shape, position)
            } else {
                return Err(
                    Fault::invalid(&field("position"), "That is no position.").given(position)
                );
            };
            Ok(Operation::Crop { area })
        }
        "filter" => {
            let name = edit.filter_name.as_deref().unwrap_or_default();
            let look = look(name).ok_or_else(|| {
                Fault::invalid(&field("filter_name"), "Almanac does not have that filter.")
                    .given(name)
                    .with(
                        "filters",
                        vec!["mono", "sepia", "vivid", "faded", "warm", "cool"],
                    )
            })?;
            let intensity = edit.intensity.unwrap_or(1.0);
            if !(0.0..=1.0).contains(&intensity) {
                return Err(Fault::invalid(
                    &field("intensity"),
                    "intensity lies between 0 and 1.",
                ));
            }
            let strength = (intensity * 100.0).round() as u8;
            Ok(Operation::Look { look, strength })
        }
        "text_overlay" => Err(Fault::new(
            Kind::Waits,
            "Almanac does not have this yet: it waits for text on pictures.",
        )
        .with("waits_for", "text on pictures")
        .with("field", field("type"))),
        other => Err(Fault::invalid(&field("type"), "That is no edit.").given(other)),
    }
}

async fn edit(call: Call, _: Nothing, input: Edits) -> Result<Reply<Edited>, Fault> {
    if input.edits.is_empty() || input.edits.len() > MAX_EDITS {
        return Err(Fault::invalid(
            "edits",
            format!("Between 1 and {MAX_EDITS} edits are done at a time."),
        ));
    }
    let asked = call.param("image_id").to_owned();
    let (_, upload) = files::upload(&call, &asked).await?;
    let info = files::info(&call, &upload.media).await?;
    if !info.mime.starts_with("image/") {
        return Err(Fault::new(Kind::Media, "Only pictures are edited."));
    }
    call.counts(Bucket::Media)?;
    let size = (info.width.unwrap_or(1), info.height.unwrap_or(1));
    let mut operations = Vec::new();
    for one in input.edits.iter().enumerate() {
        let next = operation(&call, &upload.media, size, &operations, one).await?;
        operations.push(next);
    }
    let made = call
        .app()
        .media_with_edits(&upload.media, &upload.name, operations)
        .await?
        .info;
    let id = files::name_file(&call, made.id.clone(), &upload.name).await?;
    Ok(Reply::ok(Edited {
        id: format!("img_{id}"),
        original_id: asked,
        status: "completed".to_owned(),
        url: files::address(&call.host, &id.to_string()),
        width: made.width,
        height: made.height,
        edits_applied: input.edits.len() as u32,
    }))
}

#[derive(Deserialize, JsonSchema)]
struct Connect {
    /// instagram; the only network of this contract.
    platform: Option<String>,
    /// business or creator.
    account_type: Option<String>,
    /// Where the browser is to go afterwards.
    callback_url: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Connecting {
    status: String,
    platform: String,
    account_type: Option<String>,
    authorization_url: String,
    state: String,
    expires_in: u32,
}

async fn connect(call: Call, _: Nothing, input: Connect) -> Result<Reply<Connecting>, Fault> {
    if let Some(name) = input.platform.filter(|name| name != NETWORK) {
        return Err(Fault::invalid("platform", "Only instagram is connected here.").given(&name));
    }
    let bad = |url: &String| url::Url::parse(url).is_err();
    if input.callback_url.as_ref().is_some_and(bad) {
        return Err(Fault::invalid(
            "callback_url",
            "callback_url is not a web address.",
        ));
    }
    let begun = scheduler::sign_in(&call, NETWORK).await?;
    Ok(Reply::ok(Connecting {
        status: "pending".to_owned(),
        platform: NETWORK.to_owned(),
        account_type: input.account_type,
        authorization_url: begun.address,
        state: begun.state,
        expires_in: scheduler::SIGN_IN_SECONDS,
    }))
}

#[derive(Serialize, JsonSchema)]
struct Capabilities {
    can_publish: bool,
    can_read_insights: bool,
    can_manage_comments: bool,
    connected_date: String,
}

#[derive(Serialize, JsonSchema)]
struct Insights {
    available: bool,
    metrics: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct AccountOf {
    account_id: String,
    platform: String,
    username: String,
    account_type: String,
    capabilities: Capabilities,
    insights_access: Insights,
}

async fn account(call: Call, _: Nothing, _: Nothing) -> Result<Reply<AccountOf>, Fault> {
    let world = World::read(&call).await?;
    let found = world.account_by(call.param("account_id"))?;
    if found.network != NETWORK {
        return Err(Fault::missing("account"));
    }
    let handle = found.handle.trim_start_matches('@');
    Ok(Reply::ok(AccountOf {
        account_id: format!("acc_{}", found.id),
        platform: NETWORK.to_owned(),
        username: format!("@{handle}"),
        account_type: "business".to_owned(),
        capabilities: Capabilities {
            can_publish: found.health == AccountHealth::Ok && found.paused.is_none(),
            // Numbers and comments of networks are still to come.
            can_read_insights: false,
            can_manage_comments: false,
            connected_date: times::seconds(found.created_at),
        },
        insights_access: Insights {
            available: false,
            metrics: Vec::new(),
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_part_of_a_shape_lies_where_it_is_wanted() {
        let area = part((1_000, 1_000), (4, 5), "center");
        assert_eq!((area.width, area.height), (800_000, WHOLE));
        assert_eq!((area.left, area.top), (100_000, 0));
        let area = part((1_000, 2_000), (1, 1), "bottom");
        assert_eq!(
            (area.width, area.height, area.top),
            (WHOLE, 500_000, 500_000)
        );
        assert!(part((1, 20_000), (10_000, 1), "top").is_inside());
    }

    #[test]
    fn filters_go_by_the_documents_names_and_our_own() {
        assert_eq!(look("instagram_warm"), Some(Look::Warm));
        assert_eq!(look("Sepia"), Some(Look::Sepia));
        assert_eq!(look("instagram_"), None);
        assert_eq!(ratio("4:5"), Some((4, 5)));
        assert_eq!(ratio("0:5"), None);
        assert_eq!(ratio("4x5"), None);
    }
}
