//! The limits of files: their time as a whole, and their bytes in memory.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use penbox::{AttachmentMerge, CallOptions, Client, ClientBuilder, Download, Error, ErrorKind};
use penbox::{Outcome, Upload};

use crate::common::{Server, Step, TOKEN, answer, read_request};

const MIB: u64 = 1 << 20;

/// Starts a server that hands each connection to a function, with the request that came by it.
fn serve(each: impl Fn(&mut TcpStream, &str) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            if let Some(request) = read_request(&mut stream) {
                each(&mut stream, &request);
            }
        }
    });
    port
}

fn builder(port: u16) -> ClientBuilder {
    Client::builder()
        .token(TOKEN)
        .base_url(format!("http://127.0.0.1:{port}/v1"))
        .max_attempts(1)
}

/// Sends a file of half a megabyte in twenty pieces, in some 400 ms.
fn slowly(stream: &mut TcpStream, _: &str) {
    let piece = [7; 25_600];
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
        piece.len() * 20
    );
    for _ in 0..20 {
        if stream.write_all(&piece).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn facts(error: &Error) -> (ErrorKind, Option<&str>, Outcome) {
    let why = error.reason().or(error.phase());
    (error.kind(), why, error.outcome())
}

#[test]
fn a_file_has_the_limit_for_files_and_no_other() {
    let port = serve(slowly);
    let short = Duration::from_millis(200);
    let client = builder(port)
        .timeout(short)
        .attempt_timeout(short)
        .build()
        .unwrap();
    let file = client
        .attachments()
        .download("a", Download::memory())
        .unwrap();
    assert_eq!(file.size, 512_000);
    let client = builder(port).file_timeout(short).build().unwrap();
    let error = client
        .attachments()
        .download("a", Download::memory())
        .unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Timeout, Some("body"), Outcome::Done)
    );
    assert!(error.hint().unwrap().contains("file_timeout"), "{error}");
    // The limit of the call itself counts before the client's, shorter or longer.
    let longer = client.with_options(CallOptions::new().timeout(Duration::from_secs(20)));
    longer
        .attachments()
        .download("a", Download::memory())
        .unwrap();
    let client = builder(port)
        .file_timeout(Duration::from_secs(20))
        .build()
        .unwrap();
    let shorter = client.with_options(CallOptions::new().timeout(short));
    assert!(
        shorter
            .attachments()
            .download("a", Download::memory())
            .is_err()
    );
}

#[test]
fn every_call_that_moves_a_file_has_its_limit_and_no_json_call_has() {
    let limit = Duration::from_millis(100);
    let calls: [fn(&Client) -> Option<Error>; 4] = [
        |client| {
            client
                .attachments()
                .upload(Upload::bytes("x", "a.txt"))
                .err()
        },
        |client| client.attachments().download("a", Download::memory()).err(),
        |client| {
            client
                .responses()
                .download_pdf("a", Download::memory())
                .err()
        },
        |client| {
            let merge = AttachmentMerge::of(["a", "b"]);
            client
                .attachments()
                .download_merged(merge, Download::memory())
                .err()
        },
    ];
    for call in calls {
        let server = Server::start(vec![Step::Hang]);
        let client = server.builder().file_timeout(limit).build().unwrap();
        let started = Instant::now();
        let error = call(&client).unwrap();
        assert_eq!(
            facts(&error),
            (ErrorKind::Timeout, Some("response"), Outcome::Unknown),
            "{error}"
        );
        assert!(started.elapsed() < Duration::from_secs(10));
    }
    let port = serve(|stream, _| {
        std::thread::sleep(Duration::from_millis(300));
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"id\":\"a\"}");
    });
    let client = builder(port).file_timeout(limit).build().unwrap();
    assert_eq!(client.forms().get("a").unwrap().id, "a");
}

#[test]
fn the_limit_for_files_bounds_the_wait_for_a_rate_limit() {
    let server = Server::start(vec![answer("200 OK", "", b"abc")]);
    let limit = Duration::from_millis(300);
    let client = server
        .builder()
        .rate_limit("1/min")
        .file_timeout(limit)
        .build()
        .unwrap();
    client
        .attachments()
        .download("a", Download::memory())
        .unwrap();
    let error = client
        .attachments()
        .download("a", Download::memory())
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::RateLimit, Outcome::NotSent)
    );
}

#[test]
fn a_file_in_memory_has_a_limit_and_any_other_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let body = vec![7; 1001];
    let whole = || answer("200 OK", "", &body);
    let chunked = Step::AnswerAndClose(
        [
            &b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n"[..],
            &body,
            b"\r\n0\r\n\r\n",
        ]
        .concat(),
    );
    // Of this file no byte ever comes: its head is enough.
    let declared = Step::Answer(b"HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n".to_vec());
    let server = Server::start(vec![declared, chunked, whole(), whole(), whole()]);
    let client = server.builder().max_download_bytes(1000).build().unwrap();
    for size in ["1001 bytes", "more than 1000 bytes"] {
        let error = client
            .attachments()
            .download("a", Download::memory())
            .unwrap_err();
        assert_eq!(
            facts(&error),
            (ErrorKind::Response, Some("too_large"), Outcome::Done)
        );
        let message = format!("the file has {size}, and at most 1000 come into memory");
        assert_eq!(error.message(), message);
        let hint = error.hint().unwrap();
        assert!(
            hint.contains("Download::to") && hint.contains("max_download_bytes"),
            "{hint}"
        );
    }
    let path = folder.path().join("x");
    client
        .attachments()
        .download("a", Download::to(&path))
        .unwrap();
    let mut bytes = Vec::new();
    client
        .attachments()
        .download("a", Download::writer(&mut bytes))
        .unwrap();
    assert_eq!(
        (std::fs::read(path).unwrap(), &bytes),
        (body.clone(), &body)
    );
    client.close();
    let client = server.builder().max_download_bytes(1001).build().unwrap();
    let file = client
        .attachments()
        .download("a", Download::memory())
        .unwrap();
    assert_eq!(file.content, Some(body));
}

/// Starts this test alone in a process whose memory has a limit, with the address of a server.
#[cfg(target_os = "linux")]
fn in_little_memory(test: &str, port: u16) {
    let limited = format!("ulimit -v {}; exec \"$0\" \"$@\"", 512 * 1024);
    let run = std::process::Command::new("sh")
        .args(["-c", &limited])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env("PENBOX_TEST_PORT", port.to_string())
        // Each arena of the allocator would take 64 MB of the address space.
        .env("MALLOC_ARENA_MAX", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout) + String::from_utf8_lossy(&run.stderr);
    assert!(
        run.status.success() && said.contains("1 passed"),
        "{} {said}",
        run.status
    );
}

/// Sends an answer of 700 MiB: in chunks, unless the request is for a declared one.
#[cfg(target_os = "linux")]
fn hugely(stream: &mut TcpStream, request: &str) {
    let is_declared = request.contains("/declared ");
    let head = match is_declared {
        true => format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", 700 * MIB),
        false => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_owned(),
    };
    let mut piece = vec![b' '; MIB as usize];
    if !is_declared {
        piece = [&b"100000\r\n"[..], &piece, b"\r\n"].concat();
    }
    let _ = stream.write_all(head.as_bytes());
    for _ in 0..700 {
        if stream.write_all(&piece).is_err() {
            return;
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_with_little_memory_gets_an_error_and_lives() {
    let name = "file_limits::a_process_with_little_memory_gets_an_error_and_lives";
    let Ok(port) = std::env::var("PENBOX_TEST_PORT") else {
        return in_little_memory(name, serve(hugely));
    };
    let client = builder(port.parse().unwrap())
        .max_download_bytes(4096 * MIB)
        .max_response_bytes(u64::from(u32::MAX))
        .build()
        .unwrap();
    for error in [
        client
            .attachments()
            .download("declared", Download::memory())
            .unwrap_err(),
        client.forms().get("declared").unwrap_err(),
        client.forms().get("chunked").unwrap_err(),
    ] {
        let expected = (ErrorKind::Internal, Some("resource"), Outcome::Done);
        assert_eq!(facts(&error), expected, "{error}");
    }
}
