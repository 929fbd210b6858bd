//! The share of each client in the threads of a process.

use std::collections::{HashMap, VecDeque};

use super::call_id::CallId;

/// The threads of each client that do not count to the bound of the process: however many clients hang, another one's calls go on.
const OWN: usize = 8;

/// The calls of one client.
#[derive(Default)]
pub(super) struct Share {
    most: usize,
    pub(super) running: usize,
    /// Calls that wait for the caller's own stream: they hold a thread, but none of the client's share.
    pub(super) blocked: usize,
    queue: VecDeque<CallId>,
    /// The length at which the queue is swept of calls that ended in it.
    sweep_at: usize,
}

/// The least length of a queue that is swept: a sweep looks at each of its calls.
const SWEEP: usize = 1_024;

impl Share {
    /// The threads that count to the bound of the process.
    fn beyond(&self) -> usize {
        self.threads().saturating_sub(OWN)
    }

    fn threads(&self) -> usize {
        self.running + self.blocked
    }
}

/// The shares of all clients.
pub(super) struct Shares {
    bound: usize,
    /// The threads that count to the bound.
    beyond: usize,
    clients: HashMap<u64, Share>,
    /// The clients with queued calls, in turn.
    rotation: VecDeque<u64>,
}

impl Shares {
    /// The shares in so many threads, without the first ones of each client.
    pub(super) fn new(bound: usize) -> Shares {
        Shares {
            bound,
            beyond: 0,
            clients: HashMap::new(),
            rotation: VecDeque::new(),
        }
    }

    /// Puts a call into the queue of a client that runs `most` at a time.
    pub(super) fn queue(
        &mut self,
        client: u64,
        most: usize,
        id: CallId,
        is_queued: impl Fn(&CallId) -> bool,
    ) {
        let share = self.clients.entry(client).or_default();
        share.most = most;
        share.queue.push_back(id);
        if share.queue.len() > share.sweep_at.max(SWEEP) {
            share.queue.retain(is_queued);
            share.sweep_at = share.queue.len() * 2;
        }
        if share.queue.len() == 1 {
            self.rotation.push_back(client);
        }
    }

    /// Takes the calls out of the queues that the bounds allow to run, client by client. Those that are queued no more are dropped.
    pub(super) fn admit(&mut self, is_queued: impl Fn(&CallId) -> bool) -> Vec<CallId> {
        let mut admitted = Vec::new();
        // Once each client in turn was refused, nothing more can run.
        let mut refused = 0;
        while refused < self.rotation.len() {
            let Some(client) = self.rotation.pop_front() else {
                break;
            };
            let Some(share) = self.clients.get_mut(&client) else {
                continue;
            };
            while share.queue.front().is_some_and(|id| !is_queued(id)) {
                share.queue.pop_front();
            }
            if share.queue.is_empty() {
                self.forget(client);
                continue;
            }
            let is_free = share.threads() < OWN || self.beyond < self.bound;
            if share.running >= share.most || !is_free {
                self.rotation.push_back(client);
                refused += 1;
                continue;
            }
            refused = 0;
            admitted.extend(share.queue.pop_front());
            if !share.queue.is_empty() {
                self.rotation.push_back(client);
            }
            self.change(client, |share| share.running += 1);
        }
        admitted
    }

    /// The threads that a client holds.
    pub(super) fn threads(&self, client: u64) -> usize {
        self.clients.get(&client).map_or(0, Share::threads)
    }

    /// Changes the counts of a client.
    pub(super) fn change(&mut self, client: u64, change: impl FnOnce(&mut Share)) {
        if let Some(share) = self.clients.get_mut(&client) {
            let before = share.beyond();
            change(share);
            self.beyond = self.beyond + share.beyond() - before;
        }
    }

    /// Forgets a client that has no call here.
    pub(super) fn forget(&mut self, client: u64) {
        let is_empty = |share: &Share| share.threads() == 0 && share.queue.is_empty();
        if self.clients.get(&client).is_some_and(is_empty) {
            self.clients.remove(&client);
        }
    }
}
