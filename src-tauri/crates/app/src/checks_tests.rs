use super::*;
use model::content::MediaUse;
use model::when::Zone;
use model::{MediaId, WorkspaceId};
use uuid::Uuid;

fn account(n: u128) -> Account {
    Account {
        id: AccountId(Uuid::from_u128(n)),
        workspace_id: WorkspaceId(Uuid::nil()),
        network: "folder".to_owned(),
        remote_id: n.to_string(),
        handle: format!("blog{n}"),
        display_name: String::new(),
        server: String::new(),
        settings: serde_json::json!({}),
        health: AccountHealth::Ok,
        paused: None,
        created_at: Timestamp::from_millis(0),
    }
}

fn draft(text: &str, accounts: &[&Account]) -> Draft {
    let target = |a: &&Account| TargetDraft {
        account_id: a.id,
        override_segments: None,
        options: serde_json::Map::new(),
    };
    Draft {
        segments: vec![Segment::text(text)],
        targets: accounts.iter().map(target).collect(),
        ..Draft::default()
    }
}

struct Case {
    accounts: Vec<Account>,
    media: Vec<MediaFacts>,
    repeats: BTreeMap<AccountId, Timestamp>,
    spot: Option<Spot>,
    free: Option<Timestamp>,
}

impl Case {
    fn of(accounts: &[Account]) -> Self {
        Self {
            accounts: accounts.to_vec(),
            media: Vec::new(),
            repeats: BTreeMap::new(),
            spot: None,
            free: None,
        }
    }

    fn rules(&self, draft: &Draft) -> Vec<(String, Severity)> {
        self.problems(draft)
            .into_iter()
            .map(|p| (p.rule, p.severity))
            .collect()
    }

    fn problems(&self, draft: &Draft) -> Vec<Problem> {
        let connectors = |key: &str| -> Option<Arc<dyn Connector>> {
            let config = networks::registry::Config::new("test");
            let all = networks::registry::Registry::new(config).unwrap();
            all.get(key).cloned()
        };
        problems(
            draft,
            &World {
                accounts: &self.accounts,
                media: &self.media,
                library: None,
                connectors: &connectors,
                repeats: &self.repeats,
                spot: self.spot.as_ref(),
                free: self.free,
                now: Timestamp::from_millis(1_779_000_000_000), // Sun 17 May 2026, 06:40 UTC
                words: DateWords {
                    twelve_hours: false,
                    month_first: false,
                    this_year: 2026,
                },
                links: None,
                vault: &crate::types::session::VaultStatus {
                    kind: crate::types::session::VaultKind::Keyring,
                    problem: Some("The keyring is locked.".to_owned()),
                },
                date: "2026-05-17",
            },
        )
    }
}

fn spot(wall: &str, zone: &str) -> Spot {
    let (wall, zone): (model::when::WallTime, Zone) =
        (wall.parse().unwrap(), zone.parse().unwrap());
    let resolved = model::when::resolve(wall, &zone).unwrap();
    Spot {
        wall,
        zone,
        at: resolved.at,
        clock_change: resolved.clock_change,
        source: model::post::TimeSource::Own,
    }
}

#[test]
fn a_draft_without_accounts_says_what_it_lacks() {
    let found = Case::of(&[]).rules(&draft("", &[]));
    let rules: Vec<&str> = found.iter().map(|(r, _)| r.as_str()).collect();
    assert_eq!(rules, ["no_account", "empty"]);
    assert!(found.iter().all(|(_, s)| *s == Severity::Error));
}

#[test]
fn a_good_draft_has_no_problems_and_nothing_blocks_it() {
    let one = account(1);
    let mut case = Case::of(std::slice::from_ref(&one));
    case.spot = Some(spot("2026-05-18T09:00:00", "Europe/Berlin"));
    let found = case.problems(&draft("Hello", &[&one]));
    assert_eq!(found, []);
    assert_eq!(blocked(&found), None);
}

#[test]
fn a_paused_or_signed_out_account_warns_and_does_not_block() {
    let mut paused = account(1);
    paused.paused = Some("Holiday".to_owned());
    let mut out = account(2);
    out.health = AccountHealth::NeedsReconnect {
        reason: "The account is no longer there.".to_owned(),
        since: Timestamp::from_millis(0),
    };
    let case = Case::of(&[paused.clone(), out.clone()]);
    let found = case.problems(&draft("Hello", &[&paused, &out]));
    let fixes: Vec<&Fix> = found.iter().flat_map(|p| &p.fixes).collect();
    assert_eq!(fixes, [&Fix::ResumeAccount, &Fix::Reconnect]);
    assert!(
        found[0].message.contains("(Holiday)"),
        "{}",
        found[0].message
    );
    let told = &found[1].message;
    assert!(
        told.ends_with("is not connected. The account is no longer there."),
        "{told}"
    );
    assert_eq!(blocked(&found), None);
}

#[test]
fn a_time_in_the_past_offers_the_next_free_slot() {
    let one = account(1);
    let mut case = Case::of(std::slice::from_ref(&one));
    case.spot = Some(spot("2026-05-17T08:00:00", "Europe/Berlin")); // now is 08:40 there
    let at = Timestamp::from_millis(1_779_000_000_000 + 6 * 3_600_000);
    case.free = Some(at);
    let found = case.problems(&draft("Hello", &[&one]));
    assert_eq!(
        found[0].message,
        "That is in the past. The next free slot is today 14:40."
    );
    assert_eq!(found[0].fixes, [Fix::UseTime { at }]);
    assert_eq!(blocked(&found), Some(found[0].message.clone()));
}

#[test]
fn the_same_text_within_a_month_warns_with_its_time() {
    let one = account(1);
    let mut case = Case::of(std::slice::from_ref(&one));
    case.repeats.insert(
        one.id,
        Timestamp::from_millis(1_779_000_000_000 - 86_400_000),
    );
    let found = case.problems(&draft("Hello", &[&one]));
    assert_eq!(found[0].rule, "repeated");
    assert!(
        found[0]
            .message
            .contains("went to Folder (blog1) already: Sat 16 May, 06:40"),
        "{}",
        found[0].message
    );
}

#[test]
fn a_removed_account_and_a_lost_file_are_errors() {
    let (one, gone) = (account(1), account(2));
    let case = Case::of(std::slice::from_ref(&one));
    let mut both = draft("Hello", &[&one, &gone]);
    let media_id: MediaId = "0".repeat(64).parse().unwrap();
    both.segments[0].media.push(MediaUse::new(media_id, ""));
    let rules: Vec<String> = case.rules(&both).into_iter().map(|(r, _)| r).collect();
    assert_eq!(rules, ["media_missing", "account_removed"]);
    assert_eq!(
        blocked(&case.problems(&both)).unwrap(),
        "A file of this post is no longer in the library. One more thing stands in the way."
    );
}

#[test]
fn a_text_of_its_own_that_says_the_same_offers_the_shared_one() {
    let one = account(1);
    let case = Case::of(std::slice::from_ref(&one));
    let mut own = draft("Hello", &[&one]);
    own.targets[0].override_segments = Some(own.segments.clone());
    let found = case.problems(&own);
    assert_eq!(
        (found[0].rule.as_str(), &found[0].fixes[..]),
        ("own_text_same", &[Fix::UseShared][..])
    );
}

#[test]
fn a_network_that_minds_is_not_given_the_same_text_on_several_accounts_unwarned() {
    let accounts = [1, 2, 3].map(account);
    let on = |network: &str| {
        let mut accounts = accounts.clone();
        for account in &mut accounts {
            network.clone_into(&mut account.network);
        }
        accounts
    };
    let told = |accounts: &[Account; 3], draft: &Draft| -> Vec<AccountId> {
        let found = Case::of(accounts).problems(draft).into_iter();
        let same = found.filter(|p| p.rule == "same_text_elsewhere");
        let warns = same.inspect(|p| assert_eq!(p.severity, Severity::Warning));
        warns.filter_map(|p| p.account_id).collect()
    };
    let on_x = on("x");
    let [one, two, three] = &on_x;
    let mut shared = draft("Hello  there", &[one, two, three]);
    assert_eq!(told(&on_x, &shared), [two.id, three.id]);
    // A text of its own for one of them leaves the pair of the others.
    shared.targets[1].override_segments = Some(vec![Segment::text("Hello, you")]);
    assert_eq!(told(&on_x, &shared), [three.id]);
    shared.targets[2].override_segments = Some(vec![Segment::text(" Hello there ")]);
    assert_eq!(told(&on_x, &shared), [three.id]);
    let found = Case::of(&on_x).problems(&shared);
    let same = found.iter().find(|p| p.rule == "same_text_elsewhere");
    let message = &same.unwrap().message;
    assert!(
        message.starts_with("X (blog1) and X (blog3) get the same text. X counts"),
        "{message}"
    );
    let elsewhere = on("folder");
    let all: Vec<&Account> = elsewhere.iter().collect();
    assert_eq!(told(&elsewhere, &draft("Hello", &all)), []);
}
