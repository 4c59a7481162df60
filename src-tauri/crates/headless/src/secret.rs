//! The key under which passwords are sealed: from a file, from what systemd hands over, or from standard
//! input. Never from the command line, where every program of the computer could read it.

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use app::Secret;

use crate::cli::Common;
use crate::trouble::Trouble;

/// Name under which systemd hands it over (`LoadCredential=`).
const CREDENTIAL: &str = "almanac-secret-key";
/// Longest key, in bytes.
const MAX: u64 = 4 * 1024;

/// The key, where one is given.
pub fn given(common: &Common) -> Result<Option<Secret>, Trouble> {
    if common.secret_key_stdin {
        let mut line = String::new();
        std::io::stdin().lock().take(MAX).read_line(&mut line)?;
        return trimmed(&line, "Standard input").map(Some);
    }
    let file = match &common.secret_key_file {
        Some(file) => Some(file.clone()),
        None => credential(std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from)),
    };
    file.map(|file| read(&file)).transpose()
}

fn credential(folder: Option<PathBuf>) -> Option<PathBuf> {
    let file = folder?.join(CREDENTIAL);
    file.exists().then_some(file)
}

/// A secret that is all a file holds.
pub fn read(file: &Path) -> Result<Secret, Trouble> {
    let name = file.display().to_string();
    let mut text = String::new();
    std::fs::File::open(file)
        .and_then(|opened| opened.take(MAX).read_to_string(&mut text))
        .map_err(|error| Trouble::invalid(format!("{name} cannot be read: {error}.")))?;
    trimmed(&text, &name)
}

fn trimmed(text: &str, place: &str) -> Result<Secret, Trouble> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Trouble::invalid(format!("{place} holds no key.")));
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_what_its_file_holds_without_the_end_of_the_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(CREDENTIAL);
        std::fs::write(&file, "correct horse\n").unwrap();
        assert_eq!(read(&file).unwrap().reveal(), "correct horse");
        assert_eq!(
            credential(Some(folder.path().to_owned())),
            Some(file.clone())
        );
        std::fs::write(&file, "\n").unwrap();
        assert!(read(&file).is_err());
        assert!(read(&folder.path().join("none")).is_err());
    }
}
