//! TypeScript types of every command, generated from the Rust types.

#![allow(
    clippy::wildcard_imports,
    reason = "the command list names nearly every type"
)]

use std::collections::BTreeMap;

use model::account::Account;
use model::calendar::{Calendar, Workspace};
use model::post::Post;
use ts_rs::{Config, TS, TypeVisitor};

use crate::types::accounts::*;
use crate::types::activity::*;
use crate::types::data::*;
use crate::types::posts::*;
use crate::types::queue::*;
use crate::types::session::*;
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

/// The text of `ui/src/lib/api/generated.ts`.
#[must_use]
pub fn generate() -> String {
    let config = Config::default().with_large_int("number");
    let mut collector = Collector {
        config: &config,
        found: BTreeMap::new(),
    };
    let mut commands = String::new();
    collector.visit::<ApiError>();
    collector.visit::<model::change::Change>();

    macro_rules! describe {
        ($($name:literal $method:ident $access:ident $input:ty => $output:ty, $doc:literal;)*) => {$(
            collector.visit::<$input>();
            collector.visit::<$output>();
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
    for declaration in collector.found.values() {
        text.push_str(declaration);
        text.push('\n');
    }
    text.push_str("/** Every command with its input and output. */\nexport interface Commands {\n");
    text.push_str(&commands);
    text.push_str("}\n");
    text
}
