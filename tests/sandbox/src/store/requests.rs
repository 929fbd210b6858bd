use std::collections::VecDeque;

use serde::Serialize;

/// How many requests are kept; older ones are dropped.
const KEPT: usize = 10_000;
/// How much of a body is kept, so that a full log stays bounded in memory as well.
const BODY_KEPT: usize = 64 * 1024;

/// A request as it came in, without its token.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RequestRecord {
    /// The `x-request-id` of its answer.
    pub request_id: String,
    /// When it came in.
    pub at: String,
    /// HTTP method.
    pub method: String,
    /// Path, `/v1` included, as sent.
    pub path: String,
    /// Query as sent, without the question mark.
    pub query: Option<String>,
    /// Headers in lower case; a bearer token shows as `Bearer pnbx_***`, any other credential as `***`.
    pub headers: Vec<(String, String)>,
    /// Whether it carried a token that opens something.
    pub authorized: bool,
    /// The name of that token.
    pub token_name: Option<String>,
    /// The body as text, at most its first 64 KiB.
    pub body: String,
    /// The body's full length.
    pub body_bytes: usize,
    /// The answer's status; absent while the request runs, and for good when the caller went away.
    pub status: Option<u16>,
}

/// The last requests, oldest first.
#[derive(Default)]
pub(crate) struct RequestLog {
    records: VecDeque<RequestRecord>,
    /// The number of the first record kept; numbers never come back.
    first: u64,
}

impl RequestLog {
    /// Writes a request down as soon as it comes in, so that one whose caller goes away is there too.
    pub(crate) fn open(&mut self, record: RequestRecord) -> u64 {
        if self.records.len() == KEPT {
            self.records.pop_front();
            self.first += 1;
        }
        self.records.push_back(record);
        self.first + self.records.len() as u64 - 1
    }

    /// Changes a record, if it is still there.
    pub(crate) fn update(&mut self, number: u64, change: impl FnOnce(&mut RequestRecord)) {
        let index = number.checked_sub(self.first).map(usize::try_from);
        if let Some(Ok(index)) = index
            && let Some(record) = self.records.get_mut(index)
        {
            change(record);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.first += self.records.len() as u64;
        self.records.clear();
    }

    pub(crate) fn all(&self) -> Vec<RequestRecord> {
        self.records.iter().cloned().collect()
    }
}

impl RequestRecord {
    pub(crate) fn set_body(&mut self, body: &[u8], length: usize) {
        self.body_bytes = length;
        self.body = String::from_utf8_lossy(&body[..body.len().min(BODY_KEPT)]).into_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_bounded_and_late_updates_find_their_record() {
        let mut log = RequestLog::default();
        for n in 0..=KEPT {
            let record = RequestRecord {
                path: format!("/{n}"),
                ..RequestRecord::default()
            };
            assert_eq!(log.open(record), n as u64);
        }
        assert_eq!(log.all().len(), KEPT);
        assert_eq!(log.all()[0].path, "/1");
        log.update(0, |_| panic!("record 0 is gone"));
        log.update(KEPT as u64, |record| record.status = Some(200));
        assert_eq!(log.all()[KEPT - 1].status, Some(200));
        log.clear();
        log.update(KEPT as u64, |_| panic!("cleared"));
        assert_eq!(log.open(RequestRecord::default()), KEPT as u64 + 1);
    }

    #[test]
    fn a_long_body_is_cut_and_its_length_kept() {
        let mut record = RequestRecord::default();
        record.set_body(&vec![b'a'; BODY_KEPT + 1], BODY_KEPT + 1);
        assert_eq!(
            (record.body.len(), record.body_bytes),
            (BODY_KEPT, BODY_KEPT + 1)
        );
    }
}
