//! GrowingBuffers for what a connection reads and writes: little, until an answer turns out to be long.

use ureq::unversioned::transport::Buffers;

/// What most answers, and every head, have room in.
pub(super) const SMALL: usize = 16 * 1024;
/// What a long answer is read into: each read of it costs a system call and, often, a wait.
const LARGE: usize = 64 * 1024;
/// The least to read a piece of a request's body into.
const PIECE: usize = 10 * 1024;

/// The buffers of one connection. They take no memory before they are used.
#[derive(Debug, Default)]
pub(super) struct GrowingBuffers {
    input: Vec<u8>,
    /// Where in the input that begins which was not consumed yet.
    consumed: usize,
    /// Where it ends.
    filled: usize,
    output: Vec<u8>,
    /// The last look at the input took some of it: what is left may be of use.
    has_moved: bool,
    /// The most that was in the input at once, of what the call that has the connection read.
    most: usize,
}

impl GrowingBuffers {
    /// A call is done with the connection: the room for a long answer is kept as long as answers are long.
    pub(super) fn release(&mut self) {
        self.compact();
        if (1..SMALL).contains(&self.most) && self.filled < SMALL {
            self.input.truncate(SMALL);
            self.input.shrink_to_fit();
        }
        self.most = 0;
    }

    /// Moves what was not consumed to the front, once more than half of the room is behind it.
    fn compact(&mut self) {
        if self.consumed == self.filled {
            (self.consumed, self.filled) = (0, 0);
        } else if self.consumed > 0 && self.filled > self.input.len() / 2 {
            self.input.copy_within(self.consumed..self.filled, 0);
            self.filled -= self.consumed;
            self.consumed = 0;
        }
    }

    fn widen(&mut self, size: usize) {
        if self.input.len() < size {
            self.input.resize(size, 0);
        }
    }
}

impl Buffers for GrowingBuffers {
    fn output(&mut self) -> &mut [u8] {
        self.output.resize(SMALL, 0);
        &mut self.output
    }

    fn input(&self) -> &[u8] {
        &self.input[self.consumed..self.filled]
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.widen(match self.most {
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
        self.output();
        self.compact();
        self.widen(SMALL.max(self.filled + PIECE));
        (&mut self.input[self.filled..], &mut self.output)
    }

    fn can_use_input(&self) -> bool {
        self.has_moved && !self.input().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use ureq::unversioned::transport::LazyBuffers;

    use super::*;

    /// Reads as much as there is room for, or these bytes.
    fn read(room: &mut GrowingBuffers, bytes: &[u8]) -> usize {
        let free = room.input_append_buf();
        let count = free.len().min(bytes.len());
        free[..count].copy_from_slice(&bytes[..count]);
        room.input_appended(count);
        count
    }

    #[test]
    fn there_is_little_room_until_an_answer_is_long_and_again_after_a_short_one() {
        let long = vec![b'x'; LARGE * 2];
        let mut room = GrowingBuffers::default();
        assert_eq!(room.input.capacity() + room.output.capacity(), 0);
        // The first read of an answer finds little room, those that follow find more.
        for expected in [SMALL, LARGE, LARGE] {
            assert_eq!(read(&mut room, &long), expected);
            room.input_consume(expected);
        }
        // The next answer is long, too.
        room.release();
        room.release();
        assert_eq!(read(&mut room, &long[..LARGE - 1]), LARGE - 1);
        room.input_consume(LARGE - 1);
        room.release();
        assert_eq!(read(&mut room, b"short"), 5);
        room.input_consume(5);
        assert_eq!(room.input.len(), LARGE);
        room.release();
        assert_eq!(room.input.len(), SMALL);
        assert!(room.input.capacity() < LARGE);
    }

    #[test]
    fn what_was_not_consumed_stays_when_room_goes() {
        let mut room = GrowingBuffers::default();
        read(&mut room, &vec![b'x'; SMALL]);
        room.input_consume(SMALL);
        read(&mut room, &vec![b'y'; SMALL * 2]);
        room.input_consume(SMALL * 2);
        room.release();
        read(&mut room, b"answer and more");
        room.input_consume(10);
        room.release();
        assert_eq!((room.input(), room.input.len()), (&b" more"[..], SMALL));
    }

    #[test]
    fn it_holds_what_the_library_s_own_buffers_hold() {
        let (mut room, mut theirs) = (GrowingBuffers::default(), LazyBuffers::new(SMALL, SMALL));
        let (mut seed, mut moved) = (7_u64, 0);
        for step in 0..20_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let number = (seed >> 33) as usize;
            match number % 4 {
                0 => {
                    let free = |buffers: &mut dyn Buffers| buffers.input_append_buf().len();
                    let count = free(&mut room).min(free(&mut theirs)).min(number % SMALL);
                    for buffers in [&mut room as &mut dyn Buffers, &mut theirs] {
                        let free = buffers.input_append_buf();
                        free[..count].fill(step as u8);
                        buffers.input_appended(count);
                    }
                }
                1 => {
                    let count = number % (theirs.input().len() + 1);
                    room.input_consume(count);
                    theirs.input_consume(count);
                    moved += count;
                }
                2 => {
                    let (scratch, output) = room.tmp_and_output();
                    assert!(scratch.len() >= PIECE && output.len() == SMALL);
                    scratch.fill(1);
                }
                _ => room.release(),
            }
            assert_eq!(room.input(), theirs.input(), "step {step}");
            assert_eq!(room.can_use_input(), theirs.can_use_input(), "step {step}");
        }
        assert!(moved > SMALL * 100, "only {moved} bytes went through");
    }
}
