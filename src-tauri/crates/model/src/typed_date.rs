//! Dates as people type them: "fri 9", "+2w", "14.5. 16:30".

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Order of day, month and year in a typed date such as `5/14`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// Day, month, year.
    #[default]
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day.
    Ymd,
}
