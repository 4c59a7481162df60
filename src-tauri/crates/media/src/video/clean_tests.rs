use std::io::Cursor;
use std::process::Command;

use proptest::prelude::*;

use super::*;
use crate::testing::contains;
use crate::video::tests::mp4;

/// What a sensor wrote, in three samples of two chunks.
const WHERE: [&[u8]; 3] = [b"GPS 52.52", b"GPS 13.405", b"GPS 34 m"];

fn boxed(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap();
    [&size.to_be_bytes()[..], &kind[..], body].concat()
}

fn table(kind: [u8; 4], numbers: &[u32]) -> Vec<u8> {
    let body: Vec<u8> = numbers.iter().flat_map(|n| n.to_be_bytes()).collect();
    boxed(kind, &body)
}

/// The track of a sensor whose samples begin at `at`: two in a first chunk, one in a second.
fn sensor(at: u32) -> Vec<u8> {
    track_for(*b"meta", at)
}

/// The same for whoever these four letters stand for.
fn track_for(handler: [u8; 4], at: u32) -> Vec<u8> {
    let sizes = WHERE.map(|sample| u32::try_from(sample.len()).unwrap());
    let second = at + sizes[0] + sizes[1];
    let entry = boxed(*b"gpmd", &[0; 8]);
    let described = [&[0, 0, 0, 0, 0, 0, 0, 1][..], &entry].concat();
    let samples = [
        boxed(*b"stsd", &described),
        table(*b"stsz", &[0, 0, 3, sizes[0], sizes[1], sizes[2]]),
        table(*b"stsc", &[0, 2, 1, 2, 1, 2, 1, 1]),
        table(*b"stco", &[0, 2, at, second]),
    ]
    .concat();
    let handler = [&[0; 8][..], &handler, &[0; 12], b"GoPro MET\0"].concat();
    let inside = [
        boxed(*b"hdlr", &handler),
        boxed(*b"minf", &boxed(*b"stbl", &samples)),
    ]
    .concat();
    boxed(*b"trak", &boxed(*b"mdia", &inside))
}

/// Where the description begins and how long it is.
fn moov(bytes: &[u8]) -> (usize, usize) {
    let at = bytes.windows(4).position(|four| four == b"moov").unwrap() - 4;
    (at, number(bytes, at).unwrap() as usize)
}

/// Puts boxes at the end of the description.
fn described_by(bytes: &[u8], more: &[u8]) -> Vec<u8> {
    let (at, size) = moov(bytes);
    let longer = u32::try_from(size + more.len()).unwrap().to_be_bytes();
    let mut out = bytes[..at].to_vec();
    out.extend(longer);
    out.extend(&bytes[at + 4..at + size]);
    out.extend(more);
    out.extend(&bytes[at + size..]);
    out
}

/// The video with the track of a sensor that knows where it was.
pub(in crate::video) fn with_a_sensor(bytes: &[u8]) -> Vec<u8> {
    let at = bytes.len() + sensor(0).len() + 8;
    let mut out = described_by(bytes, &sensor(u32::try_from(at).unwrap()));
    out.extend(boxed(*b"mdat", &WHERE.concat()));
    out
}

fn cleaned(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut file = Cursor::new(bytes.to_vec());
    let done = clean(&mut file).unwrap();
    done.then(|| file.into_inner())
}

/// What a player shows and plays of it, as a sum over all of it.
fn played(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.mp4");
    std::fs::write(&file, bytes).unwrap();
    let told = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-i"])
        .arg(file)
        .args(["-map", "0:v:0", "-map", "0:a:0", "-f", "md5", "-"])
        .output()
        .expect("ffmpeg is installed: cargo xtask setup does it");
    let errors = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(told.status.success() && errors.is_empty(), "{errors}");
    String::from_utf8(told.stdout).unwrap()
}

#[test]
fn everything_but_pictures_and_sound_is_overwritten_where_it_stands() {
    let mut bytes = with_a_sensor(mp4());
    let xmp = b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac<x>SECRETPLACE</x>";
    bytes.extend(boxed(*b"uuid", xmp));
    bytes.extend(boxed(*b"skip", b"SECRETPLACE"));
    bytes.extend(b"\0\0SECRETPLACE");
    let before = mp4::read(&mut Cursor::new(&bytes)).unwrap();
    assert!(before.clip.located);
    let clean = cleaned(&bytes).unwrap();
    assert_eq!(clean.len(), bytes.len());
    for told in [
        &b"GPS "[..],
        b"gpmd",
        b"GoPro",
        b"SECRETPLACE",
        b"loci",
        b"Lavf",
    ] {
        assert!(contains(&bytes, told), "the sample has no {told:?}");
        assert!(!contains(&clean, told), "{told:?} is still there");
    }
    let after = mp4::read(&mut Cursor::new(&clean)).unwrap();
    let clip = model::clip::Clip {
        located: false,
        ..before.clip
    };
    assert_eq!(after, crate::video::Film { clip, ..before });
    assert_eq!(played(&clean), played(mp4()));
}

#[test]
fn whatever_is_neither_pictures_nor_sound_may_tell_a_place() {
    let told = |bytes: &[u8]| mp4::read(&mut Cursor::new(bytes)).unwrap().clip.located;
    let plain = cleaned(mp4()).unwrap();
    assert!(!told(&plain));
    // Drones write where they are as words below their film, and each maker has letters of its own.
    for (handler, tells) in [
        (*b"meta", true),
        (*b"text", true),
        (*b"sbtl", true),
        (*b"xxxx", true),
        (*b"tmcd", false),
    ] {
        let with = described_by(&plain, &track_for(handler, 0));
        assert_eq!(told(&with), tells, "{handler:?}");
    }
    let full = vec![0; 5 * 1024 * 1024];
    let cases: [([u8; 4], &[u8], bool); 4] = [
        (*b"free", &[0; 64], false),
        (*b"free", b"gps 52.52", true),
        // More than is looked through, and something nobody knows.
        (*b"skip", &full, true),
        (*b"inst", b"", true),
    ];
    for (kind, body, tells) in cases {
        let beside = [&plain[..], &boxed(kind, body)].concat();
        assert_eq!(told(&beside), tells, "{kind:?}");
    }
    let tails: [(&[u8], bool); 4] = [
        (b"\0\0\0\x02abcdSECRETPLACE", true),
        (b"\0\0\0\0udtaSECRETPLACE", true),
        (b"\0\0\0\0mdatSECRETPLACE", false),
        (b"\0\0\0", false),
    ];
    for (tail, tells) in tails {
        let behind = [&plain[..], tail].concat();
        assert_eq!(told(&behind), tells, "{tail:?}");
        let clean = cleaned(&behind).unwrap();
        assert!(!told(&clean), "{tail:?}");
        assert_eq!(
            contains(&clean, b"SECRETPLACE"),
            tail.ends_with(b"mdatSECRETPLACE")
        );
    }
}

#[test]
fn what_would_harm_the_video_is_left_to_others() {
    // Where the samples of fragments lie is told all over the file.
    let fragments = described_by(&with_a_sensor(mp4()), &boxed(*b"mvex", &[]));
    assert_eq!(cleaned(&fragments), None);
    // Samples that lie in the description, behind the end, or nowhere that is told.
    let (at, _) = moov(mp4());
    for at in [u32::try_from(at).unwrap(), u32::MAX - 64] {
        assert_eq!(cleaned(&described_by(mp4(), &sensor(at))), None);
    }
    let mut untold = with_a_sensor(mp4());
    let stsz = untold.windows(4).rposition(|four| four == b"stsz").unwrap();
    untold[stsz + 3] = b'q';
    assert_eq!(cleaned(&untold), None);
    assert_eq!(cleaned(b""), None);
    assert_eq!(cleaned(b"\0\0\0\x18ftypisom\0\0\x02\0isommp42rest"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn broken_files_do_no_harm(
        cut in 0.0..1.0_f64,
        hits in prop::collection::vec((0.0..1.0_f64, any::<u8>()), 1..24),
    ) {
        let mut bytes = with_a_sensor(mp4());
        let (from, _) = moov(&bytes);
        let span = bytes.len() - from;
        for (place, byte) in &hits {
            bytes[from + (place * (span - 1) as f64) as usize] = *byte;
        }
        if let Some(clean) = cleaned(&bytes) {
            prop_assert_eq!(clean.len(), bytes.len());
        }
        bytes.truncate((bytes.len() as f64 * cut) as usize);
        cleaned(&bytes);
    }
}
