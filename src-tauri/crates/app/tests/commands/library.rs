//! The library: files in, looked through, described, deleted, and fetched from the web.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use model::MediaId;
use serde_json::{Value, json};
use testkit::app::TestApp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A picture of one pixel.
const PICTURE: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A document that says `text`.
    fn document(&self, name: &str, text: &str) -> PathBuf {
        self.with(name, format!("%PDF-1.7\n{text}").as_bytes())
    }

    fn with(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

async fn import(test: &TestApp, paths: &[&Path]) -> Value {
    test.call("media.import", json!({ "paths": paths })).await
}

fn query(more: &Value) -> Value {
    let mut query = json!({ "words": "", "sorts": [], "order": "newest" });
    for (key, value) in more.as_object().unwrap() {
        query[key] = value.clone();
    }
    query
}

async fn names(test: &TestApp, more: Value) -> Vec<String> {
    let ask = json!({ "query": query(&more), "offset": 0, "limit": 500 });
    let page: Value = test.call("media.list", ask).await;
    let files = page["files"].as_array().unwrap();
    assert_eq!(page["total"], files.len());
    let ids: Vec<String> = test.call("media.ids", query(&more)).await;
    assert_eq!(ids.len(), files.len());
    let name = |file: &Value| file["name"].as_str().unwrap().to_owned();
    files.iter().map(name).collect()
}

async fn post_with(test: &TestApp, id: &Value, wall: Option<&str>) -> Value {
    let account = test.connect("ana").await;
    let place = match wall {
        Some(wall) => json!({ "kind": "wall", "wall": wall, "zone": null }),
        None => json!({ "kind": "shelf" }),
    };
    let written: Value = test
        .write(
            "posts.create",
            json!({
                "calendarId": test.calendar().await.id, "place": place, "scheduling": "if_ready",
                "draft": {
                    "title": "", "segments": [{ "text": "Spring", "media": [{ "mediaId": id, "alt": "x" }] }],
                    "notes": "", "labels": [], "contentType": "post", "priority": "normal", "assignee": "",
                    "targets": [{ "accountId": account.id, "overrideSegments": null, "options": {} }],
                },
            }),
        )
        .await;
    written
}

#[tokio::test]
async fn the_same_file_twice_is_one_and_keeps_what_was_written_about_it() {
    let (test, files) = (TestApp::start().await, Files::new());
    let (a, b) = (files.with("a.gif", PICTURE), files.with("b.gif", PICTURE));
    let broken = files.with("c.gif", b"no picture");
    let first = import(&test, &[&a, &b, &broken]).await;
    assert_eq!(first["files"].as_array().unwrap().len(), 2);
    assert_eq!(first["files"][0]["id"], first["files"][1]["id"]);
    assert_eq!((&first["joined"], &first["left"]), (&json!(1), &json!(0)));
    assert_eq!(first["refused"][0]["name"], "c.gif");
    let id = &first["files"][0]["id"];
    test.write::<Value>(
        "media.describe",
        json!({ "id": id, "name": "Dot.gif", "alt": "A dot", "rights": "Ours" }),
    )
    .await;
    let again = import(&test, &[&b]).await;
    assert_eq!(
        (&again["joined"], &again["files"][0]["alt"]),
        (&json!(1), &json!("A dot"))
    );
    assert_eq!(names(&test, json!({ "words": "dot" })).await, ["Dot.gif"]);
    let nothing = test
        .refused("media.describe", json!({ "id": id, "name": " " }))
        .await;
    assert_eq!(nothing.field.as_deref(), Some("name"));
    test.undo().await;
    assert_eq!(names(&test, json!({})).await, ["a.gif"]);
    // Nothing is on its way when all is in.
    let importing: Value = test.call("media.importing", json!({})).await;
    assert_eq!(
        (&importing["files"], &importing["read"]),
        (&json!(0), &json!(0))
    );
}

#[tokio::test]
async fn labels_are_put_on_many_files_and_found() {
    let (test, files) = (TestApp::start().await, Files::new());
    let paths: Vec<PathBuf> = ["one", "two", "three"]
        .iter()
        .map(|name| files.document(&format!("{name}.pdf"), name))
        .collect();
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let taken = import(&test, &paths).await;
    let ids: Vec<&Value> = (0..3).map(|n| &taken["files"][n]["id"]).collect();
    let label = json!({ "ids": &ids[..2], "add": [" Shop "] });
    test.write::<Value>("media.label", label).await;
    let mut with = names(&test, json!({ "label": "Shop" })).await;
    with.sort();
    assert_eq!(with, ["one.pdf", "two.pdf"]);
    let page: Value = test
        .call(
            "media.list",
            json!({ "query": query(&json!({})), "offset": 0, "limit": 1 }),
        )
        .await;
    assert_eq!(page["labels"], json!([{ "label": "Shop", "files": 2 }]));
    assert_eq!((&page["total"], &page["whole"]), (&json!(3), &json!(3)));
    test.undo().await;
    assert_eq!(names(&test, json!({ "label": "Shop" })).await, [""; 0]);
    test.refused("media.label", json!({ "ids": ids, "add": [] }))
        .await;
}

#[tokio::test]
async fn a_file_that_still_has_to_go_out_is_not_deleted_and_the_reason_is_told() {
    let (test, files) = (TestApp::start().await, Files::new());
    let taken = import(
        &test,
        &[
            &files.with("needed.gif", PICTURE),
            &files.document("free.pdf", "free"),
        ],
    )
    .await;
    let (needed, free) = (&taken["files"][0]["id"], &taken["files"][1]["id"]);
    post_with(&test, needed, Some("2026-05-20T09:00:00")).await;
    let error = test
        .refused("media.remove", json!({ "ids": [needed] }))
        .await;
    assert!(
        error.message.contains("needed.gif") && error.message.contains("Spring"),
        "{error:?}"
    );
    let written: Value = test
        .call("media.remove", json!({ "ids": [needed, free] }))
        .await;
    assert_eq!(written["value"]["removed"], json!([free]));
    assert_eq!(written["value"]["kept"][0]["id"], *needed);
    assert_eq!(written["notes"].as_array().unwrap().len(), 1);
    assert_eq!(names(&test, json!({})).await, ["needed.gif"]);
    let uses: Value = test.call("media.uses", json!({ "id": needed })).await;
    assert_eq!(
        (&uses["total"], &uses["chips"][0]["words"]),
        (&json!(1), &json!("Spring"))
    );
    test.undo().await;
    assert_eq!(
        names(&test, json!({ "usage": "unused" })).await,
        ["free.pdf"]
    );
    assert_eq!(
        names(&test, json!({ "usage": "used" })).await,
        ["needed.gif"]
    );
}

#[tokio::test]
async fn deleted_files_lie_in_the_bin_until_it_empties_and_then_their_bytes_go() {
    let (test, files) = (TestApp::start().await, Files::new());
    let taken = import(
        &test,
        &[
            &files.with("shown.gif", PICTURE),
            &files.document("free.pdf", "free"),
        ],
    )
    .await;
    let (shown, free) = (&taken["files"][0]["id"], &taken["files"][1]["id"]);
    let draft = post_with(&test, shown, None).await;
    let written: Value = test
        .call("media.remove", json!({ "ids": [shown, free] }))
        .await;
    assert!(
        written["notes"][0].as_str().unwrap().contains("keeps it"),
        "{written}"
    );
    let bin: Value = test.call("bin.list", json!({})).await;
    let in_bin: Vec<&Value> = bin["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["words"])
        .collect();
    assert_eq!(in_bin.len(), 2, "{bin}");
    let place = async |id: &Value| {
        let place: Value = test.call("media.place", json!({ "id": id })).await;
        PathBuf::from(place["path"].as_str().unwrap())
    };
    let (shown_at, free_at) = (place(shown).await, place(free).await);
    let item = |id: &Value| json!({ "items": [{ "subject": "media", "id": id }] });
    let stays = test.refused("bin.purge", item(shown)).await;
    assert!(stays.message.contains("shown.gif"), "{stays:?}");
    test.write::<Value>("bin.restore", item(free)).await;
    assert_eq!(names(&test, json!({})).await, ["free.pdf"]);
    test.undo().await;
    test.pass(Duration::from_hours(31 * 24)).await;
    test.app.daily_work().await.unwrap();
    assert!(shown_at.exists() && !free_at.exists());
    // A draft still shows what it was written with.
    let info: Value = test.call("media.info", json!({ "ids": [shown] })).await;
    assert_eq!(info[0]["missing"], false);
    let bin: Value = test.call("bin.list", json!({})).await;
    assert_eq!(bin["entries"], json!([]));
    test.call::<Value>("posts.remove", json!({ "ids": [draft["id"]] }))
        .await;
    test.pass(Duration::from_hours(31 * 24)).await;
    test.app.daily_work().await.unwrap();
    test.app.daily_work().await.unwrap();
    assert!(!shown_at.exists());
}

#[tokio::test]
async fn files_that_nothing_knows_go_after_a_month_and_no_others() {
    let (test, files) = (TestApp::start().await, Files::new());
    let taken = import(&test, &[&files.document("known.pdf", "known")]).await;
    let known: Value = test
        .call("media.place", json!({ "id": taken["files"][0]["id"] }))
        .await;
    let known = PathBuf::from(known["path"].as_str().unwrap());
    let stray = |digit: &str| {
        let folder = test.data_dir().join("media").join(digit.repeat(2));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{}.pdf", digit.repeat(64)));
        std::fs::write(&path, "stray").unwrap();
        path
    };
    let (old, young) = (stray("a"), stray("b"));
    let days = |n: u64| {
        let now = u64::try_from(test.app.now().as_millis()).unwrap();
        SystemTime::UNIX_EPOCH + Duration::from_millis(now) - Duration::from_hours(24 * n)
    };
    for (path, age) in [(&old, 31), (&young, 29), (&known, 31)] {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_modified(days(age)).unwrap();
    }
    test.app.daily_work().await.unwrap();
    assert!(!old.exists() && young.exists() && known.exists());
}

#[tokio::test]
async fn stopping_leaves_what_is_in_and_takes_no_more() {
    let (test, files) = (TestApp::start().await, Files::new());
    let paths: Vec<PathBuf> = (0..40)
        .map(|n| files.document(&format!("{n}.pdf"), &n.to_string()))
        .collect();
    let mut importing = test.app.importing();
    let app = test.app.clone();
    let call = tokio::spawn(async move {
        let input = json!({ "paths": paths });
        app.call("media.import", input).await.unwrap()
    });
    // As soon as something is on its way.
    importing.wait_for(|now| now.files == 40).await.unwrap();
    test.call::<Value>("media.import_stop", json!({})).await;
    let done = call.await.unwrap();
    let taken = done["files"].as_array().unwrap().len();
    assert_eq!(taken as u64 + done["left"].as_u64().unwrap(), 40);
    assert_eq!(done["refused"], json!([]));
    assert_eq!(names(&test, json!({})).await.len(), taken);
    assert_eq!(importing.borrow().files, 0);
    // The next one is not stopped.
    let more = import(&test, &[&files.document("more.pdf", "more")]).await;
    assert_eq!(more["left"], 0);
}

/// Answers every connection with `answer` until nobody asks any more.
async fn server(answer: &'static [u8]) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read_u8().await {
                    Ok(byte) => head.push(byte),
                    Err(_) => break,
                }
            }
            stream.write_all(answer).await.ok();
        }
    });
    address
}

#[tokio::test]
async fn a_file_from_an_address_is_what_its_bytes_are_and_named_after_the_address() {
    let test = TestApp::start().await;
    let from = server(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-disposition: attachment; filename=\"../../evil.exe\"\r\n\r\n%PDF-1.7\nfetched").await;
    let url = format!("{from}/files/Price%20list%2f..%2f2026.jpg?x=1");
    let taken: Value = test
        .call("media.import_address", json!({ "url": url }))
        .await;
    let file = &taken["files"][0];
    assert_eq!(file["name"], "Price list .. 2026.jpg");
    assert_eq!(file["mime"], "application/pdf");
    let again: Value = test
        .call("media.import_address", json!({ "url": url }))
        .await;
    assert_eq!(again["joined"], 1);
}

#[tokio::test]
async fn what_cannot_be_fetched_leaves_nothing_and_says_why() {
    let test = TestApp::start().await;
    let page =
        server(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n<!doctype html><title>Hi</title>")
            .await;
    let error = test
        .refused("media.import_address", json!({ "url": page }))
        .await;
    assert!(
        error.message.contains("a web page at that address"),
        "{error:?}"
    );
    let broken = server(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n%PDF-1.7\nhalf").await;
    let error = test
        .refused("media.import_address", json!({ "url": broken }))
        .await;
    assert!(error.message.contains("broke off"), "{error:?}");
    let inside = server(b"HTTP/1.1 302 Found\r\nlocation: http://10.0.0.1/x.jpg\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    let error = test
        .refused("media.import_address", json!({ "url": inside }))
        .await;
    assert!(error.message.contains("private network"), "{error:?}");
    let gone =
        server(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    let error = test
        .refused("media.import_address", json!({ "url": gone }))
        .await;
    assert!(
        error.message.contains("has nothing at that address"),
        "{error:?}"
    );
    for wrong in ["file:///etc/passwd", "beach.jpg", ""] {
        let error = test
            .refused("media.import_address", json!({ "url": wrong }))
            .await;
        assert_eq!(error.field.as_deref(), Some("url"), "{wrong}");
    }
    assert_eq!(names(&test, json!({})).await, [""; 0]);
    let left = test.data_dir().join("media/incoming").read_dir().unwrap();
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn accounts_say_whether_they_take_a_file_and_the_library_shows_those() {
    let (test, files) = (TestApp::start().await, Files::new());
    let account = test.connect("ana").await;
    let taken = import(
        &test,
        &[
            &files.with("dot.gif", PICTURE),
            &files.document("terms.pdf", "terms"),
        ],
    )
    .await;
    let workspace = test.calendar().await.workspace_id;
    let fits = async |id: &Value| {
        let ask = json!({ "id": id, "workspaceId": workspace });
        let fits: Value = test.call("media.fits", ask).await;
        fits[0]["problems"].clone()
    };
    assert_eq!(fits(&taken["files"][0]["id"]).await, json!([]));
    let why = fits(&taken["files"][1]["id"]).await;
    assert!(
        why[0]["message"]
            .as_str()
            .unwrap()
            .contains("does not take"),
        "{why}"
    );
    let only = json!({ "fits": { "accountId": account.id, "kind": null } });
    assert_eq!(names(&test, only).await, ["dot.gif"]);
}

#[tokio::test]
async fn a_copy_is_written_where_the_person_says_and_a_lost_file_says_where_it_lay() {
    let (test, files) = (TestApp::start().await, Files::new());
    let taken = import(&test, &[&files.document("terms.pdf", "terms")]).await;
    let id: MediaId = serde_json::from_value(taken["files"][0]["id"].clone()).unwrap();
    let copy = files.0.path().join("copy.pdf");
    test.call::<Value>("media.save_copy", json!({ "id": id, "path": copy }))
        .await;
    assert_eq!(std::fs::read(&copy).unwrap(), b"%PDF-1.7\nterms");
    test.refused("media.save_copy", json!({ "id": id, "path": "copy.pdf" }))
        .await;
    let place: Value = test.call("media.place", json!({ "id": id })).await;
    std::fs::remove_file(place["path"].as_str().unwrap()).unwrap();
    let lost: Value = test.call("media.place", json!({ "id": id })).await;
    assert_eq!(lost, place);
    let error = test
        .refused("media.save_copy", json!({ "id": id, "path": copy }))
        .await;
    assert_eq!(error.code, model::ErrorCode::NotFound);
}
