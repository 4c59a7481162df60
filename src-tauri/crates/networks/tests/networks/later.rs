//! Moments for what others post on a network meanwhile: far from those of any clock a test runs by.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

/// After everything a test posts.
pub fn later() -> jiff::Timestamp {
    "2100-01-01T00:00:00Z".parse().unwrap()
}

/// Before everything a test posts.
pub fn earlier() -> jiff::Timestamp {
    "2020-01-01T00:00:00Z".parse().unwrap()
}
