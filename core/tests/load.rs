//! One client with very many requests, and with very many callers at once. It is measured in a process of its own; the sandbox is
//! in another.
//!
//! `PENBOX_TEST_REQUESTS` is the number of requests of the soak, 100,000 by default.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

use std::fs;
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use penbox::{CaseList, Client, ClientBuilder, ErrorKind, FormCreate, User};
use penbox_sandbox::{CaseSeed, Sandbox, SandboxOptions, seed};

/// The variables that give the measured process the sandbox's address and token.
const SERVER: &str = "PENBOX_LOAD_SERVER";
const TOKEN: &str = "PENBOX_LOAD_TOKEN";

/// Runs a test again in a process of its own. Returns the output.
fn alone(test: &str) -> String {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let wanted = CaseSeed {
        count: 30,
        ..CaseSeed::default()
    };
    sandbox.seed_cases(wanted).unwrap();
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(SERVER, sandbox.url())
        .env(TOKEN, sandbox.token())
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&done.stdout).into_owned();
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{output}{errors}");
    output
}

/// The settings of the measured process, or `None` in the process that measures.
fn measured() -> Option<ClientBuilder> {
    let url = std::env::var(SERVER).ok()?;
    let token = std::env::var(TOKEN).unwrap();
    Some(Client::builder().token(token).base_url(url))
}

fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap();
    line.trim_matches([':', ' ', '\t', 'k', 'B'])
        .parse()
        .unwrap()
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn a_long_life_leaves_nothing_behind() {
    const THREADS: u64 = 8;
    let Some(settings) = measured() else {
        print!("{}", alone("a_long_life_leaves_nothing_behind"));
        return;
    };
    let requests = std::env::var("PENBOX_TEST_REQUESTS")
        .map_or(100_000, |count| count.parse::<u64>().unwrap());
    // A page of ten cases is over the limit. (The sandbox needs more time for a list of forms the more forms there are.)
    let client = settings
        .max_response_bytes(4 * 1024)
        .page_size(10)
        .build()
        .unwrap();
    let ids: Vec<String> = (0..20).map(|_| created(&client)).collect();
    let (warm, done) = (requests / 10, AtomicU64::new(0));
    let run = |until: u64| {
        std::thread::scope(|scope| {
            let work = || {
                loop {
                    let number = done.fetch_add(1, Ordering::Relaxed);
                    if number >= until {
                        return;
                    }
                    one(&client, &ids, number);
                }
            };
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
            // The threads are joined: the end of a scope waits for their work only.
            threads
                .into_iter()
                .for_each(|thread| thread.join().unwrap());
        });
        done.store(until, Ordering::Relaxed);
    };
    let started = Instant::now();
    run(warm);
    let (memory, files, threads) = (status("VmRSS"), descriptors(), status("Threads"));
    run(requests);
    let grown = status("VmRSS").saturating_sub(memory);
    assert!(grown <= 1024, "grown by {grown} kB");
    assert_eq!((descriptors(), status("Threads")), (files, threads));
    println!(
        "soak: {requests} of {requests} requests, grown by {grown} kB after the first {warm}, {:.0} a second",
        requests as f64 / started.elapsed().as_secs_f64()
    );
}

fn created(client: &Client) -> String {
    let form = FormCreate::new(seed::CLIENT_ONBOARDING).user(User::email("a@example.com"));
    client.forms().create(form).unwrap().id.into_string()
}

/// Makes one call: 70 in 100 read a form, 20 create one, 5 read one that does not exist, 5 exceed the limit of an answer's size.
fn one(client: &Client, ids: &[String], number: u64) {
    let refused = |result: Result<(), penbox::Error>| result.unwrap_err().kind();
    match number % 100 {
        0..20 => drop(created(client)),
        20..25 => {
            let unknown = "00000000-0000-4000-8000-000000000000";
            let kind = refused(client.forms().get(unknown).map(drop));
            assert_eq!(kind, ErrorKind::NotFound);
        }
        25..30 => {
            let page = client.cases().list(CaseList::default()).next().unwrap();
            assert_eq!(refused(page.map(drop)), ErrorKind::Response);
        }
        _ => {
            let id = &ids[number as usize % ids.len()];
            assert_eq!(client.forms().get(id).unwrap().id, id.as_str());
        }
    }
}

#[test]
fn a_thousand_callers_at_once_each_get_their_own() {
    const CALLERS: usize = 1_000;
    let Some(settings) = measured() else {
        print!("{}", alone("a_thousand_callers_at_once_each_get_their_own"));
        return;
    };
    let client = settings.pool_size(CALLERS as u64).build().unwrap();
    let ids: Vec<String> = (0..CALLERS).map(|_| created(&client)).collect();
    let start = Barrier::new(CALLERS);
    let right = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for id in &ids {
            let (client, start, right) = (&client, &start, &right);
            std::thread::Builder::new()
                .stack_size(256 * 1024)
                .spawn_scoped(scope, move || {
                    start.wait();
                    for _ in 0..3 {
                        let form = client.forms().get(id).unwrap();
                        right.fetch_add(u64::from(form.id == id.as_str()), Ordering::Relaxed);
                    }
                })
                .unwrap();
        }
    });
    let peak = status("VmHWM");
    let all = 3 * CALLERS as u64;
    assert_eq!(right.into_inner(), all);
    assert!(peak <= 150 * 1024, "{peak} kB");
    println!("callers: {all} of {all} answers right from {CALLERS} at once, peak {peak} kB");
}
