//! What a webhook is and can. The contract is Almanac's own, with the signature of Standard Webhooks.

use model::clip::ClipLimits;
use serde_json::json;

use crate::catalogue::{
    Confirms, CountUnit, Entry, FieldKind, FileLimits, ImageLimits, OptionField, Publishes, SignIn,
    SignInField, SignInMethod, TextLimits, VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "webhook";
/// Most bytes of files inside the JSON.
pub const MAX_INLINE: u64 = 5_000_000;
/// Longest side of a picture that goes with a delivery.
pub const MAX_SIDE: u32 = 4_096;
/// Largest picture that goes with a delivery, in bytes.
pub const MAX_IMAGE_BYTES: u64 = 20_000_000;
/// Option: how files go along.
pub const OPTION_MEDIA: &str = "media";
/// Option: the language of the text.
pub const OPTION_LANGUAGE: &str = "language";
/// Option: a link that belongs to the post.
pub const OPTION_LINK: &str = "link";
/// Option: tags.
pub const OPTION_TAGS: &str = "tags";

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    let some = |formats: &[&str]| formats.iter().map(|&f| f.to_owned()).collect();
    Entry {
        publishes: Publishes {
            text: true,
            images: true,
            video: true,
            thread: true,
            mixed: true,
            ..Publishes::default()
        },
        text: TextLimits {
            unit: CountUnit::Graphemes,
            max: None,
            max_bytes: None,
            link: None,
        },
        images: Some(ImageLimits {
            max_count: 20,
            max_bytes: Some(MAX_IMAGE_BYTES),
            formats: some(&["image/jpeg", "image/png", "image/webp", "image/gif"]),
            alt: true,
            max_alt: None,
        }),
        video: Some(VideoLimits {
            max_count: 20,
            max_bytes: None,
            formats: vec![],
            alt: true,
            captions: None,
            cover: None,
            clip: ClipLimits::default(),
            kinds: vec![],
        }),
        files: Some(FileLimits {
            max_count: 20,
            max_bytes: None,
            formats: vec![],
            max_pages: None,
        }),
        options: options(),
        sign_in: sign_in(),
        confirms: Confirms::IdempotencyKey,
        needs_internet: false,
        notes: [
            "One delivery carries the whole post, with all its parts and files.",
            "Nothing is sent to the address before the first post goes out.",
            "Each delivery has a name of its own in the header webhook-id. When no answer came, it is sent again under the same name, so the receiver has to drop repeats.",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..Entry::plain(KEY, "Webhook")
    }
}

fn options() -> Vec<OptionField> {
    vec![
        OptionField::choice(
            OPTION_MEDIA,
            "Files",
            &[
                ("form", "Beside the JSON, as a form"),
                ("inline", "Inside the JSON, up to 5 MB"),
                ("none", "Only their names and sizes"),
            ],
            "How pictures, videos and files reach the receiver.",
        ),
        OptionField::new(
            OPTION_LINK,
            "Link",
            FieldKind::Address,
            json!(""),
            "A web address that belongs to the post.",
        )
        .max(2_000),
        OptionField::new(
            OPTION_TAGS,
            "Tags",
            FieldKind::List,
            json!([]),
            "Sent as they are; without any, the labels of the post are sent.",
        )
        .max(50),
        OptionField::new(
            OPTION_LANGUAGE,
            "Language",
            FieldKind::Text,
            json!(""),
            "A language code such as en or pt-BR.",
        )
        .max(35),
    ]
}

fn sign_in() -> SignIn {
    let guide = [
        "Get the address from the service that is to receive your posts: it is where it wants a POST with JSON.",
        "If the service gives a signing secret, copy it: it begins with whsec_. If you write the receiver yourself, make one of 24 to 64 random bytes.",
        "Enter both here. Every delivery is signed as Standard Webhooks says, so that the receiver knows it is from you.",
        "The receiver answers with a status from 200 to 299, and drops a delivery whose webhook-id it has seen.",
    ];
    let fields = vec![
        SignInField::new(
            "address",
            "Address",
            FieldKind::Address,
            "Where deliveries are sent; https, except inside your own network.",
        )
        .like("https://example.org/hooks/almanac"),
        SignInField::new(
            "secret",
            "Signing secret",
            FieldKind::Secret,
            "Begins with whsec_. Without one, deliveries are not signed.",
        )
        .optional()
        .like("whsec_…"),
        SignInField::new(
            "token",
            "Token",
            FieldKind::Secret,
            "Sent in the Authorization header as Bearer, if the receiver wants one.",
        )
        .optional(),
        SignInField::new(
            "name",
            "Name",
            FieldKind::Text,
            "What to call this receiver here.",
        )
        .optional()
        .like("My site"),
        SignInField::new(
            "private",
            "It is in my own network",
            FieldKind::Toggle,
            "Allows addresses of this computer and of private networks, which are refused otherwise.",
        )
        .optional(),
        SignInField::new(
            "ask",
            "Ask me when it is unclear whether a delivery arrived",
            FieldKind::Toggle,
            "For receivers that do not drop repeats by their webhook-id.",
        )
        .optional(),
    ];
    SignIn {
        methods: vec![SignInMethod::form(
            "address",
            "With an address",
            &guide,
            fields,
        )],
    }
}
