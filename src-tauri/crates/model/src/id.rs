//! Identifiers. UUIDv7 for rows that a person or the program makes, a content hash for media.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::clock::{Clock, Entropy};

/// An identifier that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not an identifier of this program")]
pub struct BadId(pub String);

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                Uuid::parse_str(text).map(Self).map_err(|_| BadId(text.chars().take(60).collect()))
            }
        }
    )+};
}

uuid_ids! {
    /// Everything one brand or client owns.
    WorkspaceId,
    /// A named plan in a workspace.
    CalendarId,
    /// One piece of content.
    PostId,
    /// A post on one account.
    TargetId,
    /// A connected account on a network.
    AccountId,
    /// One try to deliver a target.
    AttemptId,
    /// A weekly time at which an account likes to post.
    SlotId,
    /// A key with which another program works.
    KeyId,
    /// An address to which another program is told what happens.
    WebhookId,
    /// One event on its way to such an address.
    WebhookDeliveryId,
}

/// A file in the library, named by the BLAKE3 hash of its bytes: 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct MediaId(String);

impl MediaId {
    /// The hash as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MediaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for MediaId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let ok = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if ok {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadId(text.chars().take(60).collect()))
        }
    }
}

impl TryFrom<String> for MediaId {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<MediaId> for String {
    fn from(id: MediaId) -> Self {
        id.0
    }
}

/// Makes identifiers from the clock and the source of randomness that were passed in.
pub struct IdSource<'a> {
    clock: &'a dyn Clock,
    entropy: &'a dyn Entropy,
}

impl<'a> IdSource<'a> {
    /// An id source over the given clock and randomness.
    #[must_use]
    pub fn new(clock: &'a dyn Clock, entropy: &'a dyn Entropy) -> Self {
        Self { clock, entropy }
    }

    /// A new UUIDv7: 48 bits of UTC milliseconds, then random bits (RFC 9562, section 5.7).
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        let mut random = [0_u8; 10];
        self.entropy.fill(&mut random);
        let millis = u64::try_from(self.clock.now().as_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    struct Fixed;
    impl Clock for Fixed {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(1_700_000_000_000)
        }
        fn monotonic(&self) -> std::time::Duration {
            std::time::Duration::ZERO
        }
    }
    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0xab);
        }
    }

    #[test]
    fn ids_are_version_seven_and_carry_the_given_instant() {
        let id = IdSource::new(&Fixed, &Fixed).uuid();
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.as_u128() >> 80, 1_700_000_000_000);
    }

    #[test]
    fn media_ids_refuse_anything_but_a_hash() {
        assert!("AB".parse::<MediaId>().is_err());
        assert!("../../etc/passwd".parse::<MediaId>().is_err());
        assert!("0".repeat(64).parse::<MediaId>().is_ok());
    }
}
