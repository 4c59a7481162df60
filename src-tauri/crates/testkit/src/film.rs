//! A video as cameras write it, as far as its description goes: ten seconds, upright, H.264 without sound. What
//! its pictures show is up to whoever writes the bytes behind [`beginning`]; no player could show them.
//! The boxes are those of ISO/IEC 14496-12 and 14496-15.

/// Pictures a second, which is also the unit of time.
const RATE: u32 = 30;
/// Pictures altogether.
pub const PICTURES: u32 = 300;
/// Pixels across and down.
const SIZE: (u16, u16) = (720, 1_280);
/// What stands for no turn: one in fixed point, of 16 and of 30 bits behind the point.
const UPRIGHT: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

/// Everything before the pictures of a video whose pictures take `bytes` bytes, rounded down to a multiple of
/// their number. With `place` it tells where it was filmed, as phones do.
#[must_use]
pub fn beginning(bytes: u64, place: Option<&str>) -> Vec<u8> {
    let each = u32::try_from(bytes / u64::from(PICTURES)).unwrap_or(u32::MAX);
    let kind = boxed(*b"ftyp", b"isom\0\0\x02\0isomiso2avc1mp41");
    // Where the pictures begin does not change the length of what says so.
    let length = kind.len() + description(0, each, place).len() + 16;
    let mut all = kind;
    all.extend(description(length as u32, each, place));
    all.extend(1_u32.to_be_bytes());
    all.extend(b"mdat");
    all.extend((16 + u64::from(each) * u64::from(PICTURES)).to_be_bytes());
    all
}

/// A whole small video.
#[must_use]
pub fn video(bytes: usize, place: Option<&str>) -> Vec<u8> {
    let mut all = beginning(bytes as u64, place);
    let pictures = bytes / PICTURES as usize * PICTURES as usize;
    all.extend((0..pictures).map(|n| (n % 251) as u8));
    all
}

/// The same of exactly so many bytes; a box that nobody reads takes what is left over.
#[must_use]
pub fn of_exactly(bytes: usize) -> Vec<u8> {
    let beside = beginning(0, None).len() + 8;
    let mut all = video(bytes.saturating_sub(beside), None);
    let left = bytes.saturating_sub(all.len() + 8);
    all.extend(boxed(*b"free", &vec![0; left]));
    all
}

fn boxed(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let size = (body.len() + 8) as u32;
    [&size.to_be_bytes()[..], &kind[..], body].concat()
}

fn numbers(all: &[u32]) -> Vec<u8> {
    all.iter().flat_map(|n| n.to_be_bytes()).collect()
}

fn of(kind: [u8; 4], parts: &[Vec<u8>]) -> Vec<u8> {
    boxed(kind, &parts.concat())
}

fn description(at: u32, each: u32, place: Option<&str>) -> Vec<u8> {
    let head = [
        numbers(&[0, 0, 0, RATE, PICTURES, 0x1_0000, 0x0100_0000, 0, 0]),
        numbers(&UPRIGHT),
        numbers(&[0, 0, 0, 0, 0, 0, 2]),
    ];
    let mut parts = vec![of(*b"mvhd", &head), track(at, each)];
    if let Some(place) = place {
        let length = (place.len() as u16).to_be_bytes();
        let told = [&length[..], &[0x15, 0xc7], place.as_bytes()].concat();
        parts.push(boxed(*b"udta", &boxed(*b"\xA9xyz", &told)));
    }
    of(*b"moov", &parts)
}

fn track(at: u32, each: u32) -> Vec<u8> {
    let (width, height) = (u32::from(SIZE.0) << 16, u32::from(SIZE.1) << 16);
    let head = [
        numbers(&[7, 0, 0, 1, 0, PICTURES, 0, 0, 0, 0]),
        numbers(&UPRIGHT),
        numbers(&[width, height]),
    ];
    let media = numbers(&[0, 0, 0, RATE, PICTURES, 0x55c4_0000]);
    let handler = [&[0; 8][..], b"vide", &[0; 12], b"VideoHandler\0"].concat();
    let here = [numbers(&[0, 1]), boxed(*b"url ", &numbers(&[1]))];
    let inside = [
        boxed(*b"vmhd", &numbers(&[1, 0, 0])),
        boxed(*b"dinf", &of(*b"dref", &here)),
        of(
            *b"stbl",
            &[
                of(*b"stsd", &[numbers(&[0, 1]), packing()]),
                boxed(*b"stts", &numbers(&[0, 1, PICTURES, 1])),
                boxed(*b"stsc", &numbers(&[0, 1, 1, PICTURES, 1])),
                boxed(*b"stsz", &numbers(&[0, each, PICTURES])),
                boxed(*b"stco", &numbers(&[0, 1, at])),
            ],
        ),
    ];
    let parts = [
        boxed(*b"mdhd", &media),
        boxed(*b"hdlr", &handler),
        of(*b"minf", &inside),
    ];
    of(*b"trak", &[of(*b"tkhd", &head), of(*b"mdia", &parts)])
}

/// How the pictures are packed: H.264 of the baseline profile.
fn packing() -> Vec<u8> {
    const DOTS: u32 = 72 << 16;
    let mut entry = vec![0; 6];
    entry.extend(1_u16.to_be_bytes());
    entry.extend([0; 16]);
    entry.extend(SIZE.0.to_be_bytes());
    entry.extend(SIZE.1.to_be_bytes());
    entry.extend(numbers(&[DOTS, DOTS, 0]));
    entry.extend(1_u16.to_be_bytes());
    entry.extend([0; 32]);
    entry.extend([0, 24, 0xff, 0xff]);
    entry.extend(boxed(*b"avcC", &[1, 66, 0, 31, 0xff, 0xe0, 0]));
    boxed(*b"avc1", &entry)
}

#[cfg(test)]
mod tests {
    use media::Kind;
    use media::video::look_at;
    use model::clip::{Clip, Codec};

    use super::*;

    #[tokio::test]
    async fn it_is_a_video_to_whoever_looks_into_it() {
        let folder = tempfile::tempdir().unwrap();
        for (place, located) in [(None, false), (Some("+52.5200+013.4050/"), true)] {
            let bytes = video(30_000, place);
            let (at, pictures) = (bytes.len() - 30_000, &bytes[bytes.len() - 30_000..]);
            assert_eq!(beginning(30_000, place).len(), at);
            assert_eq!(pictures[..3], [0, 1, 2]);
            let file = folder.path().join("a.mp4");
            std::fs::write(&file, &bytes).unwrap();
            let film = look_at(file, "a.mp4".to_owned(), Kind::Mp4).await.unwrap();
            let film = film.unwrap();
            assert_eq!((film.width, film.height), (Some(720), Some(1_280)));
            let clip = Clip {
                length_ms: Some(10_000),
                frame_rate: Some(30_000),
                codec: Some(Codec::H264),
                sound: None,
                located,
            };
            assert_eq!(film.clip, clip);
        }
    }
}
