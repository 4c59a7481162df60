//! With scripts in the place of the programs that open HEIC files.

use std::ffi::OsString;

use super::*;
use crate::testing::{jpeg, noise, program};

/// A folder with a program of this name, and beside it the picture that it makes.
struct Desk(tempfile::TempDir);

impl Desk {
    fn with(name: &str, script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("made.jpg"), jpeg(&noise(8, 6))).unwrap();
        program(folder.path(), name, script);
        Self(folder)
    }

    fn path(&self) -> OsString {
        self.0.path().as_os_str().to_owned()
    }

    /// What comes of a file of these bytes.
    fn opened(&self, bytes: &[u8]) -> Result<Vec<u8>, MediaError> {
        self.opened_within(bytes, MAX_TIME)
    }

    fn opened_within(&self, bytes: &[u8], limit: Duration) -> Result<Vec<u8>, MediaError> {
        made_by(tool_in(&self.path()).as_deref(), "a.heic", bytes, limit)
    }

    /// What the program wrote down.
    fn noted(&self) -> String {
        std::fs::read_to_string(self.0.path().join("noted")).unwrap()
    }
}

#[test]
fn the_picture_that_the_program_makes_is_taken() {
    let desk = Desk::with(
        "heif-dec",
        r#"here=$(dirname "$0")
        test "$(cat "$3")" = heic || exit 3
        echo "$1 $2 $(basename "$3") $(basename "$4") $(dirname "$4")" > "$here/noted"
        cp "$here/made.jpg" "$4""#,
    );
    assert_eq!(desk.opened(b"heic").unwrap(), jpeg(&noise(8, 6)));
    let noted = desk.noted();
    let folder = noted.trim().strip_prefix("-q 98 in.heic out.jpg ").unwrap();
    assert!(!Path::new(folder).exists(), "nothing is left behind");
}

#[test]
fn of_several_pictures_the_first_is_taken() {
    let desk = Desk::with(
        "heif-convert",
        r#"base=${4%.jpg}
        echo second > "$base-2.jpg"
        cp "$(dirname "$0")/made.jpg" "$base-1.jpg""#,
    );
    assert_eq!(desk.opened(b"heic").unwrap(), jpeg(&noise(8, 6)));
}

#[test]
fn the_program_of_a_mac_is_asked_in_its_own_words() {
    let desk = Desk::with(
        "sips",
        r#"echo "$1 $2 $3 $4 $5 $6 $8" > "$(dirname "$0")/noted"
        cp "$(dirname "$0")/made.jpg" "$9""#,
    );
    desk.opened(b"heic").unwrap();
    assert!(
        desk.noted()
            .starts_with("-s format jpeg -s formatOptions best")
    );
    assert!(desk.noted().trim().ends_with("--out"));
}

#[test]
fn what_goes_wrong_is_told() {
    let failing = Desk::with("heif-dec", "exit 7").opened(b"heic");
    let Err(MediaError::Damaged { detail, .. }) = failing else {
        panic!("{failing:?}");
    };
    assert!(detail.contains('7'), "{detail}");
    let nothing = Desk::with("heif-dec", "exit 0").opened(b"heic");
    let Err(MediaError::Damaged { detail, .. }) = nothing else {
        panic!("{nothing:?}");
    };
    assert_eq!(detail, "nothing was made of it");
    let endless = Desk::with("heif-dec", "while :; do :; done");
    let slow = endless.opened_within(b"heic", Duration::from_millis(20));
    assert!(matches!(slow, Err(MediaError::TooSlow { .. })), "{slow:?}");
    let none = Desk::with("another", "exit 0").opened(b"heic");
    assert!(
        matches!(none, Err(MediaError::NoHeicTool { .. })),
        "{none:?}"
    );
}

#[test]
fn the_best_program_is_taken_and_none_of_the_folder_one_stands_in() {
    let (old, new) = (Desk::with("heif-convert", ""), Desk::with("heif-dec", ""));
    let both = std::env::join_paths([old.path(), new.path()]).unwrap();
    assert_eq!(tool_in(&both), Some(new.0.path().join("heif-dec")));
    assert_eq!(tool_in(OsStr::new(".:bin")), None);
}

#[cfg(target_os = "linux")]
#[test]
fn the_program_has_bounds() {
    // Bounds are set while it begins.
    let desk = Desk::with(
        "heif-dec",
        r#"while test "$(ulimit -f)" = unlimited; do :; done
        truncate -s 400000000 "$4" 2> /dev/null || cp "$(dirname "$0")/made.jpg" "$4""#,
    );
    let opened = desk.opened(b"heic");
    assert_eq!(opened.unwrap(), jpeg(&noise(8, 6)));
}
