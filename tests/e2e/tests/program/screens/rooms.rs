//! The rooms beside the calendar: queue and weekly plan, drafts, activity with a job log, accounts,
//! settings; empty and full.

use anyhow::Result;
use e2e::{Desk, Planner, Session, until};
use serde_json::{Value, json};
use testkit::sandbox::bluesky::Sandbox;
use testkit::sandbox::{Canned, Fault};

use super::stage::{Accounts, Album, Variant, connect, desk, draft, furnish, open_post, painting};

const GROUPS: [&str; 16] = [
    "calendar",
    "workspaces",
    "accounts",
    "publicFiles",
    "money",
    "writing",
    "tags",
    "links",
    "watermark",
    "look",
    "notices",
    "computer",
    "programs",
    "secrets",
    "data",
    "keys",
];

/// What goes out: one arrives, one is refused, of one nobody knows.
const SENT: [&str; 3] = [
    "Our new opening hours for the winter",
    "Registration for the marbling course",
    "We are at the book fair in hall four",
];

/// What the person posts.
const YOURS: &str = "A look behind the shop window";

/// Has posts go out: one that arrives, one that is refused, one that nobody knows about.
async fn send(
    planner: &Planner<'_>,
    accounts: &Accounts,
    session: &Session,
    sandbox: &Sandbox,
) -> Result<()> {
    let now = async |text: &str, to: &[&Value]| -> Result<String> {
        let id = planner
            .post(draft(text, to), json!({ "kind": "shelf" }), "plan")
            .await?;
        session
            .call("posts.publish_now", json!({ "id": id }))
            .await?;
        Ok(id)
    };
    let status = async |id: &str, wanted: &str| -> Result<()> {
        until::holds(&format!("a post to be {wanted}"), || async {
            planner
                .get(id)
                .await
                .is_ok_and(|post| post["status"] == wanted)
        })
        .await
    };
    let fine = now(SENT[0], &[&accounts.ana, &accounts.folder]).await?;
    status(&fine, "published").await?;
    let refusal = Canned::xrpc(
        400,
        "InvalidRequest",
        "Record/text must not be longer than 300 graphemes",
    );
    sandbox
        .faults()
        .order("com.atproto.repo.putRecord", Fault::Answer(refusal));
    let failed = now(SENT[1], &[&accounts.ana]).await?;
    status(&failed, "failed").await?;
    sandbox
        .faults()
        .order("com.atproto.repo.putRecord", Fault::CutAfter);
    for _ in 0..40 {
        sandbox
            .faults()
            .order("com.atproto.repo.getRecord", Fault::CutBefore);
    }
    let unsure = now(SENT[2], &[&accounts.bo]).await?;
    status(&unsure, "unconfirmed").await?;
    Ok(())
}

/// A post that lies ready for the person, on a network that lets no program post.
async fn hand_over(desk: &Desk, planner: &Planner<'_>, session: &Session) -> Result<()> {
    let folder = desk.folder().join("to my phone");
    std::fs::create_dir_all(&folder)?;
    let account = session
        .call(
            "accounts.connect",
            json!({
                "workspaceId": planner.workspace,
                "network": "handoff",
                "fields": {
                    "network": "Snapchat",
                    "folder": folder,
                    "page": "https://web.snapchat.com/",
                },
                "secrets": {},
            }),
        )
        .await?;
    let account = &account["written"]["value"]["id"];
    let id = planner
        .post(draft(YOURS, &[account]), json!({ "kind": "shelf" }), "plan")
        .await?;
    session
        .call("posts.publish_now", json!({ "id": id }))
        .await?;
    until::holds("a post to lie ready", || async {
        planner
            .get(&id)
            .await
            .is_ok_and(|post| post["status"] == "your_turn")
    })
    .await
}

/// What each room says before there is anything in it.
async fn empty(album: &mut Album<'_>, planner: &Planner<'_>) -> Result<()> {
    let session = album.session;
    session
        .call("posts.remove", json!({ "ids": planner.ids().await? }))
        .await?;
    let all = json!({ "words": "", "sorts": [], "order": "newest" });
    let files = session.call("media.ids", all).await?;
    if files.as_array().is_some_and(|files| !files.is_empty()) {
        session
            .call("media.remove", json!({ "ids": files }))
            .await?;
    }
    for room in ["Queue", "Drafts", "Library", "Activity", "Accounts"] {
        album.room(room).await?;
        album
            .keep(&format!("{}-empty", room.to_lowercase()))
            .await?;
    }
    album.choose("Connect an account").await?;
    session.appears("dialog[open] .network").await?;
    album.keep("connect").await?;
    album.choose("Bluesky").await?;
    session.appears("dialog[open] input[type=password]").await?;
    album.choose("Connect an account").await?;
    session.says("dialog[open]", "Needed to sign in.").await?;
    album.keep("connect-lacking").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("dialog[open]").await
}

async fn full(album: &mut Album<'_>) -> Result<()> {
    let session = album.session;
    album.room("Queue").await?;
    session.appears("[data-post]").await?;
    album.keep("queue").await?;
    album.choose("Weekly plan…").await?;
    session.appears("dialog[open] section").await?;
    album.keep("weekly-plan").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("dialog[open]").await?;
    album.choose("Pause…").await?;
    session.appears("dialog[open] input").await?;
    album.keep("pause").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("dialog[open]").await?;
    album.choose("Pause a day…").await?;
    session.appears("dialog[open] input").await?;
    album.hand.type_text("tomorrow").await?;
    session.says("dialog[open]", "queued post").await?;
    album.keep("pause-day").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("dialog[open]").await?;
    row_menu(album, "[data-post] button", "queue-menu").await?;

    album.room("Drafts").await?;
    album.keep("drafts").await?;
    row_menu(album, "main [role=listitem] .words", "drafts-menu").await?;

    let painted = painting(session, "harbour.png").await?;
    let label = json!({ "ids": [painted], "add": ["Shop"] });
    session.call("media.label", label).await?;
    album.room("Library").await?;
    session.appears("[data-file] img").await?;
    album.keep("library").await?;
    album.hand.press(&["slash", "Down", "Return"]).await?;
    session.appears("[data-details]").await?;
    album.keep("library-file").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("[data-details]").await?;
    album.hand.press(&["x"]).await?;
    session.appears("[data-file][aria-selected=true]").await?;
    album.keep("library-selected").await?;
    album.hand.press(&["Escape"]).await?;

    album.room("Activity").await?;
    session.says("main", "Not published on Bluesky").await?;
    session.says("main", "Perhaps published on Bluesky").await?;
    session.says("main", YOURS).await?;
    album.keep("activity").await?;
    for (name, words) in ["published", "failed", "unconfirmed"].iter().zip(SENT) {
        open_post(album, words).await?;
        session.says("[data-testid=composer]", "Job log").await?;
        session
            .eval(
                "document.querySelectorAll('dialog[open] details').forEach((each) => {
                   if (each.textContent.includes('Job log')) each.open = true; });
                 return null",
                vec![],
            )
            .await?;
        session.says("[data-testid=composer]", "Try 1").await?;
        album.keep(&format!("post-{name}")).await?;
        if *name == "published" {
            album.choose("Delete there").await?;
            windows_open(session, 2).await?;
            album.keep("delete-there").await?;
            album.hand.press(&["Escape"]).await?;
            windows_open(session, 1).await?;
        }
        album.hand.press(&["Escape"]).await?;
        session.goes("[data-testid=composer]").await?;
    }

    album.room("Accounts").await?;
    album.keep("accounts").await?;

    album.room("Settings").await?;
    for group in GROUPS {
        album.group(group).await?;
        album.keep(&format!("settings-{group}")).await?;
    }
    settings_windows(album).await?;
    album.group("calendar").await
}

/// Waits until so many windows lie over the room: one that asks lies over the composer.
pub async fn windows_open(session: &Session, count: u8) -> Result<()> {
    session
        .await_value(
            &format!("{count} windows over the room"),
            "return document.querySelectorAll('dialog[open]').length === arguments[0]",
            vec![json!(count)],
        )
        .await?;
    Ok(())
}

/// The menu of the first row of a room: by the key for it, and by the right button beside the pointer,
/// whose press opens nothing else.
async fn row_menu(album: &mut Album<'_>, row: &str, name: &str) -> Result<()> {
    let session = album.session;
    session.area(row).await?;
    let focus = "document.querySelector(arguments[0]).focus(); return null";
    session.eval(focus, vec![json!(row)]).await?;
    album.hand.press(&["shift+F10"]).await?;
    session.appears("[role=menu]").await?;
    album.keep(name).await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("[role=menu]").await?;

    let at = session.area(row).await?.middle();
    album.hand.click(session, at, 3).await?;
    session
        .await_value(
            "the menu beside the pointer",
            "const box = document.querySelector('[role=menu]')?.getBoundingClientRect();
             const [x, y] = arguments;
             return box !== undefined && box.left <= x + 2 && box.right >= x - 2
               && Math.min(Math.abs(box.top - y), Math.abs(box.bottom - y)) < 12;",
            vec![json!(at.0), json!(at.1)],
        )
        .await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("[role=menu]").await?;
    // What the press had opened would lie over the room by now.
    session.rests().await?;
    windows_open(session, 0).await
}

/// What opens over the settings. The first calendar of the usual workspace is called My calendar.
async fn settings_windows(album: &mut Album<'_>) -> Result<()> {
    let session = album.session;
    for (button, name) in [
        ("Change… My calendar", "calendar-dialog"),
        ("My calendar: Pause publishing", "pause-calendar"),
        ("Add a webhook", "webhook-dialog"),
    ] {
        album.choose(button).await?;
        session.appears("dialog[open] input").await?;
        album.keep(name).await?;
        album.hand.press(&["Escape"]).await?;
        session.goes("dialog[open]").await?;
    }
    Ok(())
}

/// Weekly plans, so that the queue has slots.
pub async fn plans(session: &Session, accounts: &Accounts) -> Result<()> {
    for (account, time) in [(&accounts.ana, "14:30:00"), (&accounts.folder, "09:00:00")] {
        let slots: Vec<Value> = [1, 3, 5]
            .iter()
            .map(|weekday| json!({ "weekday": weekday, "time": time }))
            .collect();
        session
            .call(
                "slots.replace",
                json!({ "accountId": account, "zone": "Europe/Berlin", "slots": slots, "follow": false }),
            )
            .await?;
    }
    Ok(())
}

async fn stage(
    desk: &Desk,
    session: &Session,
    planner: &Planner<'_>,
    sandbox: &Sandbox,
) -> Result<()> {
    let accounts = connect(desk, session, planner, sandbox).await?;
    plans(session, &accounts).await?;
    furnish(planner, &accounts, planner.today.tomorrow()?).await?;
    let queued = planner
        .post(
            draft("Ink test: seven blues side by side", &[&accounts.ana]),
            json!({ "kind": "shelf" }),
            "plan",
        )
        .await?;
    session
        .call("posts.schedule_next", json!({ "id": queued }))
        .await?;
    send(planner, &accounts, session, sandbox).await?;
    hand_over(desk, planner, session).await?;
    session
        .call(
            "accounts.pause",
            json!({ "id": accounts.folder, "reason": "Moving to a new server" }),
        )
        .await?;
    Ok(())
}

async fn rooms(variant: Variant) -> Result<()> {
    let desk = desk().await?;
    let sandbox = Sandbox::start().await?;
    let session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    planner.usual_formats().await?;
    session.choose("Dismiss").await?;
    let mut album = Album::open(&desk, &session, variant).await?;
    empty(&mut album, &planner).await?;
    stage(&desk, &session, &planner, &sandbox).await?;
    full(&mut album).await?;
    album.close();
    session.close().await
}

#[tokio::test]
async fn rooms_wide() -> Result<()> {
    rooms(Variant::Wide).await
}

#[tokio::test]
async fn rooms_small() -> Result<()> {
    rooms(Variant::Small).await
}

#[tokio::test]
async fn rooms_enlarged() -> Result<()> {
    rooms(Variant::Enlarged).await
}
