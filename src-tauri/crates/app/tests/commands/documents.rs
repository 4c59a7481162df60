//! Documents from the file that is taken in to what is said of it beside a post.

use std::path::PathBuf;

use serde_json::{Value, json};
use testkit::app::{TestApp, draft};

/// A document of so many pages.
fn document(pages: usize) -> Vec<u8> {
    let kids: Vec<String> = (3..3 + pages).map(|n| format!("{n} 0 R")).collect();
    let kids = kids.join(" ");
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Count {pages} /Kids [{kids}] >>"),
    ];
    objects.resize(2 + pages, "<< /Type /Page /Parent 2 0 R >>".to_owned());
    let mut text = "%PDF-1.4\n".to_owned();
    let mut index = vec!["0000000000 65535 f \n".to_owned()];
    for (n, object) in objects.iter().enumerate() {
        index.push(format!("{:010} 00000 n \n", text.len()));
        text.extend([
            (n + 1).to_string().as_str(),
            " 0 obj\n",
            object,
            "\nendobj\n",
        ]);
    }
    let (at, size, index) = (text.len(), index.len(), index.concat());
    let rest = format!(
        "xref\n0 {size}\n{index}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n"
    );
    [text, rest].concat().into_bytes()
}

#[tokio::test]
async fn a_document_with_more_pages_than_a_network_takes_does_not_go_there() {
    let test = TestApp::publishing_to(&["linkedin"]).await;
    let account = test.connect_to("linkedin", "ana").await;
    let folder = tempfile::tempdir().unwrap();
    let paths = [300, 301].map(|pages| -> PathBuf {
        let path = folder.path().join(format!("{pages}.pdf"));
        std::fs::write(&path, document(pages)).unwrap();
        path
    });
    let taken: Value = test.call("media.import", json!({ "paths": paths })).await;
    let calendar = test.calendar().await;
    for (n, pages) in [(0, 300), (1, 301)] {
        let file = &taken["files"][n];
        let facts = json!({ "pages": pages, "locked": false });
        assert_eq!(file["document"], facts);
        let info: Value = test
            .call("media.info", json!({ "ids": [file["id"]] }))
            .await;
        assert_eq!(info[0]["document"], facts);
        let mut draft = draft("Terms", &[account.id]);
        draft["segments"][0]["media"] = json!([{ "mediaId": file["id"], "alt": "" }]);
        let input = json!({ "calendarId": calendar.id, "draft": draft, "place": null });
        let checked: Value = test.call("posts.check", input).await;
        if pages > 300 {
            assert_eq!(checked["problems"][0]["rule"], "too_many_pages");
            let blocked = checked["blocked"].as_str().unwrap();
            assert!(
                blocked.contains("up to 300 pages; this one has 301"),
                "{blocked}"
            );
        } else {
            assert_eq!(checked["blocked"], Value::Null, "{checked}");
        }
    }
}

#[tokio::test]
async fn a_photo_in_a_document_tells_no_network_where_it_was_taken() {
    const PLACE: &[u8] = b"SECRETPLACE";
    let test = TestApp::publishing_to(&["linkedin"]).await;
    let account = test.connect_to("linkedin", "ana").await;
    // As a camera begins a photo.
    let told = [&b"Exif\0\0"[..], PLACE].concat();
    let length = u16::try_from(told.len() + 2).unwrap().to_be_bytes();
    let photo = [&[0xff, 0xd8, 0xff, 0xe1][..], &length, &told].concat();
    let path = test.dir().join("tour.pdf");
    std::fs::write(&path, [document(2), photo].concat()).unwrap();
    let taken: Value = test.call("media.import", json!({ "paths": [path] })).await;
    let mut draft = draft("A tour", &[account.id]);
    draft["segments"][0]["media"] = json!([{ "mediaId": taken["files"][0]["id"], "alt": "" }]);
    test.published(draft).await;
    let shown = test.network.shown();
    let sent = std::fs::read(&shown[0].files[0]).unwrap();
    assert!(sent.starts_with(&document(2)));
    assert!(!sent.windows(PLACE.len()).any(|part| part == PLACE));
}
