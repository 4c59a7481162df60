//! Comparing answers with what the documents print: every field has to be there and of the same kind;
//! values that are not identifiers, instants or addresses have to be the same.

use serde_json::Value;

/// What may stand for a value that differs from run to run.
fn is_wild(wanted: &str, found: &str) -> bool {
    match wanted {
        "<uuid>" => found.parse::<uuid::Uuid>().is_ok(),
        "<seconds>" => instant(found) && !found.contains('.'),
        "<millis>" => instant(found) && found.len() == "2024-01-15T10:30:00.000Z".len(),
        "<text>" => !found.is_empty(),
        "<url>" => found.starts_with("http"),
        "<day>" => found.parse::<jiff::civil::Date>().is_ok(),
        _ => match wanted
            .strip_prefix('<')
            .and_then(|w| w.strip_suffix("_uuid>"))
        {
            Some(prefix) => found
                .strip_prefix(prefix)
                .and_then(|rest| rest.strip_prefix('_'))
                .is_some_and(|rest| rest.parse::<uuid::Uuid>().is_ok()),
            None => false,
        },
    }
}

fn instant(text: &str) -> bool {
    text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok()
}

/// Fails unless `found` has at least what `wanted` has.
#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "what is wanted is written out where it is asked for"
)]
pub fn like(found: &Value, wanted: Value) {
    if let Err(why) = compare("$", found, &wanted) {
        panic!("{why}\nfound {found:#}\nwanted {wanted:#}");
    }
}

fn compare(at: &str, found: &Value, wanted: &Value) -> Result<(), String> {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => {
            wanted.iter().try_for_each(|(name, wanted)| {
                let at = format!("{at}.{name}");
                let found = found.get(name).ok_or_else(|| format!("{at} is missing"))?;
                compare(&at, found, wanted)
            })
        }
        (Value::Array(found), Value::Array(wanted)) => {
            if found.len() != wanted.len() {
                return Err(format!("{at} has {} of {}", found.len(), wanted.len()));
            }
            let pairs = found.iter().zip(wanted).enumerate();
            pairs
                .into_iter()
                .try_for_each(|(n, (found, wanted))| compare(&format!("{at}[{n}]"), found, wanted))
        }
        (Value::String(found), Value::String(wanted)) if is_wild(wanted, found) => Ok(()),
        (Value::Number(_), Value::String(wanted)) if wanted == "<number>" => Ok(()),
        (found, wanted) if found == wanted => Ok(()),
        (found, wanted) => Err(format!("{at} is {found}, not {wanted}")),
    }
}
