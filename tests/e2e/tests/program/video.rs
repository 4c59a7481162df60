//! A clip from the desktop: it is attached and trimmed at the window, and what the network gets has the
//! trimmed length and tells nobody where it was filmed.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use e2e::desk::Look;
use e2e::{Desk, Hand, Session, shots, until, windows};
use sandbox::bluesky::Sandbox;
use serde_json::Value;
use tokio::process::Command;

/// A clip of four seconds with a tone, filmed in Berlin.
pub async fn film(to: &Path) -> Result<()> {
    let done = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin"])
        .args([
            "-f",
            "lavfi",
            "-i",
            "testsrc=size=640x360:rate=25:duration=4",
        ])
        .args(["-f", "lavfi", "-i", "sine=frequency=440:duration=4"])
        .args(["-pix_fmt", "yuv420p", "-c:v", "libx264", "-c:a", "aac"])
        .args(["-metadata", "location=+52.5200+013.4050/"])
        .arg(to)
        .status()
        .await
        .context("ffmpeg is installed: cargo xtask setup does it")?;
    ensure!(done.success(), "no clip could be made");
    Ok(())
}

/// What another program finds in a video.
async fn found_in(file: &Path) -> Result<Value> {
    let told = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-show_format",
            "-show_streams",
            "-of",
            "json",
        ])
        .arg(file)
        .output()
        .await?;
    Ok(serde_json::from_slice(&told.stdout)?)
}

#[tokio::test]
async fn a_trimmed_clip_arrives_trimmed_and_without_its_place() -> Result<()> {
    let network = Sandbox::start().await?;
    let ana = network.ana();
    let desk = Desk::start_as(Look {
        keyring: true,
        ..Look::default()
    })
    .await?;
    let clip = desk.folder().join("clip.mp4");
    film(&clip).await?;
    ensure!(
        found_in(&clip).await?.to_string().contains("52.52"),
        "the clip has no place"
    );

    let session = Session::open(&desk).await?;
    let hand = Hand::over(&desk).await?;
    session
        .connect_bluesky(&ana.handle, &ana.password, &network.origin())
        .await?;
    session.reads("Signed in").await?;
    session.begin_post(&desk).await?;
    session.fill("Text", "A walk by the river").await?;
    session.address_to(&ana.handle).await?;
    session.attach(&hand, &clip).await?;
    // The picture that stands for it, made by the program.
    session.appears("[data-testid=composer] .strip img").await?;

    session.choose("Trim and edit clip.mp4").await?;
    session.fill("Begins at", "0:01").await?;
    windows::press(&desk, "Tab").await?;
    session.fill("Ends at", "0:02.50").await?;
    windows::press(&desk, "Tab").await?;
    session
        .says("[data-testid=stays]", "0:01.50 of 0:04.0")
        .await?;
    shots::page(&session, "video-trimmed").await?;
    session.choose("Done").await?;
    session
        .says(
            "[data-testid=sent-video]",
            "The video is sent as MP4, 640 × 360, 1.5 seconds",
        )
        .await?;
    shots::page(&session, "video-sent-as").await?;

    session.send_open_post().await?;
    until::holds("the post on the network", || async {
        network.posts().len() == 1
    })
    .await?;
    let record = &network.posts()[0];
    let link = record["embed"]["video"]["ref"]["$link"].as_str();
    let bytes = link
        .and_then(|link| network.blob(link))
        .context("no video arrived")?;
    let arrived = desk.folder().join("arrived.mp4");
    std::fs::write(&arrived, bytes)?;
    let found = found_in(&arrived).await?;
    let length = found["format"]["duration"].as_str().context("a length")?;
    let length: f64 = length.parse()?;
    ensure!((1.4..1.7).contains(&length), "it runs {length} seconds");
    ensure!(
        !found.to_string().contains("52.52"),
        "it tells where it was filmed: {found}"
    );
    session.close().await
}
