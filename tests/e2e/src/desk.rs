//! One private desktop: display, session bus, window manager and, if wanted, an open keyring.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::{opener, shots, until};

/// A session bus that starts nothing by itself: on an ordinary one the first window wakes portals,
/// a locked keyring and more, and tests then race with those.
const BUS_CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// How a desktop is to be.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// The desktop prefers dark.
    pub dark: bool,
    /// There is a keyring, and it is unlocked.
    pub keyring: bool,
}

/// A running private desktop. Everything it started ends with it.
pub struct Desk {
    folder: TempDir,
    display: String,
    bus: String,
    look: Look,
    // Set for every command besides what each gets.
    settings: Vec<(&'static str, String)>,
    pub(crate) keyring: Option<u32>,
    // In the order of starting; ended in the reverse order.
    children: Vec<Child>,
}

impl Desk {
    /// Starts a plain light desktop without a keyring.
    pub async fn start() -> Result<Self> {
        Self::start_as(Look::default()).await
    }

    /// Starts a desktop.
    pub async fn start_as(look: Look) -> Result<Self> {
        let folder = TempDir::with_prefix("almanac-desk-")?;
        for name in [
            "home",
            "run",
            "data",
            "config",
            "cache",
            "state",
            "program-data",
            "bin",
        ] {
            std::fs::create_dir(folder.path().join(name))?;
        }
        private(&folder.path().join("run"))?;
        opener::install(folder.path())?;
        let mut desk = Self {
            folder,
            display: String::new(),
            bus: String::new(),
            look,
            settings: vec![],
            keyring: None,
            children: vec![],
        };
        desk.start_display().await?;
        desk.start_bus().await?;
        desk.start_window_manager().await?;
        if look.keyring {
            desk.start_keyring().await?;
        }
        Ok(desk)
    }

    /// A folder of this desktop, for whatever a test needs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder that the program gets on this desktop.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        self.folder.path().join("program-data")
    }

    /// Has every command from now on run with this in its environment.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.settings.push((name, value.into()));
    }

    /// Name of the virtual display.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Address of the private bus, which also plays the system bus.
    #[must_use]
    pub fn bus_address(&self) -> &str {
        &self.bus
    }

    /// A connection to the private bus.
    pub async fn bus(&self) -> Result<zbus::Connection> {
        Ok(zbus::connection::Builder::address(self.bus.as_str())?
            .build()
            .await?)
    }

    /// A command that runs on this desktop and dies with its handle.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let at = |name: &str| self.folder.path().join(name);
        let mut command = Command::new(program);
        command
            .kill_on_drop(true)
            .stdin(Stdio::null())
            .env("HOME", at("home"))
            .env("XDG_RUNTIME_DIR", at("run"))
            .env("XDG_DATA_HOME", at("data"))
            .env("XDG_CONFIG_HOME", at("config"))
            .env("XDG_CACHE_HOME", at("cache"))
            .env("XDG_STATE_HOME", at("state"))
            .env("ALMANAC_DATA_DIR", self.data_folder())
            .env("PATH", opener::path(self.folder.path()))
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("DBUS_SYSTEM_BUS_ADDRESS", &self.bus)
            .env_remove("WAYLAND_DISPLAY")
            .env("GDK_BACKEND", "x11")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("NO_AT_BRIDGE", "1")
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC");
        if self.look.dark {
            command.env("GTK_THEME", "Adwaita:dark");
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    fn log(&self, name: &str) -> Result<File> {
        Ok(File::create(
            self.folder.path().join(format!("{name}.log")),
        )?)
    }

    async fn start_display(&mut self) -> Result<()> {
        // With `-displayfd 1` the server picks a free number and prints it.
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1400x1000x24",
                "-nolisten",
                "tcp",
            ])
            .arg("-noreset")
            .kill_on_drop(true)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(self.log("display")?)
            .spawn()
            .context("Xvfb could not be started (package xvfb)")?;
        self.display = format!(":{}", first_line(&mut server).await?);
        self.children.push(server);
        Ok(())
    }

    async fn start_bus(&mut self) -> Result<()> {
        let config = self.folder.path().join("bus.conf");
        std::fs::write(&config, BUS_CONFIG)?;
        let mut bus = self
            .command("dbus-daemon")
            .arg("--config-file")
            .arg(&config)
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(self.log("bus")?)
            .spawn()
            .context("dbus-daemon could not be started (package dbus)")?;
        self.bus = first_line(&mut bus).await?;
        self.children.push(bus);
        Ok(())
    }

    async fn start_window_manager(&mut self) -> Result<()> {
        let manager = self
            .command("openbox")
            .stdout(Stdio::null())
            .stderr(self.log("window-manager")?)
            .spawn()
            .context("openbox could not be started (package openbox)")?;
        self.children.push(manager);
        until::holds("the window manager", || async {
            self.command("xprop")
                .args(["-root", "_NET_SUPPORTING_WM_CHECK"])
                .output()
                .await
                .is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains("window id"))
        })
        .await
    }

    /// Starts a keyring that is unlocked, such as in the place of one that was stopped.
    pub async fn start_keyring(&mut self) -> Result<()> {
        let mut keyring = self
            .command("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(self.log("keyring")?)
            .spawn()
            .context("gnome-keyring-daemon could not be started (package gnome-keyring)")?;
        if let Some(mut input) = keyring.stdin.take() {
            use tokio::io::AsyncWriteExt;
            // The line end is the password; with no password at all no keyring is made.
            input.write_all(b"\n").await?;
        }
        self.keyring = keyring.id();
        self.children.push(keyring);
        let bus = self.bus().await?;
        until::holds("the keyring", || has_owner(&bus, "org.freedesktop.secrets")).await
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        shots::keep_logs(self.folder.path());
        for child in self.children.iter_mut().rev() {
            let _ = child.start_kill();
        }
    }
}

async fn first_line(child: &mut Child) -> Result<String> {
    let output = child.stdout.take().context("the output is not a pipe")?;
    let mut line = String::new();
    tokio::time::timeout(until::PATIENCE, BufReader::new(output).read_line(&mut line)).await??;
    let line = line.trim().to_owned();
    anyhow::ensure!(!line.is_empty(), "it ended before it said where it listens");
    Ok(line)
}

fn private(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    Ok(())
}

/// Whether anybody has this name on the bus.
pub async fn has_owner(bus: &zbus::Connection, name: &str) -> bool {
    let ask = async {
        let proxy = zbus::fdo::DBusProxy::new(bus).await?;
        let name = zbus::names::BusName::try_from(name)?;
        Ok::<_, zbus::Error>(proxy.name_has_owner(name).await?)
    };
    ask.await.unwrap_or(false)
}

/// Writes a text file below the desktop's folder and gives its path.
pub fn write(desk: &Desk, name: &str, text: &str) -> Result<PathBuf> {
    let path = desk.folder().join(name);
    File::create(&path)?.write_all(text.as_bytes())?;
    Ok(path)
}
