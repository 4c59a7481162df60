//! What can be wrong with a file, each in a sentence a person can act on.

use std::io;

use model::ErrorCode;

use crate::watched;
/// What to do where no program opens HEIC pictures.
const HEIC_HELP: &str = if cfg!(target_os = "linux") {
    "Install one (on Debian and Ubuntu: sudo apt install libheif-examples), or save the picture as a JPEG."
} else {
    "Save the picture as a JPEG."
};

/// A file that cannot be used. Every sentence names the file, says why, and what is safe.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// It was there when it was chosen and is not there now.
    #[error(
        "\"{name}\" cannot be used: the file is no longer where it was. Nothing else is lost; choose \
         the file again."
    )]
    Vanished {
        /// The file's name.
        name: String,
    },
    /// The library's own copy is gone.
    #[error(
        "A file of this post is missing from the library. The post keeps everything else; add the \
         file again, or take it off the post."
    )]
    NotInLibrary {
        /// Its content hash, for the log.
        id: String,
    },
    /// The person stopped it.
    #[error("\"{name}\" was not added: it was stopped. Nothing of it was kept.")]
    Stopped {
        /// The file's name.
        name: String,
    },
    /// The person stopped the making of a video's version.
    #[error(
        "The version of {name} was stopped while it was made. Send the post again to have it made."
    )]
    MakingStopped {
        /// What it is called towards people.
        name: String,
    },
    /// It has no bytes.
    #[error("\"{name}\" cannot be used: the file is empty. Export or download it again.")]
    Empty {
        /// The file's name.
        name: String,
    },
    /// It has too many bytes.
    #[error(
        "\"{name}\" cannot be used: it has {} and at most {} are taken. The file itself was not \
         changed; make a smaller version of it.",
        megabytes(*bytes), megabytes(*limit)
    )]
    TooBig {
        /// The file's name.
        name: String,
        /// Its size; when it was still being read, what had come so far.
        bytes: u64,
        /// The largest size taken.
        limit: u64,
    },
    /// It has too many pixels to be opened safely.
    #[error(
        "\"{name}\" cannot be used: it has {} × {} pixels, which is more than can be opened safely \
         ({} million at most). The file itself was not changed; make it smaller and add it again.",
        grouped(u64::from(*width)), grouped(u64::from(*height)), crate::bound::MAX_PIXELS / 1_000_000
    )]
    TooManyPixels {
        /// The file's name.
        name: String,
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// It is of a kind the program does not take.
    #[error(
        "\"{name}\" cannot be used: {what}. JPEG, PNG, GIF, WebP, AVIF and HEIC pictures, MP4, MOV and \
         WebM videos and PDF files are taken. The file itself was not changed."
    )]
    Unsupported {
        /// The file's name.
        name: String,
        /// What it is, as half a sentence.
        what: String,
    },
    /// Its bytes are not a picture from start to end.
    #[error(
        "\"{name}\" cannot be used: the picture is damaged and cannot be opened. The file itself \
         was not changed; export or download it again."
    )]
    Damaged {
        /// The file's name.
        name: String,
        /// What the decoder said, for the log.
        detail: String,
    },
    /// It stops before the picture is complete.
    #[error(
        "\"{name}\" cannot be used: the file ends before the picture is complete. The file itself \
         was not changed; copy or download it again."
    )]
    Truncated {
        /// The file's name.
        name: String,
    },
    /// It is a document in which a photo tells where it was taken, and that cannot be taken out.
    #[error(
        "\"{name}\" cannot be sent: a photo in it tells where it was taken, and that cannot be taken \
         out. The file itself was not changed; export it anew from pictures without their place."
    )]
    PlaceStays {
        /// The file's name.
        name: String,
    },
    /// It moves for longer than any picture needs.
    #[error(
        "\"{name}\" cannot be used: it has more than {} frames. The file itself was not changed; make \
         it shorter, or a video of it.",
        grouped(u64::from(crate::bound::MAX_FRAMES))
    )]
    TooManyFrames {
        /// The file's name.
        name: String,
    },
    /// It is opened by a program that is not there.
    #[error(
        "\"{name}\" cannot be used: it is a HEIC picture, and no program that opens them was found on \
         this computer. {HEIC_HELP} The file itself was not changed."
    )]
    NoHeicTool {
        /// The file's name.
        name: String,
    },
    /// The picture of a workspace's mark is gone.
    #[error(
        "The picture of this workspace's watermark is missing from the library. Choose it again in \
         Settings, or turn the watermark off there."
    )]
    NoMark,
    /// Too many files never came back from being opened.
    #[error(
        "\"{name}\" cannot be used now: other files are still being opened and do not come to an end. \
         Restart Almanac and add it again. The file itself was not changed."
    )]
    Stuck {
        /// The file's name.
        name: String,
    },
    /// It took longer to open than is waited for.
    #[error(
        "\"{name}\" cannot be used: opening it took longer than {seconds} seconds. The file itself \
         was not changed; save it again as a JPEG or PNG picture and add that."
    )]
    TooSlow {
        /// The file's name.
        name: String,
        /// How long was waited.
        seconds: u64,
    },
    /// Even the smallest version worth sending is too big for the network.
    #[error(
        "\"{name}\" cannot be made small enough: {} is all the network takes. The file itself was \
         not changed; use a simpler picture.",
        megabytes(*limit)
    )]
    CannotFit {
        /// The file's name.
        name: String,
        /// What the network takes, in bytes.
        limit: u64,
    },
    /// Not a picture, where one is needed.
    #[error("\"{name}\" is not a picture, so no version of it can be made for this network.")]
    NotAPicture {
        /// The file's name.
        name: String,
    },
    /// Not a video, where one is needed.
    #[error("\"{name}\" is not a video, so no version of it can be made for this network.")]
    NotAVideo {
        /// The file's name.
        name: String,
    },
    /// It has to be changed, and the program that does it is not at hand.
    #[error("\"{name}\" needs ffmpeg to be changed. {advice} The file itself was not changed.")]
    NeedsTool {
        /// The file's name.
        name: String,
        /// What to do, as a sentence.
        advice: &'static str,
    },
    /// No version of it that is worth sending stays below the network's number of bytes.
    #[error(
        "\"{name}\" is too long to be brought down to the {} that the network takes. The file itself \
         was not changed; trim it.",
        megabytes(*limit)
    )]
    VideoCannotFit {
        /// The file's name.
        name: String,
        /// What the network takes, in bytes.
        limit: u64,
    },
    /// The program that changes videos gave up on it.
    #[error(
        "No other version of \"{name}\" could be made: the video is damaged or packed in a way that \
         ffmpeg does not know. The file itself was not changed; export it again as MP4."
    )]
    VideoFailed {
        /// The file's name.
        name: String,
        /// What it said, for the log.
        detail: String,
    },
    /// The bytes are not the ones the name promises.
    #[error(
        "\"{name}\" was changed or damaged since it was exported. It was left out; everything else \
         is unharmed."
    )]
    WrongContent {
        /// The file's name.
        name: String,
    },
    /// The program may not read the file.
    #[error(
        "\"{name}\" cannot be used: this computer does not allow Almanac to read it. Change the \
         file's permissions, or copy it to another folder and add the copy."
    )]
    NotAllowed {
        /// The file's name.
        name: String,
    },
    /// There is no room for a copy.
    #[error(
        "\"{name}\" was not added: the disk is full. Nothing else was changed; free some space and \
         add it again."
    )]
    DiskFull {
        /// The file's name.
        name: String,
    },
    /// The disk refused for another reason.
    #[error(
        "\"{name}\" could not be read or stored: the disk answered with an error. Nothing else was \
         changed; check the disk and try again."
    )]
    Disk {
        /// The file's name.
        name: String,
        /// What the system said, for the log.
        #[source]
        source: io::Error,
    },
    /// A fault of this program.
    #[error(
        "\"{name}\" could not be opened because of a fault in Almanac; the log has the detail."
    )]
    Fault {
        /// The file's name.
        name: String,
    },
}

impl MediaError {
    /// Translates what the system said about the file called `name`.
    pub(crate) fn io(name: &str, source: io::Error) -> Self {
        let name = name.to_owned();
        if watched::was_stopped(&source) {
            return Self::Stopped { name };
        }
        match source.kind() {
            io::ErrorKind::NotFound => Self::Vanished { name },
            io::ErrorKind::PermissionDenied => Self::NotAllowed { name },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { name },
            io::ErrorKind::UnexpectedEof => Self::Truncated { name },
            // A stream that knows what its bytes should be says so at its end.
            io::ErrorKind::InvalidData => Self::WrongContent { name },
            _ => Self::Disk { name, source },
        }
    }

    /// The code for the outside.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NotInLibrary { .. } => ErrorCode::NotFound,
            Self::DiskFull { .. } | Self::Disk { .. } => ErrorCode::Storage,
            Self::Fault { .. } | Self::Stuck { .. } => ErrorCode::Internal,
            _ => ErrorCode::Media,
        }
    }

    /// What the decoder or the system said, for the log and *Details*; never needed to act.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Damaged { detail, .. } | Self::VideoFailed { detail, .. } => Some(detail.clone()),
            Self::Disk { source, .. } => Some(source.to_string()),
            Self::NotInLibrary { id } => Some(id.clone()),
            _ => None,
        }
    }
}

/// `312 MB`, or with one decimal below ten: `1.5 MB`.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    if tenths >= 100 || tenths.is_multiple_of(10) {
        format!("{} MB", grouped(tenths.div_ceil(10)))
    } else {
        format!("{}.{} MB", tenths / 10, tenths % 10)
    }
}

/// A number with a comma between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_people_write_them() {
        assert_eq!(megabytes(312_000_000), "312 MB");
        assert_eq!(megabytes(1_000_000), "1 MB");
        assert_eq!(megabytes(1_450_000), "1.5 MB");
        assert_eq!(megabytes(1), "0.1 MB");
        assert_eq!(megabytes(1_234_000_000), "1,234 MB");
        assert_eq!(grouped(30_000), "30,000");
        assert_eq!(grouped(999), "999");
    }

    #[test]
    fn a_full_disk_and_a_vanished_file_are_told_apart() {
        let of = |kind| MediaError::io("a.png", io::Error::from(kind));
        assert!(matches!(
            of(io::ErrorKind::StorageFull),
            MediaError::DiskFull { .. }
        ));
        assert!(matches!(
            of(io::ErrorKind::NotFound),
            MediaError::Vanished { .. }
        ));
        assert_eq!(of(io::ErrorKind::StorageFull).code(), ErrorCode::Storage);
        let text = of(io::ErrorKind::NotFound).to_string();
        assert!(text.starts_with("\"a.png\" cannot be used"), "{text}");
    }
}
