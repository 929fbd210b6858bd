//! Transfers below the minimum throughput.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use penbox::{Client, Download, ErrorKind, Outcome};

use crate::common::TOKEN;

#[test]
fn a_file_that_hardly_moves_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let dripping = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n";
        stream.write_all(head).unwrap();
        while stream.write_all(b".").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let client = Client::builder()
        .token(TOKEN)
        .base_url(format!("http://{address}/v1"))
        .read_timeout(Duration::from_millis(200))
        .max_attempts(1)
        .build()
        .unwrap();
    let error = client
        .attachments()
        .download("a", Download::memory())
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.phase()),
        (ErrorKind::Timeout, Some("body"))
    );
    assert_eq!(error.outcome(), Outcome::Done);
    assert!(error.message().contains("hardly moves"), "{error}");
    dripping.join().unwrap();
}
