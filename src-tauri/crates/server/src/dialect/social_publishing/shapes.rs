//! What this contract's posts look like, and their status words.

use model::content::{MediaUse, Segment};
use model::delivery::DeliveryState;
use model::post::{Draft, Post};
use model::status::ShownStatus;
use model::when::When;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::compose::{Pieces, text_of};
use crate::fault::Fault;
use crate::files::{self, Given, Had};
use crate::times;
use crate::world::{self, World};

/// The kind of notes on posts.
pub(super) const KIND: &str = "social";
/// Most files of a part.
const MAX_MEDIA: usize = 20;

/// What a program said of a post that the post has no room for.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Note {
    pub pieces: Pieces,
    pub link: Option<Link>,
    pub platforms: Vec<String>,
    pub campaign_id: Option<String>,
    pub created_by: Option<String>,
}

/// A link with what a card would say.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct Link {
    /// Its address.
    pub url: String,
    /// The title of its card.
    pub title: Option<String>,
    /// The text of its card.
    pub description: Option<String>,
}

/// A file: uploaded before, or at an address.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Media {
    /// Its id, when it was uploaded here.
    pub media_id: Option<String>,
    /// Its address, when it was not.
    pub url: Option<String>,
    /// Description for people who cannot see it.
    pub alt_text: Option<String>,
}

/// What a post says.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(super) struct Content {
    /// The text.
    pub text: Option<String>,
    /// Hashtags, with or without the sign.
    pub hashtags: Option<Vec<String>>,
    /// Mentions.
    pub mentions: Option<Vec<String>>,
    /// Pictures and videos.
    pub media: Option<Vec<Media>>,
    /// A link.
    pub link: Option<Link>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ContentOf {
    pub text: String,
    pub hashtags: Vec<String>,
    pub mentions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct MediaOf {
    media_id: String,
    r#type: String,
    url: String,
    alt_text: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct PlatformPost {
    platform: String,
    account_id: String,
    post_id: Option<String>,
    url: Option<String>,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// A post of this contract.
#[derive(Serialize, JsonSchema)]
pub(super) struct PostOf {
    pub id: String,
    pub title: String,
    pub content: ContentOf,
    pub media: Vec<MediaOf>,
    pub platforms: Vec<String>,
    pub status: String,
    pub campaign_id: Option<String>,
    pub tags: Vec<String>,
    pub scheduled_at: Option<String>,
    pub published_at: Option<String>,
    pub platform_posts: Vec<PlatformPost>,
    /// Why it is not on its way yet, where it was to go out at once and nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Numbers of networks are still to come.
    pub analytics: Option<u64>,
    pub created_at: String,
    pub updated_at: String,
    pub created_by: Option<String>,
}

/// The word of this contract for how a post stands.
pub(super) const fn status(status: ShownStatus) -> &'static str {
    match status {
        ShownStatus::Draft | ShownStatus::InReview | ShownStatus::Approved => "draft",
        ShownStatus::Scheduled | ShownStatus::Placed => "scheduled",
        ShownStatus::Publishing | ShownStatus::Unconfirmed | ShownStatus::YourTurn => "publishing",
        ShownStatus::Published => "published",
        ShownStatus::PartlyPublished | ShownStatus::Failed | ShownStatus::Missed => "failed",
        ShownStatus::Cancelled => "cancelled",
    }
}

/// The same for one account of a post.
pub(super) fn target(post: &Post, state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting => match post.when {
            When::Scheduled { .. } => status(post.status),
            _ => "draft",
        },
        DeliveryState::Placed => "scheduled",
        DeliveryState::Sending | DeliveryState::Unconfirmed => "publishing",
        DeliveryState::Published => "published",
        DeliveryState::Failed | DeliveryState::Missed => "failed",
        DeliveryState::Cancelled => "cancelled",
    }
}

/// The id of an account as this contract shows it.
pub(super) fn account_id(id: model::AccountId) -> String {
    format!("acc_{id}")
}

/// Files of the first part, uploaded, fetched or had by a post of these parts.
pub(super) async fn media(
    call: &Call,
    given: &[Media],
    had: &[Segment],
    field: &str,
) -> Result<Vec<MediaUse>, Fault> {
    if given.len() > MAX_MEDIA {
        return Err(Fault::invalid(
            field,
            format!("A post takes at most {MAX_MEDIA} files."),
        ));
    }
    let named = given.iter().map(|one| Given {
        id: one.media_id.as_deref(),
        url: one.url.as_deref(),
        alt: one.alt_text.as_deref(),
    });
    let named: Vec<Given<'_>> = named.collect();
    files::used(call, &named, &mut Had::of(had), 0, field).await
}

/// Refuses more of a list than anybody writes.
fn few(field: &str, list: Option<&Vec<String>>) -> Result<(), Fault> {
    match list {
        Some(list) if list.len() > 100 || list.iter().any(|t| t.len() > 500) => {
            Err(Fault::invalid(field, format!("{field} is too long.")))
        }
        _ => Ok(()),
    }
}

/// Whether all that is given of a post is what is shown of it: a program sends back what it read.
pub(super) fn is_shown(
    draft: &Draft,
    note: &Note,
    content: Option<&Content>,
    media: Option<&[Media]>,
) -> bool {
    let pieces = note.pieces.clone().of(&text_of(&draft.segments));
    let words = content.is_none_or(|given| {
        let link = given.link.as_ref().map(|link| &link.url);
        pieces.say(given.text.as_deref(), given.hashtags.as_deref())
            && given
                .mentions
                .as_ref()
                .is_none_or(|names| *names == pieces.mentions)
            && link.is_none_or(|link| pieces.link.as_ref() == Some(link))
    });
    let had: Vec<&MediaUse> = draft.segments.iter().flat_map(|s| &s.media).collect();
    let same = |(one, had): (&Media, &&MediaUse)| {
        one.media_id.as_deref() == Some(media_id(had).as_str())
            && one.alt_text.as_ref().is_none_or(|alt| *alt == had.alt)
    };
    let inside = content.and_then(|given| given.media.as_deref());
    let files = media
        .or(inside)
        .is_none_or(|given| given.len() == had.len() && given.iter().zip(&had).all(same));
    words && files
}

/// The id of a file as posts show it.
fn media_id(file: &MediaUse) -> String {
    format!("media_{}", file.media_id)
}

/// Puts what was given into the pieces of a text.
pub(super) fn apply(note: &mut Note, content: &Content) -> Result<(), Fault> {
    few("content.hashtags", content.hashtags.as_ref())?;
    few("content.mentions", content.mentions.as_ref())?;
    if let Some(text) = &content.text {
        note.pieces.text.clone_from(text);
    }
    if let Some(tags) = &content.hashtags {
        note.pieces.hashtags.clone_from(tags);
    }
    if let Some(names) = &content.mentions {
        note.pieces.mentions.clone_from(names);
    }
    if let Some(link) = &content.link {
        let web = link.url.starts_with("https://") || link.url.starts_with("http://");
        if !web || link.url.len() > 4_000 || url::Url::parse(&link.url).is_err() {
            return Err(
                Fault::invalid("content.link.url", "That is not a web address.").given(&link.url),
            );
        }
        note.pieces.link = Some(link.url.clone());
        note.link = Some(link.clone());
    }
    Ok(())
}

/// A post as this contract shows it.
pub(super) async fn shown(call: &Call, world: &World, post: &Post) -> Result<PostOf, Fault> {
    let note: Note = world::note(call, KIND, &post.id.to_string()).await?;
    let draft = world::draft_of(post);
    let known = world::files_of(call, std::slice::from_ref(post)).await?;
    let pieces = note.pieces.of(&text_of(&draft.segments));
    let mut platforms = note.platforms;
    for target in &post.targets {
        let name = world.platform(target.draft.account_id);
        // An account that is gone is on no network.
        if !name.is_empty() && !platforms.contains(&name) {
            platforms.push(name);
        }
    }
    let files = draft.segments.iter().flat_map(|s: &Segment| &s.media);
    let media = files
        .map(|m| MediaOf {
            media_id: media_id(m),
            r#type: known
                .get(m.media_id.as_str())
                .and_then(|i| i.mime.split('/').next())
                .unwrap_or("file")
                .to_owned(),
            url: files::address(call, m.media_id.as_str()),
            alt_text: m.alt.clone(),
        })
        .collect();
    let platform_posts = post
        .targets
        .iter()
        .map(|t| PlatformPost {
            platform: world.platform(t.draft.account_id),
            account_id: account_id(t.draft.account_id),
            post_id: t.remote_id.clone(),
            url: t.remote_url.clone(),
            status: target(post, t.state).to_owned(),
            error: t.failure.as_ref().map(|f| f.message.clone()),
        })
        .collect();
    let published = post.targets.iter().filter_map(|t| t.published_at).max();
    Ok(PostOf {
        id: format!("post_{}", post.id),
        title: post.title.clone(),
        content: ContentOf {
            link: note
                .link
                .filter(|link| pieces.link.as_ref() == Some(&link.url)),
            text: pieces.text,
            hashtags: pieces.hashtags,
            mentions: pieces.mentions,
        },
        media,
        platforms,
        status: status(post.status).to_owned(),
        campaign_id: note.campaign_id,
        tags: post.labels.clone(),
        scheduled_at: match post.when {
            When::Scheduled { at, .. } => Some(times::seconds(at)),
            _ => None,
        },
        published_at: published.map(times::seconds),
        platform_posts,
        message: None,
        analytics: None,
        created_at: times::seconds(post.created_at),
        updated_at: times::seconds(post.updated_at),
        created_by: note.created_by,
    })
}
