//! Public files over a real server that speaks S3: the check, a post of a network that fetches its files,
//! and what a crash left behind.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::time::Duration;

use model::Timestamp;
use model::account::Account;
use model::error::Fix;
use model::failure::{Category, Retry};
use networks::api::Api;
use networks::connector::{JobMedia, Outcome, Refusal, SignInFields};
use networks::hosting::{
    CheckPart, CheckStep, Hosting, Storage, StorageKey, StorageSettings, WebFolder,
};
use networks::http::{Clients, Reach};
use networks::vault::VaultError;
use networks::waiting::Patience;
use sandbox::meta::web;
use sandbox::storage::{self, BUCKET, KEY_ID, SECRET};
use testkit::conformance::{Bench, InstagramBench, http, token_form};
use testkit::fakes::Seeded;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::world::{World, not_sent, sent, with};

struct Place {
    server: storage::Storage,
    hosting: Hosting,
    settings: StorageSettings,
}

fn key() -> StorageKey {
    StorageKey {
        id: KEY_ID.to_owned(),
        secret: SECRET.to_owned(),
    }
}

impl Place {
    async fn start() -> Self {
        let server = storage::Storage::start().await.unwrap();
        let settings = StorageSettings {
            endpoint: server.origin().to_owned(),
            bucket: BUCKET.to_owned(),
            ..StorageSettings::default()
        };
        let http = http();
        let api = Api::new(Clients::new(&http).unwrap(), http.timeouts);
        Self {
            server,
            hosting: Hosting::new(api),
            settings: settings.checked().unwrap(),
        }
    }

    async fn check(
        &self,
        change: impl FnOnce(&mut StorageSettings, &mut StorageKey),
    ) -> Vec<CheckStep> {
        let (mut settings, mut key) = (self.settings.clone(), key());
        change(&mut settings, &mut key);
        self.hosting.check(&settings, &key, &Seeded::new(3)).await
    }

    /// The same place in use, by an account at Instagram's own door, which fetches everything.
    async fn lent(&self) -> (World<InstagramBench>, Account) {
        self.hosting.set(Some(self.settings.clone()));
        let world = World::of(InstagramBench::lending(&self.hosting).await);
        key().keep(world.desk.ctx()).await.unwrap();
        let token = world.bench.sandbox.token();
        let account = world.signed_in(token_form(&token, &[])).await;
        (world, account)
    }
}

fn parts(steps: &[CheckStep]) -> Vec<(CheckPart, bool)> {
    let all = steps.iter();
    all.map(|s| (s.part, s.message.is_none())).collect()
}

#[tokio::test]
async fn a_storage_that_works_is_tried_and_left_as_it_was() {
    let place = Place::start().await;
    for prefix in ["", "almanac/files"] {
        let steps = place.check(|s, _| s.prefix = prefix.to_owned()).await;
        let all = [
            (CheckPart::Put, true),
            (CheckPart::Fetch, true),
            (CheckPart::List, true),
            (CheckPart::Remove, true),
        ];
        assert_eq!(parts(&steps), all, "{steps:?}");
        let left = place.server.files();
        assert!(left.iter().all(|f| !f.contains("almanac-")), "{left:?}");
    }
}

#[tokio::test]
async fn what_does_not_work_says_in_plain_words_what_to_do() {
    let place = Place::start().await;
    let first = |steps: Vec<CheckStep>| {
        assert_eq!(steps.len(), 1, "{steps:?}");
        let message = steps[0].message.clone().unwrap();
        let detail = steps[0].detail.clone().unwrap_or_default();
        assert!(!detail.contains(SECRET) && !message.contains(SECRET));
        (message, detail)
    };
    let (secret, _) = first(place.check(|_, k| k.secret = "wrong".to_owned()).await);
    assert!(secret.contains("the secret of the key"), "{secret}");
    let (id, detail) = first(place.check(|_, k| k.id = "AKIDNOBODY".to_owned()).await);
    assert!(id.contains("key"), "{id} {detail}");
    // A bucket that is not there is made by this server, where others refuse it.
    let away = testkit::conformance::closed_port();
    let (away, _) = first(place.check(|s, _| s.endpoint = away).await);
    assert!(away.contains("could not be reached"), "{away}");

    // The bucket is private, and somebody says that it is not.
    let origin = place.server.origin().to_owned();
    let private = place
        .check(|s, _| s.public_address = format!("{origin}/{BUCKET}/"))
        .await;
    assert_eq!(
        parts(&private),
        [
            (CheckPart::Put, true),
            (CheckPart::Fetch, false),
            (CheckPart::List, true),
            (CheckPart::Remove, true),
        ]
    );
    let message = private[1].message.clone().unwrap();
    assert!(
        message.contains("everybody may read the bucket"),
        "{message}"
    );
    // Another address altogether.
    let empty = tempfile::tempdir().unwrap();
    let web = web::start(empty.path().to_owned()).await.unwrap();
    let other = place
        .check(|s, _| s.public_address = format!("{}/public/", web.origin()))
        .await;
    assert!(other[1].message.is_some());
    assert!(place.server.files().iter().all(|f| !f.contains("almanac-")));
}

#[tokio::test]
async fn a_network_that_fetches_gets_its_files_over_signed_addresses_and_nothing_stays() {
    let place = Place::start().await;
    let (world, account) = place.lent().await;
    // Larger than one piece of an upload.
    let video: Vec<JobMedia> = vec![world.desk.video("v.mp4", 9 << 20)];
    let picture = vec![world.desk.picture("a.png", 40, 40)];
    for (words, media) in [("Picture", picture), ("Video", video)] {
        let mut job = world.job(&account, with(words, media), &[]);
        sent(world.attempt(&mut job).await);
        let left = place.server.files();
        assert!(left.iter().all(|f| !f.contains("almanac-")), "{left:?}");
    }
    let posts = world.bench.sandbox.posts();
    assert_eq!(posts.len(), 2);
    let address = &posts[0].fields["image_url"];
    assert!(address.contains("X-Amz-Signature="), "{address}");
    assert!(address.contains("X-Amz-Expires=7200"), "{address}");
    assert!(!address.contains(SECRET));
    assert_eq!(posts[1].files, [9 << 20]);
}

#[tokio::test]
async fn a_public_bucket_is_fetched_from_its_own_address() {
    let mut place = Place::start().await;
    let web = web::start(place.server.folder()).await.unwrap();
    place.settings.public_address = format!("{}/public/", web.origin());
    let (world, account) = place.lent().await;
    let picture = vec![world.desk.picture("a.png", 40, 40)];
    let mut job = world.job(&account, with("Picture", picture), &[]);
    sent(world.attempt(&mut job).await);
    let posts = world.bench.sandbox.posts();
    let address = &posts[0].fields["image_url"];
    assert!(address.starts_with(&web.origin()), "{address}");
    assert!(place.server.files().iter().all(|f| !f.contains("almanac-")));
}

#[tokio::test]
async fn without_its_key_or_with_a_locked_keyring_nothing_is_sent_and_the_reason_said() {
    let place = Place::start().await;
    let (world, account) = place.lent().await;
    let job = || {
        let picture = vec![world.desk.picture("a.png", 40, 40)];
        world.job(&account, with("Picture", picture), &[])
    };
    StorageKey::forget(world.desk.ctx()).await.unwrap();
    let refusal = not_sent(world.attempt(&mut job()).await);
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::MediaError, Retry::Never)
    );
    assert!(
        refusal.message.contains("key of the public storage"),
        "{}",
        refusal.message
    );
    key().keep(world.desk.ctx()).await.unwrap();
    world.desk.vault.fail_with(Some(VaultError::Locked));
    let outcome = world.attempt(&mut job()).await;
    assert!(
        matches!(&outcome, Outcome::NotSent(r) if r.message.contains("locked")),
        "{outcome:?}"
    );
    world.desk.vault.fail_with(None);
    sent(world.attempt(&mut job()).await);
    assert_eq!(world.bench.sandbox.made(), 1);
}

#[tokio::test]
async fn what_a_crash_left_behind_goes_a_day_later_and_nothing_else_does() {
    let mut place = Place::start().await;
    place.settings.prefix = "lent".to_owned();
    let (world, _) = place.lent().await;
    let ctx = world.desk.ctx();
    let http = http();
    let clients = Clients::new(&http).unwrap();
    let storage = Storage::open(&place.settings, &clients, ctx).await.unwrap();
    for name in ["almanac-left.jpg", "holiday.jpg"] {
        storage
            .put(name, "image/jpeg", vec![1, 2, 3])
            .await
            .unwrap();
    }
    let ours = |place: &Place| {
        let all = place.server.files();
        let pictures = ["almanac-left.jpg", "holiday.jpg"];
        all.iter()
            .filter(|f| pictures.iter().any(|p| f.ends_with(p)))
            .count()
    };
    let now = real_now();
    let swept = place
        .hosting
        .sweep(now.minus(Duration::from_hours(24)), ctx)
        .await;
    assert_eq!((swept.unwrap(), ours(&place)), (0, 2));
    let tomorrow = now.plus(Duration::from_hours(1));
    assert_eq!(place.hosting.sweep(tomorrow, ctx).await.unwrap(), 1);
    assert_eq!(ours(&place), 1, "what others put there stays");
    assert_eq!(place.hosting.sweep(tomorrow, ctx).await.unwrap(), 0);
}

#[tokio::test]
async fn what_an_account_lacks_follows_the_settings() {
    let place = Place::start().await;
    let (world, account) = place.lent().await;
    let connector = world.bench.connector();
    assert!(connector.missing(&account).is_empty());
    place.hosting.set(None);
    let missing = connector.missing(&account);
    assert!(
        missing[0].message.contains("public files in Settings"),
        "{missing:?}"
    );
    assert_eq!(missing[0].mended_by, Fix::OpenPublicFiles);
    assert_eq!(
        connector.entry().fetches.as_deref(),
        Some("pictures and videos")
    );
}

/// The server of the storage goes by the real time.
#[expect(clippy::disallowed_methods, reason = "the server has its own clock")]
fn real_now() -> Timestamp {
    Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
}

/// An account with a folder that appears at this address.
fn with_folder(address: &str, folder: &std::path::Path) -> WebFolder {
    let mut form = SignInFields::default();
    let folder = folder.to_string_lossy().into_owned();
    for (name, value) in [("webAddress", address.to_owned()), ("webFolder", folder)] {
        form.plain.insert(name.to_owned(), value);
    }
    WebFolder::typed(&form).unwrap().unwrap()
}

async fn tried(folder: &WebFolder, reach: Reach) -> Result<(), Refusal> {
    let once = Patience {
        between: Duration::ZERO,
        looks: 2,
    };
    folder.try_out(&http(), reach, &Seeded::new(3), once).await
}

#[tokio::test]
async fn a_web_folder_is_tried_and_left_as_it_was() {
    let (own, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let web = web::start(own.path().to_owned()).await.unwrap();
    let address = format!("{}/public/", web.origin());
    let mine = with_folder(&address, own.path());
    tried(&mine, Reach::Public).await.unwrap();
    let message = async |folder: &WebFolder| {
        let refusal = tried(folder, Reach::Public).await.unwrap_err();
        assert_eq!(refusal.category, Category::MediaError);
        refusal.message
    };
    let elsewhere = message(&with_folder(&address, other.path())).await;
    assert!(elsewhere.contains("does not appear"), "{elsewhere}");
    let away = message(&with_folder(
        &testkit::conformance::closed_port(),
        own.path(),
    ))
    .await;
    assert!(away.contains("could not be reached"), "{away}");
    for inside in ["https://10.1.2.3/files/", "https://[fd00::1]/"] {
        let inside = message(&with_folder(inside, own.path())).await;
        assert!(inside.contains("private network"), "{inside}");
    }
    for folder in [own.path(), other.path()] {
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
    }
    let gone = with_folder(&address, own.path());
    own.close().unwrap();
    let gone = tried(&gone, Reach::Public).await.unwrap_err();
    assert!(gone.message.contains("could not be put"), "{gone:?}");
}

#[tokio::test]
async fn an_address_that_answers_with_anything_is_not_that_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    // As web hosts do that show their own page for everything.
    let page = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = vec![0; 4_096];
        let read = stream.read(&mut asked).await.unwrap();
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nWelcome";
        stream.write_all(answer).await.unwrap();
        String::from_utf8_lossy(&asked[..read]).into_owned()
    };
    let folder = with_folder(&address, folder.path());
    let (asked, came) = tokio::join!(page, tried(&folder, Reach::Public));
    assert!(asked.starts_with("GET /almanac-check-"), "{asked}");
    let message = came.unwrap_err().message;
    assert!(message.contains("something else"), "{message}");
}
