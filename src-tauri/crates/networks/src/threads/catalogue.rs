//! What Threads is and can, by the documents of 2026.

use model::clip::{ClipLimits, Codec};
use model::quota::{Counted, Limit, Span};
use serde_json::json;

use super::sign_in::SCOPES;
use crate::catalogue::{
    Confirms, CountUnit, Entry, FieldKind, ImageLimits, OptionField, Publishes, Quota, Redirect,
    SignIn, SignInField, SignInMethod, TextLimits, VideoLimits,
};
use crate::hosting;

/// What it fetches from the web.
pub const FETCHES: &str = "pictures and videos";
/// Key of the network.
pub const KEY: &str = "threads";
/// Its name.
pub const NAME: &str = "Threads";
/// Longest text, with an emoji counted by its bytes.
pub const MAX_TEXT: u32 = 500;
/// Most files of a part.
pub const MAX_ITEMS: usize = 20;
/// Most different links of a part.
pub const MAX_LINKS: usize = 5;
/// Largest picture in bytes.
pub const MAX_IMAGE_BYTES: u64 = 8_000_000;
/// The most upright and the widest shape of a picture, from the "Image Specifications" of the documents.
pub const NARROWEST: (u32, u32) = (1, 10);
pub const WIDEST: (u32, u32) = (10, 1);
/// Where the browser comes back to: nothing answers there, and its address is copied.
pub const REDIRECT: &str = "https://127.0.0.1/almanac";

/// Option: who may reply.
pub const OPTION_REPLY: &str = "replyControl";
/// Option: the topic.
pub const OPTION_TOPIC: &str = "topicTag";

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
        text: TextLimits {
            unit: CountUnit::Graphemes,
            max: Some(MAX_TEXT),
            max_bytes: None,
            link: None,
        },
        images: Some(ImageLimits {
            max_count: MAX_ITEMS as u32,
            max_bytes: Some(MAX_IMAGE_BYTES),
            formats: vec!["image/jpeg".to_owned()],
            alt: true,
            max_alt: Some(1_000),
        }),
        video: Some(VideoLimits {
            max_count: MAX_ITEMS as u32,
            max_bytes: Some(1_000_000_000),
            formats: ["video/mp4", "video/quicktime"].map(str::to_owned).to_vec(),
            alt: true,
            captions: None,
            cover: None,
            clip: ClipLimits {
                max_ms: Some(5 * 60_000),
                codecs: vec![Codec::H264, Codec::H265],
                min_rate: Some(23_000),
                max_rate: Some(60_000),
                max_width: Some(1_920),
                narrowest: Some((1, 100)),
                widest: Some((10, 1)),
                max_bit_rate: Some(100_000_000),
                ..ClipLimits::default()
            },
            kinds: vec![],
        }),
        options: options(),
        sign_in: SignIn {
            methods: vec![token(), browser()],
        },
        confirms: Confirms::TwoPhase,
        fetches: Some(FETCHES.to_owned()),
        can_delete: true,
        quota: Quota {
            per_hour: None,
            per_day: Some(250),
        },
        // Parts of a chain after the first are replies, which have a limit of their own.
        more_limits: vec![
            Limit::posts(1_000, Span::Day).counting(Counted::Replies, "later parts of threads"),
        ],
        metrics: ["likes", "reposts", "replies", "quotes", "views"]
            .map(str::to_owned)
            .to_vec(),
        notes: [
            "Threads fetches pictures and videos from the web: public files of the Settings serve for that, or a public folder of yours.",
            "An emoji counts as many characters as it has bytes.",
            "The parts of a chain after the first count as replies, of which Threads takes 1,000 a day.",
            "Pictures lose the place they were taken.",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..Entry::plain(KEY, NAME)
    }
}

fn options() -> Vec<OptionField> {
    let who = [
        ("everyone", "Everyone"),
        ("accounts_you_follow", "Accounts you follow"),
        ("followers_only", "Your followers"),
        ("mentioned_only", "Only who is mentioned"),
    ];
    vec![
        OptionField::choice(
            OPTION_REPLY,
            "Who may reply",
            &who,
            "Holds for the first part of a chain.",
        ),
        OptionField::new(
            OPTION_TOPIC,
            "Topic",
            FieldKind::Text,
            json!(""),
            "One topic without #, a dot or an ampersand. Without it, the first tag in the text is the topic.",
        )
        .max(50),
    ]
}

fn token() -> SignInMethod {
    let guide = [
        "Open developers.facebook.com/apps, choose Create app, and the use case \"Access the Threads API\".",
        "Under Use cases, Customize, add threads_basic, threads_content_publish, threads_manage_replies, threads_read_replies, threads_manage_insights and threads_delete.",
        "Under App roles, Roles, add your Threads name as a Threads Tester; then open Threads, Settings, Account, Website permissions, Invites, and accept.",
        "Back in the app, under Use cases, Customize, Settings, find User Token Generator and generate a token for your name.",
        "Paste it here. Almanac prolongs it by itself as long as it is used within sixty days.",
    ];
    let token = SignInField::new(
        "token",
        "Access token",
        FieldKind::Secret,
        "From the User Token Generator of your app; it lasts sixty days.",
    );
    let mut fields = vec![token];
    fields.extend(hosting::fields(NAME));
    SignInMethod::form("token", "With an access token", &guide, fields)
}

fn browser() -> SignInMethod {
    let guide = [
        "Make an app at developers.facebook.com/apps with the use case \"Access the Threads API\" and the permissions as for the token, and add yourself as a Threads Tester.",
        "Under Use cases, Customize, Settings, add this to Redirect Callback URLs: https://127.0.0.1/almanac",
        "Copy the Threads App ID and the Threads App secret from there. They are not the ID and the secret of the app itself.",
        "Go on and allow everything in the browser. It ends on a page that cannot be opened, which is right: copy its whole address and paste it here.",
    ];
    let id = SignInField::new(
        "client_id",
        "Threads App ID",
        FieldKind::Text,
        "Under Use cases, Customize, Settings of your app.",
    );
    let secret = SignInField::new(
        "client_secret",
        "Threads App secret",
        FieldKind::Secret,
        "Beside the Threads App ID. It stays in the keyring of this computer.",
    );
    let mut fields = vec![id.of_app(), secret.of_app()];
    fields.extend(hosting::fields(NAME));
    let redirect = Redirect::Pasted {
        address: REDIRECT.to_owned(),
    };
    SignInMethod::form("oauth", "With your browser", &guide, fields)
        .through(redirect, Some("https://developers.facebook.com/apps/"))
        .asking_for(SCOPES)
}
