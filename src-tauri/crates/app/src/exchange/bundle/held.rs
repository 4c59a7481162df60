//! What an export holds of the database, and what it leaves out on purpose.

use super::Table;

/// The tables of the database that an export holds, by the table of the export they stand in.
const HELD: [(&str, Table); 18] = [
    ("settings", Table::Settings),
    ("workspaces", Table::Workspaces),
    ("calendars", Table::Calendars),
    ("accounts", Table::Accounts),
    ("slots", Table::Slots),
    ("day_pauses", Table::DayPauses),
    ("spends", Table::Spends),
    ("api_keys", Table::Keys),
    ("api_notes", Table::Notes),
    ("oauth_programs", Table::Programs),
    ("webhooks", Table::Webhooks),
    ("media", Table::Media),
    ("posts", Table::Posts),
    ("targets", Table::Posts),
    ("send_steps", Table::Posts),
    ("first_comments", Table::Posts),
    ("working_copies", Table::Posts),
    ("attempts", Table::Attempts),
];
/// Those that it leaves out, and why nothing is lost.
const LEFT_OUT: [(&str, &str); 14] = [
    (
        "publishing",
        "who publishes from this folder; another folder has its own",
    ),
    ("meta", "of the file itself"),
    (
        "oauth_requests",
        "questions of ten minutes and what came of them; a person says yes anew",
    ),
    ("oauth_refresh", "tokens of an hour's keys"),
    ("api_requests", "answers kept for a day"),
    ("webhook_events", "on their way; kept for thirty days"),
    ("webhook_deliveries", "on their way; kept for thirty days"),
    ("post_media", "follows from the posts"),
    ("changes", "the feed"),
    ("undo_steps", "the history of this program"),
    ("undo_rows", "the history of this program"),
    ("posts_fts", "follows from the posts"),
    ("posts_runs", "follows from the posts"),
    ("posts_runs_terms", "follows from the posts"),
];

#[test]
fn every_table_of_the_database_is_held_or_left_out_on_purpose() {
    let schema = include_str!("../../../../../../docs/schema.sql");
    let there: Vec<&str> = schema
        .lines()
        .filter_map(|line| {
            let rest = line.strip_prefix("CREATE TABLE ");
            rest.or_else(|| line.strip_prefix("CREATE VIRTUAL TABLE "))
        })
        .filter_map(|rest| rest.split_whitespace().next())
        .collect();
    assert!(!there.is_empty());
    let held = HELD.iter().map(|(name, _)| *name);
    let known: Vec<&str> = held.chain(LEFT_OUT.iter().map(|(name, _)| *name)).collect();
    for name in &there {
        let times = known.iter().filter(|n| n == &name).count();
        assert_eq!(times, 1, "{name} is neither held nor left out");
    }
    assert_eq!(known.len(), there.len());
    for table in Table::ALL {
        assert!(HELD.iter().any(|(_, held)| *held == table), "{table:?}");
    }
}
