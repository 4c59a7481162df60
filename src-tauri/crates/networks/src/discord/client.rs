//! Calls on Discord's HTTP interface, as a webhook or as a bot. A webhook's token is a part of its
//! address, so no address is ever told and every failure is cleaned of it.

use reqwest::header::USER_AGENT;
use reqwest::{Method, RequestBuilder, multipart};
use serde_json::Value;

use crate::api::{Answer, Api, Failed, secret_header};
use crate::hidden;
use crate::vault::Secret;

/// Who calls, and where messages go.
#[derive(Debug, Clone)]
pub enum Caller {
    /// A webhook by its number, for a thread of its channel where one was named.
    Webhook {
        /// Its number.
        id: String,
        /// Its token.
        token: Secret,
        /// A thread.
        thread: Option<String>,
    },
    /// A bot, in a channel.
    Bot {
        /// Its token.
        token: Secret,
        /// The channel's number.
        channel: String,
    },
}

impl Caller {
    fn token(&self) -> &Secret {
        match self {
            Self::Webhook { token, .. } | Self::Bot { token, .. } => token,
        }
    }

    /// Path of the webhook itself, or of the channel.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Webhook { id, token, .. } => format!("/webhooks/{id}/{}", token.reveal()),
            Self::Bot { channel, .. } => format!("/channels/{channel}"),
        }
    }

    /// Path of the messages that were posted.
    #[must_use]
    pub fn messages(&self) -> String {
        format!("{}/messages", self.place())
    }

    /// Path by which one posts.
    #[must_use]
    pub fn posting(&self) -> String {
        match self {
            Self::Webhook { .. } => self.place(),
            Self::Bot { .. } => self.messages(),
        }
    }

    /// What stands in the query of a call on a message.
    fn query(&self, posting: bool) -> Vec<(&'static str, String)> {
        let Self::Webhook { thread, .. } = self else {
            return vec![];
        };
        let mut query = Vec::new();
        if posting {
            // Without it the answer is empty and a message that was not kept is not told.
            query.push(("wait", "true".to_owned()));
        }
        query.extend(thread.clone().map(|thread| ("thread_id", thread)));
        query
    }
}

/// Makes calls.
#[derive(Debug, Clone)]
pub struct Client {
    api: Api,
    base: String,
    agent: String,
}

impl Client {
    /// Calls on this origin.
    #[must_use]
    pub fn new(api: Api, origin: &str, version: &str) -> Self {
        Self {
            api,
            base: format!("{origin}/api/v10"),
            // The form Discord asks for; other agents may be turned away at its edge.
            agent: format!("DiscordBot (https://almanac.example, {version})"),
        }
    }

    fn signed(&self, request: RequestBuilder, caller: &Caller) -> RequestBuilder {
        let request = request.header(USER_AGENT, &self.agent);
        match caller {
            Caller::Webhook { .. } => request,
            Caller::Bot { token, .. } => {
                secret_header(request, "authorization", &format!("Bot {}", token.reveal()))
            }
        }
    }

    async fn send(&self, request: RequestBuilder, caller: &Caller) -> Result<Answer, Failed> {
        let request = self.signed(request, caller);
        let answer = self.api.send(request).await;
        answer.map_err(|failed| hidden::without(failed, caller.token().reveal()))
    }

    async fn call(
        &self,
        caller: &Caller,
        method: Method,
        path: &str,
    ) -> Result<RequestBuilder, Failed> {
        let request = self.api.call(method, &format!("{}{path}", self.base)).await;
        request.map_err(|failed| hidden::without(failed, caller.token().reveal()))
    }

    /// Reads something.
    pub async fn get(
        &self,
        caller: &Caller,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<Value, Failed> {
        let request = self.call(caller, Method::GET, path).await?.query(query);
        let answer = self.send(request, caller).await?;
        answer.json().ok_or(Failed::Answered(answer))
    }

    /// Reads a message that was posted.
    pub async fn message(&self, caller: &Caller, id: &str) -> Result<Value, Failed> {
        let path = format!("{}/{id}", caller.messages());
        self.get(caller, &path, &caller.query(false)).await
    }

    /// Posts a message.
    pub async fn post(&self, caller: &Caller, input: &Value) -> Result<Value, Failed> {
        let request = self.call(caller, Method::POST, &caller.posting()).await?;
        let request = request.query(&caller.query(true)).json(input);
        let answer = self.send(request, caller).await?;
        answer.json().ok_or(Failed::Answered(answer))
    }

    /// Posts a message with so many bytes of files.
    pub async fn post_form(
        &self,
        caller: &Caller,
        form: multipart::Form,
        bytes: u64,
    ) -> Result<Value, Failed> {
        let address = format!("{}{}", self.base, caller.posting());
        let request = self.api.upload(Method::POST, &address, bytes).await;
        let request = request.map_err(|failed| hidden::without(failed, caller.token().reveal()))?;
        let request = request.query(&caller.query(true)).multipart(form);
        let answer = self.send(request, caller).await?;
        answer.json().ok_or(Failed::Answered(answer))
    }

    /// Deletes a message that was posted.
    pub async fn delete(&self, caller: &Caller, id: &str) -> Result<(), Failed> {
        let path = format!("{}/{id}", caller.messages());
        let request = self.call(caller, Method::DELETE, &path).await?;
        let request = request.query(&caller.query(false));
        self.send(request, caller).await.map(drop)
    }
}
