//! The commands as tools of the Model Context Protocol, over HTTP and over a pair of streams.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::mcp::{hello, use_of};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::support::{Api, got};

/// A call of the protocol over HTTP; gives its whole answer.
async fn rpc(api: &Api, key: &str, method: &str, params: Value) -> Value {
    let request = api
        .http
        .request(Method::POST, format!("{}/mcp", api.base))
        .header("accept", "application/json, text/event-stream")
        .header("authorization", format!("Bearer {key}"))
        .json(&json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params }));
    got(request).await.ok()
}

/// Uses a tool; gives what it answers.
pub async fn tool(api: &Api, key: &str, name: &str, input: Value) -> Value {
    let params = json!({ "name": name, "arguments": input });
    let answer = rpc(api, key, "tools/call", params).await;
    let result = &answer["result"];
    assert_eq!(result["isError"], false, "{name}: {answer}");
    result["structuredContent"].clone()
}

/// The same for one that is refused; gives its sentence.
pub async fn refused(api: &Api, key: &str, name: &str, input: Value) -> String {
    let params = json!({ "name": name, "arguments": input });
    let answer = rpc(api, key, "tools/call", params).await;
    assert_eq!(answer["result"]["isError"], true, "{name}: {answer}");
    let words = answer["result"]["content"][0]["text"].as_str();
    words.unwrap().to_owned()
}

async fn names(api: &Api, key: &str) -> Vec<String> {
    let answer = rpc(api, key, "tools/list", json!({})).await;
    let tools = answer["result"]["tools"].as_array().unwrap();
    let name = |tool: &Value| tool["name"].as_str().unwrap().to_owned();
    tools.iter().map(name).collect()
}

#[tokio::test]
async fn a_program_learns_what_there_is_and_what_its_key_may_do() {
    let api = Api::start().await;
    let begun = rpc(&api, &api.key, "initialize", hello()).await;
    assert_eq!(begun["result"]["serverInfo"]["name"], "almanac");
    assert!(
        begun["result"]["instructions"]
            .as_str()
            .unwrap()
            .contains("get_workspace")
    );

    let all = rpc(&api, &api.key, "tools/list", json!({})).await;
    let tools = all["result"]["tools"].as_array().unwrap();
    for tool in tools {
        let schema = &tool["inputSchema"];
        assert_eq!(schema["type"], "object", "{tool}");
        assert!(!schema.to_string().contains("$ref"), "{tool}");
        assert!(
            tool["description"].as_str().unwrap().ends_with('.'),
            "{tool}"
        );
    }
    let viewer = api.make_key(json!({ "role": "viewer" })).await;
    let owner = names(&api, &api.key).await;
    let reading = names(&api, &viewer).await;
    assert!(owner.contains(&"publish_post".to_owned()));
    assert!(reading.contains(&"list_posts".to_owned()));
    assert!(!reading.iter().any(|name| name.contains("_post")
        && !name.starts_with("get")
        && !name.starts_with("list")
        && !name.starts_with("search")
        && !name.starts_with("check")));
    let sentence = refused(&api, &viewer, "create_post", json!({ "text": "Hello" })).await;
    assert!(sentence.contains("create_events"), "{sentence}");

    let workspace = tool(&api, &viewer, "get_workspace", json!({})).await;
    assert_eq!(workspace["accounts"].as_array().unwrap().len(), 5);
    assert_eq!(workspace["accounts"][0]["ready"], true);
}

#[tokio::test]
async fn a_post_is_written_checked_scheduled_and_moved_by_tools_alone() {
    let api = Api::start().await;
    let account = &api.accounts["x"];
    let long = "x".repeat(400);
    let draft = json!({ "text": long, "accounts": [account] });
    let checked = tool(&api, &api.key, "check_post", json!({ "draft": draft })).await;
    assert_eq!(checked["fits"], false);
    assert!(!checked["problems"].as_array().unwrap().is_empty());

    let made = tool(
        &api,
        &api.key,
        "create_post",
        json!({ "text": "Spring sale", "accounts": [account], "labels": ["sale"], "at": "2027-05-20T09:30" }),
    )
    .await;
    assert_eq!(
        (&made["status"], &made["at"]),
        (&json!("draft"), &json!("2027-05-20T09:30"))
    );
    let id = &made["id"];
    let sent = tool(&api, &api.key, "schedule_post", json!({ "post": id })).await;
    assert_eq!(sent["waits_for_person"], false);
    assert_eq!(sent["post"]["status"], "scheduled");
    let moved = json!({ "post": id, "at": "2027-05-21T10:00" });
    let moved = tool(&api, &api.key, "move_post", moved).await;
    assert_eq!(
        (&moved["status"], &moved["at"]),
        (&json!("scheduled"), &json!("2027-05-21T10:00"))
    );
    let change = json!({ "post": id, "text": "Summer sale" });
    let changed = tool(&api, &api.key, "update_post", change).await;
    assert_eq!(changed["parts"][0]["text"], "Summer sale");
    assert_eq!(changed["status"], "scheduled");

    let found = tool(&api, &api.key, "search_posts", json!({ "words": "summer" })).await;
    assert_eq!(found["posts"][0]["id"], *id);
    let may = json!({ "from": "2027-05-21", "to": "2027-05-21", "status": "scheduled" });
    let listed = tool(&api, &api.key, "list_posts", may).await;
    assert_eq!(listed["posts"].as_array().unwrap().len(), 1);

    let gone = tool(&api, &api.key, "delete_post", json!({ "post": id })).await;
    assert_eq!(gone["in_the_bin"], true);
    let sentence = refused(&api, &api.key, "get_post", json!({ "post": id })).await;
    assert_eq!(sentence, "There is no such post.");
}

#[tokio::test]
async fn without_the_right_to_publish_a_program_asks_and_the_person_answers_in_the_window() {
    let api = Api::start().await;
    let editor = api
        .make_key(json!({ "role": "editor", "name": "Writer" }))
        .await;
    let draft = |text: &str| json!({ "text": text, "accounts": [api.accounts["x"]], "at": "2027-05-20T09:30" });
    let troubles = async || -> Value {
        let found: Value = api.test.call("activity.troubles", json!({})).await;
        found["troubles"].clone()
    };
    let first = tool(&api, &editor, "create_post", draft("First")).await;
    let asked = tool(
        &api,
        &editor,
        "schedule_post",
        json!({ "post": first["id"] }),
    )
    .await;
    assert_eq!(asked["waits_for_person"], true);
    assert_eq!(
        asked["post"]["status"], "draft",
        "nothing goes out by itself"
    );
    let seen = troubles().await;
    assert_eq!(seen[0]["kind"], "asked");
    assert_eq!(
        seen[0]["message"],
        "Writer asks that this go out at its time."
    );
    assert_eq!(seen[0]["posts"][0]["id"], first["id"]);

    let asked = &seen[0]["posts"][0]["asked"];
    let yes = json!({ "id": first["id"], "yes": true, "seen": asked });
    let answered: Value = api.test.write("posts.answer_ask", yes.clone()).await;
    assert_eq!(answered["status"], "scheduled");
    assert_eq!(troubles().await, json!([]));
    let again = api.test.refused("posts.answer_ask", yes).await;
    assert!(again.message.contains("any more"), "{again:?}");
    for (name, more) in [
        ("update_post", json!({ "text": "Another text" })),
        ("move_post", json!({})),
        ("schedule_post", json!({ "at": "2027-05-21T09:30" })),
        ("publish_post", json!({})),
    ] {
        let mut input = more;
        input["post"] = first["id"].clone();
        let sentence = refused(&api, &editor, name, input).await;
        assert!(sentence.contains("publish_content"), "{name}: {sentence}");
    }
    let kept = tool(&api, &editor, "get_post", json!({ "post": first["id"] })).await;
    assert_eq!(
        (&kept["status"], &kept["at"]),
        (&json!("scheduled"), &json!("2027-05-20T09:30"))
    );

    let second = tool(&api, &editor, "create_post", draft("Second")).await;
    tool(
        &api,
        &editor,
        "publish_post",
        json!({ "post": second["id"] }),
    )
    .await;
    assert_eq!(
        troubles().await[0]["message"],
        "Writer asks that this go out now."
    );
    let no = json!({ "id": second["id"], "yes": false });
    let left: Value = api.test.write("posts.answer_ask", no).await;
    assert_eq!(left["status"], "draft");
    assert_eq!(troubles().await, json!([]));

    let shelf = json!({ "text": "No time", "accounts": [api.accounts["x"]] });
    let third = tool(&api, &editor, "create_post", shelf).await;
    let sentence = refused(
        &api,
        &editor,
        "schedule_post",
        json!({ "post": third["id"] }),
    )
    .await;
    assert!(sentence.contains("time that lies ahead"), "{sentence}");
}

#[tokio::test]
async fn what_is_wrong_is_said_and_what_is_not_theirs_is_not_there() {
    let api = Api::start().await;
    let sentence = refused(&api, &api.key, "create_post", json!({ "txt": "Hello" })).await;
    assert!(
        sentence.contains("txt") && sentence.contains("text"),
        "{sentence}"
    );
    let sentence = refused(&api, &api.key, "list_posts", json!({ "limit": 5000 })).await;
    assert!(sentence.contains("200"), "{sentence}");
    for at in ["tomorrow", "2027-02-30T10:00", "2027-13-01"] {
        let input = json!({ "text": "Hello", "at": at });
        let sentence = refused(&api, &api.key, "create_post", input).await;
        assert!(sentence.contains("at has to be"), "{sentence}");
    }
    let unknown = json!({ "name": "drop_tables", "arguments": {} });
    let answer = rpc(&api, &api.key, "tools/call", unknown).await;
    assert_eq!(answer["error"]["code"], -32602, "{answer}");

    let made = tool(&api, &api.key, "create_post", json!({ "text": "Mine" })).await;
    let (_, other) = api.another_workspace().await;
    let sentence = refused(&api, &other, "get_post", json!({ "post": made["id"] })).await;
    assert_eq!(sentence, "There is no such post.");
    let account = json!({ "account": api.accounts["x"] });
    let sentence = refused(&api, &other, "get_account", account).await;
    assert_eq!(sentence, "There is no such account.");
}

#[tokio::test]
async fn nobody_without_a_good_key_comes_in() {
    let api = Api::start().await;
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let send = |key: &str| {
        let request = api.http.post(format!("{}/mcp", api.base));
        let request = request.header("accept", "application/json, text/event-stream");
        got(request.bearer_auth(key).json(&list))
    };
    for key in ["", "ak_0", &format!("ak_{}", "0".repeat(64))] {
        let answer = send(key).await;
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
        answer.refused(401);
    }
    let foreign = api
        .http
        .post(format!("{}/mcp", api.base))
        .header("origin", "https://example.com")
        .header("accept", "application/json, text/event-stream")
        .bearer_auth(&api.key)
        .json(&list);
    got(foreign).await.refused(403);
}

#[tokio::test]
async fn the_same_tools_work_over_a_pair_of_streams() {
    let api = Api::start().await;
    let (mine, theirs) = tokio::io::duplex(64 * 1024);
    let (reading, writing) = tokio::io::split(theirs);
    let app = api.test.app.clone();
    let key = api.key.clone();
    let serving =
        tokio::spawn(async move { server::serve_over(app, &key, reading, writing).await });
    let (reading, mut writing) = tokio::io::split(mine);
    let mut lines = BufReader::new(reading).lines();
    let mut answers = Vec::new();
    for message in use_of("create_post", &json!({ "text": "From a pipe" })) {
        writing
            .write_all(format!("{message}\n").as_bytes())
            .await
            .unwrap();
        if message.get("id").is_some() {
            let line = lines.next_line().await.unwrap().unwrap();
            answers.push(serde_json::from_str::<Value>(&line).unwrap());
        }
    }
    assert_eq!(answers[0]["result"]["serverInfo"]["name"], "almanac");
    let text = &answers[1]["result"]["structuredContent"]["parts"][0]["text"];
    assert_eq!(text, "From a pipe", "{}", answers[1]);
    writing.shutdown().await.unwrap();
    drop(writing);
    drop(lines);
    serving.await.unwrap().unwrap();

    let (_, theirs) = tokio::io::duplex(64);
    let (reading, writing) = tokio::io::split(theirs);
    let refused = server::serve_over(api.test.app.clone(), "ak_1", reading, writing).await;
    assert!(refused.unwrap_err().to_string().contains("not valid"));
}

#[tokio::test]
async fn whatever_has_no_tool_is_a_command_within_the_same_bounds() {
    let api = Api::start().await;
    let listed = |key: String, area: &'static str| {
        let api = &api;
        async move {
            let found = tool(api, &key, "list_commands", json!({ "area": area })).await;
            let found = found["commands"].as_array().unwrap().clone();
            let name = |line: &Value| line["name"].as_str().unwrap().to_owned();
            found.iter().map(name).collect::<Vec<_>>()
        }
    };
    let slots = listed(api.key.clone(), "slots").await;
    assert!(slots.contains(&"slots.replace".to_owned()));
    let viewer = api.make_key(json!({ "role": "viewer" })).await;
    assert_eq!(
        listed(viewer.clone(), "slots").await,
        ["slots.list", "slots.preview"]
    );
    // What is written into files of this computer, or is only for whoever sits before it, is not there.
    let data = listed(api.key.clone(), "data").await;
    assert!(!data.contains(&"data.move".to_owned()));
    assert_eq!(
        listed(api.key.clone(), "bundle").await,
        Vec::<String>::new()
    );

    let types = tool(
        &api,
        &api.key,
        "describe_command",
        json!({ "name": "slots.list" }),
    )
    .await;
    let types = types["types"].as_str().unwrap();
    assert!(types.starts_with("type Input = OfWorkspace;"), "{types}");
    assert!(types.contains("export type OfWorkspace ="), "{types}");

    let own = json!({ "name": "slots.list", "input": { "id": api.workspace } });
    let answer = tool(&api, &viewer, "run_command", own).await;
    assert!(
        answer["answer"].is_object() || answer["answer"].is_array(),
        "{answer}"
    );
    let (other, _) = api.another_workspace().await;
    let foreign = json!({ "name": "slots.list", "input": { "id": other } });
    refused(&api, &viewer, "run_command", foreign).await;
    for (key, name) in [
        (&viewer, "slots.replace"),
        (&api.key, "bundle.export"),
        (&api.key, "no.such"),
    ] {
        let input = json!({ "name": name, "input": {} });
        let sentence = refused(&api, key, "run_command", input).await;
        assert!(sentence.contains("no such command"), "{sentence}");
    }
}
