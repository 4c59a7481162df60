//! One data folder, one owner; the others go to it.

use serde_json::Value;

use crate::support::Home;

#[test]
fn a_second_owner_is_told_and_the_command_line_goes_to_the_first() {
    let home = Home::new();
    let key = home.key();
    let mut first = home.serve(&[]);

    let second = home.run(&["serve", "--port", "0"]);
    assert_eq!(second.code, 12, "{second:?}");
    assert!(second.err.contains(&first.base), "{second:?}");

    let unknown = home.run(&["keys", "list"]);
    assert_eq!(unknown.code, 12, "{unknown:?}");
    assert!(unknown.err.contains("ALMANAC_KEY") && unknown.err.contains(&first.base));

    let known = home.run_with(&["keys", "list"], &[("ALMANAC_KEY", &key)], "");
    assert!(known.ok().contains("Test"));
    std::fs::write(home.path("api-key"), &key).unwrap();
    let file = home.path("api-key");
    let by_file = [
        "--key-file",
        file.to_str().unwrap(),
        "keys",
        "create",
        "More",
    ];
    assert!(home.run(&by_file).ok().starts_with("ak_"));

    let wrong = home.run_with(&["keys", "list"], &[("ALMANAC_KEY", "ak_wrong")], "");
    assert_eq!(wrong.code, 6, "{wrong:?}");
    assert_eq!(first.end(rustix::process::Signal::TERM), 0);
    // Nothing is left behind that would send anybody there.
    assert!(!home.data().join("almanac.owner").exists());
    assert!(home.run(&["keys", "list"]).ok().contains("More"));
}

#[test]
fn what_a_crash_left_behind_sends_nobody_anywhere() {
    let home = Home::new();
    let mut first = home.serve(&[]);
    first.end(rustix::process::Signal::KILL);
    assert!(home.data().join("almanac.owner").exists());
    home.run(&["list"]).ok();
}

#[test]
fn doctor_asks_the_owner_how_it_is_and_not_what_key_was_given_to_itself() {
    let home = Home::new();
    let key = home.key();
    let _first = home.serve(&[]);
    let said = home.run_with(&["doctor"], &[("ALMANAC_KEY", &key)], "");
    assert!(said.out.contains("has it and answers"), "{said:?}");
    assert!(said.out.contains("can be read and written"), "{said:?}");
    assert!(!said.out.contains("secret key"), "{said:?}");
}

#[test]
fn files_go_to_the_owner_and_come_back_from_it() {
    let home = Home::new();
    let key = home.key();
    let csv = home.path("in.csv");
    std::fs::write(&csv, "date,time,text\n2035-05-14,09:00,Spring sale\n").unwrap();
    let _first = home.serve(&[]);
    let with_key = |words: &[&str]| home.run_with(words, &[("ALMANAC_KEY", &key)], "");

    let taken = with_key(&["import", csv.to_str().unwrap(), "--json"]).json();
    assert_eq!(taken["posts"], 1);
    let out = home.path("out.csv");
    with_key(&["export", out.to_str().unwrap()]).ok();
    assert!(
        std::fs::read_to_string(&out)
            .unwrap()
            .contains("Spring sale")
    );
    let all = home.path("all.zip");
    with_key(&["export", all.to_str().unwrap()]).ok();
    assert!(std::fs::read(&all).unwrap().starts_with(b"PK"));

    let listed: Value = with_key(&["list", "--from", "2035-05-14", "--json"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    // A viewer's key does as much as a viewer may.
    let made = with_key(&["keys", "create", "Viewer", "--role", "viewer"]).ok();
    let viewer = made.trim();
    let refused = home.run_with(
        &["import", csv.to_str().unwrap()],
        &[("ALMANAC_KEY", viewer)],
        "",
    );
    assert_eq!(refused.code, 6, "{refused:?}");
}
