//! One request as a dialect sees it, and its answer.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::Arc;

use app::App;
use app::programs::Bearer;
use axum::http::StatusCode;
use model::WorkspaceId;
use model::key::Permission;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Kind};
use crate::host::Host;
use crate::limits::{Bucket, Count, Who};
use crate::world::id_of;

/// A request of somebody who is known.
pub(crate) struct Call {
    /// The host.
    pub host: Arc<Host>,
    /// Who asks.
    pub bearer: Bearer,
    /// The parts of the path that have names.
    pub params: HashMap<String, String>,
    /// The number of the request.
    pub id: String,
    /// The beginning of the addresses that it is told: where it reached the host itself.
    pub base: String,
}

impl Call {
    /// The program.
    pub fn app(&self) -> &App {
        &self.host.app
    }

    /// The only workspace that is reached.
    pub fn workspace(&self) -> WorkspaceId {
        self.bearer.workspace
    }

    /// A part of the path.
    pub fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// Whether the key may do something.
    pub fn allows(&self, permission: Permission) -> bool {
        self.bearer.permissions.contains(&permission)
    }

    /// Refuses what the key may not do.
    pub fn may(&self, permission: Permission) -> Result<(), Fault> {
        if self.allows(permission) {
            return Ok(());
        }
        Err(Fault::forbidden(format!(
            "This key lacks the permission {}. Make one that has it in Almanac's settings.",
            permission.word()
        ))
        .with("permission", permission.word()))
    }

    /// A post goes out or is scheduled: the key has to be allowed to, and not too often.
    pub fn may_publish(&self) -> Result<(), Fault> {
        self.may(Permission::PublishContent)?;
        self.counts(Bucket::Posts)
    }

    /// Counts something that has a limit of its own.
    pub fn counts(&self, bucket: Bucket) -> Result<(), Fault> {
        let (who, now) = (Who::Key(self.bearer.key), self.app().now());
        self.host.limits.take(who, bucket, now)?;
        Ok(())
    }

    /// Refuses another workspace than the key's own, where a request names one.
    pub fn same_workspace(&self, field: &str, named: Option<&str>) -> Result<(), Fault> {
        let Some(named) = named else { return Ok(()) };
        if is_of(named, self.workspace()) {
            return Ok(());
        }
        Err(Fault::forbidden("This key does not reach that workspace.").with("field", field))
    }
}

/// Whether a text, with or without a prefix such as `profile_`, names a workspace.
pub(crate) fn is_of(named: &str, workspace: WorkspaceId) -> bool {
    id_of::<WorkspaceId>(named, "workspace").is_ok_and(|id| id == workspace)
}

/// An answer with its status.
pub(crate) struct Reply<O> {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: O,
}

impl<O> Reply<O> {
    /// It is done.
    pub fn ok(body: O) -> Self {
        Self {
            status: StatusCode::OK,
            body,
        }
    }

    /// Something was made.
    pub fn created(body: O) -> Self {
        Self {
            status: StatusCode::CREATED,
            body,
        }
    }
}

/// An answer as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The status.
    pub status: StatusCode,
    /// JSON.
    pub text: String,
    /// It was given before, to the same request.
    pub again: bool,
    /// What the request was counted against, where it showed no key.
    pub count: Option<Count>,
}

impl Answer {
    /// Writes it.
    pub fn of<O: Serialize>(reply: &Reply<O>) -> Result<Self, Fault> {
        let text = serde_json::to_string(&reply.body).map_err(|error| {
            tracing::error!(%error, "an answer could not be written");
            Fault::new(Kind::Internal, "Almanac could not write its answer.")
        })?;
        Ok(Self {
            status: reply.status,
            text,
            again: false,
            count: None,
        })
    }
}

/// Nothing is read from here.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct Nothing {}

/// It worked.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Success {
    /// Always true.
    pub success: bool,
}

impl Success {
    /// It worked.
    pub const YES: Self = Self { success: true };
}

/// What an error of serde says of a field, as a sentence.
fn not_read<E: std::fmt::Display>(error: &serde_path_to_error::Error<E>) -> Fault {
    let words: String = error.inner().to_string().chars().take(300).collect();
    let quoted = words.split('`').nth(1).map(str::to_owned);
    let path = error.path().to_string();
    if words.starts_with("missing field") {
        let name = quoted.unwrap_or_default();
        let field = if path == "." {
            name
        } else {
            format!("{path}.{name}")
        };
        return Fault::invalid(&field, format!("{field} is missing."));
    }
    // The place in the text says nothing to whoever built it from values.
    let plain = words
        .split(" at line ")
        .next()
        .unwrap_or_default()
        .to_owned();
    if path == "." || path == "?" {
        return Fault::new(
            Kind::Invalid,
            format!("The request was not understood: {plain}."),
        );
    }
    Fault::invalid(&path, format!("{path} is not as it has to be: {plain}."))
}

/// Reads the query of an address.
pub(crate) fn read_query<Q: DeserializeOwned>(query: &str) -> Result<Q, Fault> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs))
        .map_err(|error| not_read(&error))
}

/// Deepest nesting of a body.
const MAX_DEPTH: u32 = 32;

/// Whether a JSON text is nested deeper, also in what nobody reads.
pub(crate) fn is_deeper(bytes: &[u8], most: u32) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                if depth > most {
                    return true;
                }
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// Reads a JSON body. Nothing at all counts as an object without fields.
pub(crate) fn read_body<I: DeserializeOwned + 'static>(bytes: &[u8]) -> Result<I, Fault> {
    let none = TypeId::of::<I>() == TypeId::of::<Nothing>();
    let trimmed = bytes.trim_ascii();
    let bytes = if none || trimmed.is_empty() {
        b"{}"
    } else {
        trimmed
    };
    // A list would be read as a struct, field after field.
    if bytes.first() != Some(&b'{') {
        return Err(Fault::new(
            Kind::Invalid,
            "The body has to be a JSON object.",
        ));
    }
    if is_deeper(bytes, MAX_DEPTH) {
        return Err(Fault::new(Kind::Invalid, "The body is nested too deeply."));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| not_read(&error))?;
    json.end()
        .map_err(|_| Fault::new(Kind::Invalid, "The body has to be one JSON object."))?;
    Ok(read)
}

/// Tells a field that is null from one that is missing.
#[expect(clippy::option_option, reason = "these are three cases")]
pub(crate) fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Reads an object and nothing else: a list would be read as one without fields where all may be missing.
pub(crate) fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: DeserializeOwned,
{
    let fields = serde_json::Map::deserialize(deserializer)?;
    T::deserialize(serde_json::Value::Object(fields)).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only whether it is read matters")]
    struct Inner {
        n: u8,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only whether it is read matters")]
    struct Sample {
        name: String,
        inner: Option<Inner>,
    }

    #[test]
    fn depth_is_counted_outside_of_texts() {
        assert!(!is_deeper(br#"{"a":"[[[[\"[[["}"#, 1));
        assert!(is_deeper(br#"{"a":[1]}"#, 1));
        assert!(!is_deeper(b"[1],[2],[3]", 1));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place() {
        let field = |body: &str| {
            let fault = read_body::<Sample>(body.as_bytes()).unwrap_err();
            fault.details.get("field").cloned()
        };
        assert_eq!(field("{}").unwrap(), "name");
        assert_eq!(field(r#"{"name":"a","inner":{}}"#).unwrap(), "inner.n");
        assert_eq!(
            field(r#"{"name":"a","inner":{"n":300}}"#).unwrap(),
            "inner.n"
        );
        assert_eq!(field(r#"{"name":5}"#).unwrap(), "name");
        assert_eq!(field("[\"a\",null]"), None);
        assert_eq!(field("{\"name\":\"a\"} x"), None);
        assert!(read_body::<Sample>(b"{\"name\":\"\xff\"}").is_err());
    }
}
