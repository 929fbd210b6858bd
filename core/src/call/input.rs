//! Parameters that callers send. Names and types are checked; `extra` sends members that are not documented.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::slip::{is_slip, may_pass, names, nearest, slip_of};
use crate::error::{Error, Result};
use crate::language::Language;
use crate::schema::{Field, Kind, Model, OpenEnum, OpenText};

/// A type that a parameter can hold.
pub(crate) trait Member {
    /// Turns the value into JSON.
    fn into_member(self) -> Value;
}

macro_rules! members { ($($ty:ty),+) => { $(impl Member for $ty { fn into_member(self) -> Value { self.into() } })+ }; }
members!(String, bool, i64, u64, f64, Value, Map<String, Value>);

impl<T: OpenText> Member for T {
    fn into_member(self) -> Value {
        Value::String(self.into())
    }
}

impl<T: Member> Member for Vec<T> {
    fn into_member(self) -> Value {
        Value::Array(self.into_iter().map(Member::into_member).collect())
    }
}

impl<T: Member> Member for BTreeMap<String, T> {
    fn into_member(self) -> Value {
        let members = self.into_iter();
        Value::Object(
            members
                .map(|(name, value)| (name, value.into_member()))
                .collect(),
        )
    }
}

/// The parameters of an operation.
pub(crate) trait Input {
    /// The parameters' description.
    const MODEL: &'static Model;
    /// Turns the parameters into a JSON object.
    fn into_map(self) -> Map<String, Value>;
}

/// The parameters of an operation that has none besides its path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nothing;

impl Input for Nothing {
    const MODEL: &'static Model = &Model::input("Nothing", "No parameters.", None, &[]);

    fn into_map(self) -> Map<String, Value> {
        Map::new()
    }
}

/// Declares a set of parameters with its description and a setter for each.
///
/// `name [setter]: Type` gives the setter another name than the field. `Name others "$" { .. }` lets members that are not
/// documented pass where their names begin with a `$`.
macro_rules! input {
    ($( $(#[doc = $doc:literal])+ $name:ident $(others $others:literal)? { $( $(#[doc = $fdoc:literal])+ $field:ident $([$setter:ident])? $(= $wire:literal)? : $ty:ty $(, required $required:literal)?; )+ } )+) => { $(
        $(#[doc = $doc])+
        #[derive(Clone, PartialEq, Eq)]
        #[must_use = "each method returns the parameters; nothing is sent before they are given to a call"]
        pub struct $name {
            members: serde_json::Map<String, serde_json::Value>,
        }

        impl $name {
            /// The parameters' description.
            #[doc(hidden)]
            pub const MODEL: &'static $crate::schema::Model = &$crate::schema::Model::input(
                stringify!($name),
                concat!($($doc, "\n"),+),
                $crate::call::input::others!($($others)?),
                Self::FIELDS,
            );

            const FIELDS: &'static [$crate::schema::Field] = &[$(
                    $crate::schema::Field::new(
                        $crate::call::output::wire!($field $($wire)?),
                        <$ty as $crate::schema::Described>::KIND,
                        false $(|| $required)?,
                        concat!($($fdoc, "\n"),+),
                    )
                ),+];

            #[allow(dead_code, clippy::allow_attributes, reason = "some inputs are only made by their own constructors")]
            pub(crate) fn empty() -> Self {
                $name { members: serde_json::Map::new() }
            }

            $( $crate::call::input::setter! { $(#[doc = $fdoc])+ $field [$($setter)?] [$($wire)?] $ty } )+

            /// Sends a member as null, which is not the same as leaving it out.
            pub fn null(mut self, name: impl Into<String>) -> Self {
                self.members.insert(name.into(), serde_json::Value::Null);
                self
            }

            /// Sends a member that this SDK does not know.
            pub fn extra(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
                self.members.insert(name.into(), value.into());
                self
            }

            /// Reads parameters from a JSON object and checks names and types.
            ///
            /// # Errors
            /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) names the member.
            pub fn from_json(json: &str) -> $crate::Result<Self> {
                let members = $crate::send::json_object(json, "parameters")?;
                $crate::call::input::check(&members, Self::MODEL, true, Default::default())?;
                Ok($name { members })
            }
        }

        impl $crate::call::input::Input for $name {
            const MODEL: &'static $crate::schema::Model = $name::MODEL;

            fn into_map(self) -> serde_json::Map<String, serde_json::Value> {
                self.members
            }
        }

        impl $crate::call::input::Member for $name {
            fn into_member(self) -> serde_json::Value {
                serde_json::Value::Object(self.members)
            }
        }

        impl $crate::schema::Described for $name {
            const KIND: $crate::schema::Kind = $crate::schema::Kind::Model($name::MODEL);
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                // The names alone: a value may be a contact's, and `Debug` ends up in logs.
                f.debug_tuple(stringify!($name)).field(&self.members.keys().collect::<Vec<_>>()).finish()
            }
        }
    )+ };
}

/// Declares one setter of [`input!`].
macro_rules! setter {
    ($(#[doc = $doc:literal])+ $field:ident [] [$($wire:literal)?] $ty:ty) => {
        $crate::call::input::setter! { $(#[doc = $doc])+ $field [$field] [$($wire)?] $ty }
    };
    ($(#[doc = $doc:literal])+ $field:ident [$setter:ident] [$($wire:literal)?] $ty:ty) => {
        $(#[doc = $doc])+
        pub fn $setter(mut self, value: impl Into<$ty>) -> Self {
            let value = $crate::call::input::Member::into_member(<_ as Into<$ty>>::into(value));
            self.members.insert($crate::call::output::wire!($field $($wire)?).to_owned(), value);
            self
        }
    };
}

/// The prefix of the undocumented names that may pass; none where no such name may.
macro_rules! others {
    () => {
        None
    };
    ($others:literal) => {
        Some($others)
    };
}

pub(crate) use {input, others, setter};

/// Checks members against a description. Types are always checked, unknown names where `strict`: Rust's setters know no other
/// name, so there such a member comes from `extra` on purpose.
pub(crate) fn check(
    members: &Map<String, Value>,
    model: &'static Model,
    strict: bool,
    language: Language,
) -> Result<()> {
    Checker { strict, language }.object(members, model, &mut String::new())
}

/// The check of a set of parameters, with the language that its errors are worded for.
struct Checker {
    /// A name that is not documented is an error.
    strict: bool,
    language: Language,
}

impl Checker {
    /// Checks the members of an object, and that none that is required is missing. `path` is the object's own.
    fn object(
        &self,
        members: &Map<String, Value>,
        model: &'static Model,
        path: &mut String,
    ) -> Result<()> {
        let length = path.len();
        for (name, value) in members {
            path.truncate(length);
            if !path.is_empty() {
                path.push('.');
            }
            let field = model.field(name);
            // A documented name is shown as the caller's language writes it.
            path.push_str(&match field {
                Some(field) => self.language.parameter(field.name),
                None => name.into(),
            });
            match field {
                Some(field) if is_blank(value) && names_something(field) => {
                    return Err(self.blank(path, field));
                }
                Some(field) => self.value(value, &field.kind, path)?,
                None if may_pass(name, model) => {}
                None if self.strict || is_slip(name, value, model) => {
                    return Err(self.unknown(path, name, model));
                }
                None => {}
            }
        }
        path.truncate(length);
        let missing = model.fields.iter().find(|field| {
            // A null names nothing, so it is as good as absent here.
            field.required && matches!(members.get(field.name), None | Some(Value::Null))
        });
        match missing {
            Some(field) => Err(Error::invalid_argument(format!(
                "the parameter {} is required",
                joined(path, &self.language.parameter(field.name))
            ))),
            None => Ok(()),
        }
    }

    /// Checks the members of a map, whose names are the caller's.
    fn members(&self, members: &Map<String, Value>, kind: &Kind, path: &mut String) -> Result<()> {
        let length = path.len();
        for (name, value) in members {
            path.truncate(length);
            path.push('.');
            path.push_str(name);
            self.value(value, kind, path)?;
        }
        path.truncate(length);
        Ok(())
    }

    /// Checks a value against a kind. `path` is the value's own, for the error.
    fn value(&self, value: &Value, kind: &Kind, path: &mut String) -> Result<()> {
        match (kind, value) {
            // A null in a body is a value of its own. In a query `loss_check` refuses it.
            (_, Value::Null) | (Kind::Any, _) => Ok(()),
            (Kind::Open(known), Value::String(text)) => self.known(text, known, path),
            (Kind::Object, Value::Object(_))
            | (Kind::Text, Value::String(_))
            | (Kind::Boolean, Value::Bool(_))
            | (Kind::Number, Value::Number(_)) => Ok(()),
            (Kind::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => Ok(()),
            (Kind::Model(model), Value::Object(members)) => self.object(members, model, path),
            (Kind::Map(item), Value::Object(members)) => self.members(members, item, path),
            (Kind::List(item) | Kind::OneOrMany(item), Value::Array(values)) => values
                .iter()
                .try_for_each(|value| self.value(value, item, path)),
            (Kind::OneOrMany(item), value) => self.value(value, item, path),
            (Kind::Commas, Value::String(text)) => joined_ids(text, path),
            // A null among ids is left to `loss_check`, too.
            (Kind::Commas, Value::Array(values))
                if values.iter().all(|id| id.is_string() || id.is_null()) =>
            {
                single_ids(values, path)
            }
            _ => Err(Error::invalid_argument(format!(
                "the parameter {} must be {}",
                shown(path),
                kind.wanted()
            ))),
        }
    }

    /// Refuses text that looks like a slip of a documented value. The API would ignore it, or read it as something else.
    fn known(&self, text: &str, open: &OpenEnum, path: &str) -> Result<()> {
        let Some(meant) = slip_of(text, open.values) else {
            return Ok(());
        };
        Err(Error::invalid_argument(format!(
            "the parameter {} is {:?}, which is almost {meant:?}",
            shown(path),
            crate::error::printable(text, 80)
        ))
        .with_hint(format!(
            "The documented values are {}. {} sends any other.",
            open.values.join(", "),
            self.language.query_past_the_check()
        )))
    }

    /// The error of blank text where the value is to name something.
    fn blank(&self, path: &str, field: &Field) -> Error {
        let error = Error::invalid_argument(format!("the parameter {} is empty text", shown(path)));
        match field.required {
            true => error.with_hint("Give what the API returned; an empty text names nothing."),
            false => {
                let leave_out = self.language.leave_out();
                error.with_hint(format!("{leave_out}, where nothing is meant."))
            }
        }
    }

    /// The error of a name that the model does not have. Its hint has the nearest name, and all of them.
    fn unknown(&self, path: &str, name: &str, model: &'static Model) -> Error {
        let names = names(model);
        let spelled = |name: &&'static str| self.language.parameter(name).into_owned();
        let meant = match nearest(name, &names) {
            Some(near) => format!("Did you mean {}? ", spelled(&near)),
            None => String::new(),
        };
        let hint = match names.is_empty() {
            true => "This operation takes no such parameters.".to_owned(),
            false => format!(
                "{meant}The parameters here are: {}. Send others through the extra options.",
                names.iter().map(spelled).collect::<Vec<_>>().join(", ")
            ),
        };
        Error::invalid_argument(format!("there is no parameter {}", shown(path))).with_hint(hint)
    }
}

/// Refuses an empty id between the commas of a text. [`loss_check`](super::loss_check) refuses text that is all blank.
fn joined_ids(text: &str, path: &str) -> Result<()> {
    let is_gap = |id: &str| id.trim().is_empty();
    match text.split(',').any(is_gap) && !is_gap(text) {
        true => Err(Error::invalid_argument(format!(
            "the parameter {} holds an empty id between its commas",
            shown(path)
        ))
        .with_hint("Give the ids as the API returned them.")),
        false => Ok(()),
    }
}

/// Refuses an id that holds a comma: the API would read it as two ids.
fn single_ids(ids: &[Value], path: &str) -> Result<()> {
    let has_comma = |id: &Value| id.as_str().is_some_and(|id| id.contains(','));
    match ids.iter().position(has_comma) {
        Some(at) => Err(Error::invalid_argument(format!(
            "the parameter {} holds a comma, which separates ids",
            shown(&format!("{path}.{at}"))
        ))
        .with_hint("Give each id as an item of its own.")),
        None => Ok(()),
    }
}

/// Reports whether a field identifies an object or is required. Blank text is refused there, because it names nothing.
fn names_something(field: &Field) -> bool {
    matches!(field.kind, Kind::Text) && (field.required || matches!(field.name, "id" | "slug"))
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// A path that is safe to print: its names may be a caller's data.
fn shown(path: &str) -> String {
    crate::error::printable(path, 80)
}

/// The path of a member. At the outermost level it is the name alone.
fn joined(path: &str, name: &str) -> String {
    match path.is_empty() {
        true => name.to_owned(),
        false => format!("{path}.{name}"),
    }
}
