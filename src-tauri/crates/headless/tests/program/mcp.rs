//! Tools over standard input and output: on the folder itself, and through the one that has it.

use serde_json::{Value, json};
use testkit::mcp::use_of;

use crate::support::Home;

/// What a program says to begin, and the use of one tool.
fn messages() -> String {
    let said = use_of("create_post", &json!({ "text": "From a tool" }));
    said.iter()
        .flat_map(|message| [message.to_string(), "\n".to_owned()])
        .collect()
}

#[track_caller]
fn made_a_post(out: &str) {
    let answers: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 2, "{out}");
    assert_eq!(answers[0]["result"]["serverInfo"]["name"], "almanac");
    let part = &answers[1]["result"]["structuredContent"]["parts"][0];
    assert_eq!(part["text"], "From a tool", "{out}");
}

#[test]
fn tools_work_on_the_folder_itself_with_a_key() {
    let home = Home::new();
    let key = home.key();
    let said = home.run_with(&["mcp"], &[("ALMANAC_KEY", &key)], &messages());
    made_a_post(&said.ok());
    let without = home.run(&["mcp"]);
    assert_eq!(without.code, 2);
    assert!(without.err.contains("ALMANAC_KEY"), "{without:?}");
    let listed = home.run(&["list", "--drafts", "--json"]).ok();
    assert!(listed.contains("From a tool"), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tools_are_passed_on_to_the_one_that_has_the_folder() {
    let home = Home::new();
    let key = home.key();
    let _serving = home.serve(&[]);
    let said = home.run_with(&["mcp"], &[("ALMANAC_KEY", &key)], &messages());
    made_a_post(&said.ok());
    let wrong = format!("ak_{}", "0".repeat(64));
    let refused = home.run_with(&["mcp"], &[("ALMANAC_KEY", &wrong)], &messages());
    assert_eq!(refused.code, 12);
    assert!(refused.err.contains("not valid"), "{refused:?}");
}
