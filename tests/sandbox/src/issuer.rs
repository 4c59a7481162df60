//! Codes and tokens of a network that signs people in with OAuth 2: a code works once and for a short
//! time, only with the redirect address and the PKCE verifier it was made for; a refresh token works
//! once where the network says so.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Who allowed what to which app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The person.
    pub owner: String,
    /// The app.
    pub client: String,
    /// What it may do.
    pub scopes: Vec<String>,
}

impl Grant {
    /// Whether it covers this.
    #[must_use]
    pub fn covers(&self, scope: &str) -> bool {
        self.scopes.iter().any(|s| s == scope)
    }
}

/// What a code was made for.
#[derive(Debug, Clone)]
struct Code {
    grant: Grant,
    redirect: String,
    /// The challenge and whether it is hashed.
    challenge: Option<(String, bool)>,
    until: Instant,
    used: bool,
}

/// A token that is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bad {
    /// Never given out.
    Unknown,
    /// Ended, used up or revoked.
    Ended,
    /// Made for another app, address or verifier.
    Foreign,
}

/// Gives out codes and tokens.
#[derive(Debug)]
pub struct Issuer {
    prefix: &'static str,
    code_life: Duration,
    made: u64,
    codes: HashMap<String, Code>,
    access: HashMap<String, (Grant, bool)>,
    refresh: HashMap<String, (Grant, bool)>,
    renewed: usize,
}

impl Issuer {
    /// An issuer whose tokens begin alike and whose codes live this long.
    #[must_use]
    pub fn new(prefix: &'static str, code_life: Duration) -> Self {
        Self {
            prefix,
            code_life,
            made: 0,
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
            renewed: 0,
        }
    }

    fn name(&mut self, kind: &str) -> String {
        self.made += 1;
        let seed = format!("{}/{kind}/{}", self.prefix, self.made);
        let tail = URL_SAFE_NO_PAD.encode(Sha256::digest(seed.as_bytes()));
        format!("{}-{kind}-{tail}", self.prefix)
    }

    /// A code. `challenge` is the PKCE challenge and whether it is hashed (S256).
    pub fn code(
        &mut self,
        grant: Grant,
        redirect: &str,
        challenge: Option<(String, bool)>,
    ) -> String {
        let code = self.name("code");
        let made = Code {
            grant,
            redirect: redirect.to_owned(),
            challenge,
            until: Instant::now() + self.code_life,
            used: false,
        };
        self.codes.insert(code.clone(), made);
        code
    }

    /// Takes a code for what it was made for, once.
    pub fn redeem(
        &mut self,
        code: &str,
        client: &str,
        redirect: &str,
        verifier: Option<&str>,
    ) -> Result<Grant, Bad> {
        let known = self.codes.get_mut(code).ok_or(Bad::Unknown)?;
        if known.used || Instant::now() > known.until {
            return Err(Bad::Ended);
        }
        let proven = match (&known.challenge, verifier) {
            (None, _) => true,
            (Some((challenge, true)), Some(verifier)) => {
                *challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
            }
            (Some((challenge, false)), Some(verifier)) => challenge == verifier,
            (Some(_), None) => false,
        };
        if known.grant.client != client || known.redirect != redirect || !proven {
            return Err(Bad::Foreign);
        }
        known.used = true;
        Ok(known.grant.clone())
    }

    /// An access token.
    pub fn access(&mut self, grant: &Grant) -> String {
        let token = self.name("access");
        self.access.insert(token.clone(), (grant.clone(), true));
        token
    }

    /// A refresh token.
    pub fn refresh(&mut self, grant: &Grant) -> String {
        let token = self.name("refresh");
        self.refresh.insert(token.clone(), (grant.clone(), true));
        token
    }

    /// Takes a refresh token of an app; with `once` it is used up.
    pub fn renew(&mut self, token: &str, client: &str, once: bool) -> Result<Grant, Bad> {
        let (grant, good) = self.refresh.get_mut(token).ok_or(Bad::Unknown)?;
        if grant.client != client {
            return Err(Bad::Foreign);
        }
        if !*good {
            return Err(Bad::Ended);
        }
        *good = !once;
        self.renewed += 1;
        Ok(grant.clone())
    }

    /// Who calls with an access token.
    pub fn caller(&self, token: &str) -> Result<Grant, Bad> {
        match self.access.get(token) {
            Some((grant, true)) => Ok(grant.clone()),
            Some((_, false)) => Err(Bad::Ended),
            None => Err(Bad::Unknown),
        }
    }

    /// Ends a token and every other of the same grant; false when nobody knows it.
    pub fn revoke(&mut self, token: &str) -> bool {
        let grant = self.access.get(token).or_else(|| self.refresh.get(token));
        let Some((grant, _)) = grant.cloned() else {
            return false;
        };
        let all = self.access.values_mut().chain(self.refresh.values_mut());
        all.filter(|(g, _)| *g == grant)
            .for_each(|(_, good)| *good = false);
        true
    }

    /// Every access token ends now.
    pub fn end_access(&mut self) {
        self.access.values_mut().for_each(|(_, good)| *good = false);
    }

    /// Everything ends now, as when a person takes the app away.
    pub fn end_all(&mut self) {
        self.end_access();
        self.refresh
            .values_mut()
            .for_each(|(_, good)| *good = false);
    }

    /// Every code runs out now.
    pub fn expire_codes(&mut self) {
        self.codes.values_mut().for_each(|code| code.used = true);
    }

    /// How often a token was renewed.
    #[must_use]
    pub fn renewed(&self) -> usize {
        self.renewed
    }

    /// How many refresh tokens are still good.
    #[must_use]
    pub fn open(&self) -> usize {
        self.refresh.values().filter(|(_, good)| *good).count()
    }

    /// Every token ever given out, for looking for leaks.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        self.access
            .keys()
            .chain(self.refresh.keys())
            .chain(self.codes.keys())
            .cloned()
            .collect()
    }
}
