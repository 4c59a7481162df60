//! What the Folder network is and can.

use model::clip::ClipLimits;

use crate::catalogue::{
    Confirms, Entry, FieldKind, FileLimits, ImageLimits, Publishes, SignIn, SignInField,
    SignInMethod, VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "folder";

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    Entry {
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
            formats: [
                "image/jpeg",
                "image/png",
                "image/gif",
                "image/webp",
                "image/avif",
            ]
            .map(str::to_owned)
            .to_vec(),
            alt: true,
            max_alt: None,
        }),
        video: Some(VideoLimits {
            max_count: 100,
            max_bytes: None,
            formats: ["video/mp4", "video/quicktime", "video/webm"]
                .map(str::to_owned)
                .to_vec(),
            alt: true,
            captions: None,
            cover: None,
            clip: ClipLimits::default(),
            kinds: vec![],
        }),
        files: Some(FileLimits {
            max_count: 100,
            max_bytes: None,
            formats: vec!["application/pdf".to_owned()],
            max_pages: None,
        }),
        sign_in: sign_in(),
        confirms: Confirms::ReadBack,
        can_delete: true,
        exact_preview: true,
        needs_internet: false,
        notes: vec![
            "An RSS feed of the newest 50 posts lies beside them as rss.xml, or as almanac-rss.xml where another program keeps its feed there.".to_owned(),
            "Files are copied as they are, with the place and camera a photo may carry.".to_owned(),
        ],
        ..Entry::plain(KEY, "Folder")
    }
}

fn sign_in() -> SignIn {
    let folder = SignInField::new(
        "folder",
        "Folder",
        FieldKind::Folder,
        "A notes vault, the content folder of a static site, or any other folder.",
    );
    let name = SignInField::new(
        "name",
        "Name",
        FieldKind::Text,
        "What to call it here and in its feed.",
    );
    let public = SignInField::new(
        "public_url",
        "Web address of the folder",
        FieldKind::Address,
        "Only if the folder is on the web: lets the feed carry pictures.",
    );
    let method = SignInMethod::form(
        "folder",
        "Choose a folder",
        &["Choose a folder. Each post becomes a Markdown file in it."],
        vec![
            folder,
            name.optional().like("the folder's name"),
            public.optional().like("https://example.org/posts/"),
        ],
    );
    SignIn {
        methods: vec![method],
    }
}
