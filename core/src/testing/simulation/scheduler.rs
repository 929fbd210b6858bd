//! A scheduler: threads take turns on a simulated clock, so that a run depends on its seed alone.

use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::cancel::{CancelScope, Waiter};
use crate::send::runtime::Runtime;

/// A small random generator (xorshift64*). The same seed gives the same numbers.
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Rng {
        // The states of neighbouring seeds are far apart. A state of zero would give zeros only.
        Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number. Its lowest bits, which are the weakest, are cut off.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11
    }

    /// A number below a limit, which must not be zero.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// Returns true in so many of a hundred cases.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A duration of whole milliseconds, up to a limit.
    pub(crate) fn ms(&mut self, most: u64) -> Duration {
        Duration::from_millis(self.below(most + 1))
    }
}

/// The clock, and the thread whose turn it is.
#[derive(Clone)]
pub(crate) struct Scheduler(Arc<Shared>);

/// The parts that all threads of a run share.
struct Shared {
    epoch: Instant,
    state: Mutex<State>,
    /// A condition for each thread, so that only the next one wakes.
    turns: Vec<Condvar>,
}

/// The state under the lock. One thread at a time runs between two sleeps.
struct State {
    now: Duration,
    rng: Rng,
    running: Option<usize>,
    threads: Vec<Waiting>,
}

/// The wake-up time of a thread, and what wakes it earlier. Without a time the thread has not entered yet, or has left.
#[derive(Default)]
struct Waiting {
    wake: Option<Duration>,
    cancel: Option<CancelScope>,
    awaited: Option<Arc<Waiter<()>>>,
}

impl Waiting {
    /// Reports whether something has ended the wait before its time.
    fn is_ended(&self) -> bool {
        let is_cancelled = self
            .cancel
            .as_ref()
            .is_some_and(|scope| scope.cause().is_some());
        is_cancelled
            || self
                .awaited
                .as_ref()
                .is_some_and(|awaited| awaited.is_notified())
    }
}

thread_local! { static ME: Cell<usize> = const { Cell::new(usize::MAX) }; }

impl Scheduler {
    pub(crate) fn new(seed: u64, threads: usize) -> Scheduler {
        Scheduler(Arc::new(Shared {
            epoch: Instant::now(),
            state: Mutex::new(State {
                now: Duration::ZERO,
                rng: Rng::new(seed),
                running: None,
                threads: (0..threads).map(|_| Waiting::default()).collect(),
            }),
            turns: (0..threads).map(|_| Condvar::new()).collect(),
        }))
    }

    /// Registers the calling thread as number `me`, and waits for its turn. The first turn starts when all have entered.
    pub(crate) fn enter(&self, me: usize) {
        ME.set(me);
        let mut state = self.state();
        state.threads[me].wake = Some(Duration::ZERO);
        if state.threads.iter().all(|thread| thread.wake.is_some()) {
            self.next(&mut state);
        }
        self.await_turn(me, state);
    }

    /// Removes the calling thread.
    pub(crate) fn leave(&self) {
        let mut state = self.state();
        state.threads[ME.get()] = Waiting::default();
        self.next(&mut state);
    }

    /// Lets other threads run until the time has passed or the scope was cancelled. Returns whether it was cancelled.
    pub(crate) fn sleep(&self, wait: Duration, cancel: &CancelScope) -> bool {
        self.rest(wait, cancel, None);
        cancel.cause().is_some()
    }

    /// Lets other threads run until the time has passed, or something has ended the wait.
    fn rest(&self, wait: Duration, cancel: &CancelScope, awaited: Option<Arc<Waiter<()>>>) {
        let me = ME.get();
        let mut state = self.state();
        state.threads[me] = Waiting {
            wake: Some(state.now + wait),
            cancel: Some(cancel.clone()),
            awaited,
        };
        self.next(&mut state);
        self.await_turn(me, state);
    }

    /// The simulated time.
    pub(crate) fn clock(&self) -> Instant {
        self.0.epoch + self.state().now
    }

    /// Draws from the run's one generator, which is why turns and numbers depend on the seed alone.
    pub(crate) fn rng<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut self.state().rng)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap()
    }

    /// Gives the turn to the thread that wakes first, and sets the clock to that time.
    fn next(&self, state: &mut State) {
        let now = state.now;
        let due = |thread: &Waiting| {
            let is_ended = thread.is_ended();
            thread
                .wake
                .map(|wake| if is_ended { now } else { wake.max(now) })
        };
        // Of equal times the lowest number is first, so that a run has one order.
        let first = (0..state.threads.len())
            .filter_map(|index| Some((due(&state.threads[index])?, index)))
            .min();
        state.running = first.map(|(_, index)| index);
        if let Some((wake, index)) = first {
            state.now = wake;
            self.0.turns[index].notify_one();
        }
    }

    fn await_turn(&self, me: usize, state: MutexGuard<'_, State>) {
        let waiting = |state: &mut State| state.running != Some(me);
        drop(self.0.turns[me].wait_while(state, waiting).unwrap());
    }
}

impl Runtime for Scheduler {
    fn now(&self) -> Instant {
        self.clock()
    }

    fn sleep(&self, wait: Duration, cancel: &CancelScope) -> bool {
        self.sleep(wait, cancel)
    }

    fn wait(&self, awaited: &Arc<Waiter<()>>, until: Instant, cancel: &CancelScope) {
        let wait = until.saturating_duration_since(self.clock());
        self.rest(wait, cancel, Some(Arc::clone(awaited)));
    }

    fn random(&self) -> f64 {
        self.rng(|rng| rng.below(1 << 20) as f64 / (1 << 20) as f64)
    }
}

impl fmt::Debug for Scheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scheduler")
    }
}
