//! A JSON object that a parameter takes, made of what callers have.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::input::Member;
use crate::error::{Error, Result};
use crate::schema::{Described, Kind};

/// A JSON object that a parameter takes, such as the `data` of a form.
///
/// Setters take whatever becomes one: `json!` of the `serde_json` that this crate re-exports, maps with text as keys, a list of
/// pairs. A value that serde can write goes through [`JsonMap::of`].
///
/// ```
/// use penbox::serde_json::json;
/// use penbox::{FormCreate, JsonMap};
///
/// #[derive(serde::Serialize)]
/// struct Answers {
///     amount: u32,
/// }
///
/// let form = FormCreate::new("client-onboarding").data(json!({"amount": 5}));
/// assert_eq!(form, FormCreate::new("client-onboarding").data([("amount", 5)]));
/// assert_eq!(form, FormCreate::new("client-onboarding").data(JsonMap::of(&Answers { amount: 5 })?));
/// # Ok::<(), penbox::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct JsonMap(Value);

impl JsonMap {
    /// The object that serde writes of a value.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) where serde cannot write it, or it is no object.
    pub fn of(value: &impl Serialize) -> Result<JsonMap> {
        let failed = |error| {
            Error::invalid_argument(format!("the value cannot be written as JSON: {error}"))
        };
        match serde_json::to_value(value).map_err(failed)? {
            Value::Object(members) => Ok(members.into()),
            _ => Err(Error::invalid_argument("the value is not a JSON object")
                .with_hint("Give a struct with named fields, or a map.")),
        }
    }
}

impl From<Map<String, Value>> for JsonMap {
    fn from(members: Map<String, Value>) -> Self {
        JsonMap(Value::Object(members))
    }
}

/// Any JSON value. One that is no object is refused by the call, before anything is sent.
impl From<Value> for JsonMap {
    fn from(value: Value) -> Self {
        JsonMap(value)
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for JsonMap {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        let members = members.into_iter();
        JsonMap(Value::Object(
            members
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        ))
    }
}

impl<K: Into<String>, V: Into<Value>, S> From<HashMap<K, V, S>> for JsonMap {
    fn from(members: HashMap<K, V, S>) -> Self {
        members.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<Value>> From<BTreeMap<K, V>> for JsonMap {
    fn from(members: BTreeMap<K, V>) -> Self {
        members.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for JsonMap {
    fn from(members: [(K, V); N]) -> Self {
        members.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<Value>> From<Vec<(K, V)>> for JsonMap {
    fn from(members: Vec<(K, V)>) -> Self {
        members.into_iter().collect()
    }
}

impl Member for JsonMap {
    fn into_member(self) -> Value {
        self.0
    }
}

impl Described for JsonMap {
    const KIND: Kind = Kind::Object;
}

// The names alone: a value may be a contact's, and `Debug` ends up in logs.
impl fmt::Debug for JsonMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.as_object().into_iter().flat_map(Map::keys).collect();
        f.debug_tuple("JsonMap").field(&names).finish()
    }
}
