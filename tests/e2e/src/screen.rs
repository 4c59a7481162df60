//! Looking at the page as a person does: where things are, what they say, what is read out.

use anyhow::{Context, Result};
use fantoccini::Locator;
use serde_json::{Value, json};

use crate::{Session, shots, until};

/// A box of the page in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Area {
    /// A point of it: parts of its width and height, from 0 to 1.
    #[must_use]
    pub fn at(&self, across: f64, down: f64) -> (i32, i32) {
        let point = |from: f64, size: f64, part: f64| (from + size * part).round() as i32;
        (
            point(self.left, self.width, across),
            point(self.top, self.height, down),
        )
    }

    /// Its middle.
    #[must_use]
    pub fn middle(&self) -> (i32, i32) {
        self.at(0.5, 0.5)
    }
}

impl Session {
    /// The value of a script's `return`.
    pub async fn eval(&self, script: &str, args: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute(script, args).await?)
    }

    /// Waits until a script returns something that is not null, false or empty, and gives it.
    pub async fn await_value(&self, what: &str, script: &str, args: Vec<Value>) -> Result<Value> {
        let found = until::some(what, || async {
            let value = self.client.execute(script, args.clone()).await.ok()?;
            let nothing = matches!(&value, Value::Null | Value::Bool(false))
                || value.as_str().is_some_and(str::is_empty);
            (!nothing).then_some(value)
        })
        .await;
        match found {
            Ok(found) => Ok(found),
            Err(error) => Err(self.picture_of_failure(error).await),
        }
    }

    /// Keeps a picture of the page as it is when a test gives up.
    async fn picture_of_failure(&self, error: anyhow::Error) -> anyhow::Error {
        let test = std::thread::current().name().unwrap_or("test").to_owned();
        match shots::page(self, &format!("failed-{test}")).await {
            Ok(()) => error,
            Err(other) => error.context(format!("and no picture could be taken: {other}")),
        }
    }

    /// Waits for an element that takes room on the page and gives the room it takes.
    pub async fn area(&self, css: &str) -> Result<Area> {
        let found = self
            .await_value(
                css,
                "const box = document.querySelector(arguments[0])?.getBoundingClientRect();
                 return box && box.width > 0 ? [box.left, box.top, box.width, box.height] : null;",
                vec![json!(css)],
            )
            .await?;
        let [left, top, width, height]: [f64; 4] = serde_json::from_value(found)?;
        Ok(Area {
            left,
            top,
            width,
            height,
        })
    }

    /// Waits for an element.
    pub async fn appears(&self, css: &str) -> Result<()> {
        self.await_value(
            css,
            "return document.querySelector(arguments[0]) !== null",
            vec![json!(css)],
        )
        .await?;
        Ok(())
    }

    /// Waits until there is no such element.
    pub async fn goes(&self, css: &str) -> Result<()> {
        self.await_value(
            &format!("{css} to go"),
            "return document.querySelector(arguments[0]) === null",
            vec![json!(css)],
        )
        .await?;
        Ok(())
    }

    /// The text of an element, once it has one.
    pub async fn text(&self, css: &str) -> Result<String> {
        let text = self
            .await_value(
                &format!("words in {css}"),
                "return document.querySelector(arguments[0])?.textContent.trim() ?? null",
                vec![json!(css)],
            )
            .await?;
        text.as_str().map(str::to_owned).context("text is text")
    }

    /// Waits until an element says this, among other things.
    pub async fn says(&self, css: &str, words: &str) -> Result<()> {
        self.await_value(
            &format!("{css} to say “{words}”"),
            "return (document.querySelector(arguments[0])?.textContent ?? '')
               .replace(/\\s+/g, ' ').includes(arguments[1])",
            vec![json!(css), json!(words)],
        )
        .await?;
        Ok(())
    }

    /// Clicks the first button, link, menu entry or switch with exactly this name.
    pub async fn choose(&self, name: &str) -> Result<()> {
        // A press that the driver refuses pressed nothing: what was marked was drawn anew meanwhile.
        until::some(&format!("a press on “{name}”"), || async {
            self.mark_named(name).await.ok()?;
            let found = self.client.find(Locator::Css("[data-e2e]")).await.ok()?;
            found.click().await.ok()
        })
        .await
    }

    /// Waits for that thing and marks it.
    pub(crate) async fn mark_named(&self, name: &str) -> Result<()> {
        self.await_value(
            &format!("something called “{name}”"),
            "const labelled = (node) =>
               document.getElementById(node.getAttribute('aria-labelledby') ?? '')?.textContent;
             const named = (node) => (node.getAttribute('aria-label') ?? labelled(node)
               ?? node.labels?.[0]?.textContent ?? node.textContent)
               .replace(/\\s+/g, ' ').trim() === arguments[0]
               || node.querySelector('strong')?.textContent.trim() === arguments[0];
             const modal = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
             const found = [...modal.querySelectorAll(
               'button, a, summary, input, [role=button], [role=menuitem], [role=option], [role=switch]')]
               .find((node) => named(node) && node.getClientRects().length > 0);
             document.querySelectorAll('[data-e2e]').forEach((node) => node.removeAttribute('data-e2e'));
             found?.setAttribute('data-e2e', '');
             found?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
             return found !== undefined;",
            vec![json!(name)],
        )
        .await?;
        Ok(())
    }

    /// Brings the marked thing into view and gives its middle, once it lies before everything else.
    pub(crate) async fn marked_in_reach(&self) -> Result<(i32, i32)> {
        self.rests().await?;
        let found = self
            .await_value(
                "what is to be clicked to lie before everything else",
                "const found = document.querySelector('[data-e2e]');
                 found?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
                 const box = found?.getBoundingClientRect();
                 if (!box?.width) return null;
                 const at = [box.left + box.width / 2, box.top + box.height / 2];
                 return found.contains(document.elementFromPoint(...at)) ? at : null;",
                vec![],
            )
            .await?;
        let [x, y]: [f64; 2] = serde_json::from_value(found)?;
        Ok((x.round() as i32, y.round() as i32))
    }

    /// Waits until nothing moves or loads any more; what moves for ever does not count.
    pub async fn rests(&self) -> Result<()> {
        self.await_value(
            "everything to have loaded",
            "return document.querySelector('main [aria-busy=true], dialog[open] [aria-busy=true]') === null",
            vec![],
        )
        .await?;
        // An animation begins with the frame after the change that starts it.
        self.script(
            "const done = arguments[0];
             const frame = () => new Promise((next) => requestAnimationFrame(next));
             const moves = (each) => each.playState === 'running'
               && each.effect?.getComputedTiming().endTime !== Infinity;
             const rest = async () => {
               for (let quiet = 0, frames = 0; quiet < 3 && frames < 300; frames += 1) {
                 await frame();
                 quiet = document.getAnimations().some(moves) ? 0 : quiet + 1;
               }
             };
             rest().then(done);",
            vec![],
        )
        .await?;
        Ok(())
    }

    /// Draws the page anew, so that it shows what is stored and nothing it only remembered.
    pub async fn reload(&self) -> Result<()> {
        self.client.refresh().await?;
        self.ready().await
    }

    /// From now on remembers what the program asks the page to open.
    pub async fn listen_for_open(&self) -> Result<()> {
        self.script(
            "const done = arguments[0];
             window.__TAURI__.event
               .listen('almanac:open', (event) => { window.opened = event.payload; })
               .then(() => done(true));",
            vec![],
        )
        .await?;
        Ok(())
    }

    /// What the page was asked to open; none so far.
    pub async fn asked_to_open(&self) -> Option<Value> {
        let value = self
            .eval("return window.opened ?? null", vec![])
            .await
            .ok()?;
        (!value.is_null()).then_some(value)
    }

    /// From now on remembers all that is read out.
    pub async fn listen(&self) -> Result<()> {
        self.eval(
            "window.heard = [];
             const region = document.querySelector('[data-testid=announcer]');
             new MutationObserver(() => {
               const text = region.textContent.trim();
               if (text) window.heard.push(text);
             }).observe(region, { childList: true, subtree: true, characterData: true });",
            vec![],
        )
        .await?;
        Ok(())
    }

    /// Waits until something with these words was read out, forgets all up to it, and gives it.
    pub async fn heard(&self, words: &str) -> Result<String> {
        let heard = until::some(&format!("“{words}” to be read out"), || async {
            let script = "const at = window.heard.findIndex((text) => text.includes(arguments[0]));
                          return at < 0 ? null : window.heard.splice(0, at + 1).at(-1);";
            let value = self.client.execute(script, vec![json!(words)]).await.ok()?;
            value.as_str().map(str::to_owned)
        })
        .await;
        match heard {
            Ok(heard) => Ok(heard),
            Err(error) => {
                let all = self.eval("return window.heard", vec![]).await?;
                let error = error.context(format!("only heard {all}"));
                Err(self.picture_of_failure(error).await)
            }
        }
    }
}
