use serde::Serialize;

use crate::store::forms::{Form, FormView};

/// The body of a delivery, in the reference's order.
#[derive(Serialize)]
struct Payload<'a> {
    events: &'a [&'a str],
    data: Entity<'a>,
    request: FormView<'a>,
}

/// The thing that the events are about.
#[derive(Serialize)]
struct Entity<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
}

/// The body as text. `data` is the kind and the id of what the events are about.
pub(super) fn body(form: &Form, events: &[&str], (kind, id): (&str, &str), origin: &str) -> String {
    let payload = Payload {
        events,
        data: Entity { kind, id },
        request: form.view(origin),
    };
    serde_json::to_string(&payload).unwrap_or_default()
}
