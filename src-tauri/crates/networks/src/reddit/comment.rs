//! The first comment below a post.

use model::account::Account;
use serde_json::Value;

use super::Reddit;
use super::client::told;
use crate::connector::{CommentSeen, Commented, Ctx, Delivered};
use crate::sending::commented;

impl Reddit {
    pub(super) async fn comment_now(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> Commented {
        let form = [
            ("api_type", "json".to_owned()),
            ("thing_id", delivered.remote_id.clone()),
            ("text", words.to_owned()),
        ];
        let called = self.post(account, "/api/comment", &form, ctx).await;
        commented(called, |failed| told(failed, account, ctx))
    }

    pub(super) async fn look_for_comment_now(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> CommentSeen {
        let path = format!(
            "/comments/{}",
            delivered.remote_id.trim_start_matches("t3_")
        );
        let query = [("sort", "old"), ("depth", "1"), ("limit", "50")];
        let answer = match self.get(account, &path, &query, ctx).await {
            Ok(answer) => answer,
            Err(failed) => return CommentSeen::NotNow(told(failed, account, ctx)),
        };
        // The post comes first, then its comments.
        let all = answer.pointer("/1/data/children").and_then(Value::as_array);
        let own = all.into_iter().flatten().filter_map(|c| c.get("data"));
        let own = own.filter(|c| {
            let author = c.get("author").and_then(Value::as_str).unwrap_or_default();
            author.eq_ignore_ascii_case(account.handle.trim_start_matches("u/"))
        });
        CommentSeen::among(own.filter_map(|c| c.get("body")?.as_str()), words)
    }
}
