//! Free-form JSON kept as the server sent it.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{SharedStr, lenient_value};
use crate::error::{Error, Result};
use crate::schema::{Described, Kind};

/// A piece of JSON whose shape the API leaves open. It is kept as text, and parsed on request.
///
/// ```
/// use penbox::Json;
/// use penbox::serde_json::{self, json};
///
/// let json: Json = serde_json::from_str("[1, 2]").expect("it is JSON");
/// assert_eq!((json.as_str(), json.to_value()), ("[1, 2]", json!([1, 2])));
/// assert_eq!(json.decode::<Vec<u32>>()?, [1, 2]);
/// assert_eq!(Json::from(json!([1, 2])), json);
/// # Ok::<(), penbox::Error>(())
/// ```
#[derive(Clone)]
pub struct Json(SharedStr);

impl Json {
    /// Wraps a text that is known to be one JSON value, without space around it.
    pub(crate) fn of_valid(text: SharedStr) -> Json {
        Json(text)
    }

    /// The JSON text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The JSON as a tree. A number beyond an `f64` (`1e400`) is null in it; [`as_str`](Json::as_str) has its digits.
    pub fn to_value(&self) -> Value {
        lenient_value(&self.0).unwrap_or(Value::Null)
    }

    /// The JSON as a type of the caller's. A number beyond an `f64` reads as null where the type has no other place for it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) if it has another shape.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.0)
            // The first error is kept, since it names a line and a column.
            .or_else(|error| serde_json::from_value(self.to_value()).map_err(|_| error))
            .map_err(|error| {
                Error::invalid_argument(format!(
                    "the JSON has another shape than the type: {error}"
                ))
            })
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Json(value.to_string().into())
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        // Texts that differ in space or in the order of members may be the same JSON.
        self.as_str() == other.as_str() || self.to_value() == other.to_value()
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        // As raw JSON, so that numbers keep all their digits.
        serde_json::from_str::<&RawValue>(&self.0)
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Json(SharedStr::from(Box::<str>::from(raw).into_string())))
    }
}

impl Described for Json {
    const KIND: Kind = Kind::Any;
}

/// A free-form JSON object, kept like [`Json`] and checked to be an object.
///
/// ```
/// use std::collections::BTreeMap;
/// use penbox::JsonObject;
/// use penbox::serde_json::{self, json};
///
/// let object: JsonObject = serde_json::from_str(r#"{"amount": 5}"#).expect("it is an object");
/// assert_eq!(object.as_str(), r#"{"amount": 5}"#);
/// assert_eq!((object.get("amount"), object.get("other")), (Some(json!(5)), None));
/// assert_eq!(object.to_map().len(), 1);
/// assert_eq!(object.decode::<BTreeMap<String, u32>>()?["amount"], 5);
/// # Ok::<(), penbox::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct JsonObject(Json);

impl JsonObject {
    /// Wraps JSON that is known to be an object.
    pub(crate) fn of_object(json: Json) -> JsonObject {
        JsonObject(json)
    }

    /// The JSON text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The object's members.
    pub fn to_map(&self) -> serde_json::Map<String, Value> {
        match self.0.to_value() {
            Value::Object(map) => map,
            _ => serde_json::Map::new(),
        }
    }

    /// One member, or `None` where there is none.
    pub fn get(&self, key: &str) -> Option<Value> {
        self.to_map().remove(key)
    }

    /// The object as a type of the caller's; see [`Json::decode`].
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) if it has another shape.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T> {
        self.0.decode()
    }
}

impl fmt::Debug for JsonObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for JsonObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        // A raw value has no space around it.
        if json.as_str().starts_with('{') {
            Ok(JsonObject(json))
        } else {
            Err(serde::de::Error::custom("expected an object"))
        }
    }
}

impl Described for JsonObject {
    const KIND: Kind = Kind::Object;
}
