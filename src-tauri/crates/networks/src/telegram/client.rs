//! Calls on the Bot API. The token is a part of every address, so no address is ever told and every
//! failure is cleaned of it.

use reqwest::{Method, RequestBuilder, multipart};
use serde_json::Value;

use crate::api::{Api, Failed};
use crate::hidden;
use crate::vault::Secret;

/// A bot on a server.
#[derive(Clone, Copy)]
pub struct Bot<'a> {
    /// Origin of the server.
    pub server: &'a str,
    /// The token.
    pub token: &'a Secret,
}

impl Bot<'_> {
    fn address(&self, method: &str) -> String {
        format!("{}/bot{}/{method}", self.server, self.token.reveal())
    }

    /// Makes a call and returns its result.
    pub async fn call(&self, api: &Api, method: &str, input: &Value) -> Result<Value, Failed> {
        let request = api.call(Method::POST, &self.address(method)).await;
        let request = request.map_err(|failed| hidden::without(failed, self.token.reveal()))?;
        self.send(api, request.json(input)).await
    }

    /// Makes a call that carries so many bytes of files.
    pub async fn upload(
        &self,
        api: &Api,
        method: &str,
        form: multipart::Form,
        bytes: u64,
    ) -> Result<Value, Failed> {
        let request = api
            .upload(Method::POST, &self.address(method), bytes)
            .await
            .map_err(|failed| hidden::without(failed, self.token.reveal()))?;
        self.send(api, request.multipart(form)).await
    }

    async fn send(&self, api: &Api, request: RequestBuilder) -> Result<Value, Failed> {
        let clean = |failed| hidden::without(failed, self.token.reveal());
        let answer = api.send(request).await.map_err(clean)?;
        let json = answer.json().filter(|json| json["ok"] == true);
        match json.and_then(|json| json.get("result").cloned()) {
            Some(result) => Ok(result),
            None => Err(clean(Failed::Answered(answer))),
        }
    }
}
