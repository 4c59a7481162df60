//! Calls on the REST interface of a site.
//!
//! The root of a site is kept so that a route can be put behind it: `https://example.org/wp-json`, or
//! `https://example.org/?rest_route=` on sites with plain links.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, RequestBuilder, multipart};
use serde_json::Value;

use crate::api::{Answer, Api, Failed, secret_header};
use crate::tokens::Tokens;
use crate::vault::Secret;

/// Name under which the user name lies among an account's secrets.
pub const USER: &str = "user";

/// What an account signs its calls with: one application password, which does not end by itself.
#[must_use]
pub fn tokens(user: &str, password: &str) -> Tokens {
    let mut tokens = Tokens::lasting(Secret::new(password));
    tokens.more.insert(USER.to_owned(), Secret::new(user));
    tokens
}

/// Makes calls on a site.
#[derive(Debug, Clone)]
pub struct Site {
    api: Api,
}

/// A good answer.
#[derive(Debug)]
pub struct Good {
    /// Its JSON.
    pub json: Value,
    /// How many things a list has altogether, where it was a list.
    pub total: Option<u64>,
}

/// The JSON of an answer. Sites with a faulty plugin print notices before it.
#[must_use]
pub fn json_of(answer: &Answer) -> Option<Value> {
    answer.json().or_else(|| {
        let start = answer.body.iter().position(|b| matches!(b, b'{' | b'['))?;
        serde_json::from_slice(answer.body.get(start..)?).ok()
    })
}

impl Site {
    /// Calls over these clients.
    #[must_use]
    pub fn new(api: Api) -> Self {
        Self { api }
    }

    /// A call on a route, such as `/wp/v2/posts`, signed when there are tokens.
    pub async fn request(
        &self,
        method: Method,
        root: &str,
        route: &str,
        tokens: Option<&Tokens>,
    ) -> Result<RequestBuilder, Failed> {
        let request = self.api.call(method, &format!("{root}{route}")).await?;
        Ok(match tokens {
            Some(tokens) => signed(request, tokens),
            None => request,
        })
    }

    /// Asks for something.
    pub async fn get(
        &self,
        root: &str,
        route: &str,
        query: &[(&str, &str)],
        tokens: &Tokens,
    ) -> Result<Good, Failed> {
        let request = self
            .request(Method::GET, root, route, Some(tokens))
            .await?
            .query(query);
        self.send(request).await
    }

    /// Changes something.
    pub async fn post(
        &self,
        root: &str,
        route: &str,
        body: &Value,
        tokens: &Tokens,
    ) -> Result<Good, Failed> {
        let request = self
            .request(Method::POST, root, route, Some(tokens))
            .await?
            .json(body);
        self.send(request).await
    }

    /// Deletes something.
    pub async fn delete(
        &self,
        root: &str,
        route: &str,
        query: &[(&str, &str)],
        tokens: &Tokens,
    ) -> Result<Good, Failed> {
        let request = self
            .request(Method::DELETE, root, route, Some(tokens))
            .await?
            .query(query);
        self.send(request).await
    }

    /// Uploads a file of so many bytes.
    pub async fn upload(
        &self,
        root: &str,
        form: multipart::Form,
        bytes: u64,
        tokens: &Tokens,
    ) -> Result<Good, Failed> {
        let address = format!("{root}/wp/v2/media");
        let request = self.api.upload(Method::POST, &address, bytes).await?;
        self.send(signed(request, tokens).multipart(form)).await
    }

    /// Sends a call whose good answer is JSON.
    pub async fn send(&self, request: RequestBuilder) -> Result<Good, Failed> {
        let answer = self.api.send(request).await?;
        let total = answer.header("x-wp-total").and_then(|t| t.parse().ok());
        match json_of(&answer) {
            Some(json) => Ok(Good { json, total }),
            None => Err(Failed::Answered(answer)),
        }
    }

    /// The front page of a site, for finding its interface. Not followed anywhere.
    pub async fn front(&self, address: &str) -> Result<Answer, Failed> {
        let request = self.api.call(Method::GET, address).await?;
        self.api.send(request).await
    }
}

/// A call signed with the application password. Blanks in it only help people to read it.
fn signed(request: RequestBuilder, tokens: &Tokens) -> RequestBuilder {
    let password: String = tokens
        .access
        .reveal()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let pair = STANDARD.encode(format!("{}:{password}", tokens.more(USER)));
    secret_header(request, AUTHORIZATION.as_str(), &format!("Basic {pair}"))
}

/// The code of an error in the form of WordPress; empty when it has none.
#[must_use]
pub fn code_of(failed: &Failed) -> String {
    let Failed::Answered(answer) = failed else {
        return String::new();
    };
    let json = json_of(answer);
    let code = json.as_ref().and_then(|j| j.get("code")?.as_str());
    code.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_before_the_answer_are_cut_off() {
        let answer = |body: &str| Answer {
            status: 200,
            headers: reqwest::header::HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        let odd = "<br />\n<b>Deprecated</b>: something in file.php\n{\"id\":7}";
        assert_eq!(json_of(&answer(odd)).unwrap()["id"], 7);
        assert_eq!(json_of(&answer("[]")), Some(serde_json::json!([])));
        assert_eq!(json_of(&answer("<p>no { json")), None);
        assert_eq!(json_of(&answer("")), None);
    }
}
