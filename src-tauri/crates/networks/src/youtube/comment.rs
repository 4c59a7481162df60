//! The first comment below a video (`commentThreads`), which needs the scope that the sign-in asks for.

use model::account::Account;
use model::failure::Category;
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{CallError, told};
use super::{YouTube, errors};
use crate::connector::{CommentSeen, Commented, Ctx, Delivered, Refusal};
use crate::sending::commented;
use crate::tokens::CallFailed;

impl YouTube {
    pub(super) async fn comment_now(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> Commented {
        let thread = json!({ "snippet": {
            "channelId": account.remote_id,
            "videoId": delivered.remote_id,
            "topLevelComment": { "snippet": { "textOriginal": words } },
        }});
        let path = "/youtube/v3/commentThreads?part=snippet";
        let called = self
            .call(account, Method::POST, path, ctx, |call| call.json(&thread))
            .await;
        commented(called, |failed| refusal(failed, account, ctx))
    }

    pub(super) async fn look_for_comment_now(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> CommentSeen {
        let path = format!(
            "/youtube/v3/commentThreads?part=snippet&maxResults=50&order=time&textFormat=plainText&videoId={}",
            delivered.remote_id
        );
        let called = self
            .call(account, Method::GET, &path, ctx, |call| call)
            .await;
        let answer = match called {
            Ok(answer) => answer,
            Err(failed) => return CommentSeen::NotNow(refusal(failed, account, ctx)),
        };
        let Some(body) = answer.json() else {
            let odd = CallFailed::Call(crate::api::Failed::Answered(answer));
            return CommentSeen::NotNow(told(odd, account, ctx));
        };
        let all = body.get("items").and_then(Value::as_array);
        let comments = all.into_iter().flatten();
        let snippets = comments.filter_map(|c| c.pointer("/snippet/topLevelComment/snippet"));
        let texts = snippets.flat_map(|s| {
            ["textOriginal", "textDisplay"]
                .into_iter()
                .filter_map(|name| s.get(name)?.as_str())
        });
        CommentSeen::among(texts, words)
    }
}

/// A failed call; what is forbidden is commenting and not posting.
fn refusal(failed: CallError, account: &Account, ctx: Ctx<'_>) -> Refusal {
    let reason = match &failed {
        CallFailed::Call(failed) => errors::reason(failed),
        CallFailed::Before(_) => String::new(),
    };
    let refusal = told(failed, account, ctx);
    let message = match reason.as_str() {
        "commentsDisabled" => {
            "Comments are turned off for this video, as on private ones and those made for children."
                .to_owned()
        }
        "videoNotFound" => "YouTube does not show the video any more.".to_owned(),
        "commentTextTooLong" | "commentTextRequired" => {
            "YouTube takes comments of up to 10,000 characters.".to_owned()
        }
        "insufficientPermissions" | "ACCESS_TOKEN_SCOPE_INSUFFICIENT" | "forbidden" => format!(
            "YouTube does not let Almanac comment for {}. Connect the account again and leave every box ticked.",
            account.handle
        ),
        _ => return refusal,
    };
    Refusal {
        category: Category::Validation,
        message,
        ..refusal
    }
}
