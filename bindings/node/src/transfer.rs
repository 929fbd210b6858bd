//! Transfers: the state that the worker thread of a call shares with the JavaScript thread while a file moves.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use napi::bindgen_prelude::ArrayBuffer;
use napi_derive::napi;
use penbox_core::CancelToken;

use crate::channel::Channel;
use crate::message::Message;
use penbox_core::bindings::{blocking, system};

/// The most bytes in flight between the two threads. It bounds the memory of a transfer whose one side is slow.
const MAX_BYTES: usize = 1024 * 1024;
/// The most chunks in flight. Two keep both threads busy; a few more even out their pace.
const MAX_CHUNKS: usize = 4;
/// The largest chunk for a target, in bytes. Each becomes a Buffer that waits for V8's collector, which is slow to come for
/// memory outside its heap.
const CHUNK: usize = 16 * 1024;
/// The least time between two reports of progress. Each stops the transfer until JavaScript answers; 20 a second look smooth.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);

/// A transfer, shared by its two threads.
pub(crate) struct Transfer {
    pub(crate) ticket: f64,
    /// True if progress is reported to JavaScript.
    pub(crate) watched: bool,
    /// The token that ends the call.
    pub(crate) cancel: CancelToken,
    channel: Channel,
    state: Mutex<State>,
    /// Notified after each change of the state by JavaScript.
    changed: Condvar,
}

/// The state of a transfer.
#[derive(Default)]
struct State {
    /// Chunks that wait for the worker thread.
    chunks: VecDeque<Vec<u8>>,
    /// The size and the number of the chunks between the threads, in either direction.
    bytes_in_flight: usize,
    chunks_in_flight: usize,
    /// True while JavaScript waits for room.
    full: bool,
    /// True once the first chunk was wanted.
    begun: bool,
    /// True once the source is at its end, or the target has ended well.
    ended: bool,
    /// True once the stream failed, or the environment has ended.
    broken: bool,
    /// True once the call was ended by its signal, or by the client's close.
    is_ended: bool,
    /// True once `onProgress` returned false or threw.
    cancelled: bool,
    /// True while JavaScript has a report of progress to answer.
    awaits_answer: bool,
    /// The time and the bytes of the last report of progress.
    reported: Option<(Instant, u64)>,
}

/// The reason why a wait ended without its value.
pub(crate) enum Stop {
    /// The transfer is broken.
    Broken,
    /// `onProgress` cancelled the call.
    Cancelled,
    /// The deadline has passed.
    Late,
}

impl Transfer {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Waits until `ready` returns a value, at most until `limit`.
    fn wait<T>(
        &self,
        limit: Option<Instant>,
        mut ready: impl FnMut(&mut State) -> Option<T>,
    ) -> Result<T, Stop> {
        if let Some(end) = self.lock().end_of_wait(&mut ready) {
            return end;
        }
        // The caller's stream may wait for another call's: meanwhile this one takes no other's place.
        blocking(|| {
            let mut state = self.lock();
            loop {
                if let Some(end) = state.end_of_wait(&mut ready) {
                    return end;
                }
                state = match limit.map(|limit| limit.saturating_duration_since(system::now())) {
                    None => (self.changed.wait(state)).unwrap_or_else(PoisonError::into_inner),
                    Some(Duration::ZERO) => return Err(Stop::Late),
                    Some(left) => {
                        let waited = self.changed.wait_timeout(state, left);
                        waited.unwrap_or_else(PoisonError::into_inner).0
                    }
                };
            }
        })
    }

    /// Waits until a chunk of the source is there, or its end. The first wait has JavaScript begin to read: a call that is refused
    /// before it touches no stream.
    pub(crate) fn arrived(&self, limit: Option<Instant>) -> Result<(), Stop> {
        let begins = !std::mem::replace(&mut self.lock().begun, true);
        if begins {
            self.send(Message::Room);
        }
        self.wait(limit, |state| {
            (state.ended || !state.chunks.is_empty()).then_some(())
        })
    }

    /// Waits for the next chunk of the source; none at its end.
    pub(crate) fn next(&self, limit: Option<Instant>) -> Result<Option<Vec<u8>>, Stop> {
        self.arrived(limit)?;
        let (chunk, room) = self.wait(limit, |state| match state.chunks.pop_front() {
            Some(chunk) => {
                state.bytes_in_flight -= chunk.len();
                state.chunks_in_flight -= 1;
                let room = state.full && state.has_room();
                state.full &= !room;
                Some((Some(chunk), room))
            }
            None => state.ended.then_some((None, false)),
        })?;
        if room {
            self.send(Message::Room);
        }
        Ok(chunk)
    }

    /// Sends bytes to the target in chunks, each as soon as there is room.
    pub(crate) fn hand_over(&self, bytes: &[u8], limit: Option<Instant>) -> Result<(), Stop> {
        for part in bytes.chunks(CHUNK) {
            self.wait(limit, |state| {
                state.has_room().then(|| {
                    state.bytes_in_flight += part.len();
                    state.chunks_in_flight += 1;
                })
            })?;
            self.send(Message::Data(part.to_vec()));
        }
        Ok(())
    }

    /// Waits until the target has taken all chunks, then has JavaScript end it, and waits until it has ended well.
    pub(crate) fn finished(&self, limit: Option<Instant>) -> Result<(), Stop> {
        self.wait(limit, |state| (state.chunks_in_flight == 0).then_some(()))?;
        self.send(Message::End);
        self.wait(limit, |state| state.ended.then_some(()))
    }

    /// Reports progress to JavaScript and waits for its answer: at most once in an interval, but always with `all` and at the
    /// end. False if the transfer is to be cancelled.
    pub(crate) fn progress(&self, moved: u64, total: Option<u64>, all: bool) -> bool {
        let mut state = self.lock();
        let due = state
            .reported
            .is_none_or(|(at, _)| system::now() - at >= PROGRESS_INTERVAL);
        let new = state.reported.is_none_or(|(_, before)| before != moved);
        if !state.broken && !state.cancelled && new && (due || all || total == Some(moved)) {
            state.reported = Some((system::now(), moved));
            state.awaits_answer = true;
            // The lock is free before the message is sent: JavaScript answers on its own thread, maybe at once.
            drop(state);
            self.send(Message::Progress(moved, total));
            // A broken transfer ends at its next read or write, with a better error. Only a cancelled one ends here.
            let _ = self.wait(None, |state| (!state.awaits_answer).then_some(()));
            state = self.lock();
        }
        !state.cancelled
    }

    /// True if the transfer broke off because the call was ended.
    pub(crate) fn is_ended(&self) -> bool {
        self.lock().is_ended
    }

    /// Sends a message. The transfer breaks if the environment has ended, for no answer would come.
    fn send(&self, message: Message) {
        if !self.channel.send(self.ticket, message) {
            self.change(|state| state.broken = true);
        }
    }
}

impl State {
    /// The end of a wait, if it is over.
    fn end_of_wait<T>(
        &mut self,
        ready: &mut impl FnMut(&mut State) -> Option<T>,
    ) -> Option<Result<T, Stop>> {
        match self {
            State {
                cancelled: true, ..
            } => Some(Err(Stop::Cancelled)),
            State { broken: true, .. } => Some(Err(Stop::Broken)),
            state => ready(state).map(Ok),
        }
    }

    fn has_room(&self) -> bool {
        self.bytes_in_flight < MAX_BYTES && self.chunks_in_flight < MAX_CHUNKS
    }
}

/// JavaScript's handle of a transfer. The transfer breaks when V8 collects it.
#[napi]
pub struct NativeTransfer {
    transfer: Arc<Transfer>,
}

impl NativeTransfer {
    pub(crate) fn new(ticket: f64, watched: bool, channel: Channel) -> NativeTransfer {
        NativeTransfer {
            transfer: Arc::new(Transfer {
                ticket,
                watched,
                cancel: CancelToken::new(),
                channel,
                state: Mutex::default(),
                changed: Condvar::new(),
            }),
        }
    }

    pub(crate) fn shared(&self) -> Arc<Transfer> {
        self.transfer.clone()
    }
}

#[napi]
impl NativeTransfer {
    /// Takes a chunk of the source. False if the next one has to wait for room, which a broken transfer never has.
    #[napi]
    pub fn push(&self, chunk: &[u8]) -> bool {
        let mut room = false;
        self.transfer.change(|state| {
            if state.broken {
                return;
            }
            state.bytes_in_flight += chunk.len();
            state.chunks_in_flight += 1;
            // Copied: JavaScript may reuse or free the chunk's memory as soon as this returns.
            state.chunks.push_back(chunk.to_vec());
            room = state.has_room();
            state.full = !room;
        });
        room
    }

    /// Marks the end of the source, or that the target has ended well.
    #[napi]
    pub fn end(&self) {
        self.transfer.change(|state| state.ended = true);
    }

    /// Notes that the target has taken a chunk of this size, in bytes.
    #[napi]
    pub fn taken(&self, size: f64) {
        self.transfer.change(|state| {
            // Saturating: a wrong number from JavaScript must not become a panic in Node.
            state.bytes_in_flight = state.bytes_in_flight.saturating_sub(size as usize);
            state.chunks_in_flight = state.chunks_in_flight.saturating_sub(1);
        });
    }

    /// Frees the memory of a chunk now instead of at V8's next collection. Every view of it is empty from here on.
    #[napi]
    pub fn free(&self, memory: ArrayBuffer<'_>) {
        // Memory that cannot be detached is left to the collector.
        let _ = memory.detach();
    }

    /// Answers a report of progress. False cancels the call.
    #[napi]
    pub fn answer(&self, go_on: bool) {
        self.transfer.change(|state| {
            state.awaits_answer = false;
            state.cancelled |= !go_on;
        });
    }

    /// Breaks the transfer: its stream failed, or with `ended` its call is to end.
    #[napi]
    pub fn abort(&self, ended: bool) {
        if ended {
            // First the token: a worker that the broken state wakes must find the call ended.
            self.transfer.cancel.cancel();
        }
        self.transfer.change(|state| {
            state.broken = true;
            state.is_ended |= ended;
        });
    }
}

impl Drop for NativeTransfer {
    fn drop(&mut self) {
        self.abort(false);
    }
}
