//! A file that holds several cases of one shape: the case once, and a row of values for each.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::around::TOKEN_FILE;
use crate::case_files::is_plain;
use crate::vars::{Vars, replace};

/// The cases of a file, with their names: the file itself, or one case for each of its `rows`.
///
/// # Errors
/// Names the row that is not well-formed, a placeholder that stands for nothing, or a value that nothing asks for.
pub fn expand(name: &str, text: &str) -> Result<Vec<(String, Value)>, String> {
    let wrong = |problem: String| format!("{name}: {problem}");
    let mut case: Value = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    let Some(members) = case.as_object_mut() else {
        return Err(wrong("a case is an object".to_owned()));
    };
    let Some(rows) = members.remove("rows") else {
        fill(&case, &Map::new(), &mut BTreeSet::new()).map_err(wrong)?;
        return Ok(vec![(name.to_owned(), case)]);
    };
    // Each case has a `doc` of its own: what the file does not say, its rows do.
    members.entry("doc").or_insert_with(|| "${doc}".into());
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    // One row is a case with its values moved elsewhere.
    if rows.len() < 2 {
        return Err(wrong("`rows` is a list of at least two".to_owned()));
    }
    let mut cases: Vec<(String, Value)> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let row_name = row["name"].as_str().filter(|name| is_plain(name));
        let row_name =
            row_name.ok_or_else(|| wrong(format!("row {} has no plain `name`", index + 1)))?;
        let full = format!("{name}[{row_name}]");
        if cases.iter().any(|(other, _)| *other == full) {
            return Err(format!("{full}: two rows have this name"));
        }
        let filled = of_row(&case, row).map_err(|problem| format!("{full}: {problem}"))?;
        cases.push((full, filled));
    }
    Ok(cases)
}

/// One case: every value of the row put where the case asks for it.
fn of_row(case: &Value, row: &Value) -> Result<Value, String> {
    let mut values = row.as_object().cloned().unwrap_or_default();
    values.remove("name");
    if let Some(name) = values.keys().find(|name| !is_plain(name)) {
        return Err(format!("the value `{name}` is not named in a-z, 0-9 and _"));
    }
    // A value may hold the variables of a run, but asks for no other value.
    fill(row, &Map::new(), &mut BTreeSet::new())?;
    let mut used = BTreeSet::new();
    let filled = fill(case, &values, &mut used)?;
    match values.keys().find(|name| !used.contains(*name)) {
        Some(name) => Err(format!("nothing asks for the value `{name}`")),
        None => Ok(filled),
    }
}

/// A copy with every placeholder replaced. `used` gathers the names of the values that were asked for.
fn fill(
    value: &Value,
    row: &Map<String, Value>,
    used: &mut BTreeSet<String>,
) -> Result<Value, String> {
    match value {
        Value::String(text) => fill_text(text, row, used),
        Value::Array(items) => items.iter().map(|item| fill(item, row, used)).collect(),
        Value::Object(members) => {
            let mut filled = Map::new();
            for (name, value) in members {
                if name.contains("${") {
                    return Err(format!("a member's name holds no placeholder: `{name}`"));
                }
                filled.insert(name.clone(), fill(value, row, used)?);
            }
            Ok(filled.into())
        }
        other => Ok(other.clone()),
    }
}

/// A text that is a placeholder and no more becomes the value, of whatever type. Within a text the value is a text or a number.
fn fill_text(
    text: &str,
    row: &Map<String, Value>,
    used: &mut BTreeSet<String>,
) -> Result<Value, String> {
    let whole = text
        .strip_prefix("${")
        .and_then(|rest| row.get_key_value(rest.strip_suffix('}')?));
    if let Some((name, value)) = whole {
        used.insert(name.clone());
        return Ok(value.clone());
    }
    let filled = replace(text, |name, out| {
        let Some(value) = row.get(name) else {
            if !Vars::NAMES.contains(&name) && name != TOKEN_FILE {
                return Err(format!("there is no value for ${{{name}}}"));
            }
            // Known only when the case runs.
            out.push_str(&format!("${{{name}}}"));
            return Ok(());
        };
        used.insert(name.to_owned());
        match value {
            Value::String(part) => out.push_str(part),
            Value::Number(part) => out.push_str(&part.to_string()),
            _ => return Err(format!("${{{name}}} in a text is no text and no number")),
        }
        Ok(())
    });
    filled.map(Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cases(file: &Value) -> Result<Vec<(String, Value)>, String> {
        expand("area/file", &file.to_string())
    }

    #[test]
    fn a_file_without_rows_is_one_case() {
        let file = json!({"doc": "d", "token": "${TOKEN}"});
        assert_eq!(cases(&file).unwrap(), [("area/file".to_owned(), file)]);
    }

    #[test]
    fn a_whole_value_keeps_its_type_and_a_text_takes_texts_and_numbers() {
        let file = json!({
            "doc": "A ${status} of ${what}.",
            "answers": [{"status": "${status}", "json": {"list": ["${any}"]}}],
            "url": "${ORIGIN}/${what}/${status}",
            "rows": [
                {"name": "first", "status": 500, "what": "forms", "any": null},
                {"name": "second", "status": 404, "what": "${PORT}", "any": {"x": [true, 1.5]}},
            ],
        });
        let first = json!({"doc": "A 500 of forms.", "answers": [{"status": 500, "json": {"list": [null]}}],
            "url": "${ORIGIN}/forms/500"});
        let second = json!({"doc": "A 404 of ${PORT}.",
            "answers": [{"status": 404, "json": {"list": [{"x": [true, 1.5]}]}}], "url": "${ORIGIN}/${PORT}/404"});
        let expected = [("area/file[first]", first), ("area/file[second]", second)];
        assert_eq!(
            cases(&file).unwrap(),
            expected.map(|(name, case)| (name.to_owned(), case))
        );
    }

    #[test]
    fn rows_have_the_doc_that_the_file_has_not() {
        let file =
            json!({"rows": [{"name": "a", "doc": "First."}, {"name": "b", "doc": "Second."}]});
        let docs: Vec<Value> = cases(&file)
            .unwrap()
            .into_iter()
            .map(|(_, case)| case)
            .collect();
        assert_eq!(docs, [json!({"doc": "First."}), json!({"doc": "Second."})]);
    }

    #[test]
    fn a_slip_is_an_error() {
        let rows = |first: Value| json!([first, {"name": "b", "x": 1}]);
        for (case, rows, part) in [
            (json!({"doc": "${y}"}), Value::Null, "no value for ${y}"),
            (
                json!({"doc": "d ${x"}),
                rows(json!({"name": "a", "x": 1})),
                "without `}`",
            ),
            (
                json!({"doc": "${y}"}),
                rows(json!({"name": "a", "x": 1})),
                "area/file[a]: there is no value for ${y}",
            ),
            (
                json!({"doc": "${X}"}),
                rows(json!({"name": "a", "x": 1})),
                "no value for ${X}",
            ),
            (
                json!({"doc": "${name}"}),
                rows(json!({"name": "a", "x": 1})),
                "no value for ${name}",
            ),
            (
                json!({"doc": "${x}"}),
                rows(json!({"name": "a"})),
                "area/file[a]: there is no value for ${x}",
            ),
            (
                json!({"doc": "${x}"}),
                rows(json!({"name": "a", "x": 1, "y": 1})),
                "asks for the value `y`",
            ),
            (
                json!({"doc": "${x}"}),
                rows(json!({"name": "a", "x": 1, "doc": "d"})),
                "asks for the value `doc`",
            ),
            (
                json!({"doc": "d", "${x}": 1}),
                rows(json!({"name": "a", "x": 1})),
                "member's name",
            ),
            (
                json!({"doc": "${x}"}),
                rows(json!({"name": "a", "x": "${y}"})),
                "no value for ${y}",
            ),
            (
                json!({"doc": "${x}"}),
                rows(json!({"name": "a", "x": 1, "TOKEN": 1})),
                "`TOKEN` is not named",
            ),
            (
                json!({"doc": "d ${x}"}),
                rows(json!({"name": "a", "x": []})),
                "no text and no number",
            ),
            (
                json!({"doc": "${x}"}),
                rows(json!({"name": "b", "x": 1})),
                "area/file[b]: two rows",
            ),
            (
                json!({"doc": "${x}"}),
                rows(json!({"name": "A", "x": 1})),
                "row 1 has no plain `name`",
            ),
            (
                json!({"doc": "${x}"}),
                rows(json!({"x": 1})),
                "row 1 has no plain `name`",
            ),
            (
                json!({"doc": "${x}"}),
                rows(json!("a")),
                "row 1 has no plain `name`",
            ),
            (
                json!({"doc": "${x}"}),
                json!([{"name": "b", "x": 1}]),
                "at least two",
            ),
            (
                json!({"doc": "${x}"}),
                json!({"name": "b", "x": 1}),
                "at least two",
            ),
        ] {
            let mut file = case;
            if !rows.is_null() {
                file["rows"] = rows;
            }
            let problem = cases(&file).unwrap_err();
            let right = problem.starts_with("area/file") && problem.contains(part);
            assert!(right, "{part}: {problem}");
        }
    }
}
