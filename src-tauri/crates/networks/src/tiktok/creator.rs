//! What TikTok lets an account do: asked before each post, since it changes. What it said last is kept with
//! the account, so that a post can be checked without asking.

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
    /// Longest video in seconds; none when TikTok does not say.
    pub(super) max_seconds: Option<u32>,
}

/// Under which names the account's settings keep what TikTok said last.
const KEPT: [&str; 3] = ["noComments", "noDuet", "noStitch"];
/// The same for the longest video.
const KEPT_SECONDS: &str = "maxSeconds";

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
            max_seconds: data["max_video_post_duration_sec"]
                .as_u64()
                .and_then(|seconds| u32::try_from(seconds).ok())
                .filter(|seconds| *seconds > 0),
        }
    }

    /// What TikTok said of an account last. Nothing is forbidden of which nothing is known.
    pub(super) fn kept(account: &Account) -> Self {
        let flag = |name: &str| account.settings[name].as_bool().unwrap_or(false);
        let [no_comments, no_duet, no_stitch] = KEPT.map(flag);
        let seconds = account.settings[KEPT_SECONDS].as_u64();
        Self {
            no_comments,
            no_duet,
            no_stitch,
            max_seconds: seconds.and_then(|seconds| u32::try_from(seconds).ok()),
            ..Self::default()
        }
    }

    /// Keeps it in the settings of its account.
    pub(super) fn keep(&self, settings: &mut Value) {
        let flags = [self.no_comments, self.no_duet, self.no_stitch];
        for (name, off) in KEPT.into_iter().zip(flags) {
            settings[name] = json!(off);
        }
        settings[KEPT_SECONDS] = json!(self.max_seconds);
    }

    /// Longest video in milliseconds.
    pub(super) fn max_ms(&self) -> Option<u32> {
        Some(self.max_seconds?.saturating_mul(1_000))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tiktok_says_is_kept_with_the_account() {
        let said = json!({
            "comment_disabled": true, "duet_disabled": false, "stitch_disabled": true,
            "max_video_post_duration_sec": 300,
        });
        let creator = Creator::read(&said);
        assert_eq!(creator.max_ms(), Some(300_000));
        let mut settings = json!({ "lists": true });
        creator.keep(&mut settings);
        assert_eq!(
            settings,
            json!({
                "lists": true, "noComments": true, "noDuet": false, "noStitch": true,
                "maxSeconds": 300,
            })
        );
        let silent = Creator::read(&json!({ "max_video_post_duration_sec": 0 }));
        assert_eq!(silent.max_ms(), None);
    }
}
