//! Starts that go wrong: the window still opens, says why, and offers the way out.

use anyhow::Result;
use e2e::{Desk, Session, program, until};
use serde_json::{Value, json};

/// Calls one of the host's own commands.
async fn host(session: &Session, name: &str, input: Value) -> Result<Value> {
    session
        .script(
            "const [name, input, done] = arguments;
             window.__TAURI__.core.invoke(name, input).then(
               (ok) => done({ ok }), (error) => done({ error }));",
            vec![json!(name), input],
        )
        .await
}

#[tokio::test]
async fn a_damaged_database_is_told_and_can_be_tried_again() -> Result<()> {
    let desk = Desk::start().await?;
    let database = desk.data_folder().join("almanac.db");
    std::fs::write(&database, "this is no database ".repeat(500))?;
    let session = Session::connect(&desk, &program::path()?.to_string_lossy(), &[]).await?;
    until::holds("the host's commands", || async {
        let there = session
            .client
            .execute("return !!window.__TAURI__", vec![])
            .await;
        there.is_ok_and(|there| there == json!(true))
    })
    .await?;

    let trouble = host(&session, "start_trouble", json!({})).await?;
    assert_eq!(trouble["ok"]["trouble"], "corrupt", "{trouble}");
    let refused = session.call("session.boot", json!({})).await.err();
    assert!(refused.is_some_and(|error| error.to_string().contains("storage")));
    // There never was a backup, so none can be put back.
    let restore = host(&session, "start_again", json!({ "restore": true })).await?;
    assert_eq!(restore["error"]["code"], "permission", "{restore}");

    std::fs::remove_file(&database)?;
    host(&session, "start_again", json!({ "restore": false })).await?;
    assert_eq!(
        host(&session, "start_trouble", json!({})).await?["ok"],
        Value::Null
    );
    assert_eq!(
        session.call("session.boot", json!({})).await?["firstStart"],
        json!(true)
    );
    session.close().await
}
