//! Formats that posts leave and enter in: CSV, calendar files, and the full export.
//!
//! Only formats: everything here is a function of its arguments. What is written and read back is
//! decided by the commands over it.

pub mod accounts;
pub mod bundle;
mod columns;
pub mod csv_in;
pub mod csv_out;
mod dates;
mod files;
mod guard;
pub mod ics;
mod row;
mod sheet;
#[cfg(test)]
mod testing;

pub use csv_in::{CsvContext, Preview, PreviewRow, Problem, read_csv};
pub use csv_out::write_csv;
pub use files::{FileRef, FileSource};
pub use ics::write_ics;
pub use row::RowDraft;
pub use sheet::CsvError;
