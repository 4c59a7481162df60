//! Sign-ins that are under way, between the browser's going and the account's being there.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::WorkspaceId;
use model::account::Account;
use networks::connector::{Begun, Connector, SignedIn};
use networks::oauth::Listener;
use tokio::sync::Notify;

use super::staging::Staging;
use crate::error::Result;
use crate::types::ApiError;

/// Most sign-ins at a time; the oldest is given up.
const MOST: usize = 8;

/// Sign-ins that are under way, by identifier.
#[derive(Default)]
pub(crate) struct SignIns {
    under_way: Mutex<HashMap<String, SignIn>>,
    /// Those whose network is asked for the last time, as long as nobody gives them up. Locked after the
    /// others.
    finishing: Mutex<HashMap<String, Last>>,
}

/// How far one is whose network is asked for the last time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// It can still be given up.
    Asked,
    /// What came of it is being kept, which nobody ends in the middle.
    Kept,
}

/// Whom a sign-in is for.
#[derive(Clone)]
pub(super) enum Meant {
    New(WorkspaceId),
    Again(Box<Account>),
}

impl Meant {
    /// Where the account is, or will be.
    pub fn workspace(&self) -> WorkspaceId {
        match self {
            Self::New(workspace) => *workspace,
            Self::Again(account) => account.workspace_id,
        }
    }
}

/// One sign-in.
pub(super) struct SignIn {
    pub connector: Arc<dyn Connector>,
    pub meant: Meant,
    pub staging: Staging,
    pub app: BTreeMap<String, String>,
    pub stage: Stage,
    pub cancelled: Arc<Notify>,
}

/// How far it is.
pub(super) enum Stage {
    Browser {
        begun: Box<Begun>,
        listener: Option<Listener>,
    },
    Choosing(Vec<SignedIn>),
}

impl SignIns {
    pub(super) fn lock(&self) -> MutexGuard<'_, HashMap<String, SignIn>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in one more. Gives those that were given up for it.
    #[must_use]
    pub(super) fn put(&self, id: String, sign_in: SignIn) -> Vec<SignIn> {
        put_in(&mut self.lock(), id, sign_in)
    }

    fn finishing(&self) -> MutexGuard<'_, HashMap<String, Last>> {
        self.finishing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one out to ask its network for the last time; until it is kept it can still be given up.
    pub(super) fn finish<'a>(&'a self, id: &'a str) -> Result<(SignIn, Finishing<'a>)> {
        let mut all = self.lock();
        let sign_in = all.remove(id).ok_or_else(over)?;
        self.finishing().insert(id.to_owned(), Last::Asked);
        Ok((sign_in, Finishing { all: self, id }))
    }

    /// Gives one up, and gives it back where it waited for the person; one that is over stays over.
    pub(super) fn give_up(&self, id: &str) -> Result<Option<SignIn>> {
        let mut all = self.lock();
        if let Some(gone) = all.remove(id) {
            gone.cancelled.notify_one();
            return Ok(Some(gone));
        }
        let mut finishing = self.finishing();
        if finishing.get(id) == Some(&Last::Kept) {
            return Err(ApiError::conflict(
                "It is too late to give this sign-in up: the account is being connected. Remove it afterwards.",
            ));
        }
        finishing.remove(id);
        Ok(None)
    }
}

/// Takes in one more, and gives those that were given up for it. Identifiers sort by time, so the first is the
/// oldest.
fn put_in(all: &mut HashMap<String, SignIn>, id: String, sign_in: SignIn) -> Vec<SignIn> {
    let mut given_up = Vec::new();
    while all.len() >= MOST {
        let Some(oldest) = all.keys().min().cloned() else {
            break;
        };
        if let Some(gone) = all.remove(&oldest) {
            gone.cancelled.notify_one();
            given_up.push(gone);
        }
    }
    all.insert(id, sign_in);
    given_up
}

/// A sign-in whose network is asked for the last time.
pub(super) struct Finishing<'a> {
    all: &'a SignIns,
    id: &'a str,
}

impl Finishing<'_> {
    /// Its identifier.
    pub fn id(&self) -> &str {
        self.id
    }

    /// Whether somebody gave it up meanwhile.
    pub fn is_given_up(&self) -> bool {
        !self.all.finishing().contains_key(self.id)
    }

    /// Begins to keep what came of it, after which it cannot be given up. False where somebody did so before.
    pub fn keeps(&self) -> bool {
        let mut finishing = self.all.finishing();
        let last = finishing.get_mut(self.id);
        let in_time = last.is_some();
        if let Some(last) = last {
            *last = Last::Kept;
        }
        in_time
    }

    /// Puts it back under its identifier, until one of its accounts is chosen. Gives those that were given up for
    /// it, or itself where somebody gave it up before.
    pub fn put_back(self, sign_in: SignIn) -> Result<Vec<SignIn>, Box<SignIn>> {
        let (sign_ins, id) = (self.all, self.id.to_owned());
        let mut all = sign_ins.lock();
        if self.is_given_up() {
            return Err(Box::new(sign_in));
        }
        // Before anybody can find it and finish it anew.
        drop(self);
        Ok(put_in(&mut all, id, sign_in))
    }
}

impl Drop for Finishing<'_> {
    fn drop(&mut self) {
        self.all.finishing().remove(self.id);
    }
}

/// What is told of one that is not under way any more.
pub(super) fn over() -> ApiError {
    ApiError::conflict("This sign-in is over. Start it again.")
}
