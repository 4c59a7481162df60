//! What Facebook Pages are and can. Limits of the Graph API, version 25; the length of a text is what
//! programs see it refuse and stands in no document, and neither does a limit of videos in the feed.

use model::clip::{ClipLimits, Codec};
use model::quota::{Counted, Limit, Span};
use serde_json::json;

use super::sign_in::{BUSINESS_SCOPES, SCOPES};
use crate::catalogue::{
    CaptionFormat, CaptionLanguages, CaptionLimits, Confirms, CountUnit, Cover, Entry, FieldKind,
    FirstComment, ImageLimits, NativeSchedule, OptionField, Publishes, Redirect, ShownWhen, SignIn,
    SignInField, SignInMethod, TextLimits, VideoKind, VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "facebook";
/// Its name.
pub const NAME: &str = "Facebook Pages";
/// Most pictures of a post.
const MAX_IMAGES: u32 = 10;
/// Largest picture in bytes: errors name 4 MB where documents name 10.
pub const MAX_IMAGE_BYTES: u64 = 4_000_000;
/// Captions of a video: the edge "Video Captions" takes 200 KB.
pub const CAPTIONS: CaptionLimits = CaptionLimits {
    format: CaptionFormat::Srt,
    max_count: None,
    max_bytes: Some(200_000),
    languages: CaptionLanguages::WithCountry,
};
/// Where the browser comes back to: a page of Facebook's own that shows nothing.
pub const REDIRECT: &str = "https://www.facebook.com/connect/login_success.html";

/// Option: what it becomes.
pub const OPTION_KIND: &str = "kind";
/// Option: a link with a card.
pub const OPTION_LINK: &str = "link";
/// Option: the title of a video.
pub const OPTION_TITLE: &str = "title";

/// The way through the browser.
pub const WAY_BROWSER: &str = "oauth";
/// The way through the browser to Pages of a business.
pub const WAY_BUSINESS: &str = "oauth_business";
/// The way with a token.
pub const WAY_TOKEN: &str = "token";

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    Entry {
        publishes: Publishes {
            text: true,
            images: true,
            video: true,
            ..Publishes::default()
        },
        text: TextLimits {
            unit: CountUnit::Utf16,
            max: Some(63_206),
            max_bytes: None,
            link: None,
        },
        images: Some(ImageLimits {
            max_count: MAX_IMAGES,
            max_bytes: Some(MAX_IMAGE_BYTES),
            formats: ["image/jpeg", "image/png"].map(str::to_owned).to_vec(),
            alt: true,
            max_alt: None,
        }),
        video: Some(VideoLimits {
            max_count: 1,
            max_bytes: None,
            formats: ["video/mp4", "video/quicktime"].map(str::to_owned).to_vec(),
            alt: false,
            captions: Some(CAPTIONS),
            cover: Some(Cover::Picture),
            clip: ClipLimits::default(),
            kinds: vec![
                kind("reel", "as a reel", 90_000, REEL_RATES, Some(540)),
                kind("story", "as a story", 60_000, (None, None), None),
            ],
        }),
        options: options(),
        sign_in: SignIn {
            methods: vec![
                browser(WAY_BROWSER, "With your browser", SCOPES),
                browser(
                    WAY_BUSINESS,
                    "Pages of a business, with your browser",
                    BUSINESS_SCOPES,
                ),
                token(),
            ],
        },
        confirms: Confirms::ReadBack,
        can_delete: true,
        more_limits: vec![
            Limit::posts(30, Span::Day)
                .counting(Counted::Posts, "reels")
                .only(OPTION_KIND, &[json!("reel")]),
        ],
        native_schedule: Some(NativeSchedule::ahead(10, Some(29))),
        first_comment: Some(
            FirstComment::up_to(8_000).when(OPTION_KIND, &[json!("post"), json!("reel")]),
        ),
        metrics: ["likes", "reposts", "replies"].map(str::to_owned).to_vec(),
        notes: [
            "Only Pages can be posted to, not profiles or groups.",
            "Pictures lose the place they were taken.",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..Entry::plain(KEY, NAME)
    }
}

/// Pictures a second that a reel may have, in thousandths.
const REEL_RATES: (Option<u32>, Option<u32>) = (Some(24_000), Some(60_000));

/// An upright video of at least three seconds that an option makes something else.
fn kind(
    value: &str,
    becomes: &str,
    max_ms: u32,
    (min_rate, max_rate): (Option<u32>, Option<u32>),
    min_side: Option<u32>,
) -> VideoKind {
    VideoKind {
        when: ShownWhen {
            option: OPTION_KIND.to_owned(),
            values: vec![json!(value)],
        },
        becomes: becomes.to_owned(),
        max_bytes: None,
        cover: None,
        clip: ClipLimits {
            min_ms: Some(3_000),
            max_ms: Some(max_ms),
            codecs: vec![Codec::H264, Codec::H265],
            min_rate,
            max_rate,
            min_side,
            narrowest: Some((9, 16)),
            widest: Some((9, 16)),
            ..ClipLimits::default()
        },
    }
}

fn options() -> Vec<OptionField> {
    let kinds = [("post", "Post"), ("reel", "Reel"), ("story", "Story")];
    let post = [json!("post")];
    vec![
        OptionField::choice(
            OPTION_KIND,
            "Publish as",
            &kinds,
            "A reel is an upright video of 3 to 90 seconds. A story is one picture or video without text, for a day.",
        ),
        OptionField::new(
            OPTION_LINK,
            "Link",
            FieldKind::Address,
            json!(""),
            "Shown as a card below a post without pictures or video.",
        )
        .when(OPTION_KIND, &post),
        OptionField::new(
            OPTION_TITLE,
            "Title of the video",
            FieldKind::Text,
            json!(""),
            "Shown with a video or a reel.",
        )
        .max(255)
        .when(OPTION_KIND, &[json!("post"), json!("reel")]),
    ]
}

/// Fields of the person's own app.
fn app_fields() -> Vec<SignInField> {
    let id = SignInField::new(
        "client_id",
        "App ID",
        FieldKind::Text,
        "At the top of your app's page, and under App settings, Basic.",
    );
    let secret = SignInField::new(
        "client_secret",
        "App secret",
        FieldKind::Secret,
        "Under App settings, Basic. It stays in the keyring of this computer.",
    );
    vec![id.of_app().like("1234567890123456"), secret.of_app()]
}

fn browser(way: &str, label: &str, scopes: &'static [&'static str]) -> SignInMethod {
    let permissions = format!(
        "Under Use cases, Customize, add the permissions {}, and for first comments pages_manage_engagement.",
        scopes.join(", ")
    );
    let guide = [
        "Open developers.facebook.com/apps, choose Create app, and the use case \"Manage everything on your Page\".",
        &permissions,
        "Under Facebook Login, Settings, add this to Valid OAuth Redirect URIs: https://www.facebook.com/connect/login_success.html",
        "Under App settings, Basic, enter any address of a privacy policy, then switch the app to Live, so that others see what it posts. No review is needed while you have a role in the app.",
        "Copy the App ID and the App secret into this form and go on.",
        "In the browser choose your Pages and allow everything. It ends on a page that says Success: copy its address at once, before it changes, and paste it here.",
    ];
    let redirect = Redirect::Pasted {
        address: REDIRECT.to_owned(),
    };
    SignInMethod::form(way, label, &guide, app_fields())
        .through(redirect, Some("https://developers.facebook.com/apps/"))
        .asking_for(scopes)
}

fn token() -> SignInMethod {
    let guide = [
        "Make an app at developers.facebook.com/apps as for the browser.",
        "Open developers.facebook.com/tools/explorer, choose your app, and get a Page access token with pages_show_list, pages_manage_posts and pages_read_engagement, and pages_manage_engagement for first comments.",
        "Open it in the Access Token Tool and extend it, or use the token of a system user of your business: both last.",
        "Paste it here.",
    ];
    let token = SignInField::new(
        "token",
        "Page access token",
        FieldKind::Secret,
        "A token of the Page, or one of yours that shows all your Pages.",
    );
    SignInMethod::form(WAY_TOKEN, "With an access token", &guide, vec![token])
}
