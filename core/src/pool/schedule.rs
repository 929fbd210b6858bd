//! The order in which the pool's calls get threads. No thread, lock or clock is used here: a simulation plays it, too.

use std::collections::{BTreeSet, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use slab::Slab;

use super::call_id::CallId;
use super::shares::Shares;
use crate::cancel::{CancelScope, Registrations, StepAside};

/// A call that runs in steps. Its result goes where the call itself sends it.
pub(crate) type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The place of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// It waits for the bounds of its client and of the process.
    Queued,
    /// The next free thread takes it.
    Ready,
    /// A thread runs it.
    Running,
    /// It waits for a time.
    Parked,
}

/// A call.
struct Entry {
    turn: u64,
    client: u64,
    /// The bound of the client, which is forgotten while all its calls wait for a time.
    most: usize,
    place: Place,
    /// None while a thread runs the call.
    work: Option<Work>,
    /// The call counts among the running ones of its client.
    has_slot: bool,
    deadline: Option<Instant>,
    cancel: CancelScope,
    timer: Option<Instant>,
    /// The number of its waits so far.
    waits: u64,
    /// The queue that the call waits in, in which it holds up others.
    queue: Option<Arc<dyn StepAside>>,
    /// Held while the call waits, so that a cancel reaches it.
    registrations: Registrations,
}

/// Reports whether a call is queued still: one that was ended while it waited has left its place in the queue.
fn is_queued(calls: &Slab<Entry>) -> impl Fn(&CallId) -> bool {
    |id| {
        let entry = calls.get(id.key).filter(|entry| entry.turn == id.turn);
        entry.is_some_and(|entry| entry.place == Place::Queued)
    }
}

/// The step of a call that a thread makes now.
pub(crate) struct Running {
    pub(crate) id: CallId,
    pub(crate) client: u64,
    pub(crate) work: Work,
    /// To be dropped without the pool's lock, because a cancel holds its own while it takes the pool's.
    pub(crate) registrations: Registrations,
}

/// All calls of a pool.
pub(crate) struct Schedule {
    shares: Shares,
    calls: Slab<Entry>,
    ready: VecDeque<CallId>,
    timers: BTreeSet<(Instant, CallId)>,
    /// Calls whose wait was ended by another thread, with the number of that wait where only it was meant.
    woken: Vec<(CallId, Option<u64>)>,
    /// The queues whose call cannot go on for want of a thread.
    held_up: Vec<Arc<dyn StepAside>>,
    turns: u64,
}

impl Schedule {
    /// A schedule for at most so many threads of a process, without the first ones of each client.
    pub(crate) fn new(bound: usize) -> Schedule {
        Schedule {
            shares: Shares::new(bound),
            calls: Slab::new(),
            ready: VecDeque::new(),
            timers: BTreeSet::new(),
            woken: Vec::new(),
            held_up: Vec::new(),
            turns: 0,
        }
    }

    /// Adds a call of a client that runs `most` calls at a time.
    pub(crate) fn submit(
        &mut self,
        client: u64,
        most: usize,
        work: Work,
        deadline: Option<Instant>,
        cancel: CancelScope,
    ) -> CallId {
        self.turns += 1;
        let turn = self.turns;
        let key = self.calls.insert(Entry {
            turn,
            client,
            most: most.max(1),
            place: Place::Queued,
            work: Some(work),
            has_slot: false,
            deadline,
            cancel,
            timer: None,
            waits: 0,
            queue: None,
            registrations: Registrations::default(),
        });
        let id = CallId { key, turn };
        self.queue(id, client);
        self.admit();
        id
    }

    /// The number of calls that the next free threads take.
    pub(crate) fn ready(&self) -> usize {
        self.ready.len()
    }

    /// The number of calls, the running ones included.
    pub(crate) fn len(&self) -> usize {
        self.calls.len()
    }

    /// Reports whether a call's client has another call that holds a thread.
    pub(crate) fn has_thread(&self, id: CallId) -> bool {
        self.entry(id)
            .is_some_and(|entry| self.shares.threads(entry.client) > 1)
    }

    /// Returns the next call for a thread that is free.
    pub(crate) fn next(&mut self) -> Option<Running> {
        while let Some(id) = self.ready.pop_front() {
            let is_ready = self
                .entry(id)
                .is_some_and(|entry| entry.place == Place::Ready);
            if is_ready && let Some(running) = self.run(id) {
                return Some(running);
            }
        }
        None
    }

    /// Ends a wait: by a cancel, or because the value is there that the wait of this number was for. The value may come when that wait
    /// is over, and must not cut the next one short.
    pub(crate) fn wake(&mut self, id: CallId, wait: Option<u64>) {
        if self.entry(id).is_some() {
            self.woken.push((id, wait));
        }
    }

    /// Has the wait of a call watched: the registrations bring its cancel, the timer its time. Gives back the registrations that
    /// are not needed, to be dropped without the pool's lock: these, where the call does not wait any more, or else those of an
    /// earlier wait that another thread has just had watched.
    pub(crate) fn watch(
        &mut self,
        id: CallId,
        registrations: Registrations,
    ) -> Option<Registrations> {
        let Some(entry) = self
            .calls
            .get_mut(id.key)
            .filter(|entry| entry.turn == id.turn)
        else {
            return Some(registrations);
        };
        if entry.place == Place::Running {
            return Some(registrations);
        }
        let earlier = std::mem::replace(&mut entry.registrations, registrations);
        if entry.timer.is_none()
            && let Some(deadline) = entry.deadline
        {
            entry.timer = Some(deadline);
            self.timers.insert((deadline, id));
        }
        Some(earlier)
    }

    /// Returns the scope that can end a call.
    pub(crate) fn scope(&self, id: CallId) -> Option<CancelScope> {
        self.entry(id).map(|entry| entry.cancel.clone())
    }

    /// Has a call that was running wait until a time, and returns the number of the wait. Its slot goes to the next call.
    pub(crate) fn park(
        &mut self,
        id: CallId,
        work: Work,
        until: Instant,
        deadline: Option<Instant>,
        cancel: CancelScope,
    ) -> u64 {
        self.release(id);
        let Some(entry) = self.calls.get_mut(id.key) else {
            return 0;
        };
        entry.place = Place::Parked;
        entry.waits += 1;
        let wait = entry.waits;
        entry.work = Some(work);
        entry.deadline = deadline;
        entry.cancel = cancel;
        entry.timer = Some(until);
        self.timers.insert((until, id));
        self.admit();
        wait
    }

    /// Names the queue in which a call that waits has a place.
    pub(crate) fn stands_in(&mut self, id: CallId, queue: Option<Arc<dyn StepAside>>) {
        if let Some(entry) = self.calls.get_mut(id.key) {
            entry.queue = queue;
        }
    }

    /// Takes the queues whose call has become due and got no thread. To be told without the pool's lock: those behind that call may
    /// be calls of the pool, too.
    pub(crate) fn held_up(&mut self) -> Vec<Arc<dyn StepAside>> {
        std::mem::take(&mut self.held_up)
    }

    /// Removes a call that has ended. Its slot goes to the next call.
    pub(crate) fn finish(&mut self, id: CallId) {
        self.release(id);
        if let Some(ended) = self.calls.try_remove(id.key) {
            self.shares.forget(ended.client);
        }
        self.admit();
    }

    /// Removes a call that no thread could take, and returns it.
    pub(crate) fn withdraw(&mut self, id: CallId) -> Option<Running> {
        let running = self.run(id)?;
        self.finish(id);
        Some(running)
    }

    /// Moves the calls on whose wait is over, and returns one that has to end: it was cancelled, or its time is over.
    pub(crate) fn due(&mut self, now: Instant) -> Option<Running> {
        loop {
            let (id, is_woken, wait) = match self.woken.pop() {
                Some((id, wait)) => (id, true, wait),
                None => match self.timers.first() {
                    Some((at, id)) if *at <= now => (*id, false, None),
                    _ => return None,
                },
            };
            let Some(entry) = self.entry(id).filter(|entry| entry.place != Place::Running) else {
                continue;
            };
            let must_end = entry.cancel.cause().is_some()
                || entry.deadline.is_some_and(|deadline| deadline <= now);
            let (place, client, deadline) = (entry.place, entry.client, entry.deadline);
            let is_meant = wait.is_none_or(|wait| wait == entry.waits);
            if must_end {
                return self.run(id);
            }
            // The awaited value may come before the time, and a wake-up may come late.
            if place == Place::Parked && is_meant {
                self.set_timer(id, deadline);
                self.queue(id, client);
                self.admit();
                self.note_held_up(id);
            } else if !is_woken {
                self.set_timer(id, deadline);
            }
        }
    }

    /// Returns the time of the next wait that ends.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// Reports whether a call was woken and not moved on yet.
    pub(crate) fn is_woken(&self) -> bool {
        !self.woken.is_empty()
    }

    /// A running call of this client begins to wait for the caller's own stream.
    pub(crate) fn begin_block(&mut self, client: u64) {
        self.shares.change(client, |share| {
            share.running -= 1;
            share.blocked += 1;
        });
        self.admit();
    }

    /// That wait is over. The call goes on at once: for a moment the client may have more calls running than its bound.
    pub(crate) fn end_block(&mut self, client: u64) {
        self.shares.change(client, |share| {
            share.running += 1;
            share.blocked -= 1;
        });
    }

    fn entry(&self, id: CallId) -> Option<&Entry> {
        self.calls.get(id.key).filter(|entry| entry.turn == id.turn)
    }

    /// Puts a call into its client's queue.
    fn queue(&mut self, id: CallId, client: u64) {
        let Some(entry) = self.calls.get_mut(id.key) else {
            return;
        };
        entry.place = Place::Queued;
        let most = entry.most;
        self.shares.queue(client, most, id, is_queued(&self.calls));
    }

    /// Notes the queue of a call that is due and has to wait for a thread.
    fn note_held_up(&mut self, id: CallId) {
        if let Some(entry) = self.calls.get_mut(id.key)
            && entry.place == Place::Queued
        {
            self.held_up.extend(entry.queue.take());
        }
    }

    fn set_timer(&mut self, id: CallId, at: Option<Instant>) {
        let Some(entry) = self.calls.get_mut(id.key) else {
            return;
        };
        if let Some(before) = std::mem::replace(&mut entry.timer, at) {
            self.timers.remove(&(before, id));
        }
        if let Some(at) = at {
            self.timers.insert((at, id));
        }
    }

    /// Hands a call to a thread.
    fn run(&mut self, id: CallId) -> Option<Running> {
        self.set_timer(id, None);
        let entry = self
            .calls
            .get_mut(id.key)
            .filter(|entry| entry.turn == id.turn)?;
        entry.place = Place::Running;
        Some(Running {
            id,
            client: entry.client,
            work: entry.work.take()?,
            registrations: std::mem::take(&mut entry.registrations),
        })
    }

    /// Makes calls ready as far as the bounds allow, client by client.
    fn admit(&mut self) {
        let admitted = self.shares.admit(is_queued(&self.calls));
        for id in admitted {
            if let Some(entry) = self.calls.get_mut(id.key) {
                entry.place = Place::Ready;
                entry.has_slot = true;
                self.ready.push_back(id);
            }
        }
    }

    /// Takes a call's slot back.
    fn release(&mut self, id: CallId) {
        let Some(entry) = self
            .calls
            .get_mut(id.key)
            .filter(|entry| entry.turn == id.turn)
        else {
            return;
        };
        if std::mem::take(&mut entry.has_slot) {
            let client = entry.client;
            self.shares.change(client, |share| share.running -= 1);
        }
    }
}
