//! Reading and using a tray icon's menu (com.canonical.dbusmenu).

use anyhow::{Context, Result};
use zbus::Connection;
use zbus::zvariant::{OwnedObjectPath, Structure, Value};

use super::Item;
use crate::until;

/// The menu's interface on the bus.
const MENU: &str = "com.canonical.dbusmenu";

/// One entry of a menu.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Number to click it with.
    pub id: i32,
    /// Its words.
    pub label: String,
    /// Whether it can be chosen.
    pub enabled: bool,
    /// State of a check item.
    pub checked: Option<bool>,
    /// Whether it is only a line between others.
    pub separator: bool,
    /// Entries below it.
    pub children: Vec<Entry>,
}

/// A tray icon's menu.
pub struct Menu<'a> {
    connection: &'a Connection,
    item: &'a Item,
    path: OwnedObjectPath,
}

impl<'a> Menu<'a> {
    /// Finds the menu of a tray icon.
    pub async fn of(connection: &'a Connection, item: &'a Item) -> Result<Self> {
        let proxy = zbus::Proxy::new(
            connection,
            item.bus.clone(),
            item.path.clone(),
            "org.kde.StatusNotifierItem",
        )
        .await?;
        let path = proxy.get_property("Menu").await?;
        Ok(Self {
            connection,
            item,
            path,
        })
    }

    /// The entries as they stand now.
    pub async fn entries(&self) -> Result<Vec<Entry>> {
        // Some menus fill themselves only when told that they are about to be seen.
        let _ = self.call("AboutToShow", &(0_i32,)).await;
        let reply = self
            .call("GetLayout", &(0_i32, -1_i32, Vec::<String>::new()))
            .await?;
        let body = reply.body();
        let layout: Structure<'_> = body.deserialize()?;
        match layout.fields().get(1) {
            Some(Value::Structure(root)) => {
                Ok(entry(root).context("the menu has a root")?.children)
            }
            _ => anyhow::bail!("the menu has no layout"),
        }
    }

    /// Waits until the menu shows whether all posts are held.
    pub async fn wait_held(&self, held: bool) -> Result<()> {
        until::holds("the hold to show", || async {
            self.entries().await.is_ok_and(|entries| {
                entries
                    .iter()
                    .any(|e| e.label == "Hold all posts" && e.checked == Some(held))
            })
        })
        .await
    }

    /// Chooses the entry with these words, if it can be chosen.
    pub async fn choose(&self, label: &str) -> Result<()> {
        let entries = self.entries().await?;
        let entry = entries
            .iter()
            .find(|entry| entry.label == label)
            .with_context(|| format!("the menu has no entry {label}: {entries:?}"))?;
        anyhow::ensure!(entry.enabled, "{label} cannot be chosen");
        self.click(entry).await
    }

    /// Clicks an entry, also one that cannot be chosen: desktops let such clicks through.
    pub async fn click(&self, entry: &Entry) -> Result<()> {
        self.call("Event", &(entry.id, "clicked", Value::from(0_i32), 0_u32))
            .await?;
        Ok(())
    }

    async fn call<B>(&self, method: &str, body: &B) -> zbus::Result<zbus::Message>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType + Sync,
    {
        self.connection
            .call_method(
                Some(self.item.bus.as_str()),
                self.path.as_str(),
                Some(MENU),
                method,
                body,
            )
            .await
    }
}

/// One node of the layout: number, properties, children.
fn entry(node: &Structure<'_>) -> Option<Entry> {
    let [
        Value::I32(id),
        Value::Dict(properties),
        Value::Array(children),
    ] = node.fields()
    else {
        return None;
    };
    let mut entry = Entry {
        id: *id,
        enabled: true,
        ..Entry::default()
    };
    for (key, value) in properties.iter() {
        match (key, plain(value)) {
            (Value::Str(key), Value::Str(text)) if key == "label" => {
                entry.label = text.to_string();
            }
            (Value::Str(key), Value::Str(text)) if key == "type" => {
                entry.separator = text == "separator";
            }
            (Value::Str(key), Value::Bool(yes)) if key == "enabled" => entry.enabled = *yes,
            (Value::Str(key), Value::I32(state)) if key == "toggle-state" => {
                entry.checked = Some(*state == 1);
            }
            _ => {}
        }
    }
    for child in children.iter() {
        if let Value::Structure(child) = plain(child) {
            entry.children.extend(self::entry(child));
        }
    }
    Some(entry)
}

/// A value out of the variant it may be wrapped in.
fn plain<'a, 'v>(value: &'a Value<'v>) -> &'a Value<'v> {
    match value {
        Value::Value(inner) => inner,
        other => other,
    }
}
