//! Rules of options: those that have to be set, and values that a choice does not list.

use model::error::Fix;
use serde_json::Value;

use super::{Found, clear};
use crate::catalogue::{Entry, FieldKind, OptionField, ShownWhen};
use crate::connector::CheckInput;

/// Longest part of a wrong value that is shown, in characters.
const SHOWN: usize = 40;

/// Looks at the options that such a post shows.
pub(super) fn check(entry: &Entry, input: &CheckInput<'_>, found: &mut Found) {
    let set = |name: &str| input.draft.options.get(name).filter(|v| !v.is_null());
    let value = |name: &str| {
        let field = entry.options.iter().find(|o| o.name == name);
        set(name).or_else(|| field.map(|f| &f.default))
    };
    let shown = |field: &&OptionField| {
        let holds = |when: &ShownWhen| value(&when.option).is_some_and(|v| when.values.contains(v));
        field.when.as_ref().is_none_or(holds)
    };
    for field in entry.options.iter().filter(shown) {
        if field.required && !value(&field.name).is_some_and(says_something) {
            missing(entry, field, found);
        }
        // A value that nobody knows would be sent as another one, perhaps for more people to see.
        if let Some(given) = set(&field.name).filter(|v| !listed(field, v)) {
            unknown(entry, field, given, found);
        }
    }
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(list) => !list.is_empty(),
        other => !other.is_null(),
    }
}

/// Whether a choice lists a value. Other fields take any.
fn listed(field: &OptionField, value: &Value) -> bool {
    field.kind != FieldKind::Choice
        || field.choices.is_empty()
        || field.default == *value
        || field.choices.iter().any(|(key, _)| value == key.as_str())
}

fn missing(entry: &Entry, field: &OptionField, found: &mut Found) {
    let message = format!("{} needs \"{}\" chosen.", entry.name, field.label);
    let name = field.name.clone();
    let fixes = vec![Fix::SetOption { name }];
    found.error("option_missing", None, message, fixes);
}

fn unknown(entry: &Entry, field: &OptionField, given: &Value, found: &mut Found) {
    let given = match given {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let short: String = given.chars().take(SHOWN).collect();
    let labels: Vec<&str> = field.choices.iter().map(|(_, l)| l.as_str()).collect();
    let message = format!(
        "{} does not offer \"{short}\" under \"{}\". Choose one of these: {}.",
        entry.name,
        field.label,
        labels.join(", ")
    );
    let name = field.name.clone();
    let fixes = vec![Fix::SetOption { name }, clear(&field.name)];
    found.error("option_unknown", None, message, fixes);
}

#[cfg(test)]
mod tests {
    use model::account::{Account, AccountHealth};
    use model::content::Segment;
    use model::post::TargetDraft;
    use model::{AccountId, Timestamp, WorkspaceId};
    use serde_json::{Map, json};

    use super::super::common;
    use super::*;
    use crate::registry::{Config, Registry};

    fn rules(entry: &Entry, options: Map<String, Value>) -> Vec<String> {
        let account = Account {
            id: AccountId(uuid::Uuid::nil()),
            workspace_id: WorkspaceId(uuid::Uuid::nil()),
            network: entry.key.clone(),
            remote_id: String::new(),
            handle: String::new(),
            display_name: String::new(),
            server: String::new(),
            settings: Value::Null,
            health: AccountHealth::Ok,
            paused: None,
            created_at: Timestamp::from_millis(0),
        };
        let draft = TargetDraft {
            account_id: account.id,
            override_segments: None,
            options,
        };
        let input = CheckInput {
            account: &account,
            segments: &[Segment::text("Words")],
            draft: &draft,
            media: &[],
        };
        let found = common(entry, &input).into_problems();
        found.into_iter().map(|p| p.rule).collect()
    }

    #[test]
    fn every_choice_of_every_network_takes_what_it_lists_and_nothing_else() {
        crate::http::choose_cryptography();
        let registry = Registry::new(Config::new("0.0.0-test")).unwrap();
        let mut seen = 0;
        for entry in registry.entries() {
            for field in entry.options.iter().filter(|f| f.kind == FieldKind::Choice) {
                seen += 1;
                let with = |value: Value| {
                    let mut options = Map::from_iter([(field.name.clone(), value)]);
                    if let Some(when) = &field.when {
                        options.insert(when.option.clone(), when.values[0].clone());
                    }
                    rules(&entry, options)
                };
                let refused = |rules: &[String]| rules.iter().any(|r| r == "option_unknown");
                let at = format!("{} {}", entry.key, field.name);
                for (value, _) in &field.choices {
                    assert!(!refused(&with(json!(value))), "{at} {value}");
                }
                assert!(!refused(&with(Value::Null)), "{at} unset");
                for wrong in [json!("no such choice"), json!(7), json!(["a"])] {
                    assert!(refused(&with(wrong.clone())), "{at} {wrong}");
                }
            }
        }
        assert!(seen > 10, "{seen}");
    }

    #[test]
    fn a_choice_that_such_a_post_does_not_show_is_left_alone() {
        let kind = OptionField::choice("kind", "Kind", &[("post", "Post"), ("story", "Story")], "");
        let who = OptionField::choice("who", "Who", &[("all", "All")], "");
        let entry = Entry {
            options: vec![kind, who.when("kind", &[json!("post")])],
            ..Entry::plain("net", "Net")
        };
        let options = |kind: &str| {
            let all = [("kind", kind), ("who", "nobody")];
            all.into_iter()
                .map(|(name, value)| (name.to_owned(), json!(value)))
                .collect::<Map<_, _>>()
        };
        assert_eq!(rules(&entry, options("post")), ["option_unknown"]);
        assert!(rules(&entry, options("story")).is_empty());
    }
}
