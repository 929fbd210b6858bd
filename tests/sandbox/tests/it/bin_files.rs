//! Temporary files of the program: none is ever visible, and a reset frees them.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::json;
use ureq::Agent;

#[test]
fn uploads_have_no_name_and_go_with_a_reset() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_penbox-sandbox"))
        .arg("--exit-on-stdin-eof")
        .env("TMPDIR", directory.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut url)
        .unwrap();
    let url = url.trim_end();
    let bearer = format!("Bearer {}", penbox_sandbox::seed::ACME_TOKEN);
    let agent = Agent::config_builder().proxy(None).build().new_agent();
    let body = json!({"name": "a", "data": "QUFB"}).to_string();
    for _ in 0..3 {
        let request = agent.post(format!("{url}/attachments"));
        request
            .header("authorization", &bearer)
            .send(&body)
            .unwrap();
    }
    let open = || {
        let inside = directory.path();
        fs::read_dir(format!("/proc/{}/fd", child.id()))
            .unwrap()
            .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
            .filter(|target| target.starts_with(inside))
            .count()
    };
    assert_eq!(open(), 3);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    let reset = url.replace("/v1", "/_sandbox/reset");
    agent.post(reset).send_empty().unwrap();
    assert_eq!(open(), 0);
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
