//! The variables of the process that a client reads which was given no environment. The test is in this crate because it puts a function
//! in the place of the system's, which needs `unsafe`.
#![cfg(all(target_os = "linux", target_env = "gnu"))]
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

use std::ffi::{CStr, c_char};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::Mutex;

use penbox_core::Client;
use penbox_core::bindings::Environment;

/// The names of the variables that were read.
static READ: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Reads a variable, in the place of the system's function of this name. None is set.
///
/// # Safety
/// As for that function.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn getenv(name: *const c_char) -> *mut c_char {
    // SAFETY: the caller of a function of the system hands over a text that ends in NUL.
    let name = unsafe { CStr::from_ptr(name) };
    if let Ok(mut read) = READ.try_lock() {
        read.push(name.to_string_lossy().into_owned());
    }
    std::ptr::null_mut()
}

/// Answers each request by a page of one form, of which there are two.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut head) = (stream.unwrap(), Vec::new());
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if !matches!(stream.read(&mut byte), Ok(1)) {
                    break;
                }
                head.push(byte[0]);
            }
            let page = match String::from_utf8_lossy(&head).contains("=2") {
                true => 2,
                false => 1,
            };
            let body = format!(
                r#"{{"data":[{{"id":"f{page}"}}],"meta":{{"current_page":{page},"total_pages":2,"total_count":2}}}}"#
            );
            let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json";
            let length = body.len();
            let _ = write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}");
        }
    });
    format!("http://{address}/v1")
}

/// Makes a client of code, walks a list that is fetched ahead, and returns the names of the variables that were read.
fn read_by_a_client() -> Vec<String> {
    let url = serve();
    READ.lock().unwrap().clear();
    let client = Client::builder()
        .token(format!("pnbx_{}", "f".repeat(48)))
        .base_url(url)
        .build()
        .unwrap();
    let list = client.forms().list(Default::default()).prefetch();
    let ids: Vec<_> = list.map(|form| form.unwrap().id.to_string()).collect();
    assert_eq!(ids, ["f1", "f2"]);
    READ.lock().unwrap().clone()
}

/// Returns the variables of the SDK among these.
fn of_the_sdk(read: &[String]) -> Vec<&str> {
    let known = ["PENBOX_", "SSL_CERT_", "NODE_EXTRA_"];
    let names = read.iter().map(String::as_str);
    names
        .filter(|name| known.iter().any(|start| name.starts_with(start)))
        .collect()
}

#[test]
fn a_client_of_code_reads_the_bound_of_threads_and_nothing_else_of_the_sdk() {
    let read = read_by_a_client();
    assert_eq!(of_the_sdk(&read), ["PENBOX_MAX_THREADS"], "{read:?}");
}

#[test]
fn with_raised_privileges_nothing_is_read() {
    // In a process of its own: the bound is read once a process.
    let this = std::env::current_exe().unwrap();
    let child = Command::new(this)
        .args([
            "--ignored",
            "--exact",
            "in_a_program_with_raised_privileges",
        ])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&child.stdout);
    assert!(told.contains("1 passed"), "{told}");
}

#[test]
#[ignore = "run by the test above in a process of its own"]
fn in_a_program_with_raised_privileges() {
    Environment::withhold();
    let read = read_by_a_client();
    assert!(of_the_sdk(&read).is_empty(), "{read:?}");
}
