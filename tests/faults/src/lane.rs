//! One process of a testee, which meets one fault after another.

use std::time::{Duration, Instant};

use penbox_conformance::args::TesteeArg;
use penbox_conformance::check::Reply;
use penbox_conformance::leak::LeakScan;
use penbox_conformance::testee::Testee;
use penbox_conformance::vars::TOKEN;
use serde_json::{Value, json};

use crate::process::Held;

/// The longest that any call may take, whatever its own limits say.
const LIMIT: Duration = Duration::from_secs(60);

/// A testee and what it held before.
pub struct Lane {
    arg: TesteeArg,
    testee: Testee,
    /// How long it may take until it holds no more than before.
    back: Duration,
    scan: LeakScan,
    last: u64,
    scanned: usize,
    before: Option<(u32, Held)>,
}

/// What came of a call, and how long it took.
pub struct Said {
    /// What came of it.
    pub reply: Reply,
    /// How long the testee took.
    pub took: Duration,
}

impl Lane {
    /// A testee that is not started yet.
    #[must_use]
    pub fn new(arg: &TesteeArg, back: Duration) -> Self {
        Self {
            back,
            arg: arg.clone(),
            testee: Testee::new(arg, LIMIT),
            scan: LeakScan::new([TOKEN]),
            last: 0,
            scanned: 0,
            before: None,
        }
    }

    /// Another process of the testee, with these variables in its environment.
    #[must_use]
    pub fn with_environment(&self, variables: Vec<String>) -> Self {
        let mut arg = self.arg.clone();
        arg.command
            .splice(0..0, ["env".to_owned()].into_iter().chain(variables));
        Self::new(&arg, self.back)
    }

    /// The language.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.arg.name
    }

    /// The scan for the token.
    #[must_use]
    pub fn scan(&self) -> &LeakScan {
        &self.scan
    }

    /// Bytes that were searched for the token so far.
    #[must_use]
    pub fn scanned(&self) -> usize {
        self.scanned
    }

    /// Notes that more was searched.
    pub fn searched(&mut self, bytes: usize) {
        self.scanned += bytes;
    }

    /// Makes a call.
    ///
    /// # Errors
    /// The testee did not survive it, its line is no answer, or the token stands in it.
    pub fn call(&mut self, mut line: Value) -> Result<Said, String> {
        self.last += 1;
        line["id"] = self.last.into();
        let start = Instant::now();
        let answered = self.testee.call(&line.to_string());
        let took = start.elapsed();
        let answered = answered?;
        self.scanned += answered.len();
        if let Some(how) = self.scan.find(answered.as_bytes()) {
            return Err(format!("the answer holds the token ({how})"));
        }
        match Reply::parse(&answered, self.last) {
            Ok((reply, _)) => Ok(Said { reply, took }),
            Err(problem) => {
                self.testee.stop();
                Err(problem)
            }
        }
    }

    /// Closes the client that was kept.
    ///
    /// # Errors
    /// As for a call.
    pub fn close(&mut self) -> Result<(), String> {
        self.call(json!({})).map(|_| ())
    }

    /// The process, while it runs.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.testee.id()
    }

    /// Notes what the testee holds while it does nothing, unless that is known of this process.
    pub fn note(&mut self) {
        let process = self.testee.id();
        if self.before.map(|(process, _)| process) != process {
            self.before = process.and_then(|process| Some((process, Held::by(process).ok()?)));
        }
    }

    /// Whether the process is another than the one that was noted.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.before.is_none() || self.before.map(|(process, _)| process) != self.testee.id()
    }

    /// Judges the process after a call: what it holds, and what it wrote to stderr.
    pub fn judge(&mut self) -> Vec<String> {
        let mut wrong = Vec::new();
        if let Some((process, held)) = self.before.filter(|_| !self.is_new()) {
            wrong.extend(held.is_back(process, self.back).err());
        }
        let stderr = self.testee.stderr();
        self.scanned += stderr.len();
        if let Some(how) = self.scan.find(&stderr) {
            wrong.push(format!("stderr holds the token ({how})"));
        }
        let text = String::from_utf8_lossy(&stderr);
        if let Some(at) = text.find("panicked") {
            let from = text[..at].rfind('\n').map_or(0, |end| end + 1);
            let said: String = text[from..].chars().take(300).collect();
            wrong.push(format!("the testee panicked: {said}"));
        }
        wrong
    }

    /// Ends the process.
    pub fn finish(&mut self) {
        self.testee.finish();
    }

    /// Stops a process of which nothing good can be said any more.
    pub fn stop(&mut self) {
        // Another one, for what this one wrote to stderr is not the next one's.
        self.testee = Testee::new(&self.arg, LIMIT);
        self.before = None;
    }
}
