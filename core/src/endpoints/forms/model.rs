//! Forms as the server sends them.

use crate::call::output::{open_enum, output};
use crate::call::page::Item;
use crate::endpoints::attachments::Attachment;
use crate::endpoints::workspaces::WorkspaceRef;
use crate::json::SharedStr;
use crate::json::raw::{Json, JsonObject};

open_enum! {
    /// The status of a form.
    FormStatus {
        /// Not sent yet.
        Draft = "draft",
        /// Waiting for the contact.
        Pending = "pending",
        /// Submitted by the contact.
        Completed = "completed",
        /// Declined by the contact.
        Declined = "declined",
        /// Marked as processed after completion.
        Processed = "processed",
    }

    /// The status of a notification.
    NotificationStatus {
        /// Not sent yet.
        Pending = "pending",
        /// Sent.
        Sent = "sent",
        /// Could not be sent.
        Failed = "failed",
        /// Not sent on purpose.
        Skipped = "skipped",
    }

    /// How a notification travels.
    NotificationMethod {
        /// Text message.
        Sms = "sms",
        /// Email.
        Email = "email",
    }
}

output! {
    /// A form: a request for data and documents, with what the contact answered.
    Form {
        /// Identifier, a UUID.
        id: SharedStr,
        /// When it was made, ISO 8601.
        created_at: Option<SharedStr>,
        /// Its status.
        status: Option<FormStatus>,
        /// True if it is archived.
        archived: Option<bool>,
        /// When it was archived, ISO 8601.
        archived_at: Option<SharedStr>,
        /// When it was marked as processed, ISO 8601.
        processed_at: Option<SharedStr>,
        /// When it opens, ISO 8601.
        active_from: Option<SharedStr>,
        /// When it closes, ISO 8601.
        active_until: Option<SharedStr>,
        /// Links to it.
        links: Option<FormLinks>,
        /// The contact.
        user: Option<FormUser>,
        /// The colleague in charge.
        owner: Option<Owner>,
        /// The template it was made from.
        flow: Option<FormFlow>,
        /// The workspace it belongs to.
        workspace: Option<WorkspaceRef>,
        /// Answers it started with.
        data: Option<JsonObject>,
        /// Data of the caller's.
        external_args: Option<JsonObject>,
        /// Options of the form.
        options: Option<JsonObject>,
        /// The contact's responses.
        responses: Option<Vec<FormResponse>>,
        /// Messages sent about it; may be missing in lists.
        notifications: Option<Vec<Notification>>,
        /// Which events go to which URL.
        webhooks: Option<JsonObject>,
    }

    /// Links to a form.
    FormLinks {
        /// The public link for the contact.
        fill: Option<SharedStr>,
        /// The link in the Penbox app.
        app: Option<SharedStr>,
    }

    /// The contact of a form.
    FormUser {
        /// True if the contact is unknown.
        anonymous: Option<bool>,
        /// Email address.
        email: Option<SharedStr>,
        /// Phone number.
        phone: Option<SharedStr>,
        /// First name.
        given_name: Option<SharedStr>,
        /// Last name.
        family_name: Option<SharedStr>,
        /// Company.
        company_name: Option<SharedStr>,
        /// The caller's own reference.
        internal_ref: Option<SharedStr>,
        /// Language (inferred).
        locale: Option<SharedStr>,
    }

    /// The colleague in charge.
    Owner {
        /// Identifier, a UUID.
        id: Option<SharedStr>,
        /// Email address.
        email: Option<SharedStr>,
    }

    /// The template a form was made from.
    FormFlow {
        /// Its slug.
        slug: Option<SharedStr>,
    }

    /// A contact's response to a form.
    FormResponse {
        /// Identifier, a UUID.
        id: SharedStr,
        /// When it was submitted, ISO 8601.
        completed_at: Option<SharedStr>,
        /// When it last changed, ISO 8601.
        updated_at: Option<SharedStr>,
        /// When it was declined, ISO 8601.
        declined_at: Option<SharedStr>,
        /// The answers by field key.
        data: Option<JsonObject>,
        /// Who answered, and from where.
        user: Option<ResponseUser>,
        /// Files that came along.
        attachments: Option<Vec<Attachment>>,
        /// Signatures by key; their content is not documented.
        signatures: Option<Json>,
        /// Files by field key; their content is not documented.
        files: Option<Json>,
    }

    /// Who answered a form.
    ResponseUser {
        /// True if the contact is unknown.
        anonymous: Option<bool>,
        /// The address the answer came from.
        ip: Option<SharedStr>,
        /// Email address.
        email: Option<SharedStr>,
        /// Phone number.
        phone: Option<SharedStr>,
        /// Language.
        locale: Option<SharedStr>,
        /// First name.
        given_name: Option<SharedStr>,
        /// Last name.
        family_name: Option<SharedStr>,
        /// The browser.
        user_agent = "user-agent": Option<SharedStr>,
        /// The browser's languages.
        accept_language = "accept-language": Option<SharedStr>,
    }

    /// A message sent about a form.
    Notification {
        /// Identifier, a UUID.
        id: Option<SharedStr>,
        /// Its status.
        status: Option<NotificationStatus>,
        /// How it travels.
        method: Option<NotificationMethod>,
        /// When, ISO 8601.
        at: Option<SharedStr>,
        /// Receiver.
        to: Option<SharedStr>,
        /// Sender.
        from: Option<SharedStr>,
        /// Copy.
        cc: Option<SharedStr>,
        /// Blind copy.
        bcc: Option<SharedStr>,
        /// True if Penbox made it by itself.
        system: Option<bool>,
        /// Language.
        locale: Option<SharedStr>,
        /// Its template, such as `raw` or `request_completed`.
        template: Option<SharedStr>,
        /// Values for the template.
        variables: Option<Json>,
        /// True if it is active.
        active: Option<bool>,
        /// Why it failed.
        error: Option<SharedStr>,
        /// The id of the message at its carrier.
        message_id: Option<SharedStr>,
    }
}

impl Item for Form {
    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }
}
