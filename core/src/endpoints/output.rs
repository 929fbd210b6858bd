//! Models: what the server sends. Unknown fields are kept, absent and null stay apart, enums stay open.

use std::collections::BTreeMap;

use super::json::{Json, JsonObject};
use crate::body::Text;

/// Members the documentation does not name, as they came.
pub(crate) type Extra = BTreeMap<String, Json>;

/// A field's way of being absent.
pub(crate) trait Slot: Sized {
    /// The value of an absent field, if it may be absent.
    fn absent() -> Option<Self> {
        None
    }
    /// Whether the server sent null.
    fn is_null(&self) -> bool {
        false
    }
}

impl<T> Slot for Option<T> {
    fn absent() -> Option<Self> {
        Some(None)
    }

    fn is_null(&self) -> bool {
        self.is_none()
    }
}

macro_rules! required_slots { ($($ty:ty),+) => { $(impl Slot for $ty {})+ }; }
required_slots!(Text, bool, i64, u64, f64, Json, JsonObject);

/// A name on the wire: the field's own, or the one given.
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
            extra: $crate::endpoints::output::Extra,
            nulls: u64,
        }

        impl $name {
            /// The model's description.
            pub const MODEL: &'static $crate::schema::Model = &$crate::schema::Model::output(
                stringify!($name),
                concat!($($doc, "\n"),+),
                Self::FIELDS,
            );

            const FIELDS: &'static [$crate::schema::Field] = &[$(
                    $crate::schema::Field::new(
                        $crate::endpoints::output::wire!($field $($wire)?),
                        <$ty as $crate::schema::Described>::KIND,
                        !<$ty as $crate::schema::Described>::OPTIONAL,
                        concat!($($fdoc, "\n"),+),
                    )
                ),+];

            /// A member the documentation does not name, as the server sent it.
            pub fn extra(&self, name: &str) -> Option<&$crate::Json> {
                self.extra.get(name)
            }

            /// Every member the documentation does not name.
            pub fn extras(&self) -> impl Iterator<Item = (&str, &$crate::Json)> {
                self.extra.iter().map(|(name, value)| (name.as_str(), value))
            }
        }

        impl $crate::schema::Described for $name {
            const KIND: $crate::schema::Kind = $crate::schema::Kind::Model($name::MODEL);
        }

        impl $crate::endpoints::output::Slot for $name {}

        const _: () = {
        /// What was read so far.
        struct Fields {
            $( $field: Option<$ty>, )+
            extra: $crate::endpoints::output::Extra,
        }

        impl Default for Fields {
            #[inline]
            fn default() -> Self {
                Fields { $( $field: None, )+ extra: $crate::endpoints::output::Extra::new() }
            }
        }

        impl Fields {
            /// The model, or the name of a field that must not be absent.
            #[inline]
            fn model(self) -> Result<$name, &'static str> {
                use $crate::endpoints::output::Slot as _;
                let mut nulls = 0u64;
                let mut bit = 1u64;
                $(
                    if self.$field.as_ref().is_some_and(|value| value.is_null()) {
                        nulls |= bit;
                    }
                    bit <<= 1;
                )+
                let _ = bit;
                Ok($name {
                    $( $field: match self.$field.or_else(<$ty as $crate::endpoints::output::Slot>::absent) {
                        Some(value) => value,
                        None => return Err($crate::endpoints::output::wire!($field $($wire)?)),
                    }, )+
                    extra: self.extra,
                    nulls,
                })
            }
        }

        impl $crate::endpoints::read::Read for $name {
            fn read(reader: &mut $crate::body::Reader<'_>) -> Option<Self> {
                #[expect(non_camel_case_types, reason = "named as the fields")]
                enum Field { $( $field, )+ }
                const NAMES: &[$crate::label::Label] = &[$( $crate::label::Label::new($crate::endpoints::output::wire!($field $($wire)?)) ),+];
                let mut fields = Fields::default();
                let (mut next, mut first) = (0, true);
                reader.open(b'{')?;
                while reader.more(b'}', &mut first)? {
                    match reader.name(NAMES, &mut next)? {
                        $( $crate::body::Name::Known(position) if position == Field::$field as usize => {
                            fields.$field = Some($crate::endpoints::read::Read::read(reader)?);
                        } )+
                        $crate::body::Name::Known(_) => return None,
                        $crate::body::Name::Other(name) => {
                            fields.extra.insert(name.into_owned(), $crate::endpoints::read::Read::read(reader)?);
                        }
                    }
                }
                fields.model().ok()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("a ", stringify!($name), " object"))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut fields = Fields::default();
                        while let Some(key) = map.next_key::<$crate::endpoints::output::Key<'de>>()? {
                            match key.as_str() {
                                $( $crate::endpoints::output::wire!($field $($wire)?) => fields.$field = Some(map.next_value()?), )+
                                _ => {
                                    fields.extra.insert(key.into_string(), map.next_value()?);
                                }
                            }
                        }
                        fields.model().map_err(serde::de::Error::missing_field)
                    }
                }
                deserializer.deserialize_map(Visitor)
            }
        }
        };

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                use $crate::endpoints::output::Slot as _;
                let mut map = serializer.serialize_map(None)?;
                let mut bit = 1u64;
                $(
                    if !self.$field.is_null() || self.nulls & bit != 0 {
                        map.serialize_entry($crate::endpoints::output::wire!($field $($wire)?), &self.$field)?;
                    }
                    bit <<= 1;
                )+
                let _ = bit;
                for (name, value) in &self.extra {
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

/// Declares text with documented values that may grow.
macro_rules! open_enum {
    ($( $(#[doc = $doc:literal])+ $name:ident { $( $(#[doc = $vdoc:literal])+ $variant:ident = $value:literal, )+ } )+) => { $(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[doc = $vdoc])+ $variant, )+
            /// A value this SDK does not know yet.
            Other(String),
        }

        impl $name {
            /// The value as on the wire.
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

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::schema::Described for $name {
            const KIND: $crate::schema::Kind = $crate::schema::Kind::Open(&$crate::schema::OpenEnum {
                name: stringify!($name),
                doc: concat!($($doc, "\n"),+),
                values: &[$($value),+],
            });
        }

        impl $crate::endpoints::output::Slot for $name {}

        impl $crate::endpoints::read::Read for $name {
            fn read(reader: &mut $crate::body::Reader<'_>) -> Option<Self> {
                reader.string().map(|text| $name::from(&*text))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::endpoints::output::Key::deserialize(deserializer).map(|text| $name::from(text.as_str()))
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

/// A short text, borrowed where the input allows.
pub(crate) struct Key<'de>(std::borrow::Cow<'de, str>);

impl Key<'_> {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0.into_owned()
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
