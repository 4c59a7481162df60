//! A server of notifications that takes its time, or for ever: no news is lost, and the rest goes on.
#![allow(
    clippy::unused_self,
    clippy::needless_pass_by_value,
    clippy::used_underscore_binding,
    missing_docs,
    reason = "the shape of every call is set by the interface, and the macro writes methods"
)]

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use e2e::stubs::menu::Menu;
use e2e::stubs::{Item, Record, tray};
use e2e::{Desk, Planner, Program, Session, until};
use serde_json::json;
use tokio::sync::watch;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, interface};

/// A server that shows nothing while its gate is shut.
struct Slow {
    gate: watch::Receiver<bool>,
    /// It does not even say what it can.
    mute: bool,
    asked: Record<String>,
    shown: Record<String>,
}

impl Slow {
    async fn open(&self) {
        let mut gate = self.gate.clone();
        if gate.wait_for(|open| *open).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[interface(name = "org.freedesktop.Notifications")]
impl Slow {
    /// Shows a notification once the gate is open.
    #[expect(
        clippy::too_many_arguments,
        reason = "the shape of the call is the standard's"
    )]
    async fn notify(
        &self,
        _app: String,
        _replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        self.asked.push(body.clone());
        self.open().await;
        self.shown.push(format!("{summary}: {body}"));
        1
    }

    /// What it can show.
    async fn get_capabilities(&self) -> Vec<String> {
        if self.mute {
            self.open().await;
        }
        vec!["body".to_owned()]
    }

    /// A button was pressed.
    #[zbus(signal)]
    async fn action_invoked(to: &SignalEmitter<'_>, id: u32, key: &str) -> zbus::Result<()>;
}

struct Services {
    connection: Connection,
    items: Record<Item>,
    asked: Record<String>,
    shown: Record<String>,
    gate: Arc<watch::Sender<bool>>,
}

impl Services {
    async fn start(desk: &Desk, open: bool) -> Result<Self> {
        let (items, asked, shown) = (Record::default(), Record::default(), Record::default());
        let (gate, shut) = watch::channel(open);
        let slow = Slow {
            gate: shut,
            mute: !open,
            asked: asked.clone(),
            shown: shown.clone(),
        };
        let connection = zbus::connection::Builder::address(desk.bus_address())?
            .serve_at("/StatusNotifierWatcher", tray::Watcher::new(items.clone()))?
            .serve_at("/org/freedesktop/Notifications", slow)?
            .name("org.kde.StatusNotifierWatcher")?
            .name("org.freedesktop.Notifications")?
            .build()
            .await?;
        Ok(Self {
            connection,
            items,
            asked,
            shown,
            gate: Arc::new(gate),
        })
    }
}

#[tokio::test]
async fn what_is_told_at_the_start_waits_for_a_desktop_that_is_slower() -> Result<()> {
    let desk = Desk::start().await?;
    {
        let session = Session::open(&desk).await?;
        session.call("data.backup", json!({})).await?;
        session.close().await?;
    }
    // As a start after going back to a backup: the first thing the publisher does is to tell of it.
    let backups = std::fs::read_dir(desk.data_folder().join("backups"))?;
    let backup = backups.flatten().next().context("a backup")?.file_name();
    let note = desk.data_folder().join("restore-at-start");
    std::fs::write(note, backup.as_encoded_bytes())?;

    let services = Services::start(&desk, false).await?;
    let mut program = Program::start(&desk, &["--hidden"])?;
    let item = until::some("the tray icon", || async {
        services.items.all().first().cloned()
    })
    .await?;
    let menu = Menu::of(&services.connection, &item).await?;
    menu.wait_held(true).await?;
    services.gate.send_replace(true);
    until::holds("the notification", || async {
        let shown = services.shown.all();
        shown
            .iter()
            .any(|note| note.contains("A backup was restored"))
    })
    .await?;
    menu.choose("Quit").await?;
    assert_eq!(program.ended().await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn a_server_that_hangs_does_not_hold_up_the_screen() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk, true).await?;
    let folder = desk.folder().join("site");
    let session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    let account = planner.connect_folder(&folder).await?;
    let draft = json!({
        "segments": [{ "text": "Out", "media": [] }],
        "targets": [{ "accountId": account }],
    });
    let shelf = json!({ "kind": "shelf" });
    let post = planner.post(draft.clone(), shelf.clone(), "plan").await?;
    services.gate.send_replace(false);
    session
        .call("posts.publish_now", json!({ "id": post }))
        .await?;
    until::holds("the notification to be asked for", || async {
        !services.asked.all().is_empty()
    })
    .await?;

    session
        .script(
            "const done = arguments[0];
             window.told = 0;
             window.__TAURI__.event
               .listen('almanac:changes', () => { window.told += 1; })
               .then(() => done(true));",
            vec![],
        )
        .await?;
    planner.post(draft, shelf, "plan").await?;
    // Well before a notification is given up.
    let soon = std::time::Duration::from_secs(3);
    let told = until::holds("the change to be told", || async {
        let told = session.client.execute("return window.told", vec![]).await;
        told.is_ok_and(|told| told.as_u64() > Some(0))
    });
    tokio::time::timeout(soon, told).await??;
    session.close().await
}
