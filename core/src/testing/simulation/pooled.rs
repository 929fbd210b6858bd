//! The pool in a simulated world: its schedule is the real one; its threads and its clock are the scheduler's.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::scheduler::Scheduler;
use crate::cancel::{CancelScope, CancelSource, Wakeable};
use crate::pool::{CallId, Running, Schedule, Work};
use crate::send::suspension::{Step, Suspension, step};

/// Longer than any world.
const LONG: Duration = Duration::from_secs(1_000_000);

pub(super) struct SimulatedPool {
    scheduler: Scheduler,
    /// The threads that run calls. One more is the timer.
    workers: usize,
    shared: Arc<Shared>,
}

struct Shared {
    schedule: Mutex<Schedule>,
    /// Cancelled, and replaced, whenever a thread that waits has to look again.
    changed: Mutex<Arc<CancelSource>>,
}

struct WakeUp {
    shared: Arc<Shared>,
    id: CallId,
    /// The number of the wait that it ends; none for any.
    wait: Option<u64>,
}

impl Wakeable for WakeUp {
    fn wake(&self) {
        self.shared.schedule().wake(self.id, self.wait);
        self.shared.change();
    }
}

impl Shared {
    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap()
    }

    fn change(&self) {
        std::mem::take(&mut *self.changed.lock().unwrap()).cancel();
    }
}

impl SimulatedPool {
    pub(super) fn new(scheduler: &Scheduler, workers: usize) -> SimulatedPool {
        SimulatedPool {
            scheduler: scheduler.clone(),
            workers,
            shared: Arc::new(Shared {
                schedule: Mutex::new(Schedule::new(0)),
                changed: Mutex::default(),
            }),
        }
    }

    pub(super) fn submit(&self, work: Work) {
        let scope = CancelScope::default();
        let mut schedule = self.shared.schedule();
        schedule.submit(1, self.workers, work, None, scope);
    }

    /// The second client has one thread more, which the first one must not take.
    pub(super) fn submit_second(&self, work: Work) {
        let scope = CancelScope::default();
        self.shared.schedule().submit(2, 1, work, None, scope);
    }

    /// Plays one thread until all calls have ended.
    pub(super) fn work(&self, thread: usize) {
        let is_timer = thread == self.workers;
        loop {
            let now = self.scheduler.clock();
            let mut schedule = self.shared.schedule();
            let next = match is_timer {
                true => schedule.due(now),
                false => schedule.next(),
            };
            let (is_over, due) = (schedule.len() == 0, schedule.next_due());
            let held_up = schedule.held_up();
            drop(schedule);
            held_up.iter().for_each(|queue| queue.step_aside());
            if is_timer {
                // The due calls are ready now.
                self.shared.change();
            }
            if let Some(running) = next {
                self.run(running, is_timer);
                continue;
            }
            if is_over {
                self.shared.change();
                return;
            }
            let wait = match due.filter(|_| is_timer) {
                Some(due) => due.saturating_duration_since(now),
                None => LONG,
            };
            let changed = Arc::clone(&self.shared.changed.lock().unwrap());
            let scope = CancelScope {
                call: Some(changed),
                ..CancelScope::default()
            };
            self.scheduler.sleep(wait, &scope);
        }
    }

    fn run(&self, running: Running, must_end: bool) {
        let Running {
            id,
            mut work,
            registrations,
            ..
        } = running;
        drop(registrations);
        match step(work.as_mut(), must_end) {
            Step::Ended(()) => self.shared.schedule().finish(id),
            Step::Suspended(suspension) => {
                let Suspension {
                    until,
                    deadline,
                    cancel,
                    awaited,
                    queue,
                } = suspension;
                let scope = cancel.clone();
                let mut schedule = self.shared.schedule();
                let wait = schedule.park(id, work, until, deadline, cancel);
                schedule.stands_in(id, queue);
                drop(schedule);
                let wake = |wait| -> Arc<dyn Wakeable> {
                    let shared = Arc::clone(&self.shared);
                    Arc::new(WakeUp { shared, id, wait })
                };
                let registrations = scope.register(&wake(None));
                let unused = self.shared.schedule().watch(id, registrations);
                drop(unused);
                if let Some(awaited) = awaited {
                    awaited.wake_with(wake(Some(wait)));
                }
            }
        }
        self.shared.change();
    }
}
