//! What a file is, told from its first bytes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::MediaError;

/// A kind of file the library takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A JPEG picture.
    Jpeg,
    /// A PNG picture.
    Png,
    /// A GIF picture, still or moving.
    Gif,
    /// A WebP picture, still or moving.
    Webp,
    /// An MP4 video.
    Mp4,
    /// A `QuickTime` video.
    Mov,
    /// A `WebM` video.
    Webm,
    /// A PDF document.
    Pdf,
}

/// How many first bytes are enough to tell the kind.
pub(crate) const HEAD_BYTES: usize = 4096;

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Jpeg,
        Self::Png,
        Self::Gif,
        Self::Webp,
        Self::Mp4,
        Self::Mov,
        Self::Webm,
        Self::Pdf,
    ];

    /// The media type, as HTTP wants it.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::Webm => "video/webm",
            Self::Pdf => "application/pdf",
        }
    }

    /// The kind of a media type.
    #[must_use]
    pub fn from_mime(mime: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.mime() == mime)
    }

    /// The usual end of a file's name, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Webm => "webm",
            Self::Pdf => "pdf",
        }
    }

    /// Whether the program opens it and makes thumbnails and renditions of it.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Gif | Self::Webp)
    }

    /// Whether it is a video.
    #[must_use]
    pub const fn is_video(self) -> bool {
        matches!(self, Self::Mp4 | Self::Mov | Self::Webm)
    }

    /// Tells the kind from the first bytes of the file called `name`.
    pub(crate) fn sniff(name: &str, head: &[u8]) -> Result<Self, MediaError> {
        if head.is_empty() {
            return Err(MediaError::Empty {
                name: name.to_owned(),
            });
        }
        let found = infer::get(head);
        let mime = found.map_or("", |t| t.mime_type());
        // The same container under another brand: Apple's, and the newer ones of the standard.
        let other_brand = mime.is_empty() && head.get(4..11) == Some(b"ftypiso");
        let mime = if mime == "video/x-m4v" || other_brand {
            "video/mp4"
        } else {
            mime
        };
        Self::from_mime(mime).ok_or_else(|| {
            let what = match (mime, found) {
                ("image/heif" | "image/heic", _) => {
                    "it is a HEIC picture, which cannot be opened here; save it as a JPEG"
                        .to_owned()
                }
                (_, Some(t)) => format!("it is a file of the kind {}", t.extension()),
                (_, None) => "it is neither a picture nor a video".to_owned(),
            };
            MediaError::Unsupported {
                name: name.to_owned(),
                what,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_decide_and_not_the_name() {
        let ftyp =
            |brand: &[u8; 4]| [b"\0\0\0\x18ftyp", &brand[..], b"\0\0\x02\0isommp42"].concat();
        let ebml: &[u8] = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm";
        let ebml = [ebml, &[0; 256]].concat();
        let cases: [(&[u8], Kind); 11] = [
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Kind::Jpeg),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Kind::Png),
            (b"GIF89a\x01\0\x01\0", Kind::Gif),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Kind::Webp),
            (&ftyp(b"isom"), Kind::Mp4),
            (&ftyp(b"mp42"), Kind::Mp4),
            (&ftyp(b"M4V "), Kind::Mp4),
            (&ftyp(b"iso8"), Kind::Mp4),
            (&ftyp(b"qt  "), Kind::Mov),
            (&ebml, Kind::Webm),
            (b"%PDF-1.7\n", Kind::Pdf),
        ];
        for (head, want) in cases {
            assert_eq!(Kind::sniff("x.txt", head).unwrap(), want);
        }
    }

    #[test]
    fn other_files_are_refused_by_what_they_are() {
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
        let text = Kind::sniff("IMG_1.jpg", heic).unwrap_err().to_string();
        assert!(text.contains("HEIC"), "{text}");
        let text = Kind::sniff("a.png", b"<svg onload=alert(1)>")
            .unwrap_err()
            .to_string();
        assert!(text.contains("neither a picture nor a video"), "{text}");
        let text = Kind::sniff("a.png", b"PK\x03\x04\x14\0\0\0")
            .unwrap_err()
            .to_string();
        assert!(text.contains("zip"), "{text}");
        assert!(matches!(
            Kind::sniff("a.png", b""),
            Err(MediaError::Empty { .. })
        ));
    }
}
