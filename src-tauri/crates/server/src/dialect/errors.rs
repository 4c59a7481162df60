//! Refusals in the words of each contract.

use axum::http::StatusCode;
use model::Timestamp;
use serde_json::{Value, json};

use crate::contract::Contract;
use crate::fault::{Fault, Kind};
use crate::times;

/// What a contract calls a field that the program has another name for.
fn their_name(contract: Contract, field: &str) -> Option<&'static str> {
    Some(match (contract, field) {
        (Contract::ContentCalendar, "assignee") => "metadata.assigned_to",
        (Contract::ContentCalendar, "labels") => "content.tags",
        (Contract::ContentCalendar, "notes") => "description",
        (Contract::SocialPublishing, "labels") => "tags",
        (Contract::SocialPublishing, "targets") => "platforms",
        (Contract::ContentCalendar | Contract::SocialPublishing, "segments") => "content",
        (Contract::ContentCalendar | Contract::SocialPublishing, "when") => "scheduled_at",
        (Contract::ContentCalendar | Contract::SocialPublishing, "zone") => "timezone",
        _ => return None,
    })
}

/// Status and body of a refusal.
pub(crate) fn render(
    contract: Contract,
    fault: &Fault,
    id: &str,
    now: Timestamp,
) -> (StatusCode, Value) {
    let named = fault.details.get("field").and_then(Value::as_str);
    let theirs = named.and_then(|field| their_name(contract, field));
    let renamed = theirs.map(|field| fault.clone().with("field", field));
    let fault = renamed.as_ref().unwrap_or(fault);
    match contract {
        Contract::CalendarEntries => (
            fault.status(),
            json!({ "error": fault.message, "code": plain(fault.kind) }),
        ),
        Contract::Scheduler => (
            fault.status(),
            json!({ "success": false, "error": fault.message }),
        ),
        Contract::SocialPublishing => social(fault),
        Contract::ContentCalendar | Contract::InstagramEditor => {
            (loud_status(fault), loud(fault, id, now))
        }
    }
}

/// A word for each kind, for the contract whose document names none.
const fn plain(kind: Kind) -> &'static str {
    match kind {
        Kind::Invalid | Kind::Media => "invalid_request",
        Kind::Unauthenticated => "invalid_api_key",
        Kind::Forbidden => "access_denied",
        Kind::NotFound => "not_found",
        Kind::Conflict | Kind::Account => "conflict",
        Kind::Method => "method_not_allowed",
        Kind::TooLarge => "payload_too_large",
        Kind::BodyType => "unsupported_media_type",
        Kind::Slow => "request_timeout",
        Kind::RateLimited | Kind::NetworkBusy => "rate_limit_exceeded",
        Kind::Network => "network_error",
        Kind::Budget => "insufficient_credits",
        Kind::Full => "calendar_full",
        Kind::Waits => "not_implemented",
        Kind::Unavailable => "unavailable",
        Kind::Internal => "internal_error",
    }
}

/// The social contract gives a few kinds codes and statuses of its own.
fn social(fault: &Fault) -> (StatusCode, Value) {
    let (status, code) = match fault.kind {
        Kind::Invalid => (StatusCode::BAD_REQUEST, "invalid_content".to_owned()),
        Kind::Media => (StatusCode::BAD_REQUEST, "media_unsupported".to_owned()),
        Kind::Account => (StatusCode::UNAUTHORIZED, "account_disconnected".to_owned()),
        Kind::NetworkBusy => (StatusCode::FORBIDDEN, "rate_limited".to_owned()),
        Kind::NotFound => (StatusCode::NOT_FOUND, format!("{}_not_found", fault.what)),
        Kind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "media_too_large".to_owned()),
        Kind::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "rate_limited".to_owned()),
        kind => (fault.status(), plain(kind).to_owned()),
    };
    let mut error = json!({ "code": code, "message": fault.message });
    if !fault.details.is_empty() {
        error["details"] = fault.details();
    }
    (status, json!({ "error": error }))
}

const fn loud_code(kind: Kind) -> &'static str {
    match kind {
        Kind::Invalid | Kind::Media => "VALIDATION_ERROR",
        Kind::Unauthenticated => "AUTHENTICATION_ERROR",
        Kind::Forbidden => "AUTHORIZATION_ERROR",
        Kind::NotFound => "NOT_FOUND_ERROR",
        Kind::RateLimited => "RATE_LIMIT_EXCEEDED",
        Kind::Network | Kind::NetworkBusy | Kind::Account => "PLATFORM_ERROR",
        Kind::Budget => "INSUFFICIENT_CREDITS",
        Kind::Full => "CALENDAR_FULL",
        Kind::Conflict => "CONFLICT_ERROR",
        Kind::Method => "METHOD_NOT_ALLOWED",
        Kind::TooLarge => "PAYLOAD_TOO_LARGE",
        Kind::BodyType => "UNSUPPORTED_MEDIA_TYPE",
        Kind::Slow => "REQUEST_TIMEOUT",
        Kind::Waits => "NOT_IMPLEMENTED",
        Kind::Unavailable => "SERVICE_UNAVAILABLE",
        Kind::Internal => "PROCESSING_ERROR",
    }
}

/// Both documents print one status beside each code: whatever is wrong with a network is 502.
const fn loud_status(fault: &Fault) -> StatusCode {
    match fault.kind {
        Kind::Network | Kind::NetworkBusy | Kind::Account => StatusCode::BAD_GATEWAY,
        _ => fault.status(),
    }
}

fn loud(fault: &Fault, id: &str, now: Timestamp) -> Value {
    let mut details = fault.details.clone();
    if details.get("field").is_some_and(|f| f == "scheduled_at") {
        details.insert("current_time".to_owned(), json!(times::seconds(now)));
    }
    json!({
        "error": {
            "code": loud_code(fault.kind),
            "message": fault.message,
            "details": details,
            "request_id": id,
            "timestamp": times::seconds(now),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_705_314_600_000);

    fn shown(contract: Contract, fault: &Fault) -> (u16, Value) {
        let (status, body) = render(contract, fault, "req_1234567890", NOW);
        (status.as_u16(), body)
    }

    #[test]
    fn each_contract_says_the_same_in_its_own_envelope() {
        let fault = Fault::missing("post");
        let of = |contract| shown(contract, &fault);
        assert_eq!(
            of(Contract::Scheduler),
            (
                404,
                json!({ "success": false, "error": "There is no such post." })
            )
        );
        assert_eq!(
            of(Contract::SocialPublishing).1["error"]["code"],
            "post_not_found"
        );
        assert_eq!(of(Contract::CalendarEntries).0, 404);
        let loud = of(Contract::InstagramEditor).1;
        assert_eq!(loud["error"]["code"], "NOT_FOUND_ERROR");
        assert_eq!(loud["error"]["request_id"], "req_1234567890");
        assert_eq!(loud["error"]["timestamp"], "2024-01-15T10:30:00Z");
    }

    #[test]
    fn a_field_is_told_by_the_name_that_the_contract_has_for_it() {
        let details = |contract, field| {
            let fault = Fault::invalid(field, "x");
            shown(contract, &fault).1["error"]["details"].clone()
        };
        for (contract, ours, theirs) in [
            (Contract::ContentCalendar, "labels", "content.tags"),
            (Contract::ContentCalendar, "when", "scheduled_at"),
            (Contract::SocialPublishing, "labels", "tags"),
            (Contract::SocialPublishing, "targets", "platforms"),
            (Contract::SocialPublishing, "title", "title"),
            (Contract::InstagramEditor, "edits.0.type", "edits.0.type"),
        ] {
            assert_eq!(details(contract, ours)["field"], theirs);
        }
        let when = details(Contract::ContentCalendar, "when");
        assert_eq!(when["current_time"], "2024-01-15T10:30:00Z");
    }

    #[test]
    fn a_code_that_is_printed_with_a_status_has_no_other() {
        let printed = [
            ("VALIDATION_ERROR", 400),
            ("AUTHENTICATION_ERROR", 401),
            ("AUTHORIZATION_ERROR", 403),
            ("NOT_FOUND_ERROR", 404),
            ("RATE_LIMIT_EXCEEDED", 429),
            ("CALENDAR_FULL", 402),
            ("INSUFFICIENT_CREDITS", 402),
            ("PLATFORM_ERROR", 502),
            ("PROCESSING_ERROR", 500),
        ];
        for kind in [
            Kind::Invalid,
            Kind::Media,
            Kind::BodyType,
            Kind::Unauthenticated,
            Kind::Forbidden,
            Kind::NotFound,
            Kind::RateLimited,
            Kind::Full,
            Kind::Budget,
            Kind::Network,
            Kind::NetworkBusy,
            Kind::Account,
            Kind::Internal,
        ] {
            let (status, body) = shown(Contract::ContentCalendar, &Fault::new(kind, "x"));
            let code = &body["error"]["code"];
            let known = printed.iter().find(|(name, _)| code == name);
            assert!(known.is_none_or(|(_, with)| *with == status), "{code}");
        }
    }

    #[test]
    fn the_social_contract_has_statuses_of_its_own() {
        let status = |kind| shown(Contract::SocialPublishing, &Fault::new(kind, "x")).0;
        assert_eq!(status(Kind::Account), 401);
        assert_eq!(status(Kind::NetworkBusy), 403);
        assert_eq!(status(Kind::RateLimited), 429);
        assert_eq!(status(Kind::TooLarge), 413);
    }
}
