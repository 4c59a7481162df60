//! What WordPress is and can. Sites name no limits of text; those of files are the host's own and show
//! only when an upload is refused, so pictures are made to fit what most hosts take.

use model::clip::ClipLimits;
use serde_json::json;

use crate::catalogue::{
    Confirms, CountUnit, Entry, FieldKind, ImageLimits, NativeSchedule, OptionField, Publishes,
    SignIn, SignInField, SignInMethod, TextLimits, VideoLimits,
};

/// Key of the network.
pub const KEY: &str = "wordpress";
/// Largest picture in bytes that is sent at first; smaller again where a host takes less.
pub const MAX_IMAGE_BYTES: u64 = 5_000_000;
/// Longest side of a picture in pixels: what WordPress itself scales larger ones down to.
pub const MAX_SIDE: u32 = 2_560;
/// Option: the title of the article.
pub const OPTION_TITLE: &str = "title";
/// Option: the short text for lists.
pub const OPTION_EXCERPT: &str = "excerpt";
/// Option: what becomes of the article.
pub const OPTION_STATUS: &str = "status";
/// Option: names of categories that are there.
pub const OPTION_CATEGORIES: &str = "categories";
/// Option: names of tags.
pub const OPTION_TAGS: &str = "tags";
/// Option: the readable part of the address.
pub const OPTION_SLUG: &str = "slug";
/// Option: the first picture is the featured one.
pub const OPTION_FEATURED: &str = "featured";
/// Option: how the text is read.
pub const OPTION_FORMAT: &str = "format";
/// Option: whether readers may comment.
pub const OPTION_COMMENTS: &str = "comments";
/// Option: stays on top of the front page.
pub const OPTION_STICKY: &str = "sticky";

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    Entry {
        publishes: Publishes {
            text: true,
            images: true,
            video: true,
            mixed: true,
            ..Publishes::default()
        },
        text: TextLimits {
            unit: CountUnit::Graphemes,
            max: None,
            max_bytes: None,
            link: None,
        },
        images: Some(ImageLimits {
            max_count: 20,
            max_bytes: Some(MAX_IMAGE_BYTES),
            formats: ["image/jpeg", "image/png", "image/webp", "image/gif"]
                .map(str::to_owned)
                .to_vec(),
            alt: true,
            max_alt: None,
        }),
        video: Some(VideoLimits {
            max_count: 5,
            max_bytes: None,
            formats: ["video/mp4", "video/webm", "video/quicktime", "video/ogg"]
                .map(str::to_owned)
                .to_vec(),
            alt: false,
            captions: None,
            cover: None,
            clip: ClipLimits::default(),
            kinds: vec![],
        }),
        options: options(),
        sign_in: sign_in(),
        confirms: Confirms::TwoPhase,
        can_delete: true,
        native_schedule: Some(NativeSchedule::ahead(2, None)),
        metrics: vec!["replies".to_owned()],
        notes: [
            "Articles are made as a draft first and then published, so that none appears twice.",
            "Pictures are made smaller where they have to be, and lose the place they were taken.",
            "Deleting moves the article to the trash of the site.",
            "Sites on wordpress.com need a plan that takes plugins; others have no application passwords.",
            "A site keeps its own time for scheduled articles: without visitors they may appear late.",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..Entry::plain(KEY, "WordPress")
    }
}

fn options() -> Vec<OptionField> {
    vec![
        OptionField::new(
            OPTION_TITLE,
            "Title",
            FieldKind::Text,
            json!(""),
            "Above the article; without one, the title of the post or its first words.",
        )
        .max(200),
        OptionField::choice(
            OPTION_STATUS,
            "Publish as",
            &[
                ("publish", "Public article"),
                ("private", "Private article"),
                ("pending", "Waiting for review"),
                ("draft", "Draft"),
            ],
            "Who may see it at the minute it goes out.",
        ),
        OptionField::new(
            OPTION_CATEGORIES,
            "Categories",
            FieldKind::List,
            json!([]),
            "Names of categories that the site has.",
        )
        .max(20),
        OptionField::new(
            OPTION_TAGS,
            "Tags",
            FieldKind::List,
            json!([]),
            "Names of tags; those the site does not have yet are made.",
        )
        .max(50),
        OptionField::new(
            OPTION_EXCERPT,
            "Excerpt",
            FieldKind::LongText,
            json!(""),
            "A short text for lists and search; without one, the site takes the beginning.",
        )
        .max(1_000),
        OptionField::new(
            OPTION_FEATURED,
            "First picture is the featured image",
            FieldKind::Toggle,
            json!(true),
            "Shown where the theme shows it; the other files stand below the text.",
        ),
        OptionField::choice(
            OPTION_FORMAT,
            "Text",
            &[("markdown", "Markdown"), ("plain", "Plain text")],
            "How the text becomes the article. HTML in it is shown as it is typed.",
        ),
        OptionField::new(
            OPTION_SLUG,
            "Address",
            FieldKind::Text,
            json!(""),
            "Words for the article's address, else those of the title; a short code behind them lets Almanac find it again.",
        )
        .max(100),
        OptionField::choice(
            OPTION_COMMENTS,
            "Comments",
            &[
                ("", "As the site has it"),
                ("open", "Allowed"),
                ("closed", "Not allowed"),
            ],
            "Whether readers may comment.",
        ),
        OptionField::new(
            OPTION_STICKY,
            "Keep on top",
            FieldKind::Toggle,
            json!(false),
            "Stays at the top of the front page.",
        )
        .when(OPTION_STATUS, &[json!("publish")]),
    ]
}

fn sign_in() -> SignIn {
    let guide = [
        "Sign in to your site in the browser and open Users, Profile.",
        "Under Application Passwords, type Almanac as the name and choose Add New Application Password.",
        "Copy the password that appears: six groups of four letters and digits. It is shown once.",
        "Enter the address of the site, your user name and that password here.",
        "If there are no Application Passwords, the site has no https, or a security plugin turned them off.",
    ];
    let site = SignInField::new(
        "site",
        "Address of the site",
        FieldKind::Address,
        "As visitors type it; it has to begin with https.",
    );
    let user = SignInField::new(
        "user",
        "User name",
        FieldKind::Text,
        "The name you sign in with, or the e-mail address.",
    );
    let password = SignInField::new(
        "password",
        "Application password",
        FieldKind::Secret,
        "From Users, Profile, Application Passwords. Your own password does not work here.",
    );
    let fields = vec![
        site.like("https://example.org"),
        user.like("ana"),
        password.like("xxxx xxxx xxxx xxxx xxxx xxxx"),
    ];
    SignIn {
        methods: vec![SignInMethod::form(
            "app_password",
            "With an application password",
            &guide,
            fields,
        )],
    }
}
