//! What goes over the connections of a server: counted, and cut at any byte on order.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;

/// Bytes read at once: few, so that where a call begins is known nearly to the byte.
const PIECE: usize = 1_024;
/// Bytes read at once when nothing is watched.
const LARGE_PIECE: usize = 16 << 10;

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// To the server.
    In,
    /// From the server.
    Out,
}

/// What becomes of the connection at the cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Manner {
    /// It closes.
    Close,
    /// It stands still until [`Wire::let_go`], and then closes: the other side ends meanwhile.
    Hold,
}

/// Where a connection is cut: after so many bytes since the wire was armed, over all connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cut {
    /// Which bytes are counted.
    pub way: Way,
    /// How many still pass.
    pub after: u64,
    /// What happens then.
    pub manner: Manner,
}

/// What went over a wire since it was armed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes that arrived.
    pub received: u64,
    /// Bytes that were sent.
    pub sent: u64,
    /// The calls.
    pub calls: Vec<Seen>,
}

/// A call as it was seen when its head was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Verb and last part of the path, or the kind of a message.
    pub name: String,
    /// Bytes that had arrived.
    pub received: u64,
}

#[derive(Default)]
struct State {
    traffic: Traffic,
    cut: Option<Cut>,
    held: Vec<Waker>,
    /// Connections that stand still may end.
    over: bool,
    address: Option<SocketAddr>,
}

/// The wire of a server. Clones share everything.
#[derive(Clone)]
pub struct Wire {
    state: Arc<Mutex<State>>,
    reached: watch::Sender<bool>,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            state: Arc::default(),
            reached: watch::Sender::new(false),
        }
    }
}

impl Wire {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts from nothing, and cuts once where it is told.
    pub fn arm(&self, cut: Option<Cut>) {
        let mut state = self.state();
        state.traffic = Traffic::default();
        state.cut = cut;
        state.over = false;
        self.reached.send_replace(false);
    }

    /// What went over it since it was armed.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.state().traffic.clone()
    }

    /// Whether it was cut.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        *self.reached.borrow()
    }

    /// Returns when it is cut.
    pub async fn cut(&self) {
        // The sender lives as long as this wire.
        self.reached
            .subscribe()
            .wait_for(|reached| *reached)
            .await
            .ok();
    }

    /// Closes what stands still.
    pub fn let_go(&self) {
        let held = {
            let mut state = self.state();
            state.over = true;
            std::mem::take(&mut state.held)
        };
        held.into_iter().for_each(Waker::wake);
    }

    /// Where its server listens; none before it does.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.state().address
    }

    /// Its server listens here.
    pub(crate) fn listens(&self, address: SocketAddr) {
        self.state().address = Some(address);
    }

    /// A call begins.
    pub(crate) fn call(&self, name: String) {
        let mut state = self.state();
        let received = state.traffic.received;
        state.traffic.calls.push(Seen { name, received });
    }

    /// How many bytes may pass now.
    fn room(&self, way: Way) -> u64 {
        let state = self.state();
        let passed = match way {
            Way::In => state.traffic.received,
            Way::Out => state.traffic.sent,
        };
        match state.cut {
            Some(cut) if cut.way == way => cut.after.saturating_sub(passed),
            _ => u64::MAX,
        }
    }

    fn piece(&self) -> usize {
        if self.state().cut.is_some() {
            PIECE
        } else {
            LARGE_PIECE
        }
    }

    fn passed(&self, way: Way, bytes: usize) {
        let mut state = self.state();
        match way {
            Way::In => state.traffic.received += bytes as u64,
            Way::Out => state.traffic.sent += bytes as u64,
        }
    }

    /// The place of the cut is reached, by one connection alone.
    fn reach(&self) -> Manner {
        let cut = self.state().cut.take();
        self.reached.send_replace(true);
        cut.map_or(Manner::Close, |cut| cut.manner)
    }

    fn stand_still(&self, cx: &Context<'_>) -> Poll<io::Error> {
        let mut state = self.state();
        if state.over {
            return Poll::Ready(closed());
        }
        state.held.push(cx.waker().clone());
        Poll::Pending
    }
}

fn closed() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// A connection over a wire.
pub(crate) struct Wired<S> {
    inner: S,
    wire: Wire,
    /// How it was cut.
    cut: Option<Manner>,
}

impl<S> Wired<S> {
    pub(crate) fn new(inner: S, wire: Wire) -> Self {
        Self {
            inner,
            wire,
            cut: None,
        }
    }

    /// Bytes that may pass, at least one; else how the connection ends.
    fn room(&mut self, way: Way, cx: &Context<'_>) -> Poll<io::Result<usize>> {
        if self.cut.is_none() {
            let room = self.wire.room(way);
            if room > 0 {
                return Poll::Ready(Ok(usize::try_from(room).unwrap_or(usize::MAX)));
            }
            self.cut = Some(self.wire.reach());
        }
        match self.cut {
            Some(Manner::Hold) => self.wire.stand_still(cx).map(Err),
            _ => Poll::Ready(Err(closed())),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wired<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let room = ready!(this.room(Way::In, cx))?;
        let piece = this.wire.piece();
        let mut bytes = [0; LARGE_PIECE];
        let most = room.min(buf.remaining()).min(piece);
        let mut part = ReadBuf::new(&mut bytes[..most]);
        ready!(Pin::new(&mut this.inner).poll_read(cx, &mut part))?;
        this.wire.passed(Way::In, part.filled().len());
        buf.put_slice(part.filled());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wired<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let room = ready!(this.room(Way::Out, cx))?;
        let part = &data[..data.len().min(room)];
        let written = ready!(Pin::new(&mut this.inner).poll_write(cx, part))?;
        this.wire.passed(Way::Out, written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn exactly_so_many_bytes_pass_and_then_the_connection_is_closed() {
        let wire = Wire::default();
        wire.arm(Some(Cut {
            way: Way::In,
            after: 5,
            manner: Manner::Close,
        }));
        let (mut ours, theirs) = tokio::io::duplex(64);
        let mut server = Wired::new(theirs, wire.clone());
        ours.write_all(b"hello, world").await.unwrap();
        let mut all = Vec::new();
        let error = server.read_to_end(&mut all).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        assert_eq!(all, b"hello");
        assert!(wire.is_cut());
        // The next connection is not touched.
        let (mut ours, theirs) = tokio::io::duplex(64);
        let mut server = Wired::new(theirs, wire.clone());
        ours.write_all(b"again").await.unwrap();
        drop(ours);
        server.read_to_end(&mut all).await.unwrap();
        assert_eq!(wire.traffic().received, 10);
    }

    #[tokio::test]
    async fn a_held_connection_stands_still_until_it_is_let_go() {
        let wire = Wire::default();
        wire.arm(Some(Cut {
            way: Way::Out,
            after: 2,
            manner: Manner::Hold,
        }));
        let (_ours, theirs) = tokio::io::duplex(64);
        let mut server = Wired::new(theirs, wire.clone());
        let writing = tokio::spawn(async move { server.write_all(b"abc").await });
        wire.cut().await;
        assert!(!writing.is_finished());
        wire.let_go();
        let error = writing.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        assert_eq!(wire.traffic().sent, 2);
    }
}
