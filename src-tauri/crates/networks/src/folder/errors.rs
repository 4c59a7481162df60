//! What a disk's refusal means for people, in one place.

use std::io;
use std::path::Path;

use model::failure::Category;

use crate::connector::Refusal;

/// Turns an error of the disk into a refusal. `folder` is the chosen folder.
#[must_use]
pub fn refusal(error: &io::Error, folder: &Path) -> Refusal {
    let place = folder.display();
    let refusal = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Refusal::later(
            Category::NetworkError,
            format!("The disk of the folder {place} is full. Make some room; it is tried again."),
        ),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Refusal::never(
            Category::AuthError,
            format!(
                "Almanac may not write into the folder {place}. Allow it, or choose another folder."
            ),
        ),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => gone(folder),
        io::ErrorKind::InvalidFilename | io::ErrorKind::FileTooLarge => Refusal::never(
            Category::Validation,
            format!("The disk of the folder {place} cannot keep this file."),
        ),
        _ => Refusal::later(
            Category::NetworkError,
            format!("The folder {place} could not be written to just now."),
        ),
    };
    refusal.with_detail(error.to_string())
}

/// The folder is not there: a stick that is not plugged in looks the same as a folder that was
/// removed, so it is tried again and never made anew.
#[must_use]
pub fn gone(folder: &Path) -> Refusal {
    Refusal::later(
        Category::NetworkError,
        format!(
            "The folder {} is not there. Plug its disk in, or choose another folder.",
            folder.display()
        ),
    )
}

/// A file of the post vanished from the library between the check and the send.
#[must_use]
pub fn media_gone() -> Refusal {
    Refusal::never(
        Category::MediaError,
        "A file of this post is no longer in the library. Attach it again, or take it off the post.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::failure::Retry;

    #[test]
    fn each_refusal_of_a_disk_has_its_sentence_and_category() {
        let of = |kind: io::ErrorKind| refusal(&io::Error::from(kind), Path::new("/x/notes"));
        let full = of(io::ErrorKind::StorageFull);
        assert_eq!(
            (full.category, full.retry),
            (Category::NetworkError, Retry::Backoff)
        );
        assert!(full.message.contains("full") && full.message.contains("/x/notes"));
        let denied = of(io::ErrorKind::PermissionDenied);
        assert_eq!(
            (denied.category, denied.retry),
            (Category::AuthError, Retry::Never)
        );
        assert_eq!(
            of(io::ErrorKind::ReadOnlyFilesystem).category,
            Category::AuthError
        );
        assert!(of(io::ErrorKind::NotFound).message.contains("not there"));
        assert_eq!(of(io::ErrorKind::Other).category, Category::NetworkError);
    }
}
