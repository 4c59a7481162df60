//! System libraries, through the package manager of Debian and its relatives.

use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::Purpose;
use crate::process;

/// Needed to build and open the window, each with its reason.
const FOR_RUN: &[(&str, &str)] = &[
    (
        "build-essential",
        "the C compiler that SQLite and the linker need",
    ),
    ("pkg-config", "finds the libraries below"),
    ("libwebkit2gtk-4.1-dev", "the web-view"),
    ("libayatana-appindicator3-dev", "the tray icon"),
    ("librsvg2-dev", "icons"),
];

/// Needed by the checks on top of [`FOR_RUN`].
const FOR_TEST: &[(&str, &str)] = &[
    (
        "python3",
        "builds the SQLite of the reference PDS, and runs other programs that speak with the sandboxes",
    ),
    ("python3-venv", "keeps the packages of those apart"),
    ("php-cli", "runs the WordPress of the tests"),
    ("php-mysql", "the same"),
    ("php-gd", "the same"),
    (
        "mariadb-server-core",
        "its database; not a server that runs from then on",
    ),
    ("mariadb-client-core", "the same"),
    ("xvfb", "the virtual display"),
    ("xauth", "access to the virtual display"),
    ("dbus", "the private session bus"),
    ("openbox", "a window manager for the virtual display"),
    ("webkit2gtk-driver", "drives the window"),
    ("xdotool", "real key presses and pointer moves"),
    ("imagemagick", "takes pictures of the window"),
    ("procps", "ends a server of the tests"),
    ("strace", "counts how often the measures wait for the disk"),
    (
        "ffmpeg",
        "changes videos, and makes those of the tests; without it the program leaves videos as they are",
    ),
    (
        "libfaketime",
        "moves the clock of a program that is started, so that weeks go by in a test",
    ),
    ("x11-utils", "looks at windows from outside"),
    ("gnome-keyring", "the keyring that tests unlock"),
    ("desktop-file-utils", "checks the desktop entry"),
    ("fonts-noto-color-emoji", "emoji in screenshots"),
    ("python3-gi", "the window that files are dragged from"),
    ("gir1.2-gtk-3.0", "the same"),
];

fn wanted(purpose: Purpose) -> Vec<(&'static str, &'static str)> {
    let mut list = FOR_RUN.to_vec();
    if purpose == Purpose::Test {
        list.extend_from_slice(FOR_TEST);
    }
    list
}

/// Installs the system packages that are missing, asking first when a person is there.
pub fn ensure(purpose: Purpose) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let wanted = wanted(purpose);
    if !process::exists("dpkg-query") || !process::exists("apt-get") {
        println!(
            "This is not a Debian-like system, so nothing is installed by itself. \
             Please see that these (Debian's names) are there:"
        );
        for (package, reason) in wanted {
            println!("  {package}: {reason}");
        }
        return Ok(());
    }
    let missing = missing(&wanted)?;
    if missing.is_empty() {
        return Ok(());
    }
    println!("{} system packages are missing:", missing.len());
    for (package, reason) in &missing {
        println!("  {package}: {reason}");
    }
    let rights = Rights::of_this_user();
    let by_hand = by_hand(&missing, rights);
    if rights == Rights::None {
        bail!("There is no sudo here, so nothing was installed. {by_hand}");
    }
    if std::io::stdin().is_terminal() && !agrees("Install them with apt-get now?")? {
        bail!("Nothing was installed. {by_hand}");
    }
    install(&missing).context(by_hand)
}

/// How this user may install something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rights {
    Root,
    Sudo,
    /// As on a Debian that was set up with a password for root: no sudo either.
    None,
}

impl Rights {
    fn of_this_user() -> Self {
        if process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0") {
            Self::Root
        } else if process::exists("sudo") {
            Self::Sudo
        } else {
            Self::None
        }
    }
}

/// What a person can do instead.
fn by_hand(packages: &[(&str, &str)], rights: Rights) -> String {
    let names: Vec<&str> = packages.iter().map(|(name, _)| *name).collect();
    let (who, sudo) = match rights {
        Rights::Root => ("", ""),
        Rights::Sudo => ("", "sudo "),
        Rights::None => (" as root", ""),
    };
    format!(
        "To install them by hand{who}: {sudo}apt-get install {}",
        names.join(" ")
    )
}

/// The packages that dpkg does not have as fully installed.
fn missing(wanted: &[(&'static str, &'static str)]) -> Result<Vec<(&'static str, &'static str)>> {
    // dpkg-query fails as a whole when one name is unknown to it, yet still prints the others.
    let out = Command::new("dpkg-query")
        .args([
            "--show",
            "--showformat=${binary:Package} ${db:Status-Status}\n",
        ])
        .args(wanted.iter().map(|(name, _)| name))
        .stdin(Stdio::null())
        .output()
        .context("dpkg-query could not be started")?;
    Ok(not_installed(wanted, &String::from_utf8_lossy(&out.stdout)))
}

fn not_installed(
    wanted: &[(&'static str, &'static str)],
    listing: &str,
) -> Vec<(&'static str, &'static str)> {
    let installed: Vec<&str> = listing
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .map(|name| name.split(':').next().unwrap_or(name))
        .collect();
    wanted
        .iter()
        .filter(|(name, _)| !installed.contains(name))
        .copied()
        .collect()
}

fn agrees(question: &str) -> Result<bool> {
    print!("{question} [Y/n] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(
        answer.trim().to_lowercase().as_str(),
        "" | "y" | "yes"
    ))
}

fn install(packages: &[(&str, &str)]) -> Result<()> {
    process::run(apt().arg("update"))?;
    process::run(
        apt()
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages.iter().map(|(name, _)| name)),
    )
}

/// apt-get that never asks, through sudo unless we are root.
pub fn apt() -> Command {
    let mut command = if Rights::of_this_user() == Rights::Root {
        process::command("env")
    } else {
        let mut sudo = process::command("sudo");
        sudo.arg("env");
        sudo
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_do_by_hand_fits_the_rights_there_are() {
        let of = |rights| by_hand(&[("a", ""), ("b", "")], rights);
        assert!(of(Rights::Root).ends_with("by hand: apt-get install a b"));
        assert!(of(Rights::Sudo).ends_with("by hand: sudo apt-get install a b"));
        assert!(of(Rights::None).ends_with("by hand as root: apt-get install a b"));
    }

    #[test]
    fn a_package_that_is_only_half_there_counts_as_missing() {
        let wanted = [("a", ""), ("b", ""), ("c", ""), ("d", "")];
        let listing = "a installed\nb:amd64 installed\nc config-files\n";
        assert_eq!(not_installed(&wanted, listing), [("c", ""), ("d", "")]);
    }
}
