//! Options of an account's post as programs write them, brought to the names and values of the catalogue.
//!
//! `reply_settings` stands for `replySettings`, `public` for `PUBLIC`, `everyone` for the choice that
//! people read as *Everyone*. What the catalogue does not know is refused and never left out: a post
//! that more people see than was asked for cannot be taken back.

use app::programs::{FieldKind, Network, OptionField};
use serde_json::{Map, Value};

use crate::fault::Fault;

/// Longest list, where the catalogue names no limit.
const MAX_LIST: usize = 100;

/// The options of a post to a network; `field` is where they stand in the request.
pub(crate) fn of_network(
    entry: &Network,
    given: Map<String, Value>,
    field: &str,
) -> Result<Map<String, Value>, Fault> {
    let mut known = Map::new();
    for (name, value) in given {
        let at = format!("{field}.{name}");
        let option = find(&entry.options, &name).ok_or_else(|| unknown(entry, &at, &name))?;
        if value.is_null() {
            continue;
        }
        let value = read(option, value, &at)?;
        if known.insert(option.name.clone(), value).is_some() {
            let message = format!("{at} is there twice, under two names.");
            return Err(Fault::invalid(&at, message));
        }
    }
    Ok(known)
}

/// A name without what people and programs write differently: case, `_`, `-`, blanks.
fn bare(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn find<'a>(options: &'a [OptionField], name: &str) -> Option<&'a OptionField> {
    let exact = options.iter().find(|o| o.name == name);
    let wanted = bare(name);
    exact.or_else(|| options.iter().find(|o| bare(&o.name) == wanted))
}

fn unknown(entry: &Network, at: &str, name: &str) -> Fault {
    let names: Vec<&str> = entry.options.iter().map(|o| o.name.as_str()).collect();
    let has = if names.is_empty() {
        "It has none.".to_owned()
    } else {
        format!("It has {}.", names.join(", "))
    };
    let message = format!("{} has no option of that name. {has}", entry.name);
    Fault::invalid(at, message).given(name)
}

/// A value as its option takes it.
fn read(option: &OptionField, value: Value, at: &str) -> Result<Value, Fault> {
    let wrong = |what: &str| Err(Fault::invalid(at, format!("{at} is {what}.")));
    match option.kind {
        FieldKind::Choice => choice(option, &value, at),
        FieldKind::Toggle if !value.is_boolean() => wrong("true or false"),
        FieldKind::Number if !value.is_number() => wrong("a number"),
        FieldKind::List => {
            let most = option.max.map_or(MAX_LIST, |max| max as usize);
            match &value {
                Value::Array(list) if list.len() > most => {
                    wrong(&format!("a list of at most {most} texts"))
                }
                Value::Array(list) if list.iter().all(Value::is_string) => Ok(value),
                _ => wrong("a list of texts"),
            }
        }
        FieldKind::Toggle | FieldKind::Number => Ok(value),
        _ if value.is_string() => Ok(value),
        _ => wrong("a text"),
    }
}

/// A choice by its value, else by how it is read on screen.
fn choice(option: &OptionField, value: &Value, at: &str) -> Result<Value, Fault> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(Fault::invalid(at, format!("{at} is a text."))),
    };
    let all = &option.choices;
    let wanted = bare(&text);
    let like = |word: &str| !wanted.is_empty() && bare(word) == wanted;
    let found = all
        .iter()
        .find(|(value, _)| *value == text)
        .or_else(|| all.iter().find(|(value, _)| like(value)))
        .or_else(|| all.iter().find(|(_, label)| like(label)));
    if let Some((value, _)) = found {
        return Ok(Value::String(value.clone()));
    }
    // One without a value of its own goes by its label.
    let names = all.iter().map(|(value, label)| {
        if value.is_empty() {
            label.to_lowercase()
        } else {
            value.clone()
        }
    });
    let names: Vec<String> = names.collect();
    let message = format!("{at} is one of {}.", names.join(", "));
    Err(Fault::invalid(at, message).given(&text))
}

#[cfg(test)]
mod tests {
    use networks::registry::{Config, Registry};
    use serde_json::json;

    use super::*;

    /// The catalogue as it is shipped.
    fn catalogue() -> Vec<Network> {
        networks::http::choose_cryptography();
        let registry = Registry::new(Config::new("0.0.0-test")).unwrap();
        registry.entries()
    }

    fn brought(entry: &Network, given: &Value) -> Result<Value, String> {
        let given = given.as_object().unwrap().clone();
        let read = of_network(entry, given, "options");
        read.map(Value::Object).map_err(|fault| {
            let field = fault.details["field"].as_str().unwrap().to_owned();
            format!("{field}: {}", fault.message)
        })
    }

    /// As other programs write a name: `replySettings` as `reply_settings`.
    fn with_lines(name: &str) -> String {
        let mut all = String::new();
        for c in name.chars() {
            if c.is_uppercase() && !all.is_empty() {
                all.push('_');
            }
            all.extend(c.to_lowercase());
        }
        all
    }

    #[test]
    fn the_printed_options_become_those_of_the_catalogue() {
        let all = catalogue();
        let of = |key: &str| all.iter().find(|n| n.key == key).unwrap();
        let x = |given: Value| brought(of("x"), &given);
        assert_eq!(
            x(json!({ "reply_settings": "everyone" })),
            Ok(json!({ "replySettings": "" }))
        );
        assert_eq!(
            x(json!({ "reply_settings": "mentioned_users", "made_with_ai": true })),
            Ok(json!({ "replySettings": "mentionedUsers", "madeWithAi": true }))
        );
        let linkedin = |given: Value| brought(of("linkedin"), &given);
        for (written, meant) in [
            ("public", "PUBLIC"),
            ("connections", "CONNECTIONS"),
            ("logged-in", "LOGGED_IN"),
            ("Anyone", "PUBLIC"),
        ] {
            assert_eq!(
                linkedin(json!({ "visibility": written })),
                Ok(json!({ "visibility": meant })),
                "{written}"
            );
        }
    }

    #[test]
    fn what_the_catalogue_does_not_know_is_refused_by_its_place() {
        let all = catalogue();
        let linkedin = all.iter().find(|n| n.key == "linkedin").unwrap();
        for (given, place) in [
            (json!({ "visibility": "friends" }), "options.visibility: "),
            (json!({ "visibility": true }), "options.visibility: "),
            (json!({ "audience": "public" }), "options.audience: "),
            (
                json!({ "disable_reshare": "yes" }),
                "options.disable_reshare: ",
            ),
            (json!({ "link": 5 }), "options.link: "),
        ] {
            let refused = brought(linkedin, &given).unwrap_err();
            assert!(refused.starts_with(place), "{given}: {refused}");
        }
        let twice = json!({ "link_title": "a", "linkTitle": "b" });
        assert!(brought(linkedin, &twice).unwrap_err().contains("twice"));
        assert_eq!(brought(linkedin, &json!({ "link": null })), Ok(json!({})));
    }

    #[test]
    fn names_and_choices_of_every_network_are_found_however_they_are_written() {
        for entry in catalogue() {
            for option in &entry.options {
                let bare_names: Vec<_> = entry.options.iter().map(|o| bare(&o.name)).collect();
                let same = bare_names.iter().filter(|b| **b == bare(&option.name));
                assert_eq!(same.count(), 1, "{} {}", entry.key, option.name);
                for (value, _) in &option.choices {
                    let given = json!({ with_lines(&option.name): value.to_uppercase() });
                    let meant = json!({ option.name.as_str(): value });
                    assert_eq!(brought(&entry, &given), Ok(meant), "{} {value}", entry.key);
                }
            }
        }
    }
}
