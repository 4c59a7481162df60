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

impl Instagram {
    pub(super) async fn comment_now(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> Commented {
        let told = |failed: &Failed| errors::refusal(failed, &account.handle, ctx.clock.now());
        match self.reach(account, delivered, ctx).await {
            Ok((id, token)) => self.below(account, &id, &token, &told).write(words).await,
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
        match self.reach(account, delivered, ctx).await {
            Ok((id, token)) => self.below(account, &id, &token, &told).look(words).await,
            Err(refusal) if refusal.category == Category::Unknown => {
                CommentSeen::CannotTell(refusal.message)
            }
            Err(refusal) => CommentSeen::NotNow(refusal),
        }
    }

    /// The post and the token.
    async fn reach(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(String, Pass), Refusal> {
        let first = delivered.remote.pointer("/segments/0");
        let id = first.and_then(Shown::read).and_then(|f| f.id);
        let id = id.ok_or_else(|| {
            Refusal::never(
                Category::Unknown,
                "Almanac knows that the post is on Instagram and not where, so write the comment in Instagram itself.",
            )
        })?;
        Ok((id, self.token(account, ctx).await?))
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
