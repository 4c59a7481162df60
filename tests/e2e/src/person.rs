//! What a person does at the window, named by the words they see, and what they read there.

use std::time::Duration;

use anyhow::{Context, Result};
use fantoccini::Locator;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{Desk, Session, until, windows};

/// Text of the page that a failure quotes, in characters.
const QUOTED: usize = 3_000;

/// The innermost element with some words that takes room and is not hidden. Text that is only read
/// out is clipped to a point and does not count; what is still being faded in does.
const FIND_SHOWN: &str = "
    const words = arguments[0];
    const says = (node) => node.textContent.replace(/\\s+/g, ' ').includes(words);
    const shown = (node) => {
      const box = node.getBoundingClientRect();
      return box.width > 1 && box.height > 1
        && node.checkVisibility({ visibilityProperty: true });
    };
    const found = [...document.body.querySelectorAll('*')].find((node) =>
      says(node) && ![...node.children].some(says) && shown(node));";

impl Session {
    /// Waits until these words stand where a person sees them, and brings them into view.
    pub async fn reads(&self, words: &str) -> Result<()> {
        self.reads_within(until::PATIENCE, words).await
    }

    /// The same for what takes its time by its nature.
    pub async fn reads_within(&self, limit: Duration, words: &str) -> Result<()> {
        let script =
            format!("{FIND_SHOWN} found?.scrollIntoView({{ block: 'nearest' }}); return !!found;");
        let read = until::some_within(
            limit,
            &format!("“{words}” to stand on the page"),
            || async {
                let answer = self.client.execute(&script, vec![json!(words)]).await;
                answer.is_ok_and(|found| found == json!(true)).then_some(())
            },
        )
        .await;
        match read {
            Ok(()) => Ok(()),
            Err(error) => {
                let page = self.page_text().await?;
                Err(error.context(format!("the page says: {page}")))
            }
        }
    }

    pub(crate) async fn page_text(&self) -> Result<String> {
        let text = self
            .client
            .execute("return document.body.innerText", vec![])
            .await?;
        let text = text.as_str().unwrap_or_default();
        Ok(text.chars().take(QUOTED).collect())
    }

    /// Clicks what this path leads to, once it is there and takes room.
    pub async fn click_at(&self, xpath: &str) -> Result<()> {
        until::some(xpath, || async {
            let element = self.client.find(Locator::XPath(xpath)).await.ok()?;
            let (_, _, width, height) = element.rectangle().await.ok()?;
            (width > 1.0 && height > 1.0).then_some(())?;
            element.click().await.ok()
        })
        .await
    }

    /// Opens a room by its name on the rail.
    pub async fn room(&self, name: &str) -> Result<()> {
        self.click_at(&format!(
            "//nav//button[span[normalize-space(.)=\"{name}\"]]"
        ))
        .await?;
        self.in_room(name).await
    }

    /// Waits for the door of a room on the rail and marks it.
    pub(crate) async fn mark_room(&self, name: &str) -> Result<()> {
        self.await_value(
            &format!("the door of “{name}”"),
            "const found = [...document.querySelectorAll('nav button')].find((door) =>
               [...door.children].some((part) => part.textContent.trim() === arguments[0]));
             document.querySelectorAll('[data-e2e]').forEach((node) => node.removeAttribute('data-e2e'));
             found?.setAttribute('data-e2e', '');
             return found !== undefined;",
            vec![json!(name)],
        )
        .await?;
        Ok(())
    }

    /// Waits until a room stands.
    pub(crate) async fn in_room(&self, name: &str) -> Result<()> {
        until::holds("the room to stand", || async {
            let label = self
                .client
                .execute("return document.body.dataset.ready ?? ''", vec![])
                .await;
            label.is_ok_and(|label| label == json!(name))
        })
        .await
    }

    /// Types into the field of this name, in place of what it holds.
    pub async fn fill(&self, name: &str, text: &str) -> Result<()> {
        self.fill_in_part("", name, text).await
    }

    /// The same in a part of the page, named as a selector does: fields of other parts may be called alike.
    pub(crate) async fn fill_in_part(&self, part: &str, name: &str, text: &str) -> Result<()> {
        let script = "
            const name = (node) => node.getAttribute('aria-label') ?? node.labels?.[0]?.textContent;
            const modal = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
            const part = arguments[1] === '' ? modal : modal.querySelector(arguments[1]);
            const found = [...(part?.querySelectorAll('input, textarea') ?? [])].find((node) =>
              (name(node) ?? '').trim() === arguments[0] && node.getClientRects().length > 0);
            document.querySelectorAll('[data-e2e]').forEach((node) => node.removeAttribute('data-e2e'));
            found?.setAttribute('data-e2e', '');
            found?.scrollIntoView({ block: 'nearest' });
            return found ? { holds: found.value } : null;";
        let field = until::some(&format!("the field “{name}”"), || async {
            let asked = vec![json!(name), json!(part)];
            let answer = self.client.execute(script, asked).await.ok()?;
            (!answer.is_null()).then_some(answer)
        })
        .await?;
        let element = self.client.find(Locator::Css("[data-e2e]")).await?;
        element.click().await?;
        if field["holds"] != json!("") {
            element.clear().await?;
        }
        element.send_keys(text).await?;
        Ok(())
    }

    /// Connects a Bluesky account as a person does: Accounts, *Connect an account*, the form.
    pub async fn connect_bluesky(&self, handle: &str, password: &str, server: &str) -> Result<()> {
        self.open_bluesky_form().await?;
        self.fill("Handle", handle).await?;
        self.fill("App password", password).await?;
        self.fill("Server", server).await?;
        self.choose("Connect an account").await?;
        self.goes("dialog[open]").await?;
        // The line at the bottom passes; the card stays.
        self.await_value(
            "the card of the account",
            "return [...document.querySelectorAll('main article')].some((card) =>
               card.querySelector('h2')?.textContent.trim() === arguments[0]
               && card.textContent.includes('Signed in'))",
            vec![json!(handle)],
        )
        .await?;
        Ok(())
    }

    /// Opens the form in which a Bluesky account is connected.
    pub async fn open_bluesky_form(&self) -> Result<()> {
        self.room("Accounts").await?;
        self.choose("Connect an account").await?;
        self.click_at("//dialog//button[.//strong[normalize-space(.)=\"Bluesky\"]]")
            .await
    }

    /// Opens an empty post with the key for it.
    pub async fn begin_post(&self, desk: &Desk) -> Result<()> {
        self.room("Calendar").await?;
        windows::press(desk, "n").await?;
        self.appears("[data-testid=composer]").await
    }

    /// Has the open post go to this account, if it does not already.
    pub async fn address_to(&self, handle: &str) -> Result<()> {
        let at = format!(
            "//div[@class and @role=\"group\"]//button[@aria-pressed and contains(@aria-label, \"{handle}\")]"
        );
        let button = self
            .client
            .wait()
            .at_most(until::PATIENCE)
            .for_element(Locator::XPath(&at))
            .await?;
        if button.attr("aria-pressed").await?.as_deref() != Some("true") {
            button.click().await?;
        }
        let pressed = button.attr("aria-pressed").await?;
        anyhow::ensure!(pressed.as_deref() == Some("true"), "{handle} is not chosen");
        Ok(())
    }

    /// Writes a post for some accounts and sends it at once, the question before it included.
    pub async fn publish_now(&self, desk: &Desk, text: &str, to: &[&str]) -> Result<()> {
        self.begin_post(desk).await?;
        self.fill("Text", text).await?;
        for handle in to {
            self.address_to(handle).await?;
        }
        self.send_open_post().await
    }

    /// Sends the open post at once, the question before it included.
    pub async fn send_open_post(&self) -> Result<()> {
        self.choose("Now").await?;
        // It says why it cannot be pressed until the choice was looked at.
        self.click_at(
            "//dialog//button[normalize-space(.)=\"Publish now\" and not(@aria-disabled)]",
        )
        .await?;
        self.reads("Publish this post now?").await?;
        self.choose("Publish now").await?;
        self.goes("[data-testid=composer]").await
    }

    /// Opens a post from the list of what happened, by its first words.
    pub async fn open_from_activity(&self, words: &str) -> Result<()> {
        self.room("Activity").await?;
        self.click_at(&format!(
            "//article//button[contains(normalize-space(.), \"{words}\")]"
        ))
        .await?;
        self.appears("[data-testid=composer]").await
    }

    /// Presses a button in the row of the open post that tells how it went on one account.
    pub async fn answer_delivery(&self, handle: &str, button: &str) -> Result<()> {
        self.click_at(&format!(
            "//li[@data-target][contains(., \"{handle}\")]//button[normalize-space(.)=\"{button}\"]"
        ))
        .await
    }
}

/// Time that choosing a minute, scheduling for it and ending the program take on a busy machine.
const LEAD: Duration = Duration::from_secs(30);

/// A minute to come.
pub struct Minute {
    /// As one types it, and as the page says it on this desktop: `today 22:37`.
    pub typed: String,
    /// As commands take it.
    pub place: Value,
    /// When it begins.
    pub at: Timestamp,
}

impl Minute {
    /// How long something of this minute may be awaited: until it begins, and what a busy machine takes on top.
    #[must_use]
    pub fn patience(&self) -> Duration {
        let ahead = Duration::try_from(self.at.duration_since(now()));
        ahead.unwrap_or_default() + until::PATIENCE
    }
}

/// The machine's clock.
#[expect(
    clippy::disallowed_methods,
    reason = "the real program goes by the machine's clock, so its tests do too"
)]
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The first minute that leaves time to schedule for it and to end the program before it. Chosen as late as can be,
/// right before it is used; a whole one, since the program keeps times to the minute and cuts seconds off.
pub fn minute_ahead() -> Result<Minute> {
    let now = now();
    let earliest = now.checked_add(LEAD)?.as_second();
    let at = Timestamp::from_second((earliest / 60 + 1) * 60)?;
    let wall = at.in_tz("UTC")?;
    let is_today = wall.date() == now.in_tz("UTC")?.date();
    let day = if is_today { "today" } else { "tomorrow" };
    Ok(Minute {
        typed: format!("{day} {}", wall.strftime("%H:%M")),
        place: json!({
            "kind": "wall", "wall": wall.strftime("%Y-%m-%dT%H:%M:%S").to_string(), "zone": "UTC",
        }),
        at,
    })
}

/// Everything the program wrote down about itself on this desktop, for looking for what must not be
/// in it.
pub fn written_down(desk: &Desk) -> Result<Vec<u8>> {
    let mut all =
        std::fs::read(desk.folder().join("program.log")).context("the program's output")?;
    let mut folders = vec![desk.data_folder()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                all.extend(std::fs::read(path)?);
            }
        }
    }
    Ok(all)
}
