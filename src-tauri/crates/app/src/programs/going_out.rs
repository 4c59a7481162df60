//! What a command does to posts that go out by themselves, which its input alone does not say: taking them off
//! their schedule, holding them back, changing them, letting them out again. A person may schedule a post while a
//! command of a key that may not publish is under way, so it is looked at in each of its writes as well
//! (`looks.rs`).

use serde_json::{Value, json};
use store::reach;

use super::by_key::identifier;
use super::looks::Look;
use crate::app::App;
use crate::error::Result;
use crate::types::posts::Scheduling;

/// Makes of an input what is done for a key that may not publish. What it moves is only planned, not scheduled
/// where it is ready: whether a post is a plan, or is ready, may be otherwise by the time the command is done.
pub(super) fn only_plans(name: &str, input: &mut Value) {
    if name == "posts.move" && input["scheduling"] == "if_ready" {
        input["scheduling"] = json!("plan");
    }
}

/// What a command with this input, as [`only_plans`] left it, has to be looked at for; none where the rights it
/// needs say it all. A command that is named here opens its writes by [`App::begin`] or one of the steps.
pub(super) fn look(name: &str, input: &Value) -> Option<Look> {
    let ids = || named(input);
    Some(match name {
        "posts.move" | "posts.save" | "posts.label" | "posts.editorial" | "posts.remove"
        | "calendars.archive" | "calendars.remove" | "accounts.remove" => Look::GoesOut(ids()),
        // They are written onto everything of the workspace when it is sent.
        "writing.set_links" | "writing.set_watermark" => {
            Look::GoesOut(id(&input["workspaceId"]).into_iter().collect())
        }
        "bin.restore" => Look::WouldGoOut(ids()),
        "posts.open" | "posts.close" | "posts.discard_edit" => Look::Edited(ids()),
        "posts.copy" => Look::NoPlan(ids()),
        _ => return None,
    })
}

fn copies_land(look: Option<&Look>) -> Scheduling {
    if look.is_some_and(Look::spares) {
        Scheduling::Plan
    } else {
        Scheduling::IfReady
    }
}

fn id(value: &Value) -> Option<String> {
    identifier(value.as_str()?)
}

/// What an input names as what it is about: not what it only mentions, such as the accounts of a draft.
fn named(input: &Value) -> Vec<String> {
    let list = |field: &str| input[field].as_array().into_iter().flatten();
    let on_shelf = |copy: &&Value| copy["place"]["kind"] == "shelf";
    let copies = list("copies").filter(|copy| !on_shelf(copy));
    let within = list("items")
        .chain(list("moves"))
        .chain(copies)
        .filter_map(|one| id(&one["id"]));
    let many = list("ids").filter_map(id);
    id(&input["id"])
        .into_iter()
        .chain(many)
        .chain(within)
        .collect()
}

impl App {
    /// The program as whoever may not publish has it for a change of what an identifier names: a post, a
    /// calendar or an account. Where something of it goes out by itself when it is written, that is refused.
    #[must_use]
    pub fn sparing(&self, id: &str) -> Self {
        self.looking(Look::GoesOut(vec![id.to_owned()]))
    }

    /// How copies land that are put somewhere in time. Who may not publish copies plans, as plans: also one
    /// that was scheduled just when it was read, and a plan again by the time the copy is written.
    pub(crate) fn copies_land(&self) -> Scheduling {
        copies_land(self.look.as_deref())
    }

    /// Whether something goes out by itself of what an identifier names: a post, or the posts of a calendar or
    /// an account.
    pub async fn goes_out(&self, id: &str) -> Result<bool> {
        let mut conn = self.read().await?;
        Ok(reach::goes_out(&mut conn, &[id.to_owned()], false).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::as_read;

    #[test]
    fn what_is_moved_without_the_permission_to_publish_is_planned_however_that_is_written() {
        let left = |input: Value| {
            let mut input = as_read::of("posts.move", input);
            only_plans("posts.move", &mut input);
            input["scheduling"].clone()
        };
        for written in [
            json!({ "moves": [], "scheduling": "if_ready" }),
            json!({ "moves": [], "scheduling": { "if_ready": null } }),
            json!({ "moves": [] }),
            json!([[], "if_ready"]),
            json!([[]]),
        ] {
            assert_eq!(left(written.clone()), "plan", "{written}");
        }
        // The permission is asked for where it says so itself.
        assert_eq!(left(json!({ "moves": [], "scheduling": "must" })), "must");
        // What cannot be read is left to the command to refuse.
        assert_eq!(left(json!(["all"])), Value::Null);
    }

    #[test]
    fn copies_of_whoever_may_publish_go_out_whatever_else_is_looked_at() {
        assert!(matches!(copies_land(None), Scheduling::IfReady));
        for look in [
            Look::Limits("x".to_owned(), Vec::new()),
            Look::OfThisComputer(Vec::new()),
        ] {
            assert!(matches!(copies_land(Some(&look)), Scheduling::IfReady));
        }
        for look in [Look::GoesOut(Vec::new()), Look::NoPlan(Vec::new())] {
            assert!(matches!(copies_land(Some(&look)), Scheduling::Plan));
        }
    }

    #[test]
    fn only_what_a_command_is_about_is_looked_at() {
        let one = "0199c0de-0000-7000-8000-000000000001";
        let other = "0199c0de-0000-7000-8000-000000000002";
        let saved = json!({ "id": one, "draft": { "targets": [{ "accountId": other }] } });
        assert_eq!(named(&saved), [one]);
        let moved = json!({ "copies": [
            { "id": one, "place": { "kind": "shelf" } },
            { "id": other, "place": { "kind": "wall", "wall": "2026-05-20T10:00" } },
        ] });
        assert_eq!(named(&moved), [other]);
        let moves = json!({ "moves": [{ "id": one, "place": { "kind": "shelf" } }] });
        assert_eq!(named(&moves), [one]);
        assert_eq!(named(&json!({ "ids": [one, 5, "x"] })), [one]);
        assert_eq!(
            named(&json!({ "items": [{ "subject": "post", "id": other }] })),
            [other]
        );
    }
}
