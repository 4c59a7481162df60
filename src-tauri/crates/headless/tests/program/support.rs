//! The program on a folder of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;

use serde_json::Value;
use tempfile::TempDir;
use testkit::moved_clock::MovedClock;
use testkit::patience::PATIENCE;

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_almanac-server");

/// What one run of the program said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// The answer of a run that went well.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }

    /// The same in JSON.
    #[track_caller]
    pub fn json(self) -> Value {
        serde_json::from_str(&self.ok()).unwrap()
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A data folder, and what the program is told of the world.
pub struct Home {
    dir: TempDir,
    networks: String,
    /// What is set besides.
    more: Vec<(&'static str, String)>,
}

impl Home {
    /// A fresh one.
    pub fn new() -> Self {
        Self::with_networks(String::new())
    }

    /// The same with servers that play networks.
    pub fn with_networks(networks: String) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("key"), "correct horse battery\n").unwrap();
        Self {
            dir,
            networks,
            more: Vec::new(),
        }
    }

    /// Has the program go by a clock that the test moves.
    pub fn going_by(mut self, clock: &MovedClock) -> Self {
        self.more.extend(clock.variables());
        self
    }

    /// A file beside the data folder.
    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    /// The data folder.
    pub fn data(&self) -> std::path::PathBuf {
        self.path("data")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(words)
            .env_clear()
            .env("HOME", self.dir.path())
            .env("TZ", "Europe/Berlin")
            .env("ALMANAC_DATA_DIR", self.data())
            .env("ALMANAC_SECRET_KEY_FILE", self.path("key"))
            .env("ALMANAC_NETWORKS", &self.networks)
            .envs(self.more.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, words: &[&str]) -> Said {
        self.run_with(words, &[], "")
    }

    /// The same with more variables and something to read.
    pub fn run_with(&self, words: &[&str], variables: &[(&str, &str)], input: &str) -> Said {
        let mut command = self.command(words);
        command.envs(variables.iter().copied());
        command.stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may have ended without reading.
        child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
        child.wait_with_output().unwrap().into()
    }

    /// Runs the program while nobody reads what it answers; the code it ended with.
    pub fn run_unread(&self, words: &[&str]) -> i32 {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = self.command(words);
        command.stdout(writer).stderr(Stdio::null());
        command.status().unwrap().code().unwrap_or(-1)
    }

    /// Starts to serve at any port.
    pub fn serve(&self, more: &[&str]) -> Serving {
        let mut words = vec!["serve", "--port", "0"];
        words.extend(more);
        Serving::start(self.command(&words))
    }

    /// Makes an owner's key.
    pub fn key(&self) -> String {
        let made = self
            .run(&["keys", "create", "Test", "--role", "owner"])
            .ok();
        made.trim().to_owned()
    }
}

/// The program as it serves.
pub struct Serving {
    child: Child,
    /// Where it listens on this computer.
    pub base: String,
    pub http: reqwest::Client,
    lines: mpsc::Receiver<String>,
}

impl Serving {
    fn start(mut command: Command) -> Self {
        networks::http::choose_cryptography();
        let mut child = command.spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (say, lines) = mpsc::channel();
        // Read to the end, or the program would wait for somebody to read.
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = say.send(line);
            }
        });
        let mut serving = Self {
            child,
            base: String::new(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            lines,
        };
        let first = serving.line_with("Almanac listens at ");
        serving.base.push_str(first.rsplit(' ').next().unwrap());
        serving
    }

    /// Waits for a line that holds this.
    #[track_caller]
    pub fn line_with(&mut self, words: &str) -> String {
        let mut before = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if line.contains(words) => return line,
                Ok(line) => before.push(line),
                Err(error) => panic!("no line with {words}: {error}\n{}", before.join("\n")),
            }
        }
    }

    /// Sends a signal and waits for the end; the code it ended with.
    pub fn end(&mut self, signal: rustix::process::Signal) -> i32 {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, signal).unwrap();
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    /// Where the port is that it listens at.
    pub fn port(&self) -> u16 {
        self.base.rsplit(':').next().unwrap().parse().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A screen that was built.
pub fn built_screen(folder: &Path) {
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    std::fs::write(
        folder.join("index.html"),
        "<!doctype html><title>Almanac</title>",
    )
    .unwrap();
    std::fs::write(folder.join("assets/a-1.js"), "export {};").unwrap();
}
