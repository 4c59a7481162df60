use image::GenericImageView;

use super::*;
use crate::testing::{disc, huge_png, jpeg, noise, png, red_and_blue, with_secrets};

struct Place {
    _folder: tempfile::TempDir,
    outside: PathBuf,
    library: Library,
}

fn place_for_files() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let outside = folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    let library = Library::open(folder.path().join("media")).unwrap();
    Place {
        outside,
        library,
        _folder: folder,
    }
}

fn incoming(library: &Library) -> usize {
    fs::read_dir(library.root.join("incoming")).unwrap().count()
}

#[tokio::test]
async fn a_file_is_copied_by_its_hash_and_its_name_is_not_believed() {
    let Place {
        outside, library, ..
    } = &place_for_files();
    let bytes = png(disc(300));
    let source = outside.join("Sommer ☀️.jpg");
    fs::write(&source, &bytes).unwrap();
    let got = library.import_file(source.clone()).await.unwrap();
    assert_eq!(got.id.as_str(), blake3::hash(&bytes).to_hex().as_str());
    assert_eq!((got.kind, got.mime.as_str()), (Kind::Png, "image/png"));
    assert_eq!((got.width, got.height), (Some(300), Some(300)));
    assert_eq!(
        (got.bytes, got.name.as_str()),
        (bytes.len() as u64, "Sommer ☀️.jpg")
    );
    let there = library.find(&got.id).unwrap();
    assert!(there.ends_with(format!("{}/{}.png", &got.id.as_str()[..2], got.id)));
    fs::remove_file(source).unwrap();
    assert_eq!(fs::read(there).unwrap(), bytes);
    assert_eq!(incoming(library), 0);
}

#[tokio::test]
async fn the_same_file_twice_is_joined() {
    let Place { library, .. } = &place_for_files();
    let bytes = jpeg(&noise(20, 20));
    let first = library
        .import_bytes("a.jpg".into(), bytes.clone())
        .await
        .unwrap();
    let again = library.import_bytes("b.jpg".into(), bytes).await.unwrap();
    assert_eq!((first.joined, again.joined), (false, true));
    assert_eq!(first.id, again.id);
    assert_eq!(library.all().unwrap().len(), 1);
}

#[tokio::test]
async fn videos_and_documents_are_taken_without_being_opened() {
    let Place { library, .. } = &place_for_files();
    let video = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42rest".to_vec();
    let got = library.import_bytes("clip".into(), video).await.unwrap();
    assert_eq!((got.kind, got.width), (Kind::Mp4, None));
    assert_eq!(library.thumbnail(&got.id).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_behind() {
    let Place {
        outside, library, ..
    } = &place_for_files();
    let whole = jpeg(&noise(40, 40));
    let refused = [
        huge_png(30_000, 30_000),
        whole[..200].to_vec(),
        vec![],
        b"plain".to_vec(),
    ];
    for bytes in refused {
        library
            .import_bytes("bad.png".into(), bytes)
            .await
            .unwrap_err();
    }
    let gone = library
        .import_file(outside.join("gone.png"))
        .await
        .unwrap_err();
    assert!(
        gone.to_string()
            .starts_with("\"gone.png\" cannot be used: the file is no longer")
    );
    library.import_file(outside.clone()).await.unwrap_err();
    assert_eq!(incoming(library), 0);
    assert!(library.all().unwrap().is_empty());
}

/// A stream from an export that notices at its end that its bytes were changed.
struct Changed;
impl Read for Changed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::from(io::ErrorKind::InvalidData))
    }
}

#[test]
fn a_stream_that_is_not_what_it_promised_leaves_nothing() {
    let Place { library, .. } = &place_for_files();
    let error = library
        .import_reader("a.pdf", b"%PDF-1.7".chain(Changed))
        .unwrap_err();
    assert!(
        matches!(error, MediaError::WrongContent { .. }),
        "{error:?}"
    );
    assert!(library.all().unwrap().is_empty());
}

struct Breaks;
impl Read for Breaks {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::from(io::ErrorKind::StorageFull))
    }
}

#[test]
fn a_stream_that_never_ends_or_breaks_is_given_up() {
    let Place { library, .. } = &place_for_files();
    let endless = b"\xff\xd8\xff\xe0".chain(io::repeat(7));
    let error = library.import_reader("endless.jpg", endless).unwrap_err();
    assert!(error.to_string().contains("at most 100 MB"), "{error}");
    let broken = library
        .import_reader("a.pdf", b"%PDF-1.7".chain(Breaks))
        .unwrap_err();
    assert!(matches!(broken, MediaError::DiskFull { .. }), "{broken:?}");
    assert_eq!(incoming(library), 0);
}

#[tokio::test]
async fn thumbnails_are_small_upright_and_made_again_when_missing() {
    let Place { library, .. } = &place_for_files();
    let photo = with_secrets(&jpeg(&red_and_blue(800, 400)));
    let got = library
        .import_bytes("photo.jpg".into(), photo)
        .await
        .unwrap();
    assert_eq!((got.width, got.height), (Some(400), Some(800)));
    let at_once = library.made_thumbnail(&got.id).unwrap();
    fs::remove_file(&at_once).unwrap();
    let path = library.thumbnail(&got.id).await.unwrap().unwrap();
    assert_eq!(path, at_once);
    let small = image::open(&path).unwrap();
    assert_eq!((small.width(), small.height()), (128, 256));
    assert!(small.get_pixel(64, 20).0[0] > 200, "the red half is on top");

    let see_through = library
        .import_bytes("d.png".into(), png(disc(600)))
        .await
        .unwrap();
    let path = library.thumbnail(&see_through.id).await.unwrap().unwrap();
    assert_eq!(image::open(path).unwrap().get_pixel(0, 0).0[3], 0);
}

#[tokio::test]
async fn a_removed_file_is_gone_with_its_thumbnail_and_says_so() {
    let Place { library, .. } = &place_for_files();
    let got = library
        .import_bytes("a.png".into(), png(disc(20)))
        .await
        .unwrap();
    library.remove(&got.id).unwrap();
    library.remove(&got.id).unwrap();
    assert_eq!(library.made_thumbnail(&got.id), None);
    let error = library
        .rendition(&got.id, "a.png".into(), Vec::new(), crate::Limits::bytes(9))
        .await
        .unwrap_err();
    assert_eq!(error.code(), model::ErrorCode::NotFound);
}

#[tokio::test]
async fn half_copied_files_of_a_crash_are_swept_at_the_next_start() {
    let Place { library, .. } = &place_for_files();
    fs::write(library.root.join("incoming/.tmpx"), b"half").unwrap();
    let again = Library::open(library.root.to_path_buf()).unwrap();
    assert_eq!(incoming(&again), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_refused_instead_of_waited_for() {
    let Place {
        outside, library, ..
    } = &place_for_files();
    let socket = outside.join("socket.png");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let error = library.import_file(socket).await.unwrap_err();
    assert!(
        error.to_string().contains("not an ordinary file"),
        "{error}"
    );
}
