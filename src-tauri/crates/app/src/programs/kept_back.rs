//! What a key leaves as it is although it may do the command: limits that are another's to set, and settings
//! of the computer that Almanac runs on.

use model::key::Permission;
use serde_json::Value;

use super::Bearer;
use super::by_key::named_id;
use super::looks::Look;

/// Settings that name files or ports of this computer.
const OF_THIS_COMPUTER: [&str; 6] = [
    "extraCertificates",
    "ffmpeg",
    "programsOn",
    "programsPort",
    "startAtLogin",
    "globalShortcut",
];

/// How late a post may go out is for keys that may publish, and how many a calendar holds for its owner.
const LIMITS: [(&str, Permission); 2] = [
    ("graceMinutes", Permission::PublishContent),
    ("mostPosts", Permission::ManageKeys),
];

/// What a command with this input has to be looked at for; none where it names nothing of the sort. A command
/// that is named here opens its writes by one of the steps.
pub(super) fn look(bearer: &Bearer, name: &str, input: &Value) -> Option<Look> {
    match name {
        "calendars.update" => {
            let given: Vec<_> = LIMITS
                .into_iter()
                .filter(|(_, needs)| !bearer.permissions.contains(needs))
                .map(|(field, needs)| (field, input["draft"][field].clone(), needs))
                .collect();
            (!given.is_empty()).then_some(Look::Limits(named_id(input)?, given))
        }
        "settings.set" => {
            let given = OF_THIS_COMPUTER.map(|field| (field, input[field].clone()));
            Some(Look::OfThisComputer(given.to_vec()))
        }
        _ => None,
    }
}
