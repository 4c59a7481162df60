//! Containers: made, worked on, published once, and what became of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::login::{Login, Token};
use super::{Call, File, Refused, picture_kind, seconds};

/// How long a container can be published, in seconds.
const LIFE: i64 = 86_400;

/// A container.
#[derive(Debug, Clone)]
pub struct Container {
    /// Whose it is.
    pub owner: String,
    /// What was said of it.
    pub fields: BTreeMap<String, String>,
    /// The file it was given.
    pub file: Option<File>,
    /// Bytes that are still to come, of a resumable upload.
    pub waits: bool,
    /// Bytes that arrived of it.
    pub received: u64,
    made: i64,
    polls: u32,
    failed: Option<String>,
    published: bool,
}

/// Something that was published.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub owner: String,
    /// What its container was given.
    pub fields: BTreeMap<String, String>,
    /// What its children were given, of a carousel.
    pub children: Vec<BTreeMap<String, String>>,
    /// Sizes of its files in bytes.
    pub files: Vec<u64>,
    /// When, in seconds since 1970.
    pub created: i64,
}

/// What a network keeps.
pub struct Phases {
    /// Signing in.
    pub login: Login,
    /// The clock of a test.
    pub now: Option<i64>,
    serial: u64,
    /// Containers by id.
    pub containers: BTreeMap<String, Container>,
    /// What is published.
    pub posts: Vec<Post>,
    /// How much was ever published.
    pub made: usize,
    /// Looks at a container with a file while it is worked on.
    pub polls: u32,
    /// Every new container with a file fails so.
    pub fails: Option<String>,
    /// Most posts of a day.
    pub quota: usize,
}

impl Phases {
    /// Nothing yet.
    #[must_use]
    pub fn new(login: Login) -> Self {
        Self {
            login,
            now: None,
            serial: 17_000,
            containers: BTreeMap::new(),
            posts: vec![],
            made: 0,
            polls: 1,
            fails: None,
            quota: 250,
        }
    }

    /// A new id.
    pub fn id(&mut self) -> String {
        self.serial += 1;
        self.serial.to_string()
    }

    /// Who calls.
    pub fn caller(&self, call: &Call) -> Result<Token, Refused> {
        let token = self.login.caller(call.token()?, seconds(self.now))?;
        Ok(token.clone())
    }

    /// Who calls, with the right to do it.
    pub fn allowed(&self, call: &Call, owner: &str, scope: &str) -> Result<(), Refused> {
        let token = self.caller(call)?;
        if token.owner != owner {
            return Err(Refused::gone(owner));
        }
        if !token.scopes.contains(scope) {
            return Err(Refused::graph(
                10,
                0,
                "(#10) Application does not have permission for this action",
            ));
        }
        Ok(())
    }

    /// Makes a container.
    pub fn create(&mut self, call: &Call, owner: &str, file: Option<File>, waits: bool) -> String {
        let id = self.id();
        let has_file = file.is_some() || waits;
        let container = Container {
            owner: owner.to_owned(),
            fields: call.params.clone(),
            file,
            waits,
            received: 0,
            made: seconds(self.now),
            polls: if has_file { self.polls } else { 0 },
            failed: self.fails.clone().filter(|_| has_file),
            published: false,
        };
        self.containers.insert(id.clone(), container);
        id
    }

    /// What a container of the caller is now, and why if it failed.
    pub fn standing(&mut self, call: &Call, id: &str) -> Result<(&'static str, String), Refused> {
        let owner = self.caller(call)?.owner;
        let theirs = self.containers.get(id).is_some_and(|c| c.owner == owner);
        if theirs {
            self.standing_of(id)
        } else {
            Err(Refused::gone(id))
        }
    }

    /// What a container is now, and why if it failed. Each look brings its work forward.
    pub fn standing_of(&mut self, id: &str) -> Result<(&'static str, String), Refused> {
        let now = seconds(self.now);
        let container = self.containers.get_mut(id);
        let container = container.ok_or_else(|| Refused::gone(id))?;
        if container.polls > 0 && !container.published && !container.waits {
            container.polls -= 1;
            return Ok(("IN_PROGRESS", String::new()));
        }
        Ok(state(container, now))
    }

    /// The children of a carousel, all of which have to be ready.
    pub fn children(&self, call: &Call, most: usize) -> Result<(), Refused> {
        let ids: Vec<&str> = call.need("children")?.split(',').collect();
        let different: BTreeSet<&&str> = ids.iter().collect();
        if ids.len() < 2 || ids.len() > most || different.len() != ids.len() {
            return Err(Refused::parameter(
                "Param children must have between 2 and the most items",
            ));
        }
        for id in ids {
            let child = self.containers.get(id).ok_or_else(|| Refused::gone(id))?;
            if child.fields.get("is_carousel_item").map(String::as_str) != Some("true") {
                return Err(Refused::parameter("A child is no carousel item"));
            }
            if state(child, seconds(self.now)).0 != "FINISHED" || child.polls > 0 {
                return Err(Refused::graph(
                    9_007,
                    2_207_027,
                    "Media ID is not available",
                ));
            }
        }
        Ok(())
    }

    /// Publishes a container, once.
    pub fn publish(&mut self, call: &Call, owner: &str) -> Result<Value, Refused> {
        call.only(&["creation_id"])?;
        let id = call.need("creation_id")?.to_owned();
        let now = seconds(self.now);
        let container = self.containers.get(&id).filter(|c| c.owner == owner);
        let container = container.cloned().ok_or_else(|| {
            Refused::graph(
                24,
                4_279_009,
                "The requested resource does not exist: Media Not Found",
            )
        })?;
        if container.fields.contains_key("is_carousel_item") {
            return Err(Refused::parameter("A carousel item cannot be published"));
        }
        if container.published {
            return Err(Refused::graph(
                9_007,
                2_207_027,
                "Media ID is not available",
            ));
        }
        if container.polls > 0 || state(&container, now).0 != "FINISHED" {
            return Err(Refused::graph(
                9_007,
                2_207_027,
                "The media is not ready to be published",
            ));
        }
        if self.posts.len() >= self.quota {
            return Err(Refused::graph(
                9,
                2_207_042,
                "You reached the maximum number of posts: the publishing limit",
            ));
        }
        let children = container
            .fields
            .get("children")
            .cloned()
            .unwrap_or_default();
        let children: Vec<Container> = children
            .split(',')
            .filter_map(|id| self.containers.get(id).cloned())
            .collect();
        let files = children.iter().chain([&container]).map(size_of);
        let post = Post {
            id: self.id(),
            owner: owner.to_owned(),
            files: files.filter(|bytes| *bytes > 0).collect(),
            fields: container.fields,
            children: children.into_iter().map(|c| c.fields).collect(),
            created: now,
        };
        let answer = json!({ "id": post.id });
        self.posts.push(post);
        self.made += 1;
        if let Some(container) = self.containers.get_mut(&id) {
            container.published = true;
        }
        Ok(answer)
    }

    /// Removes a post.
    pub fn remove(&mut self, owner: &str, id: &str) -> Result<Value, Refused> {
        let before = self.posts.len();
        self.posts.retain(|p| p.id != id || p.owner != owner);
        if self.posts.len() == before {
            return Err(Refused::gone(id));
        }
        Ok(json!({ "success": true, "deleted_id": id }))
    }
}

fn size_of(container: &Container) -> u64 {
    let held = container.file.as_ref().map_or(0, |f| f.bytes.len() as u64);
    held.max(container.received)
}

fn state(container: &Container, now: i64) -> (&'static str, String) {
    match &container.failed {
        _ if container.published => ("PUBLISHED", String::new()),
        _ if container.waits => ("IN_PROGRESS", String::new()),
        Some(why) => ("ERROR", why.clone()),
        None if now - container.made > LIFE => ("EXPIRED", String::new()),
        None => ("FINISHED", String::new()),
    }
}

/// The file that was fetched for a call, as the kind it has to be.
pub fn fetched(call: &Call, kind: &str) -> Result<File, Refused> {
    let file = match &call.fetched {
        Some(Ok(file)) => file.clone(),
        other => {
            let why = format!("The media could not be fetched from this URI: {other:?}");
            return Err(Refused::graph(9_004, 2_207_052, &why));
        }
    };
    let right = match kind {
        "image" => picture_kind(&file.bytes) == file.mime && !file.mime.is_empty(),
        _ => file.mime.starts_with("video/") && file.bytes.get(4..8) == Some(b"ftyp"),
    };
    if right {
        Ok(file)
    } else {
        Err(Refused::graph(
            36_001,
            2_207_005,
            "The image format is not supported",
        ))
    }
}
