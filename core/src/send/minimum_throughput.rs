//! Files that hardly move: a server that sends a byte now and then keeps every other limit.

use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// What has to come in one window, in bytes.
const LEAST: u64 = 1024;

/// The pace of a file that comes in. Only the time spent waiting for it counts.
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

    /// So many bytes came after so long a wait. An error where that is as good as nothing.
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
                Err(Error::new(ErrorKind::Timeout, message).with_phase("body"))
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
        let mut pace = MinimumThroughput::new(second * 3);
        for _ in 0..10 {
            pace.record(500, second).unwrap();
        }
        pace.record(500, second).unwrap();
        pace.record(500, second).unwrap();
        pace.record(24, Duration::ZERO).unwrap();
        pace.record(0, second).unwrap();
        pace.record(1_000, second).unwrap();
        pace.record(0, second).unwrap();
        pace.record(1_000, second).unwrap();
        pace.record(0, second).unwrap();
        let error = pace.record(23, second).unwrap_err();
        assert_eq!(
            (error.kind(), error.phase()),
            (ErrorKind::Timeout, Some("body"))
        );
    }
}
