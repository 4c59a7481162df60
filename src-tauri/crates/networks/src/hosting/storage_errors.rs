//! What a refusal of the public storage means for people: the whole table in one function.

use std::error::Error as _;

use model::failure::Category;
use object_store::Error;

use crate::connector::Refusal;

/// Turns an error of the storage into a refusal.
#[must_use]
pub fn refused(error: &Error) -> Refusal {
    let words = chain(error);
    let has = |code: &str| words.contains(code);
    let never = |message: &str| Refusal::never(Category::MediaError, message);
    let refusal = if has("InvalidAccessKeyId") {
        never("The public storage does not know this key. Copy the key ID again.")
    } else if has("SignatureDoesNotMatch") {
        never("The public storage does not take the secret of the key. Copy it again, whole.")
    } else if has("NoSuchBucket") {
        never("There is no bucket of this name in the public storage. Check name and region.")
    } else if has("AuthorizationHeaderMalformed") || has("PermanentRedirect") {
        never("The bucket of the public storage is in another region. Check the region.")
    } else if has("RequestTimeTooSkewed") {
        never(
            "The clock of this computer differs too much from that of the public storage. Set it right.",
        )
    } else if has("QuotaExceeded") || has("InsufficientStorage") || has("507") {
        never("The public storage has no room left.")
    } else if matches!(error, Error::PermissionDenied { .. }) || has("AccessDenied") {
        never(
            "The key may not do this in the public storage. Allow it to put, read, list and delete files in the bucket.",
        )
    } else if matches!(error, Error::Unauthenticated { .. }) {
        never("The public storage does not take this key. Enter it again.")
    } else if has("certificate") {
        Refusal::later(
            Category::NetworkError,
            "This computer does not trust the certificate of the public storage.",
        )
    } else if matches!(error, Error::NotFound { .. }) {
        never(
            "The public storage does not find that. Check the address of the service and the bucket.",
        )
    } else if unreached(error) {
        Refusal::later(
            Category::NetworkError,
            "The public storage could not be reached. Check its address and the internet connection.",
        )
    } else {
        Refusal::later(
            Category::MediaError,
            "The public storage refused a file. The details say why.",
        )
    };
    refusal.with_detail(words)
}

fn unreached(error: &Error) -> bool {
    use object_store::client::{HttpError, HttpErrorKind};
    let mut next = error.source();
    while let Some(cause) = next {
        if let Some(http) = cause.downcast_ref::<HttpError>() {
            return http.kind() == HttpErrorKind::Connect || http.kind() == HttpErrorKind::Timeout;
        }
        next = cause.source();
    }
    false
}

/// An error with all its causes, each said once.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = cause.source();
    }
    text
}
