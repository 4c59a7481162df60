//! What TikTok is and can (Content Posting API v2, November 2026).

use model::clip::{ClipLimits, Codec};
use serde_json::json;

use super::sign_in::SCOPES;
use crate::catalogue::{
    Confirms, CountUnit, Cover, Entry, FieldKind, ImageLimits, OptionField, Publishes, Quota,
    Redirect, SignIn, SignInField, SignInMethod, Support, TextLimits, VideoLimits,
};
use crate::hosting;

/// What it fetches from the web.
pub const FETCHES: &str = "photos";
/// Key of the network.
pub const KEY: &str = "tiktok";
/// Its name, for sentences.
pub const NAME: &str = "TikTok";
/// Longest title of photos, in UTF-16 units.
pub const MAX_TITLE: usize = 90;
/// Most photos of a post.
pub const MAX_PHOTOS: u32 = 35;
/// Largest photo in bytes.
pub const MAX_PHOTO_BYTES: u64 = 20_000_000;

/// Option: who can see it.
pub const OPTION_PRIVACY: &str = "privacy";
/// Option: others may comment.
pub const OPTION_COMMENTS: &str = "allowComments";
/// Option: others may make duets.
pub const OPTION_DUET: &str = "allowDuet";
/// Option: others may make stitches.
pub const OPTION_STITCH: &str = "allowStitch";
/// Option: it advertises the person's own business.
pub const OPTION_OWN_BRAND: &str = "ownBrand";
/// Option: somebody pays for it.
pub const OPTION_PAID: &str = "paidPartnership";
/// Option: made with AI.
pub const OPTION_AI: &str = "madeWithAi";
/// Option: the second of a video that is its cover.
pub const OPTION_COVER: &str = "coverSecond";
/// Option: the title of photos.
pub const OPTION_TITLE: &str = "title";
/// Option: TikTok adds music to photos.
pub const OPTION_MUSIC: &str = "addMusic";

/// Everybody may see it.
pub const PUBLIC: &str = "PUBLIC_TO_EVERYONE";
/// Nobody but the account may see it.
pub const ONLY_ME: &str = "SELF_ONLY";

/// Way to sign in: through the browser.
pub const BROWSER: &str = "oauth";
/// Way to sign in: a refresh token made elsewhere.
pub const TOKEN: &str = "token";
/// Field: the app.
pub const CLIENT_KEY: &str = "clientKey";
/// Field: its secret.
pub const CLIENT_SECRET: &str = "clientSecret";
/// Field: the refresh token.
pub const REFRESH_TOKEN: &str = "refreshToken";

/// What people call a choice of who may see it.
#[must_use]
pub fn privacy_label(level: &str) -> &str {
    match level {
        PUBLIC => "Everyone",
        "MUTUAL_FOLLOW_FRIENDS" => "Friends, who follow you and whom you follow",
        "FOLLOWER_OF_CREATOR" => "Followers",
        ONLY_ME => "Only you",
        other => other,
    }
}

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    let list = |all: &[&str]| all.iter().map(|&f| f.to_owned()).collect::<Vec<_>>();
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
            max: Some(2_200),
            max_bytes: None,
            link: None,
        },
        images: Some(ImageLimits {
            max_count: MAX_PHOTOS,
            max_bytes: Some(MAX_PHOTO_BYTES),
            formats: list(&["image/jpeg"]),
            alt: false,
            max_alt: None,
        }),
        video: Some(VideoLimits {
            max_count: 1,
            max_bytes: Some(4_000_000_000),
            formats: list(&["video/mp4", "video/quicktime", "video/webm"]),
            alt: false,
            captions: None,
            cover: Some(Cover::Moment),
            clip: ClipLimits {
                max_ms: Some(10 * 60_000),
                codecs: vec![Codec::H264, Codec::H265, Codec::Vp8, Codec::Vp9],
                min_rate: Some(23_000),
                max_rate: Some(60_000),
                min_side: Some(360),
                frame: Some((4_096, 4_096)),
                ..ClipLimits::default()
            },
            kinds: vec![],
        }),
        options: options(),
        sign_in: SignIn {
            methods: vec![browser(), token()],
        },
        confirms: Confirms::TwoPhase,
        fetches: Some(FETCHES.to_owned()),
        can_delete: false,
        quota: Quota {
            per_hour: None,
            per_day: Some(15),
        },
        metrics: list(&["likes", "reposts", "replies", "views"]),
        notes: list(&[
            "Until TikTok has audited your app, it takes only posts that you alone can see, from an account that is set to private, and for five accounts a day. TikTok audits no apps made for one's own accounts alone; a hand-off account serves you then.",
            "Photos are fetched by TikTok from the web: public files of the Settings serve for that, or a public folder of yours. The address has to be one that your app has verified as a URL property.",
            "A private photo post whose answer was lost cannot be looked for: you are asked.",
            "TikTok lets no program delete a post or put it off.",
            "By posting you agree to TikTok's Music Usage Confirmation.",
        ]),
        ..Entry::plain(KEY, NAME)
    }
}

fn options() -> Vec<OptionField> {
    let toggle =
        |name, label, help| OptionField::new(name, label, FieldKind::Toggle, json!(false), help);
    vec![
        OptionField::new(
            OPTION_PRIVACY,
            "Who can see it",
            FieldKind::Lookup,
            json!(""),
            "What TikTok offers this account. TikTok wants you to choose each time.",
        )
        .required(),
        toggle(
            OPTION_COMMENTS,
            "Others may comment",
            "Only where the account allows comments.",
        ),
        toggle(
            OPTION_DUET,
            "Others may make duets",
            "Only for videos, and where the account allows them.",
        ),
        toggle(
            OPTION_STITCH,
            "Others may make stitches",
            "Only for videos, and where the account allows them.",
        ),
        toggle(
            OPTION_OWN_BRAND,
            "Advertises your own business",
            "TikTok marks it as promotional content.",
        ),
        toggle(
            OPTION_PAID,
            "Paid partnership",
            "Somebody pays for it. TikTok marks it so, its Branded Content Policy holds, and it cannot be for you alone.",
        ),
        toggle(OPTION_AI, "Made with AI", "TikTok says so under the video."),
        OptionField::new(
            OPTION_COVER,
            "Cover of a video",
            FieldKind::Number,
            json!(0),
            "The second of the video that is its cover. With 0 it is the poster that was chosen in the video.",
        ),
        OptionField::new(
            OPTION_TITLE,
            "Title of photos",
            FieldKind::Text,
            json!(""),
            "Up to 90 characters, above the text. Videos have none.",
        )
        .max(MAX_TITLE as u32),
        toggle(
            OPTION_MUSIC,
            "Music for photos",
            "TikTok adds music of its choice; it can be changed there.",
        ),
    ]
}

fn app() -> Vec<SignInField> {
    let key = "From your app at developers.tiktok.com.";
    let secret = "From the same page. It stays in the keyring of this computer.";
    vec![
        SignInField::new(CLIENT_KEY, "Client key", FieldKind::Text, key).of_app(),
        SignInField::new(CLIENT_SECRET, "Client secret", FieldKind::Secret, secret).of_app(),
    ]
}

fn browser() -> SignInMethod {
    let guide = [
        "Open developers.tiktok.com, choose Manage apps, Connect an app, and tick Desktop as its platform.",
        "Add the products Login Kit and Content Posting API, and turn on Direct Post.",
        "Under Login Kit, Desktop, add the redirect address http://127.0.0.1:8720/callback/ exactly so, with the slash at the end.",
        "Under Scopes add user.info.basic, video.publish and video.list.",
        "For trying without a review make a sandbox of the app and add your TikTok account to its target users.",
        "For photos verify the address of your public files, or of your public folder, under URL properties.",
        "Copy the client key and the client secret here, sign in with the browser, and leave every switch on.",
    ];
    let redirect = Redirect::Loopback {
        host: "127.0.0.1".to_owned(),
        ports: vec![8_720],
        path: "/callback/".to_owned(),
    };
    let mut fields = app();
    fields.extend(hosting::fields(NAME));
    SignInMethod::form(BROWSER, "With your browser", &guide, fields)
        .through(redirect, Some("https://developers.tiktok.com/apps/"))
        .asking_for(&SCOPES)
}

fn token() -> SignInMethod {
    let guide = [
        "This way is for computers without a browser. Sign in on another one with the same app, and let it give you the refresh token.",
        "Copy the client key, the client secret and the refresh token here. TikTok takes a refresh token once, so nothing else may use it afterwards.",
    ];
    let mut fields = app();
    fields.push(SignInField::new(
        REFRESH_TOKEN,
        "Refresh token",
        FieldKind::Secret,
        "Begins with rft and a dot.",
    ));
    fields.extend(hosting::fields(NAME));
    SignInMethod::form(TOKEN, "With a refresh token", &guide, fields)
}
