//! What a program is told that has a post scheduled while nothing goes out: the window shows that in its frame,
//! whoever calls a command by key sees its answer alone.

use app::{ApiError, App};
use model::post::Post;
use model::status::ShownStatus;
use serde_json::Value;

/// Commands that schedule. Those that send at once say it themselves.
const SCHEDULES: [&str; 9] = [
    "posts.create",
    "posts.copy",
    "posts.move",
    "posts.schedule_next",
    "posts.editorial",
    "posts.use_again",
    "queue.into_slot",
    "queue.reorder",
    "targets.use_again",
];

/// The answer of a command, with why what it scheduled waits among its sentences.
pub(crate) async fn told(app: &App, name: &str, answer: String) -> Result<String, ApiError> {
    if !SCHEDULES.contains(&name) {
        return Ok(answer);
    }
    // An answer of these commands is always JSON; one that is not is none of ours to change.
    let Ok(mut written) = serde_json::from_str::<Value>(&answer) else {
        return Ok(answer);
    };
    let why = app.why_they_wait(&scheduled(&written["value"])).await?;
    let notes = written.get_mut("notes").and_then(Value::as_array_mut);
    let Some(notes) = notes.filter(|_| !why.is_empty()) else {
        return Ok(answer);
    };
    notes.extend(why.into_iter().map(Value::String));
    Ok(written.to_string())
}

/// The scheduled posts among what was written: one post, or several.
fn scheduled(value: &Value) -> Vec<Post> {
    let many = value["posts"].as_array().map(Vec::as_slice);
    let all = many.unwrap_or(std::slice::from_ref(value));
    all.iter()
        .filter_map(|post| serde_json::from_value::<Post>(post.clone()).ok())
        .filter(|post| post.status == ShownStatus::Scheduled)
        .collect()
}
