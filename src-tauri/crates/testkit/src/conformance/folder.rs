//! Folder over a disk that fails on order.

use std::path::PathBuf;
use std::sync::Arc;

use model::account::Account;
use networks::connector::{Connector, SignInFields};
use networks::folder::Folder;

use super::{At, Bench, Trouble};
use crate::disk::{DiskFault, FaultyFiles};

/// The bench of Folder.
pub struct FolderBench {
    connector: Folder,
    files: FaultyFiles,
    folder: tempfile::TempDir,
}

impl FolderBench {
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
            connector: Folder::over(Arc::new(files.clone())),
            files,
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// The folder posts go to.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Names of the posts in the folder.
    #[must_use]
    pub fn posts(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.folder.path())
            .into_iter()
            .flatten()
            .flatten();
        let names = names.filter_map(|e| e.file_name().into_string().ok());
        let mut posts: Vec<String> = names.filter(|n| n.strip_suffix(".md").is_some()).collect();
        posts.sort();
        posts
    }
}

fn form(folder: &str) -> SignInFields {
    let mut fields = SignInFields::default();
    fields.plain.insert("folder".to_owned(), folder.to_owned());
    fields
}

impl Bench for FolderBench {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn sign_in(&self) -> SignInFields {
        form(&self.folder.path().to_string_lossy())
    }

    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        let gone = self.folder.path().join("gone");
        vec![form(""), form("notes"), form(&gone.to_string_lossy())]
    }

    fn order(&self, trouble: Trouble, at: At) -> bool {
        // A disk does not care which file it is, and all parts of a post are one file.
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
        self.posts().len()
    }

    fn ever_made(&self) -> usize {
        // A file that is there twice would be there under two names.
        self.posts().len()
    }

    fn units(&self, _parts: usize) -> usize {
        1
    }

    fn secrets(&self) -> Vec<String> {
        vec![]
    }
}
