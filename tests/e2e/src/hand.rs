//! The hand of the person: a real pointer and real keys on the private display.

use anyhow::{Context, Result};
use serde_json::json;

use crate::{Desk, Session, native, until, windows};

/// Steps of a move, so that the page sees the way and not only its end.
const STEPS: i32 = 12;
/// Seconds between two of them.
const PAUSE: &str = "0.01";

/// A hand over the program's window. Points are CSS pixels of the page.
pub struct Hand<'a> {
    desk: &'a Desk,
    origin: (i32, i32),
    at: (i32, i32),
    drawn: f64,
}

impl<'a> Hand<'a> {
    /// Waits for the window and learns where its page begins.
    pub async fn over(desk: &'a Desk) -> Result<Self> {
        windows::wait_visible(desk).await?;
        let window = windows::visible(desk).await.context("no visible window")?;
        let origin = windows::origin(desk, &["-id", &window]).await?;
        Ok(Self {
            desk,
            origin,
            at: (0, 0),
            drawn: 1.0,
        })
    }

    /// Has the page drawn so many times as large by pressing the key for it so often.
    pub async fn zoom(&mut self, page: &Session, key: &str, often: u8, factor: f64) -> Result<()> {
        let before = page.eval("return innerWidth", vec![]).await?;
        for _ in 0..often {
            self.press(&[key]).await?;
        }
        page.await_value(
            "the page to be drawn in another size",
            "const [before, factor] = arguments;
             return Math.abs(innerWidth * factor - before) <= factor + 1",
            vec![before, json!(factor)],
        )
        .await?;
        self.drawn = factor;
        Ok(())
    }

    /// A point of the page in pixels of the window.
    #[must_use]
    pub fn in_window(&self, (x, y): (i32, i32)) -> (i32, i32) {
        let pixels = |at: i32| (f64::from(at) * self.drawn).round() as i32;
        (pixels(x), pixels(y))
    }

    async fn order(&self, orders: &[String]) -> Result<()> {
        let status = self.desk.command("xdotool").args(orders).status().await?;
        anyhow::ensure!(status.success(), "xdotool refused {orders:?}");
        Ok(())
    }

    /// Moves the pointer there in steps.
    pub async fn move_to(&mut self, to: (i32, i32)) -> Result<()> {
        let to = self.in_window(to);
        let mut orders = vec![];
        for step in 1..=STEPS {
            let on_way = |from: i32, to: i32| from + (to - from) * step / STEPS;
            orders.push("mousemove".to_owned());
            orders.push((self.origin.0 + on_way(self.at.0, to.0)).to_string());
            orders.push((self.origin.1 + on_way(self.at.1, to.1)).to_string());
            orders.extend(["sleep", PAUSE].map(str::to_owned));
        }
        self.at = to;
        self.order(&orders).await
    }

    /// Presses the left button.
    pub async fn grab(&self) -> Result<()> {
        self.order(&["mousedown".to_owned(), "1".to_owned()]).await
    }

    /// Lets go of the left button.
    pub async fn release(&self) -> Result<()> {
        self.order(&["mouseup".to_owned(), "1".to_owned()]).await
    }

    /// Clicks with a button (1 is left, 3 is right) and waits until the page has had the click: on a
    /// busy machine a key that is pressed right after it would otherwise overtake it.
    pub async fn click(&mut self, page: &Session, at: (i32, i32), button: u8) -> Result<()> {
        page.eval(
            "window.clicked = false;
             addEventListener('pointerup', () => setTimeout(() => { window.clicked = true; }),
               { capture: true, once: true });
             return null",
            vec![],
        )
        .await?;
        self.move_to(at).await?;
        self.order(&["click".to_owned(), button.to_string()])
            .await?;
        page.await_value("the click to arrive", "return window.clicked", vec![])
            .await?;
        Ok(())
    }

    /// Gives the page the keyboard by a click on its heading.
    pub async fn take_keyboard(&mut self, page: &Session) -> Result<()> {
        let heading = page.area("h1").await?.middle();
        self.click(page, heading, 1).await
    }

    /// Clicks the first button, link, menu entry or switch with exactly this name, as a person does:
    /// brought into view, and with nothing lying over it. Then takes the pointer out of the way.
    pub async fn choose(&mut self, page: &Session, name: &str) -> Result<()> {
        page.mark_named(name).await?;
        self.click_marked(page).await
    }

    /// Opens a room by its name on the rail.
    pub async fn room(&mut self, page: &Session, name: &str) -> Result<()> {
        page.mark_room(name).await?;
        self.click_marked(page).await?;
        page.in_room(name).await
    }

    async fn click_marked(&mut self, page: &Session) -> Result<()> {
        let at = page.marked_in_reach().await?;
        self.click(page, at, 1).await?;
        self.move_to((1, 1)).await
    }

    /// Holds a key, such as `ctrl`.
    pub async fn hold(&self, key: &str) -> Result<()> {
        self.order(&["keydown".to_owned(), key.to_owned()]).await
    }

    /// Lets go of a key.
    pub async fn let_go(&self, key: &str) -> Result<()> {
        self.order(&["keyup".to_owned(), key.to_owned()]).await
    }

    /// Presses keys one after the other, each as `xdotool` names it: `space`, `ctrl+z`.
    pub async fn press(&self, keys: &[&str]) -> Result<()> {
        let mut orders = vec!["key".to_owned(), "--delay".to_owned(), "30".to_owned()];
        orders.extend(keys.iter().map(|key| (*key).to_owned()));
        self.order(&orders).await
    }

    /// Types letters into what has the keyboard.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        let orders = ["type", "--delay", "8", text].map(str::to_owned);
        self.order(&orders).await
    }

    /// Answers a file window of the desktop with a path: waits for it, types, confirms, and waits
    /// until it is gone.
    pub async fn answer_file_window(&self, title: &str, path: &std::path::Path) -> Result<()> {
        until::holds(&format!("the window “{title}”"), || async {
            windows::active_title(self.desk)
                .await
                .is_ok_and(|active| active == title)
        })
        .await?;
        // A slash opens the field for a path where the window shows a list, and while it opens some
        // letters get lost: once it is open the path is typed over.
        let path = path.to_string_lossy();
        self.type_text(&path).await?;
        self.press(&["ctrl+a"]).await?;
        self.type_text(&path).await?;
        self.press(&["Return"]).await?;
        let closed = until::holds("the file window to close", || async {
            windows::active_title(self.desk)
                .await
                .is_ok_and(|active| active != title)
        })
        .await;
        if closed.is_err() {
            native::keep_picture(self.desk, "failed-file-window").await?;
        }
        closed
    }
}
