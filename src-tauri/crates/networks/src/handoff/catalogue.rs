//! What handing over is and can.

use model::clip::ClipLimits;

use crate::catalogue::{
    Entry, FieldKind, FileLimits, ImageLimits, Publishes, SignIn, SignInField, SignInMethod,
    Support, VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "handoff";
/// Field: what the network is called.
pub const FIELD_NETWORK: &str = "network";
/// Field: the account's name there.
pub const FIELD_HANDLE: &str = "handle";
/// Field: where text and files are laid ready.
pub const FIELD_FOLDER: &str = "folder";
/// Field: the page on which one posts.
pub const FIELD_PAGE: &str = "page";

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    let any = |formats: &[&str]| formats.iter().map(|&f| f.to_owned()).collect();
    Entry {
        support: Support::HandOff,
        publishes: Publishes {
            text: true,
            images: true,
            video: true,
            thread: true,
            mixed: true,
            ..Publishes::default()
        },
        images: Some(ImageLimits {
            max_count: 100,
            max_bytes: None,
            formats: any(&["image/jpeg", "image/png", "image/gif", "image/webp"]),
            alt: false,
            max_alt: None,
        }),
        video: Some(VideoLimits {
            max_count: 100,
            max_bytes: None,
            formats: any(&["video/mp4", "video/quicktime", "video/webm"]),
            alt: false,
            captions: None,
            cover: None,
            clip: ClipLimits::default(),
            kinds: vec![],
        }),
        files: Some(FileLimits {
            max_count: 100,
            max_bytes: None,
            formats: any(&["application/pdf"]),
            max_pages: None,
        }),
        sign_in: sign_in(),
        needs_internet: false,
        notes: vec![
            "For Snapchat and every other network that lets no program post: at the minute Almanac lays the text and the files ready and reminds you.".to_owned(),
            "You post it yourself and say so; until then it stands under what needs you.".to_owned(),
            "On an account whose network is called Snapchat, Almanac says ahead where a post is not as Snapchat is known to take it: one upright picture or video (9 to 16, JPEG, PNG or MP4), up to 60 seconds, about 160 characters.".to_owned(),
        ],
        ..Entry::plain(KEY, "Hand-off")
    }
}

fn sign_in() -> SignIn {
    let network = SignInField::new(
        FIELD_NETWORK,
        "Network",
        FieldKind::Text,
        "What it is called, so that you know where to post.",
    );
    let handle = SignInField::new(
        FIELD_HANDLE,
        "Your name there",
        FieldKind::Text,
        "Tells two accounts of the same network apart.",
    );
    let folder = SignInField::new(
        FIELD_FOLDER,
        "Folder",
        FieldKind::Folder,
        "Text and files are laid ready in it; a folder that your phone sees too is handy.",
    );
    let page = SignInField::new(
        FIELD_PAGE,
        "Page on which you post",
        FieldKind::Address,
        "Opened for you when it is time.",
    );
    let method = SignInMethod::form(
        "folder",
        "Choose a folder",
        &[
            "Name the network, and choose a folder in which Almanac lays text and files ready.",
            "At the minute of a post you get a notification. Post it yourself, then press \"I posted it\".",
        ],
        vec![
            network.like("Snapchat"),
            handle.optional().like("ana"),
            folder,
            page.optional().like("https://web.snapchat.com/"),
        ],
    );
    SignIn {
        methods: vec![method],
    }
}
