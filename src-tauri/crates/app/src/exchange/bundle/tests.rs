use std::io::{Cursor, Write};

use media::Library;
use model::TargetId;
use model::calendar::{Calendar, CalendarStatus, Workspace, usual_working_hours};
use model::content::{MediaUse, Segment};
use model::delivery::DeliveryState;
use model::post::{Attempt, AttemptOutcome, Draft, TargetDraft};
use model::slot::{DayPause, Slot};
use model::status::EditorialStatus;
use model::{AttemptId, CalendarId, SlotId, WorkspaceId};
use serde_json::json;
use uuid::Uuid;
use zip::write::SimpleFileOptions;

use super::super::testing::{accounts, document, instant, post, scheduled};
use super::*;

/// Everything an export can hold, once.
struct Everything {
    settings: Vec<SettingRow>,
    workspaces: Vec<WorkspaceRow>,
    calendars: Vec<CalendarRow>,
    accounts: Vec<AccountRow>,
    slots: Vec<Slot>,
    day_pauses: Vec<DayPause>,
    media: Vec<MediaRow>,
    posts: Vec<PostRow>,
    attempts: Vec<AttemptRow>,
    files: Vec<Vec<u8>>,
}

fn hash(bytes: &[u8]) -> MediaId {
    blake3::hash(bytes).to_hex().parse().unwrap()
}

fn everything() -> Everything {
    let now = instant("2026-05-13T10:00:00Z");
    let file = b"%PDF-1.7 a document".to_vec();
    let id = hash(&file);
    let draft = Draft {
        title: "Sale \u{2028} \"now\"".into(),
        segments: vec![Segment {
            text: "Text\nwith 😀".into(),
            media: vec![MediaUse::new(id.clone(), "A page")],
        }],
        targets: vec![TargetDraft {
            account_id: accounts()[0].id,
            override_segments: Some(vec![Segment::text("own")]),
            options: serde_json::from_value(json!({"languages": ["en"]})).unwrap(),
        }],
        ..Draft::default()
    };
    let when = scheduled("2026-05-14T09:05:00", "Europe/Berlin");
    let mut full = post(1, draft.clone(), when, EditorialStatus::Scheduled);
    full.working_copy = Some(draft.clone());
    full.deleted_at = Some(now);
    full.targets[0].state = DeliveryState::Published;
    full.targets[0].remote_id = Some("at://did/app.bsky.feed.post/3k".into());
    let target_id = full.targets[0].id;
    Everything {
        settings: vec![SettingRow {
            key: "settings".into(),
            value: json!({"theme": "dark"}),
        }],
        workspaces: vec![WorkspaceRow {
            workspace: Workspace {
                id: WorkspaceId(Uuid::from_u128(1)),
                name: "Ana".into(),
                monthly_budget: Some(5_000_000),
                created_at: now,
            },
            deleted_at: None,
        }],
        calendars: vec![CalendarRow {
            calendar: Calendar {
                id: CalendarId(Uuid::from_u128(2)),
                workspace_id: WorkspaceId(Uuid::from_u128(1)),
                name: "Posts".into(),
                description: String::new(),
                zone: "Europe/Berlin".parse().unwrap(),
                working_hours: usual_working_hours(),
                default_accounts: vec![accounts()[0].id],
                grace_minutes: 120,
                most_posts: Some(500),
                status: CalendarStatus::Archived,
                paused: Some("holidays".into()),
                created_at: now,
            },
            deleted_at: Some(now),
            updated_at: Some(instant("2026-05-13T11:00:00Z")),
        }],
        accounts: accounts()
            .into_iter()
            .map(|account| AccountRow {
                account,
                deleted_at: None,
                purged_at: Some(now),
            })
            .collect(),
        slots: vec![Slot {
            id: SlotId(Uuid::from_u128(3)),
            account_id: accounts()[0].id,
            weekday: 4,
            time: "14:30:00".parse().unwrap(),
            zone: "Europe/Berlin".parse().unwrap(),
        }],
        day_pauses: vec![DayPause {
            account_id: accounts()[0].id,
            date: "2026-05-14".parse().unwrap(),
            reason: "Holiday".into(),
        }],
        media: vec![document(id, file.len() as u64, now)],
        posts: vec![PostRow {
            post: full,
            deliveries: vec![DeliveryRow {
                target_id,
                called_off: false,
                remote: Some(json!({"uri": "at://did/app.bsky.feed.post/3k"})),
                handle: Some(json!({"rkey": "3k"})),
                content_hash: Some("ab".into()),
                turn: 1,
                attempts_made: 2,
                steps: vec![StepRow {
                    key: "segment.0".into(),
                    value: json!({"cid": "b"}),
                    visible: true,
                    at: now,
                }],
            }],
            edit_base: Some(draft),
        }],
        attempts: vec![AttemptRow {
            attempt: attempt(target_id),
            content_hash: "ab".into(),
            step: "post".into(),
            step_visible: true,
            shown_at: Some(instant("2026-05-13T10:00:07Z")),
        }],
        files: vec![file],
    }
}

fn attempt(target_id: TargetId) -> Attempt {
    Attempt {
        id: AttemptId(Uuid::from_u128(5)),
        target_id,
        number: 1,
        started_at: instant("2026-05-13T10:00:00Z"),
        ended_at: None,
        duration_ms: None,
        outcome: AttemptOutcome::Open,
        category: None,
        message: None,
        detail: None,
        will_retry: false,
        next_try_at: None,
        steps_done: 1,
        place_at: None,
    }
}

fn export(all: &Everything) -> Vec<u8> {
    let mut out = BundleWriter::new(
        Cursor::new(Vec::new()),
        "0.1.0",
        instant("2026-05-13T10:00:00Z"),
    );
    out.rows(Table::Settings, &all.settings).unwrap();
    out.rows(Table::Workspaces, &all.workspaces).unwrap();
    out.rows(Table::Calendars, &all.calendars).unwrap();
    out.rows(Table::Accounts, &all.accounts).unwrap();
    out.rows(Table::Slots, &all.slots).unwrap();
    out.rows(Table::DayPauses, &all.day_pauses).unwrap();
    out.rows(Table::Spends, [(); 0]).unwrap();
    out.rows(Table::Keys, [(); 0]).unwrap();
    out.rows(Table::Notes, [(); 0]).unwrap();
    out.rows(Table::Programs, [(); 0]).unwrap();
    out.rows(Table::Webhooks, [(); 0]).unwrap();
    out.rows(Table::Media, &all.media).unwrap();
    out.rows(Table::Posts, &all.posts).unwrap();
    out.rows(Table::Attempts, &all.attempts).unwrap();
    for file in &all.files {
        out.media(&hash(file), "pdf", file.as_slice()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn open(bytes: &[u8]) -> Result<BundleReader<Cursor<&[u8]>>, BundleError> {
    BundleReader::open(Cursor::new(bytes))
}

fn all_rows<T: serde::de::DeserializeOwned>(
    reader: &mut BundleReader<Cursor<&[u8]>>,
    table: Table,
) -> Result<Vec<T>, BundleError> {
    let mut rows = Vec::new();
    reader.rows(table, |row| {
        rows.push(row);
        Ok(())
    })?;
    Ok(rows)
}

#[test]
fn everything_comes_back_as_it_was() {
    let all = everything();
    let bytes = export(&all);
    let mut reader = open(&bytes).unwrap();
    assert_eq!(reader.manifest().program, "0.1.0");
    assert_eq!(
        all_rows::<SettingRow>(&mut reader, Table::Settings).unwrap(),
        all.settings
    );
    assert_eq!(
        all_rows::<WorkspaceRow>(&mut reader, Table::Workspaces).unwrap(),
        all.workspaces
    );
    assert_eq!(
        all_rows::<CalendarRow>(&mut reader, Table::Calendars).unwrap(),
        all.calendars
    );
    assert_eq!(
        all_rows::<AccountRow>(&mut reader, Table::Accounts).unwrap(),
        all.accounts
    );
    assert_eq!(
        all_rows::<Slot>(&mut reader, Table::Slots).unwrap(),
        all.slots
    );
    assert_eq!(
        all_rows::<DayPause>(&mut reader, Table::DayPauses).unwrap(),
        all.day_pauses
    );
    assert_eq!(
        all_rows::<MediaRow>(&mut reader, Table::Media).unwrap(),
        all.media
    );
    assert_eq!(
        all_rows::<PostRow>(&mut reader, Table::Posts).unwrap(),
        all.posts
    );
    assert_eq!(
        all_rows::<AttemptRow>(&mut reader, Table::Attempts).unwrap(),
        all.attempts
    );

    let folder = tempfile::tempdir().unwrap();
    let library = Library::open(folder.path().join("media")).unwrap();
    let mut found = Vec::new();
    reader
        .media(|id, stream| {
            let got = library.import_reader("page.pdf", stream).unwrap();
            assert_eq!(got.id, *id);
            found.push(std::fs::read(library.find(id).unwrap()).unwrap());
            Ok(())
        })
        .unwrap();
    assert_eq!(found, all.files);
    assert_eq!(bytes, export(&all), "the same data gives the same file");
}

#[test]
fn the_tables_are_plain_json() {
    let bytes = export(&everything());
    let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    for table in Table::ALL {
        let entry = zip.by_name(&table.path()).unwrap();
        let json: serde_json::Value = serde_json::from_reader(entry).unwrap();
        assert!(json.is_array());
    }
}

#[test]
fn an_empty_program_exports_and_imports() {
    let out = BundleWriter::new(
        Cursor::new(Vec::new()),
        "0.1.0",
        instant("2026-05-13T10:00:00Z"),
    );
    let bytes = out.finish().unwrap().into_inner();
    let mut reader = open(&bytes).unwrap();
    assert_eq!(all_rows::<PostRow>(&mut reader, Table::Posts).unwrap(), []);
}

#[test]
fn a_damaged_file_of_the_library_is_left_out_and_said() {
    let mut out = BundleWriter::new(
        Cursor::new(Vec::new()),
        "0.1.0",
        instant("2026-05-13T10:00:00Z"),
    );
    let error = out
        .media(&hash(b"right"), "pdf", &b"wrong"[..])
        .unwrap_err();
    assert!(matches!(error, BundleError::MediaDamaged(_)), "{error:?}");
    out.media(&hash(b"fine"), "pdf", &b"fine"[..]).unwrap();
    let bytes = out.finish().unwrap().into_inner();
    assert_eq!(open(&bytes).unwrap().manifest().media, 1);
}

/// A zip with these entries.
fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        out.start_file(*name, SimpleFileOptions::default()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// A manifest about these tables and so many files.
fn manifest_of(tables: &[(&str, u64, &[u8])], media: u64) -> Vec<u8> {
    let tables: serde_json::Map<String, serde_json::Value> = tables
        .iter()
        .map(|(name, rows, bytes)| {
            let hash = blake3::hash(bytes).to_hex().to_string();
            ((*name).to_owned(), json!({"rows": rows, "blake3": hash}))
        })
        .collect();
    let manifest = json!({
        "format": "almanac-export", "version": 1, "program": "0.1.0", "exportedAt": 0,
        "tables": tables, "media": media,
    });
    serde_json::to_vec(&manifest).unwrap()
}

fn refused(bytes: &[u8]) -> BundleError {
    open(bytes).err().unwrap()
}

#[test]
fn what_is_no_export_is_refused() {
    assert!(matches!(refused(b""), BundleError::NotAnExport));
    assert!(matches!(
        refused(b"no zip at all"),
        BundleError::NotAnExport
    ));
    assert!(matches!(
        refused(&zip_of(&[("a.txt", b"a")])),
        BundleError::NotAnExport
    ));
    let other = zip_of(&[(
        "manifest.json",
        br#"{"format":"other","version":1,"program":""}"#,
    )]);
    assert!(matches!(refused(&other), BundleError::NotAnExport));
    let whole = export(&everything());
    assert!(matches!(
        refused(&whole[..whole.len() - 30]),
        BundleError::NotAnExport
    ));
    let newer = br#"{"format":"almanac-export","version":99,"program":"9.1.0","new":true}"#;
    let error = refused(&zip_of(&[("manifest.json", newer)]));
    assert!(
        error.to_string().contains("newer Almanac (9.1.0)"),
        "{error}"
    );
}

#[test]
fn names_that_lead_outside_are_refused() {
    let manifest = manifest_of(&[], 0);
    let names = [
        "../evil",
        "media/../../evil",
        "/etc/passwd",
        "media\\..\\evil",
        "C:/evil",
        "tables/../x",
    ];
    for name in names {
        let error = refused(&zip_of(&[("manifest.json", &manifest), (name, b"x")]));
        assert!(matches!(error, BundleError::Hostile(_)), "{name}: {error}");
    }
    let mut out = zip::ZipWriter::new(Cursor::new(zip_of(&[])));
    out.start_file("manifest.json", SimpleFileOptions::default())
        .unwrap();
    out.write_all(&manifest).unwrap();
    out.add_symlink("media/link", "/etc", SimpleFileOptions::default())
        .unwrap();
    let linked = out.finish().unwrap().into_inner();
    assert!(matches!(refused(&linked), BundleError::Hostile(_)));
    let unnamed = zip_of(&[("manifest.json", &manifest), ("media/ab/holiday.jpg", b"x")]);
    assert!(matches!(refused(&unnamed), BundleError::Damaged(_)));
}

#[test]
fn a_changed_table_or_file_is_noticed() {
    let rows = b"[\n{\"key\":\"a\",\"value\":1}\n]\n";
    let manifest = manifest_of(&[("settings", 1, rows)], 0);
    let read = |table: &[u8]| {
        let bytes = zip_of(&[
            ("manifest.json", &manifest),
            ("tables/settings.json", table),
        ]);
        all_rows::<SettingRow>(&mut open(&bytes).unwrap(), Table::Settings)
    };
    assert_eq!(read(rows).unwrap().len(), 1);
    for changed in [
        &b"[\n{\"key\":\"a\",\"value\":2}\n]\n"[..],
        b"[]",
        b"[{\"key\":\"a\"",
        b"{}",
        b"[{\"other\":1}]",
        b"[\n{\"key\":\"a\",\"value\":1}\n]\nmore",
    ] {
        let error = read(changed).unwrap_err();
        assert!(matches!(error, BundleError::Damaged(_)), "{error}");
    }
    let gone = zip_of(&[("manifest.json", &manifest)]);
    let error = all_rows::<SettingRow>(&mut open(&gone).unwrap(), Table::Settings).unwrap_err();
    assert!(
        error.to_string().contains("settings: it is missing"),
        "{error}"
    );

    let name = format!("media/aa/{}.pdf", "a".repeat(64));
    let wrong = zip_of(&[
        ("manifest.json", &manifest_of(&[], 1)),
        (&name, b"%PDF other"),
    ]);
    let error = open(&wrong)
        .unwrap()
        .media(|_, stream| {
            let mut all = Vec::new();
            stream.read_to_end(&mut all)?;
            Ok(())
        })
        .unwrap_err();
    assert!(matches!(error, BundleError::Damaged(_)), "{error}");
    let fewer = zip_of(&[("manifest.json", &manifest_of(&[], 1))]);
    assert!(matches!(refused(&fewer), BundleError::Damaged(_)));
}

#[test]
fn a_row_that_unpacks_without_end_is_stopped() {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    out.start_file("manifest.json", packed).unwrap();
    out.write_all(&manifest_of(&[("settings", 1, b"")], 0))
        .unwrap();
    out.start_file("tables/settings.json", packed).unwrap();
    out.write_all(b"[").unwrap();
    let blank = vec![b' '; 1_000_000];
    for _ in 0..8 {
        out.write_all(&blank).unwrap();
    }
    let bytes = out.finish().unwrap().into_inner();
    assert!(bytes.len() < 100_000);
    let mut reader = open(&bytes).unwrap();
    reader.max_row_bytes = 2_000_000;
    let error = all_rows::<SettingRow>(&mut reader, Table::Settings).unwrap_err();
    assert!(
        error.to_string().contains("more than any export holds"),
        "{error}"
    );
}

#[test]
fn a_receiver_that_refuses_stops_the_reading() {
    let bytes = export(&everything());
    let mut reader = open(&bytes).unwrap();
    let mut seen = 0;
    let error = reader
        .rows::<AccountRow>(Table::Accounts, |_| {
            seen += 1;
            Err(BundleError::Refused("not empty".into()))
        })
        .unwrap_err();
    assert!(matches!(error, BundleError::Refused(_)));
    assert_eq!(seen, 1);
}

#[test]
fn a_disk_that_fills_up_is_an_error_of_the_disk() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::from(io::ErrorKind::StorageFull))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    impl std::io::Seek for Full {
        fn seek(&mut self, _: std::io::SeekFrom) -> io::Result<u64> {
            Ok(0)
        }
    }
    let mut out = BundleWriter::new(Full, "0.1.0", instant("2026-05-13T10:00:00Z"));
    let error = out
        .rows(Table::Settings, &everything().settings)
        .unwrap_err();
    assert!(matches!(error, BundleError::Disk(_)), "{error:?}");
}
