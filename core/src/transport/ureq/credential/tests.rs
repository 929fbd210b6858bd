use std::ops::Range;
use std::sync::{Arc, Mutex};

use super::*;
use crate::cancel::{CancelScope, CancelSource};
use crate::transport::ureq::buffers::GrowingBuffers;

/// A connection that records what it is given.
#[derive(Debug, Default)]
struct Sent(GrowingBuffers, Arc<Mutex<Vec<u8>>>);

impl Transport for Sent {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.0
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
        let mut sent = self.1.lock().unwrap();
        sent.extend_from_slice(&self.0.output()[..amount]);
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        Ok(false)
    }

    fn is_open(&mut self) -> bool {
        true
    }
}

impl Layer for Sent {
    fn growing(&mut self) -> &mut GrowingBuffers {
        &mut self.0
    }

    fn send_or_read(
        &mut self,
        span: &mut Range<usize>,
        timeout: NextTimeout,
    ) -> Result<bool, Error> {
        self.transmit_output(span.end, timeout)?;
        Ok(true)
    }

    fn read_present(&mut self) -> Result<bool, Error> {
        Ok(false)
    }

    fn read_rest(&mut self, _: NextTimeout) -> Result<bool, Error> {
        Ok(false)
    }
}

/// Sends the parts of a request. Returns what was written, what the buffer holds afterwards, and whether all parts were sent.
fn sent(parts: &[&str]) -> (String, String, bool) {
    let (written, held, result) = sent_within(CancelScope::default(), parts);
    (written, held, result.is_ok())
}

/// The same within a scope, with the error of the first part that was not sent.
fn sent_within(cancel: CancelScope, parts: &[&str]) -> (String, String, Result<(), Error>) {
    let written = Arc::default();
    let recorder = Sent(GrowingBuffers::default(), Arc::clone(&written));
    let mut connection = Authorized::new(Box::new(recorder));
    let context = Arc::new(CallContext::new(cancel, Duration::ZERO));
    context.authorize(HeaderValue::from_static("Bearer t"), false);
    let _entered = context.enter();
    let mut held = String::new();
    let result = parts.iter().try_for_each(|part| {
        connection.buffers().output()[..part.len()].copy_from_slice(part.as_bytes());
        let sent = connection.transmit_output(part.len(), NextTimeout::default());
        held += &String::from_utf8_lossy(connection.buffers().output());
        sent
    });
    let written = String::from_utf8(written.lock().unwrap().clone()).unwrap();
    (written, held, result)
}

#[test]
fn the_token_is_written_once_and_does_not_stay_in_the_buffer() {
    let stand_in = stand_in(&HeaderValue::from_static("Bearer t")).unwrap();
    let line = format!("authorization: {}\r\n", stand_in.to_str().unwrap());
    let wanted = "GET / HTTP/1.1\r\na: b\r\nauthorization: Bearer t\r\n\r\n";
    for parts in [
        &[&*format!("GET / HTTP/1.1\r\na: b\r\n{line}\r\n"), &line][..],
        &["GET / HTTP/1.1\r\na: b\r\n", &format!("{line}\r\n"), &line],
    ] {
        let (written, held, all) = sent(parts);
        assert!(all && !held.contains("Bearer t"), "{held}");
        // The body stays as it is, whatever it looks like.
        assert_eq!(written, format!("{wanted}{line}"));
    }
}

#[test]
fn a_head_without_the_stand_in_is_not_sent() {
    let (written, _, all) = sent(&["GET / HTTP/1.1\r\na: b\r\n\r\n"]);
    assert_eq!((written.as_str(), all), ("", false));
}

#[test]
fn a_cancelled_call_sends_no_byte_and_says_so() {
    let source = Arc::new(CancelSource::default());
    source.cancel();
    let by_source = CancelScope {
        call: Some(source),
        ..CancelScope::default()
    };
    let by_check = CancelScope {
        call: Some(Arc::default()),
        interrupt_check: Some(Arc::new(|| true)),
        ..CancelScope::default()
    };
    let value = HeaderValue::from_static("Bearer t");
    let line = stand_in(&value).unwrap();
    let head = format!(
        "GET / HTTP/1.1\r\nauthorization: {}\r\n\r\n",
        line.to_str().unwrap()
    );
    for scope in [by_source, by_check] {
        let (written, _, result) = sent_within(scope, &[&head]);
        let Err(Error::Other(error)) = result else {
            panic!("{result:?}");
        };
        let error = error.downcast::<TransportError>().unwrap();
        assert_eq!(
            (written.as_str(), error.send_state),
            ("", SendState::NotSent)
        );
    }
}

#[test]
fn the_stand_in_is_not_mistaken_for_other_text() {
    let head = b"GET /authorization:%20*** HTTP/1.1\r\nx-note: authorization: ***\r\nauthorization: ***\r\n\r\n";
    let start = stand_in_start(head, 3).unwrap();
    assert_eq!(&head[start..], b"***\r\n\r\n");
    assert_eq!(
        stand_in_start(b"authorization: ***\r\n\r\n", 3),
        Some(NAME.len())
    );
    for other in [
        &b"GET / HTTP/1.1\r\nauthorization: ****\r\n\r\n"[..],
        b"GET / HTTP/1.1\r\nauthorization: **\r\n\r\n",
        b"GET / HTTP/1.1\r\nx-authorization: ***\r\n\r\n",
        b"GET / HTTP/1.1\r\nx: authorization: ***\r\n\r\n",
        b"",
    ] {
        assert_eq!(stand_in_start(other, 3), None);
    }
}
