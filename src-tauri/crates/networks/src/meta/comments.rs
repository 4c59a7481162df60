//! The first comment below a post, which the networks of one company take alike.

use model::failure::Category;
use serde_json::Value;

use super::client::Graph;
use super::errors::{GraphError, is_gone, may_have_worked};
use super::pass::Signs;
use crate::api::Failed;
use crate::connector::{CommentSeen, Commented, Refusal};

/// Comments read back: a first comment is among the earliest.
const MOST: &str = "50";

/// A post below which one comments.
pub struct Below<'a> {
    /// The door to the network.
    pub graph: &'a Graph,
    /// The account's token.
    pub token: &'a dyn Signs,
    /// The post.
    pub id: &'a str,
    /// What the network calls the words of a comment when it lists them.
    pub field: &'static str,
    /// What a failed call means.
    pub told: &'a (dyn Fn(&Failed) -> Refusal + Send + Sync),
    /// Which right the account needs for comments, as the network calls it.
    pub right: &'static str,
    /// The network's name.
    pub network: &'static str,
}

impl Below<'_> {
    /// Writes a comment, once.
    pub async fn write(&self, words: &str) -> Commented {
        let form = [("message", words.to_owned())];
        let written = self
            .graph
            .post_id(&self.path(), self.token, &form, "id")
            .await;
        match written {
            Ok(_) => Commented::Written,
            Err(failed) => Commented::failed(may_have_worked(&failed), self.refusal(&failed)),
        }
    }

    /// Looks for a comment.
    pub async fn look(&self, words: &str) -> CommentSeen {
        let query = [("fields", self.field), ("limit", MOST)];
        match self.graph.get(&self.path(), self.token, &query).await {
            Ok(answer) => {
                let all = answer.get("data").and_then(Value::as_array);
                let texts = all.into_iter().flatten();
                CommentSeen::among(texts.filter_map(|c| c.get(self.field)?.as_str()), words)
            }
            Err(failed) => CommentSeen::NotNow(self.refusal(&failed)),
        }
    }

    fn path(&self) -> String {
        format!("{}/comments", self.id)
    }

    fn refusal(&self, failed: &Failed) -> Refusal {
        let refusal = (self.told)(failed);
        let (network, right) = (self.network, self.right);
        let message = if is_gone(failed) {
            format!("{network} does not show the post any more.")
        } else if GraphError::of(failed).is_some_and(|e| matches!(e.code, 3 | 10 | 200..=299)) {
            format!(
                "{network} does not let Almanac comment for this account. Connect it again and allow {right}."
            )
        } else {
            return refusal;
        };
        Refusal {
            category: Category::Validation,
            message,
            ..refusal
        }
    }
}
