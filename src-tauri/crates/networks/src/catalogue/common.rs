//! Options that mean the same on every network that has them.

use serde_json::{Map, Value, json};

use super::{Entry, FieldKind, OptionField};

/// Option: the network holds the post and publishes it at its time.
pub const OPTION_NATIVE: &str = "native";

/// Whether a target's options ask the network to publish by itself.
#[must_use]
pub fn wants_native(options: &Map<String, Value>) -> bool {
    options.get(OPTION_NATIVE).and_then(Value::as_bool) == Some(true)
}

impl Entry {
    /// The same with the options that follow from what the network can.
    #[must_use]
    pub fn with_common_options(mut self) -> Self {
        if let Some(window) = self.native_schedule {
            let least = format!("at least {} minutes ahead", window.min_minutes);
            let span = match window.max_days {
                Some(days) => format!("{least} and at most {days} days"),
                None => least,
            };
            let help = format!(
                "For when this computer will be off: {} gets it ahead of time, {span}, and it has to be taken back before it can be changed.",
                self.name
            );
            let label = format!("Let {} publish it", self.name);
            self.options.push(OptionField::new(
                OPTION_NATIVE,
                &label,
                FieldKind::Toggle,
                json!(false),
                &help,
            ));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::NativeSchedule;

    #[test]
    fn only_a_network_that_keeps_posts_offers_it_and_says_how_far_ahead() {
        let plain = Entry::plain("net", "Net").with_common_options();
        assert!(plain.options.is_empty());
        let entry = Entry {
            native_schedule: Some(NativeSchedule {
                min_minutes: 10,
                max_days: Some(29),
            }),
            ..Entry::plain("net", "Net")
        };
        let entry = entry.with_common_options();
        let option = &entry.options[0];
        assert_eq!(
            (option.name.as_str(), option.label.as_str()),
            (OPTION_NATIVE, "Let Net publish it")
        );
        assert!(
            option
                .help
                .contains("at least 10 minutes ahead and at most 29 days")
        );
        let chosen = |value: Value| Map::from_iter([(OPTION_NATIVE.to_owned(), value)]);
        assert!(wants_native(&chosen(json!(true))));
        assert!(!wants_native(&chosen(json!("true"))) && !wants_native(&Map::new()));
    }
}
