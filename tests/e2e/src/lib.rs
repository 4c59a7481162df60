//! Drives the real window on a private virtual desktop: a display, a window manager, a session
//! bus and stand-ins for the desktop's services, none of them shared with anybody.
//!
//! Not here: the tests themselves, which are in `tests/e2e/tests/`.

pub mod axe;
pub mod copied;
pub mod desk;
pub mod driver;
pub mod drops;
pub mod figures;
pub mod hand;
pub mod keyring;
pub mod native;
pub mod opener;
pub mod pages;
pub mod person;
pub mod planner;
pub mod processes;
pub mod program;
pub mod screen;
pub mod shots;
pub mod signing_in;
pub mod stubs;
pub mod until;
pub mod windows;
pub mod wire;
pub mod writing;

pub use desk::Desk;
pub use driver::Session;
pub use hand::Hand;
pub use planner::Planner;
pub use program::Program;
