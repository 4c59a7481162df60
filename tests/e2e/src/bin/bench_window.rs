//! Measures cold start and memory against an empty Tauri window: both from the same build, on the
//! same private desktop, by turns. Prints rows as JSON, one a line.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use e2e::figures::{against, limit, median};
use e2e::stubs::Services;
use e2e::stubs::menu::Menu;
use e2e::{Desk, Program, processes, program, until, windows};

/// Starts of each program.
const STARTS: usize = 11;
/// Memory is looked at this many times.
const LOOKS: usize = 3;
/// How long a program is left alone before its memory counts.
const SETTLE: Duration = Duration::from_secs(4);
/// How often the sign of readiness is looked for.
const GLANCE: Duration = Duration::from_millis(1);

#[tokio::main]
async fn main() -> Result<()> {
    cold_start().await?;
    memory().await
}

/// Which program is started.
#[derive(Clone, Copy)]
enum Which {
    Almanac,
    Empty,
}

impl Which {
    fn start(self, desk: &Desk, args: &[&str]) -> Result<Program> {
        match self {
            Self::Almanac => Program::start(desk, args),
            Self::Empty => Program::spawn(desk, desk.command(program::beside("emptywindow")?)),
        }
    }

    /// How often it has said so far that its page can be used.
    fn times_ready(self, desk: &Desk) -> usize {
        match self {
            Self::Almanac => {
                count_in_logs(&desk.data_folder().join("logs"), "the screen can be used")
            }
            Self::Empty => count(&desk.folder().join("program.log"), "ready"),
        }
    }

    async fn wait_ready(self, desk: &Desk, before: usize) -> Result<()> {
        let deadline = Instant::now() + until::PATIENCE;
        while self.times_ready(desk) <= before {
            anyhow::ensure!(Instant::now() < deadline, "the page never became usable");
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }
}

fn count(file: &Path, words: &str) -> usize {
    std::fs::read_to_string(file).map_or(0, |text| text.matches(words).count())
}

fn count_in_logs(folder: &Path, words: &str) -> usize {
    std::fs::read_dir(folder).map_or(0, |entries| {
        entries
            .flatten()
            .map(|entry| count(&entry.path(), words))
            .sum()
    })
}

async fn cold_start() -> Result<()> {
    let desk = Desk::start().await?;
    // The first start of each makes caches and the database; it is not counted.
    let (mut ours, mut empty) = (vec![], vec![]);
    for round in 0..=STARTS {
        for (which, times) in [(Which::Almanac, &mut ours), (Which::Empty, &mut empty)] {
            let took = one_start(&desk, which).await?;
            if round > 0 {
                times.push(took.as_secs_f64() * 1000.0);
            }
        }
    }
    against(
        "cold start to a usable calendar",
        median(&mut ours),
        "ms",
        ("empty Tauri window", median(&mut empty)),
        1.3,
    );
    Ok(())
}

async fn one_start(desk: &Desk, which: Which) -> Result<Duration> {
    let before = which.times_ready(desk);
    let began = Instant::now();
    let mut program = which.start(desk, &[])?;
    which.wait_ready(desk, before).await?;
    let took = began.elapsed();
    end(&mut program).await?;
    Ok(took)
}

/// Ends a program and everything it started, so that the next start finds nothing of it.
async fn end(program: &mut Program) -> Result<()> {
    let tree = program.tree();
    program.kill().await?;
    until::holds("its processes to end", || async {
        !tree.iter().any(|pid| processes::alive(*pid))
    })
    .await
}

async fn memory() -> Result<()> {
    let (mut open, mut empty, mut hidden, mut closed) = (vec![], vec![], vec![], vec![]);
    for _ in 0..LOOKS {
        let desk = Desk::start().await?;
        let services = Services::start(&desk).await?;
        open.push(with_window(&desk, Which::Almanac).await?);
        empty.push(with_window(&desk, Which::Empty).await?);
        hidden.push(started_hidden(&desk).await?);
        closed.push(used_and_closed(&desk, &services).await?);
    }
    against(
        "memory with the window open",
        median(&mut open),
        "MiB",
        ("empty Tauri window", median(&mut empty)),
        1.3,
    );
    limit(
        "memory in the tray, started hidden",
        median(&mut hidden),
        "MiB",
        60.0,
    );
    limit(
        "memory in the tray, window used and closed",
        median(&mut closed),
        "MiB",
        140.0,
    );
    Ok(())
}

async fn with_window(desk: &Desk, which: Which) -> Result<f64> {
    let before = which.times_ready(desk);
    let mut program = which.start(desk, &[])?;
    which.wait_ready(desk, before).await?;
    settled(&mut program).await
}

async fn started_hidden(desk: &Desk) -> Result<f64> {
    let mut program = Program::start(desk, &["--hidden"])?;
    settled(&mut program).await
}

async fn used_and_closed(desk: &Desk, services: &Services) -> Result<f64> {
    let before = Which::Almanac.times_ready(desk);
    let known = services.items.all().len();
    let mut program = Program::start(desk, &["--hidden"])?;
    let item = until::some("the tray icon", || async {
        services.items.all().get(known).cloned()
    })
    .await?;
    Menu::of(&services.connection, &item)
        .await?
        .choose("Open Almanac")
        .await?;
    Which::Almanac.wait_ready(desk, before).await?;
    windows::wait_visible(desk).await?;
    tokio::time::sleep(SETTLE).await;
    windows::press(desk, "alt+F4").await?;
    windows::wait_gone(desk).await?;
    settled(&mut program).await
}

async fn settled(program: &mut Program) -> Result<f64> {
    tokio::time::sleep(SETTLE).await;
    let mib = processes::memory_mib(&program.tree());
    anyhow::ensure!(program.running(), "the program ended while it was measured");
    end(program).await?;
    Ok(mib)
}
