//! Categories and tags: people name them, the interface wants their numbers.

use model::account::Account;
use model::failure::Category;
use serde_json::{Map, Value, json};

use super::catalogue::{OPTION_CATEGORIES, OPTION_TAGS};
use super::client::code_of;
use super::errors::Doing;
use super::{WordPress, told};
use crate::api::Failed;
use crate::connector::{Choice, Ctx, Refusal};
use crate::tokens::Tokens;

/// Most terms that are read to find one by its name.
const PAGE: &str = "100";
/// Most terms that are offered for what was typed.
const OFFERED: &str = "20";

/// Names in a list option, without repeats. A text with commas counts as a list, too.
#[must_use]
pub fn names(options: &Map<String, Value>, option: &str) -> Vec<String> {
    let value = options.get(option);
    let listed = value.and_then(Value::as_array).into_iter().flatten();
    let typed = value.and_then(Value::as_str).into_iter();
    let all = listed
        .filter_map(Value::as_str)
        .chain(typed.flat_map(|t| t.split(',')));
    let mut names: Vec<String> = Vec::new();
    for name in all.map(str::trim).filter(|n| !n.is_empty()) {
        if !names.iter().any(|n| is_same(n, name)) {
            names.push(name.to_owned());
        }
    }
    names
}

fn is_same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// A name as people read it: sites keep the signs of HTML in names escaped.
fn readable(name: &str) -> String {
    name.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#039;", "'")
        .replace("&#8217;", "’")
        .replace("&amp;", "&")
}

fn listed(answer: &Value) -> Vec<(u64, String)> {
    let all = answer.as_array().into_iter().flatten();
    let one = |term: &Value| {
        let id = term.get("id")?.as_u64()?;
        Some((id, readable(term.get("name")?.as_str()?)))
    };
    all.filter_map(one).collect()
}

impl WordPress {
    /// The numbers of the categories and tags that were chosen. Tags that are missing are made.
    pub(super) async fn terms(
        &self,
        account: &Account,
        options: &Map<String, Value>,
        tokens: &Tokens,
        ctx: Ctx<'_>,
    ) -> Result<(Vec<u64>, Vec<u64>), Refusal> {
        let mut categories = Vec::new();
        for name in names(options, OPTION_CATEGORIES) {
            let query = [
                ("search", name.as_str()),
                ("per_page", PAGE),
                ("_fields", "id,name"),
            ];
            let found = self
                .site
                .get(&account.server, "/wp/v2/categories", &query, tokens)
                .await
                .map_err(|failed| told(&failed, Doing::Calling, account, ctx))?;
            let known = listed(&found.json)
                .into_iter()
                .find(|(_, known)| is_same(known, &name));
            let Some((id, _)) = known else {
                let message = format!(
                    "The site has no category \"{name}\". Make it there, or choose another one."
                );
                return Err(Refusal::never(Category::Validation, message));
            };
            categories.push(id);
        }
        let mut tags = Vec::new();
        for name in names(options, OPTION_TAGS) {
            let id = self
                .tag(account, &name, tokens)
                .await
                .map_err(|failed| told(&failed, Doing::Calling, account, ctx))?;
            tags.push(id);
        }
        Ok((categories, tags))
    }

    /// The number of a tag, made when it is missing: the answer tells the number of one that is there.
    async fn tag(&self, account: &Account, name: &str, tokens: &Tokens) -> Result<u64, Failed> {
        let body = json!({ "name": name });
        let made = self
            .site
            .post(&account.server, "/wp/v2/tags", &body, tokens)
            .await;
        match made {
            Ok(good) => good
                .json
                .get("id")
                .and_then(Value::as_u64)
                .ok_or_else(|| Failed::Cut("a tag without a number".to_owned())),
            Err(failed) if code_of(&failed) == "term_exists" => {
                let json = failed.json().unwrap_or_default();
                let id = json.pointer("/data/term_id").and_then(Value::as_u64);
                id.ok_or(failed)
            }
            Err(failed) => Err(failed),
        }
    }

    /// Categories or tags whose name has what was typed in it.
    pub(super) async fn offered(
        &self,
        account: &Account,
        option: &str,
        query: &str,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Choice>, Refusal> {
        let route = match option {
            OPTION_CATEGORIES => "/wp/v2/categories",
            OPTION_TAGS => "/wp/v2/tags",
            _ => return Ok(vec![]),
        };
        let tokens = self.tokens(account, ctx).await?;
        let mut asked = vec![("per_page", OFFERED), ("_fields", "id,name")];
        if !query.trim().is_empty() {
            asked.push(("search", query.trim()));
        }
        let found = self
            .site
            .get(&account.server, route, &asked, &tokens)
            .await
            .map_err(|failed| told(&failed, Doing::Calling, account, ctx))?;
        let choice = |(_, name): (u64, String)| Choice {
            value: name.clone(),
            label: name,
        };
        Ok(listed(&found.json).into_iter().map(choice).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_lists_and_from_what_was_typed() {
        let of = |value: Value| {
            let options = Map::from_iter([("tags".to_owned(), value)]);
            names(&options, "tags")
        };
        assert_eq!(
            of(json!([" Spring", "spring", "", 7, "Sale"])),
            ["Spring", "Sale"]
        );
        assert_eq!(of(json!("Spring, Sale,")), ["Spring", "Sale"]);
        assert!(of(Value::Null).is_empty());
    }

    #[test]
    fn names_are_read_as_people_do() {
        let answer = json!([{ "id": 3, "name": "Q&amp;A &#039;n more" }, { "name": "no number" }]);
        assert_eq!(listed(&answer), [(3, "Q&A 'n more".to_owned())]);
    }
}
