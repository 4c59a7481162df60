//! Videos with a real `ffmpeg`, which makes the samples as well (`cargo xtask setup` installs it).

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};

use model::clip::{Clip, ClipLimits, Codec, SoundCodec};
use model::edit::{Area, Operation};
use proptest::prelude::*;

use super::*;
use crate::error::MediaError;
use crate::kind::Kind;
use crate::library::{Imported, Library};

/// A clip of the test picture with a tone, made once for all tests: its name and its bytes.
pub(super) fn sample(name: &str, seconds: u32, more: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join(name);
    let picture = format!("testsrc=size=320x180:rate=25:duration={seconds}");
    let tone = format!("sine=frequency=440:duration={seconds}");
    let done = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"])
        .args(["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &tone])
        .args(["-pix_fmt", "yuv420p"])
        .args(more)
        .arg(&to)
        .output()
        .expect("ffmpeg is installed: cargo xtask setup does it");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    fs::read(to).unwrap()
}

pub(super) fn mp4() -> &'static [u8] {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    MADE.get_or_init(|| {
        let place = "location=+52.5200+013.4050/";
        sample(
            "a.mp4",
            3,
            &["-c:v", "libx264", "-c:a", "aac", "-metadata", place],
        )
    })
}

/// What makes a file of `webm`, quickly.
pub(super) const VP9_AND_OPUS: [&str; 6] = [
    "-c:v",
    "libvpx-vp9",
    "-deadline",
    "realtime",
    "-c:a",
    "libopus",
];

pub(super) fn webm() -> &'static [u8] {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    MADE.get_or_init(|| sample("a.webm", 2, &VP9_AND_OPUS))
}

fn look_into(bytes: &[u8], kind: Kind) -> Option<Film> {
    look(Cursor::new(bytes), kind)
}

/// Wherever the system keeps programs.
fn everywhere() -> Places {
    Places {
        named: None,
        path: std::env::var_os("PATH").unwrap(),
    }
}

struct Desk {
    _folder: tempfile::TempDir,
    root: PathBuf,
    library: Library,
}

impl Desk {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        library.look_for_ffmpeg_in(everywhere());
        assert_eq!(library.tool().await, Tool::Ready);
        Self {
            root: folder.path().to_owned(),
            _folder: folder,
            library,
        }
    }

    async fn take(&self, name: &str, bytes: &[u8]) -> Imported {
        self.library
            .import_bytes(name.to_owned(), bytes.to_vec())
            .await
            .unwrap()
    }

    fn incoming(&self) -> usize {
        fs::read_dir(self.root.join("incoming")).unwrap().count()
    }
}

fn plan_of(file: &Imported, operations: &[Operation], max_bytes: Option<u64>) -> Plan {
    let shot = model::clip::Shot {
        width: file.width,
        height: file.height,
        bytes: file.bytes,
        clip: file.clip.unwrap(),
    };
    let wanted = Wanted {
        formats: &["video/mp4".to_owned()],
        max_bytes,
        clip: &ClipLimits::default(),
    };
    plan(file.kind, &shot, operations, wanted).unwrap().unwrap()
}

async fn made(desk: &Desk, file: &Imported, plan: &Plan) -> Version {
    desk.library
        .version(&file.id, "a clip".into(), plan, |_| ())
        .await
        .unwrap()
}

#[test]
fn an_mp4_tells_what_it_is() {
    let film = look_into(mp4(), Kind::Mp4).unwrap();
    assert_eq!((film.width, film.height), (Some(320), Some(180)));
    let length = film.clip.length_ms.unwrap();
    assert!((2_950..3_100).contains(&length), "{length}");
    assert_eq!(film.clip.frame_rate, Some(25_000));
    assert_eq!(film.clip.codec, Some(Codec::H264));
    assert_eq!(film.clip.sound, Some(SoundCodec::Aac));
    assert!(film.clip.located);
}

#[test]
fn a_webm_tells_what_it_is() {
    let film = look_into(webm(), Kind::Webm).unwrap();
    assert_eq!((film.width, film.height), (Some(320), Some(180)));
    assert!((1_950..2_100).contains(&film.clip.length_ms.unwrap()));
    assert_eq!(film.clip.codec, Some(Codec::Vp9));
    assert_eq!(film.clip.sound, Some(SoundCodec::Opus));
    assert!(!film.clip.located);
}

#[test]
fn a_camera_held_upright_gives_an_upright_video() {
    let mut bytes = mp4().to_vec();
    let head = bytes.windows(4).position(|four| four == b"tkhd").unwrap();
    // Version and flags, times, numbers: then the matrix, of which four numbers turn the picture.
    let matrix = head + 4 + 40;
    for (at, number) in [(0, 0), (4, 0x1_0000), (12, -0x1_0000), (16, 0_i32)] {
        bytes[matrix + at..matrix + at + 4].copy_from_slice(&number.to_be_bytes());
    }
    let film = look_into(&bytes, Kind::Mp4).unwrap();
    assert_eq!((film.width, film.height), (Some(180), Some(320)));
}

#[test]
fn lengths_that_lie_cost_neither_memory_nor_time() {
    // A box that says it has eight exabytes, a table that says it has four thousand million rows.
    let endless = b"\0\0\0\x01moov\x7f\xff\xff\xff\xff\xff\xff\xff";
    assert_eq!(
        look_into(
            &[b"\0\0\0\x10ftypisom\0\0\0\0", &endless[..]].concat(),
            Kind::Mp4
        ),
        None
    );
    let mut table = mp4().to_vec();
    let at = table.windows(4).position(|four| four == b"stts").unwrap();
    table[at + 8..at + 12].copy_from_slice(&[0xff; 4]);
    look_into(&table, Kind::Mp4);
    let mut webm = webm().to_vec();
    // The name of the program that wrote it has the length of the whole disk.
    let at = webm.windows(2).position(|two| two == [0x4d, 0x80]).unwrap();
    webm[at + 2..at + 10].copy_from_slice(&[0x01, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff]);
    assert_eq!(look_into(&webm, Kind::Webm), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn broken_files_are_looked_into_without_harm(
        cut in 0.0..1.0_f64,
        hits in prop::collection::vec((0.0..1.0_f64, any::<u8>()), 1..24),
        front in any::<bool>(),
    ) {
        for (bytes, kind) in [(mp4(), Kind::Mp4), (webm(), Kind::Webm)] {
            let mut bytes = bytes.to_vec();
            // What describes a video stands in its first or last kilobytes.
            let from = if front || kind == Kind::Webm { 0 } else { bytes.len().saturating_sub(6_000) };
            let span = (bytes.len() - from).min(6_000);
            for (place, byte) in &hits {
                let at = from + (place * (span - 1) as f64) as usize;
                bytes[at] = *byte;
            }
            look_into(&bytes, kind);
            bytes.truncate((bytes.len() as f64 * cut) as usize);
            look_into(&bytes, kind);
        }
    }
}

#[tokio::test]
async fn a_stretch_is_cut_out_and_the_place_is_gone() {
    let desk = Desk::open().await;
    let file = desk.take("a.mp4", mp4()).await;
    let trim = [Operation::Trim {
        from_ms: 1_000,
        to_ms: 2_500,
    }];
    let plan = plan_of(&file, &trim, None);
    let version = made(&desk, &file, &plan).await;
    let clip = version.film.unwrap().clip;
    let length = clip.length_ms.unwrap();
    assert!((1_450..1_620).contains(&length), "{length}");
    assert!(!clip.located);
    assert_eq!(clip.sound, Some(SoundCodec::Aac));
    assert_eq!(
        desk.library.made_version(&file.id, &plan),
        Some(version.bytes)
    );
    assert_eq!(desk.incoming(), 0);
    // The original is as it was.
    assert_eq!(
        fs::read(desk.library.find(&file.id).unwrap()).unwrap(),
        mp4()
    );
}

#[tokio::test]
async fn a_place_is_taken_out_without_packing_anew() {
    let desk = Desk::open().await;
    let file = desk.take("a.mp4", mp4()).await;
    let plan = plan_of(&file, &[], None);
    assert_eq!(plan.packing, Packing::Cleaned);
    // No other program is needed for it.
    desk.library.look_for_ffmpeg_in(Places::default());
    let version = made(&desk, &file, &plan).await;
    let clip = file.clip.unwrap();
    let film = version.film.unwrap();
    assert_eq!(
        film.clip,
        Clip {
            located: false,
            ..clip
        }
    );
    assert_eq!((version.kind, version.bytes), (Kind::Mp4, file.bytes));
    let bytes = fs::read(version.path).unwrap();
    assert!(!bytes.windows(8).any(|part| part == b"+52.5200"));
    let original = fs::read(desk.library.find(&file.id).unwrap()).unwrap();
    assert_eq!(original, mp4());
}

#[tokio::test]
async fn what_cannot_be_cleaned_is_copied_by_the_program_or_refused() {
    let desk = Desk::open().await;
    let fragments = sample(
        "f.mp4",
        1,
        &[
            "-c:v",
            "libx264",
            "-movflags",
            "frag_keyframe+empty_moov+default_base_moof",
        ],
    );
    let file = desk
        .take("f.mp4", &clean::tests::with_a_sensor(&fragments))
        .await;
    assert!(file.clip.unwrap().located);
    let plan = plan_of(&file, &[], None);
    assert_eq!(plan.packing, Packing::Cleaned);
    let name = || "the film".to_owned();
    desk.library.look_for_ffmpeg_in(Places::default());
    let refused = desk.library.version(&file.id, name(), &plan, |_| ()).await;
    assert!(
        matches!(refused, Err(MediaError::NeedsTool { .. })),
        "{refused:?}"
    );
    assert_eq!(desk.incoming(), 0);
    desk.library.look_for_ffmpeg_in(everywhere());
    let version = made(&desk, &file, &plan).await;
    assert!(!version.film.unwrap().clip.located);
}

#[tokio::test]
async fn a_video_nobody_looked_into_is_looked_into_once() {
    let desk = Desk::open().await;
    let file = desk.take("a.mp4", mp4()).await;
    let odd = desk
        .take("odd.mp4", b"\0\0\0\x18ftypisom\0\0\x02\0isommp42rest")
        .await;
    assert_eq!(desk.library.film(&odd.id).await, None);
    let found = desk.library.film(&file.id).await.unwrap();
    assert_eq!(Some(found.clip), file.clip);
    fs::remove_file(desk.library.find(&file.id).unwrap()).unwrap();
    assert_eq!(desk.library.film(&file.id).await, Some(found));
}

#[tokio::test]
async fn a_webm_becomes_an_upright_silent_mp4() {
    let desk = Desk::open().await;
    let file = desk.take("a.webm", webm()).await;
    let left = Area {
        width: 500_000,
        ..Area::ALL
    };
    let operations = [Operation::Crop { area: left }, Operation::Mute];
    let version = made(&desk, &file, &plan_of(&file, &operations, None)).await;
    let film = version.film.unwrap();
    assert_eq!((film.width, film.height), (Some(160), Some(180)));
    assert_eq!(
        (film.clip.codec, film.clip.sound),
        (Some(Codec::H264), None)
    );
}

#[tokio::test]
async fn a_limit_of_bytes_is_kept() {
    let desk = Desk::open().await;
    let noisy = sample(
        "n.mp4",
        4,
        &[
            "-vf",
            "noise=alls=90:allf=t",
            "-c:v",
            "libx264",
            "-crf",
            "10",
        ],
    );
    let file = desk.take("n.mp4", &noisy).await;
    let most = 300_000;
    assert!(file.bytes > 2 * most);
    let version = made(&desk, &file, &plan_of(&file, &[], Some(most))).await;
    assert!(version.bytes <= most, "{}", version.bytes);
}

#[tokio::test]
async fn who_gives_up_leaves_nothing_behind() {
    let desk = Desk::open().await;
    let file = desk.take("a.mp4", mp4()).await;
    let plan = plan_of(&file, &[Operation::Convert], None);
    {
        let making = desk.library.version(&file.id, "a".into(), &plan, |_| ());
        tokio::pin!(making);
        // Long enough to begin, never long enough to end: the future is dropped in the middle.
        let polled = tokio::time::timeout(std::time::Duration::from_millis(1), &mut making).await;
        assert!(polled.is_err());
    }
    assert_eq!(desk.incoming(), 0);
    assert_eq!(desk.library.made_version(&file.id, &plan), None);
    // The place is free again.
    made(&desk, &file, &plan).await;
}

#[tokio::test]
async fn what_is_made_is_told_and_can_be_stopped() {
    let desk = Desk::open().await;
    let file = desk.take("a.mp4", mp4()).await;
    let plan = plan_of(&file, &[Operation::Convert], None);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (ears, library) = (Arc::clone(&heard), desk.library.clone());
    desk.library.tell_making(Arc::new(move |making| {
        if making.is_some() {
            // Whoever hears of it stops it.
            library.stop_making();
        }
        ears.lock().unwrap().push(making);
    }));
    let making = desk.library.version(&file.id, "a".into(), &plan, |_| ());
    let stopped = making.await.unwrap_err();
    assert!(
        matches!(stopped, MediaError::MakingStopped { .. }),
        "{stopped}"
    );
    let told = std::mem::take(&mut *heard.lock().unwrap());
    let first = told.first().cloned().flatten().unwrap();
    assert_eq!((first.media_id, first.done_ms), (file.id.clone(), 0));
    assert_eq!(first.length_ms, plan.length_ms);
    assert_eq!(told.last(), Some(&None));
    assert_eq!(desk.incoming(), 0);
    assert!(desk.library.was_stopped(&file.id, &plan));
    // Nobody stops it this time.
    let ears = Arc::clone(&heard);
    desk.library
        .tell_making(Arc::new(move |making| ears.lock().unwrap().push(making)));
    made(&desk, &file, &plan).await;
    let told = heard.lock().unwrap();
    let far = told.iter().flatten().map(|making| making.done_ms).max();
    assert!(far > Some(0), "{told:?}");
    assert_eq!(told.last(), Some(&None));
}

#[tokio::test]
async fn a_picture_stands_for_a_video() {
    let desk = Desk::open().await;
    let file = desk.take("a.mp4", mp4()).await;
    let thumb = desk.library.thumbnail(&file.id).await.unwrap().unwrap();
    let open = |path: &Path| image::load_from_memory(&fs::read(path).unwrap()).unwrap();
    assert_eq!((open(&thumb).width(), open(&thumb).height()), (256, 144));
    let upright = Area {
        left: 400_000,
        width: 200_000,
        ..Area::ALL
    };
    let chosen = vec![
        Operation::Crop { area: upright },
        // Past the end: the last resort is the first picture.
        Operation::Poster { at_ms: 60_000 },
        Operation::Resize { side: 1_600 },
    ];
    let view = desk
        .library
        .view(&file.id, "a".into(), chosen)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((open(&view).width(), open(&view).height()), (64, 180));
}

#[tokio::test]
async fn without_the_program_everything_else_still_works() {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::open(folder.path()).unwrap();
    let file = library
        .import_bytes("a.mp4".into(), mp4().to_vec())
        .await
        .unwrap();
    assert!(file.clip.unwrap().length_ms.is_some());
    assert_eq!(library.thumbnail(&file.id).await.unwrap(), None);
    let plan = plan_of(&file, &[Operation::Convert], None);
    let error = library
        .version(&file.id, "a.mp4".into(), &plan, |_| ())
        .await
        .unwrap_err();
    assert!(matches!(error, MediaError::NeedsTool { .. }));
    assert!(
        error.to_string().contains("ffmpeg is not installed"),
        "{error}"
    );
}

#[tokio::test]
async fn the_oldest_versions_make_room() {
    let desk = Desk::open().await;
    let file = desk.take("a.mp4", mp4()).await;
    let (one, two) = (
        plan_of(&file, &[Operation::Mute], None),
        plan_of(&file, &[Operation::Convert], None),
    );
    let first = made(&desk, &file, &one).await;
    let second = made(&desk, &file, &two).await;
    let old = fs::File::options().append(true).open(&first.path).unwrap();
    old.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    desk.library.forget_versions(second.bytes).unwrap();
    assert!(!first.path.exists() && second.path.exists());
}
