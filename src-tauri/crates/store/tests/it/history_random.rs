//! Random sequences of a person's changes, undone to the start and done again.

use std::collections::BTreeMap;

use jiff::civil;
use model::change::Actor;
use model::content::Segment;
use model::post::Post;
use model::slot::{DayPause, Slot};
use model::status::EditorialStatus;
use model::when::When;
use model::{PostId, Timestamp};
use proptest::prelude::*;
use serde_json::json;
use store::posts::{self, Move};
use store::{Step, StoreError, day_pauses};

use crate::fixture::{World, scheduled, target};
use crate::history::{redo, undo};

/// One change as a person makes it.
#[derive(Debug, Clone)]
enum Act {
    Create(String, Option<u8>),
    Save(usize, String, bool),
    Compose(usize, String),
    Tailor(usize, String),
    Move(usize, Option<u8>),
    Editorial(usize, usize),
    Labels(usize, Vec<String>),
    Delete(usize),
    Restore(usize),
    Duplicate(usize),
    Calendar(String),
    Setting(u8, u8),
    Slots(u8),
    Pause(u8, Option<u8>),
    Account(bool),
    Many(Option<u8>),
}

fn act() -> impl Strategy<Value = Act> {
    let text = "[a-c]{0,3}";
    let day = proptest::option::of(0_u8..20);
    prop_oneof![
        (text, day.clone()).prop_map(|(t, d)| Act::Create(t, d)),
        (0..4_usize, text, any::<bool>()).prop_map(|(i, t, b)| Act::Save(i, t, b)),
        (0..4_usize, text).prop_map(|(i, t)| Act::Compose(i, t)),
        (0..4_usize, text).prop_map(|(i, t)| Act::Tailor(i, t)),
        (0..4_usize, day.clone()).prop_map(|(i, d)| Act::Move(i, d)),
        (0..4_usize, 0..5_usize).prop_map(|(i, e)| Act::Editorial(i, e)),
        (0..4_usize, proptest::collection::vec("[a-b]", 0..2)).prop_map(|(i, l)| Act::Labels(i, l)),
        (0..4_usize).prop_map(Act::Delete),
        (0..4_usize).prop_map(Act::Restore),
        (0..4_usize).prop_map(Act::Duplicate),
        "[a-c]".prop_map(Act::Calendar),
        (0..2_u8, 0..3_u8).prop_map(|(k, v)| Act::Setting(k, v)),
        (0..4_u8).prop_map(Act::Slots),
        (0..3_u8, proptest::option::of(0..2_u8)).prop_map(|(d, r)| Act::Pause(d, r)),
        any::<bool>().prop_map(Act::Account),
        day.prop_map(Act::Many),
    ]
}

fn day(n: Option<u8>) -> When {
    n.map_or(When::Unplanned, |n| {
        scheduled(&format!("2026-06-{:02}T10:00:00", n + 1))
    })
}

async fn run(world: &World, known: &mut Vec<PostId>, act: Act) -> Result<(), StoreError> {
    let step = match &act {
        Act::Compose(i, _) => Step::new("Edit").joining(format!("composer {i}")),
        other => Step::new(format!("{other:?}")),
    };
    let mut tx = world.store.step(Actor::Person, step).await?;
    let pick = |i: usize| known.get(i % known.len().max(1)).copied();
    match act {
        Act::Create(text, when) => {
            let new = posts::NewPost {
                calendar_id: world.calendar,
                draft: world.draft(&text),
                when: day(when),
                time_source: model::post::TimeSource::Own,
                editorial: EditorialStatus::Draft,
            };
            let id = posts::create(&mut tx, &new).await?;
            known.push(id);
        }
        Act::Save(i, text, both) => {
            let Some(id) = pick(i) else { return Ok(()) };
            let mut draft = world.draft(&text);
            if !both {
                draft.targets.pop();
            }
            let version = posts::get(&mut tx, id).await?.version;
            posts::save(&mut tx, id, version, &draft).await?;
        }
        Act::Compose(i, text) => {
            let Some(id) = pick(i) else { return Ok(()) };
            let version = posts::get(&mut tx, id).await?.version;
            posts::save(&mut tx, id, version, &world.draft(&text)).await?;
        }
        Act::Tailor(i, text) => {
            let Some(id) = pick(i) else { return Ok(()) };
            let post = posts::get(&mut tx, id).await?;
            let mut draft = posts::draft_of(&post);
            draft.targets = vec![target(world.accounts[1])];
            draft.targets[0].override_segments = Some(vec![Segment::text(text)]);
            posts::save(&mut tx, id, post.version, &draft).await?;
        }
        Act::Move(i, when) => {
            let Some(id) = pick(i) else { return Ok(()) };
            posts::move_many(&mut tx, &[Move::to(id, day(when))]).await?;
        }
        Act::Editorial(i, e) => {
            let Some(id) = pick(i) else { return Ok(()) };
            posts::set_editorial(&mut tx, &[id], EditorialStatus::ALL[e]).await?;
        }
        Act::Labels(i, labels) => {
            let Some(id) = pick(i) else { return Ok(()) };
            posts::set_labels(&mut tx, id, &labels).await?;
        }
        Act::Delete(i) => {
            let Some(id) = pick(i) else { return Ok(()) };
            posts::delete(&mut tx, &[id]).await?;
        }
        Act::Restore(i) => {
            let Some(id) = pick(i) else { return Ok(()) };
            posts::restore(&mut tx, &[id]).await?;
        }
        Act::Duplicate(i) => {
            let Some(id) = pick(i) else { return Ok(()) };
            let copy =
                posts::duplicate(&mut tx, id, &When::Unplanned, EditorialStatus::Draft).await?;
            known.push(copy);
        }
        Act::Calendar(name) => {
            let mut calendar = store::calendars::get(&mut tx, world.calendar).await?;
            calendar.name = name;
            store::calendars::put(&mut tx, &calendar).await?;
        }
        Act::Setting(key, value) => {
            store::settings::set(&mut tx, &format!("k{key}"), &json!(value)).await?;
        }
        Act::Slots(count) => {
            let slots: Vec<Slot> = (0..count)
                .map(|n| Slot {
                    id: store::slots::new_id(&tx),
                    account_id: world.accounts[0],
                    weekday: n + 1,
                    time: "09:00".parse().unwrap(),
                    zone: "Europe/Berlin".parse().unwrap(),
                })
                .collect();
            store::slots::replace(&mut tx, world.accounts[0], &slots).await?;
        }
        Act::Pause(day, reason) => {
            let (account_id, date) = (world.accounts[0], civil::date(2026, 6, 1 + day as i8));
            match reason {
                None => drop(day_pauses::lift(&mut tx, account_id, date).await?),
                Some(reason) => {
                    let reason = reason.to_string();
                    let pause = DayPause {
                        account_id,
                        date,
                        reason,
                    };
                    day_pauses::put(&mut tx, &pause).await?;
                }
            }
        }
        Act::Account(there) => {
            if there {
                store::accounts::restore(&mut tx, world.accounts[1]).await?;
            } else {
                store::accounts::remove(&mut tx, world.accounts[1]).await?;
            }
        }
        Act::Many(when) => {
            let live: Vec<PostId> = posts::get_many(&mut tx, known)
                .await?
                .into_iter()
                .filter(|p| p.deleted_at.is_none())
                .map(|p| p.id)
                .collect();
            let moves: Vec<Move> = live.into_iter().map(|id| Move::to(id, day(when))).collect();
            posts::move_many(&mut tx, &moves).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Everything people can see, without what grows by itself.
async fn snapshot(world: &World, known: &[PostId]) -> (BTreeMap<PostId, Post>, String) {
    let mut conn = world.store.read().await.unwrap();
    let live = posts::get_many(&mut conn, known).await.unwrap().into_iter();
    let live = live.filter(|p| p.deleted_at.is_none()).map(|mut post| {
        post.version = 0;
        post.updated_at = Timestamp::from_millis(0);
        // A target that went and came back is the same one.
        (post.id, post)
    });
    let live = live.collect();
    let boot = store::boot::boot(&mut conn).await.unwrap();
    let rest = format!(
        "{:?}",
        (
            boot.calendars,
            boot.accounts,
            boot.slots,
            day_pauses::all(&mut conn).await.unwrap(),
            boot.settings
        )
    );
    (live, rest)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn any_sequence_can_be_undone_and_done_again(acts in proptest::collection::vec(act(), 1..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            let mut known = Vec::new();
            let start = snapshot(&world, &known).await;
            for act in acts {
                let before = known.clone();
                if run(&world, &mut known, act).await.is_err() {
                    known = before;
                }
                world.clock.advance(1000);
            }
            let end = snapshot(&world, &known).await;
            while undo(&world.store).await.unwrap().is_some() {}
            prop_assert_eq!(snapshot(&world, &known).await, start);
            while redo(&world.store).await.unwrap().is_some() {}
            prop_assert_eq!(snapshot(&world, &known).await, end);
            Ok(())
        })?;
    }
}
