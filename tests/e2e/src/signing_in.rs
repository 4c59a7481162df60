//! Connecting an account of any network at the window, led by what the catalogue says of it.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{Desk, Session, until};

/// What the catalogue says of one way to sign in to a network.
pub struct Way {
    network: String,
    ways: usize,
    method: Value,
}

impl Way {
    /// Looks a way up; `method` is its key.
    pub async fn of(session: &Session, network: &str, method: &str) -> Result<Self> {
        let entry = entry(session, network).await?;
        let methods = entry["signIn"]["methods"]
            .as_array()
            .context("ways to sign in")?;
        let found = methods.iter().find(|way| way["key"] == method);
        Ok(Self {
            network: text(&entry["name"])?,
            ways: methods.len(),
            method: found
                .with_context(|| format!("{network} has no way {method}"))?
                .clone(),
        })
    }

    /// It goes through the browser.
    #[must_use]
    pub fn browser(&self) -> bool {
        !self.method["browser"].is_null()
    }

    /// The final address is pasted.
    #[must_use]
    pub fn pasted(&self) -> bool {
        self.method["browser"]["redirect"]["kind"] == "pasted"
    }

    /// What the button that goes on says.
    fn button(&self) -> &'static str {
        if self.browser() {
            "Go on in the browser"
        } else {
            "Connect an account"
        }
    }
}

/// What the catalogue says of a network.
pub async fn entry(session: &Session, network: &str) -> Result<Value> {
    let boot = session.call("session.boot", json!({})).await?;
    let entries = boot["catalogue"].as_array().context("the catalogue")?;
    let found = entries.iter().find(|entry| entry["key"] == network);
    found
        .cloned()
        .with_context(|| format!("there is no network {network}"))
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).context("a text")
}

impl Session {
    /// Opens the form of a way to sign in and fills it in; fields are named as in the catalogue.
    pub async fn fill_in(&self, way: &Way, fields: &[(&str, String)]) -> Result<()> {
        self.room("Accounts").await?;
        self.choose("Connect an account").await?;
        self.fill("Find a network", &way.network).await?;
        self.click_at(&format!(
            "//dialog//button[.//strong[normalize-space(.)=\"{}\"]]",
            way.network
        ))
        .await?;
        self.fill_form(way, fields).await
    }

    /// Fills the open form in.
    pub async fn fill_form(&self, way: &Way, fields: &[(&str, String)]) -> Result<()> {
        if way.ways > 1 {
            self.choose(&text(&way.method["label"])?).await?;
        }
        let known = way.method["fields"].as_array().context("fields")?;
        for (name, value) in fields {
            let field = known.iter().find(|field| field["name"] == *name);
            let field = field.with_context(|| format!("the form has no field {name}"))?;
            let label = text(&field["label"])?;
            if field["kind"] == "toggle" {
                self.choose(&label).await?;
            } else {
                self.fill(&label, value).await?;
            }
        }
        Ok(())
    }

    /// Sends the form, and the browser where the way goes through it. Gives the address that the
    /// browser was sent to.
    pub async fn go_on(&self, desk: &Desk, way: &Way) -> Result<Option<String>> {
        let before = desk.opened().len();
        self.choose(way.button()).await?;
        if !way.browser() {
            return Ok(None);
        }
        desk.opened_after(before).await.map(Some)
    }

    /// Takes the browser's final address into the form that asks for it.
    pub async fn paste_address(&self, address: &str) -> Result<()> {
        self.fill("Final address", address).await?;
        self.choose("Go on").await
    }

    /// Takes the first of the accounts that were found, when several were; waits until the form is
    /// gone.
    pub async fn finish_connecting(&self) -> Result<()> {
        let several = "Connect this account";
        let stands = until::some("the account, or a choice of several", || async {
            let script = "const open = document.querySelector('dialog[open]');
                 if (!open) return 'gone';
                 const go = [...open.querySelectorAll('button')].find((button) =>
                   button.textContent.trim() === arguments[0]);
                 return go ? 'several' : null;";
            let answer = self
                .client
                .execute(script, vec![json!(several)])
                .await
                .ok()?;
            answer.as_str().map(str::to_owned)
        });
        let stands = match stands.await {
            Ok(stands) => stands,
            Err(error) => {
                let page = self.page_text().await?;
                return Err(error.context(format!("the page says: {page}")));
            }
        };
        if stands == "several" {
            self.choose(several).await?;
        }
        self.goes("dialog[open]").await
    }
}
