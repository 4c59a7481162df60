//! A hundred changes of every kind are taken back and done again by keys, with a power cut of the
//! program in the middle.

use anyhow::{Context, Result};
use e2e::planner::{text_draft, wall};
use e2e::{Desk, Hand, Planner, Session, until};
use jiff::civil::Date;
use serde_json::{Value, json};

/// As deep as the history goes.
const DEEP: usize = 100;
const POSTS: usize = 12;

/// Everything a person owns, without what only tells that something was written.
async fn state(session: &Session, planner: &Planner<'_>) -> Result<Value> {
    let boot = session.call("session.boot", json!({})).await?;
    let mut posts = vec![];
    let mut ids = planner.ids().await?;
    ids.sort();
    for id in ids {
        posts.push(planner.get(&id).await?);
    }
    let slots = session
        .call("slots.list", json!({ "id": planner.workspace }))
        .await?;
    let mut all = json!({
        "posts": posts,
        "slots": slots["slots"],
        "settings": boot["settings"],
        "workspaces": boot["workspaces"],
        "calendars": boot["calendars"],
        "accounts": boot["accounts"],
    });
    forget(&mut all, &["version", "updatedAt", "editedAt"]);
    Ok(all)
}

/// Takes fields away wherever they stand.
fn forget(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(map) => {
            map.retain(|name, _| !names.contains(&name.as_str()));
            map.values_mut().for_each(|each| forget(each, names));
        }
        Value::Array(list) => list.iter_mut().for_each(|each| forget(each, names)),
        _ => {}
    }
}

/// Where two states differ first, so that a failed test tells more than two walls of text.
fn differs(path: &str, a: &Value, b: &Value) -> Option<String> {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) if x.len() == y.len() => x
            .iter()
            .find_map(|(name, value)| differs(&format!("{path}.{name}"), value, &y[name])),
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => x
            .iter()
            .zip(y)
            .enumerate()
            .find_map(|(i, (x, y))| differs(&format!("{path}[{i}]"), x, y)),
        _ if a == b => None,
        _ => Some(format!("{path}: {a} and {b}")),
    }
}

fn assert_same(what: &str, a: &Value, b: &Value) {
    assert_eq!(differs("state", a, b), None, "{what}");
}

/// The stage: an account and some posts over the next month.
struct Ground {
    account: Value,
    posts: Vec<String>,
    first: Date,
}

impl Ground {
    fn day(&self, number: usize) -> Result<Date> {
        let number = i8::try_from(number % 27 + 1)?;
        Ok(self.first.with().day(number).build()?)
    }

    fn post(&self, number: usize) -> &str {
        &self.posts[number % self.posts.len()]
    }
}

/// One change by a command; each kind has its turn.
async fn change(
    session: &Session,
    planner: &Planner<'_>,
    ground: &Ground,
    turn: usize,
) -> Result<()> {
    let id = ground.post(turn);
    let call = |name: &'static str, input: Value| session.call(name, input);
    match turn % 13 {
        0 | 7 => {
            let place = wall(ground.day(turn)?, "11:15");
            let draft = text_draft(&format!("Made in turn {turn}"));
            planner.post(draft, place, "plan").await?;
        }
        1 | 8 => {
            let place = json!({ "kind": "day", "date": ground.day(turn + 3)?.to_string() });
            let moves = json!([{ "id": id, "place": place }]);
            call(
                "posts.move",
                json!({ "moves": moves, "scheduling": "plan" }),
            )
            .await?;
        }
        2 | 9 => {
            let post = planner.get(id).await?;
            let mut draft = text_draft(&format!("Written in turn {turn}"));
            draft["notes"] = json!(format!("Turn {turn}"));
            call(
                "posts.save",
                json!({
                    "id": id, "draft": draft, "version": post["version"],
                    "session": format!("turn {turn}"),
                }),
            )
            .await?;
        }
        3 => {
            call(
                "posts.label",
                json!({ "ids": ground.posts, "add": [format!("label {turn}")], "remove": [] }),
            )
            .await?;
        }
        4 => {
            let status = ["in_review", "approved", "draft"][turn / 13 % 3];
            call(
                "posts.editorial",
                json!({ "ids": ground.posts, "status": status }),
            )
            .await?;
        }
        5 => {
            let copies = json!([{ "id": id, "place": wall(ground.day(turn)?, "18:45") }]);
            call("posts.copy", json!({ "copies": copies })).await?;
        }
        6 => {
            let made = planner.ids().await?;
            let last = made
                .iter()
                .find(|id| !ground.posts.contains(id))
                .context("a post to delete")?;
            call("posts.remove", json!({ "ids": [last] })).await?;
        }
        10 => {
            call(
                "slots.replace",
                json!({
                    "accountId": ground.account, "zone": "Europe/Berlin", "follow": false,
                    "slots": [{ "weekday": turn % 7 + 1, "time": "14:30:00" }],
                }),
            )
            .await?;
        }
        11 => {
            let boot = call("session.boot", json!({})).await?;
            let mut settings = boot["settings"].clone();
            settings["usualTime"] = json!(format!("{:02}:30:00", turn % 24));
            call("settings.set", settings).await?;
        }
        _ => {
            let paused = (turn / 13)
                .is_multiple_of(2)
                .then(|| format!("Pause of turn {turn}"));
            call(
                "accounts.pause",
                json!({ "id": ground.account, "reason": paused }),
            )
            .await?;
        }
    }
    Ok(())
}

/// The newest step that can be undone.
async fn newest(session: &Session) -> Result<Value> {
    let list = session.call("history.list", json!({})).await?;
    Ok(list["undo"][0]["id"].clone())
}

/// One change by a key on the focused post, in a view.
async fn change_by_key(
    session: &Session,
    hand: &mut Hand<'_>,
    view: &str,
    id: &str,
    key: &str,
) -> Result<()> {
    let before = newest(session).await?;
    session.choose(view).await?;
    let css = format!("[data-place=grid] [data-chip='{id}']");
    session.appears(&css).await?;
    session
        .await_value(
            "the focus on the post",
            "const chip = document.querySelector(arguments[0]);
             chip?.scrollIntoView({ block: 'center' });
             chip?.focus();
             return chip !== null && document.activeElement === chip;",
            vec![json!(css)],
        )
        .await?;
    hand.press(&[key]).await?;
    until::holds(&format!("{key} in {view} to be a step"), || async {
        newest(session).await.is_ok_and(|now| now != before)
    })
    .await
}

/// Presses a key so many times and waits until the history stands so far.
async fn history_to(
    session: &Session,
    planner: &Planner<'_>,
    hand: &Hand<'_>,
    key: &str,
    undone: usize,
) -> Result<()> {
    let now = planner.history().await?.1;
    for at in 1..=now.abs_diff(undone) {
        hand.press(&[key]).await?;
        let reached = if undone > now { now + at } else { now - at };
        until::holds(&format!("{key} to have worked"), || async {
            planner
                .history()
                .await
                .is_ok_and(|(_, redo)| redo == reached)
        })
        .await?;
    }
    assert_eq!(
        session
            .eval("return document.querySelector('footer .problem')", vec![])
            .await?,
        Value::Null,
        "nothing was refused"
    );
    Ok(())
}

#[tokio::test]
async fn a_hundred_changes_go_back_and_forth_across_a_power_cut() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    let mut hand = Hand::over(&desk).await?;
    session.choose("Dismiss").await?;
    let planner = Planner::open(&session).await?;
    let first = planner.next_month()?;
    let mut ground = Ground {
        account: planner.connect_folder(&desk.folder().join("site")).await?,
        posts: vec![],
        first,
    };
    for number in 0..POSTS {
        let at = (ground.day(number * 2)?, "09:05");
        let text = format!("Post {number}");
        ground.posts.push(planner.plan(&text, Some(at)).await?);
    }
    hand.take_keyboard(&session).await?;
    hand.press(&["Page_Down"]).await?;
    let start = state(&session, &planner).await?;

    for turn in 0..DEEP {
        let before = newest(&session).await?;
        match turn {
            // The calendar's own changes, in each of its views.
            20 => change_by_key(&session, &mut hand, "Month", ground.post(3), "ctrl+d").await?,
            40 => change_by_key(&session, &mut hand, "List", ground.post(5), "u").await?,
            60 => change_by_key(&session, &mut hand, "Month", ground.post(7), "Delete").await?,
            61 => session
                .call(
                    "bin.restore",
                    json!({ "items": [{ "subject": "post", "id": ground.post(7) }] }),
                )
                .await
                .map(drop)?,
            _ => change(&session, &planner, &ground, turn).await?,
        }
        assert_ne!(newest(&session).await?, before, "turn {turn} is a step");
    }
    assert_eq!(planner.history().await?, (DEEP, 0));
    let end = state(&session, &planner).await?;

    history_to(&session, &planner, &hand, "ctrl+z", DEEP / 2).await?;
    let middle = state(&session, &planner).await?;
    session.kill().await?;

    let session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    let mut hand = Hand::over(&desk).await?;
    hand.take_keyboard(&session).await?;
    assert_eq!(planner.history().await?, (DEEP / 2, DEEP / 2));
    assert_same(
        "after the power cut",
        &middle,
        &state(&session, &planner).await?,
    );

    // From another room as well.
    session.room("Queue").await?;
    history_to(&session, &planner, &hand, "ctrl+z", DEEP).await?;
    assert_same("all taken back", &start, &state(&session, &planner).await?);
    hand.press(&["ctrl+z"]).await?;
    session.says("footer .message", "Nothing to undo.").await?;

    session.room("Calendar").await?;
    history_to(&session, &planner, &hand, "ctrl+shift+z", 0).await?;
    assert_same("all done again", &end, &state(&session, &planner).await?);
    session.close().await
}
