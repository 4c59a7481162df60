//! What a test of a connector has on its desk: a clock, randomness, a vault, an account, a job.

use model::account::{Account, AccountHealth};
use model::captions::{Captions, Cue};
use model::{AccountId, IdSource, MediaId, TargetId, Timestamp, WorkspaceId};
use networks::connector::{
    Connector, Ctx, Job, JobMedia, JobSegment, MediaFacts, Original, Outcome, Refusal,
    SignInFields, SignedIn,
};
use networks::vault::memory::MemoryVault;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::conformance::Log;
use crate::fakes::{Seeded, StillClock, Wallet, picture};

/// A Thursday in May 2026, 07:05 UTC: when everything on the desk is due.
pub const DUE: Timestamp = Timestamp::from_millis(1_778_742_300_000);
/// The account on the desk.
pub const ACCOUNT: AccountId = AccountId(Uuid::from_u128(0x0a));

/// A desk.
pub struct Desk {
    /// The clock; it stands at [`DUE`].
    pub clock: StillClock,
    /// Randomness, the same in every run.
    pub entropy: Seeded,
    /// An empty vault.
    pub vault: MemoryVault,
    /// What was paid.
    pub wallet: Wallet,
    scratch: tempfile::TempDir,
}

impl Desk {
    /// A tidy desk.
    ///
    /// # Panics
    /// When there is no room for a temporary folder.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test without its folder cannot go on")]
    pub fn new() -> Self {
        Self {
            clock: StillClock::at(DUE),
            entropy: Seeded::new(7),
            vault: MemoryVault::new(),
            wallet: Wallet::default(),
            scratch: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// What a connector may use.
    #[must_use]
    pub fn ctx(&self) -> Ctx<'_> {
        Ctx {
            clock: &self.clock,
            entropy: &self.entropy,
            vault: &self.vault,
            purse: &self.wallet,
        }
    }

    /// Signs in and makes the account.
    pub async fn sign_in(
        &self,
        connector: &dyn Connector,
        fields: SignInFields,
    ) -> Result<Account, Refusal> {
        let mut found = connector.sign_in(ACCOUNT, "", fields, self.ctx()).await?;
        Ok(Self::account(connector, found.swap_remove(0)))
    }

    /// The account that somebody signed in to.
    #[must_use]
    pub fn account(connector: &dyn Connector, signed: SignedIn) -> Account {
        Account {
            id: ACCOUNT,
            workspace_id: WorkspaceId(Uuid::from_u128(1)),
            network: connector.entry().key.clone(),
            remote_id: signed.remote_id,
            handle: signed.handle,
            display_name: signed.display_name,
            server: signed.server,
            settings: signed.settings,
            health: AccountHealth::Ok,
            paused: None,
            created_at: DUE,
        }
    }

    /// A frozen job of a target of its own.
    #[must_use]
    pub fn job(
        &self,
        connector: &dyn Connector,
        account: &Account,
        segments: Vec<JobSegment>,
    ) -> Job {
        let mut job = Job {
            target_id: TargetId(IdSource::new(&self.clock, &self.entropy).uuid()),
            account: account.clone(),
            title: String::new(),
            labels: vec!["almanac".to_owned()],
            segments,
            options: Map::new(),
            due_at: DUE,
            place_at: None,
            due_wall: "2026-05-14T09:05:00+02:00[Europe/Berlin]".to_owned(),
            handle: Value::Null,
            turn: 0,
            attempt: 1,
            first_sent_try_at: None,
            last_shown_at: None,
            unknown_send: false,
            done: vec![],
        };
        job.handle = connector.freeze(&job, self.ctx());
        job
    }

    /// A picture of this size, on the disk; its ending decides the format.
    ///
    /// # Panics
    /// When it cannot be written.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "a test without its picture cannot go on"
    )]
    pub fn picture(&self, name: &str, width: u32, height: u32) -> JobMedia {
        let colour = [name.len() as u8, width as u8, height as u8];
        let path = picture(self.scratch.path(), name, width, height, colour);
        let bytes = std::fs::read(&path).expect("the picture was written");
        let id: MediaId = blake3::hash(&bytes)
            .to_hex()
            .parse()
            .expect("64 hex digits are an id");
        let kind = if name.strip_suffix(".png").is_some() {
            "png"
        } else {
            "jpeg"
        };
        let facts = MediaFacts {
            id,
            mime: format!("image/{kind}"),
            bytes: bytes.len() as u64,
            width: Some(width),
            height: Some(height),
            clip: None,
            document: None,
            tool: media::video::Tool::Ready,
            missing: false,
        };
        JobMedia {
            facts,
            path,
            original: None,
            alt: format!("Description of {name}"),
            captions: vec![],
            poster_ms: None,
            poster: None,
        }
    }

    /// The same as [`video`](Self::video), with a word as captions in each of these languages.
    #[must_use]
    pub fn captioned(&self, name: &str, bytes: usize, languages: &[&str]) -> JobMedia {
        let mut video = self.video(name, bytes);
        let captions = languages.iter().map(|language| Captions {
            language: (*language).to_owned(),
            cues: vec![Cue {
                from_ms: 500,
                to_ms: 1_500,
                text: format!("Words in {language}"),
            }],
        });
        video.captions = captions.collect();
        video
    }

    /// The same as [`video`](Self::video), with a picture as the moment that stands for it: a library shows both
    /// alike, and cutting one out of a video takes another program.
    ///
    /// # Panics
    /// When it cannot be written.
    #[expect(clippy::expect_used, reason = "a test without its poster cannot go on")]
    pub async fn posed(&self, name: &str, bytes: usize) -> JobMedia {
        let picture = self.picture("poster.png", 640, 360);
        let shown = std::fs::read(&picture.path).expect("the picture was written");
        let folder = self.scratch.path().join("library");
        let library = media::Library::open(&folder).expect("room for a library");
        let kept = library.import_bytes("poster.png".to_owned(), shown).await;
        JobMedia {
            poster_ms: Some(1_500),
            poster: Some(Original {
                library,
                id: kept.expect("room for a picture").id,
                edits: vec![],
            }),
            ..self.video(name, bytes)
        }
    }

    /// A file that begins as an MP4 does and has so many bytes.
    ///
    /// # Panics
    /// When it cannot be written.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test without its video cannot go on")]
    pub fn video(&self, name: &str, bytes: usize) -> JobMedia {
        let whole = crate::film::of_exactly(bytes);
        let path = self.scratch.path().join(name);
        std::fs::write(&path, &whole).expect("room for a video");
        let id: MediaId = blake3::hash(&whole)
            .to_hex()
            .parse()
            .expect("64 hex digits are an id");
        JobMedia {
            facts: MediaFacts {
                id,
                mime: "video/mp4".to_owned(),
                bytes: whole.len() as u64,
                width: None,
                height: None,
                clip: None,
                document: None,
                tool: media::video::Tool::Ready,
                missing: false,
            },
            path,
            original: None,
            alt: format!("Description of {name}"),
            captions: vec![],
            poster_ms: None,
            poster: None,
        }
    }

    /// One attempt; its steps are added to the job's, and the attempt is counted.
    pub async fn attempt(&self, connector: &dyn Connector, job: &mut Job) -> Outcome {
        let mut log = Log {
            done: job.done.clone(),
            ..Log::default()
        };
        let outcome = connector.publish(job, &mut log, self.ctx()).await;
        log.leave(job, &outcome, model::Clock::now(&self.clock));
        job.done = log.done;
        job.attempt += 1;
        outcome
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

/// A segment of text alone.
#[must_use]
pub fn text(text: &str) -> JobSegment {
    JobSegment {
        text: text.to_owned(),
        media: vec![],
    }
}
