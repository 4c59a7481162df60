//! Everything else: the list of commands by name, as every other door has it. The key's permissions and
//! workspace hold as they do over HTTP, and what names files of this computer is not offered.

use app::App;
use app::commands::Access;
use model::ErrorCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::almanac::waiting;
use crate::call::Call;
use crate::fault::{Fault, Kind};

#[derive(Deserialize, JsonSchema)]
pub(super) struct Listing {
    /// Only commands of this area, such as `posts` or `webhooks`; all when missing.
    #[serde(default)]
    area: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Line {
    name: &'static str,
    about: &'static str,
    changes: bool,
}

#[derive(Serialize)]
pub(super) struct Lines {
    commands: Vec<Line>,
}

pub(super) async fn list(call: Call, input: Listing) -> Result<Lines, Fault> {
    let all = App::commands_for(&call.bearer);
    let area = |name: &str| name.split('.').next().map(str::to_owned);
    let wanted = |name: &str| input.area.is_none() || input.area == area(name);
    Ok(Lines {
        commands: all
            .into_iter()
            .filter(|command| wanted(command.name))
            .map(|command| Line {
                name: command.name,
                about: command.doc,
                changes: command.access == Access::Write,
            })
            .collect(),
    })
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Naming {
    /// The command, such as `slots.replace`.
    name: String,
}

#[derive(Serialize)]
pub(super) struct Described {
    name: String,
    /// Types of its input and its answer, in TypeScript.
    types: String,
}

/// Refuses a command that is not offered to this key.
fn offered(call: &Call, name: &str) -> Result<(), Fault> {
    let all = App::commands_for(&call.bearer);
    if all.iter().any(|command| command.name == name) {
        return Ok(());
    }
    Err(Fault::invalid(
        "name",
        "There is no such command for this key. list_commands names those there are.",
    ))
}

pub(super) async fn describe(call: Call, input: Naming) -> Result<Described, Fault> {
    offered(&call, &input.name)?;
    let types = app::typescript::of_command(&input.name);
    Ok(Described {
        types: types.ok_or_else(|| Fault::missing("command"))?,
        name: input.name,
    })
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Running {
    /// The command.
    name: String,
    /// Its input, as its description says.
    #[serde(default)]
    input: Map<String, Value>,
}

#[derive(Serialize)]
pub(super) struct Answered {
    /// What the command answers.
    answer: Value,
}

pub(super) async fn run(call: Call, input: Running) -> Result<Answered, Fault> {
    offered(&call, &input.name)?;
    let given = Value::Object(input.input);
    let (app, name) = (call.app(), input.name.as_str());
    let text = match app.call_as(&call.bearer, name, given, &[]).await {
        Ok(text) => waiting::told(app, name, text).await,
        Err(error) => Err(error),
    };
    let text = text.map_err(|error| match error.code {
        // Said in the words of the command, which names what is lacking.
        ErrorCode::Permission => Fault::forbidden(error.message),
        _ => Fault::from(error),
    })?;
    let answer = serde_json::from_str(&text)
        .map_err(|error| Fault::new(Kind::Internal, error.to_string()))?;
    Ok(Answered { answer })
}
