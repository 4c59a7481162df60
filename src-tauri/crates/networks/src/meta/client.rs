//! Calls on the Graph interface. The token goes in a header, so that it is in no address.

use std::path::Path;

use reqwest::{Method, RequestBuilder, multipart};
use serde_json::Value;

use super::pass::Signs;
use crate::api::{Api, Failed, bearer, file_body, secret_header};
use crate::connector::Refusal;
use crate::vault::Secret;

/// The version of the interface that is spoken; it lives until July 2028.
pub const VERSION: &str = "v25.0";

/// Why a call with a file failed.
#[derive(Debug)]
pub enum UploadFailed {
    /// The file cannot be read.
    File(Refusal),
    /// The call.
    Call(Failed),
}

impl From<Failed> for UploadFailed {
    fn from(failed: Failed) -> Self {
        Self::Call(failed)
    }
}

/// One host of the interface.
#[derive(Debug, Clone)]
pub struct Graph {
    api: Api,
    base: String,
}

impl Graph {
    /// Calls below this address, such as `https://graph.facebook.com/v25.0`.
    #[must_use]
    pub fn new(api: Api, base: String) -> Self {
        Self { api, base }
    }

    /// Makes other calls.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.api
    }

    fn address(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    /// Reads.
    pub async fn get(
        &self,
        path: &str,
        pass: &dyn Signs,
        query: &[(&str, &str)],
    ) -> Result<Value, Failed> {
        let call = self.api.call(Method::GET, &self.address(path)).await?;
        self.api.json(signed(call.query(query), pass)).await
    }

    /// Writes a form.
    pub async fn post(
        &self,
        path: &str,
        pass: &dyn Signs,
        form: &[(&str, String)],
    ) -> Result<Value, Failed> {
        let call = self.api.call(Method::POST, &self.address(path)).await?;
        self.api.json(signed(call.form(form), pass)).await
    }

    /// Writes a form, and gives the id that comes back under this name.
    pub async fn post_id(
        &self,
        path: &str,
        pass: &dyn Signs,
        form: &[(&str, String)],
        name: &str,
    ) -> Result<String, Failed> {
        let answer = self.post(path, pass, form).await?;
        id_of(&answer, name).ok_or_else(|| unreadable(&answer))
    }

    /// Writes a form with a file of so many bytes in it.
    pub async fn post_file(
        &self,
        path: &str,
        pass: &dyn Signs,
        form: multipart::Form,
        bytes: u64,
    ) -> Result<Value, Failed> {
        let address = self.address(path);
        let call = self.api.upload(Method::POST, &address, bytes).await?;
        self.api.json(signed(call.multipart(form), pass)).await
    }

    /// Removes.
    pub async fn delete(&self, path: &str, pass: &dyn Signs) -> Result<Value, Failed> {
        let call = self.api.call(Method::DELETE, &self.address(path)).await?;
        self.api.json(signed(call, pass)).await
    }
}

/// The token in a header, and the proof beside it.
fn signed(call: RequestBuilder, pass: &dyn Signs) -> RequestBuilder {
    let call = bearer(call, pass.token());
    match pass.proof() {
        Some(proof) => call.query(&[("appsecret_proof", proof.reveal())]),
        None => call,
    }
}

/// Sends a file from `from` on to a resumable upload, such as
/// `https://rupload.facebook.com/video-upload/v25.0/17`.
pub async fn send_bytes(
    api: &Api,
    address: &str,
    token: &Secret,
    file: &Path,
    from: u64,
    size: u64,
) -> Result<Value, UploadFailed> {
    let rest = size.saturating_sub(from);
    let body = file_body(file, from, rest)
        .await
        .map_err(UploadFailed::File)?;
    let call = api.upload(Method::POST, address, rest).await?;
    let call = secret_header(call, "authorization", &format!("OAuth {}", token.reveal()))
        .header("offset", from.to_string())
        .header("file_size", size.to_string())
        .header("content-type", "application/octet-stream")
        .header("content-length", rest.to_string())
        .body(body);
    let answer = api.send(call).await?;
    let json = answer.json();
    match json {
        Some(json) if json.get("success").and_then(Value::as_bool) == Some(true) => Ok(json),
        _ => Err(UploadFailed::Call(Failed::Answered(answer))),
    }
}

/// The id in an answer; none when there is none that could be a part of an address.
#[must_use]
pub fn id_of(answer: &Value, name: &str) -> Option<String> {
    let id = match answer.get(name)? {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => return None,
    };
    let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (!id.is_empty() && id.len() <= 100 && plain).then_some(id)
}

/// A good answer that lacks what it has to have.
#[must_use]
pub fn unreadable(answer: &Value) -> Failed {
    Failed::Answered(crate::api::Answer {
        status: 200,
        headers: reqwest::header::HeaderMap::new(),
        body: answer.to_string().into_bytes(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_read_as_text_or_number_and_nothing_else() {
        assert_eq!(id_of(&json!({ "id": "1_2" }), "id").unwrap(), "1_2");
        assert_eq!(
            id_of(&json!({ "user_id": 17_841_400_000_000_001_u64 }), "user_id").unwrap(),
            "17841400000000001"
        );
        for odd in [json!({}), json!({ "id": "" }), json!({ "id": "1/../2" })] {
            assert_eq!(id_of(&odd, "id"), None, "{odd}");
        }
    }
}
