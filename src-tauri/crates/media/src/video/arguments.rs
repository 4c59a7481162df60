//! What `ffmpeg` is told.

use std::ffi::OsString;
use std::path::Path;

use model::edit::film::Film;
use model::edit::{Mirror, Operation, shrunk_size};

use super::plan::{Packing, Plan, SOUND_BITS, even};
use super::tool::{file, push};
use crate::kind::Kind;

/// Largest file it may write, whatever happens.
const MOST_WRITTEN: &str = "4000000000";

/// A file to read: local, and read as what its bytes said it is.
fn input(arguments: &mut Vec<OsString>, original: &Path, kind: Kind) {
    let reader = if kind == Kind::Webm {
        "matroska"
    } else {
        "mov"
    };
    push(
        arguments,
        &["-protocol_whitelist", "file,pipe", "-f", reader, "-i"],
    );
    arguments.push(file(original));
}

/// The arguments that make a version. `size` is the original's, as shown.
pub(super) fn version(
    plan: &Plan,
    original: &Path,
    kind: Kind,
    size: Option<(u32, u32)>,
    to: &Path,
) -> Vec<OsString> {
    let film = Film::of(&plan.operations);
    let mut all = Vec::new();
    if film.from_ms > 0 {
        push(&mut all, &["-ss", &seconds(film.from_ms)]);
    }
    input(&mut all, original, kind);
    if film.to_ms.is_some()
        && let Some(length) = plan.length_ms
    {
        push(&mut all, &["-t", &seconds(length)]);
    }
    // One track of each: others tell where the camera was.
    push(&mut all, &["-map", "0:v:0"]);
    if plan.silent {
        push(&mut all, &["-an"]);
    } else {
        push(&mut all, &["-map", "0:a:0?"]);
    }
    push(&mut all, &["-dn", "-sn", "-map_chapters", "-1"]);
    push(&mut all, &["-map_metadata", "-1", "-map_metadata:s", "-1"]);
    match plan.packing {
        Packing::Kept | Packing::Cleaned => push(&mut all, &["-c", "copy"]),
        Packing::Anew { bits } => packed_anew(&mut all, plan, size, bits),
    }
    push(
        &mut all,
        &["-movflags", "+faststart", "-fs", MOST_WRITTEN, "-f", "mp4"],
    );
    all.push(file(to));
    all
}

fn packed_anew(all: &mut Vec<OsString>, plan: &Plan, size: Option<(u32, u32)>, bits: u32) {
    let mut filters = picture_filters(&plan.operations, size);
    if let Some((width, height)) = plan.size {
        filters.push(format!("scale={width}:{height}"));
    }
    if let Some(rate) = plan.rate {
        filters.push(format!("fps={rate}/1000"));
    }
    filters.extend(["setsar=1".to_owned(), "format=yuv420p".to_owned()]);
    let (most, buffer) = (bits.to_string(), u64::from(bits) * 3 / 2);
    push(all, &["-vf", &filters.join(",")]);
    push(
        all,
        &[
            "-c:v",
            "libx264",
            "-profile:v",
            "high",
            "-preset",
            "veryfast",
        ],
    );
    // Closed groups of two seconds, as networks ask for.
    push(
        all,
        &["-g", "60", "-bf", "2", "-flags", "+cgop", "-crf", "21"],
    );
    push(all, &["-maxrate", &most, "-bufsize", &buffer.to_string()]);
    if !plan.silent {
        push(all, &["-c:a", "aac", "-b:a", &SOUND_BITS.to_string()]);
        push(all, &["-ac", "2", "-ar", "48000"]);
    }
}

/// The arguments that write one picture of a video, at most `side` pixels long.
pub(super) fn still(
    operations: &[Operation],
    at_ms: u32,
    original: &Path,
    kind: Kind,
    size: Option<(u32, u32)>,
    to: &Path,
) -> Vec<OsString> {
    let mut all = Vec::new();
    push(&mut all, &["-ss", &seconds(at_ms)]);
    input(&mut all, original, kind);
    let mut filters = picture_filters(operations, size);
    filters.push("format=yuvj420p".to_owned());
    push(
        &mut all,
        &["-an", "-map_metadata", "-1", "-vf", &filters.join(",")],
    );
    push(&mut all, &["-frames:v", "1", "-q:v", "3", "-c:v", "mjpeg"]);
    push(&mut all, &["-f", "image2", "-update", "1"]);
    all.push(file(to));
    all
}

/// What operations do to each picture. Sizes are even, since half of the colours lie between two pixels.
fn picture_filters(operations: &[Operation], size: Option<(u32, u32)>) -> Vec<String> {
    let mut filters = Vec::new();
    let Some((mut width, mut height)) = size.map(even) else {
        return filters;
    };
    // Pixels that are no squares become some.
    filters.push(format!("scale={width}:{height}"));
    filters.push("setsar=1".to_owned());
    for operation in operations {
        let filter = match *operation {
            Operation::Crop { area } => {
                let (left, top, across, down) = area.pixels(width, height);
                (width, height) = even((across, down));
                format!("crop={width}:{height}:{left}:{top}")
            }
            Operation::Turn { quarters } => {
                if quarters % 2 == 1 {
                    (width, height) = (height, width);
                }
                match quarters {
                    1 => "transpose=clock".to_owned(),
                    3 => "transpose=cclock".to_owned(),
                    _ => "hflip,vflip".to_owned(),
                }
            }
            Operation::Flip { mirror } => match mirror {
                Mirror::Sideways => "hflip".to_owned(),
                Mirror::Upside => "vflip".to_owned(),
            },
            Operation::Resize { side } => {
                (width, height) = even(shrunk_size(width, height, side));
                format!("scale={width}:{height}")
            }
            _ => continue,
        };
        filters.push(filter);
    }
    filters
}

/// `12.345`, whatever the language of the system writes.
fn seconds(ms: u32) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

#[cfg(test)]
mod tests {
    use model::edit::Area;

    use super::*;

    #[test]
    fn no_file_name_can_be_anything_else() {
        let plan = Plan {
            operations: vec![],
            size: None,
            rate: None,
            packing: Packing::Kept,
            max_bytes: None,
            length_ms: None,
            silent: true,
        };
        let odd = Path::new("-i http://example.com");
        let all = version(&plan, odd, Kind::Mov, None, odd);
        let named: Vec<_> = all
            .iter()
            .filter(|a| a.to_string_lossy().contains("http"))
            .collect();
        assert_eq!(named.len(), 2);
        assert!(
            named
                .iter()
                .all(|a| a.to_string_lossy().starts_with("file:"))
        );
        let text: Vec<_> = all.iter().map(|a| a.to_string_lossy()).collect();
        let at = text
            .iter()
            .position(|a| a == "-protocol_whitelist")
            .unwrap();
        assert_eq!(text[at + 1], "file,pipe");
        assert!(at < text.iter().position(|a| a == "-i").unwrap());
    }

    #[test]
    fn pictures_are_cut_and_turned_in_order() {
        let half = Area {
            width: 500_000,
            ..Area::ALL
        };
        let operations = [
            Operation::Crop { area: half },
            Operation::Turn { quarters: 1 },
            Operation::Mute,
            Operation::Resize { side: 100 },
        ];
        let filters = picture_filters(&operations, Some((401, 300)));
        assert_eq!(
            filters[2..],
            ["crop=200:300:0:0", "transpose=clock", "scale=100:66"]
        );
        assert_eq!(seconds(12_045), "12.045");
    }
}
