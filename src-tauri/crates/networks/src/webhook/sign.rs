//! Signatures of Standard Webhooks: HMAC-SHA256 over the delivery's name, its time and its body.
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ring::hmac;

/// Shortest and longest secret, in bytes.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The bytes of a secret as it is shown, with or without `whsec_` in front; none when it is none.
#[must_use]
pub fn key(shown: &str) -> Option<Vec<u8>> {
    let text = shown.trim();
    let text = text.strip_prefix("whsec_").unwrap_or(text);
    let bytes = STANDARD
        .decode(text)
        .or_else(|_| STANDARD_NO_PAD.decode(text))
        .ok()?;
    SECRET_BYTES.contains(&bytes.len()).then_some(bytes)
}

/// The value of `webhook-signature`. `at` is in seconds since 1970.
#[must_use]
pub fn signature(key: &[u8], id: &str, at: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let mut context = hmac::Context::with_key(&key);
    context.update(format!("{id}.{at}.").as_bytes());
    context.update(body);
    format!("v1,{}", STANDARD.encode(context.sign()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_specification_does() {
        // The example of the specification's own libraries.
        let key = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(
            signature(
                &key,
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                b"{\"test\": 2432232314}"
            ),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn secrets_are_read_as_they_are_shown() {
        let bytes = [7_u8; 32];
        let shown = STANDARD.encode(bytes);
        assert_eq!(key(&format!(" whsec_{shown} ")).unwrap(), bytes);
        assert_eq!(key(&shown).unwrap(), bytes);
        for odd in [
            "",
            "whsec_",
            "whsec_c2hvcnQ=",
            "not base64!",
            &"QUFB".repeat(30),
        ] {
            assert!(key(odd).is_none(), "{odd}");
        }
    }
}
