//! One door to every command: by name, JSON in, JSON out.

#![allow(
    clippy::wildcard_imports,
    reason = "the command list names nearly every type"
)]

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::app::App;
use crate::error::Result;
use crate::types::ApiError;
use crate::types::access::*;
use crate::types::accounts::*;
use crate::types::activity::*;
use crate::types::ahead::*;
use crate::types::data::*;
use crate::types::library::*;
use crate::types::pictures::*;
use crate::types::posts::*;
use crate::types::programs::*;
use crate::types::public_files::*;
use crate::types::queue::*;
use crate::types::searching::*;
use crate::types::session::*;
use crate::types::webhooks::*;
use crate::types::writing::*;
use crate::types::{Nothing, Written};

use model::MediaId;
use model::account::Account;
use model::calendar::{Calendar, Workspace};
use model::edit::Area;
use model::library::FileQuery;
use model::post::Post;

/// Commands whose input holds secrets: what could not be read of it is never repeated.
const SECRET: [&str; 8] = [
    "accounts.connect",
    "accounts.reconnect",
    "accounts.sign_in_paste",
    "public_files.check",
    "public_files.set",
    "vault.use_sealed_file",
    "vault.unlock",
    "webhooks.create",
];

fn read<T: DeserializeOwned>(name: &str, input: Value) -> Result<T> {
    // A command without input may be called with nothing at all.
    let input = if input.is_null() {
        Value::Object(serde_json::Map::new())
    } else {
        input
    };
    serde_json::from_value(input).map_err(|error| not_understood(name, &error.to_string()))
}

fn not_understood(name: &str, why: &str) -> ApiError {
    if SECRET.contains(&name) {
        return ApiError::invalid("input", "Something is missing in what was filled in.");
    }
    // Zones and times carry their own sentence.
    if why.starts_with("There is no time zone") {
        return ApiError::invalid("zone", why);
    }
    ApiError::invalid("input", "Almanac did not understand that request.").with_detail(why)
}

/// A form in which an answer is handed out.
pub(crate) trait Answer: Sized {
    /// Writes it.
    fn of<T: Serialize>(output: &T) -> serde_json::Result<Self>;
}

impl Answer for Value {
    fn of<T: Serialize>(output: &T) -> serde_json::Result<Self> {
        serde_json::to_value(output)
    }
}

impl Answer for String {
    fn of<T: Serialize>(output: &T) -> serde_json::Result<Self> {
        serde_json::to_string(output)
    }
}

fn write<T: Serialize, A: Answer>(output: &T) -> Result<A> {
    A::of(output).map_err(|e| ApiError::fault("writing an answer", &e))
}

macro_rules! dispatch {
    ($($name:literal $method:ident $access:ident $input:ty => $output:ty, $doc:literal;)*) => {
        /// Runs a command by its name.
        pub(crate) async fn call<A: Answer>(app: &App, name: &str, input: Value) -> Result<A> {
            match name {
                $($name => {
                    let input: $input = read(name, input)?;
                    // Boxed, so that the future of this function does not hold the largest of all.
                    let output: $output = Box::pin(app.$method(input)).await?;
                    write(&output)
                })*
                _ => Err(ApiError::new(
                    model::ErrorCode::NotFound,
                    "This Almanac has no such command.",
                )
                .with_detail(name)),
            }
        }
    };
}
crate::command_list!(dispatch);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_zones_keep_their_sentence_and_secrets_are_never_repeated() {
        let zone = read::<WorkspaceCreate>(
            "workspaces.create",
            serde_json::json!({ "name": "A", "zone": "Mars/Olympus" }),
        );
        let error = zone.unwrap_err();
        assert_eq!(error.field.as_deref(), Some("zone"));
        assert!(error.message.contains("Mars/Olympus"), "{error:?}");

        let secret = read::<AccountConnect>(
            "accounts.connect",
            serde_json::json!({ "secrets": "hunter2-hunter2" }),
        );
        assert!(!format!("{:?}", secret.err().unwrap()).contains("hunter2"));
    }
}
