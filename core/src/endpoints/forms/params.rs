//! Parameters of the form operations.

use serde_json::Value;

use crate::call::filter::Filter;
use crate::call::input::{Member, input};
use crate::call::json_map::JsonMap;
use crate::endpoints::workspaces::{PageQuery, WorkspaceFilter};
use crate::json::SharedStr;
use crate::schema::{Described, Kind};

/// One slug or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slugs(Value);

impl From<&str> for Slugs {
    fn from(slug: &str) -> Self {
        Slugs(slug.into())
    }
}

impl From<String> for Slugs {
    fn from(slug: String) -> Self {
        Slugs(slug.into())
    }
}

impl<S: Into<String>> From<Vec<S>> for Slugs {
    fn from(slugs: Vec<S>) -> Self {
        slugs.into_iter().collect()
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for Slugs {
    fn from(slugs: [S; N]) -> Self {
        slugs.into_iter().collect()
    }
}

impl<S: Into<String>> FromIterator<S> for Slugs {
    fn from_iter<I: IntoIterator<Item = S>>(slugs: I) -> Self {
        let slugs: Vec<String> = slugs.into_iter().map(Into::into).collect();
        Slugs(slugs.into())
    }
}

impl Member for Slugs {
    fn into_member(self) -> Value {
        self.0
    }
}

impl Described for Slugs {
    const KIND: Kind = Kind::OneOrMany(&Kind::Text);
}

input! {
    /// The form template a form is made from.
    Flow {
        /// The template's slug.
        slug: String, required true;
    }

    /// A workspace, for a token that covers several.
    Company {
        /// The workspace's slug.
        slug: String, required true;
    }

    /// A colleague, by address.
    OwnerRef {
        /// The address of a member of the workspace.
        email: String, required true;
    }

    /// How the form looks.
    Branding {
        /// The branding's slug.
        slug: String, required true;
    }

    /// The contact who fills in the form.
    ///
    /// An email address or phone number makes Penbox send the invitation there.
    User {
        /// Email address.
        email [with_email]: String;
        /// Phone number in international form, `+32...`.
        phone [with_phone]: String;
        /// First name.
        given_name: String;
        /// Last name.
        family_name: String;
        /// Language, such as `en` or `fr`.
        locale: String;
        /// Company (inferred: documented on the form, not on its creation).
        company_name: String;
        /// Your own reference of the contact (inferred: named by the retired documentation only).
        internal_ref: String;
    }

    /// Parameters of `forms.create`.
    FormCreate {
        /// The template to use.
        flow: Flow, required true;
        /// The workspace, where the token covers several.
        company: Company;
        /// The contact.
        user: User;
        /// Answers to start with; the keys must be the template's field keys.
        data: JsonMap;
        /// Options of the form.
        options: JsonMap;
        /// Data of yours, kept with the form and returned with it.
        external_args: JsonMap;
        /// The https address to which the contact is sent afterwards.
        redirect_url: String;
        /// Make a draft: nothing is sent.
        draft: bool;
        /// When the form opens, ISO 8601.
        active_from: String;
        /// When the form closes, ISO 8601.
        active_until: String;
        /// The colleague in charge; may be null.
        owner: OwnerRef;
        /// The branding.
        branding: Branding;
        /// Which events go to which https URL: `{"https://...": ["responses:completed"]}`.
        webhooks: JsonMap;
    }

    /// A template to filter by.
    FlowFilter {
        /// One slug, or several.
        slug [with_slug]: Slugs;
        /// The form preset's id.
        customization: String;
    }

    /// A colleague to filter by.
    OwnerFilter {
        /// The address.
        email [with_email]: String;
    }

    /// A contact to filter by.
    UserFilter {
        /// First name.
        given_name: String;
        /// Last name.
        family_name: String;
        /// Email address.
        email [with_email]: String;
        /// Phone number.
        phone: String;
    }

    /// Parameters of `forms.update`. What is left out stays as it is.
    FormUpdate {
        /// Archive, or take out of the archive.
        archived: bool;
        /// Make it a draft, or with false send it.
        draft: bool;
        /// Mark as processed, or not.
        processed: bool;
        /// When it closes, ISO 8601; `null` removes the end (inferred).
        active_until: String;
    }
}

/// Parameters with the conditions that `forms.list` and `forms.count` share.
macro_rules! filtered {
    ($(#[doc = $doc:literal])+ $name:ident { $($own:tt)+ }) => {
        input! {
            $(#[doc = $doc])+
            $name {
                /// Forms of this workspace.
                workspace: WorkspaceFilter;
                /// Forms made from these templates.
                flow: FlowFilter;
                /// Forms this colleague is in charge of.
                owner: OwnerFilter;
                /// Forms of this contact.
                user: UserFilter;
                /// Archived forms instead of the others; false by default.
                archived: bool;
                /// Forms that are open now (inferred).
                active: bool;
                /// Forms that were completed (inferred).
                completed: bool;
                /// Forms that were marked as processed (inferred).
                processed: bool;
                /// Conditions with operators (`/api-reference/advanced-filters`). Cannot be combined with the parameters above.
                filter: Filter;
                $($own)+
            }
        }
    };
}

filtered! {
    /// Parameters of `forms.count`. Conditions are combined with AND (inferred).
    FormCount {
        /// Counts by value, too: `status`, `user.email` (or another of the contact's fields) or `data.property_type` (or
        /// another field key).
        group_by = "group-by": String;
    }
}

filtered! {
    /// Parameters of `forms.list`. Conditions are combined with AND (inferred).
    FormList {
        /// `-created_at` (default), `+created_at`, `-updated_at` or `+updated_at` (inferred for forms).
        sort: String;
        /// The first page to read and the number of items in a page.
        page: PageQuery;
    }
}

macro_rules! constructors {
    ($($ty:ident :: $name:ident => $setter:ident, $doc:literal;)+) => { $(
        impl $ty {
            #[doc = $doc]
            pub fn $name(value: impl Into<String>) -> Self {
                Self::empty().$setter(value.into())
            }
        }
    )+ };
}

constructors! {
    Flow::new => slug, "A template by its slug.";
    Company::new => slug, "A workspace by its slug.";
    OwnerRef::new => email, "A colleague by address.";
    Branding::new => slug, "A branding by its slug.";
    User::email => with_email, "A contact by email address.";
    User::phone => with_phone, "A contact by phone number, `+32...`.";
    OwnerFilter::email => with_email, "A colleague by address.";
    UserFilter::email => with_email, "A contact by email address.";
}

macro_rules! defaults { ($($ty:ident),+) => { $( impl Default for $ty { fn default() -> Self { Self::empty() } } )+ }; }
defaults!(
    User, UserFilter, FlowFilter, FormCount, FormList, FormUpdate
);

impl FormCreate {
    /// A form of the template with this slug.
    pub fn new(flow: impl Into<String>) -> Self {
        Self::empty().flow(Flow::new(flow))
    }
}

impl FlowFilter {
    /// A template by its slug.
    pub fn slug(slug: impl Into<String>) -> Self {
        Self::empty().with_slug(slug.into())
    }

    /// Several templates by their slugs.
    pub fn slugs<S: Into<String>>(slugs: impl IntoIterator<Item = S>) -> Self {
        Self::empty().with_slug(slugs.into_iter().collect::<Slugs>())
    }
}

macro_rules! by_text {
    ($($text:ty),+) => { $(
        impl From<$text> for Flow {
            fn from(slug: $text) -> Self {
                Flow::new(slug)
            }
        }
    )+ };
}
by_text!(&str, String, &String, SharedStr, &SharedStr);
