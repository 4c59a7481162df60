//! Options that mean the same on every network that has them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use ts_rs::TS;

use super::{Entry, FieldKind, OptionField, ShownWhen};

/// Option: the network holds the post and publishes it at its time.
pub const OPTION_NATIVE: &str = "native";

/// Option: what is written below the post as soon as it is out.
pub const OPTION_FIRST_COMMENT: &str = "firstComment";

/// What a network says of the first comment below a post.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(rename = "FirstCommentLimits")]
pub struct FirstComment {
    /// Most graphemes of it.
    pub max: u32,
    /// Only such posts take one; all when none.
    pub when: Option<ShownWhen>,
}

impl FirstComment {
    /// One of so many graphemes below any post.
    #[must_use]
    pub const fn up_to(max: u32) -> Self {
        Self { max, when: None }
    }

    /// The same only where another option has one of these values.
    #[must_use]
    pub fn when(mut self, option: &str, values: &[Value]) -> Self {
        self.when = Some(ShownWhen {
            option: option.to_owned(),
            values: values.to_vec(),
        });
        self
    }
}

/// Whether a target's options ask the network to publish by itself.
#[must_use]
pub fn wants_native(options: &Map<String, Value>) -> bool {
    options.get(OPTION_NATIVE).and_then(Value::as_bool) == Some(true)
}

impl Entry {
    /// The first comment that a target's options ask for and such a post takes.
    #[must_use]
    pub fn first_comment_of<'a>(&self, options: &'a Map<String, Value>) -> Option<&'a str> {
        let fact = self.first_comment.as_ref()?;
        let words = options.get(OPTION_FIRST_COMMENT)?.as_str()?.trim();
        let holds = |when: &ShownWhen| {
            let set = options.get(&when.option).filter(|v| !v.is_null());
            let field = self.options.iter().find(|o| o.name == when.option);
            set.or_else(|| field.map(|f| &f.default))
                .is_some_and(|v| when.values.contains(v))
        };
        let taken = fact.when.as_ref().is_none_or(holds);
        (taken && !words.is_empty()).then_some(words)
    }

    /// The same with the options that follow from what the network can.
    #[must_use]
    pub fn with_common_options(mut self) -> Self {
        if let Some(window) = self.native_schedule {
            let least = format!("at least {} minutes ahead", window.min_minutes);
            let span = match window.max_days {
                Some(days) => format!("{least} and at most {days} days"),
                None => least,
            };
            let span = match (window.max_a_day, window.max_in_all) {
                (Some(day), Some(all)) => {
                    format!("{span}, up to {day} posts for one day and {all} in all")
                }
                _ => span,
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
        if let Some(fact) = &self.first_comment {
            let help = format!(
                "Written below the post by this account as soon as it is on {}.",
                self.name
            );
            let label = "First comment";
            let mut option = OptionField::new(
                OPTION_FIRST_COMMENT,
                label,
                FieldKind::LongText,
                json!(""),
                &help,
            )
            .max(fact.max);
            option.when.clone_from(&fact.when);
            self.options.push(option);
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
            native_schedule: Some(NativeSchedule::ahead(10, Some(29))),
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
        let counted = Entry {
            native_schedule: Some(NativeSchedule::ahead(5, None).at_most(25, 300)),
            ..Entry::plain("net", "Net")
        };
        let help = &counted.with_common_options().options[0].help;
        assert!(help.contains("ahead, up to 25 posts for one day and 300 in all,"));
        let chosen = |value: Value| Map::from_iter([(OPTION_NATIVE.to_owned(), value)]);
        assert!(wants_native(&chosen(json!(true))));
        assert!(!wants_native(&chosen(json!("true"))) && !wants_native(&Map::new()));
    }

    #[test]
    fn a_first_comment_is_offered_with_its_limit_and_only_where_such_a_post_takes_one() {
        let kind = OptionField::choice("kind", "Kind", &[("post", "Post"), ("story", "Story")], "");
        let entry = Entry {
            options: vec![kind],
            first_comment: Some(FirstComment::up_to(50).when("kind", &[json!("post")])),
            ..Entry::plain("net", "Net")
        };
        let options = |list: &[(&str, &str)]| {
            let named = list.iter().map(|(k, v)| ((*k).to_owned(), json!(v)));
            named.collect::<Map<_, _>>()
        };
        let of = |list: &[(&str, &str)]| entry.first_comment_of(&options(list)).map(str::to_owned);
        assert_eq!(of(&[("firstComment", " More ")]).as_deref(), Some("More"));
        assert_eq!(of(&[("firstComment", "More"), ("kind", "story")]), None);
        assert_eq!(of(&[("firstComment", "  ")]), None);
        let plain = Entry::plain("net", "Net");
        assert_eq!(
            plain.first_comment_of(&options(&[("firstComment", "More")])),
            None
        );
        let offered = entry.with_common_options();
        let field = offered.options.last().unwrap();
        assert_eq!(
            (field.name.as_str(), field.max),
            (OPTION_FIRST_COMMENT, Some(50))
        );
        assert!(field.when.is_some());
    }
}
