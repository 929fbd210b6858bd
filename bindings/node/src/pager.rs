//! The pager for JavaScript.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use napi_derive::napi;
use penbox_core::Error;
use penbox_core::bindings::{CallMark, DocumentPage, DocumentPager, PageStep, system};

use crate::channel::Channel;
use crate::fault;
use crate::json::Json;
use crate::message::Answered;
use crate::observer::Observer;

/// The iteration over the pages of a list. JavaScript fetches one page at a time; further steps wait for the one before.
#[napi]
pub struct NativePager {
    shared: Arc<Shared>,
}

struct Shared {
    channel: Channel,
    observer: Option<Observer>,
    state: Mutex<State>,
}

struct State {
    /// None while a call has the pager, and for ever after a panic.
    pager: Option<DocumentPager>,
    is_running: bool,
    prefetch: bool,
    /// The steps that wait for the pager.
    waiting: VecDeque<Step>,
}

/// A step that JavaScript has asked for.
struct Step {
    ticket: f64,
    page: PageStep,
    /// The time limit counts from here, also while the step waits for the one before it.
    begun: Instant,
    mark: Option<CallMark>,
}

impl NativePager {
    pub(crate) fn new(
        pager: DocumentPager,
        channel: Channel,
        observer: Option<Observer>,
    ) -> NativePager {
        NativePager {
            shared: Arc::new(Shared {
                channel,
                observer,
                state: Mutex::new(State {
                    pager: Some(pager),
                    is_running: false,
                    prefetch: false,
                    waiting: VecDeque::new(),
                }),
            }),
        }
    }
}

#[napi]
impl NativePager {
    /// Fetches the next page. The message with this ticket has the page, or nothing at the end of the list.
    #[napi]
    pub fn next(&self, ticket: f64) {
        self.shared.step(self.step(ticket, PageStep::Next));
    }

    /// Says if each page is fetched while the one before it is read.
    #[napi]
    pub fn prefetch(&self, wanted: bool) {
        self.shared.state().prefetch = wanted;
    }

    /// Fetches a page by its number, from 1, which is sent with this ticket. The iteration keeps its position. Returns the
    /// payload of the error for a number that is none.
    #[napi]
    pub fn page(&self, ticket: f64, number: f64) -> Option<String> {
        // A cast alone would cut 1.5 and turn NaN into 0.
        let whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
        if !whole {
            let error = Error::invalid_argument("a page is asked for by its number, from 1");
            return Some(fault::json(&error));
        }
        let page = PageStep::Page(number as u64);
        self.shared.step(self.step(ticket, page));
        None
    }
}

impl NativePager {
    /// A step that JavaScript asks for now.
    fn step(&self, ticket: f64, page: PageStep) -> Step {
        let observer = self.shared.observer.as_ref();
        Step {
            ticket,
            page,
            begun: system::now(),
            mark: observer.and_then(|observer| observer.mark(ticket)),
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a step, or queues it behind the one that is made now.
    fn step(self: &Arc<Self>, step: Step) {
        let mut state = self.state();
        if std::mem::replace(&mut state.is_running, true) {
            state.waiting.push_back(step);
            return;
        }
        drop(state);
        self.make(step);
    }

    /// Makes a step. Those that wait follow it, before any that JavaScript asks for meanwhile.
    fn make(self: &Arc<Self>, step: Step) {
        let Step {
            ticket,
            page,
            begun,
            mark,
        } = step;
        let shared = Arc::clone(self);
        let done = move |pager, page: Result<Option<DocumentPage>, Error>| {
            let next = {
                let mut state = shared.state();
                state.pager = pager;
                let next = state.waiting.pop_front();
                state.is_running = next.is_some();
                next
            };
            if let Ok(Some(page)) = &page {
                (shared.channel).head(ticket, page.answer.response.as_deref());
            }
            let answer = page.map(|page| page.map(answered));
            shared.channel.finish(ticket, answer);
            if let Some(next) = next {
                shared.make(next);
            }
        };
        let mut state = self.state();
        let wanted = state.prefetch;
        let pager = state.pager.take();
        drop(state);
        match pager {
            Some(mut pager) => {
                pager.prefetch(wanted);
                pager.mark(mark);
                pager.start(page, begun, done);
            }
            None => done(None, Err(Error::internal("the list's call panicked"))),
        }
    }
}

/// A page as an answer, in pieces.
fn answered(page: DocumentPage) -> Answered {
    // V8 gives a string of more than 128 KiB memory of its own, which is mapped, filled with zeros and unmapped each time. Pieces
    // stay below that.
    let mut pieces = page.chunks().into_iter().map(Json::joined);
    Answered::Page {
        text: pieces.next().unwrap_or_else(|| Json::of("null")),
        more: Some(pieces.collect()).filter(|more: &Vec<Json>| !more.is_empty()),
        fresh: (!page.all_fresh).then_some(page.fresh),
        last: page.last,
    }
}
