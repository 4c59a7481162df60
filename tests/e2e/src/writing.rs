//! Writing a post for one account in the open composer: files, options, where it goes.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use crate::{Desk, Hand, Session, until, windows};

/// Title of the desktop's window in which files are chosen.
const FILES: &str = "Add pictures or files to the post";
/// Where the options of the networks stand.
const OPTIONS: &str = "[data-testid=composer] details.options";

impl Session {
    /// Has the open post go to this account and to no other.
    pub async fn address_only_to(&self, network: &str, handle: &str) -> Result<()> {
        self.await_value(
            &format!("the post to go to {handle} alone"),
            "const [network, handle] = arguments;
             const all = [...document.querySelectorAll(
               '[role=group][aria-label=\"Accounts it goes to\"] button[aria-pressed]')];
             const meant = (each) => each.getAttribute('aria-label').includes(`, ${network}, `)
               && each.getAttribute('aria-label').includes(handle);
             // One that another post went to is still chosen.
             const odd = all.find((each) =>
               (each.getAttribute('aria-pressed') === 'true') !== meant(each));
             odd?.click();
             return all.length > 0 && odd === undefined;",
            vec![json!(network), json!(handle)],
        )
        .await?;
        Ok(())
    }

    /// Adds a file through the desktop's own window and waits until the post has it.
    pub async fn attach(&self, hand: &Hand<'_>, file: &Path) -> Result<()> {
        self.choose("Add pictures or files").await?;
        hand.answer_file_window(FILES, file).await?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        self.says("[data-testid=composer] .strip", &name).await
    }

    /// Describes an attached picture.
    pub async fn describe(&self, file: &str, words: &str) -> Result<()> {
        let field = format!("Description of {file} for people who cannot see it");
        self.fill(&field, words).await
    }

    /// Opens the options of the networks, when they are not open.
    pub async fn open_options(&self) -> Result<()> {
        self.await_value(
            "the options",
            "const options = document.querySelector(arguments[0]);
             if (options && !options.open) options.querySelector('summary').click();
             return options?.open ?? false;",
            vec![json!(OPTIONS)],
        )
        .await?;
        Ok(())
    }

    /// Types into an option of a network.
    pub async fn fill_option(&self, label: &str, text: &str) -> Result<()> {
        self.open_options().await?;
        self.fill_in_part(OPTIONS, label, text).await
    }

    /// Adds an entry to an option that holds several.
    pub async fn add_to_option(&self, desk: &Desk, label: &str, entry: &str) -> Result<()> {
        self.fill_option(label, entry).await?;
        windows::press(desk, "Return").await?;
        // What is typed is no text of the page, what was taken is.
        self.says(OPTIONS, entry).await
    }

    /// Chooses what the network offers for an option, found by some letters of its name.
    pub async fn look_up(&self, label: &str, letters: &str, choice: &str) -> Result<()> {
        self.fill(label, letters).await?;
        let entry = format!("//*[@role=\"option\"][normalize-space(.)=\"{choice}\"]");
        self.click_at(&entry).await?;
        let holds = until::some("the choice in its field", || async {
            let field = self.field_value(label).await?;
            (field == choice).then_some(())
        });
        holds.await
    }

    /// What the field of this name holds.
    async fn field_value(&self, label: &str) -> Option<String> {
        let script = "return [...document.querySelectorAll('dialog[open] input')].find((input) =>
            input.labels?.[0]?.textContent.trim() === arguments[0])?.value ?? null";
        let value = self.client.execute(script, vec![json!(label)]).await.ok()?;
        value.as_str().map(str::to_owned)
    }

    /// Deletes the post on its network from the row of the open post, the question before it included.
    pub async fn delete_there(&self, handle: &str) -> Result<()> {
        self.answer_delivery(handle, "Delete there").await?;
        self.reads("Delete the post on").await?;
        self.click_at("//dialog//button[normalize-space(.)=\"Delete there\" and not(ancestor::li)]")
            .await
    }
}
