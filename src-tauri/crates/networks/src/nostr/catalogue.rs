//! What Nostr is and can. Relays name limits of their own; none is common to all of them.

use serde_json::json;

use crate::catalogue::{
    Confirms, Entry, FieldKind, OptionField, Publishes, SignIn, SignInField, SignInMethod, Support,
};

/// Key of the network.
pub const KEY: &str = "nostr";
/// Relays that are used when the person has named none, here or on the network.
pub const USUAL_RELAYS: [&str; 3] = [
    "wss://relay.damus.io",
    "wss://nos.lol",
    "wss://relay.primal.net",
];
/// Most relays of an account.
pub const MAX_RELAYS: usize = 10;
/// Option: addresses of pictures.
pub const OPTION_IMAGES: &str = "images";
/// Option: tags besides those in the text.
pub const OPTION_TAGS: &str = "tags";
/// Option: why the note is hidden at first.
pub const OPTION_WARNING: &str = "contentWarning";

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    Entry {
        support: Support::Partial,
        publishes: Publishes {
            text: true,
            thread: true,
            ..Publishes::default()
        },
        options: vec![
            OptionField::new(
                OPTION_IMAGES,
                "Pictures",
                FieldKind::List,
                json!([]),
                "Web addresses of pictures or videos; a description may follow after a blank. In a thread each goes with the part that has its address in its text, and with the first where none has.",
            )
            .max(20),
            OptionField::new(
                OPTION_TAGS,
                "More tags",
                FieldKind::List,
                json!([]),
                "Tags by which the note is found, besides those in the text.",
            )
            .max(20),
            OptionField::new(
                OPTION_WARNING,
                "Content warning",
                FieldKind::Text,
                json!(""),
                "Why the note is hidden until somebody wants to see it.",
            )
            .max(200),
        ],
        sign_in: sign_in(),
        confirms: Confirms::ChosenId,
        can_delete: true,
        metrics: ["likes", "reposts", "replies"].map(str::to_owned).to_vec(),
        notes: [
            "Notes are public, and whatever reached a relay may stay there: deleting asks the relays to forget a note, and most do.",
            "Pictures are shown by their web address; Nostr itself keeps no files.",
            "A note counts as published when one of your relays took it.",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..Entry::plain(KEY, "Nostr")
    }
}

fn sign_in() -> SignIn {
    let guide = [
        "In your Nostr app, open the settings and look for Keys, Backup or Security.",
        "Copy the secret key: it begins with nsec1. Whoever has it can post as you, so it goes nowhere but into the keyring of this computer.",
        "Enter it here. Your relays are found by themselves; name some only to use others.",
    ];
    let fields = vec![
        SignInField::new(
            "key",
            "Secret key",
            FieldKind::Secret,
            "Begins with nsec1, or has 64 digits and letters from a to f.",
        )
        .like("nsec1…"),
        SignInField::new(
            "relays",
            "Relays",
            FieldKind::Text,
            "Addresses that begin with wss, separated by blanks.",
        )
        .optional()
        .like("found by your key"),
    ];
    SignIn {
        methods: vec![SignInMethod::form(
            "key",
            "With your secret key",
            &guide,
            fields,
        )],
    }
}
