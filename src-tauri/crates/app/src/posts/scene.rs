//! What the posts' commands look at: settings, accounts, calendars, plans, read once a command.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::civil;
use media::video::Tool;
use model::account::Account;
use model::calendar::Calendar;
use model::post::{Draft, Post};
use model::slot::{DayPause, Plan, Slot, SlotTime};
use model::when::{When, Zone};
use model::{AccountId, CalendarId, MediaId, PostId, Problem, Timestamp};
use networks::registry::Registry;
use networks::video::known_here;
use store::{Conn, posts as rows};

use crate::app::App;
use crate::as_sent::as_sent;
use crate::checks::{self, World};
use crate::error::Result;
use crate::money::{facts_of, files_of};
use crate::place::{Around, Spot, resolve_place};
use crate::settings;
use crate::types::ApiError;
use crate::types::posts::{CheckedAccount, Place};
use crate::types::session::{Settings, VaultStatus};
use crate::words::DateWords;

pub(super) use store::posts::draft_of;

/// How far ahead taken slots are looked for.
const AHEAD: Duration = Duration::from_hours(24 * 400);

/// See the module.
pub(crate) struct Scene {
    /// The instant of the command.
    pub now: Timestamp,
    /// Settings.
    pub settings: Settings,
    /// How dates are written.
    pub words: DateWords,
    /// Accounts that are not in the bin.
    pub accounts: Vec<Account>,
    /// Calendars that are not in the bin.
    pub calendars: Vec<Calendar>,
    /// Weekly plans.
    pub slots: Vec<Slot>,
    /// Days on which they are paused.
    pub pauses: Vec<DayPause>,
    /// Slots that this very command has given to other posts already.
    pub given: BTreeSet<Timestamp>,
    registry: Registry,
    library: media::Library,
    vault: VaultStatus,
    system_zone: Zone,
}

impl Scene {
    /// Reads it.
    pub async fn read(app: &App, conn: &mut Conn) -> Result<Self> {
        let now = app.inner.now();
        let settings = settings::read(conn).await?;
        Ok(Self {
            now,
            words: app.date_words(&settings),
            settings,
            accounts: store::accounts::all(conn).await?,
            calendars: store::calendars::all(conn).await?,
            slots: store::slots::all(conn).await?,
            pauses: store::day_pauses::all(conn).await?,
            given: BTreeSet::new(),
            registry: app.inner.config.registry.clone(),
            library: app.inner.library.clone(),
            vault: app.inner.vault.last_status(),
            system_zone: app.inner.config.system_zone.clone(),
        })
    }

    /// The day it is on this computer, `2026-05-14`.
    pub fn today(&self) -> Result<String> {
        Ok(self.system_zone.wall_at(self.now)?.0.date().to_string())
    }

    /// A calendar by its id.
    pub fn calendar(&self, id: CalendarId) -> Result<&Calendar> {
        self.calendars
            .iter()
            .find(|c| c.id == id)
            .ok_or_else(|| ApiError::missing("calendar"))
    }

    /// Those of these calendars that are in use.
    pub fn only_active(&self, ids: &[CalendarId]) -> Vec<CalendarId> {
        chosen(&self.calendars, &[])
            .into_iter()
            .filter(|id| ids.contains(id))
            .collect()
    }

    /// An account by its id.
    pub fn account(&self, id: AccountId) -> Result<&Account> {
        self.accounts
            .iter()
            .find(|a| a.id == id)
            .ok_or_else(|| ApiError::missing("account"))
    }

    /// An account as sentences name it.
    pub fn account_name(&self, id: AccountId) -> String {
        match self.accounts.iter().find(|a| a.id == id) {
            Some(account) => {
                let connector = self.registry.get(&account.network).map(|c| &**c);
                checks::account_name(account, connector)
            }
            None => "A removed account".to_owned(),
        }
    }

    /// The time of day of days without anything better.
    pub fn usual_time(&self) -> civil::Time {
        settings::usual_time(&self.settings)
    }

    /// The plan of an account; it may have no slots.
    pub fn plan_of(&self, account: AccountId) -> Plan {
        let slots = self.slots.iter().filter(|s| s.account_id == account);
        self.plan_with(account, slots.cloned().collect())
    }

    /// The plan an account would have with these slots.
    pub fn plan_with(&self, account: AccountId, slots: Vec<Slot>) -> Plan {
        Plan::new(slots, self.pauses_of(account).map(|p| p.date))
    }

    /// Paused days of an account, in order.
    pub fn pauses_of(&self, account: AccountId) -> impl Iterator<Item = &DayPause> {
        self.pauses.iter().filter(move |p| p.account_id == account)
    }

    /// The plan of the first of these accounts that has one.
    fn first_plan(&self, accounts: &[AccountId]) -> Plan {
        let plans = accounts.iter().map(|id| self.plan_of(*id));
        plans
            .into_iter()
            .find(|plan| !plan.slots().is_empty())
            .unwrap_or_default()
    }

    /// The first free time of the first of these accounts that has a plan, after an instant.
    pub async fn next_free(
        &self,
        conn: &mut Conn,
        accounts: &[AccountId],
        after: Timestamp,
    ) -> Result<Option<SlotTime>> {
        for account in accounts {
            let plan = self.plan_of(*account);
            if plan.slots().is_empty() {
                continue;
            }
            let taken = self.taken(conn, *account, after).await?;
            if let Some(free) = plan.next_free(&taken, after) {
                return Ok(Some(free));
            }
        }
        Ok(None)
    }

    /// Instants after `after` at which an account has a post.
    pub async fn taken(
        &self,
        conn: &mut Conn,
        account: AccountId,
        after: Timestamp,
    ) -> Result<BTreeSet<Timestamp>> {
        let taken = store::queue::taken(conn, account, after, after.plus(AHEAD)).await?;
        Ok(taken.into_iter().collect())
    }

    /// Where a place lies for a post that exists.
    pub async fn spot(&self, conn: &mut Conn, place: &Place, post: &Post) -> Result<Option<Spot>> {
        let accounts: Vec<AccountId> = post.targets.iter().map(|t| t.draft.account_id).collect();
        self.spot_for(conn, place, &post.when, post.calendar_id, &accounts)
            .await
    }

    /// Where a place lies for a draft with these accounts that stands at `current`.
    pub async fn spot_for(
        &self,
        conn: &mut Conn,
        place: &Place,
        current: &When,
        calendar: CalendarId,
        accounts: &[AccountId],
    ) -> Result<Option<Spot>> {
        let calendar = self.calendar(calendar)?;
        // Only a post without a time of day looks for a slot.
        let timeless = matches!(current, When::Unplanned | When::Planned { time: None, .. });
        let plan = match place {
            Place::Day { .. } if timeless => self.first_plan(accounts),
            _ => Plan::default(),
        };
        let taken = match plan.slots().first() {
            Some(slot) => self.taken(conn, slot.account_id, self.now).await?,
            None => BTreeSet::new(),
        };
        let taken = taken.union(&self.given).copied().collect();
        let around = Around {
            now: self.now,
            calendar_zone: &calendar.zone,
            usual_time: self.usual_time(),
            plan: &plan,
            taken: &taken,
        };
        Ok(resolve_place(place, current, &around)?)
    }

    /// Refuses a time that has passed, offering the next free slot.
    pub async fn refuse_past_for(
        &self,
        conn: &mut Conn,
        spot: &Spot,
        accounts: &[AccountId],
    ) -> Result<()> {
        if spot.at > self.now {
            return Ok(());
        }
        let free = self
            .next_free(conn, accounts, self.now)
            .await?
            .map(|s| s.at);
        let (message, fixes) = checks::past(spot, free, self.now, self.words);
        let error = ApiError::invalid("when", message);
        Err(match fixes.into_iter().next() {
            Some(fix) => error.with_fix(fix),
            None => error,
        })
    }

    /// Refuses a day that has passed.
    pub fn refuse_past_day(&self, day: &When) -> Result<()> {
        let When::Planned { date, zone, .. } = day else {
            return Ok(());
        };
        if *date >= zone.wall_at(self.now)?.0.date() {
            return Ok(());
        }
        Err(ApiError::invalid(
            "when",
            format!(
                "{} has passed, so nothing was planned for it. Choose a later day.",
                self.words.date(*date)
            ),
        ))
    }

    /// Everything wrong with a draft at a spot, errors first.
    pub async fn problems(
        &self,
        conn: &mut Conn,
        draft: &Draft,
        own: Option<PostId>,
        calendar: CalendarId,
        spot: Option<&Spot>,
    ) -> Result<Vec<Problem>> {
        Ok(self.looked_at(conn, draft, own, calendar, spot).await?.0)
    }

    /// The same, with what every account would get.
    pub async fn looked_at(
        &self,
        conn: &mut Conn,
        draft: &Draft,
        own: Option<PostId>,
        calendar: CalendarId,
        spot: Option<&Spot>,
    ) -> Result<(Vec<Problem>, Vec<CheckedAccount>)> {
        let calendar = self.calendar(calendar)?;
        let workspace = calendar.workspace_id;
        let rules = store::settings::link_rules(conn, &BTreeSet::from([workspace])).await?;
        let date = match spot {
            Some(spot) => spot.wall.0.date(),
            None => calendar.zone.wall_at(self.now)?.0.date(),
        };
        let accounts: Vec<Account> = self
            .accounts
            .iter()
            .filter(|a| a.workspace_id == workspace)
            .cloned()
            .collect();
        let mut media = facts_of(conn, used_by(draft), Tool::default()).await?;
        known_here(&mut media, &self.library).await;
        let when = spot.map_or(self.now, |s| s.at);
        let mut repeats = BTreeMap::new();
        for repeat in rows::repeats(conn, own, draft, when).await? {
            repeats.entry(repeat.account_id).or_insert(repeat.at);
        }
        let ahead = self.ahead(conn, draft, own, spot, &media).await?;
        let free = match spot {
            Some(spot) if spot.at <= self.now => {
                let chosen: Vec<AccountId> = draft.targets.iter().map(|t| t.account_id).collect();
                self.next_free(conn, &chosen, self.now).await?.map(|s| s.at)
            }
            _ => None,
        };
        let connectors = |key: &str| self.registry.get(key).cloned();
        let world = World {
            accounts: &accounts,
            media: &media,
            library: Some(&self.library),
            connectors: &connectors,
            repeats: &repeats,
            spot,
            free,
            now: self.now,
            words: self.words,
            links: rules.get(&workspace),
            vault: &self.vault,
            date: &date.to_string(),
        };
        let mut problems = checks::problems(draft, &world);
        problems.extend(ahead);
        Ok((problems, as_sent(draft, &world)))
    }

    /// The networks there are.
    pub(super) fn registry(&self) -> &Registry {
        &self.registry
    }
}

/// The calendars asked for; all active ones when none are named.
pub(crate) fn chosen(calendars: &[Calendar], named: &[CalendarId]) -> Vec<CalendarId> {
    if !named.is_empty() {
        return named.to_vec();
    }
    let active = |c: &&Calendar| c.status == model::calendar::CalendarStatus::Active;
    calendars.iter().filter(active).map(|c| c.id).collect()
}

/// Every file a draft uses.
fn used_by(draft: &Draft) -> BTreeSet<MediaId> {
    let own = draft
        .targets
        .iter()
        .filter_map(|t| t.override_segments.as_deref());
    let all = std::iter::once(draft.segments.as_slice()).chain(own);
    files_of(all.flatten())
}

impl App {
    /// How dates and hours are written now, by the person's settings.
    #[must_use]
    pub fn date_words(&self, settings: &Settings) -> DateWords {
        let zone: &Zone = &self.inner.config.system_zone;
        let year = zone
            .wall_at(self.inner.now())
            .map_or(1970, |wall| wall.0.year());
        DateWords::new(settings, self.inner.config.formats, year)
    }
}
