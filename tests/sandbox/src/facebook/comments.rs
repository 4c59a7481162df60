//! Comments below posts.

use serde_json::{Value, json};

use super::State;
use crate::meta::{Answer, Call, Refused};

/// The right to comment as a Page.
const RIGHT: &str = "pages_manage_engagement";

impl State {
    /// A published post of the Page that calls; stories take no comments.
    fn takes_comments(&self, call: &Call, id: &str) -> Result<(), Refused> {
        let owner = self.caller(call)?.owner;
        let mut posts = self.posts.iter();
        let there =
            posts.any(|p| p.id == id && p.page == owner && p.kind != "story" && !self.keeps(p));
        if there {
            Ok(())
        } else {
            Err(Refused::gone(id))
        }
    }

    pub(super) fn comment(&mut self, call: &Call, id: &str) -> Answer {
        self.takes_comments(call, id)?;
        if self.login.unticked.contains(RIGHT) {
            return Err(Refused::graph(
                200,
                0,
                "(#200) Permissions error: requires pages_manage_engagement",
            ));
        }
        call.only(&["message"])?;
        let words = call.need("message")?.to_owned();
        if words.chars().count() > 8_000 {
            return Err(Refused::parameter("The message is too long"));
        }
        self.comments.push((id.to_owned(), words));
        let comment = format!("{id}_{}", self.id());
        Ok(json!({ "id": comment }).into())
    }

    pub(super) fn listed_comments(&self, call: &Call, id: &str) -> Answer {
        self.takes_comments(call, id)?;
        call.only(&["fields", "limit"])?;
        let of_post = self.comments.iter().filter(|(post, _)| post == id);
        let data: Vec<Value> = of_post
            .map(|(_, words)| json!({ "id": "c", "message": words }))
            .collect();
        Ok(json!({ "data": data }).into())
    }
}
