//! Parameters of the case operations.

use serde_json::Value;

use crate::call::filter::Filter;
use crate::call::input::input;
use crate::call::json_map::JsonMap;
use crate::endpoints::forms::OwnerRef;
use crate::endpoints::sort_order::SortOrder;
use crate::endpoints::workspaces::{PageQuery, WorkspaceFilter};
use crate::json::SharedStr;

input! {
    /// An object by its id.
    ///
    /// ```
    /// use penbox::{ById, CaseCreate};
    ///
    /// let template = ById::new("0ca5e000-0000-4000-8000-000000000001");
    /// assert_eq!(CaseCreate::from_template("0ca5e000-0000-4000-8000-000000000001"), CaseCreate::default().template(template));
    /// ```
    ById {
        /// The id, a UUID.
        id: String, required true;
    }

    /// A colleague to filter by.
    ///
    /// ```
    /// use penbox::{CaseList, CaseOwnerFilter};
    ///
    /// let by_email = CaseList::default().owner(CaseOwnerFilter::email("sam@example.com"));
    /// let by_id = CaseList::default().owner(CaseOwnerFilter::id("0a5e0000-0000-4000-8000-000000000001"));
    /// assert_ne!(by_email, by_id);
    /// ```
    CaseOwnerFilter {
        /// The id, a UUID.
        id [with_id]: String;
        /// The address.
        email [with_email]: String;
    }

    /// A contact to filter by.
    ///
    /// ```
    /// use penbox::{CaseContactFilter, CaseList};
    ///
    /// let by_email = CaseList::default().contact(CaseContactFilter::email("jo@example.com"));
    /// let by_name = CaseList::default().contact(CaseContactFilter::default().family_name("Doe"));
    /// assert_ne!(by_email, by_name);
    /// ```
    CaseContactFilter {
        /// First name.
        given_name: String;
        /// Last name.
        family_name: String;
        /// Email address.
        email [with_email]: String;
    }

    /// Someone a case is about.
    ///
    /// ```
    /// use penbox::CaseContactInput;
    ///
    /// let contact = CaseContactInput::key("main").email("jo@example.com").given_name("Jo").phone("+32470000000");
    /// # assert_ne!(contact, CaseContactInput::key("main"));
    /// ```
    CaseContactInput {
        /// The role in the case.
        key [with_key]: String;
        /// Email address.
        email: String;
        /// Whole name.
        name: String;
        /// First name.
        given_name: String;
        /// Last name.
        family_name: String;
        /// Phone number in international form.
        phone: String;
    }

    /// A data field with its value.
    ///
    /// ```
    /// use penbox::CaseFieldInput;
    ///
    /// let field = CaseFieldInput::key("employees").type_("number").value(12).name("Employees");
    /// # assert_ne!(field, CaseFieldInput::key("employees"));
    /// ```
    CaseFieldInput {
        /// Its key: lower-case letters, digits and underscores, at most 120 characters.
        key [with_key]: String, required true;
        /// Its type: `text`, `number`, `date`, `file`, `choices`, `checkbox`, `multiple_choice`, ...
        type_ = "type": String;
        /// Its value, any JSON.
        value: Value;
        /// Its name.
        name: String;
    }

    /// Parameters of `cases.create`.
    ///
    /// ```
    /// use penbox::{CaseContactInput, CaseCreate, CaseFieldInput, OwnerRef};
    ///
    /// let from_template = CaseCreate::from_template("0ca5e000-0000-4000-8000-000000000001")
    ///     .reference("crm-42")
    ///     .owner(OwnerRef::new("sam@example.com"))
    ///     .contacts(vec![CaseContactInput::key("main").email("jo@example.com")]);
    /// let of_its_own = CaseCreate::title("Onboarding of Acme").schema(vec![CaseFieldInput::key("employees").value(12)]);
    /// assert_ne!(from_template, of_its_own);
    /// ```
    CaseCreate {
        /// The title. Give it or a template (inferred: which members are required is not documented).
        title [with_title]: String;
        /// A reference of yours.
        reference: String;
        /// The workspace's own status to start in, by key.
        status: String;
        /// The template to use.
        template: ById;
        /// The workspace, where the token covers several.
        workspace: ById;
        /// The colleague in charge.
        owner: OwnerRef;
        /// The people it is about; made or linked by Penbox.
        contacts: Vec<CaseContactInput>;
        /// Data fields with values; without it the template's fields are used.
        schema: Vec<CaseFieldInput>;
    }

    /// Parameters of `cases.update_data`.
    ///
    /// ```
    /// use penbox::CaseDataUpdate;
    /// use penbox::serde_json::json;
    ///
    /// let update = CaseDataUpdate::new(json!({"company_name": "Acme SA", "employees": 12}));
    /// # assert_ne!(update, CaseDataUpdate::new(json!({})));
    /// ```
    CaseDataUpdate {
        /// Values by field key. Fields that are not named stay as they are (inferred).
        data: JsonMap, required true;
    }

    /// Parameters of `cases.update_contacts` (inferred: the page of the documentation was not readable).
    ///
    /// ```
    /// use penbox::{CaseContactInput, CaseContactsUpdate};
    ///
    /// let update = CaseContactsUpdate::new([CaseContactInput::key("main").email("jo@example.com")]);
    /// # assert_ne!(update, CaseContactsUpdate::new([]));
    /// ```
    CaseContactsUpdate {
        /// Contacts, matched by their key (inferred).
        contacts: Vec<CaseContactInput>;
    }

    /// Parameters of `cases.start_step`.
    ///
    /// ```
    /// use penbox::CaseStepStart;
    /// use penbox::serde_json::json;
    ///
    /// let plain = CaseStepStart::default();
    /// let with_data = CaseStepStart::default().data(json!({"deadline": "2026-06-30"}));
    /// assert_ne!(plain, with_data);
    /// ```
    CaseStepStart {
        /// Data for the step (inferred: the member's name was not readable).
        data: JsonMap;
    }
}

/// Parameters with the conditions that `cases.list` and `cases.count` share.
macro_rules! filtered {
    ($(#[doc = $doc:literal])+ $name:ident { $($own:tt)* }) => {
        input! {
            $(#[doc = $doc])+
            $name {
                /// Cases made from this template.
                template: ById;
                /// The workspace's own status, by key.
                status: String;
                /// `draft`, `pending`, `in_progress` or `closed`.
                parent_status: String;
                /// Archived cases; false by default.
                archived: bool;
                /// Whose turn it is: `none`, `owner` or `contact`.
                waiting_for: String;
                /// The case's reference.
                reference: String;
                /// The colleague in charge.
                owner: CaseOwnerFilter;
                /// The workspace.
                workspace: WorkspaceFilter;
                /// Someone the case is about.
                contact: CaseContactFilter;
                /// Conditions with operators (`/api-reference/advanced-filters`). Cannot be combined with the parameters above.
                filter: Filter;
                $($own)*
            }
        }
    };
}

filtered! {
    /// Parameters of `cases.count`. Conditions are combined with AND (inferred).
    ///
    /// ```
    /// use penbox::{CaseCount, ParentStatus};
    ///
    /// let params = CaseCount::default().parent_status(ParentStatus::InProgress).archived(false);
    /// # assert_ne!(params, CaseCount::default());
    /// ```
    CaseCount {}
}

filtered! {
    /// Parameters of `cases.list`. Conditions are combined with AND (inferred); some were read on the count page only.
    ///
    /// ```
    /// use penbox::{ById, CaseList, WaitingFor};
    ///
    /// let params = CaseList::default()
    ///     .template(ById::new("0ca5e000-0000-4000-8000-000000000001"))
    ///     .waiting_for(WaitingFor::Contact)
    ///     .sort("-updated_at");
    /// # assert_ne!(params, CaseList::default());
    /// ```
    CaseList {
        /// The order; `-created_at` by default (inferred for cases).
        sort: SortOrder;
        /// The first page to read and the number of items in a page.
        page: PageQuery;
    }
}

macro_rules! defaults { ($($ty:ident),+) => { $( impl Default for $ty { fn default() -> Self { Self::empty() } } )+ }; }
defaults!(
    CaseOwnerFilter,
    CaseContactFilter,
    CaseContactInput,
    CaseCount,
    CaseList,
    CaseCreate,
    CaseStepStart
);

impl ById {
    /// The object with this id.
    pub fn new(id: impl Into<String>) -> Self {
        Self::empty().id(id)
    }
}

macro_rules! by_text {
    ($($text:ty),+) => { $(
        impl From<$text> for ById {
            fn from(id: $text) -> Self {
                ById::new(id)
            }
        }
    )+ };
}
by_text!(&str, String, &String, SharedStr, &SharedStr);

impl CaseCreate {
    /// A case with this title.
    pub fn title(title: impl Into<String>) -> Self {
        Self::empty().with_title(title)
    }

    /// A case made from the template with this id.
    pub fn from_template(id: impl Into<String>) -> Self {
        Self::empty().template(ById::new(id))
    }
}

impl CaseContactInput {
    /// A contact in this role.
    pub fn key(key: impl Into<String>) -> Self {
        Self::empty().with_key(key)
    }
}

impl CaseFieldInput {
    /// A field by its key.
    pub fn key(key: impl Into<String>) -> Self {
        Self::empty().with_key(key)
    }
}

impl CaseOwnerFilter {
    /// A colleague by address.
    pub fn email(email: impl Into<String>) -> Self {
        Self::empty().with_email(email)
    }

    /// A colleague by id.
    pub fn id(id: impl Into<String>) -> Self {
        Self::empty().with_id(id)
    }
}

impl CaseContactFilter {
    /// A contact by email address.
    pub fn email(email: impl Into<String>) -> Self {
        Self::empty().with_email(email)
    }
}

impl CaseDataUpdate {
    /// Sets these fields.
    pub fn new(data: impl Into<JsonMap>) -> Self {
        Self::empty().data(data)
    }
}

impl CaseContactsUpdate {
    /// Sets these contacts.
    pub fn new(contacts: impl IntoIterator<Item = CaseContactInput>) -> Self {
        Self::empty().contacts(contacts.into_iter().collect::<Vec<_>>())
    }
}
