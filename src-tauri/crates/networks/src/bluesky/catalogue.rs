//! What Bluesky is and can. Limits of `app.bsky.feed.post` and its embeds; quota of the hosted
//! service (5,000 points an hour and 35,000 a day, 3 for a new record).

use serde_json::json;

use crate::catalogue::{
    Confirms, CountUnit, Entry, FieldKind, ImageLimits, OptionField, Publishes, Quota, SignIn,
    SignInField, TextLimits,
};

/// Key of the network.
pub const KEY: &str = "bluesky";
/// Most pictures of a post.
pub const MAX_IMAGES: u32 = 4;
/// Largest picture in bytes that every server takes; newer servers take twice that.
pub const MAX_IMAGE_BYTES: u64 = 1_000_000;
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
        key: KEY.to_owned(),
        name: "Bluesky".to_owned(),
        publishes: Publishes {
            text: true,
            images: true,
            video: false,
            thread: true,
            empty: false,
        },
        text: TextLimits {
            unit: CountUnit::Graphemes,
            max: Some(300),
            max_bytes: Some(3_000),
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
        options: vec![
            OptionField {
                name: OPTION_LANGUAGES.to_owned(),
                label: "Languages".to_owned(),
                help: "Up to three language codes such as en or pt-BR, separated by commas."
                    .to_owned(),
                kind: FieldKind::Text,
                choices: vec![],
                default: json!(""),
            },
            OptionField {
                name: OPTION_CARD.to_owned(),
                label: "Card for the first link".to_owned(),
                help: "Shows the page's title and picture under a post without pictures."
                    .to_owned(),
                kind: FieldKind::Toggle,
                choices: vec![],
                default: json!(true),
            },
        ],
        sign_in: sign_in(),
        confirms: Confirms::ChosenId,
        can_delete: true,
        quota: Quota {
            per_hour: Some(1_666),
            per_day: Some(11_666),
        },
        metrics: ["likes", "reposts", "replies", "quotes"]
            .map(str::to_owned)
            .to_vec(),
        exact_preview: false,
        needs_internet: true,
        notes: vec![
            "Posts on Bluesky are always public.".to_owned(),
            "Pictures are made smaller where they have to be, and lose the place they were taken."
                .to_owned(),
        ],
    }
}

fn sign_in() -> SignIn {
    SignIn {
        guide: vec![
            "In Bluesky, open Settings, Privacy and security, App passwords.".to_owned(),
            "Add one called Almanac and copy it: four groups of four letters.".to_owned(),
            "Enter it here. Your main password is never needed.".to_owned(),
        ],
        fields: vec![
            SignInField {
                name: "identifier".to_owned(),
                label: "Handle".to_owned(),
                help: "Your name on Bluesky, or the e-mail address of the account.".to_owned(),
                kind: FieldKind::Text,
                optional: false,
                placeholder: "ana.bsky.social".to_owned(),
            },
            SignInField {
                name: "password".to_owned(),
                label: "App password".to_owned(),
                help: "From Settings, Privacy and security, App passwords.".to_owned(),
                kind: FieldKind::Secret,
                optional: false,
                placeholder: "xxxx-xxxx-xxxx-xxxx".to_owned(),
            },
            SignInField {
                name: "server".to_owned(),
                label: "Server".to_owned(),
                help: "Only if your account lives on a server of its own (a PDS).".to_owned(),
                kind: FieldKind::Address,
                optional: true,
                placeholder: "found by your handle".to_owned(),
            },
        ],
    }
}
