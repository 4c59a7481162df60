//! What the Folder network is and can.

use crate::catalogue::{
    Confirms, CountUnit, Entry, FieldKind, ImageLimits, Publishes, Quota, SignIn, SignInField,
    TextLimits,
};

/// Key of the network.
pub const KEY: &str = "folder";

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    Entry {
        key: KEY.to_owned(),
        name: "Folder".to_owned(),
        publishes: Publishes {
            text: true,
            images: true,
            video: true,
            thread: true,
            empty: false,
        },
        text: TextLimits {
            unit: CountUnit::Graphemes,
            max: None,
            max_bytes: None,
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
        options: vec![],
        sign_in: SignIn {
            guide: vec!["Choose a folder. Each post becomes a Markdown file in it.".to_owned()],
            fields: vec![
                SignInField {
                    name: "folder".to_owned(),
                    label: "Folder".to_owned(),
                    help:
                        "A notes vault, the content folder of a static site, or any other folder."
                            .to_owned(),
                    kind: FieldKind::Folder,
                    optional: false,
                    placeholder: String::new(),
                },
                SignInField {
                    name: "name".to_owned(),
                    label: "Name".to_owned(),
                    help: "What to call it here and in its feed.".to_owned(),
                    kind: FieldKind::Text,
                    optional: true,
                    placeholder: "the folder's name".to_owned(),
                },
                SignInField {
                    name: "public_url".to_owned(),
                    label: "Web address of the folder".to_owned(),
                    help: "Only if the folder is on the web: lets the feed carry pictures."
                        .to_owned(),
                    kind: FieldKind::Address,
                    optional: true,
                    placeholder: "https://example.org/posts/".to_owned(),
                },
            ],
        },
        confirms: Confirms::ReadBack,
        can_delete: true,
        quota: Quota::default(),
        metrics: vec![],
        exact_preview: true,
        needs_internet: false,
        notes: vec![
            "An RSS feed of the newest 50 posts lies beside them as rss.xml.".to_owned(),
            "Files are copied as they are, with the place and camera a photo may carry.".to_owned(),
        ],
    }
}
