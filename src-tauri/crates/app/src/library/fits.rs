//! Whether accounts take a file, by the same rules that look at posts.

use media::video::Tool;
use model::MediaId;
use model::account::Account;
use model::content::{MediaUse, Segment};
use model::error::{Problem, Severity};
use model::library::{FileFits, FileQuery};
use model::post::TargetDraft;
use networks::catalogue::OptionField;
use networks::connector::{CheckInput, Connector, MediaFacts};
use networks::video::known_here;
use serde_json::{Map, Value};
use store::{Conn, library as rows};

use crate::app::App;
use crate::error::Result;
use crate::money::facts_of;
use crate::types::ApiError;
use crate::types::library::{MediaFit, MediaFitsAsk};

/// The option by which networks with several sorts of posts, such as reels and stories, tell them apart.
const KIND: &str = "kind";

impl App {
    /// Whether the accounts of a workspace take a file, and why not.
    pub async fn media_fits(&self, input: MediaFitsAsk) -> Result<Vec<MediaFit>> {
        let mut conn = self.read().await?;
        let accounts = store::accounts::all(&mut conn).await?;
        let mut facts = facts_of(&mut conn, [input.id].into(), Tool::default()).await?;
        drop(conn);
        known_here(&mut facts, &self.inner.library).await;
        let Some(facts) = facts.into_iter().next() else {
            return Err(ApiError::missing("file"));
        };
        let mut found = Vec::new();
        for account in accounts
            .iter()
            .filter(|a| a.workspace_id == input.workspace_id)
        {
            let Some(connector) = self.inner.config.registry.get(&account.network) else {
                continue;
            };
            let kinds = kinds_of(&connector.entry().options);
            if kinds.is_empty() {
                let eye = Eye::new(account, &**connector, None);
                found.push(fit(account, None, eye.problems(&facts)));
            }
            for (value, name) in kinds {
                let eye = Eye::new(account, &**connector, Some(value));
                let kind = Some((value.clone(), name.clone()));
                found.push(fit(account, kind, eye.problems(&facts)));
            }
        }
        Ok(found)
    }

    /// Of the files of a query, those that an account takes, in order.
    pub(super) async fn fitting(
        &self,
        conn: &mut Conn,
        query: &FileQuery,
        wanted: &FileFits,
    ) -> Result<Vec<MediaId>> {
        let account = store::accounts::get(conn, wanted.account_id).await?;
        let Some(connector) = self.inner.config.registry.get(&account.network) else {
            return Ok(Vec::new());
        };
        let ids = rows::ids(conn, query).await?;
        let mut facts = facts_of(conn, ids.iter().cloned().collect(), Tool::default()).await?;
        known_here(&mut facts, &self.inner.library).await;
        let eye = Eye::new(&account, &**connector, wanted.kind.as_ref());
        let fitting: std::collections::BTreeSet<&MediaId> = facts
            .iter()
            .filter(|facts| eye.problems(facts).is_empty())
            .map(|facts| &facts.id)
            .collect();
        Ok(ids
            .iter()
            .filter(|id| fitting.contains(id))
            .cloned()
            .collect())
    }
}

fn fit(account: &Account, kind: Option<(String, String)>, problems: Vec<Problem>) -> MediaFit {
    let (kind, kind_name) = kind.unzip();
    MediaFit {
        account_id: account.id,
        kind,
        kind_name,
        problems,
    }
}

fn kinds_of(options: &[OptionField]) -> &[(String, String)] {
    options
        .iter()
        .find(|o| o.name == KIND)
        .map_or(&[], |o| &o.choices)
}

/// An account that looks at files.
struct Eye<'a> {
    account: &'a Account,
    connector: &'a dyn Connector,
    draft: TargetDraft,
    /// What it finds wrong with any post so far, such as an option that has to be chosen: no fault of a
    /// file.
    always: Vec<String>,
}

impl<'a> Eye<'a> {
    fn new(account: &'a Account, connector: &'a dyn Connector, kind: Option<&String>) -> Self {
        let mut options = Map::new();
        if let Some(kind) = kind {
            options.insert(KIND.to_owned(), Value::String(kind.clone()));
        }
        let draft = TargetDraft {
            account_id: account.id,
            override_segments: None,
            options,
        };
        let mut eye = Self {
            account,
            connector,
            draft,
            always: Vec::new(),
        };
        let found = eye.look(&[Segment::text("x")], &[]);
        eye.always = found.into_iter().map(|p| p.rule).collect();
        eye
    }

    fn look(&self, segments: &[Segment], media: &[MediaFacts]) -> Vec<Problem> {
        self.connector.check(CheckInput {
            account: self.account,
            segments,
            draft: &self.draft,
            media,
        })
    }

    /// What stands in the way of a post of this file alone.
    fn problems(&self, facts: &MediaFacts) -> Vec<Problem> {
        let segments = [Segment {
            text: String::new(),
            media: vec![MediaUse::new(facts.id.clone(), "")],
        }];
        let found = self.look(&segments, std::slice::from_ref(facts));
        found
            .into_iter()
            .filter(|p| p.severity == Severity::Error && !self.always.contains(&p.rule))
            .collect()
    }
}
