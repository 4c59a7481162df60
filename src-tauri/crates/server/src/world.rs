//! What the words of programs are translated with: the workspace of a key, its networks, its posts.

mod notes;
mod sending;

use std::collections::HashMap;

use app::App;
use app::programs::{PostChange, ProgramNote, Room};
use app::types::data::{MediaIds, MediaInfo};
use app::types::posts::{
    Move, OnePost, Place, PostCreate, PostIds, PostsEditorial, PostsMove, Scheduling,
};
use app::types::programs::PostsPageQuery;
use model::account::Account;
use model::calendar::{Calendar, CalendarStatus};
use model::key::Permission;
use model::post::{Draft, Post, TargetDraft};
use model::status::{EditorialStatus, ShownStatus};
use model::when::Zone;
use model::{AccountId, CalendarId, PostId};

use crate::call::Call;
use crate::fault::{Fault, Kind};

pub(crate) use notes::{note, noted, notes, put_note, read_note};
pub(crate) use sending::{publish_changed, publish_now, why_not_yet};

/// The workspace of a key.
pub(crate) struct World {
    /// Workspace, calendars, accounts.
    pub room: Room,
}

/// The identifier in a text that may begin with a prefix, such as `post_`.
pub(crate) fn id_of<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, Fault> {
    let bare = text.rsplit('_').next().unwrap_or(text);
    bare.parse().map_err(|_| Fault::missing(what))
}

/// Our key of a network that programs call by another name.
pub(crate) fn network_of(name: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "twitter" => "x".to_owned(),
        other => other.to_owned(),
    }
}

/// Networks that the documents name.
const DOCUMENTED: [&str; 6] = [
    "instagram",
    "tiktok",
    "youtube",
    "x",
    "facebook",
    "linkedin",
];

/// The first of these names that is one of no network.
pub(crate) fn strange_network<'a>(call: &Call, names: &'a [String]) -> Option<&'a String> {
    let known = call.app().networks();
    names.iter().find(|name| {
        let ours = network_of(name);
        !DOCUMENTED.contains(&ours.as_str()) && !known.iter().any(|n| n.key == ours)
    })
}

/// What most contracts call a network.
pub(crate) fn platform_of(network: &str) -> String {
    match network {
        "x" => "twitter".to_owned(),
        other => other.to_owned(),
    }
}

/// The name of an account as people write it: with `@` in front, unless it is an address, a domain or a
/// name in words. Where it has no such name, the one it shows.
pub(crate) fn username(account: &Account) -> String {
    let name = &account.handle;
    let bare = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if name.is_empty() {
        account.display_name.clone()
    } else if bare {
        format!("@{name}")
    } else {
        name.clone()
    }
}

impl World {
    /// Reads it.
    pub async fn read(call: &Call) -> Result<Self, Fault> {
        Ok(Self {
            room: call.app().room(call.workspace()).await?,
        })
    }

    /// The calendar of programs that name none: the oldest in use.
    pub fn calendar(&self) -> Result<&Calendar, Fault> {
        let all = &self.room.calendars;
        all.iter()
            .find(|c| c.status == CalendarStatus::Active)
            .or_else(|| all.first())
            .ok_or_else(|| Fault::missing("calendar"))
    }

    /// Every calendar.
    pub fn calendars(&self) -> Vec<CalendarId> {
        self.room.calendars.iter().map(|c| c.id).collect()
    }

    /// A calendar by its id.
    pub fn calendar_by(&self, text: &str) -> Result<&Calendar, Fault> {
        let id: CalendarId = id_of(text, "calendar")?;
        let mut all = self.room.calendars.iter();
        all.find(|c| c.id == id)
            .ok_or_else(|| Fault::missing("calendar"))
    }

    /// The zone of a post.
    pub fn zone(&self, post: &Post) -> Zone {
        let mut all = self.room.calendars.iter();
        all.find(|c| c.id == post.calendar_id)
            .map_or_else(Zone::utc, |c| c.zone.clone())
    }

    /// An account.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.room.accounts.iter().find(|a| a.id == id)
    }

    /// An account by its id as programs have it.
    pub fn account_by(&self, text: &str) -> Result<&Account, Fault> {
        let id: AccountId = id_of(text, "account")?;
        self.account(id).ok_or_else(|| Fault::missing("account"))
    }

    /// What contracts call the network of an account; empty when the account is gone.
    pub fn platform(&self, id: AccountId) -> String {
        self.account(id)
            .map_or_else(String::new, |a| platform_of(&a.network))
    }

    /// The account of a network that a post goes to when only the network is named: one that new posts
    /// of the calendar start with, else the first one.
    pub fn account_on(&self, name: &str, calendar: &Calendar) -> Option<&Account> {
        let network = network_of(name);
        let here = |a: &&Account| a.network == network;
        let usual = calendar.default_accounts.iter();
        usual
            .filter_map(|id| self.account(*id))
            .find(|a| here(a))
            .or_else(|| self.room.accounts.iter().find(here))
    }

    /// The accounts of a network.
    pub fn accounts_on(&self, name: &str) -> Vec<AccountId> {
        let network = network_of(name);
        let here = self.room.accounts.iter().filter(|a| a.network == network);
        here.map(|a| a.id).collect()
    }

    /// A post of this workspace that is not in the bin.
    pub async fn post(&self, call: &Call, text: &str) -> Result<Post, Fault> {
        let id: PostId = id_of(text, "post")?;
        let post = call.app().posts_get(OnePost { id }).await;
        let post = post.map_err(|error| {
            let fault = Fault::from(error);
            if fault.kind == Kind::NotFound {
                Fault::missing("post")
            } else {
                fault
            }
        })?;
        let here = self.calendars().contains(&post.calendar_id);
        if !here || post.deleted_at.is_some() {
            return Err(Fault::missing("post"));
        }
        Ok(post)
    }

    /// All posts of a query, of every calendar when it names none.
    pub async fn posts(&self, call: &Call, mut query: PostsPageQuery) -> Result<Vec<Post>, Fault> {
        if query.calendars.is_empty() {
            query.calendars = self.calendars();
        }
        Ok(call.app().posts_all(query).await?)
    }
}

/// What a post says, as programs read and change it: what was confirmed, without what a person is typing.
pub(crate) fn draft_of(post: &Post) -> Draft {
    Draft {
        title: post.title.clone(),
        segments: post.segments.clone(),
        notes: post.notes.clone(),
        labels: post.labels.clone(),
        content_type: post.content_type,
        priority: post.priority,
        assignee: post.assignee.clone(),
        targets: post.targets.iter().map(|t| t.draft.clone()).collect(),
    }
}

/// A draft that goes to these accounts.
pub(crate) fn targets(accounts: impl IntoIterator<Item = AccountId>) -> Vec<TargetDraft> {
    let mut seen = Vec::new();
    for account_id in accounts {
        if !seen
            .iter()
            .any(|t: &TargetDraft| t.account_id == account_id)
        {
            seen.push(TargetDraft {
                account_id,
                override_segments: None,
                options: serde_json::Map::new(),
            });
        }
    }
    seen
}

/// Refuses a change of what goes out by itself to whoever may not publish: it would go out as changed, at
/// another time or not at all.
pub(crate) fn may_change(call: &Call, post: &Post) -> Result<(), Fault> {
    let out = post.status == ShownStatus::Published;
    if post.editorial == EditorialStatus::Scheduled && !out {
        return call.may(Permission::PublishContent);
    }
    Ok(())
}

/// A post to be made.
#[derive(Debug, Clone)]
pub(crate) struct New {
    /// Its calendar.
    pub calendar: CalendarId,
    /// What it says.
    pub draft: Draft,
    /// Where it stands.
    pub place: Place,
    /// Whether it is scheduled.
    pub scheduling: Scheduling,
    /// What the program says of it besides.
    pub note: Option<ProgramNote>,
    /// Its plan waits for somebody's yes.
    pub in_review: bool,
}

impl New {
    /// One on the shelf.
    pub const fn of(calendar: CalendarId, draft: Draft) -> Self {
        Self {
            calendar,
            draft,
            place: Place::Shelf,
            scheduling: Scheduling::Plan,
            note: None,
            in_review: false,
        }
    }
}

/// Makes a post: all of it, or nothing.
pub(crate) async fn create(call: &Call, new: New) -> Result<Post, Fault> {
    let input = PostCreate {
        calendar_id: new.calendar,
        draft: new.draft,
        place: new.place,
        scheduling: new.scheduling,
    };
    let made = call.app().post_make(input, new.in_review, new.note).await;
    Ok(made?.value)
}

/// Changes a post: all of it, or nothing when any of it is refused.
pub(crate) async fn change(call: &Call, change: PostChange) -> Result<Post, Fault> {
    Ok(call.app().post_change(change).await?)
}

/// Saves what a post says. What is scheduled is changed at once: a program has no composer to confirm in.
pub(crate) async fn save(call: &Call, post: &Post, draft: Draft) -> Result<Post, Fault> {
    let saved = PostChange {
        draft: Some(draft),
        ..PostChange::of(post)
    };
    change(call, saved).await
}

/// Gives a post another place.
pub(crate) async fn place(
    call: &Call,
    id: PostId,
    place: Place,
    scheduling: Scheduling,
) -> Result<Post, Fault> {
    let input = PostsMove {
        moves: vec![Move { id, place }],
        scheduling,
    };
    let app = spared(call, &id.to_string());
    one(app.posts_move(input).await?.value.posts)
}

/// Changes how far a post is.
pub(crate) async fn editorial(
    call: &Call,
    id: PostId,
    status: EditorialStatus,
) -> Result<Post, Fault> {
    let input = PostsEditorial {
        ids: vec![id],
        status,
    };
    one(call.app().posts_editorial(input).await?.value.posts)
}

/// Calls a post off.
pub(crate) async fn cancel(call: &Call, id: PostId) -> Result<Post, Fault> {
    let input = PostIds { ids: vec![id] };
    one(call.app().posts_cancel(input).await?.value.posts)
}

/// The same of a calendar or an account: taken away or out of use, its posts would not go out. Gives the
/// program to do it with.
pub(crate) async fn may_take_away(call: &Call, id: &str) -> Result<App, Fault> {
    if !call.allows(Permission::PublishContent) && call.app().goes_out(id).await? {
        call.may(Permission::PublishContent)?;
    }
    Ok(spared(call, id))
}

/// The program for a change, by this key, of what an identifier names. Somebody may schedule it after it was
/// looked at: to a key that may not publish the change is refused then too.
fn spared(call: &Call, id: &str) -> App {
    if call.allows(Permission::PublishContent) {
        call.app().clone()
    } else {
        call.app().sparing(id)
    }
}

/// Moves a post to the bin.
pub(crate) async fn remove(call: &Call, post: &Post) -> Result<(), Fault> {
    may_change(call, post)?;
    let ids = vec![post.id];
    let app = spared(call, &post.id.to_string());
    app.posts_remove(PostIds { ids }).await?;
    Ok(())
}

fn one(posts: Vec<Post>) -> Result<Post, Fault> {
    posts
        .into_iter()
        .next()
        .ok_or_else(|| Fault::missing("post"))
}

/// How many files are asked for at once.
const FILES: usize = 1_000;

/// What is known of the files of posts.
pub(crate) async fn files_of(
    call: &Call,
    posts: &[Post],
) -> Result<HashMap<String, MediaInfo>, Fault> {
    let mut ids: Vec<_> = posts
        .iter()
        .flat_map(|p| &p.segments)
        .flat_map(|s| &s.media)
        .map(|m| m.media_id.clone())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let mut known = HashMap::new();
    for some in ids.chunks(FILES) {
        let ids = some.to_vec();
        let infos = call.app().media_info(MediaIds { ids }).await?;
        known.extend(infos.into_iter().map(|info| (info.id.to_string(), info)));
    }
    Ok(known)
}
