//! Photos, posts of the feed, stories of a photo, and looking at what is there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Photo, Post, State};
use crate::meta::{Answer, Call, Refused, picture_kind, seconds, written};

/// Longest text in UTF-16 units.
const MAX_TEXT: usize = 63_206;

impl State {
    pub(super) fn show(&mut self, post: Post) {
        self.made += 1;
        self.posts.push(post);
    }

    pub(super) fn post(&mut self, page: &str, kind: &'static str, id: String) -> Post {
        Post {
            id,
            page: page.to_owned(),
            kind,
            fields: BTreeMap::new(),
            photos: vec![],
            created: seconds(self.now),
            until: None,
        }
    }

    /// A post is kept and its time has not come.
    pub(super) fn keeps(&self, post: &Post) -> bool {
        post.until.is_some_and(|until| until > seconds(self.now))
    }

    /// Until when a call wants something kept.
    pub(super) fn until(call: &Call) -> Option<i64> {
        call.get("scheduled_publish_time").parse().ok()
    }

    pub(super) fn photo(&mut self, call: &Call, page: &str) -> Answer {
        let page = self.writes(call, page)?;
        call.only(&["source", "published", "temporary", "alt_text_custom"])?;
        let file = call
            .files
            .get("source")
            .ok_or_else(|| Refused::graph(324, 0, "(#324) Requires upload file"))?;
        if file.bytes.len() > self.max_photo {
            return Err(Refused::graph(
                324,
                2_069_019,
                "(#324) Missing or invalid image file: too large",
            ));
        }
        if picture_kind(&file.bytes) != file.mime {
            return Err(Refused::graph(324, 0, "(#324) Invalid image file"));
        }
        if call.get("published") != "false" {
            return Err(Refused::parameter(
                "The sandbox takes photos for posts alone",
            ));
        }
        let id = self.id();
        let photo = Photo {
            page,
            alt: call.get("alt_text_custom").to_owned(),
            used: None,
        };
        self.photos.insert(id.clone(), photo);
        Ok(json!({ "id": id }).into())
    }

    pub(super) fn feed(&mut self, call: &Call, page: &str) -> Answer {
        let page = self.writes(call, page)?;
        call.only(&[
            "message",
            "link",
            "published",
            "scheduled_publish_time",
            "attached_media[",
        ])?;
        let message = call.get("message").to_owned();
        if message.encode_utf16().count() > MAX_TEXT {
            return Err(Refused::parameter("The message is too long"));
        }
        let mut photos = vec![];
        for (_, value) in call
            .params
            .iter()
            .filter(|(k, _)| k.starts_with("attached_media["))
        {
            let media: Value = serde_json::from_str(value)
                .map_err(|_| Refused::parameter("Param attached_media must be an array"))?;
            let id = media
                .get("media_fbid")
                .and_then(Value::as_str)
                .unwrap_or_default();
            match self.photos.get(id) {
                Some(photo) if photo.page == page && photo.used.is_none() => {
                    photos.push(id.to_owned());
                }
                Some(_) => {
                    return Err(Refused::graph(
                        100,
                        1_366_051,
                        "These photos were already posted.",
                    ));
                }
                None => return Err(Refused::graph(324, 0, "(#324) Missing or invalid photo id")),
            }
        }
        let link = call.get("link");
        if message.is_empty() && link.is_empty() && photos.is_empty() {
            return Err(Refused::parameter(
                "You must provide a message, a link or media",
            ));
        }
        if !link.is_empty() && !link.starts_with("http") {
            return Err(Refused::graph(
                100,
                2_061_006,
                "The url you supplied is invalid",
            ));
        }
        self.check_schedule(call)?;
        let last = self
            .posts
            .iter()
            .rev()
            .find(|p| p.page == page && p.kind == "post");
        let same = |p: &Post| p.fields.get("message") == Some(&message) && p.photos.is_empty();
        if photos.is_empty() && !message.is_empty() && last.is_some_and(same) {
            return Err(Refused::graph(506, 0, "(#506) Duplicate status message"));
        }
        let id = format!("{page}_{}", self.id());
        for photo in &photos {
            if let Some(photo) = self.photos.get_mut(photo) {
                photo.used = Some(id.clone());
            }
        }
        let mut post = self.post(&page, "post", id.clone());
        post.fields = call.params.clone();
        post.until = Self::until(call);
        post.photos = photos;
        self.show(post);
        Ok(json!({ "id": id }).into())
    }

    /// A post that is kept is not published, and its time is near enough.
    pub(super) fn check_schedule(&self, call: &Call) -> Result<(), Refused> {
        let kept = !call.get("scheduled_publish_time").is_empty();
        if !kept {
            return match call.get("published") {
                "" | "true" => Ok(()),
                _ => Err(Refused::parameter("An unpublished post needs a time here")),
            };
        }
        let ahead = call.number("scheduled_publish_time")? as i64 - seconds(self.now);
        let unpublished =
            call.get("published") == "false" || call.get("video_state") == "SCHEDULED";
        if !unpublished || !(600..=29 * 86_400).contains(&ahead) {
            return Err(Refused::parameter(
                "The specified scheduled publish time is invalid.",
            ));
        }
        Ok(())
    }

    pub(super) fn photo_story(&mut self, call: &Call, page: &str) -> Answer {
        let page = self.writes(call, page)?;
        call.only(&["photo_id"])?;
        let photo = call.need("photo_id")?.to_owned();
        let id = self.id();
        let held = self.photos.get_mut(&photo).filter(|p| p.page == page);
        let held =
            held.ok_or_else(|| Refused::graph(324, 0, "(#324) Missing or invalid photo id"))?;
        if held.used.is_some() {
            return Err(Refused::graph(
                100,
                1_366_051,
                "These photos were already posted.",
            ));
        }
        held.used = Some(id.clone());
        let mut post = self.post(&page, "story", id.clone());
        post.photos = vec![photo];
        self.show(post);
        Ok(json!({ "success": true, "post_id": id }).into())
    }

    pub(super) fn list(&mut self, call: &Call, page: &str) -> Answer {
        self.page(call, page)?;
        call.only(&["fields", "since", "limit"])?;
        let since = call.number("since")? as i64;
        let posts = self.posts.iter().rev();
        let out = |p: &&Post| !self.keeps(p) && p.until.unwrap_or(p.created) >= since;
        let posts = posts.filter(|p| p.page == page && p.kind == "post");
        let data: Vec<Value> = posts.filter(out).map(listed).collect();
        Ok(json!({ "data": data }).into())
    }

    /// Posts that are kept until their time.
    pub(super) fn scheduled(&mut self, call: &Call, page: &str) -> Answer {
        self.page(call, page)?;
        call.only(&["fields", "limit"])?;
        let posts = self.posts.iter().rev();
        let posts = posts.filter(|p| p.page == page && p.kind == "post" && self.keeps(p));
        let data: Vec<Value> = posts.map(listed).collect();
        Ok(json!({ "data": data }).into())
    }

    pub(super) fn stories(&mut self, call: &Call, page: &str) -> Answer {
        self.page(call, page)?;
        let stories = self
            .posts
            .iter()
            .filter(|p| p.page == page && p.kind == "story");
        let data: Vec<Value> = stories
            .map(|p| json!({ "post_id": p.id, "media_id": p.photos.first().unwrap_or(&p.id) }))
            .collect();
        Ok(json!({ "data": data }).into())
    }

    pub(super) fn thing(&mut self, call: &Call, id: &str) -> Answer {
        let caller = self.caller(call)?;
        call.only(&["fields"])?;
        if self.videos.contains_key(id) && call.get("fields") == "status" {
            return self.status(id);
        }
        if let Some(page) = self.pages.iter().find(|p| p.id == id) {
            return Ok(
                json!({ "id": page.id, "name": page.name, "username": page.username }).into(),
            );
        }
        let post = self
            .posts
            .iter()
            .find(|p| p.id == id && p.page == caller.owner);
        let post = post.ok_or_else(|| Refused::gone(id))?;
        if call.get("fields").ends_with("scheduled_publish_time") {
            let out = if post.kind == "post" {
                "is_published"
            } else {
                "published"
            };
            if !call.get("fields").starts_with(out) {
                return Err(Refused::parameter("Tried accessing nonexisting field"));
            }
            let mut answer = json!({ "id": id, out: !self.keeps(post) });
            if self.keeps(post) {
                answer["scheduled_publish_time"] = json!(post.until);
            }
            return Ok(answer.into());
        }
        let total = |n: u64| json!({ "data": [], "summary": { "total_count": n } });
        Ok(json!({
            "id": id, "shares": { "count": 2 }, "comments": total(1),
            "reactions": total(3), "likes": total(3),
        })
        .into())
    }

    pub(super) fn remove(&mut self, call: &Call, id: &str) -> Answer {
        let caller = self.caller(call)?;
        let before = self.posts.len();
        self.posts.retain(|p| p.id != id || p.page != caller.owner);
        if self.posts.len() == before {
            return Err(Refused::gone(id));
        }
        Ok(json!({ "success": true }).into())
    }
}

/// A post as lists show it.
fn listed(post: &Post) -> Value {
    let targets = post
        .photos
        .iter()
        .map(|id| json!({ "target": { "id": id } }));
    let targets: Vec<Value> = targets.collect();
    json!({
        "id": post.id, "message": post.fields.get("message"),
        "created_time": written(post.until.unwrap_or(post.created)),
        "attachments": { "data": [{ "subattachments": { "data": targets } }] },
    })
}
