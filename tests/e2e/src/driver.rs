//! The window under a driver: `WebKitWebDriver` starts the program and takes orders for its page.

use std::net::TcpListener;

use anyhow::{Context, Result};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::process::Child;

use crate::{Desk, desk, processes, program, until};

/// What the program's only instance is called on the bus.
const INSTANCE: &str = "org.almanac.Almanac.SingleInstance";

/// A program with its window, driven.
pub struct Session {
    /// Orders for the page.
    pub client: Client,
    driver: Child,
    driver_pid: u32,
    bus: zbus::Connection,
    /// Where its window is shown.
    pub(crate) display: String,
}

impl Session {
    /// Starts the program and waits until its page can be used.
    pub async fn open(desk: &Desk) -> Result<Self> {
        Self::open_with(desk, &[]).await
    }

    /// Starts the program with arguments and waits until its page can be used.
    pub async fn open_with(desk: &Desk, args: &[&str]) -> Result<Self> {
        let session = Self::connect(desk, &program::path()?.to_string_lossy(), args).await?;
        session.ready().await?;
        Ok(session)
    }

    /// The same with more in the environment of the program alone.
    pub async fn open_under(desk: &Desk, variables: &[(&str, String)]) -> Result<Self> {
        let program = program::path()?.to_string_lossy().into_owned();
        let set = variables
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let words: Vec<String> = set.chain([program]).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let session = Self::connect(desk, "/usr/bin/env", &words).await?;
        session.ready().await?;
        Ok(session)
    }

    /// Starts any Tauri program.
    pub async fn connect(desk: &Desk, binary: &str, args: &[&str]) -> Result<Self> {
        let port = free_port()?;
        let bus = desk.bus().await?;
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(desk.folder().join("program.log"))?;
        let driver = desk
            .command("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("WebKitWebDriver could not be started (package webkit2gtk-driver)")?;
        let driver_pid = driver.id().context("the driver has a number")?;
        until::holds("the driver's port", || async {
            tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_ok()
        })
        .await?;
        let capabilities = json!({"webkitgtk:browserOptions": {"binary": binary, "args": args}});
        let capabilities = capabilities.as_object().cloned().unwrap_or_default();
        // Without a time-out this waits for ever when the program ends at once, as it does when it
        // finds another instance of itself.
        let client = tokio::time::timeout(
            until::PATIENCE,
            ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities)
                .connect(&format!("http://127.0.0.1:{port}")),
        )
        .await
        .context("the program opened no window that can be driven")??;
        Ok(Self {
            client,
            driver,
            driver_pid,
            bus,
            display: desk.display().to_owned(),
        })
    }

    /// Waits until the page says that it can be used.
    pub async fn ready(&self) -> Result<()> {
        self.client
            .wait()
            .at_most(until::PATIENCE)
            .for_element(Locator::Css("body[data-ready]"))
            .await?;
        Ok(())
    }

    /// The program's process.
    pub fn program_pid(&self) -> Result<u32> {
        processes::children(self.driver_pid)
            .first()
            .copied()
            .context("the driver has started no program")
    }

    /// Runs a script whose last argument is the function to call with the result.
    pub async fn script(&self, body: &str, args: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute_async(body, args).await?)
    }

    /// Calls a command of the program as the page does. An error comes back as an error.
    pub async fn call(&self, name: &str, input: Value) -> Result<Value> {
        let answer = self
            .script(
                "const [name, input, done] = arguments;
                 window.__TAURI__.core.invoke('call', { name, input })
                   .then((ok) => done({ ok }), (error) => done({ error }));",
                vec![json!(name), input],
            )
            .await?;
        match answer.get("error") {
            Some(error) if !error.is_null() => anyhow::bail!("{name}: {error}"),
            _ => Ok(answer.get("ok").cloned().unwrap_or(Value::Null)),
        }
    }

    /// Switches to the window that is there now, after the old one was destroyed and made again.
    pub async fn switch_to_only_window(&self) -> Result<()> {
        let handles = until::some("a window", || async {
            self.client
                .windows()
                .await
                .ok()
                .filter(|handles| handles.len() == 1)
        })
        .await?;
        if let Some(handle) = handles.into_iter().next() {
            self.client.switch_to_window(handle).await?;
        }
        Ok(())
    }

    /// Ends the program and the driver. The driver answers before the program is gone, so a test
    /// that goes on at once could find the old instance: wait for the process, then stop the driver.
    pub async fn close(self) -> Result<()> {
        let programs = processes::children(self.driver_pid);
        self.client.clone().close().await?;
        self.finish(&programs).await
    }

    /// Kills the program and everything it started, as a power cut would, then ends the driver.
    pub async fn kill(self) -> Result<()> {
        let programs = processes::children(self.driver_pid);
        for pid in programs.iter().flat_map(|pid| processes::tree(*pid)) {
            processes::kill(pid);
        }
        self.finish(&programs).await
    }

    /// Waits until the program has ended by itself, then ends the driver.
    pub async fn ended(self) -> Result<()> {
        let programs = processes::children(self.driver_pid);
        self.finish(&programs).await
    }

    async fn finish(mut self, programs: &[u32]) -> Result<()> {
        until::holds("the program to end", || async {
            !programs.iter().any(|pid| processes::alive(*pid))
        })
        .await?;
        // The process counts as ended a little before all its connections are closed, and as long as
        // its name is taken on the bus the next start would hand itself over to nobody.
        until::holds("the program's name on the bus to be free", || async {
            !desk::has_owner(&self.bus, INSTANCE).await
        })
        .await?;
        processes::terminate(self.driver_pid);
        tokio::time::timeout(until::PATIENCE, self.driver.wait())
            .await
            .context("the driver did not end")??;
        Ok(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // After a failed test: the driver's end leaves the program running, so it goes first.
        for pid in processes::children(self.driver_pid) {
            processes::kill(pid);
        }
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
