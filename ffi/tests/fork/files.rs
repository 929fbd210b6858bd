//! Files amid a fork whose child unwinds: the parent's upload and download go on as if nothing had happened.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use penbox_core::{Client, Download, Upload};

use crate::{client_of, ends_well};

const SIZE: usize = 3_000_000;

fn content() -> Vec<u8> {
    (0..SIZE).map(|at| (at / 7 % 251) as u8).collect()
}

/// Starts a server that passes on the bodies that it receives, and answers each GET with the content.
fn server() -> (String, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let (sender, received) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, sender) = (stream.unwrap(), sender.clone());
            std::thread::spawn(move || serve(stream, &sender));
        }
    });
    (url, received)
}

fn serve(mut stream: TcpStream, received: &Sender<Vec<u8>>) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while let Ok(1) = stream.read(&mut byte) {
        head.push(byte[0]);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        let text = String::from_utf8_lossy(&head).to_lowercase();
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
        if stream.read_exact(&mut body).is_err() {
            return;
        }
        let answer = match text.starts_with("post") {
            true => {
                let _ = received.send(body);
                br#"{"id":"a1","name":"a.bin"}"#.to_vec()
            }
            false => content(),
        };
        let kind = if text.starts_with("post") {
            "application/json"
        } else {
            "application/pdf"
        };
        let head_of_answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        let _ = stream.write_all(&[head_of_answer.into_bytes(), answer].concat());
        head.clear();
    }
}

/// Makes a call that forks amid the file's bytes. The child ends its call by the callback, and leaves; only then does the parent go on.
fn forks_amid<T>(
    call: impl FnOnce(
        Box<dyn FnMut(u64, Option<u64>) -> ControlFlow<()> + Send>,
    ) -> penbox_core::Result<T>,
) -> penbox_core::Result<T> {
    static IS_CHILD: AtomicBool = AtomicBool::new(false);
    let mut has_forked = false;
    let result = call(Box::new(move |moved, _| {
        if moved < 1_000_000 || std::mem::replace(&mut has_forked, true) {
            return ControlFlow::Continue(());
        }
        // SAFETY: no argument. The child has this thread only; it ends its call, and leaves by _exit below.
        match unsafe { libc::fork() } {
            0 => {
                IS_CHILD.store(true, Ordering::Relaxed);
                ControlFlow::Break(())
            }
            child => {
                assert!(ends_well(child));
                ControlFlow::Continue(())
            }
        }
    }));
    if IS_CHILD.load(Ordering::Relaxed) {
        let code = if result.is_err() { 0 } else { 1 };
        // SAFETY: it does not return; nothing of the parent's is run in the child.
        unsafe { libc::_exit(code) }
    }
    result
}

/// Makes a file with the content, which its maker removes.
fn file_at(path: &Path) {
    std::fs::write(path, content()).unwrap();
}

fn whole(body: &[u8]) -> bool {
    body.windows(4)
        .position(|four| four == b"\r\n\r\n")
        .is_some_and(|end| body.get(end + 4..end + 4 + SIZE) == Some(content().as_slice()))
}

#[test]
fn a_fork_amid_an_upload_whose_child_unwinds() {
    let (url, received) = server();
    let client: Client = client_of(&url);
    let folder = std::env::temp_dir().join(format!("penbox-fork-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("a.bin");
    file_at(&path);
    forks_amid(|fork| {
        client
            .attachments()
            .upload(Upload::path(&path).on_progress(fork))
    })
    .unwrap();
    assert!(whole(&received.recv().unwrap()), "by its path");
    let mut file = File::open(&path).unwrap();
    let upload = |fork| {
        let upload = Upload::seekable(&mut file, "a.bin");
        client.attachments().upload(upload.on_progress(fork))
    };
    forks_amid(upload).unwrap();
    assert!(whole(&received.recv().unwrap()), "an open file");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_fork_amid_a_download_whose_child_unwinds() {
    let (url, _received) = server();
    let client: Client = client_of(&url);
    let folder = std::env::temp_dir().join(format!("penbox-fork-to-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("b.bin");
    let download = |fork| {
        let to = Download::to(&path).on_progress(fork);
        client.attachments().download("a1", to)
    };
    let file = forks_amid(download).unwrap();
    assert_eq!((file.size, file.path), (SIZE as u64, Some(path.clone())));
    assert!(std::fs::read(&path).unwrap() == content());
    let names = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(names, 1, "the temporary file is gone");
    std::fs::remove_dir_all(&folder).unwrap();
}
