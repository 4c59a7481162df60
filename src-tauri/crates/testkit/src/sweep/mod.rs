//! Crash points, swept: for every network and every kind of post the connection is cut at byte after
//! byte, the process ends at byte after byte and around every step it records, and every call fails in
//! every way that hides whether it worked. Each point is a life of its own: the real publisher over
//! the real store sends to a fresh sandbox, is interrupted there (and at some points in its next life
//! again), starts once more on the same data where it had ended, and goes on until nothing is left to
//! do. Then the sandbox is counted.
//!
//! A post that is there twice, or is not there although nobody was asked, is a fault.
//!
//! Losing power in the middle of a commit is what the crate `powercut` tests; here the disk keeps what
//! was written.

mod case;
mod plan;
mod site;
mod through;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::conformance::{Content, EVERY, Stand};

pub use case::{Ending, Run};
pub use plan::{Point, Wrong};
pub use site::Site;

/// Whatever stopped a sweep.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How much is swept.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Points over all networks, about.
    pub points: usize,
    /// Points that are tried at the same time.
    pub workers: usize,
}

/// What became of the points of a network.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Points that were reached.
    pub points: usize,
    /// Of them ended as a question to the person.
    pub asked: usize,
    /// What was on the network more than once.
    pub twice: Vec<String>,
    /// What was not there although nobody was asked.
    pub lost: Vec<String>,
}

impl Tally {
    /// Adds another one.
    pub fn add(&mut self, other: Self) {
        self.points += other.points;
        self.asked += other.asked;
        self.twice.extend(other.twice);
        self.lost.extend(other.lost);
    }

    fn count(&mut self, run: &Run, words: &str) {
        self.points += 1;
        self.asked += usize::from(run.asked);
        match &run.ending {
            Ending::Once | Ending::Asked => {}
            Ending::Twice(what) => self.twice.push(format!("{words}: {what}")),
            Ending::Lost(what) => self.lost.push(format!("{words}: {what}")),
        }
    }
}

/// Where the data lie: in memory where the system has a folder for that, since a sweep waits for
/// nothing as long as for the disk.
pub(crate) fn scratch() -> std::io::Result<tempfile::TempDir> {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir()
        && let Ok(folder) = tempfile::tempdir_in(memory)
    {
        return Ok(folder);
    }
    tempfile::tempdir()
}

/// Sweeps every network, and gives what became of it by network.
pub fn sweep(wanted: Wanted) -> Result<BTreeMap<&'static str, Tally>, Failure> {
    let jobs = jobs()?;
    let share = wanted.points.div_ceil(jobs.len().max(1));
    let (next, tallies) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let work = || -> Result<(), Failure> {
        while let Some((stand, content)) = jobs.get(next.fetch_add(1, Ordering::SeqCst)) {
            let site = Site::new(*stand, *content)?;
            let tally = swept(&site, share)?;
            println!(
                "{site}: {} points, {} asked, {} twice, {} lost",
                tally.points,
                tally.asked,
                tally.twice.len(),
                tally.lost.len()
            );
            let mut all = tallies.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(stand.name)
                .or_insert_with(Tally::default)
                .add(tally);
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..wanted.workers).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| match worker.join() {
            Ok(ended) => ended,
            Err(_) => Err(Failure::from("a worker of the sweep died")),
        });
        ended.collect::<Result<(), Failure>>()
    })?;
    Ok(tallies.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Every network with every kind of post it takes.
fn jobs() -> Result<Vec<(Stand, Content)>, Failure> {
    let runtime = tokio::runtime::Runtime::new()?;
    let mut jobs = Vec::new();
    for stand in EVERY {
        let entry = runtime.block_on((stand.start)()).entry();
        let kinds = Content::ALL.into_iter().filter(|kind| kind.fits(&entry));
        jobs.extend(kinds.map(|kind| (*stand, kind)));
    }
    Ok(jobs)
}

/// About so many points of one network with one kind of post.
fn swept(site: &Site, points: usize) -> Result<Tally, Failure> {
    let well = site.run(Point::Nothing)?;
    let mut tally = Tally::default();
    tally.count(&well, &format!("{site}, without any trouble"));
    for point in plan::plan(&well.traffic, well.log_calls, points) {
        let run = site.run(point)?;
        if run.reached {
            tally.count(&run, &format!("{site}, {point:?}"));
        }
    }
    Ok(tally)
}

/// What one post of each kind costs on each network, without any trouble.
pub fn costs() -> Result<Vec<(&'static str, Content, Run)>, Failure> {
    let mut all = Vec::new();
    for (stand, content) in jobs()? {
        all.push((
            stand.name,
            content,
            Site::new(stand, content)?.run(Point::Nothing)?,
        ));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use model::failure::Retry;
    use networks::connector::{Delivered, Outcome, Refusal};

    use super::*;

    #[test]
    fn a_share_of_the_crash_points_leaves_every_post_there_once_or_asked_about() {
        let wanted = Wanted {
            points: 400,
            workers: 4,
        };
        let mut all = Tally::default();
        for tally in sweep(wanted).unwrap().into_values() {
            all.add(tally);
        }
        assert_eq!(all.twice, Vec::<String>::new(), "on the network twice");
        assert_eq!(all.lost, Vec::<String>::new(), "lost without a word");
        assert!(all.points >= 300, "only {} points were reached", all.points);
    }

    fn site(name: &str, content: Content) -> Site {
        let stand = EVERY.iter().find(|stand| stand.name == name).unwrap();
        Site::new(*stand, content).unwrap()
    }

    #[test]
    fn what_is_handed_over_lies_ready_once_and_is_asked_about_wherever_it_is_interrupted() {
        let tally = swept(&site("Hand-off", Content::Pictures), 60).unwrap();
        assert_eq!(tally.twice, Vec::<String>::new());
        assert_eq!(tally.lost, Vec::<String>::new());
        // Without trouble, and before and after each of its two records.
        assert_eq!((tally.points, tally.asked), (5, 5));
    }

    fn telegram(told: fn(Outcome) -> Outcome) -> Tally {
        let mut site = site("Telegram", Content::Text);
        site.told = told;
        swept(&site, 60).unwrap()
    }

    #[test]
    fn a_connector_that_calls_an_unknown_outcome_not_sent_is_found_out() {
        let tally = telegram(|outcome| match outcome {
            Outcome::Uncertain(refusal) => Outcome::NotSent(Refusal {
                retry: Retry::Backoff,
                ..refusal
            }),
            other => other,
        });
        assert!(!tally.twice.is_empty(), "{tally:?}");
    }

    #[test]
    fn a_connector_that_says_sent_of_what_was_not_is_found_out() {
        let tally = telegram(|outcome| match outcome {
            Outcome::NotSent(_) | Outcome::Uncertain(_) => Outcome::Sent(Delivered {
                remote_id: "somewhere".to_owned(),
                url: None,
                remote: serde_json::json!({}),
            }),
            other => other,
        });
        assert!(!tally.lost.is_empty(), "{tally:?}");
    }
}
