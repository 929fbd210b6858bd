//! A file on its way: what the worker thread that moves it and the JavaScript thread tell each other.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use napi::bindgen_prelude::ArrayBuffer;
use napi_derive::napi;
use penbox_core::CancelToken;

use crate::channel::{Channel, Message};
use crate::system;

/// Bytes that may be between the two threads.
const MAX_BYTES: usize = 1024 * 1024;
/// Chunks that may be.
const MAX_CHUNKS: usize = 4;
/// The size of a chunk for a stream: larger ones make more garbage wait until V8 collects it.
const CHUNK: usize = 16 * 1024;
/// How often JavaScript hears of progress.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);

/// Both ends of a transfer.
pub(crate) struct Transfer {
    pub(crate) ticket: f64,
    /// Whether JavaScript wants to hear of progress.
    pub(crate) watched: bool,
    /// Ends the call.
    pub(crate) cancel: CancelToken,
    channel: Channel,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Chunks that wait for the worker thread.
    chunks: VecDeque<Vec<u8>>,
    /// What is between the threads, in either direction.
    bytes_in_flight: usize,
    chunks_in_flight: usize,
    /// JavaScript waits for room.
    full: bool,
    /// The source has no more.
    ended: bool,
    /// The stream failed, or nobody is there any more.
    broken: bool,
    /// The call was ended: by its signal, or because the client was closed.
    is_ended: bool,
    /// `onProgress` returned false.
    cancelled: bool,
    /// JavaScript was told of progress and has not answered yet.
    awaits_answer: bool,
    reported: Option<(Instant, u64)>,
}

/// Why a wait ended without what it was for.
pub(crate) enum Stop {
    Broken,
    Cancelled,
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

    /// Waits until `ready` gives something.
    fn wait<T>(
        &self,
        limit: Option<Instant>,
        mut ready: impl FnMut(&mut State) -> Option<T>,
    ) -> Result<T, Stop> {
        let mut state = self.lock();
        loop {
            if state.cancelled {
                return Err(Stop::Cancelled);
            }
            if state.broken {
                return Err(Stop::Broken);
            }
            if let Some(found) = ready(&mut state) {
                return Ok(found);
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
    }

    /// The next chunk of the source; none at its end.
    pub(crate) fn next(&self, limit: Option<Instant>) -> Result<Option<Vec<u8>>, Stop> {
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

    /// Hands a chunk to the target, as soon as there is room.
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

    /// Waits until the target took everything.
    pub(crate) fn emptied(&self, limit: Option<Instant>) -> Result<(), Stop> {
        self.wait(limit, |state| (state.chunks_in_flight == 0).then_some(()))
    }

    /// Tells JavaScript of progress now and then and always when `all` is there, and waits for what it says. Whether to go on.
    pub(crate) fn progress(&self, moved: u64, total: Option<u64>, all: bool) -> bool {
        let mut state = self.lock();
        let due = state
            .reported
            .is_none_or(|(at, _)| system::now() - at >= PROGRESS_INTERVAL);
        let new = state.reported.is_none_or(|(_, before)| before != moved);
        if !state.broken && !state.cancelled && new && (due || all || total == Some(moved)) {
            state.reported = Some((system::now(), moved));
            state.awaits_answer = true;
            drop(state);
            self.send(Message::Progress(moved, total));
            // A broken transfer ends where its bytes are taken; only a cancelled one ends here.
            let _ = self.wait(None, |state| (!state.awaits_answer).then_some(()));
            state = self.lock();
        }
        !state.cancelled
    }

    /// Whether it broke off because the call was ended.
    pub(crate) fn is_ended(&self) -> bool {
        self.lock().is_ended
    }

    /// An environment that is gone hears nothing: its transfers break.
    fn send(&self, message: Message) {
        if !self.channel.send(self.ticket, message) {
            self.change(|state| state.broken = true);
        }
    }
}

impl State {
    fn has_room(&self) -> bool {
        self.bytes_in_flight < MAX_BYTES && self.chunks_in_flight < MAX_CHUNKS
    }
}

/// JavaScript's end of a transfer. When it is dropped the transfer breaks.
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
    /// Takes a chunk of the source. False: no more before there is room; where the transfer broke off there never is.
    #[napi]
    pub fn push(&self, chunk: &[u8]) -> bool {
        let mut room = false;
        self.transfer.change(|state| {
            if state.broken {
                return;
            }
            state.bytes_in_flight += chunk.len();
            state.chunks_in_flight += 1;
            state.chunks.push_back(chunk.to_vec());
            room = state.has_room();
            state.full = !room;
        });
        room
    }

    /// The source has no more.
    #[napi]
    pub fn end(&self) {
        self.transfer.change(|state| state.ended = true);
    }

    /// The target took a chunk of this size.
    #[napi]
    pub fn taken(&self, size: f64) {
        self.transfer.change(|state| {
            state.bytes_in_flight = state.bytes_in_flight.saturating_sub(size as usize);
            state.chunks_in_flight = state.chunks_in_flight.saturating_sub(1);
        });
    }

    /// Frees the memory of a chunk now, not when JavaScript's collector comes by. Every view on it is empty from here on.
    #[napi]
    pub fn free(&self, memory: ArrayBuffer<'_>) {
        // What cannot be freed so is left to the collector.
        let _ = memory.detach();
    }

    /// What `onProgress` said: whether to go on.
    #[napi]
    pub fn answer(&self, go_on: bool) {
        self.transfer.change(|state| {
            state.awaits_answer = false;
            state.cancelled |= !go_on;
        });
    }

    /// The stream failed, or the call is to end.
    #[napi]
    pub fn abort(&self, ended: bool) {
        if ended {
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
