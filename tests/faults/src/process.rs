//! What a process holds: descriptors and threads.

use std::fs;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// Descriptors and threads of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Open descriptors.
    pub descriptors: usize,
    /// Running threads.
    pub threads: usize,
}

impl Held {
    /// What a process holds now.
    ///
    /// # Errors
    /// There is no such process.
    pub fn by(process: u32) -> io::Result<Self> {
        let count =
            |what: &str| fs::read_dir(format!("/proc/{process}/{what}")).map(Iterator::count);
        Ok(Self {
            descriptors: count("fd")?,
            threads: count("task")?,
        })
    }

    /// Waits until a process holds no more than this.
    ///
    /// # Errors
    /// It still does after the limit, or there is no such process.
    pub fn is_back(self, process: u32, limit: Duration) -> Result<(), String> {
        let start = Instant::now();
        loop {
            let now = Self::by(process).map_err(|error| format!("the testee is gone: {error}"))?;
            if now.descriptors <= self.descriptors && now.threads <= self.threads {
                return Ok(());
            }
            if start.elapsed() > limit {
                return Err(format!(
                    "the testee holds {now:?} after the client was closed, before it was {self:?}{}",
                    names(process)
                ));
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// What the descriptors of a process are.
fn names(process: u32) -> String {
    let Ok(entries) = fs::read_dir(format!("/proc/{process}/fd")) else {
        return String::new();
    };
    let mut text = String::new();
    for entry in entries.flatten() {
        if let Ok(to) = fs::read_link(entry.path()) {
            text.push_str(&format!(" {}", to.display()));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_file_is_seen() {
        let me = std::process::id();
        let before = Held::by(me).unwrap();
        let files: Vec<_> = (0..50)
            .map(|_| fs::File::open("/dev/null").unwrap())
            .collect();
        assert!(before.is_back(me, Duration::from_millis(20)).is_err());
        drop(files);
        let more = Held {
            descriptors: before.descriptors + 40,
            threads: before.threads + 40,
        };
        more.is_back(me, Duration::from_secs(5)).unwrap();
    }
}
