use serde_json::{Map, Value};

use super::{Condition, Filter, Kind, Operand, Operator, Schema, Test};
use crate::error::ApiError;
use crate::fields::parse_moment;

/// Reads `{"attributes": {..}, "relationships": {..}}` of `/api-reference/advanced-filters`.
///
/// A bare value counts as `$eq`; an unknown member or operator is a 400 rather than a filter that filters nothing (inferred).
pub(super) fn parse(map: &Map<String, Value>, schema: &Schema) -> Result<Filter, ApiError> {
    let mut filter = Filter::default();
    for (key, value) in map {
        match key.as_str() {
            "attributes" => attributes(&mut filter, object(key, value)?, schema)?,
            "relationships" => relationships(&mut filter, object(key, value)?, schema)?,
            _ => return Err(unknown(key)),
        }
    }
    Ok(filter)
}

fn attributes(
    filter: &mut Filter,
    map: &Map<String, Value>,
    schema: &Schema,
) -> Result<(), ApiError> {
    for (key, value) in map {
        let known = schema.attributes.iter().find(|(name, _)| name == key);
        let (_, kind) = known.ok_or_else(|| unknown(key))?;
        member(filter, &mut vec![key.clone()], *kind, value)?;
    }
    Ok(())
}

fn relationships(
    filter: &mut Filter,
    map: &Map<String, Value>,
    schema: &Schema,
) -> Result<(), ApiError> {
    for (key, value) in map {
        let known = schema.relationships.iter().find(|(name, _)| name == key);
        let (_, members) = known.ok_or_else(|| unknown(key))?;
        for (part, value) in object(key, value)? {
            if part != "attributes" {
                return Err(unknown(&format!("{key}.{part}")));
            }
            member(
                filter,
                &mut vec![key.clone()],
                Kind::Members(members),
                value,
            )?;
        }
    }
    Ok(())
}

fn member(
    filter: &mut Filter,
    path: &mut Vec<String>,
    kind: Kind,
    value: &Value,
) -> Result<(), ApiError> {
    match (kind, value) {
        (Kind::Members(members), value) => {
            for (key, value) in object(&path.join("."), value)? {
                path.push(key.clone());
                if !members.contains(&key.as_str()) {
                    return Err(unknown(&path.join(".")));
                }
                member(filter, path, Kind::Plain, value)?;
                path.pop();
            }
            Ok(())
        }
        (Kind::Open, Value::Object(map)) if !map.keys().any(|key| key.starts_with('$')) => {
            for (key, value) in map {
                path.push(key.clone());
                member(filter, path, Kind::Open, value)?;
                path.pop();
            }
            Ok(())
        }
        (_, Value::Object(map)) => {
            for (name, value) in map {
                let operator = Operator::parse(name).ok_or_else(|| {
                    ApiError::bad_request(format!("filter: unknown operator {name}"))
                })?;
                compare(filter, path, kind, operator, value)?;
            }
            Ok(())
        }
        (_, value) => compare(filter, path, kind, Operator::Eq, value),
    }
}

fn compare(
    filter: &mut Filter,
    path: &[String],
    kind: Kind,
    operator: Operator,
    value: &Value,
) -> Result<(), ApiError> {
    let operand = match (kind, value) {
        (Kind::Moment, Value::String(text)) => {
            Operand::Moment(parse_moment(text).ok_or_else(|| {
                ApiError::bad_request(format!("filter: {} needs a date", path.join(".")))
            })?)
        }
        (Kind::Moment, Value::Null) => Operand::Json(Value::Null),
        (Kind::Moment, _) | (Kind::Plain, Value::Array(_) | Value::Object(_)) => {
            return Err(ApiError::bad_request(format!(
                "filter: {} has a value of the wrong type",
                path.join(".")
            )));
        }
        _ => Operand::Json(value.clone()),
    };
    filter.conditions.push(Condition {
        path: path.to_vec(),
        test: Test::Compare(operator, operand),
    });
    Ok(())
}

fn object<'a>(name: &str, value: &'a Value) -> Result<&'a Map<String, Value>, ApiError> {
    value
        .as_object()
        .ok_or_else(|| ApiError::bad_request(format!("filter: {name} must be an object")))
}

fn unknown(name: &str) -> ApiError {
    ApiError::bad_request(format!("filter: unknown member {name}"))
}
