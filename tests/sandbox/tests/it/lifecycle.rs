use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use penbox_sandbox::{Sandbox, SandboxOptions};

use crate::support::bench;

fn connect(sandbox: &Sandbox) -> TcpStream {
    let address = sandbox.origin().strip_prefix("http://").unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream
}

/// Reads one answer whose body ends with `end`.
fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if text.ends_with(end) {
            return text;
        }
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "closed after {text:?}");
        bytes.extend_from_slice(&buffer[..count]);
    }
}

#[test]
fn addresses() {
    let bench = bench();
    let origin = bench.sandbox.origin();
    assert!(origin.starts_with("http://127.0.0.1:"));
    assert_eq!(bench.sandbox.url(), format!("{origin}/v1"));
    assert_eq!(bench.sandbox.token(), penbox_sandbox::seed::ACME_TOKEN);
    assert!(!format!("{:?}", bench.sandbox).contains("pnbx_"));
}

#[test]
fn one_connection_serves_several_requests() {
    let bench = bench();
    let mut stream = connect(&bench.sandbox);
    for _ in 0..3 {
        stream
            .write_all(b"GET /v1/forms HTTP/1.1\r\nHost: x\r\n\r\n")
            .unwrap();
        let answer = read_until(&mut stream, "}");
        assert!(
            answer.starts_with("HTTP/1.1 401 Unauthorized\r\n"),
            "{answer}"
        );
    }
    assert_eq!(bench.sandbox.requests().len(), 3);
}

#[test]
fn a_caller_that_goes_away_is_in_the_log_without_a_status() {
    let bench = bench();
    let mut stream = connect(&bench.sandbox);
    stream
        .write_all(b"POST /v1/forms HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        .unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while bench.sandbox.requests().is_empty() && Instant::now() < until {
        std::thread::yield_now();
    }
    let seen = bench.sandbox.requests();
    assert_eq!((seen.len(), seen[0].status), (1, None));
}

#[test]
fn stop_frees_the_port_even_with_idle_connections() {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let port: u16 = sandbox
        .origin()
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let mut kept = connect(&sandbox);
    kept.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    read_until(&mut kept, "}");
    let _silent = connect(&sandbox);
    let started = Instant::now();
    sandbox.stop();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(kept.read(&mut [0; 16]).unwrap_or(0), 0);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    let again = Sandbox::start(SandboxOptions::default().port(port)).unwrap();
    let taken = Sandbox::start(SandboxOptions::default().port(port)).unwrap_err();
    assert_eq!(taken.kind(), std::io::ErrorKind::AddrInUse);
    drop(again);
}

#[test]
fn it_starts_and_drops_inside_an_async_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
        drop(sandbox);
    });
}

#[test]
fn many_at_once_lose_nothing() {
    let bench = Arc::new(bench());
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let bench = Arc::clone(&bench);
            std::thread::spawn(move || {
                for _ in 0..25 {
                    bench.form(&serde_json::json!({"flow": {"slug": "kyc-renewal"}}));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(bench.get("/forms").json()["meta"]["total_count"], 200);
}
