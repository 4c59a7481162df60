//! The way to the commands: the data folder itself when nobody has it, else the Almanac that has it.

use std::path::Path;

use app::types::session::Boot;
use app::{App, OpenTrouble, Secret};
use model::account::Account;
use model::calendar::{Calendar, CalendarStatus, Workspace};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::owner;

use crate::client::Client;
use crate::place::Place;
use crate::secret;
use crate::trouble::Trouble;

/// The variable with the key for the Almanac that is running.
pub const KEY: &str = "ALMANAC_KEY";

/// See the module.
pub enum Door {
    /// The folder is ours.
    Own(App),
    /// Somebody else's.
    Other(Client),
}

/// Opens a door, does something through it, and closes it again, however that ended.
pub async fn through(
    place: &Place,
    publish: bool,
    work: impl AsyncFnOnce(&Door) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let door = Door::open(place, publish).await?;
    let done = work(&door).await;
    if let Door::Own(app) = &door {
        app.shutdown().await;
    }
    done
}

impl Door {
    async fn open(place: &Place, publish: bool) -> Result<Self, Trouble> {
        match place.open(publish).await {
            Ok(app) => Ok(Self::Own(app)),
            Err(error) if error.trouble == OpenTrouble::InUse => owner_of(place).map(Self::Other),
            Err(error) => Err(Trouble::NotOpen(error)),
        }
    }

    /// Runs a command of the list.
    pub async fn call<T: DeserializeOwned>(&self, name: &str, input: Value) -> Result<T, Trouble> {
        let value = match self {
            Self::Own(app) => app.call(name, input).await?,
            Self::Other(client) => client.call(name, &input).await?.value,
        };
        understood(value)
    }

    /// Runs a command that reads this file, whose path stands in `path`.
    pub async fn call_reading<T: DeserializeOwned>(
        &self,
        name: &str,
        mut input: Value,
        file: &Path,
    ) -> Result<T, Trouble> {
        input["path"] = json!(self.name_of(file).await?);
        self.call(name, input).await
    }

    /// Runs a command that writes this file.
    pub async fn call_writing<T: DeserializeOwned>(
        &self,
        name: &str,
        mut input: Value,
        file: &Path,
    ) -> Result<T, Trouble> {
        let client = match self {
            Self::Own(_) => {
                input["path"] = json!(std::path::absolute(file)?);
                return self.call(name, input).await;
            }
            Self::Other(client) => client,
        };
        let plain = file.file_name().unwrap_or_default().to_string_lossy();
        input["path"] = json!(format!("download:/{plain}"));
        let answered = client.call(name, &input).await?;
        let token = answered
            .file
            .ok_or_else(|| Trouble::missing("The Almanac that is running wrote no file."))?;
        client.download(&token, file).await?;
        understood(answered.value)
    }

    /// What a file is called in the input of a command.
    pub async fn name_of(&self, file: &Path) -> Result<String, Trouble> {
        match self {
            Self::Own(_) => {
                let path = std::path::absolute(file)?;
                Ok(path.to_string_lossy().into_owned())
            }
            Self::Other(client) => client.upload(file).await,
        }
    }

    /// Workspaces, calendars and accounts.
    pub async fn boot(&self) -> Result<Boot, Trouble> {
        self.call("session.boot", json!({})).await
    }
}

fn understood<T: DeserializeOwned>(value: Value) -> Result<T, Trouble> {
    serde_json::from_value(value).map_err(|error| {
        tracing::error!(%error, "an answer could not be read");
        Trouble::InUse(
            "The Almanac that has the data folder is of another version. Use the command line of that version."
                .to_owned(),
        )
    })
}

/// The key for the Almanac that is running, where one is given.
pub fn key_of(place: &Place) -> Result<Option<Secret>, Trouble> {
    if let Some(file) = &place.key_file {
        return secret::read(file).map(Some);
    }
    let given = std::env::var(KEY).ok();
    let given = given.filter(|key| !key.trim().is_empty());
    Ok(given.map(|key| Secret::new(key.trim())))
}

/// The one that has the folder.
pub fn owner_of(place: &Place) -> Result<Client, Trouble> {
    let data = place.data.display();
    let Some(note) = owner::of(&place.data) else {
        return Err(Trouble::InUse(format!(
            "Another Almanac has {data} open and lets no programs in. Turn that on in its Settings, Programs, or end it, then try again."
        )));
    };
    let key = key_of(place)?.ok_or_else(|| {
        Trouble::InUse(format!(
            "Another Almanac (process {}) has {data} open and listens at {}. This command can go to it: put a key of it into the variable {KEY}, or name a file that holds one with --key-file.",
            note.process, note.address
        ))
    })?;
    Client::new(&note.address, key)
}

/// A thing of a list by id or name; the only one when none is named.
fn pick<'a, T>(
    all: &'a [T],
    named: Option<&str>,
    what: &str,
    names: impl Fn(&T) -> (String, &str),
) -> Result<&'a T, Trouble> {
    let listed = || {
        let names: Vec<String> = all.iter().map(|one| names(one).1.to_owned()).collect();
        names.join(", ")
    };
    let found: Vec<&T> = match named {
        None => all.iter().collect(),
        Some(named) => all
            .iter()
            .filter(|one| {
                let (id, name) = names(one);
                id == named || name.to_lowercase() == named.to_lowercase()
            })
            .collect(),
    };
    match (found.as_slice(), named) {
        ([one], _) => Ok(one),
        ([], Some(named)) => Err(Trouble::missing(format!(
            "There is no {what} {named}. There are: {}.",
            listed()
        ))),
        ([], None) => Err(Trouble::missing(format!("There is no {what}."))),
        (_, Some(named)) => Err(Trouble::invalid(format!(
            "There are several {what}s called {named}: name one by its id."
        ))),
        (_, None) => Err(Trouble::invalid(format!(
            "There are several {what}s, say which with --{what}: {}.",
            listed()
        ))),
    }
}

/// A workspace by id or name.
pub fn workspace<'a>(boot: &'a Boot, named: Option<&str>) -> Result<&'a Workspace, Trouble> {
    pick(&boot.workspaces, named, "workspace", |w| {
        (w.id.to_string(), &w.name)
    })
}

/// An active calendar by id or name.
pub fn calendar(boot: &Boot, named: Option<&str>) -> Result<Calendar, Trouble> {
    let active: Vec<Calendar> = boot
        .calendars
        .iter()
        .filter(|c| c.status == CalendarStatus::Active)
        .cloned()
        .collect();
    pick(&active, named, "calendar", |c| (c.id.to_string(), &c.name)).cloned()
}

/// An account of a calendar's workspace by id, handle or name, with its network before it or not, or by its
/// network alone.
pub fn account<'a>(
    boot: &'a Boot,
    calendar: &Calendar,
    named: &str,
) -> Result<&'a Account, Trouble> {
    let own = || {
        boot.accounts
            .iter()
            .filter(|a| a.workspace_id == calendar.workspace_id)
    };
    let wanted = named.trim_start_matches('@').to_lowercase();
    let is = |a: &Account| {
        let names = [a.handle.trim_start_matches('@'), &a.display_name];
        let mut spelled = names.iter().map(|name| name.to_lowercase());
        a.id.to_string() == named
            || spelled.any(|name| name == wanted || format!("{}:{name}", a.network) == wanted)
    };
    let mut found: Vec<&Account> = own().filter(|a| is(a)).collect();
    if found.is_empty() {
        // A network stands for its account, where it has but one.
        found = own().filter(|a| a.network == wanted).collect();
    }
    match found.as_slice() {
        [one] => Ok(one),
        [] => {
            let there: Vec<String> = own().map(long_name).collect();
            let there = if there.is_empty() {
                "No account is connected yet: almanac-server accounts connect <network>".to_owned()
            } else {
                format!("There are: {}", there.join(", "))
            };
            Err(Trouble::missing(format!(
                "There is no account {named}. {there}."
            )))
        }
        several => {
            let names: Vec<String> = several.iter().map(|a| long_name(a)).collect();
            Err(Trouble::invalid(format!(
                "Several accounts are called {named}: {}.",
                names.join(", ")
            )))
        }
    }
}

/// An account with its network.
pub fn long_name(account: &Account) -> String {
    format!("{}:{}", account.network, account.handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_named_by_name_or_id_and_need_not_be_when_it_is_the_only_one() {
        let all = ["Shop", "Blog"];
        let by = |all: &[&'static str], named| {
            pick(all, named, "calendar", |name| (format!("id-{name}"), name))
                .map(|found| (*found).to_owned())
                .map_err(|trouble| trouble.to_string())
        };
        assert_eq!(by(&all, Some("blog")).unwrap(), "Blog");
        assert_eq!(by(&all, Some("id-Shop")).unwrap(), "Shop");
        assert_eq!(by(&["Shop"], None).unwrap(), "Shop");
        assert!(by(&all, None).unwrap_err().contains("--calendar"));
        assert!(by(&all, Some("News")).unwrap_err().contains("Shop, Blog"));
    }
}
