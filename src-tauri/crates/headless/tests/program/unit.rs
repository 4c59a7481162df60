//! The unit that systemd starts it by.

const UNIT: &str = include_str!("../../../../../packaging/systemd/almanac-server.service");

#[test]
fn ffmpeg_may_run_behind_everything_else_and_nothing_is_killed_for_a_call_it_may_not_make() {
    let lines: Vec<&str> = UNIT.lines().collect();
    let place = |line: &str| lines.iter().position(|l| *l == line);
    // What stands later counts: `nice` needs this one of those that are taken away.
    let (taken, given) = (
        place("SystemCallFilter=~@privileged @resources"),
        place("SystemCallFilter=setpriority"),
    );
    assert!(taken.is_some() && given > taken);
    assert!(place("SystemCallErrorNumber=EPERM").is_some());
}
