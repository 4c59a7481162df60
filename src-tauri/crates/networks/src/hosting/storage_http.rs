//! The program's own HTTP clients behind the storage library, so that proxy, certificates and time limits
//! are those of every other call.

use std::time::Duration;

use async_trait::async_trait;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService,
};
use reqwest::{Body, Request, Url};

use crate::http::{Clients, whole};

/// The slowest line that is waited for, in bytes a second.
const SLOWEST: u64 = 50_000;
/// How long a call takes besides its bytes.
const CALL: Duration = Duration::from_secs(30);

/// Calls through the program's clients.
#[derive(Debug, Clone)]
pub struct Through(Clients);

impl Through {
    /// Calls through these.
    #[must_use]
    pub fn new(http: Clients) -> Self {
        Self(http)
    }
}

impl HttpConnector for Through {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

/// Why a call did not work.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Words(String);

fn failed(error: &reqwest::Error) -> HttpError {
    let kind = if error.is_connect() {
        HttpErrorKind::Connect
    } else if error.is_timeout() {
        HttpErrorKind::Timeout
    } else {
        HttpErrorKind::Interrupted
    };
    HttpError::new(kind, Words(whole(error)))
}

#[async_trait]
impl HttpService for Through {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string())
            .map_err(|error| HttpError::new(HttpErrorKind::Request, error))?;
        let bytes = body.content_length() as u64;
        let client = self.0.to(&url).await;
        let mut call = Request::new(parts.method, url);
        *call.headers_mut() = parts.headers;
        *call.timeout_mut() = Some(CALL + Duration::from_secs(bytes / SLOWEST));
        *call.body_mut() = Some(Body::wrap(body));
        let answer = client.execute(call).await.map_err(|e| failed(&e))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        // Answers are lists and names, never files.
        let bytes = answer.bytes().await.map_err(|e| failed(&e))?;
        let mut response = HttpResponse::new(HttpResponseBody::from(bytes));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}
