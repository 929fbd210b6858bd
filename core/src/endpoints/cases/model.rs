//! Cases as the server sends them.

use crate::call::output::{open_enum, output};
use crate::call::page::Item;
use crate::json::SharedStr;
use crate::json::raw::{Json, JsonObject};

open_enum! {
    /// The state of a case, one of the four that all cases share.
    ParentStatus {
        /// Not started.
        Draft = "draft",
        /// Waiting.
        Pending = "pending",
        /// Being worked on.
        InProgress = "in_progress",
        /// Done.
        Closed = "closed",
    }

    /// Whose turn it is.
    WaitingFor {
        /// Nobody's.
        None = "none",
        /// The colleague's in charge.
        Owner = "owner",
        /// The contact's.
        Contact = "contact",
    }
}

output! {
    /// A case, or a template of cases. `steps` and `schema` are absent in lists.
    Case {
        /// Identifier, a UUID.
        id: SharedStr,
        /// Its title.
        title: Option<SharedStr>,
        /// Its state.
        parent_status: Option<ParentStatus>,
        /// When it was made, ISO 8601.
        created_at: Option<SharedStr>,
        /// When it last changed, ISO 8601.
        updated_at: Option<SharedStr>,
        /// Its description.
        description: Option<SharedStr>,
        /// Its language.
        locale: Option<SharedStr>,
        /// Its reference: the caller's own, or six characters made by Penbox.
        reference: Option<SharedStr>,
        /// The workspace's own status, by key.
        status: Option<SharedStr>,
        /// Whose turn it is.
        waiting_for: Option<WaitingFor>,
        /// When it was archived, ISO 8601.
        archived_at: Option<SharedStr>,
        /// The people it is about.
        contacts: Option<Vec<CaseContact>>,
        /// The template it was made from: documented as text, an object is taken, too (inferred).
        template: Option<Json>,
        /// The colleague in charge.
        owner: Option<CaseOwner>,
        /// Its steps.
        steps: Option<Vec<CaseStep>>,
        /// The data fields with their values.
        schema: Option<Vec<CaseField>>,
    }

    /// Someone a case is about.
    CaseContact {
        /// Identifier, a UUID.
        id: Option<SharedStr>,
        /// The role in the case.
        key: Option<SharedStr>,
        /// Whole name.
        name: Option<SharedStr>,
        /// Email address.
        email: Option<SharedStr>,
        /// First name.
        given_name: Option<SharedStr>,
        /// Last name.
        family_name: Option<SharedStr>,
        /// Phone number.
        phone: Option<SharedStr>,
    }

    /// The colleague in charge of a case.
    CaseOwner {
        /// Identifier, a UUID.
        id: Option<SharedStr>,
        /// Email address.
        email: Option<SharedStr>,
        /// First name.
        given_name: Option<SharedStr>,
        /// Last name.
        family_name: Option<SharedStr>,
    }

    /// A step of a case.
    CaseStep {
        /// Identifier; may be the key that `start_step` takes (inferred).
        id: Option<SharedStr>,
        /// The key that `start_step` takes, where it comes apart from the id (inferred).
        key: Option<SharedStr>,
        /// Its title.
        title: Option<SharedStr>,
        /// Its status; the values are not documented.
        status: Option<SharedStr>,
        /// Its data.
        data: Option<JsonObject>,
    }

    /// A data field of a case.
    CaseField {
        /// Its key.
        key: Option<SharedStr>,
        /// Its type: `text`, `number`, `date`, `file`, `choices`, `checkbox`, `multiple_choice`, ...
        type_ = "type": Option<SharedStr>,
        /// Its value, any JSON.
        value: Option<Json>,
        /// Its name.
        name: Option<SharedStr>,
    }
}

impl Item for Case {
    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }
}
