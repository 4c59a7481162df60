//! What a workspace keeps for writing: groups of hashtags, and parameters on links.

use std::collections::BTreeMap;

use model::WorkspaceId;
use model::edit::EditError;
use model::edit::mark::MarkOf;
use model::links::{LinkPatterns, LinkRules, MAX_PATTERN};
use serde_json::{Value, json};
use store::{Conn, settings as rows, workspaces};

use crate::app::App;
use crate::error::Result;
use crate::types::accounts::OneWorkspace;
use crate::types::writing::{
    LinkRulesSet, TagGroup, TagGroupPut, TagGroupRemove, WatermarkSet, Writing, Writings,
};
use crate::types::{ApiError, Written};
use crate::workspaces::a_name;

/// Most groups of a workspace.
const MAX_GROUPS: usize = 100;
/// Most hashtags of a group.
const MAX_TAGS: usize = 60;
/// Longest hashtag, in characters.
const MAX_TAG: usize = 100;
/// Most domains that are left out.
const MAX_EXCEPT: usize = 100;
/// Longest domain, in bytes.
const MAX_DOMAIN: usize = 253;

fn tags_key(workspace: WorkspaceId) -> String {
    rows::of_workspace(workspace, "tags")
}

/// Out of everything the store keeps, what belongs to these workspaces.
pub(crate) fn parts(
    all: &BTreeMap<String, Value>,
    workspaces: impl Iterator<Item = WorkspaceId>,
) -> Writings {
    let mut found = Writings::new();
    for id in workspaces {
        let writing = of(
            all.get(&tags_key(id)),
            all.get(&rows::link_rules_key(id)),
            all.get(&rows::watermark_key(id)),
        );
        if writing != Writing::default() {
            found.insert(id, writing);
        }
    }
    found
}

fn of(tags: Option<&Value>, links: Option<&Value>, watermark: Option<&Value>) -> Writing {
    Writing {
        watermark: watermark.and_then(read),
        tag_groups: tags.and_then(read).unwrap_or_default(),
        links: links.and_then(read).unwrap_or_default(),
    }
}

/// A value as it was kept; one that cannot be read counts as none.
fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone())
        .inspect_err(|error| tracing::warn!(%error, "a choice of a workspace could not be read"))
        .ok()
}

async fn writing(conn: &mut Conn, id: WorkspaceId) -> Result<Writing> {
    if !workspaces::all(conn).await?.iter().any(|w| w.id == id) {
        return Err(ApiError::missing("workspace"));
    }
    let tags = rows::get(conn, &tags_key(id)).await?;
    let links = rows::get(conn, &rows::link_rules_key(id)).await?;
    let watermark = rows::get(conn, &rows::watermark_key(id)).await?;
    Ok(of(tags.as_ref(), links.as_ref(), watermark.as_ref()))
}

/// Hashtags as they are kept: without their sign, each once whatever its case.
fn tags(typed: &[String]) -> Result<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for tag in typed {
        let tag = tag.trim().trim_start_matches(['#', '\u{ff03}']);
        if tag.is_empty() || kept.iter().any(|k| k.to_lowercase() == tag.to_lowercase()) {
            continue;
        }
        if tag.chars().any(|c| c.is_whitespace() || c == '#') || tag.chars().count() > MAX_TAG {
            return Err(ApiError::invalid(
                "tags",
                format!("\"{tag}\" is no hashtag: one word of at most {MAX_TAG} characters."),
            ));
        }
        kept.push(tag.to_owned());
    }
    match kept.len() {
        0 => Err(ApiError::invalid(
            "tags",
            "A group needs at least one hashtag.",
        )),
        n if n > MAX_TAGS => Err(ApiError::invalid(
            "tags",
            format!("A group has at most {MAX_TAGS} hashtags; this has {n}."),
        )),
        _ => Ok(kept),
    }
}

fn patterns(patterns: &LinkPatterns) -> Result<LinkPatterns> {
    if let Some(odd) = patterns.unknown_placeholder() {
        return Err(ApiError::invalid(
            "rules",
            format!(
                "{odd} stands for nothing. Use {{network}}, {{account}}, {{date}} or {{title-slug}}."
            ),
        ));
    }
    let trimmed = LinkPatterns {
        source: patterns.source.trim().to_owned(),
        medium: patterns.medium.trim().to_owned(),
        campaign: patterns.campaign.trim().to_owned(),
    };
    let all = [&trimmed.source, &trimmed.medium, &trimmed.campaign];
    if all.iter().any(|p| p.chars().count() > MAX_PATTERN) {
        return Err(ApiError::invalid(
            "rules",
            format!("A parameter has at most {MAX_PATTERN} characters."),
        ));
    }
    Ok(trimmed)
}

/// A domain as it is compared, out of what was typed: an address does as well.
fn domain(typed: &str) -> Result<Option<String>> {
    let typed = typed.trim();
    let bare = typed.split_once("://").map_or(typed, |parts| parts.1);
    let bare = bare.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let bare = bare
        .trim_start_matches("*.")
        .trim_matches('.')
        .to_lowercase();
    let good = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
    if typed.is_empty() {
        return Ok(None);
    }
    if bare.is_empty() || bare.len() > MAX_DOMAIN || !bare.chars().all(good) || !bare.contains('.')
    {
        return Err(ApiError::invalid(
            "rules",
            format!("\"{typed}\" is no domain. Write it as example.com."),
        ));
    }
    Ok(Some(bare))
}

fn rules(typed: LinkRules) -> Result<LinkRules> {
    let mut except = Vec::new();
    for one in &typed.except {
        if let Some(domain) = domain(one)?
            && !except.contains(&domain)
        {
            except.push(domain);
        }
    }
    if except.len() > MAX_EXCEPT {
        return Err(ApiError::invalid(
            "rules",
            format!("At most {MAX_EXCEPT} domains can be left out."),
        ));
    }
    let networks = typed.networks.into_iter();
    Ok(LinkRules {
        networks: networks
            .map(|(network, p)| Ok((network, patterns(&p)?)))
            .collect::<Result<_>>()?,
        except,
    })
}

impl App {
    /// What a workspace keeps for writing.
    pub async fn writing_get(&self, input: OneWorkspace) -> Result<Writing> {
        writing(&mut self.read().await?, input.id).await
    }

    /// Makes a group of hashtags, or changes one.
    pub async fn writing_put_tags(&self, input: TagGroupPut) -> Result<Written<Writing>> {
        let group = TagGroup {
            name: a_name(&input.group.name)?,
            tags: tags(&input.group.tags)?,
        };
        let words = match &input.was {
            None => format!("New hashtag group \"{}\"", group.name),
            Some(_) => format!("Changed hashtag group \"{}\"", group.name),
        };
        self.change_groups(input.workspace_id, words, |groups| {
            let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
            if let Some(was) = &input.was {
                let known = groups.len();
                groups.retain(|g| g.name != *was);
                if groups.len() == known {
                    return Err(ApiError::missing("hashtag group"));
                }
            }
            if groups.iter().any(|g| same(&g.name, &group.name)) {
                return Err(ApiError::invalid(
                    "name",
                    "There is a group with that name already. Choose another name.",
                ));
            }
            if groups.len() >= MAX_GROUPS {
                return Err(ApiError::invalid(
                    "name",
                    format!("A workspace has at most {MAX_GROUPS} hashtag groups."),
                ));
            }
            groups.push(group);
            groups.sort_by_key(|g| g.name.to_lowercase());
            Ok(())
        })
        .await
    }

    /// Removes a group of hashtags. Posts keep what was put into them.
    pub async fn writing_remove_tags(&self, input: TagGroupRemove) -> Result<Written<Writing>> {
        let words = format!("Removed hashtag group \"{}\"", input.name);
        self.change_groups(input.workspace_id, words, |groups| {
            let known = groups.len();
            groups.retain(|g| g.name != input.name);
            if groups.len() == known {
                return Err(ApiError::missing("hashtag group"));
            }
            Ok(())
        })
        .await
    }

    async fn change_groups(
        &self,
        id: WorkspaceId,
        words: String,
        change: impl FnOnce(&mut Vec<TagGroup>) -> Result<()> + Send,
    ) -> Result<Written<Writing>> {
        let mut step = self.step_in(id, words).await?;
        let mut now = writing(&mut step.tx, id).await?;
        change(&mut now.tag_groups)?;
        let value = json!(now.tag_groups);
        rows::set(&mut step.tx, &tags_key(id), &value).await?;
        step.done(now).await
    }

    /// Says which mark the pictures of a workspace get. Posts on their way get it as it is when they are
    /// sent.
    pub async fn writing_set_watermark(&self, input: WatermarkSet) -> Result<Written<Writing>> {
        let id = input.workspace_id;
        if let Some(wanted) = &input.watermark {
            let wrong = |error: EditError| ApiError::invalid("watermark", error.to_string());
            wanted.mark.check().map_err(wrong)?;
            if let MarkOf::Picture { media_id, .. } = &wanted.mark.what
                && wanted.on
                && self.inner.library.find(media_id).is_err()
            {
                return Err(ApiError::missing("picture of the watermark"));
            }
        }
        let mut step = self.step_in(id, "Changed the watermark").await?;
        let mut now = writing(&mut step.tx, id).await?;
        let key = rows::watermark_key(id);
        match &input.watermark {
            Some(wanted) => rows::set(&mut step.tx, &key, &json!(wanted)).await?,
            None => rows::remove(&mut step.tx, &key).await?,
        }
        now.watermark = input.watermark;
        step.done(now).await
    }

    /// Says which parameters the links of a workspace get. Posts that are on their way keep theirs.
    pub async fn writing_set_links(&self, input: LinkRulesSet) -> Result<Written<Writing>> {
        let rules = rules(input.rules)?;
        let mut step = self
            .step_in(input.workspace_id, "Changed the parameters of links")
            .await?;
        let mut now = writing(&mut step.tx, input.workspace_id).await?;
        let key = rows::link_rules_key(input.workspace_id);
        rows::set(&mut step.tx, &key, &json!(rules)).await?;
        now.links = rules;
        step.done(now).await
    }
}
