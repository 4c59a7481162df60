//! Videos: what is inside them, and other versions of them by the `ffmpeg` of this computer. Nothing of a
//! codec is written here, and a video that needs no change needs no other program: nor does one that tells where it
//! was filmed, for that can be overwritten.

mod arguments;
mod clean;
mod make;
mod making;
mod mp4;
mod plan;
mod probe;
mod still;
mod sweep;
mod tool;
mod webm;
mod workshop;

#[cfg(test)]
mod tests;

pub use make::Version;
pub(crate) use making::Bench;
pub use making::{Making, MakingTold};
pub use plan::{Packing, Plan, TooLong, Wanted, after, even, plan};
pub(crate) use probe::look;
pub use probe::{Film, PROBE, look_at};
pub use sweep::MAX_VERSIONS_BYTES;
pub use tool::{Ffmpeg, Found, OLDEST, Places, Tool};
pub(crate) use workshop::Workshop;
