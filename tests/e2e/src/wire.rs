//! The way between the page and the program, where it can be made to fail: what the page says of a disk that
//! is full or of a program that takes its time is seen without waiting for either.

use anyhow::Result;
use serde_json::{Value, json};

use crate::Session;

impl Session {
    /// From now on the program seems to refuse these commands with a sentence, whoever calls them, and no others
    /// any more: until [`Session::mend`], or until the page is drawn anew.
    pub async fn refuse(&self, commands: &[&str], sentence: &str) -> Result<()> {
        self.meddle(commands, json!(sentence)).await
    }

    /// From now on these commands reach nobody and are never answered, likewise.
    pub async fn leave_waiting(&self, commands: &[&str]) -> Result<()> {
        self.meddle(commands, Value::Null).await
    }

    /// Lets everything through again that is called from now on.
    pub async fn mend(&self) -> Result<()> {
        self.eval(
            "if (window.untouched) window.fetch = window.untouched; return null",
            vec![],
        )
        .await?;
        Ok(())
    }

    /// Calls go over `fetch`, in which the page's own words can be put.
    async fn meddle(&self, commands: &[&str], sentence: Value) -> Result<()> {
        self.eval(
            "const [names, message] = arguments;
             window.untouched ??= window.fetch.bind(window);
             const wanted = (order) => typeof order?.body === 'string'
               && names.includes(JSON.parse(order.body).name);
             window.fetch = (address, order) => {
               if (String(address) !== 'ipc://localhost/call' || !wanted(order))
                 return window.untouched(address, order);
               if (message === null) return new Promise(() => {});
               const fault = { code: 'storage', message, field: null, detail: null, fix: null };
               const headers = { 'Content-Type': 'application/json', 'Tauri-Response': 'error' };
               return Promise.resolve(new Response(JSON.stringify(fault), { headers }));
             };
             return null",
            vec![json!(commands), sentence],
        )
        .await?;
        Ok(())
    }
}
