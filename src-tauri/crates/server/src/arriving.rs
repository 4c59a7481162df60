//! What is sent, while it arrives: within bounds of length, and no slower than a least pace, so that nobody
//! keeps a connection, a file or memory by sending a byte now and then.

use std::error::Error;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use futures_util::{Stream, StreamExt};
use hyper::body::{Frame, SizeHint};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, Sleep};

use crate::fault::{Fault, Kind};

/// How fast what is sent has to arrive at the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long is waited for bytes before it is looked how many came.
    pub window: Duration,
    /// Bytes that have to come in that time, unless it is the end of what is sent.
    pub least: u64,
}

impl Default for Pace {
    /// Half a kilobyte a second: far slower than any line that files are sent over.
    fn default() -> Self {
        Self {
            window: Duration::from_secs(30),
            least: 16 * 1024,
        }
    }
}

/// Too little came in a window.
#[derive(Debug, thiserror::Error)]
#[error("it arrived slower than is waited for")]
struct TooSlow;

/// Why something did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// It came too slowly.
    Slow,
    /// There is more of it than is taken.
    TooLarge,
    /// It broke off.
    Broken,
    /// The disk refused it.
    Disk,
}

impl Cut {
    /// Why reading failed, however deep the reason lies.
    pub fn of<E: Error + 'static>(error: &E) -> Self {
        let mut at: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(cause) = at {
            if cause.is::<TooSlow>() {
                return Self::Slow;
            }
            at = cause.source();
        }
        Self::Broken
    }

    /// As a refusal of what was sent, such as a `file`; of which so many bytes are taken.
    pub fn fault(self, what: &str, limit: u64) -> Fault {
        match self {
            Self::Slow => Fault::new(Kind::Slow, format!("The {what} took too long to arrive.")),
            Self::TooLarge => {
                let message = format!("The {what} is larger than is taken.");
                Fault::new(Kind::TooLarge, message).with("limit_bytes", limit)
            }
            Self::Broken => Fault::new(Kind::Invalid, format!("The {what} broke off.")),
            Self::Disk => Fault::new(
                Kind::Unavailable,
                format!("The disk did not take the {what}."),
            ),
        }
    }
}

/// A body that has to keep to a pace.
struct Paced {
    body: Body,
    pace: Pace,
    /// Bytes that came in this window.
    lately: u64,
    /// How long bytes were waited for in this window. What the reader does between them is not counted: a
    /// slow disk is not the sender's.
    waited: Duration,
    /// Since when bytes are waited for.
    since: Option<Instant>,
    /// Made when something is first waited for, which most bodies are not.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Paced {
    /// Waits; over when too little came in a window.
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<TooSlow> {
        loop {
            let since = *self.since.get_or_insert_with(Instant::now);
            let end = since + self.pace.window.saturating_sub(self.waited);
            let timer = self
                .timer
                .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(end)));
            if timer.deadline() != end {
                timer.as_mut().reset(end);
            }
            ready!(timer.as_mut().poll(context));
            if self.lately < self.pace.least {
                return Poll::Ready(TooSlow);
            }
            self.lately = 0;
            self.waited = Duration::ZERO;
            self.since = None;
        }
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        let Poll::Ready(came) = Pin::new(&mut this.body).poll_frame(context) else {
            return this.wait(context).map(|slow| Some(Err(slow.into())));
        };
        if let Some(since) = this.since.take() {
            this.waited += since.elapsed();
        }
        if let Some(Ok(frame)) = &came {
            this.lately += frame.data_ref().map_or(0, |bytes| bytes.len() as u64);
        }
        Poll::Ready(came.map(|frame| frame.map_err(BoxError::from)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The same body, which breaks off when it does not keep to a pace.
pub(crate) fn paced(body: Body, pace: Pace) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(Paced {
        body,
        pace,
        lately: 0,
        waited: Duration::ZERO,
        since: None,
        timer: None,
    })
}

/// Whether a body says beforehand that it is longer than so many bytes.
pub(crate) fn is_longer(body: &Body, limit: usize) -> bool {
    body.size_hint().lower() > limit as u64
}

/// A whole body of at most so many bytes, which arrives within a time.
pub(crate) async fn whole(body: Body, limit: usize, within: Duration) -> Result<Bytes, Cut> {
    if is_longer(&body, limit) {
        return Err(Cut::TooLarge);
    }
    let reading = all(body.into_data_stream(), limit);
    let read = tokio::time::timeout(within, reading).await;
    read.unwrap_or(Err(Cut::Slow))
}

/// Everything that arrives, of at most so many bytes.
pub(crate) async fn all<S, E>(mut stream: S, limit: usize) -> Result<Bytes, Cut>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Error + 'static,
{
    let mut all = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| Cut::of(&error))?;
        if all.len() + chunk.len() > limit {
            return Err(Cut::TooLarge);
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all.into())
}

/// Writes what arrives to a file, shows each piece of it on the way, and gives its length. What was written of
/// something that is refused is left to whoever made the file.
pub(crate) async fn to_file<S, E>(
    mut stream: S,
    limit: u64,
    mut file: File,
    mut seen: impl FnMut(&[u8]),
) -> Result<u64, Cut>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Error + 'static,
{
    let refused = |error: io::Error| {
        tracing::warn!(%error, "what was sent could not be kept");
        Cut::Disk
    };
    let mut length = 0_u64;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| Cut::of(&error))?;
        length += chunk.len() as u64;
        if length > limit {
            return Err(Cut::TooLarge);
        }
        seen(&chunk);
        file.write_all(&chunk).await.map_err(refused)?;
    }
    file.flush().await.map_err(refused)?;
    Ok(length)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream;

    use super::*;

    const PACE: Pace = Pace {
        window: Duration::from_millis(20),
        least: 1_000,
    };

    /// A body of these pieces that never ends, at a pace.
    fn endless(pieces: Vec<Bytes>) -> Body {
        let pieces = stream::iter(pieces).map(Ok::<_, Infallible>);
        paced(Body::from_stream(pieces.chain(stream::pending())), PACE)
    }

    #[tokio::test]
    async fn what_hardly_arrives_is_given_up_and_what_keeps_its_pace_gets_another_window() {
        let began = Instant::now();
        let few = endless(vec![Bytes::from(vec![7; 999])]);
        assert_eq!(all(few.into_data_stream(), 10_000).await, Err(Cut::Slow));
        assert!(began.elapsed() >= PACE.window);

        let began = Instant::now();
        let enough = endless(vec![Bytes::from(vec![7; 600]), Bytes::from(vec![7; 400])]);
        assert_eq!(all(enough.into_data_stream(), 10_000).await, Err(Cut::Slow));
        assert!(began.elapsed() >= PACE.window * 2);
    }

    #[tokio::test]
    async fn a_short_body_needs_no_pace_and_a_long_one_is_cut_at_its_bound() {
        let short = || paced(Body::from("{}"), PACE);
        let within = Duration::from_mins(1);
        assert_eq!(whole(short(), 2, within).await, Ok(Bytes::from("{}")));
        assert!(is_longer(&short(), 1));
        assert_eq!(whole(short(), 1, within).await, Err(Cut::TooLarge));
        // One that does not say how long it is.
        let silent = endless(vec![Bytes::from("{}"), Bytes::from(" ")]);
        assert_eq!(whole(silent, 2, within).await, Err(Cut::TooLarge));
    }

    #[tokio::test]
    async fn a_file_is_written_whole_and_seen_on_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let pieces = || {
            let pieces = ["one ", "two"].map(|piece| Ok::<_, io::Error>(Bytes::from(piece)));
            stream::iter(pieces)
        };
        let mut seen = Vec::new();
        let file = File::create(&path).await.unwrap();
        let length = to_file(pieces(), 7, file, |piece| seen.extend_from_slice(piece)).await;
        assert_eq!(length, Ok(7));
        assert_eq!(std::fs::read(&path).unwrap(), seen);
        let file = File::create(&path).await.unwrap();
        assert_eq!(to_file(pieces(), 6, file, |_| {}).await, Err(Cut::TooLarge));
    }
}
