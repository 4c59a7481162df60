//! Undo and redo of everything a person changes, by images of rows.
//!
//! While a step is open, temporary triggers on the writing connection keep an image of every row
//! before and after, of the columns that people own. Undo puts the old images back. Nothing has to be
//! written per command, and what the publisher owns (states, remote ids, leases) is never touched.

pub(crate) mod record;
