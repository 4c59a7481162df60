//! What a bot may do in a channel, from its roles and the channel's exceptions.

use serde_json::Value;

/// Sees the channel.
pub const VIEW: u64 = 1 << 10;
/// Writes in it.
pub const SEND: u64 = 1 << 11;
/// Attaches files.
pub const ATTACH: u64 = 1 << 15;
/// Reads what was written before.
pub const READ_HISTORY: u64 = 1 << 16;
/// Writes in threads.
pub const SEND_IN_THREADS: u64 = 1 << 38;
const ADMINISTRATOR: u64 = 1 << 3;

fn bits(value: &Value, name: &str) -> u64 {
    let text = value[name].as_str();
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// The rights of a member in a channel of a guild, as Discord computes them: the role of everybody,
/// the member's roles, then the channel's exceptions for everybody, for the roles, for the member.
#[must_use]
pub fn of(guild: &Value, member: &Value, channel: &Value, user: &str) -> u64 {
    let guild_id = guild["id"].as_str().unwrap_or_default();
    if guild["owner_id"].as_str() == Some(user) {
        return u64::MAX;
    }
    let roles = member["roles"].as_array().map_or(&[][..], Vec::as_slice);
    let has = |id: &str| roles.iter().any(|role| role.as_str() == Some(id));
    let mut rights = 0;
    for role in guild["roles"].as_array().into_iter().flatten() {
        let id = role["id"].as_str().unwrap_or_default();
        if id == guild_id || has(id) {
            rights |= bits(role, "permissions");
        }
    }
    if rights & ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    let exceptions = channel["permission_overwrites"].as_array();
    let exceptions = exceptions.map_or(&[][..], Vec::as_slice);
    let id = |exception: &Value| exception["id"].as_str().unwrap_or_default().to_owned();
    let everybody: &dyn Fn(&Value) -> bool = &|e| id(e) == guild_id;
    let by_role: &dyn Fn(&Value) -> bool = &|e| id(e) != guild_id && has(&id(e));
    let own: &dyn Fn(&Value) -> bool = &|e| id(e) == user;
    for applies in [everybody, by_role, own] {
        let (mut allow, mut deny) = (0, 0);
        for exception in exceptions.iter().filter(|e| applies(e)) {
            allow |= bits(exception, "allow");
            deny |= bits(exception, "deny");
        }
        rights = (rights & !deny) | allow;
    }
    rights
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn exceptions_go_from_everybody_to_the_member() {
        let text = |n: u64| n.to_string();
        let guild = json!({
            "id": "1", "owner_id": "2",
            "roles": [
                { "id": "1", "permissions": text(VIEW | SEND) },
                { "id": "5", "permissions": text(ATTACH) },
                { "id": "6", "permissions": text(ADMINISTRATOR) },
            ],
        });
        let member = |roles: &[&str]| json!({ "roles": roles });
        let open = json!({});
        assert_eq!(of(&guild, &member(&[]), &open, "9"), VIEW | SEND);
        assert_eq!(
            of(&guild, &member(&["5"]), &open, "9"),
            VIEW | SEND | ATTACH
        );
        assert_eq!(of(&guild, &member(&["6"]), &open, "9"), u64::MAX);
        assert_eq!(of(&guild, &member(&[]), &open, "2"), u64::MAX);
        let closed = json!({ "permission_overwrites": [
            { "id": "1", "allow": "0", "deny": text(SEND) },
            { "id": "5", "allow": text(SEND), "deny": "0" },
            { "id": "9", "allow": "0", "deny": text(ATTACH) },
        ]});
        assert_eq!(of(&guild, &member(&[]), &closed, "8"), VIEW);
        assert_eq!(of(&guild, &member(&["5"]), &closed, "9"), VIEW | SEND);
    }
}
