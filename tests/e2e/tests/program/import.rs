//! Posts come in from a file and go out into one, through the screen and the desktop's own windows
//! for files.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use e2e::{Desk, Hand, Planner, Session, axe, shots, until};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

const GOOD: usize = 294;
/// What is wrong with a row, as it is written and as the preview words it.
const BAD: [(&str, &str); 6] = [
    ("2019-05-14 09:05,Long ago,", "in the past"),
    ("soon,When is that,", "\"soon\" is not a date"),
    (
        "{day} 09:05,Whose is it,nobody",
        "no account called \"nobody\"",
    ),
    ("{day} 09:05,,", "neither text nor a picture"),
    ("{day} 25:99,What time,", "is not a date"),
    ("{day},,", "neither text nor a picture"),
];

/// A file of 300 posts; every fiftieth row is one of the bad ones. Gives the lines of those, too.
fn sheet(first: Date) -> Result<(String, Vec<usize>)> {
    let mut text = "when,text,account,labels\n".to_owned();
    let mut lines = vec![];
    for row in 0..GOOD + BAD.len() {
        let day = first.checked_add(i32::try_from(row % 60)?.days())?;
        if row % 50 == 25 {
            let bad = BAD[row / 50].0.replace("{day}", &day.to_string());
            writeln!(text, "{bad},")?;
            // The heading is the first line.
            lines.push(row + 2);
        } else {
            let (hour, minute) = (8 + row % 11, (row * 7) % 60);
            writeln!(
                text,
                "{day} {hour:02}:{minute:02},\"Post {row}, from the sheet\",,\"sale, row{}\"",
                row % 5
            )?;
        }
    }
    Ok((text, lines))
}

/// Opens the palette and has it do something by its name.
async fn command(session: &Session, hand: &Hand<'_>, name: &str) -> Result<()> {
    hand.press(&["ctrl+k"]).await?;
    session.appears("dialog[open] input[role=combobox]").await?;
    hand.type_text(name).await?;
    session
        .says("dialog[open] [role=option][aria-selected=true]", name)
        .await?;
    hand.press(&["Return"]).await
}

async fn count(planner: &Planner<'_>, wanted: usize) -> Result<()> {
    until::holds(&format!("{wanted} posts"), || async {
        planner.ids().await.is_ok_and(|ids| ids.len() == wanted)
    })
    .await
}

/// What each post says and when, in an order that does not depend on ids.
async fn contents(planner: &Planner<'_>) -> Result<Vec<String>> {
    let mut all = vec![];
    for id in planner.ids().await? {
        let mut post = planner.get(&id).await?;
        let post = post.as_object_mut().context("a post")?;
        post.retain(|name, _| {
            [
                "title",
                "segments",
                "notes",
                "labels",
                "contentType",
                "priority",
                "assignee",
                "editorial",
                "when",
                "timeSource",
                "status",
            ]
            .contains(&name.as_str())
        });
        all.push(Value::Object(post.clone()).to_string());
    }
    all.sort();
    Ok(all)
}

async fn rows(session: &Session) -> Result<Vec<(usize, String)>> {
    let rows = session
        .eval(
            "return [...document.querySelectorAll('dialog[open] tbody tr')]
               .map((row) => [Number(row.cells[0].textContent), row.cells[3].textContent])",
            vec![],
        )
        .await?;
    Ok(serde_json::from_value(rows)?)
}

/// Takes the file in through the screen, looking at the preview on the way.
async fn import_through_the_screen(
    session: &Session,
    hand: &Hand<'_>,
    file: &Path,
    bad_lines: &[usize],
) -> Result<()> {
    command(session, hand, "Import posts from a CSV file").await?;
    hand.answer_file_window("Import posts from a CSV file", file)
        .await?;
    session
        .says(
            "dialog[open]",
            "294 posts can be taken in, 6 rows are left out.",
        )
        .await?;
    assert_eq!(rows(session).await?.len(), GOOD + BAD.len());
    session.choose("Only rows that are left out").await?;
    let left_out = until::some("only the bad rows", || async {
        rows(session)
            .await
            .ok()
            .filter(|rows| rows.len() == BAD.len())
    })
    .await?;
    for ((line, why), (wanted, (_, reason))) in
        left_out.iter().zip(bad_lines.iter().zip(BAD.iter()))
    {
        assert_eq!(line, wanted);
        assert!(why.contains(reason), "line {line}: {why}");
    }
    let faults = axe::violations(session).await?;
    assert!(faults.is_empty(), "{faults:#?}");
    shots::page(session, "import-preview").await?;
    session.choose("Take in 294 posts").await?;
    session.goes("dialog[open]").await?;
    session.says("footer .message", "Imported 294 posts").await
}

#[tokio::test]
async fn a_sheet_comes_in_as_one_step_and_everything_goes_to_another_program() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    session.choose("Dismiss").await?;
    let planner = Planner::open(&session).await?;
    planner.usual_formats().await?;
    let before = planner.ids().await?.len();
    let (text, bad_lines) = sheet(planner.next_month()?)?;
    let file = desk.folder().join("posts.csv");
    std::fs::write(&file, text)?;
    let mut hand = Hand::over(&desk).await?;
    hand.take_keyboard(&session).await?;

    import_through_the_screen(&session, &hand, &file, &bad_lines).await?;
    count(&planner, before + GOOD).await?;

    // One step: taken back whole, and done again whole.
    let undone = planner.history().await?.1;
    hand.press(&["ctrl+z"]).await?;
    count(&planner, before).await?;
    assert_eq!(planner.history().await?.1, undone + 1);
    hand.press(&["ctrl+shift+z"]).await?;
    count(&planner, before + GOOD).await?;

    // All of it into a file, and from there into an empty program on another computer.
    let bundle = desk.folder().join("everything.zip");
    command(&session, &hand, "Export everything").await?;
    hand.answer_file_window("Export everything…", &bundle)
        .await?;
    session.says("footer .message", "Wrote 29").await?;
    let here = contents(&planner).await?;
    session.close().await?;

    let other = Desk::start().await?;
    let session = Session::open(&other).await?;
    session.choose("Dismiss").await?;
    let mut hand = Hand::over(&other).await?;
    hand.take_keyboard(&session).await?;
    command(&session, &hand, "Import a full export").await?;
    hand.answer_file_window("Import a full export…", &bundle)
        .await?;
    session.says("footer .message", "Took in 29").await?;
    let planner = Planner::open(&session).await?;
    let there = contents(&planner).await?;
    assert_eq!(here.len(), there.len());
    for (here, there) in here.iter().zip(&there) {
        assert_eq!(here, there);
    }
    let shown = json!("[data-chip]");
    session
        .await_value(
            "the posts on the page",
            "return document.querySelector(arguments[0]) !== null",
            vec![shown],
        )
        .await?;
    session.close().await
}
