//! A server for the turns of a rate limit, and a caller that waits in the queue.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use penbox::{CallOptions, Client, ClientBuilder};

use crate::common::{TOKEN, read_request};
use crate::crowd::PATIENCE;

const SECOND: Duration = Duration::from_secs(1);

/// A server that records when each request came, and by which path. A file's last byte, and the answer to a path with `hang`, come once
/// the test releases them; a head with `slow` in its path comes 400 ms after the request.
pub(crate) struct Desk {
    url: String,
    arrivals: Arc<Mutex<Vec<(String, Instant)>>>,
    arrived: Receiver<String>,
    held: Arc<Held>,
}

/// The rests of answers that are held back.
type Held = Mutex<Vec<(TcpStream, &'static [u8])>>;

const FORM: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 10\r\n\r\n{\"id\":\"a\"}";
const FILE: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: 5\r\n\r\n%PDF-";

impl Desk {
    pub(crate) fn open() -> Desk {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let (arrivals, held) = (Arc::default(), Arc::default());
        let (arrival, arrived) = channel();
        let (seen, kept) = (Arc::clone(&arrivals), Arc::clone(&held));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, kept, arrival) = (Arc::clone(&seen), Arc::clone(&kept), arrival.clone());
                thread::spawn(move || serve(stream.unwrap(), &seen, &kept, &arrival));
            }
        });
        Desk {
            url,
            arrivals,
            arrived,
            held,
        }
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        let builder = Client::builder().token(TOKEN).base_url(&self.url);
        builder.max_attempts(1).max_retry_wait(Duration::ZERO)
    }

    pub(crate) fn wait_for(&self, count: usize) {
        for _ in 0..count {
            self.arrived.recv_timeout(PATIENCE).unwrap();
        }
    }

    /// The last part of each path, in the order of arrival.
    pub(crate) fn order(&self) -> Vec<String> {
        let arrivals = self.arrivals.lock().unwrap();
        let last = |path: &String| path.rsplit('/').next().unwrap().to_owned();
        arrivals.iter().map(|(path, _)| last(path)).collect()
    }

    /// Asserts that no window of a second held more requests than this.
    pub(crate) fn assert_rate(&self, most: usize) {
        let arrivals = self.arrivals.lock().unwrap();
        for some in arrivals.windows(most + 1) {
            let between = some[most].1 - some[0].1;
            assert!(between >= SECOND, "{between:?}: {:?}", *arrivals);
        }
    }

    /// Sends what is held back.
    pub(crate) fn release(&self) {
        for (mut stream, rest) in self.held.lock().unwrap().drain(..) {
            let _ = stream.write_all(rest);
        }
    }
}

type Arrivals = Mutex<Vec<(String, Instant)>>;

fn serve(mut stream: TcpStream, seen: &Arrivals, held: &Held, arrival: &Sender<String>) {
    if let Some(request) = read_request(&mut stream) {
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        seen.lock().unwrap().push((path.clone(), Instant::now()));
        let _ = arrival.send(path.clone());
        if path.contains("slow") {
            thread::sleep(Duration::from_millis(400));
        }
        let is_file = request.starts_with("GET") && path.contains("/attachments/");
        let (now, later) = match (path.contains("hang"), is_file) {
            (true, _) => (&[][..], FORM),
            (false, true) => FILE.split_at(FILE.len() - 1),
            (false, false) => (FORM, &[][..]),
        };
        let _ = stream.write_all(now);
        held.lock().unwrap().push((stream, later));
    }
}

/// A caller that blocks a thread, and is in the queue when this returns.
pub(crate) fn blocking(
    client: &Client,
    id: &str,
    options: CallOptions,
) -> Receiver<Result<(), penbox::Error>> {
    let waits = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&waits);
    let (ended, end) = channel();
    // The check runs once the call waits, and ends nothing.
    let options = options.interrupt_check(move || {
        seen.store(true, Ordering::SeqCst);
        false
    });
    let (client, id) = (client.with_options(options), id.to_owned());
    let over = Arc::clone(&waits);
    thread::spawn(move || {
        let result = client.forms().get(&id).map(drop);
        over.store(true, Ordering::SeqCst);
        let _ = ended.send(result);
    });
    while !waits.load(Ordering::SeqCst) {
        thread::yield_now();
    }
    end
}
