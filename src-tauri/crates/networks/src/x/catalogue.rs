//! What X is and can. Limits and prices as of August 2026; how many posts Almanac sends in an hour
//! stays below the smallest of the numbers the documentation gives (300 in three hours).

use model::account::Account;
use model::clip::{ClipLimits, Codec};
use model::quota::{Counted, Limit, Span};
use serde_json::json;

use super::sign_in::SCOPES;
use crate::catalogue::{
    CaptionFormat, CaptionLanguages, CaptionLimits, Confirms, CountUnit, Entry, FieldKind,
    ImageLimits, OptionField, Price, PricedFor, Publishes, Redirect, SignIn, SignInField,
    SignInMethod, Support, TextLimits, VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "x";
/// Longest text of an account without a subscription, in weighted characters.
pub const MAX_WEIGHT: u32 = 280;
/// Longest text of an account with one.
const MAX_WEIGHT_PREMIUM: u32 = 25_000;
/// What every link weighs.
pub const LINK_WEIGHT: u32 = 23;
/// Most pictures of a post.
const MAX_IMAGES: u32 = 4;
/// Largest picture in bytes.
pub const MAX_IMAGE_BYTES: u64 = 5_000_000;
/// Longest side of a picture in pixels.
pub const MAX_IMAGE_SIDE: u32 = 4_096;
/// Largest moving GIF in bytes.
pub const MAX_GIF_BYTES: u64 = 15_000_000;
/// Longest side of a moving GIF in pixels.
pub const MAX_GIF_SIDE: u32 = 1_280;
/// Largest video in bytes.
const MAX_VIDEO_BYTES: u64 = 512_000_000;
/// Captions of a video.
pub const CAPTIONS: CaptionLimits = CaptionLimits {
    format: CaptionFormat::Srt,
    max_count: None,
    max_bytes: None,
    languages: CaptionLanguages::TwoLetters,
};
/// Posts of the own timeline that one call of a look reads at most.
pub const LOOK_POSTS: u32 = 20;
/// Where the browser comes back to: each address has to be registered.
const PORTS: [u16; 3] = [47_811, 47_812, 47_813];
/// Option: who may answer.
pub const OPTION_REPLIES: &str = "replySettings";
/// Option: pictures or words were made with AI.
pub const OPTION_AI: &str = "madeWithAi";
/// Option: somebody paid for the post.
pub const OPTION_PAID: &str = "paidPartnership";

/// The longest text of an account, in weighted characters.
#[must_use]
pub fn longest(account: &Account) -> u32 {
    let subscription = account.settings.get("subscriptionType");
    match subscription.and_then(serde_json::Value::as_str) {
        Some("Basic" | "Premium" | "PremiumPlus") => MAX_WEIGHT_PREMIUM,
        _ => MAX_WEIGHT,
    }
}

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    let formats = |all: &[&str]| all.iter().map(|&f| f.to_owned()).collect();
    let price = |of, micro_dollars| Price { of, micro_dollars };
    Entry {
        support: Support::Partial,
        publishes: Publishes {
            text: true,
            images: true,
            video: true,
            thread: true,
            ..Publishes::default()
        },
        text: TextLimits {
            unit: CountUnit::Graphemes,
            max: Some(MAX_WEIGHT),
            max_bytes: None,
            link: Some(LINK_WEIGHT),
        },
        images: Some(ImageLimits {
            max_count: MAX_IMAGES,
            max_bytes: Some(MAX_IMAGE_BYTES),
            formats: formats(&["image/jpeg", "image/png", "image/webp", "image/gif"]),
            alt: true,
            max_alt: Some(1_000),
        }),
        video: Some(VideoLimits {
            max_count: 1,
            max_bytes: Some(MAX_VIDEO_BYTES),
            formats: formats(&["video/mp4", "video/quicktime", "video/webm"]),
            alt: false,
            captions: Some(CAPTIONS),
            cover: None,
            clip: ClipLimits {
                min_ms: Some(500),
                max_ms: Some(140_000),
                codecs: vec![Codec::H264],
                max_rate: Some(60_000),
                min_side: Some(32),
                // Documents contradict themselves on upright videos, so either side may be the longer.
                frame: Some((1_280, 1_024)),
                narrowest: Some((1, 3)),
                widest: Some((3, 1)),
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
        // Every part of a thread is a post there.
        more_limits: vec![
            Limit::posts(100, Span::Hour).counting(Counted::Parts, "posts"),
            Limit::posts(2_400, Span::Day).counting(Counted::Parts, "posts"),
        ],
        prices: vec![
            price(PricedFor::Segment, 15_000),
            price(PricedFor::SegmentWithLink, 200_000),
            // An upload is billed as if it were a post, as the staff said in August 2026.
            price(PricedFor::File, 15_000),
            price(PricedFor::AltText, 5_000),
            // A tenth of a cent for each post that is read of the own timeline.
            price(PricedFor::LookUp, LOOK_POSTS * 1_000),
            // The price list has two lines that may be meant; this is the higher one.
            price(PricedFor::Delete, 10_000),
            price(PricedFor::Numbers, 1_000),
        ],
        // The developer guidelines on automation, 2026.
        same_text_on_several_accounts: Some(
            "X counts identical posts on several accounts as manipulation and may lock them, so write each its own."
                .to_owned(),
        ),
        metrics: formats(&["likes", "reposts", "replies", "quotes", "views"]),
        notes: [
            "X charges the owner of the app for every post; a post with a link costs more than ten times as much.",
            "Accounts with a subscription may write up to 25,000 characters.",
            "Polls and quotes of other posts are not offered to apps of your own.",
            "Pictures are made smaller where they have to be, and lose the place they were taken.",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..Entry::plain(KEY, "X")
    }
}

fn options() -> Vec<OptionField> {
    let who = [
        ("", "Everyone"),
        ("following", "People you follow"),
        ("mentionedUsers", "Only people you mention"),
        ("subscribers", "Only your subscribers"),
        ("verified", "Only verified accounts"),
    ];
    let toggle =
        |name, label, help| OptionField::new(name, label, FieldKind::Toggle, json!(false), help);
    vec![
        OptionField::choice(
            OPTION_REPLIES,
            "Who can reply",
            &who,
            "Holds for the whole thread.",
        ),
        toggle(OPTION_AI, "Made with AI", "Says so under the post."),
        toggle(
            OPTION_PAID,
            "Paid partnership",
            "Marks the post as one that somebody paid for.",
        ),
    ]
}

fn client_id() -> SignInField {
    let help = "From your app's page, under Keys and tokens, OAuth 2.0.";
    SignInField::new("clientId", "Client ID", FieldKind::Text, help).of_app()
}

fn client_secret() -> SignInField {
    let help = "Only if your app is a Web App; a Native App has none.";
    SignInField::new("clientSecret", "Client secret", FieldKind::Secret, help)
        .of_app()
        .optional()
}

fn browser() -> SignInMethod {
    let addresses = PORTS.map(|port| format!("http://127.0.0.1:{port}/callback"));
    let register = format!(
        "As callback addresses enter these three, exactly: {}",
        addresses.join("  ")
    );
    let guide = [
        "Open console.x.com and sign in. X charges for posts that come from an app: buy a few dollars of credits there and set a spending limit.",
        "Create an app. Put it into the package Pay-per-use and the environment Production.",
        "In its user authentication settings choose Read and write, and the type Native App.",
        &register,
        "Copy the OAuth 2.0 Client ID (not the API key) and paste it here.",
        "Sign in with the browser. Tick the box that says you trust the app.",
    ];
    SignInMethod::form(
        "oauth",
        "With your browser",
        &guide,
        vec![client_id(), client_secret()],
    )
    .through(
        Redirect::Loopback {
            host: "127.0.0.1".to_owned(),
            ports: PORTS.to_vec(),
            path: "/callback".to_owned(),
        },
        Some("https://console.x.com"),
    )
    .asking_for(&SCOPES)
}

fn token() -> SignInMethod {
    let guide = [
        "This way is for computers without a browser. You need an app as described for the other way.",
        "On a computer with a browser sign in to your app with a tool that shows the tokens, such as xurl, the command line program of X. Ask for tweet.read, tweet.write, users.read, media.write and offline.access.",
        "Copy the refresh token and paste it here. It can be used once: the tool has to sign in again afterwards.",
    ];
    let refresh = SignInField::new(
        "refreshToken",
        "Refresh token",
        FieldKind::Secret,
        "Almanac exchanges it for tokens of its own at once.",
    );
    SignInMethod::form(
        "token",
        "With a refresh token",
        &guide,
        vec![client_id(), client_secret(), refresh],
    )
}
