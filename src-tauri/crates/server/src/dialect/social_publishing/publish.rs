//! Publishing to accounts in one request, now or at a time.

use app::types::posts::Scheduling;
use model::content::Segment;
use model::post::{Draft, Post, TargetDraft};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::posts::{MAX_PLATFORMS, at};
use super::shapes::{self, Content, KIND, Note, account_id};
use crate::call::{Call, Nothing, Reply};
use crate::fault::Fault;
use crate::times;
use crate::world::{self, New, World};

/// An account to publish to.
#[derive(Deserialize, JsonSchema)]
pub(super) struct To {
    /// The network.
    platform: String,
    /// The account; the usual one of the network when missing.
    account_id: Option<String>,
    /// Options of the network's entry in the catalogue, such as `reply_settings` or `visibility`.
    options: Option<Map<String, Value>>,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Publish {
    /// What it says.
    content: Content,
    /// Where it goes.
    platforms: Vec<To>,
    /// When; at once when missing.
    publish_at: Option<String>,
    /// A name for people.
    title: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct PublishedTo {
    platform: String,
    account_id: String,
    status: String,
    /// Numbers of networks are still to come.
    estimated_reach: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Published {
    publish_id: String,
    status: String,
    scheduled_for: Option<String>,
    platforms: Vec<PublishedTo>,
    /// Why it is not on its way yet, where nothing goes out at the moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    created_at: String,
}

/// The options of a target as its network's entry in the catalogue has them.
fn options(
    call: &Call,
    network: &str,
    given: Option<Map<String, Value>>,
    field: &str,
) -> Result<Map<String, Value>, Fault> {
    let given = given.unwrap_or_default();
    let entry = call.app().networks().into_iter().find(|n| n.key == network);
    match entry {
        Some(entry) => crate::options::of_network(&entry, given, field),
        None if given.is_empty() => Ok(given),
        None => Err(Fault::invalid(field, "Almanac does not know that network.").given(network)),
    }
}

pub(super) async fn publish(
    call: Call,
    _: Nothing,
    new: Publish,
) -> Result<Reply<Published>, Fault> {
    call.may_publish()?;
    let world = World::read(&call).await?;
    let calendar = world.calendar()?;
    if new.platforms.is_empty() || new.platforms.len() > MAX_PLATFORMS {
        return Err(Fault::invalid(
            "platforms",
            "platforms names no network, or too many.",
        ));
    }
    let at = match &new.publish_at {
        Some(text) => Some(at("publish_at", text, &call, &calendar.zone)?),
        None => None,
    };
    let mut targets: Vec<TargetDraft> = Vec::new();
    for (n, to) in new.platforms.into_iter().enumerate() {
        let account = match &to.account_id {
            Some(text) => world.account_by(text)?,
            None => world.account_on(&to.platform, calendar).ok_or_else(|| {
                Fault::invalid(
                    &format!("platforms.{n}"),
                    format!("No account on {} is connected.", to.platform),
                )
            })?,
        };
        if account.network != world::network_of(&to.platform) {
            return Err(Fault::invalid(
                &format!("platforms.{n}.account_id"),
                format!("That account is not one of {}.", to.platform),
            ));
        }
        targets.push(TargetDraft {
            account_id: account.id,
            override_segments: None,
            options: options(
                &call,
                &account.network,
                to.options,
                &format!("platforms.{n}.options"),
            )?,
        });
    }
    let mut note = Note {
        created_by: Some(format!("user_{}", call.bearer.key)),
        ..Note::default()
    };
    shapes::apply(&mut note, &new.content)?;
    let given = new.content.media.as_deref().unwrap_or_default();
    let segment = Segment {
        text: note.pieces.whole(),
        media: shapes::media(&call, given, &[], "content.media").await?,
    };
    let draft = Draft {
        title: new.title.unwrap_or_default(),
        segments: vec![segment],
        targets,
        ..Draft::default()
    };
    let new = New {
        note: Some(world::noted(&call, KIND, &note)?),
        ..New::of(calendar.id, draft)
    };
    let post = match at {
        Some(at) => {
            let new = New {
                place: times::place(at, &calendar.zone)?,
                scheduling: Scheduling::Must,
                ..new
            };
            world::create(&call, new).await?
        }
        None => sent_now(&call, new).await?,
    };
    let message = match at {
        Some(_) => None,
        None => world::why_not_yet(&call, &post).await?,
    };
    let to = |t: &model::post::Target| PublishedTo {
        platform: world.platform(t.draft.account_id),
        account_id: account_id(t.draft.account_id),
        status: shapes::target(&post, t.state).to_owned(),
        estimated_reach: None,
        error: t.failure.as_ref().map(|f| f.message.clone()),
    };
    Ok(Reply::created(Published {
        publish_id: format!("pub_{}", post.id),
        status: shapes::status(post.status).to_owned(),
        scheduled_for: at.map(times::seconds),
        platforms: post.targets.iter().map(to).collect(),
        message,
        created_at: times::seconds(post.created_at),
    }))
}

/// Publishes at once; what cannot go out leaves nothing behind.
async fn sent_now(call: &Call, new: New) -> Result<Post, Fault> {
    let made = world::create(call, new).await?;
    match world::publish_now(call, &made).await {
        Ok(post) => Ok(post),
        Err(fault) => {
            world::remove(call, &made).await?;
            Err(fault)
        }
    }
}
