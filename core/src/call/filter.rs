//! Conditions with operators, for lists and counts.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::input::input;

input! {
    /// Conditions with operators, all of which must hold (inferred). Source: `/api-reference/advanced-filters`.
    ///
    /// The plain keys of the retired documentation (`external_args`, `user`, ...) may stand here, too.
    ///
    /// ```
    /// use penbox::{CaseList, Condition, Filter, FormList, RelatedFilter};
    ///
    /// let recent = Filter::new()
    ///     .attribute("created_at", Condition::ge("2026-01-01").and_lt("2026-02-01"))
    ///     .related("owner", RelatedFilter::new().attribute("email", Condition::eq("sam@example.com")));
    /// let forms = FormList::default().filter(recent.clone());
    /// let cases = CaseList::default().filter(recent);
    /// # assert!(forms != FormList::default() && cases != CaseList::default());
    /// ```
    Filter others "" {
        /// Conditions on the object's own attributes, by name: `created_at`, `status`, ...
        attributes: BTreeMap<String, Condition>;
        /// Conditions on objects it belongs to, by name: `owner`, ...
        relationships: BTreeMap<String, RelatedFilter>;
    }

    /// Conditions on an object that belongs to the one that is looked for.
    ///
    /// ```
    /// use penbox::{Condition, Filter, RelatedFilter};
    ///
    /// let by_owner = RelatedFilter::new().attribute("email", Condition::eq("sam@example.com"));
    /// let filter = Filter::new().related("owner", by_owner);
    /// # assert_ne!(filter, Filter::new());
    /// ```
    RelatedFilter others "" {
        /// Conditions on its attributes, by name: `email`, ...
        attributes: BTreeMap<String, Condition>;
    }

    /// Comparisons of an attribute with values. Several operators must all hold (inferred). Operators that are not listed here
    /// pass, because the API's own list was not readable to its end.
    ///
    /// ```
    /// use penbox::Condition;
    ///
    /// let between = Condition::gt(10).and_lt(20).and_ne(15);
    /// let set = Condition::ne("draft");
    /// let later = Condition::ge("2026-01-01T00:00:00Z");
    /// // Operators are also given by name, those too that this SDK does not know.
    /// assert_eq!(Condition::op("$lt", 20).and("$gt", 10).and("$ne", 15), between);
    /// # assert_ne!(set, later);
    /// ```
    Condition others "$" {
        /// Equal to.
        eq [with_eq] = "$eq": Value;
        /// Not equal to.
        ne [with_ne] = "$ne": Value;
        /// Greater than, or later: times are ISO 8601 or plain dates.
        gt [with_gt] = "$gt": Value;
        /// Less than, or earlier.
        lt [with_lt] = "$lt": Value;
        /// Greater than or equal; it is not called `$gte`.
        ge [with_ge] = "$ge": Value;
    }
}

impl Filter {
    /// An empty filter.
    ///
    /// ```
    /// use penbox::{Condition, Filter, FormList, RelatedFilter};
    ///
    /// let filter = Filter::new()
    ///     .attribute("created_at", Condition::ge("2026-01-01").and_lt("2026-02-01"))
    ///     .attribute("status", Condition::ne("draft"))
    ///     .related("owner", RelatedFilter::new().attribute("email", Condition::eq("sam@example.com")));
    /// let params = FormList::default().filter(filter);
    /// ```
    pub fn new() -> Self {
        Self::empty()
    }

    /// Adds a condition on an attribute.
    pub fn attribute(mut self, name: impl Into<String>, condition: Condition) -> Self {
        put(&mut self.members, "attributes", name, condition.members);
        self
    }

    /// Adds conditions on an object that it belongs to.
    pub fn related(mut self, name: impl Into<String>, filter: RelatedFilter) -> Self {
        put(&mut self.members, "relationships", name, filter.members);
        self
    }
}

impl RelatedFilter {
    /// An empty filter.
    pub fn new() -> Self {
        Self::empty()
    }

    /// Adds a condition on an attribute.
    pub fn attribute(mut self, name: impl Into<String>, condition: Condition) -> Self {
        put(&mut self.members, "attributes", name, condition.members);
        self
    }
}

/// Adds a member to the inner object of this name, which is made where it is absent.
fn put(
    members: &mut Map<String, Value>,
    object: &str,
    name: impl Into<String>,
    value: Map<String, Value>,
) {
    let inner = members.entry(object).or_insert(Value::Null);
    // `extra` and `null` can put any other value here. The condition that is set later takes its place.
    if !inner.is_object() {
        *inner = Value::Object(Map::new());
    }
    if let Value::Object(inner) = inner {
        inner.insert(name.into(), Value::Object(value));
    }
}

macro_rules! operators {
    ($($name:ident, $and:ident, $wire:literal, $doc:literal;)+) => { $(
        impl Condition {
            #[doc = $doc]
            pub fn $name(value: impl Into<Value>) -> Self {
                Self::empty().$and(value)
            }

            #[doc = concat!("Adds a comparison: ", $doc)]
            pub fn $and(self, value: impl Into<Value>) -> Self {
                self.and($wire, value)
            }
        }
    )+ };
}

operators! {
    eq, and_eq, "$eq", "Equal to.";
    ne, and_ne, "$ne", "Not equal to.";
    gt, and_gt, "$gt", "Greater than, or later.";
    lt, and_lt, "$lt", "Less than, or earlier.";
    ge, and_ge, "$ge", "Greater than or equal.";
}

impl Condition {
    /// A comparison by the operator's name, `$le` for example. An operator that this SDK does not know is sent as it is.
    pub fn op(operator: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::empty().and(operator, value)
    }

    /// Adds a comparison by the operator's name.
    pub fn and(mut self, operator: impl Into<String>, value: impl Into<Value>) -> Self {
        self.members.insert(operator.into(), value.into());
        self
    }
}

impl From<Map<String, Value>> for Filter {
    /// Takes a filter as the API's documentation writes it.
    fn from(members: Map<String, Value>) -> Self {
        Filter { members }
    }
}

impl Default for Filter {
    fn default() -> Self {
        Self::empty()
    }
}

impl Default for RelatedFilter {
    fn default() -> Self {
        Self::empty()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::call::input::{Input, check};
    use crate::endpoints::forms::FormList;

    fn validated(filter: &Value) -> Result<(), String> {
        let members = Map::from_iter([("filter".to_owned(), filter.clone())]);
        check(&members, FormList::MODEL, true, Default::default()).map_err(|error| {
            let hint = error.hint().unwrap_or_default().to_owned();
            format!("{} {hint}", error.message())
        })
    }

    #[test]
    fn a_filter_is_built_as_the_documentation_writes_it() {
        let filter = Filter::new()
            .attribute(
                "created_at",
                Condition::gt("2024-01-01").and_lt("2025-01-01"),
            )
            .attribute("status", Condition::ne("draft"))
            .attribute("score", Condition::op("$le", 3))
            .related(
                "owner",
                RelatedFilter::new().attribute("email", Condition::eq("s@e.com")),
            )
            .extra("external_args", json!({"crm_id": "1"}));
        let expected = json!({
            "attributes": {
                "created_at": {"$gt": "2024-01-01", "$lt": "2025-01-01"}, "status": {"$ne": "draft"}, "score": {"$le": 3},
            },
            "relationships": {"owner": {"attributes": {"email": {"$eq": "s@e.com"}}}},
            "external_args": {"crm_id": "1"},
        });
        assert_eq!(Value::Object(filter.into_map()), expected);
        assert_eq!(validated(&expected), Ok(()));
    }

    #[test]
    fn a_malformed_condition_is_refused_by_its_path() {
        let plain = validated(&json!({"attributes": {"status": "draft"}})).unwrap_err();
        assert!(
            plain.contains("filter.attributes.status must be an object"),
            "{plain}"
        );
        let bare = validated(&json!({"attributes": {"status": {"ne": "draft"}}})).unwrap_err();
        assert!(
            bare.contains("no parameter filter.attributes.status.ne"),
            "{bare}"
        );
        assert!(bare.contains("Did you mean $ne?"), "{bare}");
        let deep = json!({"relationships": {"owner": {"attributes": {"email": ["a"]}}}});
        let deep = validated(&deep).unwrap_err();
        assert!(
            deep.contains("filter.relationships.owner.attributes.email"),
            "{deep}"
        );
        let typo = validated(&json!({"atributes": {}})).unwrap_err();
        assert!(typo.contains("Did you mean attributes?"), "{typo}");
        assert!(validated(&json!("status=draft")).is_err());
    }
}
