//! Headers in which the Graph interface says how much of a budget is used, and when a caller that
//! used it up may come back.

use std::time::Duration;

use model::Timestamp;
use serde_json::Value;

use crate::api::Answer;

/// When the budget is there again, from `X-Business-Use-Case-Usage`: the longest wait named in it.
#[must_use]
pub fn regained(answer: &Answer, now: Timestamp) -> Option<Timestamp> {
    let header = answer.header("x-business-use-case-usage")?;
    let usage: Value = serde_json::from_str(header).ok()?;
    let minutes = usage
        .as_object()?
        .values()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|one| one.get("estimated_time_to_regain_access")?.as_u64())
        .max()?;
    // A wait of more than two days is not believed.
    (1..=48 * 60)
        .contains(&minutes)
        .then(|| now.plus(Duration::from_mins(minutes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_wait_counts() {
        let now = Timestamp::from_millis(0);
        let answer = |header: &str| Answer {
            status: 400,
            headers: [(
                "x-business-use-case-usage".parse().unwrap(),
                header.parse().unwrap(),
            )]
            .into_iter()
            .collect(),
            body: vec![],
        };
        let of = |header: &str| regained(&answer(header), now);
        let two = r#"{"1":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":5}],"2":[{"estimated_time_to_regain_access":19}]}"#;
        assert_eq!(of(two), Some(now.plus(Duration::from_mins(19))));
        for odd in [
            "{}",
            "[]",
            "no",
            r#"{"1":[{"estimated_time_to_regain_access":0}]}"#,
            r#"{"1":[{"estimated_time_to_regain_access":999999}]}"#,
        ] {
            assert_eq!(of(odd), None, "{odd}");
        }
    }
}
