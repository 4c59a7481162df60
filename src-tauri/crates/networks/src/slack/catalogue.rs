//! What Slack is and can, with a token or through an incoming webhook.
//!
//! Slack advises 4,000 characters and cuts above 40,000; the unit is not stated, and UTF-16 units are
//! never fewer than whatever it counts. More than 14 files in one call were reported to fail.

use model::clip::ClipLimits;
use serde_json::json;

use crate::catalogue::{
    Confirms, CountUnit, Entry, FieldKind, FileLimits, ImageLimits, OptionField, Publishes, SignIn,
    SignInField, SignInMethod, TextLimits, VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "slack";
/// Most files of a message.
pub const MAX_FILES: u32 = 10;
/// Largest file in bytes.
pub const MAX_FILE_BYTES: u64 = 1_000_000_000;

/// Option: what the marks in a text mean.
pub const OPTION_FORMAT: &str = "format";
/// Value of [`OPTION_FORMAT`]: marks make text bold and the like.
pub const FORMAT_MARKS: &str = "marks";
/// Option: a headline above the text.
pub const OPTION_HEADLINE: &str = "headline";
/// Option: words on a button below the text.
pub const OPTION_BUTTON: &str = "button";
/// Option: where the button leads.
pub const OPTION_BUTTON_ADDRESS: &str = "buttonAddress";
/// Option: pages behind links are shown.
pub const OPTION_PREVIEWS: &str = "previews";

/// Way to sign in: a token.
pub const TOKEN: &str = "token";
/// Way to sign in: the address of a webhook.
pub const WEBHOOK: &str = "webhook";

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    let texts = |all: &[&str]| all.iter().map(|&t| t.to_owned()).collect::<Vec<_>>();
    Entry {
        publishes: Publishes {
            text: true,
            images: true,
            video: true,
            mixed: true,
            ..Publishes::default()
        },
        text: TextLimits {
            unit: CountUnit::Utf16,
            max: Some(4_000),
            max_bytes: None,
            link: None,
        },
        images: Some(ImageLimits {
            max_count: MAX_FILES,
            max_bytes: Some(MAX_FILE_BYTES),
            formats: texts(&["image/jpeg", "image/png", "image/webp", "image/gif"]),
            alt: true,
            max_alt: Some(1_000),
        }),
        video: Some(VideoLimits {
            max_count: MAX_FILES,
            max_bytes: Some(MAX_FILE_BYTES),
            formats: texts(&["video/mp4", "video/quicktime", "video/webm"]),
            alt: true,
            captions: None,
            cover: None,
            clip: ClipLimits::default(),
            kinds: vec![],
        }),
        files: Some(FileLimits {
            max_count: MAX_FILES,
            max_bytes: Some(MAX_FILE_BYTES),
            formats: texts(&["application/pdf"]),
            max_pages: None,
        }),
        options: options(),
        sign_in: SignIn {
            methods: vec![token(), webhook()],
        },
        confirms: Confirms::ReadBack,
        can_delete: true,
        metrics: texts(&["likes", "replies"]),
        notes: texts(&[
            "With a token, Almanac puts a name on every message, which other apps of the workspace can see, and finds out by it whether a post arrived.",
            "A webhook takes text alone. It can neither look at its channel nor delete, so you are asked when a connection breaks at the wrong moment.",
            "Slack's own scheduling is not used: it drops messages that carry such a name.",
            "Slack takes files of every kind; Almanac keeps pictures, videos and PDF documents, so those are what it can send.",
        ]),
        ..Entry::plain(KEY, "Slack")
    }
}

fn options() -> Vec<OptionField> {
    let text = |name: &str, label: &str, kind: FieldKind, help: &str| {
        OptionField::new(name, label, kind, json!(""), help)
    };
    vec![
        OptionField::choice(
            OPTION_FORMAT,
            "Formatting",
            &[("plain", "As written"), (FORMAT_MARKS, "With marks")],
            "With marks, *bold*, _italic_, ~struck~, `code`, <https://example.com|words> and <!here> work as Slack documents them.",
        ),
        text(
            OPTION_HEADLINE,
            "Headline",
            FieldKind::Text,
            "Stands large above the text.",
        )
        .max(150),
        text(
            OPTION_BUTTON,
            "Button",
            FieldKind::Text,
            "Words on a button below the text.",
        )
        .max(75),
        text(
            OPTION_BUTTON_ADDRESS,
            "Link of the button",
            FieldKind::Address,
            "Where the button leads.",
        ),
        OptionField::new(
            OPTION_PREVIEWS,
            "Previews of links",
            FieldKind::Toggle,
            json!(true),
            "Shows the pages behind links below the text.",
        ),
    ]
}

fn token() -> SignInMethod {
    let guide = [
        "Open api.slack.com/apps, choose Create New App, From scratch, and pick your workspace.",
        "Under OAuth & Permissions, add these Bot Token Scopes: chat:write to post, files:write for pictures and files, files:read to find out whether they arrived, channels:read and groups:read to find channels, channels:history and groups:history to find out whether a post arrived. Add chat:write.public to post in public channels without an invitation.",
        "Leave Token Rotation off. Choose Install to Workspace and copy the Bot User OAuth Token, which begins with xoxb-.",
        "In Slack, write /invite and the app's name in every channel it is to post in.",
        "Enter the token here, and a channel. Leave the channel empty to choose from a list.",
    ];
    let token = SignInField::new(
        "token",
        "Token",
        FieldKind::Secret,
        "From OAuth & Permissions of your app.",
    );
    let channel = SignInField::new(
        "channel",
        "Channel",
        FieldKind::Text,
        "Its #name, or the link that Copy link gives.",
    );
    let fields = vec![token.like("xoxb-…"), channel.optional().like("#general")];
    SignInMethod::form(TOKEN, "With an app of your own", &guide, fields)
}

fn webhook() -> SignInMethod {
    let guide = [
        "Open api.slack.com/apps, choose Create New App, From scratch, and pick your workspace.",
        "Under Incoming Webhooks, turn them on, choose Add New Webhook, and pick the channel.",
        "Copy the webhook's address and paste it here. Keep it to yourself: whoever has it can post in the channel.",
    ];
    let address = SignInField::new(
        "address",
        "Webhook address",
        FieldKind::Secret,
        "From Incoming Webhooks of your app.",
    );
    let name = SignInField::new(
        "name",
        "Channel",
        FieldKind::Text,
        "How Almanac is to call it; Slack does not tell.",
    );
    let fields = vec![
        address.like("https://hooks.slack.com/services/…"),
        name.optional().like("#general"),
    ];
    SignInMethod::form(WEBHOOK, "With a webhook", &guide, fields)
}
