//! What tests of the publisher and of hosts over it use; never part of the shipped program.

mod clock;
mod comments;
mod entropy;
mod kept;
mod network;
mod numbers;
mod plain;
pub mod points;
mod vault;

pub use clock::{START, TestClock};
pub use comments::CommentAct;
pub use entropy::SeededEntropy;
pub use kept::{KeptThere, TakeBack};
pub use network::{Act, Gate, Shown, TestConnector, TestNetwork, ToNetwork};
pub use plain::{Plain, Sends, entry, refusal};
pub use vault::TestVault;
