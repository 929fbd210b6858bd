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

/// What a process has of memory now, in kB; from here on its peak counts anew.
///
/// # Errors
/// There is no such process.
pub fn watch_memory(process: u32) -> io::Result<u64> {
    fs::write(format!("/proc/{process}/clear_refs"), "5")?;
    memory(process, "VmRSS:")
}

/// The most that a process had of memory since it is watched, in kB.
///
/// # Errors
/// There is no such process.
pub fn peak_memory(process: u32) -> io::Result<u64> {
    memory(process, "VmHWM:")
}

fn memory(process: u32, name: &str) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    number.ok_or_else(|| io::Error::other("the system does not tell how much memory a process has"))
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
    fn memory_that_was_given_back_is_still_seen() {
        let me = std::process::id();
        let before = watch_memory(me).unwrap();
        drop(std::hint::black_box(vec![1_u8; 32 << 20]));
        assert!(peak_memory(me).unwrap() >= before + (30 << 10));
    }

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
