//! What TikTok lets an account do: asked before each post, since it changes.

use model::account::Account;
use serde_json::{Value, json};

use super::TikTok;
use super::catalogue::privacy_label;
use super::client::{CallError, told};
use crate::api::Failed;
use crate::connector::{Choice, Ctx, Refusal};
use crate::vault::Secret;

const PATH: &str = "/v2/post/publish/creator_info/query/";

/// What an account may do now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Creator {
    /// The name in addresses, without `@`.
    pub(super) username: String,
    /// Who may see a post, by TikTok's words.
    pub(super) privacy: Vec<String>,
    /// The account takes no comments.
    pub(super) no_comments: bool,
    /// The account allows no duets.
    pub(super) no_duet: bool,
    /// The account allows no stitches.
    pub(super) no_stitch: bool,
}

impl Creator {
    fn read(data: &Value) -> Self {
        let flag = |name: &str| data[name].as_bool().unwrap_or(false);
        let levels = data["privacy_level_options"].as_array();
        let levels = levels.into_iter().flatten().filter_map(Value::as_str);
        Self {
            username: data["creator_username"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            privacy: levels.map(str::to_owned).collect(),
            no_comments: flag("comment_disabled"),
            no_duet: flag("duet_disabled"),
            no_stitch: flag("stitch_disabled"),
        }
    }

    /// Whom a post may be shown to, for people, as far as it holds what was typed.
    pub(super) fn choices(&self, query: &str) -> Vec<Choice> {
        let wanted = query.trim().to_lowercase();
        let all = self.privacy.iter().map(|level| Choice {
            value: level.clone(),
            label: privacy_label(level).to_owned(),
        });
        all.filter(|choice| choice.label.to_lowercase().contains(&wanted))
            .collect()
    }
}

impl TikTok {
    /// What an account may do now.
    pub(super) async fn creator(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<Creator, Refusal> {
        let asked: Result<Value, CallError> = self.ask(account, PATH, Some(&json!({})), ctx).await;
        let data = asked.map_err(|failed| told(failed, account, ctx))?;
        Ok(Creator::read(&data))
    }

    /// The same with a token whose account is not known yet.
    pub(super) async fn creator_of(&self, token: &Secret) -> Result<Creator, Failed> {
        let data = self.with_token(token, PATH, Some(&json!({}))).await?;
        Ok(Creator::read(&data))
    }
}
