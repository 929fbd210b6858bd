//! The scripted server: one a run of a case.

use std::collections::VecDeque;
use std::io::{self, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::http::{Request, render};
use crate::script::Answer;
use crate::vars::Vars;

/// How the fault of a request that did not come whole begins.
pub const BROKEN: &str = "not HTTP: ";

/// What the server heard.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The requests, in the order of their arrival, those beyond the script included.
    pub requests: Vec<Request>,
    /// What went wrong: a request beyond the script, bytes that are no request.
    pub faults: Vec<String>,
    /// How many connections were opened.
    pub connections: usize,
}

/// A server on a port of its own that answers by the script and writes down what it hears.
#[derive(Debug)]
pub struct Server {
    port: u16,
    state: Arc<State>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    stopping: AtomicBool,
    script: Mutex<Script>,
}

#[derive(Debug, Default)]
struct Script {
    answers: VecDeque<Answer>,
    record: Record,
    streams: Vec<TcpStream>,
}

impl State {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    /// Opens a port on the loopback address and starts to answer.
    ///
    /// # Errors
    /// No port, or no thread.
    pub fn start(answers: &[Answer]) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(State::default());
        state.script().answers.extend(answers.iter().cloned());
        let heard = Arc::clone(&state);
        let accepting = thread::Builder::new()
            .name("accept".to_owned())
            .spawn(move || accept(&listener, &heard, Vars { port }))?;
        Ok(Self {
            port,
            state,
            accepting,
        })
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Closes every connection and hands over what was heard.
    #[must_use]
    pub fn stop(self) -> Record {
        self.state.stopping.store(true, Ordering::SeqCst);
        // Wakes the accepting thread, which then sees that it is over.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        let _ = self.accepting.join();
        let mut script = self.state.script();
        for stream in script.streams.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        script.record.clone()
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>, vars: Vars) {
    for stream in listener.incoming() {
        if state.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let mut script = state.script();
        script.record.connections += 1;
        match stream.try_clone() {
            Ok(clone) => script.streams.push(clone),
            Err(error) => script
                .record
                .faults
                .push(format!("a connection was lost: {error}")),
        }
        drop(script);
        let state = Arc::clone(state);
        thread::spawn(move || serve(stream, &state, vars));
    }
}

/// Answers the requests of one connection until it ends.
fn serve(mut stream: TcpStream, state: &State, vars: Vars) {
    let _ = stream.set_nodelay(true);
    let Ok(clone) = stream.try_clone() else {
        return;
    };
    let mut reader = BufReader::new(clone);
    loop {
        match Request::read(&mut reader, &mut stream) {
            Ok(None) => return,
            Ok(Some(request)) => {
                let (bytes, ends) = answer(request, state, vars);
                // A client that went away, say after its own limit, is no fault of the script.
                let sent = stream.write_all(&bytes);
                if sent.is_ok() && ends == Ends::Hanging {
                    // Until the client goes away, or the server stops.
                    let _ = io::copy(&mut reader, &mut io::sink());
                }
                if sent.is_err() || ends != Ends::Not {
                    let _ = stream.shutdown(Shutdown::Both);
                    return;
                }
            }
            Err(problem) => {
                if !state.stopping.load(Ordering::SeqCst) {
                    state
                        .script()
                        .record
                        .faults
                        .push(format!("{BROKEN}{problem}"));
                }
                let _ = stream.shutdown(Shutdown::Both);
                return;
            }
        }
    }
}

/// Whether a connection ends with an answer, and who ends it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Not,
    HangingUp,
    Hanging,
}

/// The bytes of the next answer, and whether the connection ends with it.
fn answer(request: Request, state: &State, vars: Vars) -> (Vec<u8>, Ends) {
    let mut script = state.script();
    let line = format!("{} {}", request.method, request.target);
    script.record.requests.push(request);
    let next = script.answers.pop_front();
    let rendered = match &next {
        Some(answer) if answer.hangs && answer.cut_at.is_none() => Ok(Vec::new()),
        Some(answer) => answer
            .change_token_file()
            .and_then(|()| render(answer, &vars)),
        None => Err(format!("unexpected request {line}")),
    };
    let bytes = rendered.unwrap_or_else(|problem| {
        script.record.faults.push(problem);
        b"HTTP/1.1 500 Unexpected Request\r\nContent-Length: 0\r\n\r\n".to_vec()
    });
    drop(script);
    let ends = match &next {
        Some(answer) if answer.hangs => Ends::Hanging,
        Some(answer) if answer.cut_at.is_some() => Ends::HangingUp,
        _ => Ends::Not,
    };
    if let Some(answer) = next.filter(|answer| answer.delay_ms > 0) {
        thread::sleep(Duration::from_millis(answer.delay_ms));
    }
    (bytes, ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::time::Instant;

    fn answers(text: &str) -> Vec<Answer> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_script_is_played_and_what_is_beyond_it_is_a_fault() {
        let server = Server::start(&answers(
            r#"[{"status": 201, "json": {"id": "a"}, "headers": {"x-at": "${PORT}"}}]"#,
        ))
        .unwrap();
        let port = server.port();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let mut head = [0; 12];
        stream
            .write_all(
                b"GET /v1/a HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/b HTTP/1.1\r\nHost: x\r\n\r\n",
            )
            .unwrap();
        stream.read_exact(&mut head).unwrap();
        assert_eq!(&head, b"HTTP/1.1 201");
        let mut rest = String::new();
        while !rest.contains("500 Unexpected Request\r\nContent-Length: 0\r\n\r\n") {
            let mut some = [0; 512];
            let count = stream.read(&mut some).unwrap();
            rest.push_str(std::str::from_utf8(&some[..count]).unwrap());
        }
        assert!(
            rest.contains(&format!("x-at: {port}\r\n")) && rest.contains("{\"id\":\"a\"}"),
            "{rest}"
        );
        let record = server.stop();
        assert_eq!(record.connections, 1);
        assert_eq!(record.requests.len(), 2);
        assert_eq!(record.faults, ["unexpected request GET /v1/b"]);
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    }

    #[test]
    fn a_cut_answer_ends_with_the_connection() {
        let text = r#"[{"status": 200, "content": {"text": "12345678"}, "cut_at": 3}]"#;
        let server = Server::start(&answers(text)).unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let mut got = String::new();
        stream.read_to_string(&mut got).unwrap();
        assert!(got.contains("Content-Length: 8\r\n"), "{got}");
        assert!(got.ends_with("\r\n\r\n123"), "{got}");
        assert!(server.stop().faults.is_empty());
    }

    #[test]
    fn an_answer_that_hangs_says_nothing_more() {
        let text = r#"[{"status": 200, "hangs": true}, {"status": 200, "text": "12345678", "cut_at": 3, "hangs": true}]"#;
        let server = Server::start(&answers(text)).unwrap();
        let mut streams = Vec::new();
        for end in ["", "\r\n\r\n123"] {
            let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
            stream
                .set_read_timeout(Some(Duration::from_secs(30)))
                .unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
            // Each connection has a thread of its own: the next one could take this one's answer.
            let until = Instant::now() + Duration::from_secs(30);
            while server.state.script().record.requests.len() == streams.len() {
                assert!(Instant::now() < until, "the request is not heard");
                thread::yield_now();
            }
            let mut got = String::new();
            while !end.is_empty() && !got.ends_with(end) {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                got.push(char::from(byte[0]));
            }
            stream.set_nonblocking(true).unwrap();
            let more = stream.read(&mut [0]).unwrap_err();
            assert_eq!(more.kind(), io::ErrorKind::WouldBlock);
            streams.push(stream);
        }
        // Until the client goes away, or the server stops.
        drop(streams.pop());
        let record = server.stop();
        assert!(record.faults.is_empty());
        assert_eq!(record.requests.len(), 2);
        let stream = &mut streams[0];
        stream.set_nonblocking(false).unwrap();
        assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
    }

    #[test]
    fn bytes_that_are_no_request_are_a_fault() {
        let server = Server::start(&[]).unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
        stream.write_all(b"\x16\x03\x01\r\n").unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
        let record = server.stop();
        assert!(
            record.faults[0].starts_with("not HTTP: "),
            "{:?}",
            record.faults
        );
    }
}
