//! A model of the hand-over of a call that waits: between the thread that parks it, the timer, and the thread that cancels it.

use std::future::pending;
use std::time::{Duration, Instant};

use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::sync::{Arc, Mutex};
use loom::thread;

use crate::cancel::{CancelScope, Registrations};
use crate::pool::{CallId, Schedule, Work};

/// A pool with one call, and the source that cancels it.
struct Shared {
    schedule: Mutex<Schedule>,
    cancelled: Arc<AtomicBool>,
    /// The registered call. As in the core, a cancel wakes under this lock, and who registers late is woken at once.
    registered: Mutex<Option<CallId>>,
    ended: AtomicUsize,
}

impl Shared {
    /// What a worker does: it takes the call, and parks it for an hour.
    fn park(&self, start: Instant) {
        let Some(running) = self.schedule.lock().unwrap().next() else {
            return;
        };
        let id = running.id;
        let until = start + Duration::from_secs(3_600);
        let scope = CancelScope(Arc::clone(&self.cancelled));
        let mut schedule = self.schedule.lock().unwrap();
        schedule.park(id, running.work, until, None, scope);
        drop(schedule);
        let mut registered = self.registered.lock().unwrap();
        if self.cancelled.load(Ordering::SeqCst) {
            self.schedule.lock().unwrap().wake(id, None);
        }
        *registered = Some(id);
        drop(registered);
        self.schedule.lock().unwrap().watch(id, Registrations);
    }

    fn cancel(&self) {
        let registered = self.registered.lock().unwrap();
        self.cancelled.store(true, Ordering::SeqCst);
        if let Some(id) = *registered {
            self.schedule.lock().unwrap().wake(id, None);
        }
    }

    /// What the timer does: it ends the call that is due.
    fn end(&self, now: Instant) {
        let due = self.schedule.lock().unwrap().due(now);
        if let Some(running) = due {
            self.ended.fetch_add(1, Ordering::SeqCst);
            self.schedule.lock().unwrap().finish(running.id);
        }
    }
}

#[test]
fn a_parked_call_that_is_cancelled_ends_once() {
    loom::model(|| {
        let start = Instant::now();
        let cancelled = Arc::new(AtomicBool::new(false));
        let mut schedule = Schedule::new(0);
        let work: Work = Box::pin(pending());
        schedule.submit(1, 1, work, None, CancelScope(Arc::clone(&cancelled)));
        let shared = Arc::new(Shared {
            schedule: Mutex::new(schedule),
            cancelled,
            registered: Mutex::new(None),
            ended: AtomicUsize::new(0),
        });
        let [first, second] = [Arc::clone(&shared), Arc::clone(&shared)];
        let worker = thread::spawn(move || first.park(start));
        let timer = thread::spawn(move || second.end(start));
        shared.cancel();
        worker.join().unwrap();
        timer.join().unwrap();
        // The timer is notified of each wake-up, and looks again.
        shared.end(start);
        assert_eq!(shared.ended.load(Ordering::SeqCst), 1);
        assert_eq!(shared.schedule.lock().unwrap().len(), 0);
    });
}
