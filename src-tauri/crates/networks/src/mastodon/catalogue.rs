//! What Mastodon is and can. The numbers here are those of a server that changed none; what counts for
//! an account are its own server's, see [`Instance`](super::instance).

use model::clip::ClipLimits;
use model::quota::{Counted, Limit, Span};
use serde_json::json;

use super::app::SCOPES;
use super::instance::Instance;
use crate::catalogue::{
    Confirms, CountUnit, Cover, Entry, FieldKind, ImageLimits, NativeSchedule, OptionField,
    Publishes, Redirect, SignIn, SignInField, SignInMethod, TextLimits, VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "mastodon";
/// Its name.
pub const NAME: &str = "Mastodon";
/// The way through the browser.
pub const BROWSER: &str = "oauth";
/// The way with a token of the person's own making.
pub const TOKEN: &str = "token";
/// Option: who sees the post.
pub const VISIBILITY: &str = "visibility";
/// Who sees a post, by the server's word, with what people call it; empty is left to the account.
pub const VISIBILITIES: [(&str, &str); 5] = [
    ("", "As set in your account"),
    ("public", "Public"),
    ("unlisted", "Quiet public"),
    ("private", "Followers"),
    ("direct", "Only people mentioned"),
];
/// Option: the later parts of a thread are not shown in public lists.
pub const QUIET_REPLIES: &str = "quietReplies";
/// Option: words shown in place of the post until it is opened.
pub const WARNING: &str = "contentWarning";
/// Option: pictures and videos are blurred.
pub const SENSITIVE: &str = "sensitive";
/// Option: language of the post.
pub const LANGUAGE: &str = "language";
/// Option: a poll below the first part.
pub const POLL: &str = "poll";
/// Option: what can be voted for.
pub const POLL_ANSWERS: &str = "pollAnswers";
/// Option: how long can be voted, in seconds.
pub const POLL_ENDS: &str = "pollEnds";
/// Option: several answers may be chosen.
pub const POLL_MULTIPLE: &str = "pollMultiple";
/// Option: the result shows only at the end.
pub const POLL_HIDDEN: &str = "pollHidden";

/// Where the browser comes back to. The first free port is taken; each is registered when it is used.
const PORTS: [u16; 3] = [41_795, 41_796, 41_797];

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    let usual = Instance::default();
    let entry = Entry {
        publishes: Publishes {
            text: true,
            images: true,
            video: true,
            thread: true,
            ..Publishes::default()
        },
        text: TextLimits {
            unit: CountUnit::Graphemes,
            max: None,
            max_bytes: None,
            link: None,
        },
        images: Some(ImageLimits {
            max_count: 0,
            max_bytes: None,
            formats: ["image/jpeg", "image/png", "image/webp", "image/gif"]
                .map(str::to_owned)
                .to_vec(),
            alt: true,
            max_alt: None,
        }),
        video: Some(VideoLimits {
            max_count: 1,
            max_bytes: None,
            formats: ["video/mp4", "video/quicktime", "video/webm"]
                .map(str::to_owned)
                .to_vec(),
            alt: true,
            captions: None,
            cover: Some(Cover::Picture),
            clip: ClipLimits {
                max_rate: Some(120_000),
                max_pixels: Some(8_294_400),
                ..ClipLimits::default()
            },
            kinds: vec![],
        }),
        options: options(),
        sign_in: sign_in(),
        confirms: Confirms::IdempotencyKey,
        can_delete: true,
        // 300 posts, boosts and edits in three hours on a server that changed nothing.
        more_limits: vec![
            Limit::posts(100, Span::Hour).counting(Counted::Parts, "posts"),
        ],
        finds_people: true,
        // `ScheduledStatus` of the server's code, in 2026: DAILY_LIMIT and TOTAL_LIMIT.
        native_schedule: Some(NativeSchedule::ahead(5, None).at_most(25, 300)),
        metrics: ["likes", "reposts", "replies", "quotes"]
            .map(str::to_owned)
            .to_vec(),
        notes: [
            "How long a post may be and what can be attached is decided by each server; Almanac asks yours.",
            "Every link counts alike, a mention counts without its server, and the content warning counts too.",
            "Pictures are made smaller where they have to be, and lose the place they were taken.",
            "Other software that speaks Mastodon's language works as far as it does so.",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..Entry::plain(KEY, NAME)
    };
    usual.applied(&entry)
}

fn options() -> Vec<OptionField> {
    let ends = [
        ("86400", "1 day"),
        ("300", "5 minutes"),
        ("1800", "30 minutes"),
        ("3600", "1 hour"),
        ("21600", "6 hours"),
        ("43200", "12 hours"),
        ("259200", "3 days"),
        ("604800", "7 days"),
    ];
    let (text, toggle) = (FieldKind::Text, FieldKind::Toggle);
    let with_poll = |field: OptionField| field.when(POLL, &[json!(true)]);
    vec![
        OptionField::choice(
            VISIBILITY,
            "Visible to",
            &VISIBILITIES,
            "Quiet public shows it on your profile but not in public lists.",
        ),
        OptionField::new(
            QUIET_REPLIES,
            "Only the first part of a thread in public lists",
            toggle,
            json!(false),
            "The other parts of a public thread are posted as quiet public.",
        ),
        OptionField::new(
            WARNING,
            "Content warning",
            text,
            json!(""),
            "Shown in place of every part until somebody opens it. It counts towards the length.",
        ),
        OptionField::new(
            SENSITIVE,
            "Hide pictures and videos",
            toggle,
            json!(false),
            "They are blurred until somebody opens them.",
        ),
        OptionField::new(
            LANGUAGE,
            "Language",
            text,
            json!(""),
            "A language code such as en or pt-BR; empty means as set in your account.",
        ),
        OptionField::new(
            POLL,
            "Poll",
            toggle,
            json!(false),
            "Asks a question below the first part; it cannot have pictures then.",
        ),
        with_poll(OptionField::new(
            POLL_ANSWERS,
            "Answers",
            FieldKind::List,
            json!([]),
            "What can be voted for, at least two answers.",
        ))
        .required(),
        with_poll(OptionField::choice(
            POLL_ENDS,
            "Voting ends after",
            &ends,
            "Counted from the minute of the post.",
        )),
        with_poll(OptionField::new(
            POLL_MULTIPLE,
            "Several answers may be chosen",
            toggle,
            json!(false),
            "Otherwise everybody has one vote.",
        )),
        with_poll(OptionField::new(
            POLL_HIDDEN,
            "Hide the result until the end",
            toggle,
            json!(false),
            "Nobody sees the votes before voting is over.",
        )),
    ]
}

fn server() -> SignInField {
    let help = "The address of the server your account is on, or your name with it.";
    SignInField::new("server", "Server", FieldKind::Text, help).like("mastodon.social")
}

fn sign_in() -> SignIn {
    let browser = SignInMethod::form(
        BROWSER,
        "With your browser",
        &[
            "Enter your server, such as mastodon.social. Your full name (@ana@mastodon.social) or the address of your profile works too.",
            "Your browser opens at your server. Sign in there and choose Authorize.",
            "Come back here. There is nothing to register: Almanac introduces itself to your server.",
        ],
        vec![server()],
    );
    let redirect = Redirect::Loopback {
        host: "127.0.0.1".to_owned(),
        ports: PORTS.to_vec(),
        path: "/callback".to_owned(),
    };
    let token = SignInMethod::form(
        TOKEN,
        "With an access token",
        &[
            "On your server, open Preferences, Development, New application.",
            "Call it Almanac and leave the redirect address as it is.",
            "Tick exactly read:accounts, read:statuses, write:media and write:statuses, then Submit.",
            "Open the new application and copy Your access token.",
        ],
        vec![
            server(),
            SignInField::new(
                "token",
                "Access token",
                FieldKind::Secret,
                "From Preferences, Development, your application.",
            ),
        ],
    );
    SignIn {
        methods: vec![browser.through(redirect, None).asking_for(&SCOPES), token],
    }
}
