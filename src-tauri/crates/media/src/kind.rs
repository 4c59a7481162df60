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
    /// An AVIF picture; of a moving one its first frame.
    Avif,
    /// A HEIC picture, as phones take them.
    Heic,
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
    pub const ALL: [Self; 10] = [
        Self::Jpeg,
        Self::Png,
        Self::Gif,
        Self::Webp,
        Self::Avif,
        Self::Heic,
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
            Self::Avif => "image/avif",
            Self::Heic => "image/heic",
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
            Self::Avif => "avif",
            Self::Heic => "heic",
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Webm => "webm",
            Self::Pdf => "pdf",
        }
    }

    /// The kind whose files end so.
    #[must_use]
    pub fn of_extension(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.extension() == ending)
    }

    /// Whether the program opens it and makes thumbnails and renditions of it.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        matches!(
            self,
            Self::Jpeg | Self::Png | Self::Gif | Self::Webp | Self::Avif | Self::Heic
        )
    }

    /// Whether every web-view shows the file as it is.
    #[must_use]
    pub const fn is_shown_anywhere(self) -> bool {
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
        let mime = match mime {
            _ if names_brand(head, &[b"avif", b"avis"]) => Self::Avif.mime(),
            "video/x-m4v" => "video/mp4",
            _ if other_brand => "video/mp4",
            "image/heif" => Self::Heic.mime(),
            // The container of HEIC under its general name.
            "" if names_brand(head, &[b"mif1", b"msf1", b"heic", b"heix"]) => Self::Heic.mime(),
            other => other,
        };
        Self::from_mime(mime).ok_or_else(|| {
            let what = match found {
                _ if is_svg(head) => {
                    "it is an SVG drawing, which may hold programs and which no network takes; save \
                     it as a PNG picture"
                        .to_owned()
                }
                Some(t) => format!("it is a file of the kind {}", t.extension()),
                None => "it is neither a picture nor a video".to_owned(),
            };
            MediaError::Unsupported {
                name: name.to_owned(),
                what,
            }
        })
    }
}

/// Whether a file of the ISO container says that it follows one of these brands (ISO/IEC 14496-12,
/// part 4.3): its own, or one of those it is compatible with.
fn names_brand(head: &[u8], brands: &[&[u8; 4]]) -> bool {
    if head.get(4..8) != Some(b"ftyp") {
        return false;
    }
    let length = head
        .get(..4)
        .map_or(0, |l| u32::from_be_bytes([l[0], l[1], l[2], l[3]]) as usize);
    let end = length.clamp(12, HEAD_BYTES).min(head.len());
    let own = head.get(8..12);
    let others = head.get(16..end).unwrap_or_default().chunks_exact(4);
    own.into_iter()
        .chain(others)
        .any(|named| brands.iter().any(|brand| brand.as_slice() == named))
}

/// Whether a text begins as an SVG drawing does, behind what may stand before it.
fn is_svg(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head).to_lowercase();
    let begins = text.trim_start_matches('\u{feff}').trim_start();
    begins.starts_with("<svg")
        || ((begins.starts_with("<?xml") || begins.starts_with("<!"))
            && begins.contains("<svg")
            && !begins.contains("<html"))
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
        let mif1 =
            |other: &[u8; 4]| [b"\0\0\0\x1cftypmif1\0\0\0\0mif1", &other[..], b"miaf"].concat();
        let cases: [(&[u8], Kind); 15] = [
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind::Heic),
            (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", Kind::Avif),
            (&mif1(b"heic"), Kind::Heic),
            (&mif1(b"avif"), Kind::Avif),
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
        for svg in [
            &b"<svg onload=alert(1)>"[..],
            b"\xef\xbb\xbf  <?xml version='1.0'?>\n<!-- x --><SVG>",
        ] {
            let text = Kind::sniff("a.png", svg).unwrap_err().to_string();
            assert!(text.contains("an SVG drawing"), "{text}");
        }
        let page = b"<!doctype html><html><svg>";
        let text = Kind::sniff("a.png", page).unwrap_err().to_string();
        assert!(text.contains("of the kind html"), "{text}");
        let text = Kind::sniff("a.png", b"just words").unwrap_err().to_string();
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
