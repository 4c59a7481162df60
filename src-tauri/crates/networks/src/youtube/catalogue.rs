//! What YouTube is and can (Data API v3, November 2026).

use model::clip::ClipLimits;
use serde_json::json;

use super::sign_in::SCOPE;
use crate::catalogue::{
    CaptionFormat, CaptionLanguages, CaptionLimits, Confirms, CountUnit, Cover, Entry, FieldKind,
    FirstComment, ImageLimits, NativeSchedule, OptionField, Publishes, Quota, Redirect, SignIn,
    SignInField, SignInMethod, Support, TextLimits, VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "youtube";
/// Longest title in characters.
pub const MAX_TITLE: usize = 100;
/// Most characters of all tags together, as YouTube counts them.
pub const MAX_TAGS: usize = 500;
/// Largest thumbnail in bytes that is sent; YouTube takes more, and nobody sees it.
pub const MAX_THUMBNAIL_BYTES: u64 = 2_000_000;
/// Longest side of a thumbnail in pixels.
pub const MAX_THUMBNAIL_SIDE: u32 = 1_920;
/// Option: the title.
pub const OPTION_TITLE: &str = "title";
/// Option: who can see the video.
pub const OPTION_PRIVACY: &str = "privacy";
/// Option: keywords.
pub const OPTION_TAGS: &str = "tags";
/// Option: category.
pub const OPTION_CATEGORY: &str = "category";
/// Option: playlist to add it to.
pub const OPTION_PLAYLIST: &str = "playlist";
/// Option: made for children.
pub const OPTION_KIDS: &str = "madeForKids";
/// Option: tell subscribers.
pub const OPTION_NOTIFY: &str = "notifySubscribers";
/// Option: made or changed with AI in a way that looks real.
pub const OPTION_SYNTHETIC: &str = "synthetic";
/// Option: licence.
pub const OPTION_LICENSE: &str = "license";
/// Option: other sites may show it.
pub const OPTION_EMBED: &str = "embeddable";

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    let list = |all: &[&str]| all.iter().map(|&f| f.to_owned()).collect();
    Entry {
        support: Support::Partial,
        publishes: Publishes {
            video: true,
            needs_media: true,
            // A picture beside the video is its thumbnail.
            mixed: true,
            ..Publishes::default()
        },
        text: TextLimits {
            unit: CountUnit::Bytes,
            max: Some(5_000),
            max_bytes: None,
            link: None,
        },
        images: Some(ImageLimits {
            max_count: 1,
            max_bytes: Some(MAX_THUMBNAIL_BYTES),
            formats: list(&["image/jpeg", "image/png"]),
            alt: false,
            max_alt: None,
        }),
        video: Some(VideoLimits {
            max_count: 1,
            max_bytes: Some(256_000_000_000),
            formats: list(&["video/mp4", "video/quicktime", "video/webm"]),
            alt: false,
            captions: Some(CaptionLimits {
                format: CaptionFormat::Srt,
                max_count: None,
                max_bytes: Some(100_000_000),
                languages: CaptionLanguages::Any,
            }),
            cover: Some(Cover::Picture),
            clip: ClipLimits {
                max_ms: Some(12 * 60 * 60_000),
                ..ClipLimits::default()
            },
            kinds: vec![],
        }),
        options: options(),
        sign_in: SignIn {
            methods: vec![browser(), token()],
        },
        confirms: Confirms::TwoPhase,
        can_delete: true,
        quota: Quota {
            per_hour: None,
            per_day: Some(100),
        },
        // No least time stands in the documents; an upload takes its own.
        native_schedule: Some(NativeSchedule::ahead(15, None)),
        first_comment: Some(
            FirstComment::up_to(10_000).when(OPTION_PRIVACY, &[json!("public"), json!("unlisted")]),
        ),
        metrics: list(&["likes", "replies", "views"]),
        notes: list(&[
            "The text is the description; the title is an option, or else the first line of the text.",
            "A picture beside the video becomes its thumbnail, or else the poster that was chosen in the video. YouTube takes thumbnails from channels with a confirmed phone number.",
            "YouTube itself makes a Short of an upright or square video of up to three minutes.",
            "Posts of the community tab cannot be made by programs.",
        ]),
        ..Entry::plain(KEY, "YouTube")
    }
}

fn options() -> Vec<OptionField> {
    let who = [
        ("public", "Everyone"),
        ("unlisted", "Everyone who has the link"),
        ("private", "Only you"),
    ];
    let categories = [
        ("22", "People and blogs"),
        ("1", "Film and animation"),
        ("2", "Autos and vehicles"),
        ("10", "Music"),
        ("15", "Pets and animals"),
        ("17", "Sports"),
        ("19", "Travel and events"),
        ("20", "Gaming"),
        ("23", "Comedy"),
        ("24", "Entertainment"),
        ("25", "News and politics"),
        ("26", "How-to and style"),
        ("27", "Education"),
        ("28", "Science and technology"),
        ("29", "Non-profits and activism"),
    ];
    let licenses = [
        ("youtube", "Standard YouTube licence"),
        ("creativeCommon", "Creative Commons, with attribution"),
    ];
    let toggle = |name, label, default: bool, help| {
        OptionField::new(name, label, FieldKind::Toggle, json!(default), help)
    };
    vec![
        OptionField::new(
            OPTION_TITLE,
            "Title",
            FieldKind::Text,
            json!(""),
            "Up to 100 characters. Without one the first line of the text is taken.",
        )
        .max(MAX_TITLE as u32),
        OptionField::choice(
            OPTION_PRIVACY,
            "Who can see it",
            &who,
            "Can be changed on YouTube at any time.",
        ),
        OptionField::new(
            OPTION_TAGS,
            "Tags",
            FieldKind::List,
            json!([]),
            "Words that help people find the video; 500 characters altogether.",
        ),
        OptionField::choice(
            OPTION_CATEGORY,
            "Category",
            &categories,
            "What the video is about.",
        ),
        OptionField::new(
            OPTION_PLAYLIST,
            "Playlist",
            FieldKind::Lookup,
            json!(""),
            "One of your playlists to add the video to.",
        ),
        toggle(
            OPTION_KIDS,
            "Made for children",
            false,
            "The law asks every channel to say this.",
        ),
        toggle(
            OPTION_SYNTHETIC,
            "Looks real but was made with AI",
            false,
            "YouTube says so under the video.",
        ),
        toggle(
            OPTION_NOTIFY,
            "Tell subscribers",
            true,
            "Sends a notification to subscribers who want them.",
        ),
        toggle(
            OPTION_EMBED,
            "Other sites may show it",
            true,
            "Lets other sites play the video on their pages.",
        ),
        OptionField::choice(
            OPTION_LICENSE,
            "Licence",
            &licenses,
            "What others may do with the video.",
        ),
    ]
}

fn app() -> Vec<SignInField> {
    let id = "Ends with apps.googleusercontent.com.";
    let secret = "Shown beside the client ID. It stays in the keyring of this computer.";
    vec![
        SignInField::new("clientId", "Client ID", FieldKind::Text, id).of_app(),
        SignInField::new("clientSecret", "Client secret", FieldKind::Secret, secret).of_app(),
    ]
}

fn browser() -> SignInMethod {
    let guide = [
        "Open console.cloud.google.com and create a project.",
        "Under APIs and services, Library, turn on the YouTube Data API v3.",
        "Under Google Auth Platform, Audience, choose External, and publish the app: while it is in testing, Google signs you out every seven days.",
        "Under Clients create a client of the type Desktop app. No redirect address has to be entered.",
        "Copy the client ID and the client secret here.",
        "Sign in with the browser, choose the channel, and leave every box ticked. Google warns that it does not know the app: it is your own.",
    ];
    SignInMethod::form("oauth", "With your browser", &guide, app())
        .through(
            Redirect::Loopback {
                host: "127.0.0.1".to_owned(),
                ports: vec![0],
                path: "/callback".to_owned(),
            },
            Some("https://console.cloud.google.com/auth/clients"),
        )
        .asking_for(&[SCOPE])
}

fn token() -> SignInMethod {
    let guide = [
        "This way is for computers without a browser. Create a client as described for the other way, of the type Web application, with https://developers.google.com/oauthplayground as redirect address.",
        "Open developers.google.com/oauthplayground, enter your client under the settings, and allow https://www.googleapis.com/auth/youtube.force-ssl.",
        "Exchange the code for tokens and copy the refresh token here.",
    ];
    let mut fields = app();
    fields.push(SignInField::new(
        "refreshToken",
        "Refresh token",
        FieldKind::Secret,
        "Begins with 1 and two slashes.",
    ));
    SignInMethod::form("token", "With a refresh token", &guide, fields)
}
