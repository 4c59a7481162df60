//! Handing over: everything lies ready, and nobody but the person says that it is out.

use model::account::Account;
use model::clip::Clip;
use model::content::{MediaUse, Segment};
use model::error::Severity;
use model::post::TargetDraft;
use networks::connector::{
    CheckInput, Confirmation, Connector, JobMedia, MediaFacts, Outcome, SignInFields,
};
use networks::handoff::HandOff;
use testkit::conformance::{self, HandOffBench};
use testkit::desk::{Desk, text};

fn form(folder: &std::path::Path, page: &str) -> SignInFields {
    let mut fields = SignInFields::default();
    for (name, value) in [
        ("network", "Snapchat"),
        ("handle", "Ana"),
        ("folder", &folder.to_string_lossy()),
        ("page", page),
    ] {
        fields.plain.insert(name.to_owned(), value.to_owned());
    }
    fields
}

#[tokio::test]
async fn handing_over_conforms() {
    conformance::holds(|| async { HandOffBench::start() }).await;
}

#[tokio::test]
async fn text_and_files_lie_ready_and_the_person_is_asked() {
    let (desk, folder) = (Desk::new(), tempfile::tempdir().unwrap());
    let connector = HandOff::new();
    let form = form(folder.path(), "https://web.snapchat.com/");
    let account = desk.sign_in(&connector, form).await.unwrap();
    assert_eq!(account.display_name, "Snapchat");
    let mut segment = text("Look at this");
    segment.media = vec![
        desk.picture("one.jpg", 40, 30),
        desk.video("clip.mp4", 5_000),
    ];
    let mut job = desk.job(&connector, &account, vec![segment]);
    let before = connector.confirm(&job, desk.ctx()).await;
    assert_eq!(before, Confirmation::Absent, "nothing lies ready yet");
    for _ in 0..2 {
        // A second attempt, as after a crash, finds everything and adds nothing.
        let Outcome::Uncertain(refusal) = desk.attempt(&connector, &mut job).await else {
            panic!("only the person can say that it is out");
        };
        assert!(refusal.message.contains("time to post this on Snapchat"));
    }
    let Confirmation::CannotTell(why) = connector.confirm(&job, desk.ctx()).await else {
        panic!("nobody can look");
    };
    assert!(why.contains(&*folder.path().to_string_lossy()), "{why}");
    // What another copy of the calendar laid ready lies on another computer.
    job.unknown_send = true;
    let elsewhere = connector.confirm(&job, desk.ctx()).await;
    assert_eq!(elsewhere, Confirmation::Absent);
    let ready: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(ready.len(), 1);
    let ready = ready.into_iter().next().unwrap().unwrap().path();
    let mut names: Vec<String> = std::fs::read_dir(&ready)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["01.jpg", "02.mp4", "text.txt"]);
    let words = std::fs::read_to_string(ready.join("text.txt")).unwrap();
    assert_eq!(words, "Look at this");
}

#[tokio::test]
async fn a_folder_that_is_gone_is_waited_for_and_a_bad_form_is_told() {
    let (desk, folder) = (Desk::new(), tempfile::tempdir().unwrap());
    let connector = HandOff::new();
    let inner = folder.path().join("stick");
    std::fs::create_dir(&inner).unwrap();
    let account = desk.sign_in(&connector, form(&inner, "")).await.unwrap();
    std::fs::remove_dir(&inner).unwrap();
    let mut job = desk.job(&connector, &account, vec![text("Hello")]);
    let Outcome::NotSent(refusal) = desk.attempt(&connector, &mut job).await else {
        panic!("nothing can lie ready");
    };
    assert!(refusal.message.contains("is not there"), "{refusal:?}");
    for bad in [
        form(&inner, ""),
        form(folder.path(), "javascript:alert(1)"),
        form(std::path::Path::new("relative"), ""),
    ] {
        assert!(desk.sign_in(&connector, bad).await.is_err());
    }
}

fn sized(file: JobMedia, width: u32, height: u32, seconds: Option<u32>) -> MediaFacts {
    let clip = seconds.map(|seconds| Clip {
        length_ms: Some(seconds * 1_000),
        frame_rate: None,
        codec: None,
        sound: None,
        located: false,
    });
    MediaFacts {
        width: Some(width),
        height: Some(height),
        clip,
        ..file.facts
    }
}

#[tokio::test]
async fn what_is_known_of_snapchat_is_advice_and_holds_nothing_up() {
    let (desk, folder) = (Desk::new(), tempfile::tempdir().unwrap());
    let connector = HandOff::new();
    let form = form(folder.path(), "");
    let mut account = desk.sign_in(&connector, form).await.unwrap();
    let told = |account: &Account, words: &str, files: &[MediaFacts]| {
        let media = files.iter().map(|f| MediaUse::new(f.id.clone(), ""));
        let segments = [Segment {
            media: media.collect(),
            ..Segment::text(words)
        }];
        let draft = TargetDraft {
            account_id: account.id,
            override_segments: None,
            options: serde_json::Map::new(),
        };
        let input = CheckInput {
            account,
            segments: &segments,
            draft: &draft,
            media: files,
        };
        let found = connector.check(input);
        assert!(found.iter().all(|p| p.severity == Severity::Warning));
        found.into_iter().map(|p| p.rule).collect::<Vec<_>>()
    };
    let upright = sized(desk.video("a.mp4", 900), 1_080, 1_920, Some(60));
    let fits = told(&account, &"é".repeat(160), std::slice::from_ref(&upright));
    assert!(fits.is_empty(), "{fits:?}");

    let wide = sized(desk.video("b.mp4", 901), 1_920, 1_080, Some(61));
    let mut gif = sized(desk.picture("c.png", 9, 16), 9, 16, None);
    "image/gif".clone_into(&mut gif.mime);
    let long = "é".repeat(161);
    let files = [upright, wide, gif];
    assert_eq!(
        told(&account, &long, &files),
        [
            "words_by_hand",
            "files_by_hand",
            "shape_by_hand",
            "length_by_hand",
            "format_by_hand"
        ]
    );
    // Of another network nothing is known.
    account.settings["network"] = "Somewhere".into();
    assert!(told(&account, &long, &files).is_empty());
}
