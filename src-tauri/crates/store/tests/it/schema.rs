//! `docs/schema.sql` says what is really there, and says it for every column.

use std::collections::BTreeMap;

use model::change::Actor;

use crate::fixture::World;

const DOC: &str = include_str!("../../../../../docs/schema.sql");

/// One statement on one line, without comments and needless spaces.
fn plain(sql: &str) -> String {
    let lines = sql.lines().map(|l| l.split("--").next().unwrap_or(""));
    let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    words
        .join(" ")
        .replace("( ", "(")
        .replace(" )", ")")
        .replace(" (", "(")
        // As ALTER TABLE leaves it.
        .replace(" ,", ",")
}

fn name_of(statement: &str) -> Option<String> {
    let rest = [
        "CREATE TABLE ",
        "CREATE UNIQUE INDEX ",
        "CREATE INDEX ",
        "CREATE VIRTUAL TABLE ",
        "CREATE VIEW ",
    ]
    .iter()
    .find_map(|start| statement.strip_prefix(start))?;
    Some(rest.split([' ', '(']).next()?.to_owned())
}

#[tokio::test]
async fn the_document_is_the_schema() {
    let world = World::new().await;
    let mut tx = world.store.begin(Actor::Program).await.unwrap();
    let real: BTreeMap<String, String> = store::testing::schema(&mut tx)
        .await
        .unwrap()
        .into_iter()
        .filter(|(kind, name, ..)| {
            // SQLite's own tables, and the insides of the search indexes.
            let inside = ["posts_fts_", "posts_runs_"]
                .iter()
                .filter_map(|index| name.strip_prefix(index))
                .any(|part| part != "terms");
            kind != "trigger" && !name.starts_with("sqlite_") && !inside
        })
        .filter_map(|(_, name, _, sql)| Some((name, plain(&sql?))))
        .collect();
    let stripped: Vec<&str> = DOC
        .lines()
        .map(|l| l.split("--").next().unwrap_or(""))
        .collect();
    let documented: BTreeMap<String, String> = stripped
        .join("\n")
        .split(';')
        .map(plain)
        .filter_map(|statement| Some((name_of(&statement)?, statement)))
        .collect();
    assert_eq!(
        documented.keys().collect::<Vec<_>>(),
        real.keys().collect::<Vec<_>>(),
        "tables and indexes"
    );
    for (name, sql) in &real {
        assert_eq!(&documented[name], sql, "{name}");
    }
}

#[test]
fn every_table_and_column_has_a_comment() {
    let mut before = "";
    let mut inside = false;
    let mut columns = 0;
    for line in DOC.lines() {
        if line.starts_with("CREATE TABLE") || line.starts_with("CREATE VIRTUAL TABLE") {
            assert!(before.starts_with("-- "), "no comment above: {line}");
            inside = line.starts_with("CREATE TABLE");
        } else if line.starts_with(')') {
            inside = false;
        } else if inside && !line.trim_start().starts_with("PRIMARY KEY") {
            let comment = line.split_once("--").map_or("", |(_, c)| c.trim());
            assert!(comment.len() > 3, "no comment beside: {line}");
            columns += 1;
        }
        before = line;
    }
    assert!(columns > 100, "only {columns} columns were looked at");
}
