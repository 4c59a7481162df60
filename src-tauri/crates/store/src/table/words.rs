//! Reading and writing the words and identifiers that columns hold.

use std::fmt::Display;
use std::str::FromStr;

use model::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Result, StoreError};

/// The word of an enum without data, as serde names it.
pub(crate) fn word<T: Serialize>(value: &T) -> Result<String> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        other => Err(StoreError::internal(format!("{other} is no word"))),
    }
}

/// Reads the word of an enum without data.
pub(crate) fn of_word<T: DeserializeOwned>(word: &str) -> Result<T> {
    Ok(serde_json::from_value(serde_json::Value::String(
        word.to_owned(),
    ))?)
}

/// Reads json that this crate wrote.
pub(crate) fn json<T: DeserializeOwned>(text: &str) -> Result<T> {
    Ok(serde_json::from_str(text)?)
}

/// Writes json.
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    Ok(serde_json::to_string(value)?)
}

/// Reads an identifier, a time or a zone.
pub(crate) fn parse<T: FromStr<Err: Display>>(text: &str) -> Result<T> {
    text.parse()
        .map_err(|e: T::Err| StoreError::internal(e.to_string()))
}

/// An instant from its column.
pub(crate) const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A json list of identifiers, for `IN (SELECT value FROM json_each(?))`.
pub(crate) fn id_list<T: Display>(ids: &[T]) -> Result<String> {
    to_json(&ids.iter().map(ToString::to_string).collect::<Vec<_>>())
}
