//! Posts that their networks are to hold until their time, against how many they hold.

use model::account::Account;
use model::error::{Fix, Problem, Severity};
use model::post::Draft;
use model::{PostId, Timestamp};
use networks::catalogue::{NativeSchedule, OPTION_NATIVE, wants_native};
use store::Conn;
use store::crowding::{self, Day};

use super::scene::Scene;
use crate::error::Result;
use crate::place::Spot;

/// A day in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// The day of UTC that an instant lies on.
fn day_of(at: Timestamp) -> Day {
    let start = at.as_millis() - at.as_millis().rem_euclid(DAY);
    let end = start.saturating_add(DAY);
    (Timestamp::from_millis(start), Timestamp::from_millis(end))
}

impl Scene {
    /// What networks are asked to hold and have no room for: such a post goes out from this computer.
    pub(super) async fn not_held(
        &self,
        conn: &mut Conn,
        draft: &Draft,
        own: Option<PostId>,
        spot: &Spot,
    ) -> Result<Vec<Problem>> {
        let mut found = Vec::new();
        let asked = draft.targets.iter().filter(|t| wants_native(&t.options));
        for target in asked {
            let account = self.accounts.iter().find(|a| a.id == target.account_id);
            let Some((account, window)) =
                account.and_then(|account| Some((account, self.window_of(account)?)))
            else {
                continue;
            };
            let (on_day, in_all) = crowding::held(conn, account.id, day_of(spot.at), own).await?;
            let full = [
                (window.max_a_day, on_day, "for one day"),
                (window.max_in_all, in_all, "in all"),
            ];
            let full = full
                .into_iter()
                .find(|(most, held, _)| most.is_some_and(|most| *held >= most));
            if let Some((Some(most), _, what)) = full {
                found.push(self.no_room(account, most, what));
            }
        }
        Ok(found)
    }

    fn window_of(&self, account: &Account) -> Option<NativeSchedule> {
        let connector = self.registry().get(&account.network)?;
        connector.entry().native_schedule
    }

    fn no_room(&self, account: &Account, most: u32, what: &str) -> Problem {
        let message = format!(
            "{} is to hold {most} other posts {what} already, and it holds no more. So this computer has to be on at its time.",
            self.account_name(account.id)
        );
        Problem {
            severity: Severity::Warning,
            rule: "not_kept_full".to_owned(),
            message,
            account_id: Some(account.id),
            segment: None,
            fixes: vec![Fix::SetOption {
                name: OPTION_NATIVE.to_owned(),
            }],
        }
    }
}
