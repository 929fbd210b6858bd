//! An outage over real sockets: the repeats of a hundred callers do not multiply its load, and calls succeed again when the server
//! does.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use penbox::{Client, ErrorKind};

use crate::common::{TOKEN, read_request};

const CALLERS: usize = 100;
/// The number of calls that fail before the server is up again.
const FAILED: usize = 1_500;
const FORM: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{\"id\":\"a\"}";

/// Answers every request of a connection.
fn serve(mut stream: TcpStream) {
    while read_request(&mut stream).is_some() && stream.write_all(FORM).is_ok() {}
}

#[test]
fn an_outage_is_not_multiplied_and_every_caller_recovers() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (is_up, lost) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let (up, count) = (Arc::clone(&is_up), Arc::clone(&lost));
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            match up.load(Ordering::SeqCst) {
                true => drop(std::thread::spawn(move || serve(stream))),
                // The connection is closed unread, so a request that was sent is lost.
                false => drop(count.fetch_add(1, Ordering::SeqCst)),
            }
        }
    });
    let client = Client::builder()
        .token(TOKEN)
        .base_url(format!("http://{address}/v1"))
        .build()
        .unwrap();
    let (failed, failures) = channel();
    let recovery = std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            let (client, failed) = (&client, failed.clone());
            scope.spawn(move || {
                while let Err(error) = client.forms().get("a") {
                    assert_eq!(error.kind(), ErrorKind::Connection);
                    let _ = failed.send(());
                    std::thread::sleep(Duration::from_millis(50));
                }
            });
        }
        for _ in 0..FAILED {
            failures.recv().unwrap();
        }
        is_up.store(true, Ordering::SeqCst);
        Instant::now()
    })
    .elapsed();
    let (calls, requests) = (
        FAILED + failures.try_iter().count(),
        lost.load(Ordering::SeqCst),
    );
    assert!(requests * 10 <= calls * 11, "{requests} for {calls} calls");
    println!(
        "outage: {requests} requests for {calls} calls that failed, {CALLERS} of {CALLERS} callers well after {recovery:.1?}"
    );
}
