//! What Reddit is and can (Data API, November 2026).

use model::clip::ClipLimits;
use serde_json::json;

use super::sign_in::SCOPES;
use crate::catalogue::{
    Confirms, CountUnit, Cover, Entry, FieldKind, FirstComment, ImageLimits, OptionField,
    Publishes, Redirect, SignIn, SignInField, SignInMethod, Support, TextLimits, VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "reddit";
/// Its name, for sentences.
pub const NAME: &str = "Reddit";
/// Longest title, in UTF-16 units.
pub const MAX_TITLE: usize = 300;
/// Largest picture in bytes.
pub const MAX_IMAGE_BYTES: u64 = 20_000_000;
/// Most pictures of a gallery.
pub const MAX_IMAGES: u32 = 20;

/// Option: the community.
pub const OPTION_COMMUNITY: &str = "community";
/// Option: the title.
pub const OPTION_TITLE: &str = "title";
/// Option: where a link post leads.
pub const OPTION_LINK: &str = "link";
/// Option: the flair.
pub const OPTION_FLAIR: &str = "flair";
/// Option: the flair's words, where they may be changed.
pub const OPTION_FLAIR_TEXT: &str = "flairText";
/// Option: not safe for work.
pub const OPTION_NSFW: &str = "nsfw";
/// Option: gives something away.
pub const OPTION_SPOILER: &str = "spoiler";
/// Option: replies come to the inbox.
pub const OPTION_REPLIES: &str = "sendReplies";
/// Option: the link may have been posted before.
pub const OPTION_RESUBMIT: &str = "resubmit";

/// Way to sign in: through the browser.
pub const BROWSER: &str = "oauth";
/// Way to sign in: a refresh token made elsewhere.
pub const TOKEN: &str = "token";
/// Field: the app.
pub const CLIENT_ID: &str = "clientId";
/// Field: its secret; installed apps have none.
pub const CLIENT_SECRET: &str = "clientSecret";
/// Field: who the app belongs to.
pub const OWNER: &str = "owner";
/// Field: the refresh token.
pub const REFRESH_TOKEN: &str = "refreshToken";

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
            // A picture beside a video is what is shown before it plays.
            mixed: true,
            ..Publishes::default()
        },
        text: TextLimits {
            unit: CountUnit::Utf16,
            max: Some(40_000),
            max_bytes: None,
            link: None,
        },
        images: Some(ImageLimits {
            max_count: MAX_IMAGES,
            max_bytes: Some(MAX_IMAGE_BYTES),
            formats: list(&["image/jpeg", "image/png", "image/gif"]),
            alt: false,
            max_alt: None,
        }),
        video: Some(VideoLimits {
            max_count: 1,
            max_bytes: Some(1_000_000_000),
            formats: list(&["video/mp4", "video/quicktime"]),
            alt: false,
            captions: None,
            cover: Some(Cover::Picture),
            clip: ClipLimits {
                max_ms: Some(15 * 60_000),
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
        first_comment: Some(FirstComment::up_to(10_000)),
        metrics: list(&["likes", "reposts", "replies"]),
        notes: list(&[
            "Reddit gives new app IDs only on request, and seldom to single persons. Whoever has one posts with it; a hand-off account serves everybody else.",
            "The title is an option, or else the first line of the text.",
            "A video needs a picture that is shown before it plays: one beside it, or the poster that is chosen in it.",
            "Communities have rules of their own; some hold posts back until a moderator has seen them.",
            "Polls and the same post in several communities at once are made on Reddit itself.",
        ]),
        ..Entry::plain(KEY, NAME)
    }
}

fn options() -> Vec<OptionField> {
    let toggle = |name, label, default: bool, help| {
        OptionField::new(name, label, FieldKind::Toggle, json!(default), help)
    };
    vec![
        OptionField::new(
            OPTION_COMMUNITY,
            "Community",
            FieldKind::Lookup,
            json!(""),
            "Where it is posted: a community, or your own profile.",
        )
        .required(),
        OptionField::new(
            OPTION_TITLE,
            "Title",
            FieldKind::Text,
            json!(""),
            "Up to 300 characters; it cannot be changed afterwards. Without one the first line of the text is taken.",
        )
        .max(MAX_TITLE as u32),
        OptionField::new(
            OPTION_LINK,
            "Link",
            FieldKind::Address,
            json!(""),
            "Makes a link post that leads there.",
        )
        .max(2_048),
        OptionField::new(
            OPTION_FLAIR,
            "Flair",
            FieldKind::Lookup,
            json!(""),
            "One of the community's labels for posts; some communities ask for one.",
        ),
        OptionField::new(
            OPTION_FLAIR_TEXT,
            "Words of the flair",
            FieldKind::Text,
            json!(""),
            "In place of the flair's own words, where the community allows it.",
        )
        .max(64),
        toggle(
            OPTION_NSFW,
            "Not safe for work",
            false,
            "Reddit hides it until one asks for it.",
        ),
        toggle(
            OPTION_SPOILER,
            "Spoiler",
            false,
            "Reddit blurs it, since it gives something away.",
        ),
        toggle(
            OPTION_REPLIES,
            "Tell me of replies",
            true,
            "Replies come to the account's inbox on Reddit.",
        ),
        toggle(
            OPTION_RESUBMIT,
            "Post the link again",
            false,
            "Otherwise Reddit refuses a link that was posted in the community before.",
        ),
    ]
}

fn app() -> Vec<SignInField> {
    let id = "Shown under the app's name, about 22 letters and digits.";
    let secret = "Only apps of the kinds web and script have one.";
    let owner =
        "The name on Reddit of whoever the app belongs to. Reddit wants every program to say so.";
    vec![
        SignInField::new(CLIENT_ID, "App ID", FieldKind::Text, id).of_app(),
        SignInField::new(CLIENT_SECRET, "App secret", FieldKind::Secret, secret)
            .optional()
            .of_app(),
        SignInField::new(OWNER, "Owner of the app", FieldKind::Text, owner)
            .like("u/ana")
            .of_app(),
    ]
}

fn browser() -> SignInMethod {
    let guide = [
        "Since November 2025 Reddit gives app IDs only on request: open support.reddithelp.com, search for Data API access, describe what you post and where, and wait for a yes. Older apps go on working.",
        "Open reddit.com/prefs/apps and create an app of the kind installed app.",
        "As its redirect address enter http://127.0.0.1:8721/callback exactly so.",
        "Copy the app ID here, and enter your own name on Reddit as the owner.",
        "Sign in with the browser and allow everything.",
    ];
    let redirect = Redirect::Loopback {
        host: "127.0.0.1".to_owned(),
        ports: vec![8_721],
        path: "/callback".to_owned(),
    };
    SignInMethod::form(BROWSER, "With your browser", &guide, app())
        .through(redirect, Some("https://www.reddit.com/prefs/apps"))
        .asking_for(&SCOPES)
}

fn token() -> SignInMethod {
    let guide = [
        "This way is for computers without a browser. Sign in on another one with the same app, as a permanent sign-in, and let it give you the refresh token.",
        "Copy the app ID, the owner's name and the refresh token here.",
    ];
    let mut fields = app();
    fields.push(SignInField::new(
        REFRESH_TOKEN,
        "Refresh token",
        FieldKind::Secret,
        "A number, a hyphen and many letters.",
    ));
    SignInMethod::form(TOKEN, "With a refresh token", &guide, fields)
}
