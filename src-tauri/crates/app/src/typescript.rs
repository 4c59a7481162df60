//! TypeScript types of every command, generated from the Rust types.

#![allow(
    clippy::wildcard_imports,
    reason = "the command list names nearly every type"
)]

use std::collections::BTreeMap;

use model::MediaId;
use model::account::Account;
use model::calendar::{Calendar, Workspace};
use model::edit::Area;
use model::library::FileQuery;
use model::post::Post;
use serde_json::{Value, json};
use ts_rs::{Config, TS, TypeVisitor};

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
use crate::types::{ApiError, Nothing, Written};

/// Collects the declaration of a type and of all it is made of.
struct Collector<'a> {
    config: &'a Config,
    found: BTreeMap<String, String>,
}

impl TypeVisitor for Collector<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only types that are exported have a file of their own; the rest are built in.
        if T::output_path().is_none() {
            T::visit_dependencies(self);
            T::visit_generics(self);
            return;
        }
        let name = T::ident(self.config);
        if self.found.contains_key(&name) {
            T::visit_generics(self);
            return;
        }
        let docs = T::docs().unwrap_or_default();
        self.found
            .insert(name, format!("{docs}export {}\n", T::decl(self.config)));
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

fn config() -> Config {
    Config::default().with_large_int("number")
}

/// Declarations of every type that a command takes or gives, of its errors and of changes.
#[must_use]
pub fn declarations() -> String {
    let config = config();
    let mut collector = Collector {
        config: &config,
        found: BTreeMap::new(),
    };
    collector.visit::<ApiError>();
    collector.visit::<model::change::Change>();
    macro_rules! collect {
        ($($name:literal $method:ident $access:ident $input:ty => $output:ty, $doc:literal;)*) => {$(
            collector.visit::<$input>();
            collector.visit::<$output>();
        )*};
    }
    crate::command_list!(collect);
    let mut text = String::new();
    for declaration in collector.found.values() {
        text.push_str(declaration);
        text.push('\n');
    }
    text
}

/// The text of `ui/src/lib/api/generated.ts`.
#[must_use]
pub fn generate() -> String {
    let config = config();
    let mut commands = String::new();
    macro_rules! describe {
        ($($name:literal $method:ident $access:ident $input:ty => $output:ty, $doc:literal;)*) => {$(
            commands.push_str(&format!(
                "  /** {} */\n  '{}': {{ input: {}; output: {}; write: {} }};\n",
                $doc,
                $name,
                <$input as TS>::name(&config),
                <$output as TS>::name(&config),
                matches!(crate::commands::Access::$access, crate::commands::Access::Write),
            ));
        )*};
    }
    crate::command_list!(describe);

    let mut text = String::from(
        "// Generated from the Rust types by `cargo xtask types`. Do not edit.\n\
         /* eslint-disable */\n\n",
    );
    text.push_str(&declarations());
    text.push_str("/** Every command with its input and output. */\nexport interface Commands {\n");
    text.push_str(&commands);
    text.push_str("}\n");
    text.push_str(&colours());
    text
}

/// The types of a command's input and answer with all they are made of, as in [`generate`].
#[must_use]
pub fn of_command(name: &str) -> Option<String> {
    let config = config();
    macro_rules! find {
        ($($name:literal $method:ident $access:ident $input:ty => $output:ty, $doc:literal;)*) => {
            match name {
                $($name => Some(whole::<$input, $output>(&config)),)*
                _ => None,
            }
        };
    }
    crate::command_list!(find)
}

/// The names of the types of a command's input and answer.
#[must_use]
pub fn names_of(command: &str) -> Option<(String, String)> {
    let config = config();
    macro_rules! name {
        ($($name:literal $method:ident $access:ident $input:ty => $output:ty, $doc:literal;)*) => {
            match command {
                $($name => Some((<$input as TS>::name(&config), <$output as TS>::name(&config))),)*
                _ => None,
            }
        };
    }
    crate::command_list!(name)
}

fn whole<I: TS + 'static, O: TS + 'static>(config: &Config) -> String {
    let mut collector = Collector {
        config,
        found: BTreeMap::new(),
    };
    collector.visit::<I>();
    collector.visit::<O>();
    let declarations: String = collector.found.into_values().collect();
    format!(
        "type Input = {};\ntype Answer = {};\n{declarations}",
        I::name(config),
        O::name(config)
    )
}

/// The tables by which light, colour and looks are drawn, so that the screen draws a picture as the
/// networks get it.
fn colours() -> String {
    use model::edit::Look;
    use model::edit::colours::{BRIGHTNESS, CONTRAST, Knob, SATURATION, WARMTH};

    let knob = |Knob { least, most }: Knob| json!({ "least": least, "most": most });
    let knobs = json!({
        "brightness": knob(BRIGHTNESS),
        "contrast": knob(CONTRAST),
        "saturation": knob(SATURATION),
        "warmth": knob(WARMTH),
    });
    let looks: serde_json::Map<String, Value> = Look::ALL
        .into_iter()
        .filter_map(|look| match serde_json::to_value(look) {
            Ok(Value::String(name)) => Some((name, json!(look.colours()))),
            _ => None,
        })
        .collect();
    format!(
        "\n/** New red, green and blue from the old, each 0 to 1: three factors and what is added. */\n\
         export type Colours = readonly (readonly [number, number, number, number])[];\n\
         /** Each knob of `adjust` at -100 and at 100. */\n\
         export const KNOBS: Record<'brightness' | 'contrast' | 'saturation' | 'warmth', \
         {{ least: Colours; most: Colours }}> = {knobs};\n\
         /** Each look at full strength. */\n\
         export const LOOKS: Record<Look, Colours> = {};\n",
        Value::Object(looks)
    )
}
