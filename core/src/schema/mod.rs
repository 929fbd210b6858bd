//! Descriptions of parameters and models, which the validator, the other languages and the documentation read.

pub(crate) mod key;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use key::FieldKey;

/// The kind of a value, as far as the API documents it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// Any JSON.
    Any,
    /// Any JSON object.
    Object,
    /// Text.
    Text,
    /// Text that is one of these, or one this SDK does not know yet.
    Open(&'static OpenEnum),
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// An object with members of any name, each of this kind.
    Map(&'static Kind),
    /// A list.
    List(&'static Kind),
    /// One value or a list of them.
    OneOrMany(&'static Kind),
    /// One text or several, sent as one with commas between.
    Commas,
    /// An object of this shape.
    Model(&'static Model),
    /// A file.
    File,
}

/// The documented values of a text field. Others may be received.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct OpenEnum {
    /// The type's name.
    pub name: &'static str,
    /// The description of the field.
    pub doc: &'static str,
    /// The documented values.
    pub values: &'static [&'static str],
}

/// A shape of JSON object.
#[derive(Debug)]
#[non_exhaustive]
pub struct Model {
    /// The type's name.
    pub name: &'static str,
    /// The description of the object.
    pub doc: &'static str,
    /// True for a shape that callers send, and false for one that they receive.
    pub input: bool,
    /// The prefix of the names of undocumented members, where those may be sent, too.
    pub others: Option<&'static str>,
    /// The documented fields, in the order in which they are sent and shown.
    pub fields: &'static [Field],
    /// A bit for each field that is always present.
    pub(crate) required: u64,
}

impl PartialEq for Model {
    // Each name stands for one model.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Model {
    /// A model that the server sends.
    pub(crate) const fn output(
        name: &'static str,
        doc: &'static str,
        fields: &'static [Field],
    ) -> Model {
        Model {
            name,
            doc: without_example(doc),
            input: false,
            others: None,
            fields,
            required: required(fields),
        }
    }

    /// A model that callers send.
    pub(crate) const fn input(
        name: &'static str,
        doc: &'static str,
        others: Option<&'static str>,
        fields: &'static [Field],
    ) -> Model {
        Model {
            input: true,
            others,
            ..Model::output(name, doc, fields)
        }
    }

    /// The field of this name in JSON.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A bit for each field that is always present. One word of 64 bits holds them, so that a check is one comparison.
const fn required(fields: &[Field]) -> u64 {
    // The compiler runs this check, so a model that is too large does not build.
    assert!(fields.len() <= 64, "a model has 64 fields at most");
    // A `const fn` cannot use an iterator.
    let (mut bits, mut position) = (0, 0);
    while position < fields.len() {
        if fields[position].required {
            bits |= 1 << position;
        }
        position += 1;
    }
    bits
}

/// One field of a model.
#[derive(Debug)]
#[non_exhaustive]
pub struct Field {
    /// The name in JSON.
    pub name: &'static str,
    /// The kind of its value.
    pub kind: Kind,
    /// True for a field that is always present.
    pub required: bool,
    /// The description of the field.
    pub doc: &'static str,
    /// The name as it is compared with a text.
    pub(crate) key: FieldKey,
}

impl Field {
    /// Describes a field. It is called by the macros that declare models.
    #[doc(hidden)]
    pub const fn new(name: &'static str, kind: Kind, required: bool, doc: &'static str) -> Field {
        Field {
            name,
            kind,
            required,
            doc,
            key: FieldKey::new(name),
        }
    }
}

/// The documentation of a model up to its example. The example is for Rust, and the other languages show the rest.
const fn without_example(doc: &'static str) -> &'static str {
    const FENCE: &[u8] = b"\n ```\n";
    let bytes = doc.as_bytes();
    let mut at = 0;
    while at + FENCE.len() <= bytes.len() {
        let mut same = 0;
        while same < FENCE.len() && bytes[at + same] == FENCE[same] {
            same += 1;
        }
        if same == FENCE.len() {
            // The empty line before the fence goes, too.
            return doc.split_at(at).0;
        }
        at += 1;
    }
    doc
}

/// A Rust type that stands for a kind.
pub trait Described {
    /// The kind that the type stands for.
    const KIND: Kind;
    /// True for a type whose value may be missing.
    const OPTIONAL: bool = false;
}

/// Text of an open enum, which is sent as text.
pub(crate) trait OpenText: Into<String> {}

macro_rules! described {
    ($($ty:ty => $kind:expr),+ $(,)?) => { $(impl Described for $ty { const KIND: Kind = $kind; })+ };
}

described! {
    String => Kind::Text,
    bool => Kind::Boolean,
    i64 => Kind::Integer,
    u64 => Kind::Integer,
    f64 => Kind::Number,
    Value => Kind::Any,
    Map<String, Value> => Kind::Object,
}

impl<T: Described> Described for Option<T> {
    const KIND: Kind = T::KIND;
    const OPTIONAL: bool = true;
}

impl<T: Described> Described for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);
}

impl<T: Described> Described for BTreeMap<String, T> {
    const KIND: Kind = Kind::Map(&T::KIND);
}

impl Kind {
    /// Reports whether the kind is a model that has this field.
    pub(crate) fn has_field(&self, name: &str) -> bool {
        matches!(self, Kind::Model(model) if model.fields.iter().any(|field| field.name == name))
    }

    /// The value that a caller must give, in words.
    pub(crate) fn wanted(&self) -> &'static str {
        match self {
            Kind::Any => "any JSON value",
            Kind::Object | Kind::Map(_) | Kind::Model(_) => "an object",
            Kind::Text | Kind::Open(_) => "text",
            Kind::Boolean => "true or false",
            Kind::Integer => "a whole number",
            Kind::Number => "a number",
            Kind::List(_) => "a list",
            Kind::OneOrMany(_) | Kind::Commas => "one value or a list of values",
            Kind::File => "a file",
        }
    }
}
