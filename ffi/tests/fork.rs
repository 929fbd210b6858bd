//! A process that forks with a client: parent and child each get their own answers, whatever the other does. The tests
//! are in this crate because `fork` needs `unsafe`. Each is made over http and over https. There each child meets TLS cold: it
//! loads what the system trusts, as each process does for itself.
//!
//! `PENBOX_TEST_FORKS` is the number of forks, 20 unless set.
#![cfg(all(target_os = "linux", target_env = "gnu"))]
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

#[path = "fork/files.rs"]
mod files;
#[path = "fork/secure.rs"]
mod secure;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use penbox_core::{CallOptions, Client, ErrorKind};

/// Returns the number of forks of a test.
fn forks() -> usize {
    std::env::var("PENBOX_TEST_FORKS").map_or(20, |count| count.parse().unwrap())
}

/// How the server is reached.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scheme {
    Http,
    /// The client is told nothing of certificates: it trusts whom the system trusts.
    Https,
}

const SCHEMES: [Scheme; 2] = [Scheme::Http, Scheme::Https];

/// Starts a server that answers each request for a form with the requested id. Returns its address.
fn server(scheme: Scheme) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    if scheme == Scheme::Https {
        secure::prepare();
    }
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            std::thread::spawn(move || match scheme {
                Scheme::Http => serve(stream),
                Scheme::Https => serve(secure::accept(stream)),
            });
        }
    });
    match scheme {
        Scheme::Http => format!("http://{address}/v1"),
        Scheme::Https => format!("https://{address}/v1"),
    }
}

/// Makes a client of a server.
fn client_of(url: &str) -> Client {
    Client::builder()
        .token(format!("pnbx_{}", "f".repeat(48)))
        .base_url(url)
        .build()
        .unwrap()
}

/// Makes a client of a server that answers each request for a form with the requested id.
fn client(scheme: Scheme) -> Client {
    client_of(&server(scheme))
}

/// Answers the requests of one connection until it is closed.
fn serve(mut stream: impl Read + Write) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while let Ok(1) = stream.read(&mut byte) {
        head.push(byte[0]);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        let text = String::from_utf8_lossy(&head);
        let path = text.split(' ').nth(1).unwrap();
        if path.ends_with("hang") {
            // Until the client ends the connection.
            let _ = stream.read(&mut byte);
            return;
        }
        let body = format!(r#"{{"id":"{}"}}"#, path.rsplit('/').next().unwrap());
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
        head.clear();
    }
}

/// Returns true if the client gets the form that it requested.
fn gets(client: &Client, id: &str) -> bool {
    match client.forms().get(id) {
        Ok(form) => form.id == id,
        Err(error) => {
            eprintln!("{error}");
            false
        }
    }
}

/// Forks. The child runs `child` and leaves with the exit code 0 if that returns true. Returns the child's id.
fn fork(child: impl FnOnce() -> bool) -> libc::pid_t {
    // SAFETY: no argument. The child has this thread only; it uses the client, prints, and leaves by _exit.
    match unsafe { libc::fork() } {
        0 => {
            let code = if child() { 0 } else { 1 };
            // SAFETY: it does not return; nothing of the parent's is run in the child.
            unsafe { libc::_exit(code) }
        }
        child => child,
    }
}

/// Returns true if a child leaves with the exit code 0 within ten seconds: its few calls go to loopback, so a child
/// that takes longer waits for ever. Loading what the system trusts takes a part of one, on a busy machine.
fn ends_well(child: libc::pid_t) -> bool {
    ends_well_within(child, Duration::from_secs(10))
}

/// Returns true if a child leaves with the exit code 0 within a limit. Kills it after that.
fn ends_well_within(child: libc::pid_t, limit: Duration) -> bool {
    let until = Instant::now() + limit;
    let mut status = 0;
    while Instant::now() < until {
        // SAFETY: the status is a live integer.
        if unsafe { libc::waitpid(child, &mut status, libc::WNOHANG) } == child {
            return libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    // SAFETY: the child is ours and not waited for.
    unsafe { libc::kill(child, libc::SIGKILL) };
    false
}

#[test]
fn a_fork_after_a_call() {
    SCHEMES.into_iter().for_each(forks_after_a_call);
}

fn forks_after_a_call(scheme: Scheme) {
    let client = client(scheme);
    assert!(gets(&client, "first"));
    for number in 0..forks() {
        let (own, others) = (format!("parent{number}"), format!("child{number}"));
        let child = fork(|| (0..3).all(|_| gets(&client, &others)));
        assert!((0..3).all(|_| gets(&client, &own)));
        assert!(ends_well(child), "{scheme:?}, fork {number}");
    }
    println!("forks: {0} of {0} after a call, {scheme:?}", forks());
}

#[test]
fn a_fork_amid_calls() {
    SCHEMES.into_iter().for_each(forks_amid_calls);
}

fn forks_amid_calls(scheme: Scheme) {
    let (client, over) = (client(scheme), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let calling: Vec<_> = (0..8)
            .map(|caller| {
                let (client, over) = (&client, &over);
                scope.spawn(move || {
                    let id = format!("caller{caller}");
                    while !over.load(Ordering::Relaxed) {
                        assert!(gets(client, &id));
                    }
                })
            })
            .collect();
        for number in 0..forks() {
            let id = format!("child{number}");
            let well = ends_well(fork(|| gets(&client, &id)));
            if !well {
                over.store(true, Ordering::Relaxed);
            }
            assert!(well, "{scheme:?}, fork {number}");
        }
        over.store(true, Ordering::Relaxed);
        calling
            .into_iter()
            .for_each(|caller| caller.join().unwrap());
    });
    println!(
        "forks: {0} of {0} amid calls of 8 threads, {scheme:?}",
        forks()
    );
}

/// Has the pool get a form. Returns its id, or the kind of the error.
fn pooled(client: &Client, id: &str, options: CallOptions) -> Result<String, ErrorKind> {
    let options = options.begin();
    let (sender, ended) = std::sync::mpsc::channel();
    let (own, given, params) = (
        client.clone(),
        options.clone(),
        format!(r#"{{"id":"{id}"}}"#),
    );
    let call = async move {
        let answer = own.resumable_invoke("forms.get", &params, &given).await?;
        Ok(answer.document.text().to_owned())
    };
    client.start("forms.get", &options, call, move |result| {
        let _ = sender.send(result);
    });
    let text = ended
        .recv_timeout(Duration::from_secs(4))
        .map_err(|_| ErrorKind::Internal)?;
    text.map_err(|error| error.kind())
}

/// The pool and its timer begin anew in a child: the parent's threads are not there, and one of them may have held the
/// pool's lock.
#[test]
fn a_fork_amid_calls_of_the_pool() {
    SCHEMES.into_iter().for_each(forks_amid_calls_of_the_pool);
}

fn forks_amid_calls_of_the_pool(scheme: Scheme) {
    let (client, over) = (client(scheme), AtomicBool::new(false));
    let soon = || CallOptions::new().timeout(Duration::from_millis(100));
    std::thread::scope(|scope| {
        let calling: Vec<_> = (0..8)
            .map(|caller| {
                let (client, over) = (&client, &over);
                scope.spawn(move || {
                    let id = format!("caller{caller}");
                    while !over.load(Ordering::Relaxed) {
                        assert!(pooled(client, &id, CallOptions::new()).is_ok());
                    }
                })
            })
            .collect();
        // The parent has a call that waits for a time, so its timer runs, too.
        let single = single(&client);
        assert_eq!(pooled(&single, "hang", soon()), Err(ErrorKind::Timeout));
        for number in 0..forks() {
            let id = format!("child{number}");
            let well = ends_well(fork(|| {
                let answered = pooled(&client, &id, CallOptions::new());
                let hung = start_hanging(&single);
                let late = pooled(&single, &id, soon());
                drop(hung);
                answered.is_ok_and(|text| text.contains(&id)) && late == Err(ErrorKind::Timeout)
            }));
            if !well {
                over.store(true, Ordering::Relaxed);
            }
            assert!(well, "{scheme:?}, fork {number}");
        }
        over.store(true, Ordering::Relaxed);
        calling
            .into_iter()
            .for_each(|caller| caller.join().unwrap());
    });
    println!(
        "forks: {0} of {0} amid calls of the pool, {scheme:?}",
        forks()
    );
}

/// A client of the same server that makes one call at a time.
fn single(client: &Client) -> Client {
    Client::builder()
        .token(format!("pnbx_{}", "g".repeat(48)))
        .base_url(client.base_url())
        .max_workers(1)
        .build()
        .unwrap()
}

/// Has the only thread of a client wait for an answer that never comes.
fn start_hanging(client: &Client) -> Client {
    let (own, options) = (client.clone(), CallOptions::new().begin());
    let given = options.clone();
    let call = async move {
        own.resumable_invoke("forms.get", r#"{"id":"hang"}"#, &given)
            .await
    };
    client.start("forms.get", &options, call, drop);
    client.clone()
}

/// The first https call of a process loads the system's trust store once for all clients. A child must not wait for a
/// thread of its parent that was loading it. Each round starts a process that never made such a call, and forks it at
/// another moment of the call.
#[test]
fn a_fork_amid_the_first_https_call() {
    let url = server(Scheme::Https);
    for number in 0..forks() {
        let child = fork(|| {
            let shared = client_of(&url);
            std::thread::scope(|scope| {
                let first = scope.spawn(|| gets(&shared, "parent"));
                // Each round forks half a millisecond later, so that the forks meet the loading at different moments.
                let until = Instant::now() + Duration::from_micros(500) * number as u32;
                while Instant::now() < until && !first.is_finished() {
                    std::thread::yield_now();
                }
                let grandchild = fork(|| gets(&shared, "shared") && gets(&client_of(&url), "own"));
                ends_well(grandchild) && first.join().unwrap()
            })
        });
        assert!(
            ends_well_within(child, Duration::from_secs(20)),
            "fork {number}"
        );
    }
    println!("forks: {0} of {0} amid the first https call", forks());
}

#[test]
fn a_child_of_a_closed_client_has_a_closed_client() {
    SCHEMES.into_iter().for_each(forks_a_closed_client);
}

fn forks_a_closed_client(scheme: Scheme) {
    let client = client(scheme);
    assert!(gets(&client, "first"));
    client.close();
    let child = fork(|| {
        let error = client.forms().get("x").err();
        error.is_some_and(|error| error.kind() == penbox_core::ErrorKind::Closed)
    });
    assert!(ends_well(child));
}
