//! Keys: read as people have them (NIP-19), and used for signing (BIP-340).

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};
use k256::schnorr::{Signature, SigningKey, VerifyingKey};
use model::failure::Category;

use crate::connector::Refusal;
use crate::hex::hex;

/// 32 bytes of 64 hexadecimal digits.
#[must_use]
pub fn bytes32(hex: &str) -> Option<[u8; 32]> {
    if hex.len() != 64 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * n..2 * n + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// The kind and the bytes of a name such as `npub1…`; none when its check sum is wrong.
#[must_use]
pub fn decoded(name: &str) -> Option<(String, Vec<u8>)> {
    let checked = CheckedHrpstring::new::<Bech32>(name).ok()?;
    let kind = checked.hrp().to_lowercase();
    Some((kind, checked.byte_iter().collect()))
}

/// The name of a key, such as `npub1…`.
#[must_use]
pub fn encoded(kind: &str, bytes: &[u8]) -> String {
    let name = Hrp::parse(kind).map(|hrp| bech32::encode::<Bech32>(hrp, bytes));
    match name {
        Ok(Ok(name)) => name,
        // Our own kinds always are names; digits are as good.
        _ => hex(bytes),
    }
}

/// A secret key. Prints nothing of itself.
pub struct Key(SigningKey);

impl Key {
    /// Reads a key as a person has it.
    pub fn read(typed: &str) -> Result<Self, Refusal> {
        let typed = typed.trim();
        let typed = typed.strip_prefix("nostr:").unwrap_or(typed);
        let bytes = match decoded(typed) {
            Some((kind, bytes)) if kind == "nsec" => bytes,
            Some((kind, _)) if kind == "npub" || kind == "nprofile" => {
                return Err(wrong(
                    "That is your public key. Almanac needs the secret one, which begins with nsec1.",
                ));
            }
            Some((kind, _)) if kind == "ncryptsec" => {
                return Err(wrong(
                    "That key is locked with a password. Unlock it in your Nostr app and copy the one that begins with nsec1.",
                ));
            }
            _ => match bytes32(typed) {
                Some(bytes) => bytes.to_vec(),
                None => return Err(no_key()),
            },
        };
        if bytes.len() != 32 {
            return Err(no_key());
        }
        SigningKey::from_slice(&bytes)
            .map(Self)
            .map_err(|_| no_key())
    }

    /// As it is kept in the vault.
    #[must_use]
    pub fn secret(&self) -> String {
        hex(&self.0.to_bytes())
    }

    /// The public key, as 64 digits.
    #[must_use]
    pub fn public(&self) -> String {
        hex(&self.0.verifying_key().to_bytes())
    }

    /// Signs 32 bytes. `chance` are random bytes that protect the key; none when it cannot be signed.
    #[must_use]
    pub fn sign(&self, message: &[u8; 32], chance: &[u8; 32]) -> Option<String> {
        let signature = self.0.sign_raw(message, chance).ok()?;
        Some(hex(&signature.to_bytes()))
    }
}

/// Whether a signature is that of a key over 32 bytes.
#[must_use]
pub fn is_signed(public: &str, message: &[u8; 32], signature: &str) -> bool {
    let halves = signature.get(..64).zip(signature.get(64..));
    let halves = halves.and_then(|(a, b)| bytes32(a).zip(bytes32(b)));
    let (Some(public), Some((a, b))) = (bytes32(public), halves) else {
        return false;
    };
    let whole = [a, b].concat();
    let signature = Signature::from_slice(&whole);
    let key = VerifyingKey::from_slice(&public);
    matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_raw(message, &signature).is_ok())
}

fn wrong(words: &str) -> Refusal {
    Refusal::never(Category::Validation, words)
}

fn no_key() -> Refusal {
    wrong("That is no secret key of Nostr. It begins with nsec1; copy all of it.")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pair of keys that NIP-19 and NIP-06 show.
    const NSEC: &str = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5";
    const SECRET: &str = "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa";
    const PUBLIC: &str = "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e";
    const NPUB: &str = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg";

    #[test]
    fn keys_are_read_as_people_have_them() {
        for typed in [NSEC, SECRET, &format!(" {NSEC}\n"), &NSEC.to_uppercase()] {
            let key = Key::read(typed).ok().unwrap();
            assert_eq!(
                (key.secret().as_str(), key.public().as_str()),
                (SECRET, PUBLIC)
            );
        }
        assert_eq!(encoded("npub", &bytes32(PUBLIC).unwrap()), NPUB);
        assert_eq!(decoded(NPUB).unwrap().1, bytes32(PUBLIC).unwrap());
    }

    #[test]
    fn what_is_no_secret_key_is_told_apart_and_never_repeated() {
        let zero = "0".repeat(64);
        let cut = &NSEC[..NSEC.len() - 1];
        for (typed, word) in [
            (NPUB, "public key"),
            (cut, "no secret key"),
            (zero.as_str(), "no secret key"),
            ("", "no secret key"),
        ] {
            let refused = Key::read(typed).err().unwrap();
            assert!(refused.message.contains(word), "{}", refused.message);
            assert!(!format!("{refused:?}").contains("vl029m"));
        }
    }

    #[test]
    fn what_was_signed_is_known_again_and_nothing_else() {
        let key = Key::read(SECRET).ok().unwrap();
        let signature = key.sign(&[7; 32], &[9; 32]).unwrap();
        assert!(is_signed(PUBLIC, &[7; 32], &signature));
        assert!(!is_signed(PUBLIC, &[8; 32], &signature));
        assert!(!is_signed(SECRET, &[7; 32], &signature));
        assert!(!is_signed(PUBLIC, &[7; 32], ""));
        assert!(!is_signed(PUBLIC, &[7; 32], &"é".repeat(64)));
    }
}
