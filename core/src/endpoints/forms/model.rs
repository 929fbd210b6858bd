//! Forms as the server sends them.

use crate::body::Text;
use crate::endpoints::attachments::Attachment;
use crate::endpoints::json::{Json, JsonObject};
use crate::endpoints::output::{open_enum, output};
use crate::endpoints::page::Item;
use crate::endpoints::workspaces::WorkspaceRef;

open_enum! {
    /// Where a form stands.
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

    /// Where a notification stands.
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
        id: Text,
        /// When it was made, ISO 8601.
        created_at: Option<Text>,
        /// Where it stands.
        status: Option<FormStatus>,
        /// Whether it is archived.
        archived: Option<bool>,
        /// When it was archived, ISO 8601.
        archived_at: Option<Text>,
        /// When it was marked as processed, ISO 8601.
        processed_at: Option<Text>,
        /// When it opens, ISO 8601.
        active_from: Option<Text>,
        /// When it closes, ISO 8601.
        active_until: Option<Text>,
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
        /// What the contact answered.
        responses: Option<Vec<FormResponse>>,
        /// Messages sent about it; may be missing in lists.
        notifications: Option<Vec<Notification>>,
        /// Which events go to which URL.
        webhooks: Option<JsonObject>,
    }

    /// Links to a form.
    FormLinks {
        /// The public link for the contact.
        fill: Option<Text>,
        /// The link in the Penbox app.
        app: Option<Text>,
    }

    /// The contact of a form.
    FormUser {
        /// Whether the contact is unknown.
        anonymous: Option<bool>,
        /// Email address.
        email: Option<Text>,
        /// Phone number.
        phone: Option<Text>,
        /// First name.
        given_name: Option<Text>,
        /// Last name.
        family_name: Option<Text>,
        /// Company.
        company_name: Option<Text>,
        /// The caller's own reference.
        internal_ref: Option<Text>,
        /// Language (inferred).
        locale: Option<Text>,
    }

    /// The colleague in charge.
    Owner {
        /// Identifier, a UUID.
        id: Option<Text>,
        /// Email address.
        email: Option<Text>,
    }

    /// The template a form was made from.
    FormFlow {
        /// Its slug.
        slug: Option<Text>,
    }

    /// What a contact answered.
    FormResponse {
        /// Identifier, a UUID.
        id: Text,
        /// When it was submitted, ISO 8601.
        completed_at: Option<Text>,
        /// When it last changed, ISO 8601.
        updated_at: Option<Text>,
        /// When it was declined, ISO 8601.
        declined_at: Option<Text>,
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
        /// Whether the contact is unknown.
        anonymous: Option<bool>,
        /// The address the answer came from.
        ip: Option<Text>,
        /// Email address.
        email: Option<Text>,
        /// Phone number.
        phone: Option<Text>,
        /// Language.
        locale: Option<Text>,
        /// First name.
        given_name: Option<Text>,
        /// Last name.
        family_name: Option<Text>,
        /// The browser.
        user_agent = "user-agent": Option<Text>,
        /// The browser's languages.
        accept_language = "accept-language": Option<Text>,
    }

    /// A message sent about a form.
    Notification {
        /// Identifier, a UUID.
        id: Option<Text>,
        /// Where it stands.
        status: Option<NotificationStatus>,
        /// How it travels.
        method: Option<NotificationMethod>,
        /// When, ISO 8601.
        at: Option<Text>,
        /// Receiver.
        to: Option<Text>,
        /// Sender.
        from: Option<Text>,
        /// Copy.
        cc: Option<Text>,
        /// Blind copy.
        bcc: Option<Text>,
        /// Whether Penbox made it by itself.
        system: Option<bool>,
        /// Language.
        locale: Option<Text>,
        /// Its template, such as `raw` or `request_completed`.
        template: Option<Text>,
        /// Values for the template.
        variables: Option<Json>,
        /// Whether it is active.
        active: Option<bool>,
        /// Why it failed.
        error: Option<Text>,
        /// The id of the message at its carrier.
        message_id: Option<Text>,
    }
}

impl Item for Form {
    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }
}
