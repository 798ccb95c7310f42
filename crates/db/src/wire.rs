//! One answer for a burst of statements.
//!
//! The driver ends every statement with a Sync, and PostgreSQL answers each Sync at once, with a write to
//! the socket: a pipeline of twenty statements costs twenty writes on the server and as many wake-ups
//! here. This layer stands between the driver and the socket. A Sync that is followed by another
//! statement in the same burst stays here, so that the server answers the burst in one piece; the driver
//! gets the ReadyForQuery that it waits for all the same.
//!
//! What is held back is only the Sync after one execution of an extended query. Its answer ends with
//! CommandComplete (or EmptyQueryResponse, PortalSuspended), and there a ReadyForQuery is put in. After
//! an error the server skips everything up to the Sync that it got, so the statements in between are
//! answered here as the server would have: *current transaction is aborted*.
//!
//! A Sync outside an open transaction ends an implicit one, so statements of one burst that are not
//! between BEGIN and COMMIT are one transaction now; reads don't mind, and writes always stand between.
//!
//! Protocol: PostgreSQL documentation, "Frontend/Backend Protocol", sections "Extended Query",
//! "Pipelining" and "Message Formats".

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};

/// Of a tag and a length.
const HEADER: usize = 5;
/// What may wait for the socket before the driver has to wait.
const WAITING_BYTES_MAX: usize = 1 << 16;
const READ_BYTES: usize = 1 << 14;

/// ReadyForQuery in a transaction, and in one that has failed.
const READY: &[u8] = b"Z\0\0\0\x05T";
const READY_FAILED: &[u8] = b"Z\0\0\0\x05E";
/// What the server says of a statement behind one that has failed: SQLSTATE 25P02.
const ABORTED: &[u8] = b"E\0\0\0\x3aSERROR\0VERROR\0C25P02\0Mcurrent transaction is aborted\0\0";

/// How the answer to a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// With the server's ReadyForQuery.
    Own,
    /// With one that is put in here.
    PutIn,
}

/// The protocol's state, apart from the socket.
#[derive(Debug, Default)]
struct Bursts {
    /// The server is ready for the first time; before that nothing is touched.
    started: bool,
    /// A frame from the driver that is not complete.
    cut: Vec<u8>,
    executions: u32,
    to_server: VecDeque<u8>,
    ends: VecDeque<End>,
    /// An error was seen, and the server skips up to the next Sync that it gets.
    skipping: bool,
    /// A header from the server that is not complete, and how much of the frame's body is to come.
    header: Vec<u8>,
    tag: u8,
    body: usize,
    to_driver: VecDeque<u8>,
}

impl Bursts {
    /// Takes what the driver writes. Its bursts end with a whole request.
    fn sent(&mut self, bytes: &[u8]) {
        if !self.started {
            self.to_server.extend(bytes);
            return;
        }
        self.cut.extend_from_slice(bytes);
        let cut = std::mem::take(&mut self.cut);
        let mut rest = cut.as_slice();
        while let Some((frame, behind)) = frame(rest) {
            self.request(frame, behind.first().copied());
            rest = behind;
        }
        self.cut = rest.to_vec();
    }

    fn request(&mut self, frame: &[u8], next: Option<u8>) {
        match frame.first() {
            Some(b'E') => self.executions += 1,
            Some(b'Q') => self.owe(End::Own),
            Some(b'S') => {
                let executions = std::mem::take(&mut self.executions);
                // Behind it: a statement that is parsed first, or bound.
                if executions == 1 && matches!(next, Some(b'P' | b'B')) {
                    self.owe(End::PutIn);
                    return;
                }
                self.owe(End::Own);
            }
            _ => {}
        }
        self.to_server.extend(frame);
    }

    fn owe(&mut self, end: End) {
        if self.skipping && end == End::PutIn {
            self.to_driver.extend(ABORTED.iter().chain(READY_FAILED));
        } else {
            self.ends.push_back(end);
        }
    }

    /// Takes what the server writes.
    fn received(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.body == 0 && self.header.len() < HEADER {
                let take = (HEADER - self.header.len()).min(bytes.len());
                self.header.extend_from_slice(&bytes[..take]);
                bytes = &bytes[take..];
                if self.header.len() < HEADER {
                    return;
                }
                self.begin();
            }
            let take = self.body.min(bytes.len());
            self.to_driver.extend(&bytes[..take]);
            self.body -= take;
            bytes = &bytes[take..];
            if self.body == 0 {
                self.header.clear();
                self.end();
            }
        }
    }

    /// A frame begins.
    fn begin(&mut self) {
        self.tag = self.header[0];
        let length = u32::from_be_bytes([self.header[1], self.header[2], self.header[3], self.header[4]]);
        self.body = (length as usize).saturating_sub(4);
        match self.tag {
            b'Z' => {
                let own = self.ends.pop_front();
                // A request behind the one that failed, up to the Sync that the server got.
                if std::mem::take(&mut self.skipping) && own.is_some() {
                    self.to_driver.extend(ABORTED);
                }
            }
            // While rows are copied in, the server ignores the Sync that came with the request.
            b'G' => drop(self.ends.pop_front()),
            _ => {}
        }
        self.to_driver.extend(&self.header);
    }

    /// A frame is complete.
    fn end(&mut self) {
        match self.tag {
            b'Z' => self.started = true,
            b'C' | b'I' | b's' if self.ends.front() == Some(&End::PutIn) => {
                self.ends.pop_front();
                self.to_driver.extend(READY);
            }
            b'E' if self.ends.front() == Some(&End::PutIn) => {
                self.skipping = true;
                self.ends.pop_front();
                self.to_driver.extend(READY_FAILED);
                while self.ends.front() == Some(&End::PutIn) {
                    self.ends.pop_front();
                    self.to_driver.extend(ABORTED.iter().chain(READY_FAILED));
                }
            }
            _ => {}
        }
    }
}

/// The first frame, and what is behind it.
fn frame(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length: [u8; 4] = bytes.get(1..HEADER)?.try_into().ok()?;
    let length = (u32::from_be_bytes(length) as usize).checked_add(1)?;
    (bytes.len() >= length).then(|| bytes.split_at(length))
}

/// A connection whose bursts are answered in one piece.
pub(crate) struct Wire<S> {
    socket: S,
    bursts: Bursts,
    buffer: Box<[u8]>,
    reader: Option<Waker>,
}

impl<S> Wire<S> {
    fn new(socket: S) -> Self {
        Self { socket, bursts: Bursts::default(), buffer: vec![0; READ_BYTES].into(), reader: None }
    }
}

impl<S: AsyncWrite + Unpin> Wire<S> {
    /// Gives the socket what waits for it.
    fn drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.bursts.to_server.is_empty() {
            let written = std::task::ready!(Pin::new(&mut self.socket).poll_write(cx, self.bursts.to_server.make_contiguous()))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.bursts.to_server.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.bursts.to_server.len() >= WAITING_BYTES_MAX {
            std::task::ready!(self.drain(cx))?;
        }
        self.bursts.sent(bytes);
        if let Some(reader) = self.reader.take().filter(|_| !self.bursts.to_driver.is_empty()) {
            reader.wake();
        }
        Poll::Ready(Ok(bytes.len()))
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        std::task::ready!(self.drain(cx))?;
        Pin::new(&mut self.socket).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        std::task::ready!(self.drain(cx))?;
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.bursts.to_driver.is_empty() {
            let mut buffer = ReadBuf::new(&mut this.buffer);
            if Pin::new(&mut this.socket).poll_read(cx, &mut buffer)?.is_pending() {
                this.reader = Some(cx.waker().clone());
                return Poll::Pending;
            }
            if buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.bursts.received(buffer.filled());
        }
        let (front, _) = this.bursts.to_driver.as_slices();
        let take = front.len().min(out.remaining());
        out.put_slice(&front[..take]);
        this.bursts.to_driver.drain(..take);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Channel + Unpin> TlsStream for Wire<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.socket.binding()
    }
}

/// What binds a sign-in to its connection.
pub(crate) trait Channel {
    fn binding(&self) -> ChannelBinding;
}

impl Channel for tokio_postgres::Socket {
    fn binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: TlsStream> Channel for Encrypted<S> {
    fn binding(&self) -> ChannelBinding {
        self.0.channel_binding()
    }
}

/// A stream that TLS encrypts.
pub(crate) struct Encrypted<S>(S);

impl<S: AsyncRead + Unpin> AsyncRead for Encrypted<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, out)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Encrypted<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// Connects without encryption. The driver lets only a TLS connector stand between itself and its
/// socket, so this one is named as such, with the negotiation left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain;

impl<S: AsyncRead + AsyncWrite + Channel + Unpin + Send + 'static> MakeTlsConnect<S> for Plain {
    type Stream = Wire<S>;
    type TlsConnect = Self;
    type Error = io::Error;
    fn make_tls_connect(&mut self, _: &str) -> io::Result<Self> {
        Ok(Self)
    }
}

impl<S: AsyncRead + AsyncWrite + Channel + Unpin + Send + 'static> TlsConnect<S> for Plain {
    type Stream = Wire<S>;
    type Error = io::Error;
    type Future = std::future::Ready<io::Result<Wire<S>>>;
    fn connect(self, socket: S) -> Self::Future {
        std::future::ready(Ok(Wire::new(socket)))
    }
}

/// Connects through TLS.
#[derive(Clone)]
pub(crate) struct Secure<T>(pub(crate) T);

type Connecting<S> = Pin<Box<dyn Future<Output = Result<S, Box<dyn std::error::Error + Sync + Send>>> + Send>>;

impl<S, T> MakeTlsConnect<S> for Secure<T>
where
    T: MakeTlsConnect<S>,
    T::Stream: Send,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<S>>::Future: Send + 'static,
    <T::TlsConnect as TlsConnect<S>>::Error: 'static,
{
    type Stream = Wire<Encrypted<T::Stream>>;
    type TlsConnect = Secure<T::TlsConnect>;
    type Error = T::Error;
    fn make_tls_connect(&mut self, domain: &str) -> Result<Self::TlsConnect, T::Error> {
        self.0.make_tls_connect(domain).map(Secure)
    }
}

impl<S, T> TlsConnect<S> for Secure<T>
where
    T: TlsConnect<S>,
    T::Future: Send + 'static,
    T::Error: 'static,
{
    type Stream = Wire<Encrypted<T::Stream>>;
    type Error = Box<dyn std::error::Error + Sync + Send>;
    type Future = Connecting<Self::Stream>;
    fn connect(self, socket: S) -> Self::Future {
        let connecting = self.0.connect(socket);
        Box::pin(async move { Ok(Wire::new(Encrypted(connecting.await.map_err(Into::into)?))) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        [&[tag][..], &length, body].concat()
    }

    fn tags(bytes: &VecDeque<u8>) -> String {
        let bytes: Vec<u8> = bytes.iter().copied().collect();
        let mut rest = bytes.as_slice();
        let mut out = String::new();
        while let Some((first, behind)) = frame(rest) {
            out.push(char::from(first[0]));
            rest = behind;
        }
        assert!(rest.is_empty());
        out
    }

    fn started() -> Bursts {
        let mut bursts = Bursts::default();
        bursts.sent(b"\0\0\0\x08\0\x03\0\0");
        bursts.received(&[message(b'R', &[0; 4]), message(b'Z', b"I")].concat());
        bursts.to_server.clear();
        bursts.to_driver.clear();
        bursts
    }

    fn requests(kinds: &str) -> Vec<u8> {
        kinds.bytes().flat_map(|tag| message(tag, b"x")).collect()
    }

    #[test]
    fn what_is_answered_by_hand_is_a_frame() {
        for bytes in [READY, READY_FAILED, ABORTED] {
            assert_eq!(frame(bytes).unwrap().1, b"");
        }
    }

    #[test]
    fn a_burst_is_synced_once_and_every_statement_has_its_answer() {
        let mut bursts = started();
        bursts.sent(&requests("QBESBESBES"));
        assert_eq!(tags(&bursts.to_server), "QBEBEBES");
        bursts.received(&requests("CZ2C2DDC2CZ"));
        assert_eq!(tags(&bursts.to_driver), "CZ2CZ2DDCZ2CZ");
        assert!(bursts.ends.is_empty());
    }

    #[test]
    fn a_statement_that_is_prepared_or_closed_keeps_its_sync() {
        let mut bursts = started();
        bursts.sent(&requests("PDSBESCSBESQ"));
        assert_eq!(tags(&bursts.to_server), "PDSBESCSBESQ");
        bursts.received(&requests("1tTZ2CZ3Z2CZCZ"));
        assert_eq!(tags(&bursts.to_driver), "1tTZ2CZ3Z2CZCZ");
    }

    #[test]
    fn behind_an_error_every_statement_of_the_burst_is_refused() {
        let mut bursts = started();
        bursts.sent(&requests("BESBESBESBESQ"));
        assert_eq!(tags(&bursts.to_server), "BEBEBEBESQ");
        // The second fails; the server skips to the Sync, and then refuses the COMMIT by rolling back.
        bursts.received(&requests("2C2EZCZ"));
        assert_eq!(tags(&bursts.to_driver), "2CZ2EZEZEZCZ");
        assert!(bursts.ends.is_empty() && !bursts.skipping);
        bursts.to_driver.clear();
        bursts.sent(&requests("Q"));
        bursts.received(&requests("CZ"));
        assert_eq!(tags(&bursts.to_driver), "CZ");
    }

    #[test]
    fn an_error_of_the_last_statement_is_its_own() {
        let mut bursts = started();
        bursts.sent(&requests("BESBES"));
        bursts.received(&requests("2C2EZ"));
        assert_eq!(tags(&bursts.to_driver), "2CZ2EZ");
        assert!(!bursts.skipping);
    }

    #[test]
    fn rows_that_are_copied_in_eat_a_sync() {
        let mut bursts = started();
        bursts.sent(&requests("BES"));
        bursts.received(&requests("2G"));
        bursts.sent(&requests("ddcS"));
        bursts.received(&requests("CZ"));
        assert_eq!((tags(&bursts.to_driver).as_str(), bursts.ends.len()), ("2GCZ", 0));
    }

    #[test]
    fn frames_may_be_cut_anywhere() {
        let (sent, received) = (requests("QBESBESBES"), requests("CZ2C2DDC2CZ"));
        for cut in 1..sent.len() {
            let mut bursts = started();
            bursts.sent(&sent[..cut]);
            bursts.sent(&sent[cut..]);
            for byte in &received {
                bursts.received(std::slice::from_ref(byte));
            }
            // Where a burst is cut behind a Sync, that Sync goes out, and the server answers it.
            if bursts.ends.is_empty() {
                assert_eq!(tags(&bursts.to_driver), "CZ2CZ2DDCZ2CZ", "cut at {cut}");
            }
        }
    }
}
