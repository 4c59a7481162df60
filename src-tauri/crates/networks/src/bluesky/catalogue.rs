//! What Bluesky is and can. Limits of `app.bsky.feed.post` and its embeds; quota of the hosted
//! service (5,000 points an hour and 35,000 a day, 3 for a new record; 1,000 uploads a day).

use model::clip::ClipLimits;
use model::quota::{Counted, Limit, Span};
use serde_json::json;

use crate::catalogue::{
    CaptionFormat, CaptionLanguages, CaptionLimits, Confirms, CountUnit, Entry, FieldKind,
    ImageLimits, OptionField, Publishes, SignIn, SignInField, SignInMethod, TextLimits,
    VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "bluesky";
/// Most pictures of a post.
pub const MAX_IMAGES: u32 = 4;
/// Largest picture in bytes that every server takes; newer servers take twice that.
pub const MAX_IMAGE_BYTES: u64 = 1_000_000;
/// Largest video in bytes: what Bluesky's own servers keep of one file.
const MAX_VIDEO_BYTES: u64 = 50_000_000;
/// Most languages of a post.
pub const MAX_LANGUAGES: usize = 3;
/// Option: languages of the post.
pub const OPTION_LANGUAGES: &str = "langs";
/// Option: show a card for the first link.
pub const OPTION_CARD: &str = "linkCard";

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    Entry {
        publishes: Publishes {
            text: true,
            images: true,
            video: true,
            thread: true,
            ..Publishes::default()
        },
        text: TextLimits {
            unit: CountUnit::Graphemes,
            max: Some(300),
            max_bytes: Some(3_000),
            link: None,
        },
        images: Some(ImageLimits {
            max_count: MAX_IMAGES,
            max_bytes: Some(MAX_IMAGE_BYTES),
            formats: ["image/jpeg", "image/png", "image/webp", "image/gif"]
                .map(str::to_owned)
                .to_vec(),
            alt: true,
            max_alt: Some(2_000),
        }),
        video: Some(VideoLimits {
            max_bytes: Some(MAX_VIDEO_BYTES),
            alt: true,
            // `app.bsky.embed.video#caption` in the lexicon.
            captions: Some(CaptionLimits {
                format: CaptionFormat::Vtt,
                max_count: Some(20),
                max_bytes: Some(20_000),
                languages: CaptionLanguages::Any,
            }),
            clip: ClipLimits {
                max_ms: Some(3 * 60_000),
                ..ClipLimits::default()
            },
            ..VideoLimits::plain(1, &["video/mp4"])
        }),
        options: vec![
            OptionField::new(
                OPTION_LANGUAGES,
                "Languages",
                FieldKind::Text,
                json!(""),
                "Up to three language codes such as en or pt-BR, separated by commas.",
            ),
            OptionField::new(
                OPTION_CARD,
                "Card for the first link",
                FieldKind::Toggle,
                json!(true),
                "Shows the page's title and picture under a post without pictures.",
            ),
        ],
        sign_in: sign_in(),
        confirms: Confirms::ChosenId,
        can_delete: true,
        finds_people: true,
        // Every part of a thread is a record.
        more_limits: vec![
            Limit::posts(1_666, Span::Hour).counting(Counted::Parts, "posts"),
            Limit::posts(11_666, Span::Day).counting(Counted::Parts, "posts"),
            Limit::posts(1_000, Span::Day).counting(Counted::Files, "files"),
        ],
        metrics: ["likes", "reposts", "replies", "quotes"]
            .map(str::to_owned)
            .to_vec(),
        notes: vec![
            "Posts on Bluesky are always public.".to_owned(),
            "Pictures are made smaller where they have to be, and lose the place they were taken."
                .to_owned(),
        ],
        ..Entry::plain(KEY, "Bluesky")
    }
}

fn sign_in() -> SignIn {
    let guide = [
        "In Bluesky, open Settings, Privacy and security, App passwords.",
        "Add one called Almanac and copy it: four groups of four letters.",
        "Enter it here. Your main password is never needed.",
    ];
    let identifier = SignInField::new(
        "identifier",
        "Handle",
        FieldKind::Text,
        "Your name on Bluesky, or the e-mail address of the account.",
    );
    let password = SignInField::new(
        "password",
        "App password",
        FieldKind::Secret,
        "From Settings, Privacy and security, App passwords.",
    );
    let server = SignInField::new(
        "server",
        "Server",
        FieldKind::Address,
        "Only if your account lives on a server of its own (a PDS).",
    );
    let fields = vec![
        identifier.like("ana.bsky.social"),
        password.like("xxxx-xxxx-xxxx-xxxx"),
        server.optional().like("found by your handle"),
    ];
    let method = SignInMethod::form("app_password", "With an app password", &guide, fields);
    SignIn {
        methods: vec![method],
    }
}
