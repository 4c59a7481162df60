//! A real server that speaks S3, from a package: it checks signatures, and keeps its files in a folder.

use std::path::{Path, PathBuf};

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The only bucket.
pub const BUCKET: &str = "files";
/// What the key is called.
pub const KEY_ID: &str = "AKIDSANDBOXSANDBOX";
/// Its secret.
pub const SECRET: &str = "the-secret-of-the-storage-key-0123456789";

/// A running server; it stops when it is dropped.
pub struct Storage {
    origin: String,
    root: tempfile::TempDir,
    running: JoinHandle<()>,
}

impl Drop for Storage {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Storage {
    /// Starts a server with an empty bucket.
    pub async fn start() -> std::io::Result<Self> {
        let root = tempfile::tempdir()?;
        std::fs::create_dir(root.path().join(BUCKET))?;
        let files = FileSystem::new(root.path());
        let files = files.map_err(|error| std::io::Error::other(format!("{error:?}")))?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let service = builder.build();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let running = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let connection = Builder::new(TokioExecutor::new());
                    // Whoever called hung up: nobody is there to be told.
                    let _ = connection
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Ok(Self {
            origin,
            root,
            running,
        })
    }

    /// Its address, such as `http://127.0.0.1:4711`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The folder with the files of the bucket.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.root.path().join(BUCKET)
    }

    /// Names of the files in the bucket, with their folders.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        let mut found = vec![];
        list(&self.folder(), "", &mut found);
        found.sort_unstable();
        found
    }
}

fn list(folder: &Path, before: &str, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = format!("{before}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(&entry.path(), &format!("{name}/"), found);
        } else {
            found.push(name);
        }
    }
}
