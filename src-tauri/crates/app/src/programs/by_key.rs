//! Commands of the list for whoever shows a key: within its permissions, and within its workspace.
//!
//! A key belongs to one workspace and most commands know no workspaces. So every identifier in the input is
//! looked up, and what another workspace owns is not there; and what an answer tells of other workspaces is
//! cut out of it. What cannot be cut out, such as undoing the last step, is for keys of the only workspace.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use model::key::Permission;
use model::{ErrorCode, WorkspaceId};
use networks::catalogue::FieldKind;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Bearer;
use super::as_read;
use super::going_out;
use super::kept_back;
use super::rights::{self, Reach};
use crate::app::App;
use crate::commands::{COMMANDS, CommandInfo};
use crate::error::Result;
use crate::types::ApiError;
use crate::types::session::ChangeBatch;

/// Lists of calendars that mean all of them when they are empty.
const ALL_WHEN_EMPTY: [&str; 8] = [
    "posts.range",
    "posts.shelf",
    "posts.drafts",
    "posts.search",
    "posts.find",
    "posts.crowded",
    "csv.export",
    "ics.export",
];

fn forbidden(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::Permission, message)
}

pub(super) fn lacks(permission: Permission) -> ApiError {
    forbidden(format!(
        "This key may not {}: it lacks the permission {}. Use one that may.",
        permission.means(),
        permission.word()
    ))
}

/// A command that a key may use, with its input as it is done.
pub struct Allowed {
    /// The program as the key has it: it looks again in each write at what the key may not change.
    app: App,
    name: String,
    input: Value,
    /// The workspace that the answer is cut down to; none where there is no other.
    only: Option<WorkspaceId>,
}

impl Allowed {
    /// Runs it; the answer is JSON text.
    pub async fn run(self) -> Result<String> {
        let Some(own) = self.only else {
            return self.app.call_json(&self.name, self.input).await;
        };
        let mut answer = self.app.call(&self.name, self.input).await?;
        self.app.cut(own, &mut answer).await?;
        Ok(answer.to_string())
    }
}

impl App {
    /// The commands that this key may use without files of its own, as far as can be told before the input
    /// is known.
    #[must_use]
    pub fn commands_for(bearer: &Bearer) -> Vec<CommandInfo> {
        let may = |command: &&CommandInfo| {
            let rights = rights::of(command.name, &Value::Null);
            let allowed = rights.needs.iter().all(|n| bearer.permissions.contains(n));
            allowed && rights.reach != Reach::Here && !rights::names_files(command.name)
        };
        COMMANDS.iter().filter(may).copied().collect()
    }

    /// The permissions a key needs for a command, as far as can be told before the input is known; none for
    /// what can be done only on the computer that Almanac runs on.
    #[must_use]
    pub fn command_needs(name: &str) -> Option<Vec<Permission>> {
        let rights = rights::of(name, &Value::Null);
        (rights.reach != Reach::Here).then_some(rights.needs)
    }

    /// Runs a command by its name for whoever shows this key; the answer is JSON text. Paths in the input
    /// have to be among `files`: those that the door itself made for this call.
    pub async fn call_as(
        &self,
        bearer: &Bearer,
        name: &str,
        input: Value,
        files: &[PathBuf],
    ) -> Result<String> {
        self.allowed(bearer, name, input, files).await?.run().await
    }

    /// The same without running it yet: refuses what the key may not do.
    pub async fn allowed(
        &self,
        bearer: &Bearer,
        name: &str,
        input: Value,
        files: &[PathBuf],
    ) -> Result<Allowed> {
        let mut input = match input {
            Value::Null => json!({}),
            given => as_read::of(name, given),
        };
        let rights = rights::of(name, &input);
        if let Some(lack) = rights
            .needs
            .iter()
            .find(|need| !bearer.permissions.contains(need))
        {
            return Err(lacks(*lack));
        }
        let alone = self.is_alone(bearer.workspace).await?;
        match rights.reach {
            Reach::Here => {
                return Err(forbidden(
                    "This can be done only on the computer that Almanac runs on.",
                ));
            }
            Reach::Whole if !alone => {
                return Err(forbidden(
                    "This concerns all workspaces, and a key reaches only its own. Do it on the computer that Almanac runs on.",
                ));
            }
            _ => {}
        }
        if rights::names_files(name) {
            only_these_files(&input, files)?;
        }
        let only = (!alone).then_some(bearer.workspace);
        if let Some(own) = only {
            self.within(own, &input).await?;
            if ALL_WHEN_EMPTY.contains(&name) {
                self.name_calendars(own, &mut input).await?;
            }
        }
        let look = if bearer.permissions.contains(&Permission::PublishContent) {
            None
        } else {
            going_out::only_plans(name, &mut input);
            going_out::look(name, &input)
        };
        let look = look.or_else(|| kept_back::look(bearer, name, &input));
        let app = self.looked_at(look).await?;
        self.no_folders(name, &input).await?;
        Ok(Allowed {
            app,
            name: name.to_owned(),
            input,
            only,
        })
    }

    /// A batch of changes without what other workspaces own.
    pub async fn changes_for(
        &self,
        workspace: WorkspaceId,
        mut batch: ChangeBatch,
    ) -> Result<ChangeBatch> {
        let ids: Vec<String> = batch.changes.iter().map(|c| c.id.clone()).collect();
        let foreign = self.foreign(workspace, ids).await?;
        batch.changes.retain(|c| !foreign.contains(&c.id));
        Ok(batch)
    }

    /// Whether there is no other workspace, in the bin or out of it.
    async fn is_alone(&self, workspace: WorkspaceId) -> Result<bool> {
        let mut conn = self.read().await?;
        let own = [workspace.to_string()];
        let there = store::reach::workspaces_of(&mut conn, &own).await?;
        let count = store::reach::workspaces(&mut conn).await?;
        Ok(count == 1 && !there.is_empty())
    }

    /// Those of these identifiers that belong to another workspace.
    async fn foreign(&self, own: WorkspaceId, ids: Vec<String>) -> Result<HashSet<String>> {
        if ids.is_empty() {
            return Ok(HashSet::new());
        }
        let mut conn = self.read().await?;
        let owners = store::reach::workspaces_of(&mut conn, &ids).await?;
        let others = owners.into_iter().filter(|(_, owner)| *owner != own);
        Ok(others.map(|(id, _)| id).collect())
    }

    /// Refuses an input that names something of another workspace. Nobody is told that it is there.
    async fn within(&self, own: WorkspaceId, input: &Value) -> Result<()> {
        let mut ids = Vec::new();
        collect(input, &mut ids);
        if self.foreign(own, ids).await?.is_empty() {
            return Ok(());
        }
        Err(ApiError::new(
            ErrorCode::NotFound,
            "There is no such thing in the workspace of this key.",
        ))
    }

    async fn cut(&self, own: WorkspaceId, answer: &mut Value) -> Result<()> {
        let mut ids = Vec::new();
        collect(answer, &mut ids);
        let foreign = self.foreign(own, ids).await?;
        if !foreign.is_empty() && names_foreign(answer, &foreign) {
            return Err(ApiError::missing("thing"));
        }
        Ok(())
    }

    /// Fills in the calendars of the workspace where all are meant.
    async fn name_calendars(&self, own: WorkspaceId, input: &mut Value) -> Result<()> {
        let named = input["calendars"].as_array().is_some_and(|c| !c.is_empty());
        if named {
            return Ok(());
        }
        let calendars = self.room(own).await?.calendars;
        if calendars.is_empty() {
            return Err(ApiError::missing("calendar"));
        }
        let ids: Vec<String> = calendars.iter().map(|c| c.id.to_string()).collect();
        input["calendars"] = json!(ids);
        Ok(())
    }

    /// Forms that name folders of this computer are filled in on it.
    async fn no_folders(&self, name: &str, input: &Value) -> Result<()> {
        let network = match name {
            "accounts.connect" => input["network"].as_str().unwrap_or_default().to_owned(),
            "accounts.reconnect" => {
                let id = named_id(input);
                let mut conn = self.read().await?;
                let accounts = store::accounts::all(&mut conn).await?;
                let named = accounts
                    .into_iter()
                    .find(|a| id.as_ref() == Some(&a.id.to_string()));
                named.map_or_else(String::new, |a| a.network)
            }
            _ => return Ok(()),
        };
        let entries = self.networks();
        let entry = entries.iter().find(|e| e.key == network);
        let folders = entry
            .into_iter()
            .flat_map(|e| &e.sign_in.methods)
            .flat_map(|method| &method.fields)
            .filter(|field| field.kind == FieldKind::Folder);
        for field in folders {
            let filled = input["fields"][&field.name].as_str().unwrap_or_default();
            if !filled.is_empty() {
                return Err(forbidden(
                    "A folder can be named only on the computer that Almanac runs on.",
                )
                .at(&field.name));
            }
        }
        Ok(())
    }
}

/// Every path of the input has to be one that the door made.
fn only_these_files(input: &Value, files: &[PathBuf]) -> Result<()> {
    let one = input["path"].as_str();
    let many = input["paths"].as_array().into_iter().flatten();
    for path in one.into_iter().chain(many.filter_map(Value::as_str)) {
        if !files.iter().any(|made| made == Path::new(path)) {
            return Err(forbidden(
                "Files of the computer that Almanac runs on cannot be named from afar: send the file.",
            )
            .at("path"));
        }
    }
    Ok(())
}

/// A text that is an identifier, as the database writes it.
pub(super) fn identifier(text: &str) -> Option<String> {
    // Ids are at least 32 digits; parsing every text of a month would be wasted.
    if text.len() < 32 || text.len() > 45 {
        return None;
    }
    Some(Uuid::parse_str(text).ok()?.hyphenated().to_string())
}

/// The identifier of what an input is about, in whatever spelling.
pub(super) fn named_id(input: &Value) -> Option<String> {
    identifier(input["id"].as_str()?)
}

fn collect(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.extend(identifier(text)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        Value::Object(fields) => {
            for (name, value) in fields {
                into.extend(identifier(name));
                collect(value, into);
            }
        }
        _ => {}
    }
}

/// Cuts out what names something foreign: entries of lists and of maps, and objects that are a field.
/// Whether the value itself names it.
fn names_foreign(value: &mut Value, foreign: &HashSet<String>) -> bool {
    let is_foreign = |text: &str| identifier(text).is_some_and(|id| foreign.contains(&id));
    match value {
        Value::String(text) => is_foreign(text),
        Value::Array(items) => {
            items.retain_mut(|item| !names_foreign(item, foreign));
            false
        }
        Value::Object(fields) => {
            fields.retain(|name, _| !is_foreign(name));
            let mut itself = false;
            for (_, value) in fields.iter_mut() {
                let whole = value.is_object();
                if names_foreign(value, foreign) {
                    if whole {
                        *value = Value::Null;
                    } else {
                        itself = true;
                    }
                }
            }
            itself
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_own_is_cut_out_of_lists_maps_and_fields() {
        let (own, other) = (
            "0199c0de-0000-7000-8000-000000000001",
            "0199c0de-0000-7000-8000-000000000002",
        );
        let mut answer = json!({
            "accounts": [{ "id": own }, { "id": other, "handle": "secret" }],
            "writing": { other: { "tags": ["secret"] }, own: { "tags": [] } },
            "next": { "id": other, "words": "secret" },
            "order": [own, other],
        });
        let foreign = HashSet::from([other.to_owned()]);
        assert!(!names_foreign(&mut answer, &foreign));
        assert_eq!(
            answer,
            json!({
                "accounts": [{ "id": own }],
                "writing": { own: { "tags": [] } },
                "next": null,
                "order": [own],
            })
        );
        let mut itself = json!({ "id": other });
        assert!(names_foreign(&mut itself, &foreign));
    }

    #[test]
    fn an_identifier_is_known_in_every_spelling() {
        let plain = "0199c0de-0000-7000-8000-00000000000a";
        for spelling in [
            "0199C0DE-0000-7000-8000-00000000000A",
            "0199c0de0000700080000000000 0000a",
            "{0199c0de-0000-7000-8000-00000000000a}",
            "urn:uuid:0199c0de-0000-7000-8000-00000000000a",
        ] {
            let found = identifier(spelling);
            if spelling.contains(' ') {
                assert_eq!(found, None);
            } else {
                assert_eq!(found.as_deref(), Some(plain), "{spelling}");
                assert_eq!(named_id(&json!({ "id": spelling })), found);
            }
        }
    }

    #[test]
    fn only_files_that_the_door_made_are_named() {
        let made = [PathBuf::from("/data/arriving/a")];
        assert!(only_these_files(&json!({ "path": "/data/arriving/a" }), &made).is_ok());
        assert!(only_these_files(&json!({ "path": "/etc/passwd" }), &made).is_err());
        let two = json!({ "paths": ["/data/arriving/a", "/data/arriving/../almanac.db"] });
        assert!(only_these_files(&two, &made).is_err());
    }
}
