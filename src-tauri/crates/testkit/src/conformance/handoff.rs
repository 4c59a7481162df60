//! Handing over, over a disk that fails on order. What the person finds lying ready counts as visible:
//! whether it is out after that, only the person can say.

use std::path::Path;
use std::sync::Arc;

use model::account::Account;
use networks::connector::{Connector, SignInFields};
use networks::handoff::HandOff;

use super::{At, Bench, Trouble};
use crate::disk::{DiskFault, FaultyFiles};

/// The file of a post that is written last.
const LAST: &str = "text.txt";

/// The bench of handing over.
pub struct HandOffBench {
    connector: HandOff,
    files: FaultyFiles,
    folder: tempfile::TempDir,
}

impl HandOffBench {
    /// A bench over an empty folder.
    ///
    /// # Panics
    /// When there is no room for a temporary folder.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "a suite without its folder cannot go on"
    )]
    pub fn start() -> Self {
        let files = FaultyFiles::default();
        Self {
            connector: HandOff::over(Arc::new(files.clone())),
            files,
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// Posts that lie ready whole.
    fn ready(&self) -> usize {
        let posts = std::fs::read_dir(self.folder.path()).into_iter().flatten();
        let whole = posts
            .flatten()
            .filter(|post| post.path().join(LAST).exists());
        whole.count()
    }
}

fn form(network: &str, folder: &Path, page: &str) -> SignInFields {
    let mut fields = SignInFields::default();
    for (name, value) in [
        ("network", network),
        ("handle", "Ana"),
        ("folder", &folder.to_string_lossy()),
        ("page", page),
    ] {
        fields.plain.insert(name.to_owned(), value.to_owned());
    }
    fields
}

impl Bench for HandOffBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn sign_in(&self) -> SignInFields {
        form("Snapchat", self.folder.path(), "https://web.snapchat.com/")
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        let folder = self.folder.path();
        vec![
            form("", folder, ""),
            form("Snapchat", Path::new("ready"), ""),
            form("Snapchat", &folder.join("gone"), ""),
            form("Snapchat", folder, "http://web.snapchat.com/"),
        ]
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        // A disk does not care which file it is, and all parts of a post lie in one folder.
        if matches!(at, At::Show(n) if n > 0) {
            return false;
        }
        let fault = match trouble {
            Trouble::StoreFull => DiskFault::Full,
            Trouble::PlaceGone => DiskFault::Gone,
            Trouble::NotWritable => DiskFault::ReadOnly,
            Trouble::FailsAfterWriting if at == At::Show(0) => DiskFault::FailsAfterWriting,
            _ => return false,
        };
        self.files.order(Some(fault));
        true
    }

    fn mend(&self) {
        self.files.order(None);
    }

    fn unreachable(&self, _account: &Account) -> Option<Account> {
        None
    }

    fn visible(&self) -> usize {
        self.ready()
    }

    fn ever_made(&self) -> usize {
        // What is laid ready stays there; a second time would be a second folder.
        self.ready()
    }

    fn units(&self, _parts: usize) -> usize {
        1
    }

    fn secrets(&self) -> Vec<String> {
        vec![]
    }
}
