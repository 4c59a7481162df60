//! What LinkedIn is and can (versioned Posts API).

use std::slice;

use model::clip::ClipLimits;
use model::quota::{Counted, Limit, Span};
use serde_json::json;

use super::sign_in::{PAGE_SCOPES, PROFILE_SCOPES};
use crate::catalogue::{
    CaptionFormat, CaptionLanguages, CaptionLimits, Confirms, CountUnit, Entry, FieldKind,
    FileLimits, FirstComment, ImageLimits, OptionField, Publishes, Quota, Redirect, SignIn,
    SignInField, SignInMethod, Support, TextLimits, VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "linkedin";
/// Longest side of a picture in pixels: LinkedIn takes up to 36,152,320 pixels.
pub const MAX_IMAGE_SIDE: u32 = 6_000;
/// Largest picture in bytes; LinkedIn names no number.
pub const MAX_IMAGE_BYTES: u64 = 10_000_000;
/// Captions of a video: an upload has one address for them.
pub const CAPTIONS: CaptionLimits = CaptionLimits {
    format: CaptionFormat::Srt,
    max_count: Some(1),
    max_bytes: None,
    languages: CaptionLanguages::TwoLetters,
};
/// Where the browser comes back to: each address has to be registered.
const PORTS: [u16; 2] = [47_821, 47_822];
/// Option: who sees the post.
pub const OPTION_VISIBILITY: &str = "visibility";
/// Option: address of the card.
pub const OPTION_LINK: &str = "link";
/// Option: title of the card.
pub const OPTION_LINK_TITLE: &str = "linkTitle";
/// Option: description of the card.
pub const OPTION_LINK_TEXT: &str = "linkDescription";
/// Option: title of a document.
pub const OPTION_DOCUMENT: &str = "documentTitle";
/// Option: nobody may share the post on.
pub const OPTION_NO_SHARES: &str = "disableReshare";
/// Way: a person's profile through the browser.
pub const PROFILE: &str = "oauth";
/// Way: company pages through the browser.
pub const PAGES: &str = "oauth_pages";

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    let list = |all: &[&str]| all.iter().map(|&f| f.to_owned()).collect();
    Entry {
        support: Support::Partial,
        publishes: Publishes {
            text: true,
            images: true,
            video: true,
            ..Publishes::default()
        },
        text: TextLimits {
            unit: CountUnit::Utf16,
            // LinkedIn says 3,000 and not in which unit; the rest is left free for what it adds.
            max: Some(2_950),
            max_bytes: None,
            link: None,
        },
        images: Some(ImageLimits {
            max_count: 20,
            max_bytes: Some(MAX_IMAGE_BYTES),
            formats: list(&["image/jpeg", "image/png", "image/gif"]),
            alt: true,
            max_alt: Some(4_086),
        }),
        video: Some(VideoLimits {
            max_count: 1,
            max_bytes: Some(500_000_000),
            formats: list(&["video/mp4"]),
            alt: false,
            captions: Some(CAPTIONS),
            cover: None,
            clip: ClipLimits {
                min_ms: Some(3_000),
                max_ms: Some(30 * 60_000),
                ..ClipLimits::default()
            },
            kinds: vec![],
        }),
        files: Some(FileLimits {
            max_count: 1,
            max_bytes: Some(100_000_000),
            formats: list(&["application/pdf"]),
            max_pages: Some(300),
        }),
        options: options(),
        sign_in: SignIn {
            methods: vec![profile(), pages(), token()],
        },
        confirms: Confirms::ReadBack,
        can_delete: true,
        quota: Quota {
            per_hour: None,
            per_day: Some(50),
        },
        // "Share on LinkedIn": 150 requests of one member a day. A post is one, and each file at least one
        // more; what uploads count is not written anywhere.
        more_limits: vec![Limit::posts(150, Span::Day).counting(Counted::Calls, "requests")],
        // LinkedIn refuses longer ones.
        first_comment: Some(FirstComment::up_to(1_250)),
        metrics: list(&["likes", "reposts", "replies", "views"]),
        notes: list(&[
            "LinkedIn does not let programs read a person's own posts: when an answer is lost, Almanac asks you to look.",
            "Numbers and first comments are for company pages only.",
            "Posting for a company page needs an app that LinkedIn has reviewed.",
            "A sign-in lasts 60 days. Almanac tells you a week ahead.",
            "Pictures are made smaller where they have to be, and lose the place they were taken.",
        ]),
        ..Entry::plain(KEY, "LinkedIn")
    }
}

fn options() -> Vec<OptionField> {
    let who = [
        ("PUBLIC", "Anyone"),
        ("CONNECTIONS", "Connections only"),
        ("LOGGED_IN", "Members of LinkedIn"),
    ];
    let text = |name, label, help| OptionField::new(name, label, FieldKind::Text, json!(""), help);
    vec![
        OptionField::choice(
            OPTION_VISIBILITY,
            "Who can see it",
            &who,
            "Company pages always post for anyone.",
        ),
        OptionField::new(
            OPTION_LINK,
            "Link card",
            FieldKind::Address,
            json!(""),
            "Address of a page to show as a card. One picture of the post becomes the picture of the card.",
        ),
        text(
            OPTION_LINK_TITLE,
            "Title of the card",
            "LinkedIn does not read the page, so the card needs a title.",
        )
        .max(400),
        OptionField::new(
            OPTION_LINK_TEXT,
            "Description of the card",
            FieldKind::LongText,
            json!(""),
            "Shown under the title; may stay empty.",
        )
        .max(4_000),
        text(
            OPTION_DOCUMENT,
            "Title of the document",
            "Shown above a PDF. Without one the title of the post is taken.",
        )
        .max(400),
        OptionField::new(
            OPTION_NO_SHARES,
            "Nobody may share it on",
            FieldKind::Toggle,
            json!(false),
            "Takes the repost button away.",
        ),
    ]
}

fn app() -> Vec<SignInField> {
    let id = "From your app's page, under Auth.";
    let secret = "From the same page. It stays in the keyring of this computer.";
    vec![
        SignInField::new("clientId", "Client ID", FieldKind::Text, id).of_app(),
        SignInField::new("clientSecret", "Client secret", FieldKind::Secret, secret).of_app(),
    ]
}

fn through_browser(key: &str, label: &str, products: &str) -> SignInMethod {
    let addresses = PORTS.map(|port| format!("http://localhost:{port}/callback"));
    let register = format!(
        "Under Auth add these redirect addresses, exactly: {}",
        addresses.join("  ")
    );
    let guide = [
        "Open linkedin.com/developers/apps and create an app. It needs a page as its owner: choose your own, or the default page for individual developers.",
        products,
        &register,
        "Copy the client ID and the primary client secret from the same page.",
        "Sign in with the browser and allow everything it asks for.",
    ];
    SignInMethod::form(key, label, &guide, app()).through(
        Redirect::Loopback {
            host: "localhost".to_owned(),
            ports: PORTS.to_vec(),
            path: "/callback".to_owned(),
        },
        Some("https://www.linkedin.com/developers/apps"),
    )
}

fn profile() -> SignInMethod {
    through_browser(
        PROFILE,
        "Your profile, with your browser",
        "Under Products add \"Share on LinkedIn\" and \"Sign In with LinkedIn using OpenID Connect\". Both are given at once.",
    )
    .asking_for(&PROFILE_SCOPES)
}

fn pages() -> SignInMethod {
    through_browser(
        PAGES,
        "Company pages, with your browser",
        "Under Products ask for the \"Community Management API\". LinkedIn reviews this for registered companies, and the app must have no other product.",
    )
    .asking_for(&PAGE_SCOPES)
}

fn token() -> SignInMethod {
    let guide = [
        "Create an app as described for the other ways.",
        "Open linkedin.com/developers/tools/oauth/token-generator and choose the app.",
        "For your profile tick openid, profile and w_member_social; for pages tick r_organization_social, w_organization_social and rw_organization_admin, and for first comments r_organization_social_feed and w_organization_social_feed.",
        "Ask for the token and paste it here at once: it lasts 60 days from now.",
    ];
    let field = SignInField::new(
        "token",
        "Access token",
        FieldKind::Secret,
        "A very long line of letters and digits.",
    );
    let fields = slice::from_ref(&field).to_vec();
    SignInMethod::form(
        "token",
        "With a token from the developer site",
        &guide,
        fields,
    )
}
