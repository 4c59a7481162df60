//! Pictures: cut, filtered, written on, made to fit.

use app::types::data::MediaCrop;
use model::edit::{Area, Look, Operation, WHOLE};
use model::error::Fix;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{NETWORK, words};
use crate::call::{Call, Nothing, Reply};
use crate::fault::{Fault, Kind};
use crate::files;
use crate::limits::Bucket;

/// Most edits of a picture.
const MAX_EDITS: usize = 32;

#[derive(Deserialize, JsonSchema)]
pub(super) struct Edit {
    /// crop, filter or `text_overlay`.
    r#type: String,
    /// Of a crop: the shape, such as 4:5.
    aspect_ratio: Option<String>,
    /// Of a crop: `smart_crop`, center, top, bottom, left or right. Of text: the same but the first, or
    /// two of them, such as `bottom_center`.
    pub position: Option<String>,
    /// Of a filter: its name, such as `instagram_warm`.
    filter_name: Option<String>,
    /// Of a filter: how much of it, 0 to 1.
    intensity: Option<f64>,
    /// Of text: what it says.
    pub text: Option<String>,
    /// Of text: its colour, such as #FFFFFF; white when missing.
    pub color: Option<String>,
    /// Of text: a family of fonts of this computer, or one of the contract's own, which stand for the usual
    /// one in bold.
    pub font: Option<String>,
    /// Of text: the height of its letters in pixels of the picture; a twelfth of its shorter side when
    /// missing.
    pub font_size: Option<f64>,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Edits {
    /// What is done, in order.
    edits: Vec<Edit>,
    /// Cut to a shape and made to a size that the network takes.
    instagram_optimization: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Edited {
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
            let area = match edit.position.as_deref().unwrap_or("smart_crop") {
                "smart_crop" => {
                    let input = MediaCrop {
                        id: media.clone(),
                        edits: done.to_vec(),
                        ratio: shape,
                    };
                    call.app().media_best_part(input).await?
                }
                // Of the picture as it is by then: an edit before this one may have cut or turned it.
                position @ ("center" | "top" | "bottom" | "left" | "right") => {
                    part(model::edit::size(done, size.0, size.1), shape, position)
                }
                position => {
                    let field = field("position");
                    return Err(Fault::invalid(&field, "That is no position.").given(position));
                }
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
        "text_overlay" => {
            let size = model::edit::size(done, size.0, size.1);
            words::operation(call, size, n, edit).await
        }
        other => Err(Fault::invalid(&field("type"), "That is no edit.").given(other)),
    }
}

/// Cuts and shrinks what the network would not take as it is.
async fn fit(
    call: &Call,
    media: &model::MediaId,
    size: (u32, u32),
    done: &mut Vec<Operation>,
) -> Result<(), Fault> {
    let app = call.app();
    let fits = app.network_fits(media, done).await?;
    let Some(fit) = fits.into_iter().find(|fit| fit.network == NETWORK) else {
        return Ok(());
    };
    let shape = fit
        .problems
        .iter()
        .flat_map(|p| &p.fixes)
        .find_map(|fix| match fix {
            Fix::Crop {
                narrowest, widest, ..
            } => Some((*narrowest, *widest)),
            _ => None,
        });
    if let Some((narrowest, widest)) = shape {
        let (width, height) = model::edit::size(done, size.0, size.1);
        let wide = u64::from(width) * u64::from(widest.1) > u64::from(height) * u64::from(widest.0);
        let input = MediaCrop {
            id: media.clone(),
            edits: done.clone(),
            ratio: if wide { widest } else { narrowest },
        };
        let area = app.media_best_part(input).await?;
        done.push(Operation::Crop { area });
    }
    let (width, height) = model::edit::size(done, size.0, size.1);
    if let Some(side) = fit.longest_side.filter(|side| width.max(height) > *side) {
        done.push(Operation::Resize { side });
    }
    Ok(())
}

pub(super) async fn edit(call: Call, _: Nothing, input: Edits) -> Result<Reply<Edited>, Fault> {
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
    let fitting = input.instagram_optimization.unwrap_or(false);
    let mut operations = Vec::new();
    for (n, one) in input.edits.iter().enumerate() {
        // What is cut to fit is cut before somebody writes on it.
        if fitting && one.r#type == "text_overlay" {
            fit(&call, &upload.media, size, &mut operations).await?;
        }
        let next = operation(&call, &upload.media, size, &operations, (n, one)).await?;
        operations.push(next);
    }
    if fitting {
        fit(&call, &upload.media, size, &mut operations).await?;
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
        url: files::address(&call, &id.to_string()),
        width: made.width,
        height: made.height,
        edits_applied: input.edits.len() as u32,
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
