//! What Pinterest is and can: limits of `POST /v5/pins` and of the product.
//!
//! The interface takes 800 characters of description and the product shows 500, so the second is a
//! warning. Pins with several pictures are described and were reported as withdrawn for ordinary pins;
//! Almanac makes pins with one picture or one video.

use model::clip::{ClipLimits, Codec};
use serde_json::json;

use super::sign_in::SCOPES;
use crate::catalogue::{
    Confirms, CountUnit, Cover, Entry, FieldKind, ImageLimits, OptionField, Publishes, Quota,
    Redirect, SignIn, SignInField, SignInMethod, Support, TextLimits, VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "pinterest";
/// Most characters of a description that the product shows.
pub const SHOWN_TEXT: u32 = 500;
/// Largest picture in bytes.
pub const MAX_IMAGE_BYTES: u64 = 20_000_000;

/// Option: the board.
pub const OPTION_BOARD: &str = "board";
/// Option: the pin's title.
pub const OPTION_TITLE: &str = "title";
/// Option: where the pin leads.
pub const OPTION_LINK: &str = "link";
/// Option: the second of a video that is shown before it plays.
pub const OPTION_COVER: &str = "coverSecond";

/// Way to sign in: through the browser.
pub const BROWSER: &str = "oauth";
/// Way to sign in: a token from the developer portal.
pub const TOKEN: &str = "token";

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    let texts = |all: &[&str]| all.iter().map(|&t| t.to_owned()).collect::<Vec<_>>();
    Entry {
        support: Support::Partial,
        publishes: Publishes {
            text: true,
            images: true,
            video: true,
            needs_media: true,
            ..Publishes::default()
        },
        text: TextLimits {
            unit: CountUnit::Utf16,
            max: Some(800),
            max_bytes: None,
            link: None,
        },
        images: Some(ImageLimits {
            max_count: 1,
            max_bytes: Some(MAX_IMAGE_BYTES),
            formats: texts(&["image/jpeg", "image/png"]),
            alt: true,
            max_alt: Some(500),
        }),
        video: Some(VideoLimits {
            max_count: 1,
            max_bytes: Some(2_000_000_000),
            formats: texts(&["video/mp4", "video/quicktime"]),
            alt: true,
            captions: None,
            cover: Some(Cover::Moment),
            clip: ClipLimits {
                min_ms: Some(4_000),
                max_ms: Some(15 * 60_000),
                codecs: vec![Codec::H264, Codec::H265],
                narrowest: Some((1, 2)),
                widest: Some((191, 100)),
                ..ClipLimits::default()
            },
            kinds: vec![],
        }),
        options: options(),
        sign_in: SignIn {
            methods: vec![browser(), token()],
        },
        confirms: Confirms::ReadBack,
        can_delete: true,
        quota: Quota {
            per_hour: None,
            per_day: Some(300),
        },
        metrics: texts(&["likes", "reposts", "replies", "views"]),
        notes: texts(&[
            "Until Pinterest grants your app Standard access, pins made by it are visible to you alone.",
            "A pin has one picture or one video. Pins with several pictures are made on Pinterest itself.",
        ]),
        ..Entry::plain(KEY, "Pinterest")
    }
}

fn options() -> Vec<OptionField> {
    vec![
        OptionField::new(
            OPTION_BOARD,
            "Board",
            FieldKind::Lookup,
            json!(""),
            "The board the pin goes to.",
        )
        .required(),
        OptionField::new(
            OPTION_TITLE,
            "Title",
            FieldKind::Text,
            json!(""),
            "Feeds show about the first 40 letters.",
        )
        .max(100),
        OptionField::new(
            OPTION_LINK,
            "Link",
            FieldKind::Address,
            json!(""),
            "The page the pin leads to, without a shortener.",
        )
        .max(2_048),
        OptionField::new(
            OPTION_COVER,
            "Cover of a video",
            FieldKind::Number,
            json!(0),
            "The second of the video that is shown before it plays. With 0 it is the poster that was chosen in the video.",
        ),
    ]
}

fn browser() -> SignInMethod {
    let guide = [
        "You need a business account; a personal one is turned into one in Pinterest's settings, free of charge.",
        "Open developers.pinterest.com, choose My apps, Connect app, and fill in the form. It asks for the address of a privacy policy. Pinterest approves it within some days.",
        "In the app, under Configure, add the redirect address http://localhost:8085/ exactly so, with the slash at the end.",
        "Copy the app ID and the app secret key and enter them here.",
    ];
    let id = SignInField::new(
        "client_id",
        "App ID",
        FieldKind::Text,
        "From your app at developers.pinterest.com.",
    );
    let secret = SignInField::new(
        "client_secret",
        "App secret key",
        FieldKind::Secret,
        "From the same page.",
    );
    let redirect = Redirect::Loopback {
        host: "localhost".to_owned(),
        ports: vec![8_085],
        path: "/".to_owned(),
    };
    SignInMethod::form(
        BROWSER,
        "With your browser",
        &guide,
        vec![id.of_app(), secret.of_app()],
    )
    .through(redirect, Some("https://developers.pinterest.com/apps/"))
    .asking_for(&SCOPES)
}

fn token() -> SignInMethod {
    let guide = [
        "Open developers.pinterest.com, My apps, your app, Configure.",
        "Under Generate access token, tick boards:read, boards:write, pins:read, pins:write and user_accounts:read, and copy the token.",
        "It ends within a day or a month, as the page says; for more, sign in with your browser.",
    ];
    let token = SignInField::new(
        "token",
        "Access token",
        FieldKind::Secret,
        "From your app's page, Generate access token.",
    );
    SignInMethod::form(TOKEN, "With a token for trying", &guide, vec![token])
}
