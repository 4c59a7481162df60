//! Sign-ins that are under way, between the browser's going and the account's being there.

use std::collections::{BTreeMap, HashMap, HashSet};
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
    finishing: Mutex<HashSet<String>>,
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

    /// Takes in one more. Identifiers sort by time, so the first is the oldest.
    pub(super) fn put(&self, id: String, sign_in: SignIn) {
        let mut all = self.lock();
        while all.len() >= MOST {
            let Some(oldest) = all.keys().min().cloned() else {
                break;
            };
            if let Some(gone) = all.remove(&oldest) {
                gone.cancelled.notify_one();
            }
        }
        all.insert(id, sign_in);
    }

    fn finishing(&self) -> MutexGuard<'_, HashSet<String>> {
        self.finishing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one out to ask its network for the last time; meanwhile it can still be given up.
    pub(super) fn finish<'a>(&'a self, id: &'a str) -> Result<(SignIn, Finishing<'a>)> {
        let mut all = self.lock();
        let sign_in = all.remove(id).ok_or_else(over)?;
        self.finishing().insert(id.to_owned());
        Ok((sign_in, Finishing { all: self, id }))
    }

    /// Gives one up; one that is over stays over.
    pub(super) fn give_up(&self, id: &str) {
        let mut all = self.lock();
        if let Some(gone) = all.remove(id) {
            gone.cancelled.notify_one();
        } else {
            self.finishing().remove(id);
        }
    }
}

/// A sign-in whose network is asked for the last time.
pub(super) struct Finishing<'a> {
    all: &'a SignIns,
    id: &'a str,
}

impl Finishing<'_> {
    /// Whether somebody gave it up meanwhile.
    pub fn is_given_up(&self) -> bool {
        !self.all.finishing().contains(self.id)
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
