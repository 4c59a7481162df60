//! How the Graph networks say what all networks say.

use std::time::Duration;

use networks::connector::SignInFields;
use networks::meta::Patience;
use networks::vault::Secret;
use sandbox::Canned;
use serde_json::{Value, json};

use super::Words;

/// Little patience: a test does not wait.
pub const PATIENCE: Patience = Patience {
    between: Duration::from_millis(2),
    looks: 4,
};
/// When everything is due on the desk, in seconds since 1970.
pub const DUE_SECONDS: i64 = crate::desk::DUE.as_millis() / 1_000;

/// An error as the interface writes it.
#[must_use]
pub fn refused(status: u16, code: i64, subcode: i64, message: &str) -> Canned {
    let body = json!({ "error": {
        "message": message, "type": "OAuthException", "code": code, "error_subcode": subcode,
        "fbtrace_id": "AbCdEf",
    }});
    Canned::json(status, &body)
}

/// A form with a token and other fields.
#[must_use]
pub fn form(token: &str, plain: &[(&str, &str)]) -> SignInFields {
    let mut fields = SignInFields::default();
    fields.secret.insert("token".to_owned(), Secret::new(token));
    for (name, value) in plain {
        fields.plain.insert((*name).to_owned(), (*value).to_owned());
    }
    fields
}

/// What they have in common.
#[must_use]
pub fn words(limit: i64) -> Words {
    let usage: Value = json!({ "501": [{
        "type": "pages", "call_count": 101, "estimated_time_to_regain_access": 20,
    }]});
    let limited = refused(
        400,
        limit,
        0,
        "There have been too many calls to this account.",
    );
    Words {
        unauthorized: Some((
            refused(
                401,
                190,
                460,
                "Error validating access token: Bearer EAAxyz",
            ),
            1,
        )),
        forbidden: Some(refused(400, 200, 0, "(#200) Permissions error")),
        wait_until: Some(
            limited
                .clone()
                .with("x-business-use-case-usage", usage.to_string()),
        ),
        wait: Some(limited),
        server_error: refused(
            400,
            2,
            0,
            "An unexpected error has occurred. Please retry your request later.",
        ),
        broken: Canned {
            body: "{\"id\":\"17".to_owned(),
            ..Canned::broken()
        },
        media_lost: None,
        media_too_large: None,
        duplicate: None,
    }
}
