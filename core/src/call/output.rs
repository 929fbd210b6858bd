//! Models: what the server sends. Unknown fields are kept, absent and null stay apart, enums stay open.

use std::collections::BTreeMap;
use std::fmt;

use crate::json::SharedStr;
use crate::json::raw::Json;

/// The parts of an object that none of its model's fields holds, as the server sent them.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Extra {
    /// Members that the documentation does not name, and those of another type than documented.
    pub(crate) members: BTreeMap<String, Json>,
    /// The whole value, where the server sent no object.
    pub(crate) instead: Option<Json>,
}

impl Extra {
    /// Keeps a member whose type is not that of its field.
    #[cold]
    pub(crate) fn misfit(&mut self, name: &str, text: SharedStr) {
        self.members.insert(name.to_owned(), Json::of_valid(text));
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.instead {
            Some(instead) => instead.fmt(f),
            None => self.members.fmt(f),
        }
    }
}

/// A field's type, which says how the field is absent.
pub(crate) trait Slot: Sized {
    /// The value of an absent field, if it may be absent.
    fn absent(is_lenient: bool) -> Option<Self>;

    /// Reports whether this is the value of an absent field: the server sent null, or nothing.
    fn is_absent(&self) -> bool;
}

impl<T> Slot for Option<T> {
    fn absent(_: bool) -> Option<Self> {
        Some(None)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// An id. The documentation promises it; where the server leaves it out, a lenient reading gives empty text.
impl Slot for SharedStr {
    fn absent(is_lenient: bool) -> Option<Self> {
        is_lenient.then(SharedStr::default)
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// The name of a field in JSON: its Rust name, or the one that the declaration gives.
macro_rules! wire {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $wire:literal) => {
        $wire
    };
}

/// Declares a model with its description, decoding and encoding.
macro_rules! output {
    ($( $(#[doc = $doc:literal])+ $name:ident { $( $(#[doc = $fdoc:literal])+ $field:ident $(= $wire:literal)? : $ty:ty, )+ } )+) => { $(
        $(#[doc = $doc])+
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[doc = $fdoc])+ pub $field: $ty, )+
            extra: $crate::call::output::Extra,
            /// A bit for each field, in declared order, that the server sent as null.
            nulls: u64,
        }

        impl $name {
            /// The model's description.
            #[doc(hidden)]
            pub const MODEL: &'static $crate::schema::Model = &$crate::schema::Model::output(
                stringify!($name),
                concat!($($doc, "\n"),+),
                Self::FIELDS,
            );

            const FIELDS: &'static [$crate::schema::Field] = &[$(
                    $crate::schema::Field::new(
                        $crate::call::output::wire!($field $($wire)?),
                        <$ty as $crate::schema::Described>::KIND,
                        !<$ty as $crate::schema::Described>::OPTIONAL,
                        concat!($($fdoc, "\n"),+),
                    )
                ),+];

            /// Returns a member as the server sent it. It is one that the documentation does not name, or one whose type is not
            /// the documented one, so that its field reads as absent.
            pub fn extra(&self, name: &str) -> Option<&$crate::Json> {
                self.extra.members.get(name)
            }

            /// Returns every such member with its name.
            pub fn extras(&self) -> impl Iterator<Item = (&str, &$crate::Json)> {
                self.extra.members.iter().map(|(name, value)| (name.as_str(), value))
            }

            /// Returns the value that the server sent in a list instead of such an object. All fields are absent then.
            pub fn instead(&self) -> Option<&$crate::Json> {
                self.extra.instead.as_ref()
            }
        }

        impl $crate::schema::Described for $name {
            const KIND: $crate::schema::Kind = $crate::schema::Kind::Model($name::MODEL);
        }

        const _: () = {
        /// The members that were read so far.
        struct Fields {
            $( $field: Option<$ty>, )+
            extra: $crate::call::output::Extra,
        }

        impl Default for Fields {
            #[inline]
            fn default() -> Self {
                Fields { $( $field: None, )+ extra: Default::default() }
            }
        }

        impl Fields {
            /// Builds the model; none where a required field is missing.
            #[inline]
            fn model(self, is_lenient: bool) -> Option<$name> {
                use $crate::call::output::Slot as _;
                // A bit for each field, in declared order: an explicit null is written again, an absent member is not.
                let mut nulls = 0u64;
                let mut bit = 1u64;
                $(
                    if self.$field.as_ref().is_some_and(|value| value.is_absent()) {
                        nulls |= bit;
                    }
                    bit <<= 1;
                )+
                // The shift after the last field is never read, which would be a warning.
                let _ = bit;
                Some($name {
                    $( $field: match self.$field {
                        Some(value) => value,
                        None => <$ty as $crate::call::output::Slot>::absent(is_lenient)?,
                    }, )+
                    extra: self.extra,
                    nulls,
                })
            }
        }

        impl $crate::json::decode::Read for $name {
            fn read(reader: &mut $crate::json::Cursor<'_>) -> Option<Self> {
                #[expect(non_camel_case_types, reason = "named as the fields")]
                enum Field { $( $field, )+ }
                const NAMES: &[$crate::schema::key::FieldKey] = &[$( $crate::schema::key::FieldKey::new($crate::call::output::wire!($field $($wire)?)) ),+];
                let mut fields = Fields::default();
                let (mut next, mut first) = (0, true);
                reader.open(b'{')?;
                while reader.more(b'}', &mut first)? {
                    match reader.name(NAMES, &mut next)? {
                        $( $crate::json::Name::Known(position) if position == Field::$field as usize => {
                            let place = reader.save();
                            fields.$field = $crate::json::decode::Read::read(reader);
                            if fields.$field.is_none() {
                                let name = $crate::call::output::wire!($field $($wire)?);
                                // A strict reading ends here; a lenient one keeps the value beside the fields.
                                fields.extra.misfit(name, reader.misfit(place)?);
                            }
                        } )+
                        // Never reached: the arms above cover every position.
                        $crate::json::Name::Known(_) => return None,
                        $crate::json::Name::Other(name) => {
                            fields.extra.members.insert(name.into_owned(), $crate::json::decode::Read::read(reader)?);
                        }
                    }
                }
                let is_lenient = reader.is_lenient();
                if is_lenient {
                    // The last of two equal names counts, as in most JSON parsers: a value that fits replaces an earlier misfit.
                    $( if fields.$field.is_some() {
                        fields.extra.members.remove($crate::call::output::wire!($field $($wire)?));
                    } )+
                }
                fields.model(is_lenient)
            }

            fn instead_of(element: $crate::Json) -> Option<Self> {
                let mut model = Fields::default().model(true)?;
                model.extra.instead = Some(element);
                Some(model)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::json::decode::deserialized(deserializer)
            }
        }
        };

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                use $crate::call::output::Slot as _;
                if let Some(instead) = &self.extra.instead {
                    // No object was received, so the value is written as it was.
                    return instead.serialize(serializer);
                }
                let mut map = serializer.serialize_map(None)?;
                let mut bit = 1u64;
                $(
                    if !self.$field.is_absent() || self.nulls & bit != 0 {
                        map.serialize_entry($crate::call::output::wire!($field $($wire)?), &self.$field)?;
                    }
                    bit <<= 1;
                )+
                let _ = bit;
                for (name, value) in &self.extra.members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)) $( .field(stringify!($field), &self.$field) )+ .field("extra", &self.extra).finish()
            }
        }
    )+ };
}

/// Declares an open enum: text with documented values, to which the API may add others.
macro_rules! open_enum {
    ($( $(#[doc = $doc:literal])+ $name:ident { $( $(#[doc = $vdoc:literal])+ $variant:ident = $value:literal, )+ } )+) => { $(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[doc = $vdoc])+ $variant, )+
            /// A value that this SDK does not know yet.
            Other(String),
        }

        impl $name {
            /// The value as the API writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $( $name::$variant => $value, )+
                    $name::Other(value) => value,
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $( $value => $name::$variant, )+
                    other => $name::Other(other.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                $name::from(value.as_str())
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.as_str().to_owned()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::schema::OpenText for $name {}

        impl $crate::schema::Described for $name {
            const KIND: $crate::schema::Kind = $crate::schema::Kind::Open(&$crate::schema::OpenEnum {
                name: stringify!($name),
                doc: concat!($($doc, "\n"),+),
                values: &[$($value),+],
            });
        }

        impl $crate::json::decode::Read for $name {
            fn read(reader: &mut $crate::json::Cursor<'_>) -> Option<Self> {
                reader.string().map(|text| $name::from(&*text))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::call::output::Key::deserialize(deserializer).map(|text| $name::from(text.as_str()))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    )+ };
}

pub(crate) use {open_enum, output, wire};

/// A short text, borrowed from the input where it holds no escapes.
pub(crate) struct Key<'de>(std::borrow::Cow<'de, str>);

impl Key<'_> {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(text.into()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(text.to_owned().into()))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}
