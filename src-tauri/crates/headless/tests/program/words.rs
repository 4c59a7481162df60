//! What the command line says and ends with.

use serde_json::Value;

use crate::support::Home;

#[test]
fn a_post_is_scheduled_listed_exported_and_taken_in_again() {
    let home = Home::with_networks(String::new());
    let folder = home.path("posts");
    std::fs::create_dir_all(&folder).unwrap();
    let field = format!("folder={}", folder.display());
    home.run(&[
        "accounts",
        "connect",
        "folder",
        "--field",
        &field,
        "--field",
        "name=Notes",
    ])
    .ok();
    let scheduled = home
        .run(&[
            "schedule",
            "Spring sale",
            "--account",
            "Notes",
            "--at",
            "2035-05-14 09:00",
            "--json",
        ])
        .json();
    assert_eq!(scheduled["editorial"], "scheduled");
    let listed = home
        .run(&["list", "--from", "2035-05-14", "--days", "1"])
        .ok();
    assert!(
        listed.contains("2035-05-14 09:00") && listed.contains("Spring sale"),
        "{listed}"
    );
    assert_eq!(home.run(&["list", "--from", "2035-05-15"]).ok(), "");

    let csv = home.path("posts.csv");
    let file = csv.to_str().unwrap();
    // The draft that every Almanac begins with is among them.
    assert!(home.run(&["export", file]).ok().contains("Posts: 2."));
    let other = Home::new();
    other
        .run(&[
            "accounts",
            "connect",
            "folder",
            "--field",
            &field,
            "--field",
            "name=Notes",
        ])
        .ok();
    let seen = other.run(&["import", file, "--dry-run"]).ok();
    assert!(seen.contains("Spring sale"), "{seen}");
    assert!(other.run(&["import", file]).ok().contains("Posts: 2."));
}

#[test]
fn whoever_had_enough_of_an_answer_made_nothing_go_wrong() {
    let home = Home::new();
    for words in [
        &["list", "--drafts"][..],
        &["list", "--drafts", "--json"],
        &["completions", "bash"],
        &["manual"],
    ] {
        assert_eq!(home.run_unread(words), 0, "{words:?}");
    }
}

#[test]
fn a_post_goes_out_at_once_and_its_file_is_there() {
    let home = Home::new();
    let folder = home.path("posts");
    std::fs::create_dir_all(&folder).unwrap();
    let field = format!("folder={}", folder.display());
    home.run(&[
        "accounts",
        "connect",
        "folder",
        "--field",
        &field,
        "--field",
        "name=Notes",
    ])
    .ok();
    let picture = home.path("spring.png");
    image::RgbImage::new(8, 8).save(&picture).unwrap();
    let words = [
        "post",
        "-",
        "--account",
        "folder:Notes",
        "--alt",
        "A field",
        "--media",
    ];
    let words = [&words[..], &[picture.to_str().unwrap()]].concat();
    let said = home.run_with(&words, &[], "From a pipe\n");
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("published"), "{said:?}");
    let written: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    assert_eq!(written.len(), 1);
    let text = std::fs::read_to_string(&written[0]).unwrap();
    assert!(text.contains("From a pipe"), "{text}");
}

#[test]
fn each_kind_of_error_ends_with_its_number() {
    let home = Home::new();
    let code = |words: &[&str]| home.run(words).code;
    assert_eq!(code(&["publish"]), 2);
    assert_eq!(code(&["export", "posts.xyz"]), 2);
    assert_eq!(code(&["serve", "--listen", "0.0.0.0:0"]), 2);
    assert_eq!(code(&["post", "Hello"]), 3);
    assert_eq!(code(&["post", "Hello", "--account", "nobody"]), 4);
    assert_eq!(code(&["keys", "revoke", "none"]), 4);
    assert_eq!(code(&["accounts", "connect", "nowhere"]), 4);
    // What could not go out does not stay behind as a draft.
    assert!(!home.run(&["list", "--drafts"]).ok().contains("Hello"));
    let folder = home.path("posts");
    std::fs::create_dir_all(&folder).unwrap();
    let field = format!("folder={}", folder.display());
    let name = "name=Notes";
    let connect = ["accounts", "connect", "folder", "--field", &field];
    home.run(&[&connect[..], &["--field", name]].concat()).ok();
    // There is no weekly plan with a slot to take.
    let next = ["schedule", "Hello", "--account", "Notes", "--next"];
    assert_eq!(code(&next), 3);
    assert!(!home.run(&["list", "--drafts"]).ok().contains("Hello"));
    let said = home.run(&["keys", "revoke", "none", "--json"]);
    let error: Value = serde_json::from_str(&said.err).unwrap();
    assert_eq!(error["error"]["code"], "not_found");
}

#[test]
fn a_secret_on_the_command_line_is_refused() {
    let home = Home::new();
    let said = home.run(&[
        "accounts",
        "connect",
        "bluesky",
        "--field",
        "password=hunter2",
    ]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("standard input"), "{said:?}");
}

#[test]
fn doctor_says_what_is_well_and_what_to_do() {
    let home = Home::new();
    let said = home.run(&["doctor", "--json"]);
    let found: Value = serde_json::from_str(&said.out).unwrap();
    let says = |what: &str| {
        let mut all = found.as_array().unwrap().iter();
        all.find(|f| f["what"] == what).cloned().unwrap_or_default()
    };
    for what in [
        "clock",
        "disk",
        "data folder",
        "database",
        "passwords",
        "publishing",
    ] {
        assert_eq!(says(what)["mark"], "well", "{found:#}");
    }
    assert!(
        says("accounts")["says"]
            .as_str()
            .unwrap()
            .contains("accounts connect")
    );

    // The wrong key does not open what another sealed.
    std::fs::write(home.path("key"), "something else entirely\n").unwrap();
    let said = home.run(&["doctor"]);
    assert_eq!(said.code, 14, "{said:?}");
    assert!(said.out.contains("BAD"), "{said:?}");
}

#[test]
fn a_backup_is_made_and_put_back() {
    let home = Home::new();
    home.run(&["keys", "create", "Before"]).ok();
    let made = home.run(&["backup"]).ok();
    home.run(&["keys", "create", "After"]).ok();
    home.run(&["restore", made.trim()]).ok();
    let keys = home.run(&["keys", "list"]).ok();
    assert!(keys.contains("Before") && !keys.contains("After"), "{keys}");
    assert_eq!(home.run(&["restore", "/etc/passwd"]).code, 4);
    // What is due waits until somebody has looked.
    let said = home.run(&["doctor"]);
    assert!(said.out.contains("held"), "{said:?}");
}

#[test]
fn completions_and_the_manual_know_every_command() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let text = home.run(&["completions", shell]).ok();
        assert!(text.contains("schedule"), "{shell}");
    }
    let page = home.run(&["manual"]).ok();
    assert!(
        page.contains("ALMANAC_KEY") && page.contains("Exit status"),
        "{page}"
    );
    let into = home.path("pages");
    home.run(&["manual", "--into", into.to_str().unwrap()]).ok();
    assert!(into.join("almanac-server-serve.1").exists());
}
