//! What Discord is and can, through a webhook or with a bot.
//!
//! The unit of the 2,000 characters is not stated; UTF-16 units are never fewer than whatever the
//! server counts. Ten files a message is what its apps allow; the documentation names no number.

use model::clip::ClipLimits;
use serde_json::json;

use crate::catalogue::{
    Confirms, CountUnit, Entry, FieldKind, FileLimits, ImageLimits, OptionField, Publishes, SignIn,
    SignInField, SignInMethod, TextLimits, VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "discord";
/// Most files of a message.
pub const MAX_FILES: u32 = 10;
/// Largest file in bytes in a server without boosts.
pub const MAX_FILE_BYTES: u64 = 10 << 20;
/// Most bytes of all files of a message.
pub const MAX_ALL_BYTES: u64 = 25 << 20;

/// Option: nobody's device makes a sound.
pub const OPTION_SILENT: &str = "silent";
/// Option: pages behind links are shown.
pub const OPTION_PREVIEWS: &str = "previews";
/// Option: who is notified of being named.
pub const OPTION_MENTIONS: &str = "mentions";
/// Option: files are covered until they are touched.
pub const OPTION_SPOILER: &str = "spoiler";
/// Option: a card below the text.
pub const OPTION_CARD: &str = "card";
/// Option: title of the card.
pub const OPTION_CARD_TITLE: &str = "cardTitle";
/// Option: where its title leads.
pub const OPTION_CARD_ADDRESS: &str = "cardAddress";
/// Option: its text.
pub const OPTION_CARD_TEXT: &str = "cardText";
/// Option: the first picture stands in it.
pub const OPTION_CARD_PICTURE: &str = "cardPicture";
/// Option: title of a new post in a forum.
pub const OPTION_FORUM_TITLE: &str = "forumTitle";
/// Option: the name a webhook posts under.
pub const OPTION_NAME: &str = "name";

/// Way to sign in: the address of a webhook.
pub const WEBHOOK: &str = "webhook";
/// Way to sign in: a bot.
pub const BOT: &str = "bot";

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
            max: Some(2_000),
            max_bytes: None,
            link: None,
        },
        images: Some(ImageLimits {
            max_count: MAX_FILES,
            max_bytes: Some(MAX_FILE_BYTES),
            formats: texts(&["image/jpeg", "image/png", "image/webp", "image/gif"]),
            alt: true,
            max_alt: Some(1_024),
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
            methods: vec![webhook(), bot()],
        },
        confirms: Confirms::ReadBack,
        can_delete: true,
        metrics: texts(&["likes"]),
        notes: texts(&[
            "With a bot, Almanac finds out by itself whether a post arrived; a webhook cannot look, so you are asked when a connection breaks at the wrong moment.",
            "Files go up to 10 MB each and 25 MB together, whatever a boosted server would take.",
            "Discord has no way to post as a person.",
            "Discord takes files of every kind; Almanac keeps pictures, videos and PDF documents, so those are what it can send.",
        ]),
        ..Entry::plain(KEY, "Discord")
    }
}

fn options() -> Vec<OptionField> {
    let toggle = |name: &str, label: &str, help: &str| {
        OptionField::new(name, label, FieldKind::Toggle, json!(false), help)
    };
    let text = |name: &str, label: &str, kind: FieldKind, help: &str| {
        OptionField::new(name, label, kind, json!(""), help)
    };
    let in_card = |field: OptionField| field.when(OPTION_CARD, &[json!(true)]);
    vec![
        toggle(
            OPTION_SILENT,
            "Silent",
            "Members get the message without a sound.",
        ),
        OptionField::new(
            OPTION_PREVIEWS,
            "Previews of links",
            FieldKind::Toggle,
            json!(true),
            "Shows the pages behind links below the text.",
        ),
        OptionField::choice(
            OPTION_MENTIONS,
            "Notify",
            &[
                ("nobody", "Nobody"),
                ("named", "People and roles named in the text"),
                ("everyone", "Also @everyone and @here"),
            ],
            "Who gets a notification because the text names them.",
        ),
        toggle(
            OPTION_SPOILER,
            "Cover pictures and files",
            "They are shown when a member touches them.",
        ),
        toggle(
            OPTION_CARD,
            "Card below the text",
            "A framed card with a title, a link and a text of its own.",
        ),
        in_card(
            text(
                OPTION_CARD_TITLE,
                "Title of the card",
                FieldKind::Text,
                "One line.",
            )
            .max(256),
        ),
        in_card(text(
            OPTION_CARD_ADDRESS,
            "Link of the card",
            FieldKind::Address,
            "Where its title leads.",
        )),
        in_card(
            text(
                OPTION_CARD_TEXT,
                "Text of the card",
                FieldKind::LongText,
                "What stands below its title.",
            )
            .max(4_096),
        ),
        in_card(toggle(
            OPTION_CARD_PICTURE,
            "First picture in the card",
            "Shows the first picture of the post inside the card.",
        )),
        text(
            OPTION_FORUM_TITLE,
            "Title in a forum",
            FieldKind::Text,
            "Only for webhooks of a forum channel, where every message begins a post with a title.",
        )
        .max(100),
        text(
            OPTION_NAME,
            "Name shown",
            FieldKind::Text,
            "Only for webhooks: a name other than the webhook's own.",
        )
        .max(80),
    ]
}

fn webhook() -> SignInMethod {
    let guide = [
        "In Discord, open the settings of the channel (the cog beside its name), then Integrations, then Webhooks. You need the right to manage webhooks.",
        "Choose New Webhook, give it the name and picture that posts are to have, and save.",
        "Choose Copy Webhook URL and paste it here. Keep it to yourself: whoever has it can post in the channel.",
    ];
    let address = SignInField::new(
        "address",
        "Webhook address",
        FieldKind::Secret,
        "From the channel's settings, Integrations, Webhooks.",
    );
    let fields = vec![address.like("https://discord.com/api/webhooks/…")];
    SignInMethod::form(WEBHOOK, "With a webhook", &guide, fields)
}

fn bot() -> SignInMethod {
    let guide = [
        "Open the Discord developer portal, choose New Application, and give it a name.",
        "Under Bot, choose Reset Token and copy the token it shows once.",
        "Under OAuth2, in the URL generator, tick bot, and below it View Channels, Send Messages, Embed Links, Attach Files and Read Message History. Open the address it makes and add the bot to your server.",
        "In Discord, open the channel in which it is to post, copy the channel's link (right-click it, Copy Link), and paste it here with the token.",
    ];
    let token = SignInField::new(
        "token",
        "Bot token",
        FieldKind::Secret,
        "From the developer portal, under Bot.",
    );
    let channel = SignInField::new(
        "channel",
        "Channel",
        FieldKind::Text,
        "The link of the channel, or its number.",
    );
    let fields = vec![token, channel.like("https://discord.com/channels/123/456")];
    SignInMethod::form(BOT, "With a bot", &guide, fields)
}
