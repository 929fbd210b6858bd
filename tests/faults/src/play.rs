//! Plays the steps of a script on one connection.

use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use penbox_conformance::http::Request;

use crate::bytes::{self, Bytes};
use crate::healthy;
use crate::listen;
use crate::record::Heard;
use crate::server::Shared;
use crate::step::{Reply, Step};
use crate::tls::Secured;

/// How often something that waits looks whether it is over.
const TICK: Duration = Duration::from_millis(10);

/// Whether the connection goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    Over,
}

/// What bytes travel by.
pub trait Stream: Read + Write + Send {
    /// Sends last bytes, and with them that no more comes, where the stream has a word for it.
    ///
    /// # Errors
    /// It cannot be sent.
    fn close_notify(&mut self, last: &[u8]) -> io::Result<()> {
        Err(io::Error::new(
            ErrorKind::Unsupported,
            format!("{} bytes", last.len()),
        ))
    }
}

impl Stream for TcpStream {}

impl Stream for Secured {
    fn close_notify(&mut self, last: &[u8]) -> io::Result<()> {
        // Into the session's buffer: both leave with one write.
        self.conn.writer().write_all(last)?;
        self.conn.send_close_notify();
        self.flush()
    }
}

/// One connection of the server.
pub struct Playing<'a> {
    shared: &'a Shared,
    number: usize,
    tcp: TcpStream,
    stream: BufReader<Recorded<'a>>,
}

struct Recorded<'a> {
    shared: &'a Shared,
    number: usize,
    inner: Box<dyn Stream>,
}

impl Read for Recorded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if let Some(connection) = self.shared.record().connections.get_mut(self.number) {
            connection.bytes.extend_from_slice(&buffer[..count]);
        }
        Ok(count)
    }
}

impl<'a> Playing<'a> {
    /// A connection that was accepted; its bytes travel by `inner`.
    #[must_use]
    pub fn new(shared: &'a Shared, number: usize, tcp: TcpStream, inner: Box<dyn Stream>) -> Self {
        let recorded = Recorded {
            shared,
            number,
            inner,
        };
        Self {
            shared,
            number,
            tcp,
            stream: BufReader::new(recorded),
        }
    }

    /// Plays until the connection ends.
    pub fn run(mut self) {
        let shared = self.shared;
        let mut flow = Ok(Flow::On);
        if !shared.greets_inside {
            flow = self.greet();
        }
        if let Ok(Flow::On) = flow {
            match shared.secure(&self.tcp) {
                Ok(Some(secured)) => self.stream.get_mut().inner = secured,
                Ok(None) => {}
                Err(_) => return,
            }
            if shared.greets_inside {
                flow = self.greet();
            }
        }
        while let Ok(Flow::On) = flow {
            let Ok(Some((number, request))) = self.hear() else {
                break;
            };
            let steps = shared.answers(number);
            let _plays = shared.playing(1);
            flow = self.play(&steps, Some((number, request)));
        }
    }

    /// Plays what the connection begins with.
    fn greet(&mut self) -> io::Result<Flow> {
        let steps = self.shared.greeting(self.number);
        let _plays = self.shared.playing(1);
        self.play(&steps, None)
    }

    fn play(&mut self, steps: &[Step], mut of: Option<(usize, Request)>) -> io::Result<Flow> {
        for (at, step) in steps.iter().enumerate() {
            let number = of.as_ref().map_or(1, |(number, _)| *number);
            let vars = &self.shared.vars;
            match step {
                Step::Request => match self.hear()? {
                    Some(heard) => of = Some(heard),
                    None => return Ok(Flow::Over),
                },
                Step::Read(count) => {
                    io::copy(&mut (&mut self.stream).take(*count as u64), &mut io::sink())?;
                }
                Step::Healthy => {
                    let (_, request) = of.as_ref().ok_or(ErrorKind::InvalidInput)?;
                    let bytes = healthy::bytes(request);
                    match steps.get(at + 1) {
                        // The client is to read both at once.
                        Some(Step::CloseNotify) => {
                            self.stream.get_mut().inner.close_notify(&bytes)?;
                        }
                        _ => self.send(&bytes.into(), None, 0)?,
                    }
                }
                Step::Reply(reply) => self.reply(reply, number)?,
                Step::Send(send) => {
                    let bytes = bytes::sent(send, vars, number);
                    let bytes = self.scripted(bytes)?;
                    self.send(&bytes, send.slice, send.every_ms)?;
                }
                Step::WaitMs(ms) => self.rest(Duration::from_millis(*ms)),
                Step::Stall => {
                    self.stall();
                    return Ok(Flow::Over);
                }
                Step::Tunnel => {
                    let (_, request) = of.as_ref().ok_or(ErrorKind::InvalidInput)?;
                    self.tunnel(&request.target)?;
                    return Ok(Flow::Over);
                }
                Step::CloseNotify => self.stream.get_mut().inner.close_notify(&[])?,
                Step::Fin => {
                    self.tcp.shutdown(Shutdown::Both)?;
                    return Ok(Flow::Over);
                }
                Step::Rst => {
                    listen::reset(&self.tcp)?;
                    // Only the last handle's end is the connection's.
                    self.shared.release(self.number);
                    return Ok(Flow::Over);
                }
                Step::HalfClose => self.tcp.shutdown(Shutdown::Write)?,
            }
        }
        Ok(Flow::On)
    }

    /// The next request, and its number from 1.
    fn hear(&mut self) -> io::Result<Option<(usize, Request)>> {
        let mut told = Vec::new();
        let request = Request::read(&mut self.stream, &mut told).map_err(io::Error::other)?;
        let Some(request) = request else {
            return Ok(None);
        };
        let mut record = self.shared.record();
        record.requests.push(Heard {
            at: Instant::now(),
            connection: self.number,
            request: request.clone(),
        });
        Ok(Some((record.requests.len(), request)))
    }

    fn reply(&mut self, reply: &Reply, number: usize) -> io::Result<()> {
        let bytes = bytes::reply(reply, &self.shared.vars, number);
        let bytes = self.scripted(bytes)?;
        self.send(&bytes.into(), reply.slice, reply.every_ms)
    }

    /// A script that cannot be played is a fault of the case.
    fn scripted<T>(&self, made: Result<T, String>) -> io::Result<T> {
        made.map_err(|problem| {
            self.shared.record().faults.push(problem.clone());
            io::Error::other(problem)
        })
    }

    fn send(&mut self, bytes: &Bytes, slice: Option<usize>, every_ms: u64) -> io::Result<()> {
        self.slices(&bytes.first, slice, every_ms)?;
        while !bytes.endless.is_empty() && !self.shared.is_over() {
            self.slices(&bytes.endless, slice, every_ms)?;
        }
        Ok(())
    }

    fn slices(&mut self, bytes: &[u8], slice: Option<usize>, every_ms: u64) -> io::Result<()> {
        let size = slice.unwrap_or(bytes.len()).max(1);
        for part in bytes.chunks(size) {
            let stream = &mut self.stream.get_mut().inner;
            stream.write_all(part)?;
            stream.flush()?;
            if slice.is_some() {
                self.rest(Duration::from_millis(every_ms));
            }
        }
        Ok(())
    }

    /// Waits, but not beyond the end of the case.
    fn rest(&self, time: Duration) {
        let end = Instant::now() + time;
        while !self.shared.is_over() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(TICK));
        }
    }

    /// Leads both directions on, as a proxy does, until one of them ends.
    fn tunnel(&mut self, target: &str) -> io::Result<()> {
        let _waits = self.shared.playing(-1);
        let mut onward = TcpStream::connect(target)?;
        let established = b"HTTP/1.1 200 Connection established\r\n\r\n".to_vec();
        self.send(&established.into(), None, 0)?;
        let (mut from, mut to) = (onward.try_clone()?, self.tcp.try_clone()?);
        let back = std::thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
        let _ = io::copy(&mut self.stream, &mut onward);
        let _ = onward.shutdown(Shutdown::Both);
        let _ = back.join();
        Ok(())
    }

    /// Holds the connection until the client gives it up.
    fn stall(&self) {
        let _waits = self.shared.playing(-1);
        while !self.shared.is_over() && listen::is_held(&self.tcp) {
            std::thread::sleep(TICK);
        }
    }
}
