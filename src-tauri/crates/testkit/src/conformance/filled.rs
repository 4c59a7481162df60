//! Sign-in forms as a person fills them in.

use networks::connector::SignInFields;
use networks::vault::Secret;

/// A form with these fields, the secret ones apart.
#[must_use]
pub fn filled(plain: &[(&str, &str)], secret: &[(&str, &str)]) -> SignInFields {
    let mut fields = SignInFields::default();
    for (name, value) in plain {
        fields.plain.insert((*name).to_owned(), (*value).to_owned());
    }
    for (name, value) in secret {
        fields
            .secret
            .insert((*name).to_owned(), Secret::new(*value));
    }
    fields
}
