//! Bodies of calls: JSON or a form, as the documentation allows both, with no field that it does not name.

use axum::extract::Query;
use axum::http::{HeaderMap, Uri, header};
use serde_json::{Map, Value, json};

use super::{Refused, header_text};

/// The fields of a body.
pub type Fields = Map<String, Value>;

/// Reads a body; a field that is not `known` is refused.
pub fn fields(headers: &HeaderMap, body: &[u8], known: &[&str]) -> Result<Fields, Refused> {
    let kind = header_text(headers, header::CONTENT_TYPE.as_str());
    let fields = if kind.starts_with("application/json") {
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => fields,
            _ => {
                return Err(Refused::new(
                    400,
                    "Error occurred while parsing request parameters",
                ));
            }
        }
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        of_form(body)?
    } else if body.is_empty() {
        Fields::new()
    } else {
        return Err(Refused::new(415, format!("a body of the type {kind:?}")));
    };
    only(fields.keys().map(String::as_str), known)?;
    Ok(fields)
}

/// Refuses names that are not known.
pub fn only<'a>(names: impl Iterator<Item = &'a str>, known: &[&str]) -> Result<(), Refused> {
    match names.into_iter().find(|n| !known.contains(n)) {
        Some(odd) => Err(Refused::invalid(format!("unknown field {odd}"))),
        None => Ok(()),
    }
}

/// Pairs of a query.
pub fn pairs(query: &str) -> Result<Vec<(String, String)>, Refused> {
    let odd = |_| Refused::new(400, "a form that cannot be read");
    let uri: Uri = format!("/?{query}")
        .parse()
        .map_err(|_| Refused::new(400, "a form that cannot be read"))?;
    let Query(pairs) = Query::try_from_uri(&uri).map_err(odd)?;
    Ok(pairs)
}

/// A form as the JSON it stands for: `media_ids[]=1` and `poll[options][]=x`.
fn of_form(body: &[u8]) -> Result<Fields, Refused> {
    let text = std::str::from_utf8(body).map_err(|_| Refused::new(400, "no UTF-8"))?;
    let mut fields = Fields::new();
    for (name, value) in pairs(text)? {
        let (name, list) = match name.strip_suffix("[]") {
            Some(name) => (name, true),
            None => (name.as_str(), false),
        };
        let (outer, inner) = match name.strip_suffix(']').and_then(|n| n.split_once('[')) {
            Some((outer, inner)) => (outer, Some(inner)),
            None => (name, None),
        };
        let place = fields.entry(outer.to_owned()).or_insert(Value::Null);
        let place = match inner {
            Some(inner) => {
                if place.is_null() {
                    *place = json!({});
                }
                let Value::Object(map) = place else {
                    return Err(Refused::new(400, "a field twice"));
                };
                map.entry(inner.to_owned()).or_insert(Value::Null)
            }
            None => place,
        };
        let value = typed(inner.unwrap_or(outer), &value);
        match (list, &mut *place) {
            (true, Value::Array(all)) => all.push(value),
            (true, _) => *place = json!([value]),
            (false, _) => *place = value,
        }
    }
    Ok(fields)
}

/// What a form can only write as text.
fn typed(name: &str, value: &str) -> Value {
    match (name, value) {
        ("sensitive" | "multiple" | "hide_totals", "true" | "True" | "1") => json!(true),
        ("sensitive" | "multiple" | "hide_totals", "false" | "False" | "0") => json!(false),
        ("expires_in", number) => number.parse::<u64>().map_or(json!(value), Into::into),
        _ => json!(value),
    }
}

/// A text field; none when it is not there.
pub fn text<'a>(fields: &'a Fields, name: &str) -> Result<Option<&'a str>, Refused> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refused::invalid(format!("{name} has to be a text"))),
    }
}

/// A text field that has to be there.
pub fn need<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Refused> {
    text(fields, name)?.ok_or_else(|| Refused::invalid(format!("{name} can't be blank")))
}

/// A yes or no; no when it is not there.
pub fn flag(fields: &Fields, name: &str) -> Result<bool, Refused> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(on)) => Ok(*on),
        // Written so by other clients, even in JSON, and taken by the real one.
        Some(Value::String(text)) if matches!(text.as_str(), "0" | "1") => Ok(text == "1"),
        Some(_) => Err(Refused::invalid(format!("{name} has to be true or false"))),
    }
}
