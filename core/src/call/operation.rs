//! An endpoint as a type: its route, its safety, its parameters and its output.

use serde_json::{Map, Value};

use super::input::Input;
use super::page::Page;
use crate::error::Result;
use crate::schema::{Described, Kind, Model};
use crate::send::{JSON, Method, Safety};

/// The paging of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Paging {
    /// The operation is no list.
    None,
    /// `page[number]` and `page[size]`.
    Pages,
    /// The same with `sort`, which is `-created_at` by default.
    SortedPages,
}

/// One endpoint. An implementation and a line in the registry make it callable from every language.
pub(crate) trait Operation {
    /// Its id, such as `forms.create`.
    const ID: &'static str;
    /// Its HTTP method.
    const METHOD: Method;
    /// Its path template below the base URL, such as `/forms/{id}`.
    const PATH: &'static str;
    /// The safety of sending it twice: a repeated request may act twice.
    const SAFETY: Safety;
    /// Its paging, if it is a list.
    const PAGING: Paging;
    /// Its description in one sentence.
    const DOC: &'static str;
    /// The page of the API's documentation it comes from.
    const SOURCE: &'static str;
    /// Its parameters besides those of the path.
    type Params: Input;
    /// Its output: one model, the items of a list, or a file.
    type Output: Described;
    /// The media type that the request accepts.
    const ACCEPT: &'static str = JSON;
    /// The file that it sends, or that it returns instead of JSON.
    const TRANSFER: Transfer = Transfer::None;
    /// True if an attachment's content is dropped while the answer is received. Base64 of up to 50 MB would be held otherwise.
    const SKIP_DATA: bool = false;
    /// The thing that it is polled for, if it is.
    const POLLED: Polled = Polled::No;
    /// True if the client's cache may keep its answers: what it reads changes seldom.
    const CACHED: bool = false;
    /// A rule between its parameters.
    const RULE: Option<Rule> = None;
    /// The change that brings its answer into the model's shape.
    const RESHAPE: Option<Reshape> = None;
}

/// The file that an operation moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transfer {
    /// JSON only.
    None,
    /// The operation sends a file.
    Upload,
    /// The operation returns a file.
    Download,
}

impl Transfer {
    /// Returns the name that the contract uses.
    pub const fn name(self) -> &'static str {
        match self {
            Transfer::None => "none",
            Transfer::Upload => "upload",
            Transfer::Download => "download",
        }
    }
}

/// The thing that an operation is polled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Polled {
    /// The operation is one request.
    No,
    /// An extraction's results, of a job that the first request makes.
    Results,
    /// A form's completion.
    Completed,
}

/// A rule between parameters.
pub(crate) type Rule = fn(&Map<String, Value>) -> Result<()>;

/// A change of an answer's shape. It returns the text in the model's shape, or none where the text has that shape already or none
/// that is known.
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
    /// The safety of sending it twice: a repeated request may act twice.
    pub safety: Safety,
    /// Its paging, if it is a list.
    pub paging: Paging,
    /// Its description in one sentence.
    pub doc: &'static str,
    /// The page of the API's documentation it comes from.
    pub source: &'static str,
    /// Its parameters besides those of the path.
    pub params: &'static Model,
    /// Its output: one model, or the items of a list.
    pub output: Kind,
    /// The documented answer: that model, or a page of such items.
    pub(crate) answer: Kind,
    /// The file that it moves.
    pub transfer: Transfer,
    /// The media type that the request accepts.
    pub(crate) accept: &'static str,
    /// True if an attachment's content is dropped while the answer is received.
    pub(crate) skip_data: bool,
    /// The thing that it is polled for, if it is.
    pub(crate) polled: Polled,
    /// True if the client's cache may keep its answers.
    pub(crate) cached: bool,
    /// A rule between its parameters, checked before the request is built.
    pub(crate) rule: Option<Rule>,
    /// The change that brings its answer into the model's shape.
    pub(crate) reshape: Option<Reshape>,
}

impl OperationSpec {
    /// The data of an endpoint's type.
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
            polled: O::POLLED,
            cached: O::CACHED,
            rule: O::RULE,
            reshape: O::RESHAPE,
        }
    }

    /// Returns the names between braces in the path, as the path writes them.
    pub fn path_names(&self) -> impl Iterator<Item = &'static str> {
        self.path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }

    /// Reports whether the operation creates an object: then an answer without an id is an error, because the caller could not find
    /// the object again.
    pub(crate) fn creates(&self) -> bool {
        // A POST with an id in its path acts on that object.
        self.method == Method::Post && !self.path.contains('{')
    }

    /// Reports whether the operation is a list.
    pub fn is_list(&self) -> bool {
        self.paging != Paging::None
    }
}

/// Returns a path parameter's name among the parameters: the template's name in snake case (`stepKey` is `step_key`).
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

/// Declares operations: `Type = "id", Method "path", Safety, Paging, "source page", Params => Output;` below a
/// description of each.
macro_rules! operations {
    ($( $(#[doc = $doc:literal])+ $name:ident = $id:literal, $method:ident $path:literal, $safety:ident, $paging:ident,
        $source:literal, $params:ty => $output:ty $(, checked $rule:path)? $(, reshaped $reshape:path)? $(, sends $sends:ident)? $(, returns $accept:literal)?
        $(, skips $skips:ident)? $(, until $until:ident)? $(, cached $cached:ident)?; )+) => { $(
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
            $( const POLLED: $crate::call::operation::Polled = $crate::call::operation::until!($until); )?
            $( const CACHED: bool = $crate::call::operation::cached!($cached); )?
            $( const SKIP_DATA: bool = $crate::call::operation::skips!($skips); )?
            $( const RULE: Option<$crate::call::operation::Rule> = Some($rule); )?
            $( const RESHAPE: Option<$crate::call::operation::Reshape> = Some($reshape); )?
        }
    )+ };
}

/// Reads the word after `sends`: the one thing that an operation sends besides JSON.
macro_rules! sends {
    (file) => {
        $crate::call::operation::Transfer::Upload
    };
}

/// Reads the word after `skips`: the one member that is dropped while an answer is received.
macro_rules! skips {
    (data) => {
        true
    };
}

/// Reads the word after `until`: the one thing that an operation is polled for.
macro_rules! until {
    (results) => {
        $crate::call::operation::Polled::Results
    };
    (completed) => {
        $crate::call::operation::Polled::Completed
    };
}

/// Reads the word after `cached`: the setting that says for how long.
macro_rules! cached {
    (ttl) => {
        true
    };
}

/// Returns the description of an operation's type.
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

pub(crate) use {cached, operations, resource, sends, skips, until};
