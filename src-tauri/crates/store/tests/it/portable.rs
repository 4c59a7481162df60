//! What a full export holds and an import puts in.

use std::collections::HashMap;

use model::change::Actor;
use model::{CalendarId, Timestamp};
use serde_json::json;
use store::portable::{self, KeptCalendar};
use store::{Store, calendars, programs};

use crate::fixture::{HOUR, NOW, World};

/// When each of these was changed last, by what the program shows.
async fn changed(store: &Store, calendar: &KeptCalendar) -> HashMap<CalendarId, Timestamp> {
    let mut conn = store.read().await.unwrap();
    calendars::changed_at(&mut conn, calendar.0.workspace_id)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_calendar_that_is_put_in_was_changed_when_it_says() {
    let from = World::new().await;
    from.clock.advance(HOUR);
    let mut tx = from.store.begin(Actor::Person).await.unwrap();
    calendars::set_paused(&mut tx, from.calendar, Some("Fair"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut conn = from.store.read().await.unwrap();
    let mut kept = portable::all_calendars(&mut conn).await.unwrap();
    drop(conn);
    let told = Timestamp::from_millis(NOW + HOUR);
    assert_eq!(kept[0].2, Some(told));

    let to = World::new().await;
    to.clock.advance(5 * HOUR);
    let mut tx = to.store.begin(Actor::Import).await.unwrap();
    // It goes where there is a workspace for it.
    let own = calendars::get(&mut tx, to.calendar).await.unwrap();
    kept[0].0.workspace_id = own.workspace_id;
    portable::put_calendar(&mut tx, &kept[0]).await.unwrap();
    // As one of an older export, on which a program noted something.
    let mut older = kept[0].clone();
    older.0.id = calendars::new_id(&tx);
    older.2 = None;
    portable::put_calendar(&mut tx, &older).await.unwrap();
    let note = json!({ "updated_at": NOW + 2 * HOUR });
    let (workspace, id) = (own.workspace_id, older.0.id.to_string());
    programs::put_note(&mut tx, workspace, "calendar", &id, &note)
        .await
        .unwrap();
    // And one on which none did.
    let mut silent = older.clone();
    silent.0.id = calendars::new_id(&tx);
    portable::put_calendar(&mut tx, &silent).await.unwrap();
    portable::date_calendars_by_notes(&mut tx).await.unwrap();
    tx.commit().await.unwrap();

    let at = changed(&to.store, &kept[0]).await;
    assert_eq!(at[&kept[0].0.id], told);
    assert_eq!(at[&older.0.id], Timestamp::from_millis(NOW + 2 * HOUR));
    assert_eq!(at[&silent.0.id], silent.0.created_at);

    // From then on it is as with any other.
    let mut tx = to.store.begin(Actor::Person).await.unwrap();
    calendars::set_paused(&mut tx, kept[0].0.id, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let at = changed(&to.store, &kept[0]).await;
    assert_eq!(at[&kept[0].0.id], Timestamp::from_millis(NOW + 5 * HOUR));
}
