//! JavaScript's hooks and logger of one client, and the marks of the calls that they watch.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use log::LevelFilter;
use penbox_core::bindings::{CallMark, Language, current_mark};
use penbox_core::hooks::HookError;
use penbox_core::{CallOptions, ClientBuilder};
use serde_json::{Value, json};

use crate::channel::Channel;
use crate::json::Json;
use crate::message::Message;

/// The calls run no hooks: JavaScript makes them in a hook.
const WITHOUT_HOOKS: u8 = 1;
/// The calls are not logged either: JavaScript makes them in its logger.
const UNLOGGED: u8 = 2;

/// The answer of a hook: the headers that it adds, names and values in turn, or the text of its error.
type Answer = Result<Vec<String>, String>;

/// The hooks and the logger of one client.
#[derive(Clone)]
pub(crate) struct Observer(Arc<Inner>);

struct Inner {
    channel: Channel,
    /// The ticket of the client's own messages.
    ticket: f64,
    level: LevelFilter,
    /// The part of the watch that the calls which JavaScript makes now go without.
    quiet: AtomicU8,
    issued: AtomicU32,
    asked: Mutex<Asked>,
}

/// The hooks that JavaScript has not answered yet.
#[derive(Default)]
struct Asked {
    /// True once the client is gone, and nobody would answer.
    is_closed: bool,
    answers: HashMap<u32, SyncSender<Answer>>,
}

/// The mark of a watched call.
struct Watched {
    observer: Observer,
    ticket: f64,
    has_hooks: bool,
}

/// The failure of a hook, in the words of its error.
#[derive(Debug)]
struct Thrown(String);

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Thrown {}

impl Observer {
    /// An observer whose messages have this ticket. Lines of the log are sent up to this level.
    pub(crate) fn new(channel: Channel, ticket: f64, level: LevelFilter) -> Observer {
        Observer(Arc::new(Inner {
            channel,
            ticket,
            level,
            quiet: AtomicU8::new(0),
            issued: AtomicU32::new(0),
            asked: Mutex::default(),
        }))
    }

    /// The settings with a hook, by its name in the core.
    pub(crate) fn hook(&self, builder: ClientBuilder, name: &str) -> ClientBuilder {
        let one = self.clone();
        let language = Language::Node;
        match name {
            "on_request" => builder.on_request(move |event| {
                let headers = one.ask("onRequest", event.to_json(language))?;
                let mut headers = headers.into_iter();
                while let (Some(name), Some(value)) = (headers.next(), headers.next()) {
                    event.header(name, value);
                }
                Ok(())
            }),
            "on_response" => {
                builder.on_response(move |event| one.look("onResponse", event.to_json(language)))
            }
            "on_retry" => {
                builder.on_retry(move |event| one.look("onRetry", event.to_json(language)))
            }
            "on_alert" => {
                builder.on_alert(move |event| one.look("onAlert", event.to_json(language)))
            }
            // The core's table has no other; a test asks for each.
            _ => builder,
        }
    }

    /// Says which part of the watch the calls that JavaScript makes now go without.
    pub(crate) fn quiet(&self, part: u8) {
        self.0.quiet.store(part, Ordering::Relaxed);
    }

    /// The mark of a call that JavaScript makes now; none for one that nobody watches.
    pub(crate) fn mark(&self, ticket: f64) -> Option<CallMark> {
        let quiet = self.0.quiet.load(Ordering::Relaxed);
        (quiet < UNLOGGED).then(|| {
            Arc::new(Watched {
                observer: self.clone(),
                ticket,
                has_hooks: quiet < WITHOUT_HOOKS,
            }) as CallMark
        })
    }

    /// The options of a call that JavaScript makes now, with its mark.
    pub(crate) fn marked(&self, options: CallOptions, ticket: f64) -> CallOptions {
        match self.mark(ticket) {
            Some(mark) => options.mark(mark),
            None => options,
        }
    }

    /// Answers a hook.
    pub(crate) fn answer(&self, number: u32, answer: Answer) {
        let waiting = self.asked().answers.remove(&number);
        if let Some(waiting) = waiting {
            // The room of one is for this answer, so this never waits.
            let _ = waiting.send(answer);
        }
    }

    /// Ends the waits for JavaScript, which is gone.
    pub(crate) fn close(&self) {
        let answers = {
            let mut asked = self.asked();
            asked.is_closed = true;
            std::mem::take(&mut asked.answers)
        };
        drop(answers);
    }

    /// Calls a hook that only looks.
    fn look(&self, hook: &str, event: Value) -> Result<(), HookError> {
        self.ask(hook, event).map(drop)
    }

    /// Calls a hook, and waits for its end on the thread of the call. JavaScript's thread never waits for a call, so it always comes to answer.
    fn ask(&self, hook: &str, event: Value) -> Result<Vec<String>, HookError> {
        let Some(ticket) = watched(|call| call.has_hooks.then_some(call.ticket)) else {
            return Ok(Vec::new());
        };
        let gone = || Thrown("the JavaScript of this client has ended".to_owned());
        let number = self.0.issued.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = sync_channel(1);
        {
            let mut asked = self.asked();
            if asked.is_closed {
                return Err(gone().into());
            }
            asked.answers.insert(number, sender);
        }
        let text = json!([number, ticket, hook, event]).to_string();
        let message = Message::Hook(Json::of(&text));
        if !self.0.channel.send(self.0.ticket, message) {
            self.asked().answers.remove(&number);
        }
        match answer.recv() {
            Ok(Ok(headers)) => Ok(headers),
            Ok(Err(text)) => Err(Thrown(text).into()),
            Err(_) => Err(gone().into()),
        }
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.0.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fact about the call that runs on this thread, if somebody watches it.
fn watched<T>(read: impl FnOnce(&Watched) -> Option<T>) -> Option<T> {
    let mark = current_mark()?;
    read(mark.downcast_ref::<Watched>()?)
}

/// The highest level that the logger of the call on this thread takes.
pub(crate) fn level() -> LevelFilter {
    watched(|call| Some(call.observer.0.level)).unwrap_or(LevelFilter::Off)
}

/// Sends a line to the logger of the call on this thread.
pub(crate) fn log(level: &str, line: &str) {
    watched(|call| {
        let inner = &call.observer.0;
        let text = json!([call.ticket, level, line]).to_string();
        // An environment that has ended reads no log.
        inner
            .channel
            .send(inner.ticket, Message::Log(Json::of(&text)));
        Some(())
    });
}
