//! Filters: three ways to write one (bracket parameters, operators, legacy object), one way to run it.

pub(crate) mod cases;
pub(crate) mod forms;
mod legacy;
mod operators;
mod test;

use jiff::Timestamp;
use serde_json::Value;

pub(crate) use test::{Operand, Operator, Test};

/// What a resource shows under a path.
pub(crate) enum Field<'a> {
    /// Null, or not there.
    Null,
    Bool(bool),
    Text(&'a str),
    Moment(Timestamp),
    Json(&'a Value),
}

impl<'a> Field<'a> {
    pub(crate) fn text(text: Option<&'a str>) -> Self {
        text.map_or(Field::Null, Field::Text)
    }

    pub(crate) fn moment(at: Option<Timestamp>) -> Self {
        at.map_or(Field::Null, Field::Moment)
    }
}

/// A resource that a filter can look into.
pub(crate) trait Filterable {
    /// The value of member `name`, or of what `rest` leads to inside it; `now` is for members that depend on the time.
    fn field(&self, name: &str, rest: &[String], now: Timestamp) -> Field<'_>;
}

/// One test of one member.
pub(crate) struct Condition {
    path: Vec<String>,
    test: Test,
}

/// Conditions that must all hold.
#[derive(Default)]
pub(crate) struct Filter {
    conditions: Vec<Condition>,
}

impl Filter {
    fn add(&mut self, path: &[&str], test: Test) {
        let path = path.iter().map(|&step| step.to_owned()).collect();
        self.conditions.push(Condition { path, test });
    }

    fn equals(&mut self, path: &[&str], value: impl Into<Value>) {
        self.add(
            path,
            Test::Compare(Operator::Eq, Operand::Json(value.into())),
        );
    }

    pub(crate) fn matches(&self, item: &impl Filterable, now: Timestamp) -> bool {
        self.conditions.iter().all(|condition| {
            let field = match condition.path.split_first() {
                Some((name, rest)) => item.field(name, rest, now),
                None => Field::Null,
            };
            condition.test.holds(&field)
        })
    }
}

/// What kind of value a member holds, which decides what may be asked of it.
#[derive(Clone, Copy)]
enum Kind {
    Plain,
    Moment,
    /// An object with these members.
    Members(&'static [&'static str]),
    /// An object of the caller's own making.
    Open,
}

/// The members of a resource that operators may name (which ones the API knows is unstated; inferred).
struct Schema {
    attributes: &'static [(&'static str, Kind)],
    relationships: &'static [(&'static str, &'static [&'static str])],
}
