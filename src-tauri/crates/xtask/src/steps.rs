//! A list of named steps: each runs whatever happened to those it does not need, each is timed.

use std::time::{Duration, Instant};

use anyhow::Result;

/// One thing to check.
pub struct Step {
    /// Short name, also what a person types to run it alone.
    pub name: &'static str,
    /// What it shows when it passes.
    pub about: &'static str,
    /// Steps that must have passed, because this one uses what they make.
    pub needs: &'static [&'static str],
    /// The work.
    pub work: fn() -> Result<()>,
}

#[derive(PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed(String),
    NotRun(String),
}

struct Report {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

/// Runs the steps in order, prints the table and the last line, and says whether all passed.
pub fn run(steps: &[&Step]) -> bool {
    let mut reports: Vec<Report> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        println!(
            "\n=== {}/{} {}: {}",
            index + 1,
            steps.len(),
            step.name,
            step.about
        );
        let began = Instant::now();
        let outcome = match unmet(step, &reports) {
            Some(need) => Outcome::NotRun(format!("needs {need}, which did not pass")),
            None => match (step.work)() {
                Ok(()) => Outcome::Passed,
                Err(error) => Outcome::Failed(format!("{error:#}")),
            },
        };
        let took = began.elapsed();
        match &outcome {
            Outcome::Passed => println!("--- {} passed in {}", step.name, seconds(took)),
            Outcome::Failed(why) => {
                println!("--- {} FAILED in {}: {why}", step.name, seconds(took));
            }
            Outcome::NotRun(why) => println!("--- {} not run: {why}", step.name),
        }
        reports.push(Report {
            name: step.name,
            outcome,
            took,
        });
    }
    summary(&reports)
}

fn unmet(step: &Step, reports: &[Report]) -> Option<&'static str> {
    reports
        .iter()
        .find(|report| step.needs.contains(&report.name) && report.outcome != Outcome::Passed)
        .map(|report| report.name)
}

fn summary(reports: &[Report]) -> bool {
    println!("\n=== Summary");
    for report in reports {
        let (word, why) = match &report.outcome {
            Outcome::Passed => ("passed", ""),
            Outcome::Failed(why) => ("FAILED", why.lines().next().unwrap_or_default()),
            Outcome::NotRun(why) => ("not run", why.as_str()),
        };
        println!(
            "{word:>8} {:>8}  {:<16} {why}",
            seconds(report.took),
            report.name
        );
    }
    let total: Duration = reports.iter().map(|report| report.took).sum();
    println!("{:>8} {:>8}", "", seconds(total));
    let passed = reports
        .iter()
        .filter(|report| report.outcome == Outcome::Passed)
        .count();
    // A step that could not run has shown nothing, so it counts against the whole.
    let failed = reports.len() - passed;
    println!("{passed} passed, {failed} failed");
    failed == 0
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Step = Step {
        name: "good",
        about: "",
        needs: &["bad"],
        work: || Ok(()),
    };
    const FREE: Step = Step {
        name: "free",
        about: "",
        needs: &["good"],
        work: || Ok(()),
    };

    #[test]
    fn a_step_runs_only_when_what_it_needs_has_passed() {
        let failed = |name| Report {
            name,
            outcome: Outcome::Failed(String::new()),
            took: Duration::ZERO,
        };
        assert_eq!(unmet(&GOOD, &[failed("bad")]), Some("bad"));
        assert_eq!(unmet(&FREE, &[failed("bad")]), None);
        // Run alone, what it needs is taken to be there already.
        assert_eq!(unmet(&GOOD, &[]), None);
    }
}
