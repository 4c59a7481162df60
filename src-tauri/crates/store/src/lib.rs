//! Everything durable: the schema, the migrations, every SQL statement, the change feed and undo.
//!
//! # How it is used
//!
//! ```text
//! let opened = Store::open(config).await?;         // locks the folder, backs up, migrates
//! let store = opened.store;                        // cheap to clone
//!
//! let mut conn = store.read().await?;              // a query-only connection
//! let chips = posts::range(&mut conn, from, to, &calendars).await?;
//!
//! let mut tx = store.step(Actor::Person, Step::new("Move 2 posts")).await?;
//! posts::move_many(&mut tx, &moves).await?;        // may also read: Tx derefs to Conn
//! tx.commit().await?;                              // on disk, in the feed, undoable, watchers woken
//! ```
//!
//! * [`Store::begin`] opens a transaction that undo does not know (the publisher, the program);
//!   [`Store::step`] one that a person can undo. Dropping a [`Tx`] changes nothing.
//! * Read functions take `&mut Conn`, write functions `&mut Tx`; there is one module a table.
//! * [`history`] undoes and redoes whole steps.
//! * `docs/schema.sql` explains every table and column.
//!
//! One process has one writing connection behind a fair queue, and a few query-only readers; the
//! data folder is locked against a second process.

pub mod backup;
mod conn;
mod error;
pub mod feed;
pub mod history;
mod lock;
mod migrate;
mod outbox;
pub mod publishing;
mod store;
mod table;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;

pub use conn::Conn;
pub use error::{Result, StoreError};
pub use store::{Opened, Store, StoreConfig};
pub use table::*;
pub use tx::{Committed, Step, Tx};
