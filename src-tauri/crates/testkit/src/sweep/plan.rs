//! Which points are swept.

use sandbox::wire::{Cut, Manner, Traffic, Way};
use sandbox::{Canned, Fault};

/// Bytes before the place where a call was seen in which its head lies.
const BEFORE: u64 = 1_500;
/// Bytes after it in which its body begins.
const AFTER: u64 = 400;
/// Of a hundred points on the wire, so many end the process twice…
const TWICE: usize = 12;
/// … and lie in the first bytes of each way, since the next life says less.
const FIRST: u64 = 1_500;
/// Of a hundred others, so many lie on what arrives around heads and ends of calls…
const NEAR: usize = 50;
/// … so many anywhere in what arrives; the rest lies on the answers.
const ANYWHERE: usize = 15;

/// A point at which a delivery is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Point {
    /// Nowhere.
    Nothing,
    /// On the connection: it closes, or the process ends.
    Wire(Cut),
    /// On the connection, and again at the same byte of the next life.
    Twice(Cut),
    /// The process ends before or after it records this step, counted from 0.
    Step {
        /// Which.
        number: usize,
        /// After it was recorded.
        after: bool,
    },
    /// This call, counted from 0, goes wrong.
    Call {
        /// Which.
        number: usize,
        /// How.
        wrong: Wrong,
    },
}

/// How a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wrong {
    /// The connection closes before the call is looked at.
    CutBefore,
    /// It has its effect, and the connection closes.
    CutAfter,
    /// It has its effect, and half of the answer comes.
    CutInAnswer,
    /// The server has trouble, and it has no effect.
    ErrorBefore,
    /// It has its effect, and the server says that it has trouble.
    ErrorAfter,
    /// It has its effect, and no answer ever comes.
    SilentAfter,
}

impl Wrong {
    const ALL: [Self; 6] = [
        Self::CutBefore,
        Self::CutAfter,
        Self::CutInAnswer,
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::SilentAfter,
    ];

    /// As the sandbox knows it.
    #[must_use]
    pub fn fault(self) -> Fault {
        match self {
            Self::CutBefore => Fault::CutBefore,
            Self::CutAfter => Fault::CutAfter,
            Self::CutInAnswer => Fault::CutInAnswer,
            Self::ErrorBefore => Fault::Answer(Canned::page(503)),
            Self::ErrorAfter => Fault::AnswerAfter(Canned::page(503)),
            Self::SilentAfter => Fault::SilentAfter,
        }
    }
}

/// At most about so many points for a delivery with this traffic and so many records of steps: all steps
/// and all calls where there is room for them, and of the bytes as many as are left over.
pub fn plan(traffic: &Traffic, steps: usize, points: usize) -> Vec<Point> {
    let mut all: Vec<Point> = (0..steps)
        .flat_map(|number| [false, true].map(|after| Point::Step { number, after }))
        .collect();
    let calls = 0..traffic.calls.len();
    all.extend(calls.flat_map(|number| Wrong::ALL.map(|wrong| Point::Call { number, wrong })));
    if all.len() >= points {
        return spread(&all, points);
    }
    let left = points - all.len();
    let twice = left * TWICE / 100;
    all.extend(first(traffic, twice).into_iter().map(|(way, after)| {
        let manner = Manner::Hold;
        Point::Twice(Cut { way, after, manner })
    }));
    let places = places(traffic, (left - twice) / 2);
    for manner in [Manner::Close, Manner::Hold] {
        all.extend(
            places
                .iter()
                .map(|&(way, after)| Point::Wire(Cut { way, after, manner })),
        );
    }
    all
}

/// So many places in the first bytes of each way.
fn first(traffic: &Traffic, count: usize) -> Vec<(Way, u64)> {
    let arriving = (0..traffic.received.min(FIRST)).map(|at| (Way::In, at));
    let answers = (0..traffic.sent.min(FIRST)).map(|at| (Way::Out, at));
    let all: Vec<(Way, u64)> = arriving.chain(answers).collect();
    spread(&all, count)
}

/// About so many places on the wire. Where calls begin and end much is decided and every byte counts;
/// the middle of a file is like the rest of it.
fn places(traffic: &Traffic, count: usize) -> Vec<(Way, u64)> {
    let heads = traffic.calls.iter().map(|call| call.received);
    let ends = heads.chain([traffic.received + BEFORE]);
    let mut near: Vec<u64> = ends
        .flat_map(|at| at.saturating_sub(BEFORE)..at + AFTER)
        .filter(|at| *at < traffic.received)
        .collect();
    near.sort_unstable();
    near.dedup();
    let near = spread(&near, count * NEAR / 100);
    let anywhere = (count * ANYWHERE / 100) as u64;
    let mut arriving: Vec<u64> = (0..anywhere)
        .map(|n| traffic.received * n / anywhere)
        .chain(near)
        .collect();
    arriving.sort_unstable();
    arriving.dedup();
    let answers: Vec<u64> = (0..traffic.sent).collect();
    let rest = count.saturating_sub(arriving.len());
    let answers = spread(&answers, rest);
    let arriving = arriving.into_iter().map(|at| (Way::In, at));
    arriving
        .chain(answers.into_iter().map(|at| (Way::Out, at)))
        .collect()
}

/// So many of them, evenly; all where there are fewer.
fn spread<T: Copy>(all: &[T], count: usize) -> Vec<T> {
    if all.len() <= count {
        return all.to_vec();
    }
    (0..count).map(|n| all[n * all.len() / count]).collect()
}

#[cfg(test)]
mod tests {
    use sandbox::wire::Seen;

    use super::*;

    #[test]
    fn every_step_and_call_is_in_the_plan_and_the_bytes_are_spread_over_the_rest() {
        let call = |received| Seen {
            name: String::new(),
            received,
        };
        let traffic = Traffic {
            received: 300_000,
            sent: 900,
            calls: [500, 299_000].map(call).into(),
        };
        let all = plan(&traffic, 3, 418);
        let steps = all.iter().filter(|p| matches!(p, Point::Step { .. }));
        assert_eq!(steps.count(), 6);
        let calls = all.iter().filter(|p| matches!(p, Point::Call { .. }));
        assert_eq!(calls.count(), 12);
        let on_the_wire: Vec<&Cut> = all
            .iter()
            .filter_map(|p| match p {
                Point::Wire(cut) => Some(cut),
                _ => None,
            })
            .collect();
        let twice = all.iter().filter(|p| matches!(p, Point::Twice(_)));
        assert_eq!(twice.count(), 48);
        assert!(
            (340..=400).contains(&on_the_wire.len()),
            "{}",
            on_the_wire.len()
        );
        let near = |cut: &&&Cut| cut.way == Way::In && (cut.after < 900 || cut.after > 297_000);
        assert!(on_the_wire.iter().filter(near).count() >= 170);
        assert!(on_the_wire.iter().any(|c| c.way == Way::In && c.after == 0));
        assert!(
            on_the_wire
                .iter()
                .any(|c| c.way == Way::Out && c.after == 0)
        );
        let middle = |cut: &&&Cut| cut.way == Way::In && (10_000..290_000).contains(&cut.after);
        assert!(on_the_wire.iter().filter(middle).count() >= 40);
    }
}
