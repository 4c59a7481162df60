//! Containers, bytes, posts and comments.

use serde_json::{Value, json};

use super::{State, behind};
use crate::meta::phases::fetched;
use crate::meta::{Answer, Call, File, Refused, picture_kind, written};

const MOST: usize = 2_200;

/// What kind of container it is.
fn kind_of(call: &Call) -> Result<&'static str, Refused> {
    let item = call.get("is_carousel_item") == "true";
    match (call.get("media_type"), call.get("image_url").is_empty()) {
        ("", false) if item => Ok("item"),
        ("", false) => Ok("picture"),
        ("VIDEO", true) if item => Ok("item"),
        ("VIDEO", _) => Err(Refused::graph(
            100,
            2_207_067,
            "The VIDEO value for media_type is no longer supported. Use the REELS media_type",
        )),
        ("REELS", true) => Ok("reel"),
        ("STORIES", _) => Ok("story"),
        ("CAROUSEL", true) => Ok("carousel"),
        _ => Err(Refused::parameter(
            "Only photo or video can be accepted as media type.",
        )),
    }
}

/// What belongs to a kind besides the file.
fn parameters(kind: &str) -> &'static [&'static str] {
    match kind {
        "item" => &["is_carousel_item", "media_type", "alt_text"],
        "picture" => &["caption", "alt_text", "collaborators"],
        "reel" => &[
            "media_type",
            "caption",
            "share_to_feed",
            "thumb_offset",
            "collaborators",
        ],
        "story" => &["media_type"],
        _ => &["media_type", "caption", "children"],
    }
}

/// A JPEG within bounds, in the shape that is taken where it decides.
fn check_picture(file: &File, shaped: bool) -> Result<(), Refused> {
    if picture_kind(&file.bytes) != "image/jpeg" {
        return Err(Refused::graph(
            36_001,
            2_207_005,
            "The image format is not supported. Supported formats are: jpeg",
        ));
    }
    if file.bytes.len() > 8 << 20 {
        return Err(Refused::graph(
            36_000,
            2_207_004,
            "The image is too large to download",
        ));
    }
    let size = image::load_from_memory(&file.bytes)
        .map_err(|_| Refused::graph(36_001, 2_207_005, "The image cannot be read"))?;
    let ratio = f64::from(size.width()) / f64::from(size.height());
    if shaped && !(0.8..=1.91).contains(&ratio) {
        return Err(Refused::graph(
            36_003,
            2_207_009,
            "The submitted image has an invalid aspect ratio",
        ));
    }
    Ok(())
}

impl State {
    pub(super) fn create(&mut self, call: &Call, owner: &str) -> Answer {
        let token = self.publishes(call, owner)?;
        let kind = kind_of(call)?;
        let mut known = parameters(kind).to_vec();
        known.extend(["image_url", "video_url", "upload_type"]);
        call.only(&known)?;
        let caption = call.get("caption");
        if caption.encode_utf16().count() > MOST {
            return Err(Refused::graph(36_004, 2_207_010, "The caption is too long"));
        }
        if caption.matches('#').count() > 30 {
            return Err(Refused::graph(100, 2_207_040, "Too many tags"));
        }
        let resumable = call.get("upload_type") == "resumable";
        let video = matches!(kind, "reel") || call.get("media_type") == "VIDEO";
        if resumable {
            let wrong = token.kind == "ig"
                || !call.get("video_url").is_empty()
                || !call.get("image_url").is_empty()
                || matches!(kind, "picture" | "carousel");
            if wrong {
                return Err(Refused::parameter("Param upload_type is not allowed here"));
            }
            let id = self.phases.create(call, owner, None, true);
            let uri = format!("https://rupload.facebook.com/ig-api-upload/v25.0/{id}");
            return Ok(json!({ "id": id, "uri": uri }).into());
        }
        let file = match kind {
            "carousel" => {
                self.phases.children(call, 10)?;
                None
            }
            _ if video || !call.get("video_url").is_empty() => Some(fetched(call, "video")?),
            _ => {
                let file = fetched(call, "image")?;
                check_picture(&file, kind == "picture")?;
                Some(file)
            }
        };
        let id = self.phases.create(call, owner, file, false);
        Ok(json!({ "id": id }).into())
    }

    pub(super) fn receive(&mut self, call: &Call, id: &str) -> Answer {
        let caller = self.caller(call)?;
        let refused = |kind: &str, message: &str| Refused {
            status: 400,
            body: json!({ "debug_info": { "retriable": true, "type": kind, "message": message } }),
        };
        if !call.header("authorization").starts_with("OAuth ") {
            return Err(Refused::graph(190, 0, "rupload wants OAuth"));
        }
        let number = |name: &str| call.header(name).parse::<u64>();
        let (Ok(offset), Ok(size)) = (number("offset"), number("file_size")) else {
            return Err(refused(
                "MissingHeaderError",
                "offset and file_size are required",
            ));
        };
        let container = self.phases.containers.get_mut(id);
        let container = container
            .filter(|c| c.owner == caller.owner)
            .ok_or_else(|| Refused::gone(id))?;
        if offset != container.received {
            return Err(refused(
                "OffsetInvalidError",
                "Request starting offset is invalid",
            ));
        }
        container.received += call.body.len() as u64;
        if container.received != size {
            return Err(refused(
                "PartialRequestError",
                "Partial request (did not match length of file)",
            ));
        }
        container.waits = false;
        Ok(json!({ "success": true, "message": "Upload successful." }).into())
    }

    pub(super) fn list(&self, call: &Call, owner: &str, edge: &str) -> Answer {
        self.allowed(call, owner, "instagram_business_basic", "instagram_basic")?;
        call.only(&["fields", "limit"])?;
        let story = |p: &crate::meta::phases::Post| {
            p.fields.get("media_type").map(String::as_str) == Some("STORIES")
        };
        let posts = self.phases.posts.iter().rev();
        let posts = posts.filter(|p| p.owner == owner && story(p) == (edge == "stories"));
        let data: Vec<Value> = posts
            .take(10)
            .map(|p| json!({ "id": p.id, "caption": p.fields.get("caption"), "timestamp": written(p.created) }))
            .collect();
        Ok(json!({ "data": data }).into())
    }

    fn of_caller(&self, call: &Call, id: &str) -> Result<(), Refused> {
        let owner = self.caller(call)?.owner;
        let there = self
            .phases
            .posts
            .iter()
            .any(|p| p.id == id && p.owner == owner);
        if there {
            Ok(())
        } else {
            Err(Refused::gone(id))
        }
    }

    pub(super) fn comment(&mut self, call: &Call, id: &str) -> Answer {
        let owner = self.caller(call)?.owner;
        self.allowed(
            call,
            &owner,
            "instagram_business_manage_comments",
            "instagram_manage_comments",
        )?;
        self.of_caller(call, id)?;
        call.only(&["message"])?;
        let words = call.need("message")?.to_owned();
        if words.encode_utf16().count() > MOST {
            return Err(Refused::parameter("The comment is too long"));
        }
        self.comments.push((id.to_owned(), words));
        let comment = self.phases.id();
        Ok(json!({ "id": comment }).into())
    }

    pub(super) fn listed_comments(&self, call: &Call, id: &str) -> Answer {
        self.of_caller(call, id)?;
        call.only(&["fields", "limit"])?;
        let of_post = self.comments.iter().filter(|(post, _)| post == id);
        let data: Vec<Value> = of_post.map(|(_, words)| json!({ "text": words })).collect();
        Ok(json!({ "data": data }).into())
    }

    pub(super) fn thing(&mut self, call: &Call, id: &str) -> Answer {
        call.only(&["fields"])?;
        let caller = self.caller(call)?;
        if id == caller.owner {
            return Ok(behind(id).into());
        }
        if let Some(container) = self.phases.containers.get(id) {
            let received = container.received;
            if container.owner != caller.owner {
                return Err(Refused::gone(id));
            }
            let (status, why) = self.phases.standing_of(id)?;
            let words = if why.is_empty() {
                status.to_owned()
            } else {
                format!("Error: {why}")
            };
            return Ok(json!({
                "id": id, "status_code": status, "status": words,
                "video_status": { "uploading_phase": { "bytes_transferred": received } },
            })
            .into());
        }
        self.of_caller(call, id)?;
        Ok(json!({
            "id": id, "permalink": format!("https://www.instagram.com/p/C{id}/"),
            "like_count": 3, "comments_count": 1,
        })
        .into())
    }

    pub(super) fn remove(&mut self, call: &Call, id: &str) -> Answer {
        let caller = self.caller(call)?;
        if caller.kind != "page" || !caller.scopes.contains("instagram_manage_contents") {
            return Err(Refused::graph(
                10,
                0,
                "(#10) Application does not have permission for this action",
            ));
        }
        Ok(self.phases.remove(&caller.owner, id)?.into())
    }
}
