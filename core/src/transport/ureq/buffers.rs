//! The buffers of a connection: small, until an answer turns out to be long.

use ureq::unversioned::transport::Buffers;

use crate::transport::call_context::CallContext;

/// The size for most answers and heads. Small, since each connection has buffers: with ureq's own of 128 KiB, 1,000 threads
/// took 348 MiB instead of 116 (docs/design.md).
pub(super) const SMALL: usize = 16 * 1024;
/// The size for a long answer. Each read costs a system call and, often, a wait, so fewer and larger reads are faster.
pub(super) const LARGE: usize = 64 * 1024;
/// The least space for a chunk of a request's body. ureq's own buffers have the same least space.
const LEAST_CHUNK: usize = 10 * 1024;

/// The buffers of one connection. They take no memory before they are used.
#[derive(Debug, Default)]
pub(super) struct GrowingBuffers {
    /// The space for the bytes of answers.
    input: Vec<u8>,
    /// The start of the bytes in the input that were not consumed yet.
    consumed: usize,
    /// The end of those bytes.
    filled: usize,
    /// The space for the next bytes of a request.
    output: Vec<u8>,
    /// The number of bytes at the start of the output that wait to be sent with those that follow.
    held: usize,
    /// The last call of `input_consume` took some bytes. If it took none, the rest is an incomplete piece, and more must be read.
    has_moved: bool,
    /// The most bytes that were in the input at once, during the call that has the connection.
    most: usize,
}

impl GrowingBuffers {
    /// Ends a call. The large input is kept as long as answers are long: another long one is likely, as with pages of a list.
    pub(super) fn release(&mut self) {
        self.compact();
        // Without a read since the last release nothing is known of the answers' length.
        if (1..SMALL).contains(&self.most) && self.filled < SMALL {
            self.input.truncate(SMALL);
            self.input.shrink_to_fit();
        }
        self.most = 0;
        self.held = 0;
    }

    /// Holds the first bytes of the output, until those that follow are sent with them.
    pub(super) fn hold(&mut self, amount: usize) {
        self.held = amount;
    }

    /// The number of bytes that wait.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// The output with the bytes that wait.
    pub(super) fn whole_output(&mut self) -> &mut [u8] {
        // The HTTP library writes no line of a head in parts, so a long query needs a buffer of its length. The next call with an
        // ordinary head gives the memory back.
        let size = CallContext::current().head_size().max(SMALL);
        if self.output.len() > size {
            self.output.truncate(size);
            self.output.shrink_to_fit();
        }
        // Only the first call takes memory. The bytes of the calls before stay where they are.
        self.output.resize(size, 0);
        &mut self.output
    }

    /// Offers bytes that were read while a request was sent: the HTTP library takes them before it waits for more.
    pub(super) fn offer(&mut self) {
        self.has_moved = true;
    }

    /// Moves the bytes that were not consumed to the front, once the input is more than half full. Earlier it would copy them
    /// again and again for little space.
    fn compact(&mut self) {
        if self.consumed == self.filled {
            (self.consumed, self.filled) = (0, 0);
        } else if self.consumed > 0 && self.filled > self.input.len() / 2 {
            self.input.copy_within(self.consumed..self.filled, 0);
            self.filled -= self.consumed;
            self.consumed = 0;
        }
    }

    /// Makes the input at least this large.
    fn grow(&mut self, size: usize) {
        if self.input.len() < size {
            self.input.resize(size, 0);
        }
    }
}

impl Buffers for GrowingBuffers {
    fn output(&mut self) -> &mut [u8] {
        let held = self.held;
        &mut self.whole_output()[held..]
    }

    fn input(&self) -> &[u8] {
        &self.input[self.consumed..self.filled]
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.grow(match self.most {
            ..SMALL => SMALL,
            SMALL.. => LARGE,
        });
        self.compact();
        &mut self.input[self.filled..]
    }

    fn input_appended(&mut self, amount: usize) {
        self.filled += amount;
        self.most = self.most.max(self.filled);
    }

    fn input_consume(&mut self, amount: usize) {
        self.has_moved = amount > 0;
        self.consumed = self.filled.min(self.consumed + amount);
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        self.whole_output();
        self.compact();
        // The scratch space is the free part of the input, after the bytes that were not consumed.
        self.grow(SMALL.max(self.filled + LEAST_CHUNK));
        (
            &mut self.input[self.filled..],
            &mut self.output[self.held..],
        )
    }

    fn can_use_input(&self) -> bool {
        self.has_moved && !self.input().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use ureq::unversioned::transport::LazyBuffers;

    use super::*;

    /// Reads these bytes, as far as there is space for them.
    fn read(buffers: &mut GrowingBuffers, bytes: &[u8]) -> usize {
        let free = buffers.input_append_buf();
        let count = free.len().min(bytes.len());
        free[..count].copy_from_slice(&bytes[..count]);
        buffers.input_appended(count);
        count
    }

    #[test]
    fn buffers_grow_with_a_long_answer_and_shrink_after_a_short_one() {
        let long = vec![b'x'; LARGE * 2];
        let mut buffers = GrowingBuffers::default();
        assert_eq!(buffers.input.capacity() + buffers.output.capacity(), 0);
        // The first read of an answer has little space, those that follow have more.
        for expected in [SMALL, LARGE, LARGE] {
            assert_eq!(read(&mut buffers, &long), expected);
            buffers.input_consume(expected);
        }
        // The next answer is long, too.
        buffers.release();
        buffers.release();
        assert_eq!(read(&mut buffers, &long[..LARGE - 1]), LARGE - 1);
        buffers.input_consume(LARGE - 1);
        buffers.release();
        assert_eq!(read(&mut buffers, b"short"), 5);
        buffers.input_consume(5);
        assert_eq!(buffers.input.len(), LARGE);
        buffers.release();
        assert_eq!(buffers.input.len(), SMALL);
        assert!(buffers.input.capacity() < LARGE);
    }

    #[test]
    fn unconsumed_bytes_survive_a_shrink() {
        let mut buffers = GrowingBuffers::default();
        read(&mut buffers, &vec![b'x'; SMALL]);
        buffers.input_consume(SMALL);
        read(&mut buffers, &vec![b'y'; SMALL * 2]);
        buffers.input_consume(SMALL * 2);
        buffers.release();
        read(&mut buffers, b"answer and more");
        buffers.input_consume(10);
        buffers.release();
        assert_eq!(
            (buffers.input(), buffers.input.len()),
            (&b" more"[..], SMALL)
        );
    }

    #[test]
    fn they_hold_what_the_librarys_own_buffers_hold() {
        let (mut buffers, mut theirs) = (GrowingBuffers::default(), LazyBuffers::new(SMALL, SMALL));
        let (mut seed, mut moved) = (7_u64, 0);
        for step in 0..20_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let number = (seed >> 33) as usize;
            match number % 4 {
                0 => {
                    let free = |buffers: &mut dyn Buffers| buffers.input_append_buf().len();
                    let count = free(&mut buffers)
                        .min(free(&mut theirs))
                        .min(number % SMALL);
                    for each in [&mut buffers as &mut dyn Buffers, &mut theirs] {
                        let free = each.input_append_buf();
                        free[..count].fill(step as u8);
                        each.input_appended(count);
                    }
                }
                1 => {
                    let count = number % (theirs.input().len() + 1);
                    buffers.input_consume(count);
                    theirs.input_consume(count);
                    moved += count;
                }
                2 => {
                    let (scratch, output) = buffers.tmp_and_output();
                    assert!(scratch.len() >= LEAST_CHUNK && output.len() == SMALL);
                    scratch.fill(1);
                }
                _ => buffers.release(),
            }
            assert_eq!(buffers.input(), theirs.input(), "step {step}");
            assert_eq!(
                buffers.can_use_input(),
                theirs.can_use_input(),
                "step {step}"
            );
        }
        assert!(moved > SMALL * 100, "only {moved} bytes went through");
    }
}
