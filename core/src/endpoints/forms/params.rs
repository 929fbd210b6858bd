//! Parameters of the form operations.

use serde_json::Value;

use crate::call::filter::Filter;
use crate::call::input::{Member, input};
use crate::call::json_map::JsonMap;
use crate::endpoints::sort_order::SortOrder;
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
    ///
    /// ```
    /// use penbox::{Flow, FormCreate};
    ///
    /// assert_eq!(FormCreate::new("client-onboarding"), FormCreate::new("other").flow(Flow::new("client-onboarding")));
    /// ```
    Flow {
        /// The template's slug.
        slug: String, required true;
    }

    /// A workspace, for a token that covers several.
    ///
    /// ```
    /// use penbox::{Company, FormCreate};
    ///
    /// let params = FormCreate::new("client-onboarding").company(Company::new("acme-corp"));
    /// # assert_ne!(params, FormCreate::new("client-onboarding"));
    /// ```
    Company {
        /// The workspace's slug.
        slug: String, required true;
    }

    /// A colleague, by address.
    ///
    /// ```
    /// use penbox::{CaseCreate, FormCreate, OwnerRef};
    ///
    /// let form = FormCreate::new("client-onboarding").owner(OwnerRef::new("sam@example.com"));
    /// let case = CaseCreate::title("Onboarding").owner(OwnerRef::new("sam@example.com"));
    /// # assert!(form != FormCreate::new("client-onboarding") && case != CaseCreate::title("Onboarding"));
    /// ```
    OwnerRef {
        /// The address of a member of the workspace.
        email: String, required true;
    }

    /// How the form looks.
    ///
    /// ```
    /// use penbox::{Branding, FormCreate};
    ///
    /// let params = FormCreate::new("client-onboarding").branding(Branding::new("acme-blue"));
    /// # assert_ne!(params, FormCreate::new("client-onboarding"));
    /// ```
    Branding {
        /// The branding's slug.
        slug: String, required true;
    }

    /// The contact who fills in the form.
    ///
    /// An email address or phone number makes Penbox send the invitation there.
    ///
    /// ```
    /// use penbox::User;
    ///
    /// let by_email = User::email("john@example.com").given_name("John").family_name("Doe").locale("fr");
    /// let by_phone = User::phone("+32470000000").with_email("john@example.com");
    /// assert_ne!(by_email, by_phone);
    /// ```
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
    ///
    /// ```
    /// use penbox::serde_json::json;
    /// use penbox::{FormCreate, OwnerRef, User};
    ///
    /// let params = FormCreate::new("client-onboarding")
    ///     .user(User::email("john@example.com"))
    ///     .owner(OwnerRef::new("sam@example.com"))
    ///     .data(json!({"company_name": "Acme"}))
    ///     .external_args([("crm_id", 42)])
    ///     .redirect_url("https://acme.example/thanks")
    ///     .active_until("2030-01-01T00:00:00Z")
    ///     .draft(true);
    /// let same = FormCreate::from_json(
    ///     r#"{
    ///         "flow": {"slug": "client-onboarding"}, "user": {"email": "john@example.com"}, "owner": {"email": "sam@example.com"},
    ///         "data": {"company_name": "Acme"}, "external_args": {"crm_id": 42}, "redirect_url": "https://acme.example/thanks",
    ///         "active_until": "2030-01-01T00:00:00Z", "draft": true
    ///     }"#,
    /// )?;
    /// assert_eq!(params, same);
    /// # Ok::<(), penbox::Error>(())
    /// ```
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
    ///
    /// ```
    /// use penbox::{FlowFilter, FormList};
    ///
    /// let one = FormList::default().flow(FlowFilter::slug("client-onboarding"));
    /// let several = FormList::default().flow(FlowFilter::slugs(["client-onboarding", "kyc-renewal"]));
    /// assert_ne!(one, several);
    /// ```
    FlowFilter {
        /// One slug, or several.
        slug [with_slug]: Slugs;
        /// The form preset's id.
        customization: String;
    }

    /// A colleague to filter by.
    ///
    /// ```
    /// use penbox::{FormList, OwnerFilter};
    ///
    /// let params = FormList::default().owner(OwnerFilter::email("sam@example.com"));
    /// # assert_ne!(params, FormList::default());
    /// ```
    OwnerFilter {
        /// The address.
        email [with_email]: String;
    }

    /// A contact to filter by.
    ///
    /// ```
    /// use penbox::{FormList, UserFilter};
    ///
    /// let by_email = FormList::default().user(UserFilter::email("john@example.com"));
    /// let by_name = FormList::default().user(UserFilter::default().given_name("John").family_name("Doe"));
    /// assert_ne!(by_email, by_name);
    /// ```
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
    ///
    /// ```
    /// use penbox::FormUpdate;
    ///
    /// let close = FormUpdate::default().active_until("2026-06-30T00:00:00Z");
    /// let reopen = FormUpdate::default().archived(false).null("active_until");
    /// assert_ne!(close, reopen);
    /// ```
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
    ///
    /// ```
    /// use penbox::{FormCount, OwnerFilter};
    ///
    /// let params = FormCount::default().owner(OwnerFilter::email("sam@example.com")).archived(false).group_by("status");
    /// # assert_ne!(params, FormCount::default());
    /// ```
    FormCount {
        /// Counts by value, too: `status`, `user.email` (or another of the contact's fields) or `data.property_type` (or
        /// another field key).
        group_by = "group-by": String;
    }
}

filtered! {
    /// Parameters of `forms.list`. Conditions are combined with AND (inferred).
    ///
    /// ```
    /// use penbox::{FlowFilter, FormList, PageQuery};
    ///
    /// let params = FormList::default()
    ///     .flow(FlowFilter::slug("client-onboarding"))
    ///     .completed(true)
    ///     .sort("+created_at")
    ///     .page(PageQuery::of(50));
    /// # assert_ne!(params, FormList::default());
    /// ```
    FormList {
        /// The order; `-created_at` by default (inferred for forms).
        sort: SortOrder;
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
