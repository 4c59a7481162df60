//! The cases besides publishing: signing in, the checks before sending, deleting.

use std::future::Future;

use model::content::{MediaUse, Segment};
use model::error::Severity;
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use networks::connector::{CheckInput, MediaFacts};
use networks::vault::{Vault, VaultError};

use super::Bench;
use super::cases::Suite;
use super::content::Content;
use super::driver::End;
use crate::desk::{ACCOUNT, DUE};

impl<F, Fut> Suite<F>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Box<dyn Bench>>,
{
    pub(super) async fn sign_in(&mut self) {
        let world = self.world().await;
        let mut wrong = vec![];
        match world.account().await {
            Ok(account) => {
                if account.remote_id.is_empty() || account.display_name.is_empty() {
                    wrong.push("an account without id or name".to_owned());
                }
                let known = world.connector().identify(&account, world.ctx()).await;
                if known.map(|k| k.remote_id).ok() != Some(account.remote_id) {
                    wrong.push("identify does not know the account".to_owned());
                }
            }
            Err(refusal) => wrong.push(format!("{refusal:?}")),
        }
        self.ran("sign in", wrong);
        for n in 0..world.bench.wrong_sign_ins().len() {
            let world = self.world().await;
            let fields = world.bench.wrong_sign_ins().swap_remove(n);
            let told = world
                .connector()
                .sign_in(ACCOUNT, "", fields, world.ctx())
                .await;
            let wrong = match told {
                Err(refusal) if refusal.retry == Retry::At(DUE) => vec!["waits".to_owned()],
                Err(refusal)
                    if world
                        .bench
                        .secrets()
                        .iter()
                        .any(|s| format!("{refusal:?}").contains(s)) =>
                {
                    vec!["a secret was told".to_owned()]
                }
                Err(refusal) if refusal.message.ends_with('.') => vec![],
                other => vec![format!("{other:?}")],
            };
            self.ran(&format!("wrong sign-in {n}"), wrong);
        }
        self.locked_vault().await;
    }

    /// A keyring that is locked holds up sending and never signs an account out.
    async fn locked_vault(&mut self) {
        let world = self.world().await;
        if world.bench.secrets().is_empty() {
            self.report.skipped.push("locked keyring".to_owned());
            return;
        }
        world.desk.vault.fail_with(Some(VaultError::Locked));
        let mut wrong = vec![];
        match world.account().await {
            Err(refusal)
                if refusal.category != Category::AuthError
                    && refusal.message.contains("locked") => {}
            other => wrong.push(format!("{other:?}")),
        }
        world.desk.vault.fail_with(None);
        if let Ok(account) = world.account().await {
            let forgotten = world.desk.vault.forget(ACCOUNT, "session").await;
            wrong.extend(forgotten.err().map(|e| e.to_string()));
            // Another connector over the same sandbox would find nothing in the vault; this one may
            // still hold the session in memory, which is as good.
            let identified = world.connector().identify(&account, world.ctx()).await;
            wrong.extend(
                identified
                    .err()
                    .filter(|r| r.category != Category::AuthError)
                    .map(|r| format!("{r:?}")),
            );
        }
        self.ran("locked keyring", wrong);
    }

    pub(super) async fn checks(&mut self) {
        let world = self.world().await;
        let Ok(account) = world.account().await else {
            return;
        };
        let entry = world.bench.entry();
        let draft = TargetDraft {
            account_id: ACCOUNT,
            override_segments: None,
            options: world.bench.options(),
        };
        let problems = |segments: &[Segment], media: &[MediaFacts]| {
            let input = CheckInput {
                account: &account,
                segments,
                draft: &draft,
                media,
            };
            let found = world.connector().check(input);
            let errors = found.into_iter().filter(|p| p.severity == Severity::Error);
            // Where one sort of file is needed, that another stands here is no news.
            let errors =
                errors.filter(|p| !(entry.publishes.needs_media && p.rule == "needs_media"));
            errors.map(|p| p.rule).collect::<Vec<_>>()
        };
        // Where words alone are refused, a file stands beside them.
        let file = match entry.images {
            Some(_) => world.desk.picture("beside.jpg", 40, 30).facts,
            None => world.desk.video("beside.mp4", 3_000).facts,
        };
        let needed = usize::from(entry.publishes.needs_media);
        let beside = &std::slice::from_ref(&file)[..needed];
        let plain = |words: &str| Segment {
            text: words.to_owned(),
            media: beside
                .iter()
                .map(|f| MediaUse::new(f.id.clone(), "x"))
                .collect(),
        };
        let mut wrong = vec![];
        if !problems(&[plain("fine")], beside).is_empty() {
            wrong.push("a plain text has problems".to_owned());
        }
        if problems(&[Segment::text("")], &[]).is_empty() != entry.publishes.empty {
            wrong.push("an empty post".to_owned());
        }
        if let Some(max) = entry.text.max {
            let (fits, over) = ("x".repeat(max as usize), "x".repeat(max as usize + 1));
            if !problems(&[plain(&fits)], beside).is_empty() {
                wrong.push("a text at the limit has problems".to_owned());
            }
            if problems(&[plain(&over)], beside) != ["text_too_long"] {
                wrong.push("a text over the limit".to_owned());
            }
        }
        let picture = world.desk.picture("one.jpg", 40, 30).facts;
        let uses = |n: u32| Segment {
            text: "with pictures".to_owned(),
            media: (0..n)
                .map(|_| MediaUse::new(picture.id.clone(), "x"))
                .collect(),
        };
        if let Some(images) = &entry.images {
            let facts = std::slice::from_ref(&picture);
            if !problems(&[uses(images.max_count)], facts).is_empty() {
                wrong.push("as many pictures as allowed have problems".to_owned());
            }
            if problems(&[uses(images.max_count + 1)], facts) != ["too_many_images"] {
                wrong.push("one picture too many".to_owned());
            }
            let lost = MediaFacts {
                missing: true,
                ..picture.clone()
            };
            if problems(&[uses(1)], &[lost]) != ["media_missing"] {
                wrong.push("a lost picture".to_owned());
            }
        }
        self.ran("checks", wrong);
    }

    pub(super) async fn deletes(&mut self) {
        let world = self.world().await;
        let Ok(account) = world.account().await else {
            return;
        };
        let publishes = world.bench.entry().publishes;
        let content = match (publishes.thread, publishes.needs_media, publishes.images) {
            (true, false, _) => Content::Thread,
            (_, true, true) => Content::Pictures,
            (_, true, false) => Content::Video,
            (false, false, _) => Content::Text,
        };
        let job = world.job(&account, content);
        let trace = self.deliver(&world, job, None, None).await;
        let mut wrong = trace.wrong;
        if let Some(End::Sent(delivered)) = &trace.end {
            // Numbers are optional; asking for them must not fail.
            let numbers = world
                .connector()
                .metrics(&account, delivered, world.ctx())
                .await;
            wrong.extend(numbers.err().map(|r| format!("metrics: {r:?}")));
            for round in ["delete", "delete again"] {
                let deleted = world
                    .connector()
                    .delete(&account, delivered, world.ctx())
                    .await;
                wrong.extend(deleted.err().map(|r| format!("{round}: {r:?}")));
            }
        }
        if world.bench.visible() != 0 {
            wrong.push(format!("{} are left", world.bench.visible()));
        }
        let ended = world.connector().sign_out(&account, world.ctx()).await;
        wrong.extend(ended.err().map(|r| format!("sign out: {r:?}")));
        if world.desk.vault.get(ACCOUNT, "session").await != Ok(None) {
            wrong.push("a secret is left in the vault".to_owned());
        }
        self.ran("delete and sign out", wrong);
    }
}
