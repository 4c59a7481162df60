//! Measures pictures for `cargo xtask bench`: makes the files that are measured, and does to one of
//! them what the program does. Arguments: which, and the file or folder. Prints one line of JSON.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{Rgb, RgbImage};
use media::{Library, Limits};
use model::edit::{Operation, middle};
use tokio::sync::Semaphore;

type Failure = Box<dyn std::error::Error>;

/// Most bytes of a rendition, and its longer side in pixels.
const MOST_BYTES: u64 = 1_000_000;
const SIDE: u32 = 1_350;
/// How many files are taken in.
const FILES: u32 = 200;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().ok_or("name what to measure")?;
    let path = PathBuf::from(arguments.next().ok_or("name a file or folder")?);
    if what == "make" {
        return make(&path);
    }
    let scratch = tempfile::tempdir()?;
    let library = Library::open(scratch.path())?;
    let name = || "a.jpg".to_owned();
    let seconds = match what.as_str() {
        "thumbnail" => {
            let file = library.import_file(path).await?;
            // Taking it in made one; what is measured is making it.
            let made = library.made_thumbnail(&file.id).ok_or("no thumbnail")?;
            std::fs::remove_file(made)?;
            let began = Instant::now();
            library.thumbnail(&file.id).await?;
            began.elapsed()
        }
        "rendition" => {
            let file = library.import_file(path).await?;
            let (width, height) = (file.width.unwrap_or(1), file.height.unwrap_or(1));
            let area = middle(width, height, (4, 5));
            let edits = vec![Operation::Crop { area }];
            let limits = Limits::bytes(MOST_BYTES).side(SIDE);
            let began = Instant::now();
            let sent = library.sent(&file.id, name(), edits, limits).await?;
            assert!(sent.bytes <= MOST_BYTES && sent.height == SIDE, "{sent:?}");
            began.elapsed()
        }
        "import" => {
            let files = files(&path)?;
            let began = Instant::now();
            import(&library, files).await?;
            began.elapsed()
        }
        "plain-thumbnail" => {
            let began = Instant::now();
            plain_thumbnail(&path, &scratch.path().join("t.jpg"))?;
            began.elapsed()
        }
        "plain-rendition" => {
            let began = Instant::now();
            let bytes = plain_rendition(&path)?;
            assert!(bytes.len() <= MOST_BYTES as usize, "{}", bytes.len());
            began.elapsed()
        }
        "plain-import" => {
            let files = files(&path)?;
            let began = Instant::now();
            for (n, file) in files.iter().enumerate() {
                std::fs::copy(file, scratch.path().join(format!("{n}.jpg")))?;
                plain_thumbnail(file, &scratch.path().join(format!("t{n}.jpg")))?;
            }
            began.elapsed()
        }
        other => return Err(format!("no such measure: {other}").into()),
    };
    println!("{{\"seconds\":{}}}", seconds.as_secs_f64());
    Ok(())
}

/// Takes files in as the program does: as many at a time.
async fn import(library: &Library, files: Vec<PathBuf>) -> Result<(), Failure> {
    let places = Arc::new(Semaphore::new(media::taken_at_once()));
    let mut running = tokio::task::JoinSet::new();
    for file in files {
        let (library, places) = (library.clone(), Arc::clone(&places));
        running.spawn(async move {
            let _place = places.acquire_owned().await;
            library.import_file(file).await
        });
    }
    while let Some(done) = running.join_next().await {
        done??;
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let all = std::fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path()));
    Ok(all.collect::<Result<_, _>>()?)
}

/// A thumbnail by the usual library for pictures alone.
fn plain_thumbnail(from: &Path, to: &Path) -> Result<(), Failure> {
    let picture = image::open(from)?;
    let small = picture.resize(256, 256, FilterType::Lanczos3);
    small.save(to)?;
    Ok(())
}

/// The middle of a picture in 4:5 below a number of bytes, by that library alone: it is encoded at one
/// quality after the other until it fits.
fn plain_rendition(from: &Path) -> Result<Vec<u8>, Failure> {
    let picture = image::open(from)?;
    let (width, height) = (picture.width(), picture.height());
    let across = (height * 4 / 5).min(width);
    let down = (across * 5 / 4).min(height);
    let part = picture.crop_imm((width - across) / 2, (height - down) / 2, across, down);
    let small = part.resize_exact(SIDE * 4 / 5, SIDE, FilterType::Lanczos3);
    let mut quality = 95;
    loop {
        let mut bytes = Vec::new();
        small.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality))?;
        if bytes.len() <= MOST_BYTES as usize || quality <= 5 {
            return Ok(bytes);
        }
        quality -= 5;
    }
}

/// Photos of 24 and 48 megapixels, and a folder of smaller ones that all differ.
fn make(folder: &Path) -> Result<(), Failure> {
    photo(&folder.join("24.jpg"), 6_000, 4_000, 1)?;
    photo(&folder.join("48.jpg"), 8_000, 6_000, 2)?;
    let many = folder.join("many");
    std::fs::create_dir_all(&many)?;
    for n in 0..FILES {
        photo(&many.join(format!("{n}.jpg")), 1_600, 1_200, 3 + n)?;
    }
    Ok(())
}

/// A picture with as much detail as photos have: soft shapes, edges, and a little noise.
fn photo(path: &Path, width: u32, height: u32, seed: u32) -> Result<(), Failure> {
    let mut state = 0x2545_f491_u32 ^ seed.wrapping_mul(0x9e37_79b9);
    let mut noise = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 28) as i32 - 8
    };
    let shift = f64::from(seed);
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (f64::from(x) / 300.0 + shift, f64::from(y) / 230.0 - shift);
        let soft = (u.sin() + v.cos() + (u * 0.37 + v * 0.51).sin()) * 40.0 + 128.0;
        let edge = if ((x / 97) + (y / 61)) % 5 == 0 {
            24.0
        } else {
            0.0
        };
        let of = |by: f64, n: i32| (soft * by + edge) as i32 + n;
        let n = noise();
        Rgb([of(1.0, n), of(0.85, n), of(0.7, n)].map(|c| c.clamp(0, 255) as u8))
    });
    let file = std::io::BufWriter::new(std::fs::File::create(path)?);
    picture.write_with_encoder(JpegEncoder::new_with_quality(file, 90))?;
    Ok(())
}
