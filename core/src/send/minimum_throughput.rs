//! The minimum throughput of a download. Without it a server that sends a byte now and then would keep every other limit.

use std::time::Duration;

use crate::error::{Error, ErrorKind, name};

/// The least bytes in one window. A window is a `read_timeout`, 30 s by default, so any connection that moves at all brings more.
const LEAST: u64 = 1024;

/// The throughput of a download. Only the time spent waiting for the server counts, not what the sink takes.
pub(crate) struct MinimumThroughput {
    window: Duration,
    waited: Duration,
    moved: u64,
}

impl MinimumThroughput {
    pub(crate) fn new(window: Duration) -> MinimumThroughput {
        MinimumThroughput {
            window,
            waited: Duration::ZERO,
            moved: 0,
        }
    }

    /// Records bytes that were received after a wait. Fails where a window ends with fewer than `LEAST` bytes.
    pub(crate) fn record(&mut self, bytes: usize, wait: Duration) -> Result<(), Error> {
        self.moved += bytes as u64;
        self.waited += wait;
        if self.waited < self.window {
            return Ok(());
        }
        let moved = std::mem::take(&mut self.moved);
        self.waited = Duration::ZERO;
        match moved < LEAST {
            false => Ok(()),
            true => {
                let message = format!(
                    "the file hardly moves: {moved} bytes came in {} s",
                    self.window.as_secs_f32()
                );
                Err(Error::new(ErrorKind::Timeout, message)
                    .with_phase("body")
                    .with_hint(concat!(
                        "A file has to bring a kilobyte in each ",
                        name!("read_timeout"),
                        " of waiting: raise it if the network is that slow."
                    )))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trickle_is_no_transfer() {
        let second = Duration::from_secs(1);
        let mut throughput = MinimumThroughput::new(second * 3);
        for _ in 0..10 {
            throughput.record(500, second).unwrap();
        }
        throughput.record(500, second).unwrap();
        throughput.record(500, second).unwrap();
        throughput.record(24, Duration::ZERO).unwrap();
        throughput.record(0, second).unwrap();
        throughput.record(1_000, second).unwrap();
        throughput.record(0, second).unwrap();
        throughput.record(1_000, second).unwrap();
        throughput.record(0, second).unwrap();
        let error = throughput.record(23, second).unwrap_err();
        assert_eq!(
            (error.kind(), error.phase()),
            (ErrorKind::Timeout, Some("body"))
        );
    }
}
