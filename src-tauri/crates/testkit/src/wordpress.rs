//! A real WordPress in processes of its own: its database and PHP's own web server, on loopback at a free
//! port. They end with the test.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::{Child, Command};

/// How long each of its parts may take to start on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(2);
/// How often is looked whether it did.
const STEP: Duration = Duration::from_millis(50);
/// The author's name.
const AUTHOR: &str = "ana";

/// A running site.
pub struct Site {
    /// Its address, such as `http://127.0.0.1:8080`.
    pub address: String,
    /// An author's name.
    pub user: String,
    /// The author's application password.
    pub password: String,
    reader: reqwest::Client,
    // The web server ends before the database.
    _web: Child,
    _database: Child,
    _data: tempfile::TempDir,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/wordpress")
}

impl Site {
    /// Starts a fresh one. The error is a sentence that says what to do.
    pub async fn start() -> Result<Self, String> {
        let served = folder().join("unpacked/usr/share/wordpress");
        if !served.join("wp-load.php").exists() {
            return Err(
                "WordPress is not there. Run `cargo xtask test`, which fetches it.".to_owned(),
            );
        }
        let data = tempfile::tempdir().map_err(|e| e.to_string())?;
        let uploads = data.path().join("uploads");
        std::fs::create_dir(&uploads).map_err(|e| e.to_string())?;
        let socket = data.path().join("socket");
        let database = database(data.path(), &socket).await?;
        let port = free_port().map_err(|e| e.to_string())?;
        let address = format!("http://127.0.0.1:{port}");
        let php = || {
            let mut php = Command::new("php");
            // What it deprecates is no part of an answer.
            php.args(["-d", "error_reporting=0", "-d", "display_errors=0"])
                .env("ALMANAC_DB_SOCKET", &socket)
                .env("ALMANAC_SITE", &address)
                .env("ALMANAC_UPLOADS", &uploads)
                .stdin(Stdio::null())
                .kill_on_drop(true);
            php
        };
        let mut install = php();
        install.arg(folder().join("install.php")).arg(&served);
        let password = finished(install, "The site was not made").await?;
        let web = php()
            .args(["-S", &format!("127.0.0.1:{port}"), "-t"])
            .arg(&served)
            .arg(folder().join("router.php"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("PHP did not start ({e})."))?;
        until("The site", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        })
        .await?;
        Ok(Self {
            address,
            user: AUTHOR.to_owned(),
            password: password.trim().to_owned(),
            reader: {
                networks::http::choose_cryptography();
                reqwest::Client::builder()
            }
            .no_proxy()
            .build()
            .map_err(|e| e.to_string())?,
            _web: web,
            _database: database,
            _data: data,
        })
    }

    /// The articles that everybody may read, newest first, each with its pictures: as WordPress itself tells
    /// them, of whose own there is one from the start.
    pub async fn articles(&self) -> Result<Vec<Value>, String> {
        let address = format!("{}/?rest_route=/wp/v2/posts&_embed=1", self.address);
        let told = self.file(&address).await?;
        serde_json::from_slice(&told).map_err(|e| format!("The articles cannot be read: {e}."))
    }

    /// What lies at an address of the site, for everybody.
    pub async fn file(&self, address: &str) -> Result<Vec<u8>, String> {
        let read = async {
            let response = self.reader.get(address).send().await?.error_for_status()?;
            response.bytes().await
        };
        let bytes = read.await.map_err(|e| format!("{address}: {e}."))?;
        Ok(bytes.to_vec())
    }
}

/// Makes a database and starts its server.
async fn database(folder: &Path, socket: &Path) -> Result<Child, String> {
    let files = folder.join("database");
    let owner = finished(command("id", &["-un"]), "The user is not known").await?;
    let shared = [
        "--no-defaults".to_owned(),
        format!("--user={}", owner.trim()),
        format!("--datadir={}", files.display()),
    ];
    let mut make = command("mariadb-install-db", &[]);
    make.args(&shared).args([
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--innodb-buffer-pool-size=32M",
    ]);
    finished(make, "The database was not made").await?;
    let first = folder.join("first.sql");
    std::fs::write(&first, "CREATE DATABASE almanac CHARACTER SET utf8mb4;\n")
        .map_err(|e| e.to_string())?;
    let server = command("mariadbd", &[])
        .args(&shared)
        .arg(format!("--socket={}", socket.display()))
        .arg(format!("--pid-file={}", folder.join("pid").display()))
        .arg(format!("--init-file={}", first.display()))
        .args(["--skip-networking", "--innodb-buffer-pool-size=32M"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("MariaDB did not start ({e})."))?;
    until("The database", || {
        std::os::unix::net::UnixStream::connect(socket).is_ok()
    })
    .await?;
    Ok(server)
}

fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        // Servers lie where only the administrator looks.
        .env("PATH", search_path())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

fn search_path() -> std::ffi::OsString {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/sbin:/sbin");
    path
}

/// Runs a command to its end and gives what it printed.
async fn finished(mut command: Command, trouble: &str) -> Result<String, String> {
    let output = command
        .output()
        .await
        .map_err(|e| format!("{trouble}: {e}."))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(format!(
        "{trouble} ({}): {}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    ))
}

async fn until(what: &str, ready: impl Fn() -> bool) -> Result<(), String> {
    let started = async {
        while !ready() {
            tokio::time::sleep(STEP).await;
        }
    };
    tokio::time::timeout(START_LIMIT, started)
        .await
        .map_err(|_| format!("{what} did not start in time."))
}

/// A port that was free a moment ago.
fn free_port() -> std::io::Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}
