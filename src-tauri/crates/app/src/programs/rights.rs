//! What a key needs for each command of the list. A command that stands nowhere here needs everything:
//! one that is forgotten is refused, never open. What a command does to posts that go out by themselves, which
//! its input alone does not say, is looked at besides (`going_out.rs`).

use model::key::{KeyRole, Permission};
use serde_json::Value;

use Permission::{
    CreateEvents, DeleteEvents, EditEvents, ManageAccounts, ManageKeys, PublishContent,
    ViewAnalytics,
};

/// How far a command reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// What its input names, and lists that can be cut down to one workspace.
    Workspace,
    /// All workspaces at once: a key may use it only while there is no other workspace than its own.
    Whole,
    /// Files, folders and programs of this computer: never by key.
    Here,
}

/// What a command needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rights {
    /// Every permission the key has to have.
    pub needs: Vec<Permission>,
    /// How far it reaches.
    pub reach: Reach,
}

fn within(needs: &[Permission]) -> Rights {
    Rights {
        needs: needs.to_vec(),
        reach: Reach::Workspace,
    }
}

fn whole(needs: &[Permission]) -> Rights {
    Rights {
        needs: needs.to_vec(),
        reach: Reach::Whole,
    }
}

/// What a key needs that makes another: it gives away nothing that it does not have.
fn given_away(input: &Value) -> Vec<Permission> {
    let word = |value: &Value| serde_json::from_value::<Permission>(value.clone()).ok();
    let role = || input["role"].as_str().and_then(KeyRole::of_word);
    let given: Vec<Permission> = match input["permissions"].as_array() {
        Some(all) => all.iter().filter_map(word).collect(),
        None => role().map_or_else(Vec::new, KeyRole::permissions),
    };
    let mut needs = vec![ManageKeys];
    needs.extend(given.into_iter().filter(|more| *more != ManageKeys));
    needs
}

/// What a command needs with this input.
pub(super) fn of(name: &str, input: &Value) -> Rights {
    let says = |field: &str, word: &str| input[field].as_str() == Some(word);
    match name {
        "session.boot"
        | "changes.since"
        | "preferences.put"
        | "publisher.status"
        | "vault.status"
        | "workspaces.spending"
        | "accounts.readiness"
        | "accounts.capabilities"
        | "posts.range"
        | "posts.shelf"
        | "posts.drafts"
        | "posts.chips"
        | "posts.get"
        | "posts.page"
        | "posts.check"
        | "posts.crowded"
        | "posts.search"
        | "posts.find"
        | "posts.shift_preview"
        | "text.split"
        | "dates.parse"
        | "writing.get"
        | "activity.list"
        | "activity.troubles"
        | "slots.list"
        | "slots.preview"
        | "queue.view"
        | "queue.next_free"
        | "queue.pause_day_preview"
        | "targets.handed_over"
        | "bin.list"
        | "media.info"
        | "media.fits"
        | "media.tools"
        | "media.best_part"
        | "media.fonts"
        | "media.layer"
        | "media.as_sent"
        | "media.importing"
        | "media.save_copy"
        | "csv.export"
        | "ics.export" => within(&[]),
        "posts.attempts" | "attempts.list" | "webhooks.deliveries" => within(&[ViewAnalytics]),
        // Composing asks networks and pages of the web.
        "links.card" | "accounts.choices" => within(&[EditEvents]),

        "posts.create" if says("scheduling", "plan") || input["scheduling"].is_null() => {
            within(&[CreateEvents])
        }
        "posts.create" => within(&[CreateEvents, PublishContent]),
        "csv.import" if input["schedule"] == Value::Bool(true) => {
            within(&[CreateEvents, PublishContent])
        }
        "posts.copy"
        | "calendars.create"
        | "csv.import"
        | "csv.preview"
        | "media.import"
        | "media.import_bytes"
        | "media.import_address"
        | "media.import_stop"
        | "media.captions" => within(&[CreateEvents]),

        "posts.editorial" if says("status", "scheduled") || says("status", "cancelled") => {
            within(&[EditEvents, PublishContent])
        }
        "posts.move" if says("scheduling", "must") => within(&[EditEvents, PublishContent]),
        "posts.save"
        | "posts.move"
        | "posts.open"
        | "posts.close"
        | "posts.discard_edit"
        | "posts.label"
        | "posts.editorial"
        | "calendars.update"
        | "writing.put_tags"
        | "writing.remove_tags"
        | "writing.set_watermark"
        | "writing.set_links" => within(&[EditEvents]),
        "posts.answer_ask"
        | "posts.confirm_edit"
        | "posts.schedule_next"
        | "queue.reorder"
        | "queue.into_slot"
        | "queue.pause_day"
        | "slots.replace" => within(&[EditEvents, PublishContent]),
        "posts.publish_now"
        | "posts.cancel"
        | "posts.use_again"
        | "targets.retry"
        | "targets.cancel"
        | "targets.use_again"
        | "targets.say_published"
        | "targets.send_again"
        | "targets.give_up"
        | "targets.comment_again"
        | "targets.leave_comment"
        | "targets.take_back"
        | "calendars.pause"
        | "accounts.pause" => within(&[PublishContent]),

        "posts.remove" | "calendars.archive" | "calendars.remove" | "bin.restore" | "bin.purge" => {
            within(&[DeleteEvents])
        }
        "targets.delete_on_network" => within(&[DeleteEvents, PublishContent]),

        "accounts.connect"
        | "accounts.reconnect"
        | "accounts.sign_in_wait"
        | "accounts.sign_in_paste"
        | "accounts.sign_in_choose"
        | "accounts.sign_in_cancel"
        | "webhooks.list"
        | "webhooks.remove"
        | "webhooks.new_secret"
        | "webhooks.test"
        | "webhooks.send_again"
        | "accounts.kept_app"
        | "accounts.check"
        | "accounts.remove" => within(&[ManageAccounts]),
        // An address in a private network is for the owner to allow.
        "webhooks.create" | "webhooks.change" if input["private"] == Value::Bool(true) => {
            within(&[ManageAccounts, ManageKeys])
        }
        "webhooks.create" | "webhooks.change" => within(&[ManageAccounts]),
        "keys.create" => within(&given_away(input)),
        // The question may be about everything but keys.
        "access.answer" if input["yes"] == Value::Bool(true) => within(&Permission::ALL),
        "keys.list"
        | "keys.revoke"
        | "access.list"
        | "access.register"
        | "access.remove"
        | "access.answer"
        | "workspaces.rename"
        | "workspaces.set_budget" => within(&[ManageKeys]),

        // One library, one list of labels and one history for all workspaces.
        "labels.list" | "media.list" | "media.ids" | "media.uses" => whole(&[]),
        "media.describe" | "media.label" => whole(&[EditEvents]),
        "media.remove" => whole(&[DeleteEvents]),
        "history.list" => whole(&[EditEvents]),
        "history.undo" | "history.redo" => {
            whole(&[CreateEvents, EditEvents, DeleteEvents, PublishContent])
        }
        // A video may be made for a post that is being sent, of any workspace: stopped, it does not go out.
        "publisher.hold" | "publisher.release" | "media.making_stop" => whole(&[PublishContent]),

        "data.move" | "media.place" => Rights {
            needs: Permission::ALL.to_vec(),
            reach: Reach::Here,
        },
        _ => whole(&Permission::ALL),
    }
}

/// Commands that read or write files by their path.
pub(super) fn names_files(name: &str) -> bool {
    matches!(
        name,
        "media.import"
            | "media.save_copy"
            | "media.captions"
            | "csv.preview"
            | "csv.import"
            | "csv.export"
            | "ics.export"
            | "bundle.export"
            | "bundle.import"
            | "diagnostics.export"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::COMMANDS;
    use serde_json::json;

    #[test]
    fn a_command_nobody_thought_of_needs_everything() {
        let rights = of("something.new", &Value::Null);
        assert_eq!(rights.needs, Permission::ALL);
        assert_eq!(rights.reach, Reach::Whole);
    }

    #[test]
    fn a_viewer_changes_nothing_but_what_the_screen_remembers() {
        let may = KeyRole::Viewer.permissions();
        for command in COMMANDS {
            let rights = of(command.name, &json!({}));
            let allowed =
                rights.reach != Reach::Here && rights.needs.iter().all(|need| may.contains(need));
            let reads = command.access == crate::commands::Access::Read;
            // A copy of a file is written for whoever asks, and changes nothing here.
            let harmless = ["preferences.put", "media.save_copy"].contains(&command.name);
            assert!(reads || !allowed || harmless, "{}", command.name);
        }
    }

    #[test]
    fn only_an_owner_has_addresses_called_inside_the_network() {
        let admin = KeyRole::Admin.permissions();
        let may = |input: Value| {
            let rights = of("webhooks.change", &input);
            rights.needs.iter().all(|need| admin.contains(need))
        };
        assert!(may(json!({ "private": false })));
        assert!(may(json!({ "active": true })));
        assert!(!may(json!({ "private": true })));
    }

    #[test]
    fn a_key_lets_nobody_do_what_it_may_not_do_itself() {
        let needs = |name: &str, input: Value| of(name, &input).needs;
        let viewer = needs("keys.create", json!({ "role": "viewer" }));
        assert_eq!(viewer, [ManageKeys, ViewAnalytics]);
        let owner = needs("keys.create", json!({ "role": "super_admin" }));
        assert!(Permission::ALL.iter().all(|need| owner.contains(need)));
        let named = json!({ "role": "viewer", "permissions": ["publish_content"] });
        assert_eq!(needs("keys.create", named), [ManageKeys, PublishContent]);
        assert_eq!(
            needs("access.answer", json!({ "yes": false })),
            [ManageKeys]
        );
        let yes = needs("access.answer", json!({ "yes": true }));
        assert_eq!(yes, Permission::ALL);
    }

    #[test]
    fn what_goes_out_needs_the_permission_to_publish() {
        let publish = |name: &str, input: Value| of(name, &input).needs.contains(&PublishContent);
        assert!(!publish("posts.create", json!({})));
        assert!(publish("posts.create", json!({ "scheduling": "must" })));
        assert!(publish("posts.create", json!({ "scheduling": "if_ready" })));
        assert!(publish("posts.editorial", json!({ "status": "scheduled" })));
        assert!(!publish("posts.editorial", json!({ "status": "approved" })));
        assert!(publish("csv.import", json!({ "schedule": true })));
        assert!(publish("posts.move", json!({ "scheduling": "must" })));
        assert!(publish("media.making_stop", json!({})));
        // Whether it goes out, or would, is looked at.
        assert!(!publish("posts.move", json!({ "scheduling": "plan" })));
    }
}
