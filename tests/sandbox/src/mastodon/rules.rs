//! What the server allows, and which software it plays.

/// What the server allows; a test may change it.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Most characters.
    pub characters: usize,
    /// What a link counts.
    pub per_link: usize,
    /// Most files.
    pub files: usize,
    /// Longest description.
    pub description: usize,
    /// Largest picture, as it says.
    pub image_bytes: usize,
    /// Largest body that a proxy in front of it takes, which it does not say.
    pub body_bytes: usize,
    /// Most answers of a poll.
    pub answers: usize,
    /// Most posts in three hours.
    pub posts: usize,
    /// How often it is still working on a video when it is asked.
    pub work: usize,
    /// Honours idempotency keys, tells what it is at the newer address, and calls itself Mastodon.
    pub mastodon: bool,
    /// Knows single scopes such as `write:media`.
    pub single_scopes: bool,
    /// Tells nothing to who is not signed in.
    pub closed: bool,
    /// Its tokens end and are renewed, as some other software has it.
    pub renews: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            characters: 500,
            per_link: 23,
            files: 4,
            description: 1_500,
            image_bytes: 16_777_216,
            body_bytes: 120_000_000,
            answers: 4,
            posts: 300,
            work: 1,
            mastodon: true,
            single_scopes: true,
            closed: false,
            renews: false,
        }
    }
}
