use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::{Number, Value};

use super::Field;

/// `/api-reference/advanced-filters`; `$le` is past the cut of that page (inferred).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
}

impl Operator {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "$eq" => Self::Eq,
            "$ne" => Self::Ne,
            "$gt" => Self::Gt,
            "$lt" => Self::Lt,
            "$ge" => Self::Ge,
            "$le" => Self::Le,
            _ => return None,
        })
    }
}

/// The value a member is compared with.
pub(crate) enum Operand {
    Json(Value),
    Moment(Timestamp),
}

/// A question about one member.
pub(crate) enum Test {
    Compare(Operator, Operand),
    OneOf(Vec<String>),
    /// Holds this lower-case text, in whatever case.
    Contains(String),
}

impl Test {
    pub(crate) fn holds(&self, field: &Field<'_>) -> bool {
        match self {
            Test::OneOf(values) => {
                matches!(field, Field::Text(text) if values.iter().any(|value| value == text))
            }
            Test::Contains(part) => {
                matches!(field, Field::Text(text) if text.to_lowercase().contains(part))
            }
            Test::Compare(Operator::Eq, operand) => equal(field, operand),
            Test::Compare(Operator::Ne, operand) => !equal(field, operand),
            Test::Compare(operator, operand) => {
                order(field, operand).is_some_and(|order| match operator {
                    Operator::Gt => order.is_gt(),
                    Operator::Lt => order.is_lt(),
                    Operator::Ge => order.is_ge(),
                    _ => order.is_le(),
                })
            }
        }
    }
}

fn equal(field: &Field<'_>, operand: &Operand) -> bool {
    match (field, operand) {
        (Field::Moment(at), Operand::Moment(other)) => at == other,
        (Field::Null, Operand::Json(Value::Null)) => true,
        (Field::Bool(on), Operand::Json(Value::Bool(other))) => on == other,
        (Field::Text(text), Operand::Json(Value::String(other))) => text == other,
        (Field::Json(Value::Number(a)), Operand::Json(Value::Number(b))) => {
            a == b || compare(a, b) == Some(Ordering::Equal)
        }
        (Field::Json(value), Operand::Json(other)) => *value == other,
        _ => false,
    }
}

/// Nothing for null and for values of different types: no order holds between them (inferred).
fn order(field: &Field<'_>, operand: &Operand) -> Option<Ordering> {
    match (field, operand) {
        (Field::Moment(at), Operand::Moment(other)) => Some(at.cmp(other)),
        (Field::Text(text), Operand::Json(Value::String(other))) => {
            Some((*text).cmp(other.as_str()))
        }
        (Field::Json(Value::String(text)), Operand::Json(Value::String(other))) => {
            Some(text.cmp(other))
        }
        (Field::Json(Value::Number(a)), Operand::Json(Value::Number(b))) => compare(a, b),
        _ => None,
    }
}

fn compare(a: &Number, b: &Number) -> Option<Ordering> {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}
