//! The timer of the pool: one thread that ends the waits of all calls.

use std::sync::PoisonError;
use std::time::Duration;

use super::shared::Pool;
use super::worker;
use crate::system;

/// The time between two looks where calls are ready and the system gives no thread. Short beside the seconds that a call waits.
const NO_THREAD: Duration = Duration::from_millis(50);

/// The time between two looks at most, and the time that the thread waits for another wait. A look takes microseconds, and so does
/// making the thread again.
const IDLE: Duration = Duration::from_secs(1);

/// Starts the thread. Returns false if the system refuses.
pub(crate) fn start(pool: &Pool) -> bool {
    let pool = pool.clone();
    system::spawn("penbox-timer", worker::STACK, move || pool.time()).is_ok()
}

impl Pool {
    /// Ends waits until there was none for the idle time.
    fn time(&self) {
        let mut state = self.lock();
        loop {
            let now = system::now();
            let before = state.schedule.ready();
            let ending = state.schedule.due(now);
            self.staff_all(&mut state, before);
            let held_up = state.schedule.held_up();
            if !held_up.is_empty() {
                drop(state);
                held_up.iter().for_each(|queue| queue.step_aside());
                state = self.lock();
            }
            if let Some(ending) = ending {
                drop(state);
                // The call sends nothing more, so this step is short.
                state = self.run(ending, true);
                continue;
            }
            // The next wait may be over before its time: a call that has its thread waits for its deadline no more.
            let idle = IDLE.min(self.0.idle);
            let next = state.schedule.next_due();
            let mut wait = next.map_or(idle, |at| at.saturating_duration_since(now).min(idle));
            if state.was_refused && state.schedule.ready() > 0 {
                wait = wait.min(NO_THREAD);
                let waiting = state.waiting;
                self.staff_all(&mut state, waiting);
            }
            let (woken, timeout) = self
                .0
                .due
                .wait_timeout(state, wait)
                .unwrap_or_else(PoisonError::into_inner);
            state = woken;
            let is_idle = state.schedule.next_due().is_none()
                && !state.schedule.is_woken()
                && state.schedule.ready() == 0;
            if timeout.timed_out() && is_idle {
                state.has_timer = false;
                return;
            }
        }
    }
}
