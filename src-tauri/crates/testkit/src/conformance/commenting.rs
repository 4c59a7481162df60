//! First comments: whatever goes wrong when one is written, it stands below the post once, or it is said
//! that it does not, and nothing happens to the post.

use std::future::Future;
use std::time::Duration;

use networks::connector::{CommentSeen, Commented, Delivered, Outcome, Refusal};
use sandbox::{Canned, Fault};

use super::cases::{Suite, World};
use super::content::Content;
use super::driver::Log;

/// What is written.
const WORDS: &str = "More of it: https://example.org/more \u{1f389}";
/// Tries and looks after which one that still goes on is a fault of its own.
const MAX_ROUNDS: usize = 8;

/// How a comment ended.
enum Ended {
    Written,
    Refused(Refusal),
    Wrong(String),
}

impl<F, Fut> Suite<F>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Box<dyn super::Bench>>,
{
    pub(super) async fn commenting(&mut self, content: Content) {
        let faults = |canned: Canned| {
            [
                ("", None),
                ("refused", Some(Fault::Answer(canned))),
                ("cut before", Some(Fault::CutBefore)),
                ("cut after", Some(Fault::CutAfter)),
                ("cut in the answer", Some(Fault::CutInAnswer)),
                ("a page after", Some(Fault::AnswerAfter(Canned::page(502)))),
            ]
        };
        let canned = self.world().await.bench.comment_refused();
        for (name, fault) in faults(canned) {
            let wrong = match self.below_a_post(content).await {
                Ok((world, delivered, account)) => {
                    let stays = name != "refused";
                    if let (Some(fault), Some(faults)) = (fault, world.bench.faults()) {
                        faults.order(world.bench.comment_call(), fault);
                    }
                    let ended = written(&world, &account, &delivered).await;
                    judged(&world, ended, stays)
                }
                Err(wrong) => vec![wrong],
            };
            self.ran(&format!("{content:?}, first comment {name}"), wrong);
        }
    }

    async fn below_a_post(
        &self,
        content: Content,
    ) -> Result<(World, Delivered, model::account::Account), String> {
        let world = self.world().await;
        let account = world.account().await.map_err(|r| format!("{r:?}"))?;
        let job = world.job(&account, content);
        let mut log = Log::default();
        match world.connector().publish(&job, &mut log, world.ctx()).await {
            Outcome::Sent(delivered) => Ok((world, delivered, account)),
            other => Err(format!("the post: {other:?}")),
        }
    }
}

/// Drives it as the publisher does.
async fn written(world: &World, account: &model::account::Account, delivered: &Delivered) -> Ended {
    let (connector, clock) = (world.connector(), &world.desk.clock);
    let mut look = false;
    for _ in 0..MAX_ROUNDS {
        if look {
            match connector
                .look_for_comment(account, delivered, WORDS, world.ctx())
                .await
            {
                CommentSeen::There => return Ended::Written,
                CommentSeen::Absent if !world.bench.comments().is_empty() => {
                    return Ended::Wrong("said absent, but it is there".to_owned());
                }
                CommentSeen::Absent => look = false,
                other => return Ended::Wrong(format!("a look told {other:?}")),
            }
            continue;
        }
        match connector
            .comment(account, delivered, WORDS, world.ctx())
            .await
        {
            Commented::Written => return Ended::Written,
            Commented::NotWritten(refusal) if !world.bench.comments().is_empty() => {
                return Ended::Wrong(format!("said certainly not written: {refusal:?}"));
            }
            Commented::NotWritten(refusal) if refusal.retry == model::failure::Retry::Never => {
                return Ended::Refused(refusal);
            }
            Commented::NotWritten(_) => {}
            Commented::Uncertain(_) => look = true,
        }
        clock.pass(Duration::from_mins(2));
    }
    Ended::Wrong("it never ended".to_owned())
}

/// What of it does not hold.
fn judged(world: &World, ended: Ended, stays: bool) -> Vec<String> {
    let mut wrong = vec![];
    match ended {
        Ended::Written if !stays => wrong.push("it was written all the same".to_owned()),
        Ended::Refused(refusal) if stays => wrong.push(format!("it was refused: {refusal:?}")),
        Ended::Refused(refusal) if !refusal.message.ends_with('.') => {
            wrong.push(format!("not a sentence for a person: {}", refusal.message));
        }
        Ended::Written | Ended::Refused(_) => {}
        Ended::Wrong(why) => wrong.push(why),
    }
    let comments = world.bench.comments();
    if comments != vec![WORDS.to_owned(); usize::from(stays)] {
        wrong.push(format!("below the post stands {comments:?}"));
    }
    let (made, visible) = (world.bench.ever_made(), world.bench.visible());
    if (made, visible) != (1, 1) {
        wrong.push(format!("{made} posts were made and {visible} are visible"));
    }
    wrong
}
