//! The input of a command as the command itself reads it. JSON says the same thing in more than one way: a list
//! is read for an object, and an object of one name for a word. What a key may do is judged by what is done, so
//! inputs whose words, or things within lists, are judged are brought into one form first.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::types::accounts::CalendarUpdate;
use crate::types::activity::BinItems;
use crate::types::posts::{PostsCopy, PostsEditorial, PostsMove};

/// The input in the form in which it is judged and done.
pub(super) fn of(name: &str, input: Value) -> Value {
    match name {
        "posts.move" => again::<PostsMove>(input),
        "posts.copy" => again::<PostsCopy>(input),
        "posts.editorial" => again::<PostsEditorial>(input),
        "calendars.update" => again::<CalendarUpdate>(input),
        "bin.restore" => again::<BinItems>(input),
        _ => input,
    }
}

/// Reads and writes it. What cannot be read stays as it is: the command itself refuses it and says why.
fn again<T: DeserializeOwned + Serialize>(input: Value) -> Value {
    let read = serde_json::from_value::<T>(input.clone()).ok();
    read.and_then(|read| serde_json::to_value(read).ok())
        .unwrap_or(input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "0199c0de-0000-7000-8000-000000000001";

    #[test]
    fn a_list_for_an_object_and_an_object_for_a_word_are_what_they_are_read_as() {
        let place = json!({ "kind": "shelf" });
        let plain = json!({ "moves": [{ "id": ID, "place": place }], "scheduling": "must" });
        let other = json!({ "moves": [[ID, place]], "scheduling": { "must": null } });
        assert_eq!(of("posts.move", other), plain);
        assert_eq!(of("posts.move", plain.clone()), plain);
        let copies = of("posts.copy", json!({ "copies": [[ID, place]] }));
        assert_eq!(copies, json!({ "copies": [{ "id": ID, "place": place }] }));
        let status = json!({ "ids": [ID], "status": { "cancelled": null } });
        let status = of("posts.editorial", status);
        assert_eq!(status["status"], "cancelled");
        let items = of("bin.restore", json!({ "items": [["post", ID]] }));
        assert_eq!(items, json!({ "items": [{ "subject": "post", "id": ID }] }));
        let draft = json!(["Spring", "", "Europe/Berlin", [], [], 60, 5]);
        let draft = of("calendars.update", json!({ "id": ID, "draft": draft }));
        assert_eq!(draft["draft"]["mostPosts"], 5);
    }

    #[test]
    fn what_cannot_be_read_is_left_to_the_command_to_refuse() {
        let wrong = json!({ "moves": "all" });
        assert_eq!(of("posts.move", wrong.clone()), wrong);
    }
}
