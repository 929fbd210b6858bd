//! The body of a delivery.

use crate::call::output::{open_enum, output};
use crate::endpoints::forms::Form;
use crate::endpoints::responses::ResourceRef;

open_enum! {
    /// An event of a form or a response.
    EventName {
        /// A form was made.
        RequestsCreated = "requests:created",
        /// A form changed.
        RequestsUpdated = "requests:updated",
        /// A form was deleted.
        RequestsDeleted = "requests:deleted",
        /// A form was archived.
        RequestsArchived = "requests:archived",
        /// A form is no longer archived.
        RequestsUnarchived = "requests:unarchived",
        /// A contact began a response.
        ResponsesCreated = "responses:created",
        /// A response changed.
        ResponsesUpdated = "responses:updated",
        /// A response was deleted.
        ResponsesDeleted = "responses:deleted",
        /// A contact submitted a response.
        ResponsesCompleted = "responses:completed",
    }
}

output! {
    /// The body of a delivery: events, the object that they are of, and the form as it was then.
    ///
    /// ```
    /// use penbox::webhook::WebhookEvent;
    ///
    /// let body = r#"{"events": ["responses:updated", "responses:completed"], "data": {"type": "responses", "id": "r-1"},
    ///     "request": {"id": "f-1", "status": "completed"}}"#;
    /// let event: WebhookEvent = penbox::serde_json::from_str(body)?;
    /// assert!(event.has("responses:completed"));
    /// assert_eq!(event.request.map(|form| form.id).as_deref(), Some("f-1"));
    /// # Ok::<(), penbox::serde_json::Error>(())
    /// ```
    WebhookEvent {
        /// The events: one of created, updated and deleted, and finer ones beside it. There may be names that are not documented.
        events: Option<Vec<EventName>>,
        /// The object that the events are of.
        data: Option<ResourceRef>,
        /// The form, as `forms.get` gives it.
        request: Option<Form>,
    }
}

impl WebhookEvent {
    /// Reports whether an event of this name is among the events.
    ///
    /// ```
    /// use penbox::webhook::{EventName, WebhookEvent};
    ///
    /// let event: WebhookEvent = penbox::serde_json::from_str(r#"{"events": ["requests:archived"]}"#)?;
    /// assert!(event.has("requests:archived") && event.has(EventName::RequestsArchived));
    /// assert!(!event.has("requests:created"));
    /// # Ok::<(), penbox::serde_json::Error>(())
    /// ```
    pub fn has(&self, name: impl AsRef<str>) -> bool {
        let mut events = self.events.iter().flatten();
        events.any(|event| event.as_str() == name.as_ref())
    }
}
