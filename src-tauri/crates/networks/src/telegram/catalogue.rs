//! What Telegram is and can for a bot: limits of the Bot API's `sendMessage`, `sendPhoto`,
//! `sendVideo` and `sendMediaGroup`.
//!
//! The unit of its 4,096 and 1,024 is not stated. Its entities count in UTF-16 units, and so does
//! Almanac: never less than the server may count, so that nothing is refused there that fits here.

use model::clip::ClipLimits;
use serde_json::json;

use crate::catalogue::{
    CountUnit, Cover, Entry, FieldKind, FileLimits, ImageLimits, OptionField, Publishes, SignIn,
    SignInField, SignInMethod, TextLimits, VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "telegram";
/// Most characters of a message.
pub const MAX_TEXT: u32 = 4_096;
/// Most characters under a picture, a video or a file.
pub const MAX_CAPTION: u32 = 1_024;
/// Most pictures, videos or files of one album.
pub const MAX_ALBUM: u32 = 10;
/// Largest picture in bytes.
pub const MAX_PHOTO_BYTES: u64 = 10_000_000;
/// Largest other file in bytes on Telegram's own server.
pub const MAX_FILE_BYTES: u64 = 50_000_000;
/// The same on a Bot API server of one's own.
const MAX_OWN_FILE_BYTES: u64 = 2_000_000_000;

/// Option: what the marks in a text mean.
pub const OPTION_FORMAT: &str = "format";
/// Value of [`OPTION_FORMAT`]: marks make text bold and the like.
pub const FORMAT_MARKS: &str = "marks";
/// Option: nobody's device makes a sound.
pub const OPTION_SILENT: &str = "silent";
/// Option: how the first link is shown.
pub const OPTION_PREVIEW: &str = "preview";
/// Option: pictures and videos are blurred until they are touched.
pub const OPTION_SPOILER: &str = "spoiler";
/// Option: the text stands above the pictures.
pub const OPTION_CAPTION_ABOVE: &str = "captionAbove";
/// Option: pictures go out as files.
pub const OPTION_AS_FILE: &str = "asFile";
/// Option: nobody can forward or save it.
pub const OPTION_PROTECT: &str = "protect";
/// Option: number of a topic in a group.
pub const OPTION_TOPIC: &str = "topic";

/// The catalogue entry on Telegram's own server.
#[must_use]
pub fn entry() -> Entry {
    with_files_up_to(MAX_FILE_BYTES)
}

/// The same on a Bot API server of one's own, which takes larger files.
#[must_use]
pub fn own_server_entry() -> Entry {
    with_files_up_to(MAX_OWN_FILE_BYTES)
}

fn with_files_up_to(max_bytes: u64) -> Entry {
    let formats = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
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
            max: Some(MAX_TEXT),
            max_bytes: None,
            link: None,
        },
        images: Some(ImageLimits {
            max_count: MAX_ALBUM,
            max_bytes: Some(MAX_PHOTO_BYTES),
            formats: formats(&["image/jpeg", "image/png", "image/gif"]),
            alt: false,
            max_alt: None,
        }),
        video: Some(VideoLimits {
            max_count: MAX_ALBUM,
            max_bytes: Some(max_bytes),
            formats: formats(&["video/mp4", "video/quicktime"]),
            alt: false,
            captions: None,
            cover: Some(Cover::Picture),
            clip: ClipLimits::default(),
            kinds: vec![],
        }),
        files: Some(FileLimits {
            max_count: MAX_ALBUM,
            max_bytes: Some(max_bytes),
            formats: formats(&["application/pdf"]),
            max_pages: None,
        }),
        options: options(),
        sign_in: SignIn {
            methods: vec![sign_in()],
        },
        can_delete: true,
        notes: formats(&[
            "A bot posts in a channel or a group; Telegram has no way to post as a person.",
            "Nothing can be read back from a chat, so Almanac asks you when a connection breaks at the wrong moment.",
            "Telegram keeps no descriptions of pictures and gives bots no numbers.",
            "Telegram takes files of every kind; Almanac keeps pictures, videos and PDF documents, so those are what it can send.",
        ]),
        ..Entry::plain(KEY, "Telegram")
    }
}

fn options() -> Vec<OptionField> {
    let toggle = |name: &str, label: &str, help: &str| {
        OptionField::new(name, label, FieldKind::Toggle, json!(false), help)
    };
    vec![
        OptionField::choice(
            OPTION_FORMAT,
            "Formatting",
            &[("plain", "As written"), (FORMAT_MARKS, "With marks")],
            "With marks, **bold**, __italic__, ~~struck~~, ||spoiler||, `code` and [words](https://example.com) work as in Telegram's own apps.",
        ),
        toggle(
            OPTION_SILENT,
            "Silent",
            "Readers get the message without a sound.",
        ),
        OptionField::choice(
            OPTION_PREVIEW,
            "Preview of the first link",
            &[
                ("below", "Below the text"),
                ("above", "Above the text"),
                ("large", "Large, below the text"),
                ("none", "None"),
            ],
            "How Telegram shows the page behind the first link of a message without files.",
        ),
        toggle(
            OPTION_SPOILER,
            "Blur pictures and videos",
            "They are shown when a reader touches them.",
        ),
        toggle(
            OPTION_CAPTION_ABOVE,
            "Text above the pictures",
            "Otherwise it stands below them.",
        ),
        toggle(
            OPTION_AS_FILE,
            "Pictures as files",
            "Telegram then keeps every pixel, and shows a name instead of the picture.",
        ),
        toggle(
            OPTION_PROTECT,
            "No forwarding",
            "Readers can neither forward nor save it.",
        ),
        OptionField::new(
            OPTION_TOPIC,
            "Topic",
            FieldKind::Number,
            json!(null),
            "In groups with topics: the number before the last in a link to one of its messages.",
        ),
    ]
}

fn sign_in() -> SignInMethod {
    let guide = [
        "In Telegram, open a chat with @BotFather, send /newbot and answer its two questions.",
        "Copy the token it gives you: numbers, a colon, and 35 letters.",
        "Open your channel, then its administrators, add the bot, and leave only Post Messages and Delete Messages on. In a group, add the bot as a member.",
        "Enter the token here, and the channel's name as in @my_channel. For a private channel, copy the link of any of its messages instead.",
    ];
    let token = SignInField::new(
        "token",
        "Bot token",
        FieldKind::Secret,
        "From @BotFather. Whoever has it can post as the bot.",
    );
    let chat = SignInField::new(
        "chat",
        "Channel or group",
        FieldKind::Text,
        "Its @name, its number, or a link to it or to one of its messages.",
    );
    let server = SignInField::new(
        "server",
        "Server",
        FieldKind::Address,
        "Only if you run a Bot API server of your own.",
    );
    let fields = vec![
        token.like("123456789:AAExample"),
        chat.like("@my_channel"),
        server.optional().like("https://api.telegram.org"),
    ];
    SignInMethod::form("token", "With a bot", &guide, fields)
}
