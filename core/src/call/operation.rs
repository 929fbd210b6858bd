//! An endpoint as a type: its route, its safety, what goes in and what comes out.

use serde_json::{Map, Value};

use super::input::Input;
use super::page::Page;
use crate::error::Result;
use crate::schema::{Described, Kind, Model};
use crate::send::{JSON, Method, Safety};

/// How a list is paged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Paging {
    /// It is no list.
    None,
    /// `page[number]` and `page[size]`.
    Pages,
    /// The same with `sort`, `-created_at` unless told otherwise.
    SortedPages,
}

/// One endpoint. One implementation and one line in the registry make it reachable from every language.
pub(crate) trait Operation {
    /// Its id, such as `forms.create`.
    const ID: &'static str;
    /// Its HTTP method.
    const METHOD: Method;
    /// Its path template below the base URL, such as `/forms/{id}`.
    const PATH: &'static str;
    /// Whether sending it twice can act twice.
    const SAFETY: Safety;
    /// Whether it is a list.
    const PAGING: Paging;
    /// What it does, in a sentence.
    const DOC: &'static str;
    /// The page of the API's documentation it comes from.
    const SOURCE: &'static str;
    /// Its parameters besides those of the path.
    type Params: Input;
    /// What it returns: one model, the items of a list, or a file.
    type Output: Described;
    /// What is asked for in return.
    const ACCEPT: &'static str = JSON;
    /// Whether a file travels with it, or instead of JSON in return.
    const TRANSFER: Transfer = Transfer::None;
    /// Whether an attachment's content is taken out of the answer on its way.
    const SKIP_DATA: bool = false;
    /// Whether its answer is asked for again until it holds results.
    const FOLLOWED: bool = false;
    /// A rule between its parameters.
    const RULE: Option<Rule> = None;
    /// How its answer is brought into the model's shape.
    const RESHAPE: Option<Reshape> = None;
}

/// Whether an operation moves a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transfer {
    /// JSON only.
    None,
    /// It sends a file.
    Upload,
    /// It returns a file.
    Download,
}

impl Transfer {
    /// The name in the specification.
    pub const fn name(self) -> &'static str {
        match self {
            Transfer::None => "none",
            Transfer::Upload => "upload",
            Transfer::Download => "download",
        }
    }
}

/// A rule between parameters.
pub(crate) type Rule = fn(&Map<String, Value>) -> Result<()>;

/// A change of an answer's shape: the text in the model's shape, or nothing where it is in that already or in no known one.
pub(crate) type Reshape = fn(&str) -> Option<String>;

/// An endpoint as data.
#[derive(Debug)]
#[non_exhaustive]
pub struct OperationSpec {
    /// Its id, such as `forms.create`.
    pub id: &'static str,
    /// Its HTTP method.
    pub method: Method,
    /// Its path template below the base URL.
    pub path: &'static str,
    /// Whether sending it twice can act twice.
    pub safety: Safety,
    /// Whether it is a list.
    pub paging: Paging,
    /// What it does, in a sentence.
    pub doc: &'static str,
    /// The page of the API's documentation it comes from.
    pub source: &'static str,
    /// Its parameters besides those of the path.
    pub params: &'static Model,
    /// What it returns: one model, or the items of a list.
    pub output: Kind,
    /// What is received in the usual case: that model, or a page of such items.
    pub(crate) answer: Kind,
    /// Whether it moves a file.
    pub transfer: Transfer,
    pub(crate) accept: &'static str,
    pub(crate) skip_data: bool,
    pub(crate) followed: bool,
    pub(crate) rule: Option<Rule>,
    pub(crate) reshape: Option<Reshape>,
}

impl OperationSpec {
    pub(crate) const fn of<O: Operation>() -> OperationSpec {
        OperationSpec {
            id: O::ID,
            method: O::METHOD,
            path: O::PATH,
            safety: O::SAFETY,
            paging: O::PAGING,
            doc: O::DOC,
            source: O::SOURCE,
            params: O::Params::MODEL,
            output: O::Output::KIND,
            answer: match O::PAGING {
                Paging::None => O::Output::KIND,
                Paging::Pages | Paging::SortedPages => Page::<O::Output>::KIND,
            },
            transfer: O::TRANSFER,
            accept: O::ACCEPT,
            skip_data: O::SKIP_DATA,
            followed: O::FOLLOWED,
            rule: O::RULE,
            reshape: O::RESHAPE,
        }
    }

    /// The names between braces in the path, as they stand there.
    pub fn path_names(&self) -> impl Iterator<Item = &'static str> {
        self.path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }

    /// Whether it makes an object, whose id must not be lost.
    pub(crate) fn creates(&self) -> bool {
        self.method == Method::Post && !self.path.contains('{')
    }

    /// Whether the operation is a list.
    pub fn is_list(&self) -> bool {
        self.paging != Paging::None
    }
}

/// A path parameter's name among the parameters: the template's in snake case (`stepKey` is `step_key`).
pub fn parameter_name(template: &str) -> String {
    let mut name = String::with_capacity(template.len() + 1);
    for c in template.chars() {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// Declares operations: `Type = "id", Method "path", Safety, Paging, "source page", Params => Output;` under what each does.
macro_rules! operations {
    ($( $(#[doc = $doc:literal])+ $name:ident = $id:literal, $method:ident $path:literal, $safety:ident, $paging:ident,
        $source:literal, $params:ty => $output:ty $(, checked $rule:path)? $(, reshaped $reshape:path)? $(, sends $sends:ident)? $(, returns $accept:literal)?
        $(, skips $skips:ident)? $(, until $until:ident)?; )+) => { $(
        $(#[doc = $doc])+
        #[derive(Debug)]
        pub(crate) struct $name;

        impl $crate::call::operation::Operation for $name {
            const ID: &'static str = $id;
            const METHOD: $crate::send::Method = $crate::send::Method::$method;
            const PATH: &'static str = $path;
            const SAFETY: $crate::send::Safety = $crate::send::Safety::$safety;
            const PAGING: $crate::call::operation::Paging = $crate::call::operation::Paging::$paging;
            const DOC: &'static str = concat!($($doc),+);
            const SOURCE: &'static str = $source;
            type Params = $params;
            type Output = $output;
            $( const TRANSFER: $crate::call::operation::Transfer = $crate::call::operation::sends!($sends); )?
            $(
                const TRANSFER: $crate::call::operation::Transfer = $crate::call::operation::Transfer::Download;
                const ACCEPT: &'static str = $accept;
            )?
            $( const FOLLOWED: bool = $crate::call::operation::until!($until); )?
            $( const SKIP_DATA: bool = $crate::call::operation::skips!($skips); )?
            $( const RULE: Option<$crate::call::operation::Rule> = Some($rule); )?
            $( const RESHAPE: Option<$crate::call::operation::Reshape> = Some($reshape); )?
        }
    )+ };
}

/// What an operation can send besides JSON.
macro_rules! sends {
    (file) => {
        $crate::call::operation::Transfer::Upload
    };
}

/// What can be taken out of an answer on its way.
macro_rules! skips {
    (data) => {
        true
    };
}

/// What an answer can be followed for.
macro_rules! until {
    (results) => {
        true
    };
}

/// The metadata of an operation's type.
pub(crate) fn spec<O: Operation>() -> &'static OperationSpec {
    const { &OperationSpec::of::<O>() }
}

/// Declares the handle of a resource, which borrows its client.
macro_rules! resource {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy)]
        pub struct $name<'a> {
            sender: &'a std::sync::Arc<$crate::send::Sender>,
            options: &'a $crate::send::CallOptions,
        }

        impl<'a> $name<'a> {
            pub(crate) fn new(
                sender: &'a std::sync::Arc<$crate::send::Sender>,
                options: &'a $crate::send::CallOptions,
            ) -> Self {
                $name { sender, options }
            }
        }

        impl std::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

pub(crate) use {operations, resource, sends, skips, until};
