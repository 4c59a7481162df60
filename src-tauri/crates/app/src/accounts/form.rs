//! What a person types to sign in, and what is kept of their app at a network.

use std::collections::BTreeMap;

use model::AccountId;
use networks::catalogue::{FieldKind, SignInField, SignInMethod};
use networks::connector::{Connector, SignInFields};
use networks::hosting::{FOLDER_ADDRESS, WebFolder};
use networks::vault::{Secret, Vault, app_holder};

use crate::app::App;
use crate::error::Result;
use crate::types::ApiError;
use crate::types::accounts::{KeptApp, OneNetwork};

/// Longest field of a sign-in form, in bytes.
const MAX_FIELD: usize = 8 * 1024;
/// Most fields of a sign-in form.
const MAX_FIELDS: usize = 50;
/// What is put into the vault for a moment, to see whether it takes anything.
const TRIAL: &str = "trial";
/// The name under which the person's app at a network lies in the vault.
const APP: &str = "app";

/// The way to sign in that was asked for.
pub(super) fn method<'a>(connector: &'a dyn Connector, key: &str) -> Result<&'a SignInMethod> {
    let methods = &connector.entry().sign_in;
    methods
        .method(key)
        .ok_or_else(|| ApiError::invalid("method", "One cannot sign in to this network that way."))
}

impl App {
    /// What was typed into the form, within bounds, with what is kept of the person's app for fields that
    /// were left empty. With secrets among it, the vault has to answer first: signing in and not being
    /// able to keep the sign-in helps nobody.
    pub(super) async fn fields(
        &self,
        connector: &dyn Connector,
        method: &SignInMethod,
        mut plain: BTreeMap<String, String>,
        mut secret: BTreeMap<String, String>,
    ) -> Result<SignInFields> {
        let long = |(name, value): (&String, &String)| name.len() > 100 || value.len() > MAX_FIELD;
        if plain.len() + secret.len() > MAX_FIELDS
            || plain.iter().any(long)
            || secret.iter().any(long)
        {
            return Err(ApiError::invalid(
                "fields",
                "Something that was filled in is too long.",
            ));
        }
        let has_secrets =
            method.browser.is_some() || method.fields.iter().any(|f| f.kind == FieldKind::Secret);
        if has_secrets {
            // A locked keyring still tells that it has no such entry, so something is put in.
            let nobody = AccountId(uuid::Uuid::nil());
            let vault = &self.inner.vault;
            vault.set(nobody, TRIAL, &Secret::new(TRIAL)).await?;
            vault.forget(nobody, TRIAL).await?;
        }
        if method.fields.iter().any(|f| f.of_app) {
            let kept = self.app_at(&connector.entry().key).await?;
            for field in method.fields.iter().filter(|f| f.of_app) {
                let into = side(field, &mut plain, &mut secret);
                let empty = into.get(&field.name).is_none_or(|v| v.trim().is_empty());
                if let Some(value) = kept.get(&field.name).filter(|_| empty) {
                    into.insert(field.name.clone(), value.clone());
                }
            }
        }
        for field in method.fields.iter().filter(|f| !f.optional) {
            let given = plain.get(&field.name).or_else(|| secret.get(&field.name));
            let needed = !matches!(field.kind, FieldKind::Toggle);
            if needed && given.is_none_or(|value| value.trim().is_empty()) {
                return Err(ApiError::invalid(
                    &field.name,
                    format!("\"{}\" is still empty.", field.label),
                ));
            }
        }
        let secret = secret
            .into_iter()
            .map(|(name, value)| (name, Secret::new(value)))
            .collect();
        Ok(SignInFields { plain, secret })
    }

    /// A web folder that does not work is told before anybody signs in.
    pub(super) async fn try_typed_folder(&self, fields: &SignInFields) -> Result<()> {
        let folder = WebFolder::typed(fields)?;
        let Some(folder) = folder else {
            return Ok(());
        };
        self.try_folder(&folder).await.map_err(|refusal| {
            let error = ApiError::invalid(FOLDER_ADDRESS, refusal.message);
            match refusal.detail {
                Some(detail) => error.with_detail(detail),
                None => error,
            }
        })
    }

    /// Keeps the fields of the person's app for the next account.
    pub(super) async fn keep_app(
        &self,
        connector: &dyn Connector,
        app: &BTreeMap<String, String>,
    ) -> Result<()> {
        if app.is_empty() {
            return Ok(());
        }
        let key = &connector.entry().key;
        let mut kept = self.app_at(key).await?;
        kept.extend(app.clone());
        // Texts always make JSON.
        let secret = Secret::new(serde_json::to_string(&kept).unwrap_or_default());
        self.inner.vault.set(app_holder(key), APP, &secret).await?;
        Ok(())
    }

    async fn app_at(&self, network: &str) -> Result<BTreeMap<String, String>> {
        let kept = self.inner.vault.get(app_holder(network), APP).await?;
        let read = kept.and_then(|secret| serde_json::from_str(secret.reveal()).ok());
        Ok(read.unwrap_or_default())
    }

    /// What is kept of the person's app at a network; secrets by name only.
    pub async fn accounts_kept_app(&self, input: OneNetwork) -> Result<KeptApp> {
        let connector = self.connector(&input.network)?;
        let kept = self.app_at(&input.network).await?;
        let mut out = KeptApp {
            fields: BTreeMap::new(),
            secrets: vec![],
        };
        let of_app = connector.entry().sign_in.fields().filter(|f| f.of_app);
        for field in of_app {
            let Some(value) = kept.get(&field.name) else {
                continue;
            };
            if field.kind != FieldKind::Secret {
                out.fields.insert(field.name.clone(), value.clone());
            } else if !out.secrets.contains(&field.name) {
                out.secrets.push(field.name.clone());
            }
        }
        Ok(out)
    }
}

/// The map a field belongs into.
fn side<'a>(
    field: &SignInField,
    plain: &'a mut BTreeMap<String, String>,
    secret: &'a mut BTreeMap<String, String>,
) -> &'a mut BTreeMap<String, String> {
    if field.kind == FieldKind::Secret {
        secret
    } else {
        plain
    }
}

/// The fields of the person's app among what was filled in.
pub(super) fn of_app(method: &SignInMethod, fields: &SignInFields) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for field in method.fields.iter().filter(|f| f.of_app) {
        let value = match field.kind {
            FieldKind::Secret => fields.secret(&field.name),
            _ => fields.plain(&field.name),
        };
        if !value.is_empty() {
            out.insert(field.name.clone(), value.to_owned());
        }
    }
    out
}
