//! Threads that take turns on a clock of their own: a run depends on its seed alone.

use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::cancel::CancelScope;
use crate::send::runtime::Runtime;

/// A small generator (xorshift64*): the same numbers for the same seed.
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Rng {
        // Far apart for neighbouring seeds, and never zero.
        Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub(crate) fn random(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn ms(&mut self, most: u64) -> Duration {
        Duration::from_millis(self.below(most + 1))
    }
}

/// The clock, and whose turn it is.
#[derive(Clone)]
pub(crate) struct Scheduler(Arc<Shared>);

struct Shared {
    epoch: Instant,
    play: Mutex<Play>,
    turns: Vec<Condvar>,
}

struct Play {
    now: Duration,
    rng: Rng,
    running: Option<usize>,
    actors: Vec<Actor>,
}

/// What an actor waits for; without a time it has not come yet, or has left.
#[derive(Default)]
struct Actor {
    wake: Option<Duration>,
    cancel: Option<CancelScope>,
}

thread_local! { static ME: Cell<usize> = const { Cell::new(usize::MAX) }; }

impl Scheduler {
    pub(crate) fn new(seed: u64, actors: usize) -> Scheduler {
        Scheduler(Arc::new(Shared {
            epoch: Instant::now(),
            play: Mutex::new(Play {
                now: Duration::ZERO,
                rng: Rng::new(seed),
                running: None,
                actors: (0..actors).map(|_| Actor::default()).collect(),
            }),
            turns: (0..actors).map(|_| Condvar::new()).collect(),
        }))
    }

    /// Begins a thread's part. The play begins when all have come.
    pub(crate) fn enter(&self, me: usize) {
        ME.set(me);
        let mut play = self.play();
        play.actors[me].wake = Some(Duration::ZERO);
        if play.actors.iter().all(|actor| actor.wake.is_some()) {
            self.next(&mut play);
        }
        self.await_turn(me, play);
    }

    /// Ends a thread's part.
    pub(crate) fn leave(&self) {
        let mut play = self.play();
        play.actors[ME.get()] = Actor::default();
        self.next(&mut play);
    }

    /// Lets others play until so much time has passed, or the endings ended. Whether they did.
    pub(crate) fn sleep(&self, wait: Duration, cancel: &CancelScope) -> bool {
        let me = ME.get();
        let mut play = self.play();
        play.actors[me] = Actor {
            wake: Some(play.now + wait),
            cancel: Some(cancel.clone()),
        };
        self.next(&mut play);
        self.await_turn(me, play);
        cancel.cause().is_some()
    }

    pub(crate) fn clock(&self) -> Instant {
        self.0.epoch + self.play().now
    }

    pub(crate) fn rng<T>(&self, throw: impl FnOnce(&mut Rng) -> T) -> T {
        throw(&mut self.play().rng)
    }

    fn play(&self) -> MutexGuard<'_, Play> {
        self.0.play.lock().unwrap()
    }

    /// Gives the turn to whoever wakes first; time jumps there.
    fn next(&self, play: &mut Play) {
        let now = play.now;
        let due = |actor: &Actor| {
            let is_ended = actor.cancel.as_ref().is_some_and(|e| e.cause().is_some());
            actor
                .wake
                .map(|wake| if is_ended { now } else { wake.max(now) })
        };
        let first = (0..play.actors.len())
            .filter_map(|index| Some((due(&play.actors[index])?, index)))
            .min();
        play.running = first.map(|(_, index)| index);
        if let Some((wake, index)) = first {
            play.now = wake;
            self.0.turns[index].notify_one();
        }
    }

    fn await_turn(&self, me: usize, play: MutexGuard<'_, Play>) {
        let waiting = |play: &mut Play| play.running != Some(me);
        drop(self.0.turns[me].wait_while(play, waiting).unwrap());
    }
}

impl Runtime for Scheduler {
    fn now(&self) -> Instant {
        self.clock()
    }

    fn sleep(&self, wait: Duration, cancel: &CancelScope) -> bool {
        self.sleep(wait, cancel)
    }

    fn random(&self) -> f64 {
        self.rng(|rng| rng.below(1 << 20) as f64 / (1 << 20) as f64)
    }
}

impl fmt::Debug for Scheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stage")
    }
}
