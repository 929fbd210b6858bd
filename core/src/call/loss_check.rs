//! Refuses parameters that would be lost on their way: nested too deeply to be written, or empty in a query.

use serde_json::{Map, Value};

use super::operation::{OperationSpec, Transfer};
use crate::error::{Error, Result, printable};
use crate::language::Language;
use crate::schema::Field;
use crate::send::CallOptions;

/// The most levels that parameters may be nested. Most JSON parsers stop at 128 levels, the service's included (inferred), and
/// Python's recursion limit is met earlier. No documented parameter has more than six levels.
pub(crate) const MAX_LEVELS: usize = 100;

/// The first character of an operator's name. The operand of an operator may be null: `{"$eq": null}` finds objects without a value.
const OPERATOR: char = '$';

/// The one parameter that the query holds as JSON.
const FILTER: &str = "filter";

/// The one parameter of an upload that is in the query.
const COMPANY: &str = "company";

/// The name of blank text in errors.
const BLANK: &str = "empty text";

/// Refuses parameters and extra members that the server would not receive as they were given.
pub(crate) fn check(
    operation: &'static OperationSpec,
    members: &Map<String, Value>,
    options: &CallOptions,
    language: Language,
) -> Result<()> {
    let parameters = LossCheck {
        what: "parameter",
        language,
        operation: Some(operation),
    };
    for (name, value) in members {
        let known = operation.params.field(name).is_some();
        let mut path = match known {
            true => language.parameter(name).into_owned(),
            false => name.clone(),
        };
        let in_query = match operation.transfer {
            // The other parameters of an upload are parts of its form.
            Transfer::Upload => name == COMPANY,
            _ => !operation.method.has_body(),
        };
        match in_query {
            true => parameters.condition(value, &mut path, Place::of(name), 1)?,
            false => parameters.levels(value, &mut path, 1)?,
        }
    }
    parameters.extras(options)
}

/// Refuses parts of a request that no operation makes, for the same reasons.
pub(super) fn check_request(
    query: &Map<String, Value>,
    body: Option<&Value>,
    options: &CallOptions,
    language: Language,
) -> Result<()> {
    let parameters = LossCheck {
        what: "query parameter",
        language,
        operation: None,
    };
    for (name, value) in query {
        parameters.condition(value, &mut name.clone(), Place::Extra, 1)?;
    }
    if let Some(body) = body {
        let body_check = LossCheck {
            what: "parameter",
            ..parameters
        };
        body_check.levels(body, &mut "body".to_owned(), 0)?;
    }
    parameters.extras(options)
}

/// The place of a value in a query.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// A pair of its own.
    Pair,
    /// Within the JSON of `filter`.
    Filter,
    /// The operand of an operator.
    Operand,
    /// An item of a list that is an operand.
    Item,
    /// A pair that this SDK does not know. Its value may be empty text.
    Extra,
}

impl Place {
    /// Returns the place of a parameter's own value.
    fn of(name: &str) -> Place {
        match name {
            FILTER => Place::Filter,
            _ => Place::Pair,
        }
    }

    /// Returns the place of an object's member.
    fn member(self, name: &str) -> Place {
        match self {
            Place::Pair | Place::Extra => self,
            _ if name.starts_with(OPERATOR) => Place::Operand,
            _ => Place::Filter,
        }
    }

    /// Returns the place of a list's item.
    fn item(self) -> Place {
        match self {
            Place::Operand => Place::Item,
            other => other,
        }
    }

    /// Reports whether blank text means something here. As a pair of its own it does not: most servers ignore a pair without a
    /// value.
    fn takes_blank_text(self) -> bool {
        matches!(self, Place::Operand | Place::Item | Place::Extra)
    }
}

/// The check of one set of values: the parameters, or the extra members of the query or the body.
#[derive(Clone, Copy)]
struct LossCheck {
    /// The word for a value of the set in errors.
    what: &'static str,
    language: Language,
    /// The operation, whose parameters are known; none for a request that is no operation's.
    operation: Option<&'static OperationSpec>,
}

impl LossCheck {
    /// Refuses extra members that would be lost.
    fn extras(self, options: &CallOptions) -> Result<()> {
        let query = LossCheck {
            what: "extra query parameter",
            ..self
        };
        for (name, value) in &options.query {
            query.condition(value, &mut name.clone(), Place::Extra, 1)?;
        }
        let body = LossCheck {
            what: "extra body member",
            ..self
        };
        options
            .body
            .iter()
            .try_for_each(|(name, value)| body.levels(value, &mut name.clone(), 1))
    }

    /// The description of a parameter, if it has one.
    fn field(&self, name: &str) -> Option<&'static Field> {
        self.operation?.params.field(name)
    }

    /// Refuses a value that the query would drop. The call would lose its condition, and get or count everything.
    fn condition(
        &self,
        value: &Value,
        path: &mut String,
        place: Place,
        level: usize,
    ) -> Result<()> {
        let empty = match value {
            Value::Null if place != Place::Operand => self.language.null(),
            Value::Array(items) if items.is_empty() => "an empty list",
            Value::Object(members) if members.is_empty() => "an empty object",
            Value::String(text) if text.trim().is_empty() && !place.takes_blank_text() => BLANK,
            _ => {
                let step = |value: &Value, path: &mut String, next: Step<'_>| {
                    let place = match next {
                        Step::Member(name) => place.member(name),
                        Step::Item => place.item(),
                    };
                    self.condition(value, path, place, level + 1)
                };
                return self.within(value, path, level, &step);
            }
        };
        Err(self.empty(path, empty))
    }

    /// Refuses a value that is nested too deeply.
    fn levels(&self, value: &Value, path: &mut String, level: usize) -> Result<()> {
        self.within(value, path, level, &|value, path, _| {
            self.levels(value, path, level + 1)
        })
    }

    /// Calls `step` for each member or item.
    fn within(
        &self,
        value: &Value,
        path: &mut String,
        level: usize,
        step: &dyn Fn(&Value, &mut String, Step<'_>) -> Result<()>,
    ) -> Result<()> {
        let length = path.len();
        let mut next = |name: &str, value: &Value, taken: Step<'_>| {
            // Checked for each member or item, since an empty container adds no level.
            if level >= MAX_LEVELS {
                return Err(self.too_deep(path));
            }
            path.push('.');
            path.push_str(name);
            let done = step(value, path, taken);
            path.truncate(length);
            done
        };
        match value {
            Value::Object(members) => members
                .iter()
                .try_for_each(|(name, value)| next(name, value, Step::Member(name))),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(at, value)| next(&at.to_string(), value, Step::Item)),
            _ => Ok(()),
        }
    }

    /// The error of a value that would be dropped. `empty` names the value.
    fn empty(&self, path: &str, empty: &str) -> Error {
        let (what, shown) = (self.what, printable(path, 80));
        let name = path.split('.').next().unwrap_or_default();
        let required = self.field(name).is_some_and(|field| field.required);
        // A required parameter cannot be left out, so it has a hint of its own.
        if required && self.what == "parameter" {
            let message = format!("the {what} {shown} is {empty}");
            return Error::invalid_argument(message)
                .with_hint("Give one id at least, as the API returned it.");
        }
        let message = format!(
            "the {what} {shown} is {empty}: it would be dropped, as if it had not been given"
        );
        let leave_out = self.language.leave_out();
        let null = self.language.null();
        // Lists and counts can look for an absent value, by an operator of `filter`.
        let meant = match self.field(FILTER) {
            Some(_) => format!(
                " To look for what has no value, use filter with the operator {{\"$eq\": {null}}} (inferred)."
            ),
            None if empty == BLANK => {
                format!(
                    " To send it all the same, use {}.",
                    self.language.extra_query()
                )
            }
            None => String::new(),
        };
        let hint = format!("{leave_out}, where nothing is meant.{meant}");
        Error::invalid_argument(message).with_hint(hint)
    }

    /// The error of a value below the deepest level.
    fn too_deep(&self, path: &str) -> Error {
        let (what, shown) = (self.what, printable(path, 80));
        Error::invalid_argument(format!(
            "the {what} {shown} is nested more than {MAX_LEVELS} levels deep"
        ))
        .with_hint("Give flatter data, or text that holds the JSON.")
    }
}

/// A step down into an object or a list.
enum Step<'a> {
    Member(&'a str),
    Item,
}

#[cfg(test)]
mod tests;
