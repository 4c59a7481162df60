//! What signs a call: a token, and with it the proof that the app's secret is known.
//!
//! An app can demand the proof of every call ("Require App Secret"); whoever has nothing but a token that
//! was stolen can do nothing with it then. It is the HMAC-SHA256 of the token under the secret, written in
//! hexadecimal, and goes along as `appsecret_proof` ("Securing Graph API Requests"). As it follows from both,
//! it is kept in place of the secret, and beside a token it opens nothing more. In an address it is no
//! secret: without the token nobody can use it.

use ring::hmac;

use crate::hex::hex;
use crate::tokens::Tokens;
use crate::vault::Secret;

/// Under which name the proof is kept beside its token.
pub const PROOF: &str = "proof";

/// Something that signs calls.
pub trait Signs: Send + Sync {
    /// The token.
    fn token(&self) -> &Secret;

    /// The proof; none where the app's secret was never known.
    fn proof(&self) -> Option<&Secret> {
        None
    }
}

impl Signs for Secret {
    fn token(&self) -> &Secret {
        self
    }
}

/// A token, with its proof where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    token: Secret,
    proof: Option<Secret>,
}

impl Signs for Pass {
    fn token(&self) -> &Secret {
        &self.token
    }

    fn proof(&self) -> Option<&Secret> {
        self.proof.as_ref()
    }
}

impl Pass {
    /// A token of an app whose secret is not known.
    #[must_use]
    pub fn plain(token: Secret) -> Self {
        Self { token, proof: None }
    }

    /// A token of the app with this secret.
    #[must_use]
    pub fn proven(token: Secret, app_secret: &str) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, app_secret.as_bytes());
        let proof = hmac::sign(&key, token.reveal().as_bytes());
        Self {
            token,
            proof: Some(Secret::new(hex(proof.as_ref()))),
        }
    }

    /// As it lies in the vault.
    #[must_use]
    pub fn kept(tokens: Tokens) -> Self {
        Self {
            proof: tokens.more.get(PROOF).cloned(),
            token: tokens.access,
        }
    }

    /// Its parts.
    #[must_use]
    pub fn into_parts(self) -> (Secret, Option<Secret>) {
        (self.token, self.proof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proof_is_the_one_that_everybody_computes() {
        // Test case 2 of RFC 4231.
        let pass = Pass::proven(Secret::new("what do ya want for nothing?"), "Jefe");
        assert_eq!(
            pass.proof().map(Secret::reveal),
            Some("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        );
        assert_eq!(Pass::plain(Secret::new("x")).proof(), None);
    }
}
