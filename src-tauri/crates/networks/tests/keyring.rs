//! The vault over a real keyring: an unlocked one, and none at all.
//!
//! A process has one session bus, so each case runs in a process of its own: the test below starts
//! this very program again inside a private session.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::path::Path;
use std::process::{Command, Stdio};

use model::AccountId;
use networks::vault::keyring::KeyringVault;
use networks::vault::{Secret, Vault, VaultError};
use uuid::Uuid;

const ACCOUNT: AccountId = AccountId(Uuid::from_u128(5));
const SERVICE: &str = "almanac-test";

/// A bus on which nothing starts by itself.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>"#;

/// A newline is the passphrase; with no bytes at all the daemon makes no keyring.
const UNLOCKED: &str = r#"
printf '\n' | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 &
keyring=$!
"$0" --exact --ignored an_unlocked_keyring_keeps_secrets
result=$?
kill $keyring
exit $result"#;

/// A command that shares nothing with the desktop of whoever runs the tests.
fn apart(program: &str, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("HOME", home).stdin(Stdio::null());
    for (name, place) in [("XDG_RUNTIME_DIR", "run"), ("XDG_DATA_HOME", "data")] {
        let place = home.join(place);
        std::fs::create_dir_all(&place).unwrap();
        command.env(name, place);
    }
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command
}

fn passes(mut command: Command) {
    let output = command.output().unwrap_or_else(|error| {
        panic!("No session started ({error}). Run `cargo xtask test`, which installs dbus.")
    });
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}{output:?}"
    );
}

#[test]
fn secrets_go_to_the_keyring_of_the_session() {
    let home = tempfile::tempdir().unwrap();
    let bus = home.path().join("bus.conf");
    std::fs::write(&bus, BUS).unwrap();
    let mut session = apart("dbus-run-session", home.path());
    session
        .arg("--config-file")
        .arg(bus)
        .args(["--", "sh", "-c", UNLOCKED]);
    session.arg(std::env::current_exe().unwrap());
    passes(session);
}

#[test]
fn a_computer_without_a_keyring_says_so() {
    let home = tempfile::tempdir().unwrap();
    let mut alone = apart(
        std::env::current_exe().unwrap().to_str().unwrap(),
        home.path(),
    );
    alone.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    alone.args(["--exact", "--ignored", "no_session_no_keyring"]);
    passes(alone);
}

#[tokio::test]
#[ignore = "runs inside the session that another test starts"]
async fn an_unlocked_keyring_keeps_secrets() {
    let vault = KeyringVault::new(SERVICE).unwrap();
    // The daemon was started a moment ago; asking takes long enough to pace the loop.
    let mut state = vault.state().await;
    for _ in 0..2_000 {
        if state.is_ok() {
            break;
        }
        state = vault.state().await;
    }
    assert_eq!(state, Ok(()));
    let long = Secret::new("t".repeat(8_000));
    vault.set(ACCOUNT, "session", &long).await.unwrap();
    // Another opening of the same keyring, as after a restart.
    let again = KeyringVault::new(SERVICE).unwrap();
    assert_eq!(again.get(ACCOUNT, "session").await, Ok(Some(long)));
    assert_eq!(again.get(ACCOUNT, "other").await, Ok(None));
    again.forget(ACCOUNT, "session").await.unwrap();
    again.forget(ACCOUNT, "session").await.unwrap();
    assert_eq!(vault.get(ACCOUNT, "session").await, Ok(None));
}

#[tokio::test]
#[ignore = "runs without a session, started by another test"]
async fn no_session_no_keyring() {
    let vault = KeyringVault::new(SERVICE).unwrap();
    assert_eq!(vault.state().await, Err(VaultError::Absent));
    assert_eq!(vault.get(ACCOUNT, "session").await, Err(VaultError::Absent));
    let set = vault.set(ACCOUNT, "session", &Secret::new("x")).await;
    assert_eq!(set, Err(VaultError::Absent));
}
