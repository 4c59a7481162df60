use model::content::{MediaUse, Segment};
use model::post::{ContentType, Draft, Post, Priority, TargetDraft};
use model::status::EditorialStatus;
use model::when::When;
use proptest::prelude::*;

use super::super::files::{FileRef, FileSource};
use super::super::testing::{accounts, instant, post, scheduled};
use super::super::write_csv;
use super::*;

fn berlin() -> Zone {
    "Europe/Berlin".parse().unwrap()
}

fn read(text: &str) -> Preview {
    read_with(text.as_bytes(), DateOrder::Dmy, true)
}

fn read_with(bytes: &[u8], order: DateOrder, schedule: bool) -> Preview {
    let (accounts, zone) = (accounts(), berlin());
    let now = instant("2026-05-13T10:00:00Z");
    let context = CsvContext {
        accounts: &accounts,
        zone: &zone,
        now,
        order,
        schedule,
    };
    read_csv(bytes, context).unwrap()
}

fn good(preview: &Preview, row: usize) -> &RowDraft {
    let row = &preview.rows[row];
    row.ok
        .as_ref()
        .unwrap_or_else(|| panic!("{:?}", row.problem))
}

fn wall(draft: &RowDraft) -> String {
    match &draft.when {
        When::Unplanned => "none".into(),
        When::Planned { date, time, zone } => format!("plan {date} {time:?} {zone}"),
        When::Scheduled { wall, zone, .. } => format!("{wall} {zone}"),
    }
}

#[test]
fn tables_of_other_schedulers_are_understood() {
    // Column names as the import templates of these programs have them.
    let files = [
        "Text,Image URL,Tags,Posting Time\nSpring is here,https://e.com/a.jpg,\"spring, sale\",2026-05-14 09:05\n",
        "Date;Time;Message;Link;Media URLs;Labels\n14/05/2026;09:05;Spring is here;;https://e.com/a.jpg;spring, sale\n",
        "Caption\tScheduled Date\tScheduled Time\tMedia Links\tCategories\nSpring is here\tMay 14, 2026\t9:05 AM\thttps://e.com/a.jpg\tspring|sale\n",
        "Post Content,Publish At,Picture Url 1,Picture Url 2,Label,Clicks\nSpring is here,2026-05-14T09:05:00+02:00,https://e.com/a.jpg,,\"spring;sale\",7\n",
        "\"date\",\"time zone\",\"content\",\"image\",\"tag\"\n\"2026-05-14 07:05\",\"UTC\",\"Spring is here\",\"https://e.com/a.jpg\",\"spring, sale\"\n",
    ];
    for file in files {
        let preview = read(file);
        let row = good(&preview, 0);
        assert_eq!(
            row.draft.segments,
            [Segment::text("Spring is here")],
            "{file}"
        );
        assert_eq!(row.draft.labels, ["spring", "sale"], "{file}");
        let When::Scheduled { at, .. } = row.when else {
            panic!("{file}: {row:?}")
        };
        assert_eq!(at, instant("2026-05-14T07:05:00Z"), "{file}");
        let picture = FileSource::Address("https://e.com/a.jpg".into());
        assert_eq!(
            row.files,
            [FileRef {
                segment: 0,
                source: picture,
                alt: String::new()
            }],
            "{file}"
        );
    }
}

#[test]
fn a_table_without_headings_is_guessed() {
    let preview = read(
        "05/14/2026 09:05,Spring is here,https://e.com\n05/15/2026 10:00,\"More, and more\",\n",
    );
    assert_eq!(preview.rows.len(), 2);
    assert_eq!(
        good(&preview, 0).draft.segments[0].text,
        "Spring is here\n\nhttps://e.com"
    );
    assert_eq!(wall(good(&preview, 1)), "2026-05-15T10:00:00 Europe/Berlin");
    assert_eq!(preview.columns[1], (String::new(), Some("text".into())));
}

#[test]
fn accounts_are_found_by_any_clear_name() {
    let ids = |text: &str| -> Vec<u128> {
        let preview = read(text);
        good(&preview, 0)
            .draft
            .targets
            .iter()
            .map(|t| t.account_id.0.as_u128())
            .collect()
    };
    assert_eq!(ids("text,account\na,@Ana.example.com\n"), [11]);
    assert_eq!(
        ids("text,profiles\na,\"shop.example.com, bluesky:ana.example.com\"\n"),
        [12, 11]
    );
    assert_eq!(ids("text,account,network\na,Name 12,Bluesky\n"), [12]);
    assert_eq!(ids("text,platform\na,Folder\n"), [13]);
    assert_eq!(
        ids("text,accounts\na,\"folder:/home/ana/site, posts\"\n"),
        [13]
    );
    assert_eq!(ids("text,Folder,Instagram\na,TRUE,FALSE\n"), [13]);
    assert_eq!(ids("text,Folder\na,no\n"), [0_u128; 0]);
}

#[test]
fn each_bad_row_is_named_with_its_reason_and_the_good_ones_stay() {
    let preview = read(
        "when,text,account,time,zone,status\n\
         2026-05-14 09:05,Good,ana.example.com,,,\n\
         2026-05-12 09:05,Late,,,,\n\
         soon,When?,,,,\n\
         2026-05-14,What time?,,half past,,\n\
         ,No day,,9:00,,\n\
         2026-05-14 09:05,Who?,nobody,,,\n\
         2026-05-14 09:05,Which?,bluesky,,,\n\
         2026-05-14 09:05,Where?,,,Mars/Base,\n\
         2026-05-14 09:05,,,,,\n\
         2026-05-14 09:05,State?,,,,sideways\n\
         2026-05-10 09:05,Out already,,,,published\n\
         ,Idea,,,,\n",
    );
    let problems: Vec<(u32, &str)> = preview
        .rows
        .iter()
        .filter_map(|r| Some((r.line, r.problem.as_deref()?)))
        .collect();
    let wanted = [
        (3, "2026-05-12 09:05 is in the past"),
        (4, "\"soon\" is not a date"),
        (5, "\"half past\" is not a time of day"),
        (6, "a time of day and no date"),
        (7, "no account called \"nobody\""),
        (
            8,
            "Write one of these instead: bluesky:ana.example.com, bluesky:shop.example.com",
        ),
        (9, "no time zone called \"Mars/Base\""),
        (10, "neither text nor a picture"),
        (11, "\"sideways\" is not a status"),
        (12, "published already"),
    ];
    assert_eq!(problems.len(), wanted.len(), "{problems:?}");
    for ((line, got), (want_line, want)) in problems.into_iter().zip(wanted) {
        assert_eq!(line, want_line);
        assert!(got.contains(want), "line {line}: {got}");
    }
    assert_eq!(preview.rows.iter().filter(|r| r.ok.is_some()).count(), 2);
    assert_eq!(wall(good(&preview, 11)), "none");
}

#[test]
fn a_text_longer_than_anything_takes_is_a_bad_row() {
    let preview = read(&format!("text\n{}\nshort\n", "a".repeat(200_001)));
    assert!(
        preview.rows[0]
            .problem
            .as_deref()
            .unwrap()
            .contains("200001 bytes long")
    );
    assert_eq!(preview.rows[0].words.chars().count(), 81);
    assert!(preview.rows[1].ok.is_some());
}

#[test]
fn without_scheduling_all_become_plans_and_a_status_of_its_own_wins() {
    let text = "when,text,status\n2026-05-14 09:05,a,\n2026-05-14,b,scheduled\n2026-05-14 9:00,c,in review\n2026-05-01,d,draft\n";
    let plans = read_with(text.as_bytes(), DateOrder::Dmy, false);
    assert!(wall(good(&plans, 0)).starts_with("plan 2026-05-14 Some(09:05:00)"));
    let preview = read(text);
    assert_eq!(good(&preview, 0).editorial, EditorialStatus::Scheduled);
    // A day without a time cannot go out by itself.
    assert_eq!(
        wall(good(&preview, 1)),
        "plan 2026-05-14 None Europe/Berlin"
    );
    assert_eq!(good(&preview, 2).editorial, EditorialStatus::InReview);
    assert!(wall(good(&preview, 2)).starts_with("plan"));
    assert!(wall(good(&preview, 3)).starts_with("plan 2026-05-01"));
}

#[test]
fn dates_that_could_be_read_two_ways_are_said_to_be() {
    let text = "date,text\n3/6/2026 9:00,a\n";
    let dmy = read_with(text.as_bytes(), DateOrder::Dmy, true);
    assert_eq!(wall(good(&dmy, 0)), "2026-06-03T09:00:00 Europe/Berlin");
    assert!(dmy.notes[0].contains("day/month"), "{:?}", dmy.notes);
    let mdy = read_with(
        "date,text\n6/3/2026 9:00,a\n".as_bytes(),
        DateOrder::Mdy,
        true,
    );
    assert_eq!(wall(good(&mdy, 0)), "2026-06-03T09:00:00 Europe/Berlin");
    assert!(mdy.notes[0].contains("month/day"));
}

#[test]
fn a_table_without_a_text_is_refused() {
    let (accounts, zone) = (accounts(), berlin());
    let context = CsvContext {
        accounts: &accounts,
        zone: &zone,
        now: instant("2026-05-13T10:00:00Z"),
        order: DateOrder::Dmy,
        schedule: true,
    };
    let error = read_csv(b"date,clicks\n2026-05-14,5\n", context).unwrap_err();
    assert!(matches!(error, CsvError::NoText), "{error}");
    assert!(matches!(
        read_csv(b"date,text\n", context),
        Err(CsvError::Empty)
    ));
}

fn there_and_back(posts: &[Post]) -> Vec<(Draft, When, EditorialStatus)> {
    let mut file = Vec::new();
    assert_eq!(
        write_csv(&mut file, posts, &accounts()).unwrap() as usize,
        posts.len()
    );
    let preview = read_with(&file, DateOrder::Mdy, true);
    let with_files = |row: &RowDraft| {
        row.with_files(|file| match &file.source {
            FileSource::Library(id) => Some(MediaUse::new(id.clone(), file.alt.clone())),
            _ => None,
        })
    };
    (0..preview.rows.len())
        .map(|i| good(&preview, i))
        .map(|row| (with_files(row), row.when.clone(), row.editorial))
        .collect()
}

#[test]
fn an_export_holds_no_formula_and_comes_back_whole() {
    let accounts = accounts();
    let draft = Draft {
        title: "=HYPERLINK(\"https://evil.example\")".into(),
        segments: vec![
            Segment {
                text: "-1 \"quoted\",\r\nsecond; line\n".into(),
                media: vec![MediaUse::new(
                    "a".repeat(64).parse().unwrap(),
                    "A sea\nat night",
                )],
            },
            Segment::text("@everyone"),
        ],
        notes: "'Tis fine".into(),
        labels: vec!["a, b".into(), "+c".into()],
        content_type: ContentType::Thread,
        priority: Priority::Urgent,
        assignee: "Ana".into(),
        targets: vec![
            TargetDraft {
                account_id: accounts[2].id,
                override_segments: Some(vec![Segment::text("own")]),
                options: serde_json::from_str(r#"{"folder":"news"}"#).unwrap(),
            },
            TargetDraft {
                account_id: accounts[0].id,
                override_segments: None,
                options: serde_json::Map::new(),
            },
        ],
    };
    let when = scheduled("2026-06-14T09:05:00", "Asia/Kolkata");
    let post = post(7, draft.clone(), when.clone(), EditorialStatus::Scheduled);
    let mut file = Vec::new();
    write_csv(&mut file, std::slice::from_ref(&post), &accounts).unwrap();
    let mut cells = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(file.as_slice());
    for cell in cells
        .records()
        .flat_map(|r| r.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
    {
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "{cell:?}"
        );
    }
    assert_eq!(
        there_and_back(&[post]),
        [(draft, when, EditorialStatus::Scheduled)]
    );
}

/// Text that says something, with all that could break a table.
fn text() -> impl Strategy<Value = String> {
    "[ -~äß漢😀\"',;\n\r\t=@+']{0,20}[a-z][ -~\n\"]{0,5}"
}

fn draft() -> impl Strategy<Value = Draft> {
    let media = ("[0-9a-f]{64}", "[ -~\n\\\\]{0,12}")
        .prop_map(|(id, alt)| MediaUse::new(id.parse().unwrap(), alt));
    let segment = (text(), prop::collection::vec(media, 0..3))
        .prop_map(|(text, media)| Segment { text, media });
    let segments = prop::collection::vec(segment, 1..4);
    let own = prop::option::of(prop::collection::vec(text().prop_map(Segment::text), 0..3));
    let target = (0_usize..3, own).prop_map(|(n, override_segments)| TargetDraft {
        account_id: accounts()[n].id,
        override_segments,
        options: serde_json::Map::new(),
    });
    let labels = prop::collection::vec("[ -~]{1,8}", 0..4);
    let extra = (prop::option::of(text()), prop::option::of(text()), labels);
    (segments, prop::collection::vec(target, 0..3), extra).prop_map(
        |(segments, mut targets, (title, notes, mut labels))| {
            let mut seen = Vec::new();
            targets.retain(|t| {
                !seen.contains(&t.account_id) && {
                    seen.push(t.account_id);
                    true
                }
            });
            labels.sort();
            labels.dedup();
            Draft {
                title: title.unwrap_or_default(),
                notes: notes.unwrap_or_default(),
                segments,
                targets,
                labels,
                ..Draft::default()
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_people_write_comes_back(drafts in prop::collection::vec(draft(), 1..4), kind in 0_u8..4) {
        let (when, editorial) = match kind {
            0 => (When::Unplanned, EditorialStatus::Draft),
            1 => (
                When::Planned { date: "2026-05-01".parse().unwrap(), time: None, zone: berlin() },
                EditorialStatus::Approved,
            ),
            2 => (
                When::Planned {
                    date: "2026-06-01".parse().unwrap(),
                    time: Some("09:05:30".parse().unwrap()),
                    zone: berlin(),
                },
                EditorialStatus::InReview,
            ),
            _ => (scheduled("2026-10-25T02:30:00", "Europe/Berlin"), EditorialStatus::Scheduled),
        };
        let posts: Vec<Post> = drafts
            .iter()
            .zip(1..)
            .map(|(draft, n)| post(n, draft.clone(), when.clone(), editorial))
            .collect();
        let want: Vec<_> =
            drafts.into_iter().map(|draft| (draft, when.clone(), editorial)).collect();
        prop_assert_eq!(there_and_back(&posts), want);
    }

    #[test]
    fn no_file_makes_it_panic(bytes: Vec<u8>, text in "(date|text|when|account|,|;|\n|\"|=|2026-05-14|9:00|scheduled){0,30}") {
        let (accounts, zone) = (accounts(), berlin());
        let context = CsvContext {
            accounts: &accounts,
            zone: &zone,
            now: instant("2026-05-13T10:00:00Z"),
            order: DateOrder::Dmy,
            schedule: true,
        };
        let _any = (read_csv(&bytes, context), read_csv(text.as_bytes(), context));
    }
}
