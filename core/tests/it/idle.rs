//! A client that was idle for a long time, in which the server has closed its connections.
//!
//! `PENBOX_TEST_IDLE` is the time in seconds; by default it is the server's own limit.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use penbox::{Client, FormCreate};

use crate::common::{TOKEN, read_request};

/// The time after which this server closes an idle connection.
const KEPT: Duration = Duration::from_secs(5);
const THREADS: usize = 8;
const FORM: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{\"id\":\"a\"}";

/// A server that closes idle connections.
struct Closing {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    open: Arc<(Mutex<usize>, Condvar)>,
}

impl Closing {
    /// One that closes a connection after it was idle for so long.
    fn start(kept: Duration) -> Closing {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections: Arc<AtomicUsize> = Arc::default();
        let open: Arc<(Mutex<usize>, Condvar)> = Arc::default();
        let (made, now) = (Arc::clone(&connections), Arc::clone(&open));
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                made.fetch_add(1, Ordering::SeqCst);
                *now.0.lock().unwrap() += 1;
                let now = Arc::clone(&now);
                std::thread::spawn(move || {
                    serve(stream, kept);
                    *now.0.lock().unwrap() -= 1;
                    now.1.notify_all();
                });
            }
        });
        Closing {
            address,
            connections,
            open,
        }
    }

    fn await_closed(&self) {
        let open = self.open.0.lock().unwrap();
        let limit = KEPT * 10;
        let (open, _) = self
            .open
            .1
            .wait_timeout_while(open, limit, |open| *open > 0)
            .unwrap();
        assert_eq!(*open, 0);
    }
}

fn serve(mut stream: TcpStream, kept: Duration) {
    stream.set_read_timeout(Some(kept)).unwrap();
    while read_request(&mut stream).is_some() {
        if stream.write_all(FORM).is_err() {
            return;
        }
    }
}

/// Makes calls from some threads; a fifth of the calls create.
fn call(client: &Client, count: usize) {
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                for number in (thread..count).step_by(THREADS) {
                    let form = match number % 5 {
                        0 => client.forms().create(FormCreate::new("a")),
                        _ => client.forms().get("a"),
                    };
                    assert_eq!(form.unwrap().id, "a");
                }
            });
        }
    });
}

#[test]
fn a_client_that_was_idle_for_long_goes_on() {
    const CALLS: usize = 1_000;
    let server = Closing::start(KEPT);
    // No call is repeated, so each fault shows.
    let client = Client::builder()
        .token(TOKEN)
        .base_url(format!("http://{}/v1", server.address))
        .max_attempts(1)
        .build()
        .unwrap();
    call(&client, 100);
    let before = server.connections.load(Ordering::SeqCst);
    let begun = Instant::now();
    server.await_closed();
    let idle = std::env::var("PENBOX_TEST_IDLE").map_or(0, |idle| idle.parse().unwrap());
    std::thread::sleep(Duration::from_secs(idle).saturating_sub(begun.elapsed()));
    let idle = begun.elapsed();
    call(&client, CALLS);
    assert!(server.connections.load(Ordering::SeqCst) > before);
    println!(
        "idle: {CALLS} of {CALLS} calls after {idle:.0?}, {before} connections closed by the server"
    );
}

#[test]
fn a_create_uses_no_connection_that_was_idle_for_four_seconds_and_a_read_does() {
    // Longer than a create accepts, and shorter than a read does.
    const IDLE: Duration = Duration::from_millis(4_200);
    let start = || Closing::start(Duration::from_secs(60));
    let (creates, reads) = (start(), start());
    let client = |server: &Closing| {
        let builder = Client::builder()
            .token(TOKEN)
            .base_url(format!("http://{}/v1", server.address));
        builder.max_attempts(1).build().unwrap()
    };
    let (creator, reader) = (client(&creates), client(&reads));
    creator.forms().create(FormCreate::new("a")).unwrap();
    creator.forms().create(FormCreate::new("a")).unwrap();
    reader.forms().get("a").unwrap();
    let made = |server: &Closing| server.connections.load(Ordering::SeqCst);
    assert_eq!(made(&creates), 1, "a connection in use is kept");
    std::thread::sleep(IDLE);
    reader.forms().get("a").unwrap();
    creator.forms().create(FormCreate::new("a")).unwrap();
    assert_eq!((made(&creates), made(&reads)), (2, 1));
}
