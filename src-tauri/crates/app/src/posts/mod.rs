//! Posts: making, saving, moving, copying, checking, finding.

mod ahead;
pub(crate) mod bounds;
mod changing;
mod check;
mod copying;
mod create;
mod edit;
mod held;
mod labels;
mod moving;
mod publish;
mod read;
mod scene;
mod schedule;
mod waiting;

pub(crate) use bounds::clean;
pub use changing::PostChange;
pub(crate) use check::shown_draft;
pub(crate) use create::refuse_full;
pub(crate) use edit::Kept;
pub(crate) use scene::Scene;
