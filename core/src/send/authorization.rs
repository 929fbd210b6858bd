//! The token of each attempt: asked for where it is not known, and asked for again after a 401, once for all calls.

use std::sync::Arc;
use std::time::Duration;

use super::admission::Permit;
use super::call::Call;
use super::ended::over;
use super::hook_headers;
use super::preflight;
use super::refused_token::explained;
use super::sender::Sender;
use super::suspension::{self, Suspension};
use crate::auth::{
    AskError, AskLimits, Asking, Credential, Question, Step, Supplier, Token, TokenSource,
};
use crate::error::{Error, ErrorKind, Reason, Result, name};

/// The time after which a call looks again that waits for another's question, and has no deadline. The end of the question ends the
/// wait, so any long time will do.
const NEXT_LOOK: Duration = Duration::from_secs(3600);

/// The end of a call's attempt to get another token after its own was refused.
pub(super) enum Refusal {
    /// There is another token, and the call can be repeated with it. The error is that of the refused one.
    Renewed(Error),
    /// The error is the call's.
    Stands(Error),
}

impl Sender {
    /// The present token, if one is known.
    pub(crate) fn token(&self) -> Option<Token> {
        let credential = self.state().credentials.credential();
        credential.map(|credential| credential.token.clone())
    }

    /// Replaces the token: calls in flight keep theirs, later ones and repeats take the new one.
    pub(crate) fn set_token(&self, text: &str) -> Result<()> {
        let token = Token::new(text)?;
        if self.is_closed() {
            return Err(Error::new(ErrorKind::Closed, "the client was closed"));
        }
        self.replace_token(token, Some(TokenSource::Explicit));
        Ok(())
    }

    /// Replaces the token. The pause after a 429 belongs to the one before, so it ends; what happens from here on counts for the new one.
    fn replace_token(&self, token: Token, source: Option<TokenSource>) -> bool {
        let state = self.state();
        let fingerprint = token.fingerprint();
        let turn = || {
            state.throttle.end();
            state.stats.follow(fingerprint);
        };
        state.credentials.replace(token, source, turn)
    }

    /// A text in which the present token is blanked.
    pub(crate) fn without_token(&self, text: &str) -> String {
        match self.token() {
            Some(token) => token.blank(text),
            None => text.to_owned(),
        }
    }

    /// The token that an attempt begins with. It comes before the admission: who waits for one holds no slot of the rate limit.
    pub(super) async fn first_token(&self, call: &Call<'_>) -> Result<Arc<Credential>> {
        let known = self.credential(call).await?;
        self.authorize(call, &known)?;
        Ok(known)
    }

    /// Waits until an attempt may be sent, and gives it the token that is the present one by then.
    pub(super) async fn admit_with_token<'a>(
        &'a self,
        call: &'a Call<'a>,
        known: Arc<Credential>,
        number: u32,
        server_wait_so_far: Duration,
    ) -> Result<(Permit<'a>, Arc<Credential>)> {
        let permit = self.admit(call, number, server_wait_so_far).await?;
        let latest = self.state_of(call).credentials.credential();
        let credential = latest.unwrap_or(known);
        self.authorize(call, &credential)?;
        // The hook's headers were checked with the token that was known before the wait.
        hook_headers::check(call, &credential.token)?;
        Ok((permit, credential))
    }

    /// Gives a call its token. The request is checked as a whole with each new one, which must stand in no other place than its header.
    fn authorize(&self, call: &Call<'_>, credential: &Arc<Credential>) -> Result<()> {
        if call.authorize(credential) {
            let token = &credential.token;
            let head = preflight::check(&self.settings, token, call.target, call.options)?;
            call.set_head_size(head);
        }
        Ok(())
    }

    /// The present token. Where there is none yet, one call asks for it, and the others wait.
    async fn credential(&self, call: &Call<'_>) -> Result<Arc<Credential>> {
        loop {
            // The caller's own code has run, where it was asked before: it may have forked.
            match self.state_of(call).credentials.first() {
                Step::Use(credential) => return Ok(credential),
                step => self.ask_or_wait(call, step, false).await?,
            }
        }
    }

    /// Decides what follows a refused token. `may_renew` is false for a call that was repeated with another one already.
    pub(super) async fn after_refusal(
        &self,
        call: &Call<'_>,
        refused: &Arc<Credential>,
        error: Error,
        may_renew: bool,
    ) -> Refusal {
        if error.http_status() != Some(401) || error.kind() != ErrorKind::Authentication {
            return Refusal::Stands(error);
        }
        let mut failure = None;
        while may_renew && failure.is_none() {
            let now = self.runtime.now();
            if call.left(now).is_some_and(|left| left.is_zero()) || suspension::must_end() {
                break;
            }
            match self.state_of(call).credentials.next(refused, now) {
                Step::Use(_) => return Refusal::Renewed(error),
                Step::None => break,
                // Then again: there is another token now, or none, or the call that asked has ended.
                step => failure = self.ask_or_wait(call, step, true).await.err(),
            }
        }
        // The call itself has ended: that is its error, and not what was refused before.
        if call.context.cancel.cause().is_some() {
            return Refusal::Stands(self.cancelled(call, error));
        }
        Refusal::Stands(explained(error, refused, failure.as_ref()))
    }

    /// Asks for the token, or waits until another call has asked for it. `again` is true after a 401. An error is the supplier's, or that of the end of this call.
    async fn ask_or_wait(&self, call: &Call<'_>, step: Step, again: bool) -> Result<()> {
        match step {
            Step::Use(_) => Ok(()),
            Step::Ask(supplier, asking) => self.ask(call, &supplier, asking, again),
            Step::Await(question) => self.await_question(call, &question).await,
            Step::Itself => Err(Error::config(concat!(
                "the ",
                name!("token_provider"),
                " calls the client that waits for its token"
            ))
            .with_reason(Reason::ProviderLoop)
            .with_hint("Give the callback a client of its own, with a token of its own.")),
            Step::None => Err(over(&call.context.cancel)),
        }
    }

    /// Asks the supplier, for this call and for those that wait.
    fn ask(&self, call: &Call<'_>, supplier: &Supplier, asking: Asking, again: bool) -> Result<()> {
        let before = self.state_of(call);
        let limits = AskLimits {
            cancel: &call.context.cancel,
            deadline: call.deadline,
        };
        let answer = supplier.ask(&limits);
        if !std::ptr::eq(before, self.state_of(call)) {
            // The callback has forked, and this is the child: who waits for this question, waits in the parent.
            std::mem::forget(asking);
            return Ok(());
        }
        if again && !matches!(answer, Err(AskError::Ended)) {
            before.credentials.renewed(self.runtime.now());
        }
        match answer {
            Ok(token) => {
                self.replace_token(token, None);
                Ok(())
            }
            Err(AskError::Failed(error)) => {
                asking.question().fail(error.again());
                Err(error)
            }
            Err(AskError::Ended) => Err(over(&call.context.cancel)),
        }
    }

    /// Waits for the end of another call's question. If that call has ended without an answer, the next one asks.
    async fn await_question(&self, call: &Call<'_>, question: &Arc<Question>) -> Result<()> {
        let cancel = &call.context.cancel;
        if let Some(waiter) = question.wait() {
            let until = call.deadline.unwrap_or(self.runtime.now() + NEXT_LOOK);
            suspension::suspend(Suspension {
                until,
                deadline: call.deadline,
                cancel: cancel.clone(),
                awaited: Some(waiter),
                queue: None,
            })
            .await;
        }
        let is_late = call
            .left(self.runtime.now())
            .is_some_and(|left| left.is_zero());
        if cancel.cause().is_some() || is_late || suspension::must_end() {
            return Err(over(cancel));
        }
        question.error().map_or(Ok(()), Err)
    }
}
