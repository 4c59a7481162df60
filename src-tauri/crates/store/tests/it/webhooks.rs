//! The outbox: written with the change or not at all, in order, for those who listen; and the lines.

use std::time::Duration;

use model::change::{Actor, Subject};
use model::delivery::DeliveryState;
use model::event::EventKind;
use model::when::When;
use model::{Timestamp, WebhookDeliveryId, WebhookId};
use store::webhook_history::{self, Listed};
use store::webhook_line::{self, Due, Ended, LineState, Try, Verdict};
use store::webhooks::{self, Webhook};
use store::{Step, testing};

use crate::fixture::{DAY, NOW, World, scheduled};

const ALL: [EventKind; 6] = [
    EventKind::PostCreated,
    EventKind::PostUpdated,
    EventKind::PostRemoved,
    EventKind::PostScheduled,
    EventKind::PostPublished,
    EventKind::PostFailed,
];

impl World {
    /// An address that listens to these kinds.
    async fn hook(&self, kinds: &[EventKind]) -> Webhook {
        self.hook_on(kinds, None).await
    }

    async fn hook_on(&self, kinds: &[EventKind], network: Option<&str>) -> Webhook {
        let mut tx = self
            .store
            .step(Actor::Person, Step::new("New"))
            .await
            .unwrap();
        let webhook = Webhook {
            id: WebhookId(tx.new_id()),
            workspace_id: store::calendars::workspace_of(&mut tx, self.calendar)
                .await
                .unwrap(),
            contract: "almanac".to_owned(),
            url: "https://example.com/".to_owned(),
            events: vec!["*".to_owned()],
            kinds: kinds.to_vec(),
            network: network.map(str::to_owned),
            max_retries: 3,
            active: true,
            private: false,
            created_at: tx.now(),
        };
        webhooks::put(&mut tx, &webhook).await.unwrap();
        tx.commit().await.unwrap();
        webhook
    }

    async fn line(&self, id: WebhookId) -> Vec<Listed> {
        let mut conn = self.store.read().await.unwrap();
        let mut all = webhook_history::of_webhook(&mut conn, id, 500)
            .await
            .unwrap();
        all.reverse();
        all
    }

    async fn kinds(&self, id: WebhookId) -> Vec<EventKind> {
        self.line(id).await.into_iter().map(|l| l.kind).collect()
    }

    async fn due(&self) -> Due {
        let mut conn = self.store.read().await.unwrap();
        let now = self.store.now();
        webhook_line::due(&mut conn, now, &[], 10, 10)
            .await
            .unwrap()
    }

    async fn settle(&self, webhook: WebhookId, id: WebhookDeliveryId, verdict: Verdict) {
        let arrived = verdict == Verdict::Delivered;
        let ended = Ended {
            webhook_id: webhook,
            id,
            tried: Try {
                at: self.store.now(),
                status: Some(if arrived { 200 } else { 500 }),
                message: (!arrived).then(|| "It has trouble.".to_owned()),
            },
            answer: Some("ok".to_owned()),
            verdict,
        };
        let mut tx = self.store.begin(Actor::Publisher).await.unwrap();
        webhook_line::settle(&mut tx, &ended).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn rewrite(&self, post: model::PostId, text: &str) {
        let version = self.get(post).await.version;
        let mut tx = self
            .store
            .step(Actor::Person, Step::new("Edit"))
            .await
            .unwrap();
        store::posts::save(&mut tx, post, version, &self.draft(text))
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn set_state(&self, post: model::PostId, state: DeliveryState) {
        let mut tx = self.store.begin(Actor::Publisher).await.unwrap();
        testing::set_state(&mut tx, post, self.accounts[0], state)
            .await
            .unwrap();
        tx.changed(Subject::Post, post);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn what_happens_is_told_in_the_transaction_of_the_change_or_not_at_all() {
    let world = World::new().await;
    let hook = world.hook(&ALL).await;
    let draft = world.draft("Hello");
    let new = store::posts::NewPost {
        calendar_id: world.calendar,
        draft,
        when: scheduled("2026-05-20T10:00:00"),
        time_source: model::post::TimeSource::Own,
        editorial: model::status::EditorialStatus::Scheduled,
    };
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    store::posts::create(&mut tx, &new).await.unwrap();
    tx.rollback().await.unwrap();
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    store::posts::create(&mut tx, &new).await.unwrap();
    drop(tx);
    assert_eq!(world.line(hook.id).await, []);
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let id = store::posts::create(&mut tx, &new).await.unwrap();
    let before = store::feed::newest(&mut world.store.read().await.unwrap())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    // One event for one thing, however many statements made it; nothing of what was given up.
    assert_eq!(
        world.kinds(hook.id).await,
        [EventKind::PostCreated, EventKind::PostScheduled]
    );
    let mut conn = world.store.read().await.unwrap();
    let told = store::feed::changes_since(&mut conn, before, 10)
        .await
        .unwrap();
    assert!(
        told.iter()
            .any(|c| c.subject == Subject::Webhook && c.id == hook.id.to_string())
    );
    let due = world.due().await;
    let facts = &due.heads[0].waiting[0].facts;
    let post = facts.post.as_ref().unwrap();
    assert_eq!((post.id, post.text.as_str()), (id, "Hello"));
    assert_eq!(post.networks, ["sink"]);
}

#[tokio::test]
async fn sends_are_told_per_account_and_only_to_those_who_asked() {
    let world = World::new().await;
    let (all, few) = (
        world.hook(&ALL).await,
        world.hook(&[EventKind::PostFailed]).await,
    );
    let (same, other) = (
        world
            .hook_on(&[EventKind::PostPublished], Some("sink"))
            .await,
        world
            .hook_on(&[EventKind::PostPublished], Some("instagram"))
            .await,
    );
    let post = world.post("Hello", scheduled("2026-05-20T10:00:00")).await;
    world.set_state(post, DeliveryState::Sending).await;
    world.set_state(post, DeliveryState::Failed).await;
    world.set_state(post, DeliveryState::Waiting).await;
    world.set_state(post, DeliveryState::Published).await;
    assert_eq!(
        world.kinds(all.id).await,
        [
            EventKind::PostCreated,
            EventKind::PostScheduled,
            EventKind::PostFailed,
            EventKind::PostPublished
        ]
    );
    assert_eq!(world.kinds(few.id).await, [EventKind::PostFailed]);
    assert_eq!(world.kinds(same.id).await, [EventKind::PostPublished]);
    assert_eq!(world.kinds(other.id).await, []);
    let due = world.due().await;
    let head = due.heads.iter().find(|h| h.webhook.id == few.id).unwrap();
    let facts = &head.waiting[0].facts;
    assert_eq!(facts.account.as_ref().unwrap().id, world.accounts[0]);
    assert_eq!(facts.target.as_ref().unwrap().state, DeliveryState::Failed);
}

#[tokio::test]
async fn many_changes_of_a_post_that_nobody_was_told_yet_are_told_once() {
    let world = World::new().await;
    let hook = world
        .hook(&[EventKind::PostUpdated, EventKind::PostRemoved])
        .await;
    let post = world.post("One", When::Unplanned).await;
    let save = async |text: &str| world.rewrite(post, text).await;
    save("Two").await;
    save("Three").await;
    assert_eq!(world.kinds(hook.id).await, [EventKind::PostUpdated]);
    let due = world.due().await;
    let waiting = due.heads[0].waiting[0].clone();
    assert_eq!(waiting.facts.post.as_ref().unwrap().text, "Three");

    // What was about to be sent is not what is told by now: its text is not kept.
    save("Four").await;
    let mut tx = world.store.begin(Actor::Publisher).await.unwrap();
    assert!(
        !webhook_line::keep_body(&mut tx, &waiting, "{}")
            .await
            .unwrap()
    );
    let newer = webhook_line::due(&mut tx, world.store.now(), &[], 1, 1)
        .await
        .unwrap();
    let newer = newer.heads[0].waiting[0].clone();
    assert!(
        webhook_line::keep_body(&mut tx, &newer, "{\"n\":4}")
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    // From here on it stands as it is, and what comes next is told of its own.
    save("Five").await;
    let line = world.line(hook.id).await;
    assert_eq!(line.len(), 2);
    assert_eq!(line[0].body.as_deref(), Some("{\"n\":4}"));
    assert_eq!(line[1].body, None);
}

#[tokio::test]
async fn a_change_is_not_told_before_what_happened_to_the_post_earlier() {
    let world = World::new().await;
    let hook = world
        .hook(&[EventKind::PostUpdated, EventKind::PostRemoved])
        .await;
    let post = world.post("One", When::Unplanned).await;
    world.rewrite(post, "Two").await;
    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Delete"))
        .await
        .unwrap();
    store::posts::delete(&mut tx, &[post]).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.store.begin(Actor::History).await.unwrap();
    store::history::undo(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let kinds = [
        EventKind::PostUpdated,
        EventKind::PostRemoved,
        EventKind::PostUpdated,
    ];
    assert_eq!(world.kinds(hook.id).await, kinds);
    let removed: Vec<bool> = world.due().await.heads[0]
        .waiting
        .iter()
        .map(|w| w.facts.post.as_ref().unwrap().removed)
        .collect();
    assert_eq!(removed, [false, true, false]);
    // What is the last of the line still takes the next change in.
    world.rewrite(post, "Three").await;
    assert_eq!(world.kinds(hook.id).await, kinds);
}

#[tokio::test]
async fn a_line_goes_on_only_after_its_first_and_others_do_not_wait() {
    let world = World::new().await;
    let kinds = [EventKind::PostCreated];
    let (a, b) = (world.hook(&kinds).await, world.hook(&kinds).await);
    world.post("One", When::Unplanned).await;
    world.post("Two", When::Unplanned).await;
    let first = world.line(a.id).await[0].id;
    let later = world.store.now().plus(Duration::from_secs(10));
    world.settle(a.id, first, Verdict::Again(later)).await;
    let due = world.due().await;
    let heads: Vec<WebhookId> = due.heads.iter().map(|h| h.webhook.id).collect();
    assert_eq!((heads, due.next), (vec![b.id], Some(later)));
    world.clock.advance(10_000);
    let due = world.due().await;
    assert_eq!(due.heads.len(), 2);
    let head = due.heads.iter().find(|h| h.webhook.id == a.id).unwrap();
    let ids: Vec<WebhookDeliveryId> = head.waiting.iter().map(|w| w.id).collect();
    assert_eq!(
        ids,
        world
            .line(a.id)
            .await
            .iter()
            .map(|l| l.id)
            .collect::<Vec<_>>()
    );
    assert_eq!((head.waiting[0].round, head.failing.1), (1, 1));
    world.settle(a.id, first, Verdict::Delivered).await;
    let listed = &world.line(a.id).await[0];
    assert_eq!(
        (listed.state, listed.attempts, listed.tries.len()),
        (LineState::Delivered, 2, 2)
    );
    assert_eq!(listed.answer.as_deref(), Some("ok"));
    let (_, health) = webhooks::get(&mut world.store.read().await.unwrap(), a.id)
        .await
        .unwrap();
    assert_eq!((health.failures, health.failing_since), (0, None));
    // Again: before all that came after it, with its tries counted anew.
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    assert!(
        !webhook_history::again(&mut tx, b.id, first).await.unwrap(),
        "another's"
    );
    assert!(webhook_history::again(&mut tx, a.id, first).await.unwrap());
    tx.commit().await.unwrap();
    let due = world.due().await;
    let head = due.heads.iter().find(|h| h.webhook.id == a.id).unwrap();
    assert_eq!((head.waiting[0].id, head.waiting[0].round), (first, 0));
}

#[tokio::test]
async fn an_address_that_is_off_or_removed_hears_nothing_and_comes_back_with_undo() {
    let world = World::new().await;
    let hook = world.hook(&[EventKind::PostCreated]).await;
    world.post("One", When::Unplanned).await;
    let first = world.line(hook.id).await[0].id;
    world
        .settle(hook.id, first, Verdict::Off("It is gone.".to_owned()))
        .await;
    world.post("Two", When::Unplanned).await;
    assert_eq!(world.line(hook.id).await.len(), 1);
    assert_eq!(world.due().await, Due::default());
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    webhooks::turn_on(&mut tx, hook.id).await.unwrap();
    tx.commit().await.unwrap();
    world.post("Three", When::Unplanned).await;
    assert_eq!(world.line(hook.id).await.len(), 2);

    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Remove"))
        .await
        .unwrap();
    webhooks::remove(&mut tx, hook.id).await.unwrap();
    tx.commit().await.unwrap();
    world.post("Four", When::Unplanned).await;
    assert_eq!(world.due().await, Due::default());
    let mut tx = world.store.begin(Actor::History).await.unwrap();
    store::history::undo(&mut tx).await.unwrap();
    store::history::undo(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let (back, health) = webhooks::get(&mut world.store.read().await.unwrap(), hook.id)
        .await
        .unwrap();
    assert_eq!((back, health.off), (hook, None));
}

#[tokio::test]
async fn history_goes_after_its_time_and_takes_what_nobody_tells_along() {
    let world = World::new().await;
    let hook = world.hook(&[EventKind::PostCreated]).await;
    world.post("Old", When::Unplanned).await;
    world.clock.advance(31 * DAY);
    world.post("New", When::Unplanned).await;
    let mut tx = world.store.begin(Actor::Program).await.unwrap();
    let before = Timestamp::from_millis(NOW + DAY);
    assert_eq!(
        webhook_history::clear_old(&mut tx, before).await.unwrap(),
        1
    );
    tx.commit().await.unwrap();
    let due = world.due().await;
    let texts: Vec<&str> = due.heads[0]
        .waiting
        .iter()
        .map(|w| w.facts.post.as_ref().unwrap().text.as_str())
        .collect();
    assert_eq!((texts, world.line(hook.id).await.len()), (vec!["New"], 1));
}
