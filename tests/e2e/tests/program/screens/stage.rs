//! What is on the stage: a plausible month, accounts, and an album that looks at each picture.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use e2e::desk::Look;
use e2e::{Desk, Hand, Planner, Session, axe, shots};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};
use testkit::sandbox::bluesky::Sandbox;

/// The smallest that the window can be made.
const SMALLEST: (u32, u32) = (900, 600);

/// How a tour looks at the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// As the window opens: light, and each picture once more in dark.
    Wide,
    /// In the smallest window.
    Small,
    /// At twice the size.
    Enlarged,
}

impl Variant {
    fn name(self) -> &'static str {
        match self {
            Self::Wide => "light",
            Self::Small => "small",
            Self::Enlarged => "enlarged",
        }
    }
}

/// First words of the posts on the calendar.
pub const WORDS: [&str; 16] = [
    "Spring sale opens on Friday: 20 % off all notebooks",
    "Behind the bench: how we cut the covers",
    "Three things we learned this quarter",
    "Photo of the week: the old press at work",
    "Thank you for 10,000 readers",
    "Workshop in Leipzig, a few seats left",
    "Why we ship plain text",
    "From the archive: our first stall",
    "New paper from Gmund has arrived",
    "Question of the week: lined or blank?",
    "How to mend a cracked spine",
    "Open door on Saturday from ten to four",
    "A reader's desk in Lisbon",
    "The winter catalogue is out",
    "Meet Jo, who folds every box",
    "Ink test: seven blues side by side",
];

/// Takes pictures under the name of a variant and gathers what is wrong.
pub struct Album<'a> {
    pub session: &'a Session,
    pub hand: Hand<'a>,
    variant: Variant,
    faults: BTreeSet<String>,
}

impl<'a> Album<'a> {
    /// Opens an album and makes the window what the variant wants.
    pub async fn open(desk: &'a Desk, session: &'a Session, variant: Variant) -> Result<Self> {
        Self::open_by(desk, session, variant, "h1").await
    }

    /// The same on a page without a heading: a click on this gives it the keyboard.
    pub async fn open_by(
        desk: &'a Desk,
        session: &'a Session,
        variant: Variant,
        grip: &str,
    ) -> Result<Self> {
        let mut album = Self {
            session,
            hand: Hand::over(desk).await?,
            variant,
            faults: BTreeSet::new(),
        };
        let at = session.area(grip).await?.middle();
        album.hand.click(session, at, 1).await?;
        match variant {
            Variant::Wide => {}
            Variant::Small => album.shrink().await?,
            Variant::Enlarged => album.hand.zoom(session, "ctrl+plus", 5, 2.0).await?,
        }
        Ok(album)
    }

    /// Whether the shelf has no room beside the days and stays shut until it is wanted.
    pub fn narrow(&self) -> bool {
        matches!(self.variant, Variant::Small | Variant::Enlarged)
    }

    async fn shrink(&self) -> Result<()> {
        let (width, height) = SMALLEST;
        self.session.client.set_window_size(width, height).await?;
        self.session
            .await_value(
                "the window's new size",
                "return Math.abs(innerWidth - arguments[0]) < 20",
                vec![json!(width)],
            )
            .await?;
        Ok(())
    }

    /// Clicks the first thing of this name with the pointer.
    pub async fn choose(&mut self, name: &str) -> Result<()> {
        self.hand.choose(self.session, name).await
    }

    /// Opens a room with the pointer.
    pub async fn room(&mut self, name: &str) -> Result<()> {
        self.hand.room(self.session, name).await
    }

    /// Opens the palette and has it do something by its name.
    pub async fn command(&self, name: &str) -> Result<()> {
        self.hand.press(&["ctrl+k"]).await?;
        self.session.appears("dialog[open] [role=combobox]").await?;
        self.hand.type_text(name).await?;
        self.session
            .says("dialog[open] [role=option][aria-selected=true]", name)
            .await?;
        self.hand.press(&["Return"]).await
    }

    /// Closes the window over the room by the key for it.
    pub async fn shut(&self) -> Result<()> {
        self.hand.press(&["Escape"]).await?;
        self.session.goes("dialog[open]").await
    }

    /// Brings a group of the settings to the top.
    pub async fn group(&self, name: &str) -> Result<()> {
        self.session
            .eval(
                "document.getElementById(`group-${arguments[0]}`).scrollIntoView({ block: 'start' });
                 return null",
                vec![json!(name)],
            )
            .await?;
        Ok(())
    }

    /// Looks at what is on screen: axe, and text that runs out of its box; then takes a picture.
    pub async fn keep(&mut self, name: &str) -> Result<()> {
        let title = format!("{name}-{}", self.variant.name());
        let faults = axe::violations(self.session).await?;
        self.note(&title, faults);
        for clipped in clipped(self.session).await? {
            self.faults
                .insert(format!("{title}: runs out of its box: {clipped}"));
        }
        shots::page(self.session, &title).await?;
        if self.variant == Variant::Wide {
            self.keep_dark(name).await?;
        }
        Ok(())
    }

    /// The same picture in dark, where nothing but the colours can have faults of their own. That dark is
    /// what the window wears on a dark desktop is another test's subject.
    async fn keep_dark(&mut self, name: &str) -> Result<()> {
        let wear = "const look = document.documentElement.dataset;
                    const worn = look.theme ?? null;
                    if (arguments[0] === null) delete look.theme;
                    else look.theme = arguments[0];
                    return worn";
        let title = format!("{name}-dark");
        let worn = self.session.eval(wear, vec![json!("dark")]).await?;
        let faults = axe::contrast(self.session).await?;
        self.note(&title, faults);
        shots::page(self.session, &title).await?;
        self.session.eval(wear, vec![worn]).await?;
        Ok(())
    }

    fn note(&mut self, title: &str, faults: Vec<String>) {
        let faults = faults.into_iter().map(|fault| format!("{title}: {fault}"));
        self.faults.extend(faults);
    }

    /// Fails with all that was found.
    pub fn close(self) {
        let faults = self.faults;
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

/// Texts and controls that cannot be read or reached whole: cut off without an ellipsis, hanging out of
/// the window where nothing scrolls, menus of which the window shows a part, or lines of one that
/// something lies over.
async fn clipped(session: &Session) -> Result<Vec<String>> {
    let found = session
        .eval(
            "const out = [];
             const top = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
             const scrolls = (node, way) => {
               for (let at = node.parentElement; at; at = at.parentElement) {
                 const value = getComputedStyle(at)[way];
                 if (value === 'auto' || value === 'scroll') return true;
               }
               return false;
             };
             const name = (node) => `${node.tagName.toLowerCase()}.${node.className}: `
               + (node.getAttribute('aria-label') ?? node.textContent).trim().slice(0, 60);
             for (const node of top.querySelectorAll('*')) {
               if (!node.checkVisibility({ visibilityProperty: true }) || node.closest('svg')) continue;
               const style = getComputedStyle(node);
               const box = node.getBoundingClientRect();
               if (box.width <= 1 || box.height <= 1) continue;
               const bare = [...node.childNodes].some((c) => c.nodeType === 3 && c.data.trim());
               const hides = style.overflowX === 'hidden' || style.overflowX === 'clip';
               if (bare && hides && style.textOverflow !== 'ellipsis'
                   && node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 1)
                 out.push(`cut off: ${name(node)}`);
               if (!bare && !node.matches('button, input, textarea')) continue;
               if ((box.right > innerWidth + 1 || box.left < -1) && !scrolls(node, 'overflowX'))
                 out.push(`beside the window: ${name(node)}`);
               if ((box.bottom > innerHeight + 1 || box.top < -1) && !scrolls(node, 'overflowY'))
                 out.push(`below the window: ${name(node)}`);
             }
             for (const list of document.querySelectorAll('.menu')) {
               const box = list.getBoundingClientRect();
               if (box.top < 0 || box.bottom > innerHeight)
                 out.push(`over the edge of the window: ${name(list)}`);
             }
             // Files of the library are options of a list too, over which windows and details lie on purpose.
             const lines = '[role=menuitem], [role=option]:not([data-file])';
             for (const line of document.querySelectorAll(lines)) {
               const box = line.getBoundingClientRect();
               const list = line.closest('[role=menu], [role=listbox]');
               if (!list || list.scrollHeight > list.clientHeight + 1) continue;
               const under = [box.top + 2, box.bottom - 2]
                 .map((y) => document.elementFromPoint(box.left + box.width / 2, y));
               if (box.height > 1 && under.some((found) => !list.contains(found)))
                 out.push(`covered: ${name(line)}`);
             }
             return out.slice(0, 20);",
            vec![],
        )
        .await?;
    Ok(serde_json::from_value(found)?)
}

/// A desktop with a keyring.
pub async fn desk() -> Result<Desk> {
    Desk::start_as(Look {
        keyring: true,
        ..Look::default()
    })
    .await
}

/// Accounts as a small shop has them: a folder for its site and two on a network.
pub struct Accounts {
    pub folder: Value,
    pub ana: Value,
    pub bo: Value,
}

pub async fn connect(
    desk: &Desk,
    session: &Session,
    planner: &Planner<'_>,
    sandbox: &Sandbox,
) -> Result<Accounts> {
    let folder = planner
        .connect_folder(&desk.folder().join("website"))
        .await?;
    let mut signed_in = vec![];
    for person in [sandbox.ana(), sandbox.bo()] {
        let account = session
            .call(
                "accounts.connect",
                json!({
                    "workspaceId": planner.workspace,
                    "network": "bluesky",
                    "fields": { "identifier": person.handle, "server": sandbox.origin() },
                    "secrets": { "password": person.password },
                }),
            )
            .await?;
        signed_in.push(account["written"]["value"]["id"].clone());
    }
    Ok(Accounts {
        folder,
        ana: signed_in[0].clone(),
        bo: signed_in[1].clone(),
    })
}

/// A draft to these accounts.
pub fn draft(text: &str, accounts: &[&Value]) -> Value {
    let targets: Vec<Value> = accounts
        .iter()
        .map(|id| json!({ "accountId": id }))
        .collect();
    json!({ "segments": [{ "text": text, "media": [] }], "targets": targets })
}

/// Posts over the weeks from a day on, of several states and to several accounts.
pub async fn furnish(planner: &Planner<'_>, accounts: &Accounts, from: Date) -> Result<()> {
    let many = [
        vec![&accounts.ana],
        vec![&accounts.folder],
        vec![&accounts.ana, &accounts.folder],
        vec![&accounts.bo],
        vec![],
    ];
    for number in 0_usize..64 {
        let day = from.checked_add(i32::try_from((number * 9 + number / 28) % 31)?.days())?;
        let time = format!("{:02}:{:02}", 8 + number * 5 % 11, number % 4 * 15);
        let to = &many[number % many.len()];
        let mut draft = draft(WORDS[number % WORDS.len()], to);
        if number % 6 == 0 {
            draft["labels"] = json!(["sale"]);
        }
        let scheduling = if to.is_empty() || number % 7 == 3 {
            "plan"
        } else {
            "must"
        };
        planner
            .post(draft, e2e::planner::wall(day, &time), scheduling)
            .await?;
    }
    for text in &WORDS[12..] {
        planner.plan(text, None).await?;
    }
    Ok(())
}

/// A picture painted in the page and taken into the library; gives its id.
pub async fn painting(session: &Session, name: &str) -> Result<Value> {
    let answer = session
        .script(
            "const [name, done] = arguments;
             const canvas = document.createElement('canvas');
             [canvas.width, canvas.height] = [1200, 800];
             const brush = canvas.getContext('2d');
             const sky = brush.createLinearGradient(0, 0, 0, 800);
             [[0, '#27506b'], [0.55, '#e8b887'], [0.56, '#31544b'], [1, '#12241f']]
               .forEach(([at, colour]) => sky.addColorStop(at, colour));
             brush.fillStyle = sky;
             brush.fillRect(0, 0, 1200, 800);
             brush.fillStyle = '#fbe9c6';
             brush.arc(850, 330, 70, 0, 7);
             brush.fill();
             const data = canvas.toDataURL('image/png').split(',')[1];
             window.__TAURI__.core.invoke('call', { name: 'media.import_bytes', input: { name, data } })
               .then((ok) => done(ok), (error) => done({ error }));",
            vec![json!(name)],
        )
        .await?;
    let id = answer["files"][0]["id"].clone();
    anyhow::ensure!(!id.is_null(), "the picture was not taken in: {answer}");
    Ok(id)
}

/// Turns the calendar to the month after this one by key.
pub async fn next_month(album: &Album<'_>, planner: &Planner<'_>) -> Result<()> {
    album.hand.press(&["Page_Down"]).await?;
    let month = planner.next_month()?.strftime("%B %Y").to_string();
    album.session.says("h1", &month).await
}

/// Opens the calendar at a chip's id and gives the focus to the chip.
pub async fn focus_chip(session: &Session, css: &str) -> Result<String> {
    let id = session
        .await_value(
            "a focused post",
            "const chip = document.querySelector(arguments[0]);
             chip?.focus();
             return document.activeElement === chip ? chip?.dataset.chip : null;",
            vec![json!(css)],
        )
        .await?;
    id.as_str().map(str::to_owned).context("a post's id")
}

/// Opens a post by finding it in the palette.
pub async fn open_post(album: &Album<'_>, words: &str) -> Result<()> {
    album.hand.press(&["ctrl+k"]).await?;
    album
        .session
        .appears("dialog[open] [role=combobox]")
        .await?;
    album.hand.type_text(words).await?;
    album
        .session
        .says("dialog[open] [role=option][aria-selected=true]", words)
        .await?;
    album.hand.press(&["Return"]).await?;
    album
        .session
        .says("[data-testid=composer]", "Preview")
        .await
}
