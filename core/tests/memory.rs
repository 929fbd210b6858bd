//! Files of any size move in constant memory. It is measured in a process of its own; the server is in another.
//!
//! `PENBOX_TEST_FILE_MIB` is the file's size, 256 by default.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Instant;

use penbox::{Client, Download, Upload};

const MIB: u64 = 1024 * 1024;
/// The growth of the peak that is allowed, in kB.
const MOST: u64 = 8 * 1024;
/// The variable that gives the measured process the server's address.
const SERVER: &str = "PENBOX_MEMORY_SERVER";

#[test]
fn a_large_file_takes_no_memory() {
    if let Ok(url) = std::env::var(SERVER) {
        return measure(&url);
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || serve(&stream.unwrap()));
        }
    });
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_large_file_takes_no_memory", "--nocapture"])
        .env(SERVER, url)
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success(),
        "{output}{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let grown = output.lines().filter(|line| line.contains(" kB in "));
    let grown: Vec<&str> = grown.collect();
    println!("{}", grown.join("\n"));
    assert_eq!(grown.len(), 5, "{output}");
}

fn measure(url: &str) {
    let size = std::env::var("PENBOX_TEST_FILE_MIB").map_or(256, |size| size.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let token = format!("pnbx_{}", "m".repeat(48));
    let client = Client::builder()
        .token(token)
        .base_url(url)
        // The largest file comes into memory, too.
        .max_download_bytes(1 << 40)
        .build()
        .unwrap();
    type Way = fn(&Client, &Path, u64);
    let ways: [(&str, Way); 5] = [
        ("up path", up_path),
        ("up reader", up_reader),
        ("down memory", down_memory),
        ("down path", down_path),
        ("down writer", down_writer),
    ];
    // A small file comes first, so that memory that is allocated once does not count.
    for (_, way) in ways {
        way(&client, folder.path(), MIB);
    }
    for (name, way) in ways {
        let (before, started) = (peak(), Instant::now());
        way(&client, folder.path(), size * MIB);
        let grown = peak() - before;
        let seconds = started.elapsed().as_secs_f64();
        println!("{name}: {size} MiB, grown by {grown} kB in {seconds:.1} s");
        // In memory the file is there once.
        let most = MOST
            + if name == "down memory" {
                size * 1024
            } else {
                0
            };
        assert!(grown < most, "{name} grew the process by {grown} kB");
    }
}

fn up_path(client: &Client, folder: &Path, size: u64) {
    let path = folder.join("source.bin");
    File::create(&path).unwrap().set_len(size).unwrap();
    let sent = client.attachments().upload(Upload::path(&path)).unwrap();
    assert!(received(&sent.id, size));
}

fn up_reader(client: &Client, _: &Path, size: u64) {
    let upload = Upload::reader(io::repeat(b'x').take(size), None, "source.bin");
    let sent = client.attachments().upload(upload).unwrap();
    assert!(received(&sent.id, size));
}

fn down_path(client: &Client, folder: &Path, size: u64) {
    let path = folder.join("target.bin");
    let to = Download::to(&path).overwrite(true);
    let file = client
        .attachments()
        .download(&size.to_string(), to)
        .unwrap();
    assert_eq!(
        (file.size, fs::metadata(&path).unwrap().len()),
        (size, size)
    );
    fs::remove_file(path).unwrap();
}

fn down_memory(client: &Client, _: &Path, size: u64) {
    let file = client
        .attachments()
        .download(&size.to_string(), Download::memory())
        .unwrap();
    assert_eq!(file.content.unwrap().len() as u64, size);
}

fn down_writer(client: &Client, _: &Path, size: u64) {
    let to = Download::writer(io::sink());
    let file = client
        .attachments()
        .download(&size.to_string(), to)
        .unwrap();
    assert_eq!(file.size, size);
}

/// Reports whether the server received this many bytes and a frame around them. The id of its answer is the body's length.
fn received(id: &str, size: u64) -> bool {
    (size..size + MIB / 2).contains(&id.parse().unwrap())
}

/// The peak of this process's memory so far, in kB. (`ru_maxrss` would start at the parent's peak.)
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap()
}

/// Answers the requests of a connection. The id of an upload's answer is the body's length; a download has as many bytes as its
/// id says.
fn serve(stream: &TcpStream) {
    let mut reader = BufReader::with_capacity(256 * 1024, stream);
    while let Some(head) = read_head(&mut reader) {
        let mut stream = stream;
        let (kind, size) = if head.starts_with("post ") {
            ("application/json", read_body(&mut reader, &head))
        } else {
            let path = head.split(' ').nth(1).unwrap();
            let id = path.rsplit('/').next().unwrap();
            ("application/octet-stream", id.parse().unwrap())
        };
        let json = format!(r#"{{"id":"{size}"}}"#);
        let upload = kind == "application/json";
        let length = if upload { json.len() as u64 } else { size };
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        match upload {
            true => stream.write_all(json.as_bytes()).unwrap(),
            false => send(stream, size),
        }
    }
}

fn send(mut stream: &TcpStream, size: u64) {
    let block = vec![b'x'; MIB as usize];
    let mut left = size;
    while left > 0 {
        let count = left.min(MIB);
        stream.write_all(&block[..count as usize]).unwrap();
        left -= count;
    }
}

/// The head of the next request in small letters.
fn read_head(reader: &mut impl BufRead) -> Option<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    Some(head.to_lowercase())
}

/// Reads a body and drops it. Returns its length.
fn read_body(reader: &mut impl BufRead, head: &str) -> u64 {
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    if let Some(length) = length {
        return skip(reader, length.parse().unwrap());
    }
    let mut whole = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let size = u64::from_str_radix(line.trim(), 16).unwrap();
        whole += skip(reader, size);
        reader.read_line(&mut line).unwrap();
        if size == 0 {
            return whole;
        }
    }
}

fn skip(reader: &mut impl Read, size: u64) -> u64 {
    io::copy(&mut reader.take(size), &mut io::sink()).unwrap()
}
