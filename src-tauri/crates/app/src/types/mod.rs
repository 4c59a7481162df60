//! Inputs and outputs of the commands, area by area. TypeScript types are generated from these.

pub mod access;
pub mod accounts;
pub mod activity;
pub mod ahead;
pub mod data;
pub mod library;
pub mod pictures;
pub mod posts;
pub mod programs;
pub mod public_files;
pub mod queue;
pub mod searching;
pub mod session;
pub mod webhooks;
pub mod writing;

use model::{ErrorCode, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A command without input.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// A step of the history that can be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UndoStep {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// What was done, as the status line says it: "Moved to Tue 14 May, 09:05".
    pub words: String,
    /// When.
    pub at: Timestamp,
}

/// What every write answers: its result and what undoes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Written<T> {
    /// The result.
    pub value: T,
    /// The step that undoes it; none when nothing changed or it cannot be undone.
    pub undo: Option<UndoStep>,
    /// Sentences the person should read: a time moved by a clock change, an edit that is held.
    pub notes: Vec<String>,
}

/// An error as every door shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
#[serde(rename_all = "camelCase")]
pub struct ApiError {
    /// The kind.
    pub code: ErrorCode,
    /// A sentence for a person: what did not happen, why, what is safe, what to do.
    pub message: String,
    /// The field of the input it concerns.
    pub field: Option<String>,
    /// Detail for *Details*, without secrets.
    pub detail: Option<String>,
    /// Best remedy, where one button can do it.
    pub fix: Option<model::error::Fix>,
}
