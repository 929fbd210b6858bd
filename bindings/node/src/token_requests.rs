//! The questions for a token that JavaScript has not answered yet.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use penbox_core::ClientBuilder;
use penbox_core::bindings::TokenRequest;

use crate::channel::Channel;
use crate::message::Message;

/// The open questions of one client, by their numbers.
#[derive(Clone, Default)]
pub(crate) struct TokenRequests(Arc<Open>);

#[derive(Default)]
struct Open {
    issued: AtomicU32,
    requests: Mutex<HashMap<u32, TokenRequest>>,
}

impl TokenRequests {
    /// The settings with a function of JavaScript's that gives the token: it is asked by a message with this ticket.
    pub(crate) fn set(
        &self,
        builder: ClientBuilder,
        ticket: f64,
        channel: Channel,
    ) -> ClientBuilder {
        let open = self.clone();
        builder.token_provider_later(move |request| {
            let number = open.0.issued.fetch_add(1, Ordering::Relaxed);
            open.requests().insert(number, request);
            if !channel.send(ticket, Message::Token(number)) {
                // The environment has ended: the drop is an answer, too.
                drop(open.take(number));
            }
        })
    }

    /// Takes an open question, to answer it.
    pub(crate) fn take(&self, number: u32) -> Option<TokenRequest> {
        self.requests().remove(&number)
    }

    fn requests(&self) -> MutexGuard<'_, HashMap<u32, TokenRequest>> {
        self.0
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
