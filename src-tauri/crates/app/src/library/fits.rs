//! Whether accounts take a file, by the same rules that look at posts.

use media::video::Tool;
use model::account::{Account, AccountHealth};
use model::content::{MediaUse, Segment};
use model::edit::Operation;
use model::error::{Fix, Problem, Severity};
use model::library::{FileFits, FileQuery};
use model::post::TargetDraft;
use model::{AccountId, MediaId, Timestamp, WorkspaceId};
use networks::catalogue::OptionField;
use networks::connector::{CheckInput, Connector, MediaFacts, PictureUse};
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
    ///
    /// Of a file that is in no post yet: as it lies there, for every account, in each sort of post, and nothing is
    /// made for it, so that it is answered at once. What becomes of files of a post, with their edits and the
    /// post's options, [`Self::media_as_sent`] tells by making it. Both ask the connector's own check.
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

    /// Whether networks take a picture with edits done to it, or another file, in their usual sort of post.
    /// Asked of no account: what only one account lacks does not count.
    pub async fn network_fits(&self, id: &MediaId, edits: &[Operation]) -> Result<Vec<NetworkFit>> {
        let mut conn = self.read().await?;
        let mut facts = facts_of(&mut conn, [id.clone()].into(), Tool::default()).await?;
        drop(conn);
        known_here(&mut facts, &self.inner.library).await;
        let mut facts = facts.pop().ok_or_else(|| ApiError::missing("file"))?;
        if let Some((width, height)) = facts.width.zip(facts.height) {
            let (width, height) = model::edit::size(edits, width, height);
            (facts.width, facts.height) = (Some(width), Some(height));
        }
        let registry = &self.inner.config.registry;
        let entries = registry.entries();
        let connectors = entries.iter().filter_map(|entry| registry.get(&entry.key));
        Ok(connectors.map(|c| network_fit(&**c, &facts)).collect())
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

/// What a network says of a file, whoever posts it.
#[derive(Debug, Clone)]
pub struct NetworkFit {
    /// Key of the network.
    pub network: String,
    /// What stands in the way; nothing where it takes the file.
    pub problems: Vec<Problem>,
    /// The longest side of a picture that it shows, in pixels; larger ones are made smaller when they are
    /// sent. None without limit, and of anything but a picture.
    pub longest_side: Option<u32>,
}

fn network_fit(connector: &dyn Connector, facts: &MediaFacts) -> NetworkFit {
    let account = nobody(&connector.entry().key);
    let eye = Eye::new(&account, connector, None);
    let mut problems = eye.problems(facts);
    // Where a file can lie for a network to fetch it is chosen by account, and no fault of a file.
    problems.retain(|p| !p.fixes.contains(&Fix::OpenPublicFiles));
    let limits = connector.picture_limits(&PictureUse {
        account: &account,
        options: &eye.draft.options,
        file: facts,
        together: std::slice::from_ref(facts),
    });
    let picture = facts.mime.starts_with("image/");
    NetworkFit {
        network: account.network.clone(),
        problems,
        longest_side: limits
            .map(|limits| limits.max_side)
            .filter(|side| picture && *side < u32::MAX),
    }
}

/// An account that stands for any of a network.
fn nobody(network: &str) -> Account {
    Account {
        id: AccountId(uuid::Uuid::nil()),
        workspace_id: WorkspaceId(uuid::Uuid::nil()),
        network: network.to_owned(),
        remote_id: String::new(),
        handle: String::new(),
        display_name: String::new(),
        server: String::new(),
        settings: Value::Object(Map::new()),
        health: AccountHealth::Ok,
        paused: None,
        created_at: Timestamp::from_millis(0),
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

#[cfg(test)]
mod tests {
    use networks::registry::{Config, Registry};

    use super::*;

    fn facts(mime: &str, width: u32, height: u32) -> MediaFacts {
        MediaFacts {
            id: "a".repeat(64).parse().unwrap(),
            mime: mime.to_owned(),
            bytes: 200_000,
            width: Some(width),
            height: Some(height),
            clip: None,
            document: None,
            tool: Tool::Missing,
            missing: false,
        }
    }

    #[test]
    fn the_real_networks_say_of_a_file_what_they_say_of_a_post_with_it() {
        networks::http::choose_cryptography();
        let registry = Registry::new(Config::new("0.0.0-test")).unwrap();
        let of = |key: &str, facts: &MediaFacts| {
            let fit = network_fit(&**registry.get(key).unwrap(), facts);
            let rules: Vec<String> = fit.problems.into_iter().map(|p| p.rule).collect();
            (rules, fit.longest_side)
        };
        let wide = facts("image/png", 1_600, 628);
        assert_eq!(of("instagram", &wide).0, ["picture_shape"]);
        assert!(of("x", &wide).0.is_empty() && of("linkedin", &wide).0.is_empty());
        let printed = facts("image/png", 1_200, 628);
        let (rules, side) = of("instagram", &printed);
        assert!(rules.is_empty() && side.is_some(), "{rules:?} {side:?}");
        let paper = facts("application/pdf", 0, 0);
        assert_eq!(of("x", &paper).0, ["media_kind"]);
        assert!(of("linkedin", &paper).0.is_empty());
        assert_eq!(of("linkedin", &paper).1, None);
    }
}
