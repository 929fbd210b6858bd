//! Batches of messages as values of JavaScript's.

use napi::bindgen_prelude::{Buffer, Either7, Null};
use penbox_core::{Error, Outcome};

use crate::fault;
use crate::json::Json;
use crate::message::{Answered, Message};

/// Messages as one flat array, of ticket, kind and content in turn: an array for each message would cost more than its content.
pub(crate) type Batch = Vec<Value>;

/// A value of a batch: a ticket or a kind, or the content of a message.
pub(crate) type Value = Either7<f64, Null, Json, Buffer, Progress, Page, Content>;

/// The bytes of a file moved so far, and its size if it is known.
type Progress = (f64, Option<f64>);
/// The page, further lists of its items, the positions of the new ones, and whether it is the last.
type Page = (Json, Option<Vec<Json>>, Option<Vec<u32>>, bool);
/// The facts about a file, and its bytes.
type Content = (Json, Buffer);

/// Appends a message. Kinds have the numbers of `Kind` in `ts/native.ts`.
pub(crate) fn append(batch: &mut Batch, ticket: f64, message: Message) {
    let (kind, content) = match message {
        Message::Done(Some(answered)) if !answered.fits() => {
            let error = Error::internal("the answer's text does not fit into JavaScript");
            (1.0, failure(&error.with_outcome(Outcome::Done)))
        }
        Message::Done(None) => (0.0, Value::B(Null)),
        Message::Done(Some(Answered::Text(text))) => (0.0, Value::C(text)),
        Message::Head(head) => (8.0, Value::C(head)),
        Message::Failed(error) => (1.0, failure(&error)),
        Message::Progress(moved, total) => {
            // JavaScript's numbers are doubles, which hold sizes up to 8 PiB exactly.
            let total = total.map(|total| total as f64);
            (2.0, Value::E((moved as f64, total)))
        }
        Message::Data(bytes) => (3.0, Value::D(bytes.into())),
        Message::Room => (4.0, Value::B(Null)),
        Message::Token(number) => (7.0, Value::A(number.into())),
        Message::End => (9.0, Value::B(Null)),
        Message::Hook(hook) => (10.0, Value::C(hook)),
        Message::Log(line) => (11.0, Value::C(line)),
        Message::Done(Some(Answered::Page {
            text,
            more,
            fresh,
            last,
        })) => (5.0, Value::F((text, more, fresh, last))),
        Message::Done(Some(Answered::Content(facts, bytes))) => {
            (6.0, Value::G((facts, bytes.into())))
        }
    };
    batch.extend([Value::A(ticket), Value::A(kind), content]);
}

fn failure(error: &Error) -> Value {
    Value::C(Json::of(&fault::json(error)))
}
