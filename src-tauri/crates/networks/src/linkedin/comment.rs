//! The first comment below a page's post (Comments API).
//!
//! Documents of today name rights of their own for comments, `w_organization_social_feed` and
//! `r_organization_social_feed`. A person's comments can be written by the same documents, while programs
//! report refusals without another right, and can never be read back: so profiles get none.

use model::account::Account;
use model::failure::Category;
use serde_json::{Value, json};

use super::client::{CallError, encoded, told};
use super::{LinkedIn, is_page};
use crate::connector::{CommentSeen, Commented, Ctx, Delivered, Refusal};
use crate::sending::commented;
use crate::tokens::CallFailed;

/// Why profiles get none.
pub(super) const PAGES_ONLY: &str = "LinkedIn lets programs comment for company pages only: write the first comment of a profile on LinkedIn itself.";

impl LinkedIn {
    pub(super) async fn comment_now(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> Commented {
        if !is_page(account) {
            return Commented::NotWritten(Refusal::never(Category::Validation, PAGES_ONLY));
        }
        let comment = json!({
            "actor": account.remote_id,
            "object": delivered.remote_id,
            "message": { "text": words },
        });
        let path = path(delivered);
        // The answer names the comment, which is not needed.
        let called = self.ask(account, &path, &comment, ctx).await;
        commented(called, |failed| refusal(failed, account, ctx))
    }

    pub(super) async fn look_for_comment_now(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> CommentSeen {
        if !is_page(account) {
            return CommentSeen::CannotTell(PAGES_ONLY.to_owned());
        }
        let answer = match self.get(account, &path(delivered), ctx).await {
            Ok(answer) => answer,
            Err(failed) => return CommentSeen::NotNow(refusal(failed, account, ctx)),
        };
        let all = answer.get("elements").and_then(Value::as_array);
        let own = all
            .into_iter()
            .flatten()
            .filter(|c| c.get("actor").and_then(Value::as_str) == Some(account.remote_id.as_str()));
        let texts = own.filter_map(|c| c.pointer("/message/text")?.as_str());
        CommentSeen::among(texts, words)
    }
}

fn path(delivered: &Delivered) -> String {
    format!(
        "/rest/socialActions/{}/comments",
        encoded(&delivered.remote_id)
    )
}

/// A failed call; what is forbidden is commenting and not posting.
fn refusal(failed: CallError, account: &Account, ctx: Ctx<'_>) -> Refusal {
    let forbidden = matches!(&failed, CallFailed::Call(f) if f.status() == Some(403));
    let refusal = told(failed, account, ctx);
    if !forbidden {
        return refusal;
    }
    Refusal {
        category: Category::Validation,
        message: format!(
            "LinkedIn does not let Almanac comment for {}. Connect the page again and allow everything; the app needs the right to comment.",
            account.handle
        ),
        ..refusal
    }
}
