//! Where one may post, and the flairs there.

use model::account::Account;
use serde_json::{Map, Value};

use super::Reddit;
use super::catalogue::OPTION_COMMUNITY;
use super::client::{CallError, told};
use super::text::{community, option};
use crate::connector::{Choice, Ctx, Refusal};
use crate::tokens::CallFailed;

impl Reddit {
    /// The account's profile and the communities it is in, or those that are found for what was typed.
    pub(super) async fn communities(
        &self,
        account: &Account,
        query: &str,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Choice>, Refusal> {
        let typed = query.trim();
        let sought = community(typed);
        let asked: Result<Value, CallError> = if typed.is_empty() {
            let query = [("limit", "100")];
            self.get(account, "/subreddits/mine/subscriber", &query, ctx)
                .await
        } else {
            let sought = if sought.is_empty() { typed } else { sought };
            let query = [("q", sought), ("limit", "25")];
            self.get(account, "/subreddits/search", &query, ctx).await
        };
        let answer = asked.map_err(|failed| told(failed, account, ctx))?;
        let listed = answer.pointer("/data/children").and_then(Value::as_array);
        let listed = listed.into_iter().flatten().filter_map(|child| {
            let name = child.pointer("/data/display_name")?.as_str()?;
            // The profiles of others are listed as well.
            (!name.starts_with("u_")).then(|| Choice {
                value: name.to_owned(),
                label: format!("r/{name}"),
            })
        });
        let own = own_profile(account).filter(|own| {
            let typed = typed.to_lowercase();
            own.label.to_lowercase().contains(&typed) || own.value.to_lowercase().contains(&typed)
        });
        Ok(own.into_iter().chain(listed).collect())
    }

    /// The flairs one may choose in the community that was chosen.
    pub(super) async fn flairs(
        &self,
        account: &Account,
        query: &str,
        chosen: &Map<String, Value>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Choice>, Refusal> {
        let place = community(option(chosen, OPTION_COMMUNITY));
        if place.is_empty() {
            return Ok(vec![]);
        }
        // Whoever chooses a flair learns besides what else the community wants.
        self.rules(account, place, ctx).await;
        let path = format!("/r/{place}/api/link_flair_v2");
        let answer = match self.get(account, &path, &[], ctx).await {
            Ok(answer) => answer,
            // Communities without flairs for everybody say so this way.
            Err(CallFailed::Call(failed)) if failed.status() == Some(403) => return Ok(vec![]),
            Err(failed) => return Err(told(failed, account, ctx)),
        };
        let wanted = query.trim().to_lowercase();
        let all = answer.as_array().into_iter().flatten();
        let open = all.filter(|flair| flair["mod_only"] != true);
        let choices = open.filter_map(|flair| {
            let text = |name: &str| flair[name].as_str().filter(|t| !t.trim().is_empty());
            Some(Choice {
                value: text("id")?.to_owned(),
                label: text("text").unwrap_or("Without words").to_owned(),
            })
        });
        Ok(choices
            .filter(|choice| choice.label.to_lowercase().contains(&wanted))
            .collect())
    }
}

fn own_profile(account: &Account) -> Option<Choice> {
    let name = account.settings["name"].as_str()?;
    Some(Choice {
        value: format!("u_{name}"),
        label: format!("Your profile, u/{name}"),
    })
}
