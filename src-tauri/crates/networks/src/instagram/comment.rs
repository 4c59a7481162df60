//! The first comment: below the post, where that was found again after it was published.

use model::account::Account;
use model::failure::Category;

use super::catalogue::NAME;
use super::{Door, Instagram, errors};
use crate::api::Failed;
use crate::connector::{CommentSeen, Commented, Ctx, Delivered, Refusal};
use crate::meta::comments::Below;
use crate::meta::containers::Shown;
use crate::meta::pass::Pass;

const NOT_KNOWN_WHERE: &str = "Almanac knows that the post is on Instagram and not where, so write the comment in Instagram itself.";

impl Instagram {
    pub(super) async fn comment_now(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> Commented {
        let told = |failed: &Failed| errors::refusal(failed, &account.handle, ctx.clock.now());
        let Some(id) = place_of(delivered) else {
            let refusal = Refusal::never(Category::Unknown, NOT_KNOWN_WHERE);
            return Commented::NotWritten(refusal);
        };
        match self.token(account, ctx).await {
            Ok(token) => self.below(account, &id, &token, &told).write(words).await,
            Err(refusal) => Commented::NotWritten(refusal),
        }
    }

    pub(super) async fn look_for_comment_now(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> CommentSeen {
        let told = |failed: &Failed| errors::refusal(failed, &account.handle, ctx.clock.now());
        let Some(id) = place_of(delivered) else {
            return CommentSeen::CannotTell(NOT_KNOWN_WHERE.to_owned());
        };
        match self.token(account, ctx).await {
            Ok(token) => self.below(account, &id, &token, &told).look(words).await,
            Err(refusal) => CommentSeen::NotNow(refusal),
        }
    }

    fn below<'a>(
        &'a self,
        account: &Account,
        id: &'a str,
        token: &'a Pass,
        told: &'a (dyn Fn(&Failed) -> Refusal + Send + Sync),
    ) -> Below<'a> {
        let door = Door::of(account);
        Below {
            graph: self.graph(door),
            token,
            id,
            field: "text",
            told,
            right: match door {
                Door::Own => "instagram_business_manage_comments",
                Door::Page => "instagram_manage_comments",
            },
            network: NAME,
        }
    }
}

/// The post's id, where that is known.
fn place_of(delivered: &Delivered) -> Option<String> {
    let first = delivered.remote.pointer("/segments/0")?;
    Shown::read(first)?.id
}
