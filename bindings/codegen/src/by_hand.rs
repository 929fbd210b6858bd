//! The work on an operation that no generator does, as far as the files tell whether it was done.
//!
//! A list for whoever adds an operation, not a judge: the conformance runner and `tests/openapi` fail for what it names.

use std::path::Path;

use serde_json::Value;

use crate::spec::{Operation, Spec};

/// The folder of the resources, below the project's root as all of these.
const ENDPOINTS: &str = "core/src/endpoints";
/// The folder of the sandbox's routes.
const ROUTES: &str = "tests/sandbox/src/routes";
/// The folder of the conformance cases.
const CASES: &str = "tests/conformance/cases";
/// The API's OpenAPI document.
const DOCUMENT: &str = "tests/openapi/openapi.yaml";

/// A line for each thing that an operation still lacks.
pub(crate) fn left(root: &Path, spec: &Spec) -> Result<Vec<String>, String> {
    let routes = texts(&root.join(ROUTES), "rs")?.join("\n");
    let cases: Vec<Value> = texts(&root.join(CASES), "json")?
        .iter()
        .map(|text| serde_json::from_str(text).map_err(|error| format!("{CASES}: {error}")))
        .collect::<Result<_, _>>()?;
    let document = read(&root.join(DOCUMENT))?;
    let mut left = Vec::new();
    for operation in spec.operations.iter().chain(&spec.files) {
        let (id, line) = (
            &operation.id,
            format!("{} {}", operation.method, operation.path),
        );
        if !has_method(root, operation) {
            let place = format!("{ENDPOINTS}/{}", operation.resource());
            let method = operation.method_name();
            left.push(format!("{id}: the typed method `{method}` in {place}"));
        }
        if !has_route(&routes, operation) {
            left.push(format!("{id}: a route for {line} in {ROUTES}"));
        }
        for (end, what) in [("result", "succeeds"), ("error", "fails")] {
            if !cases.iter().any(|case| ends(case, id, end)) {
                left.push(format!("{id}: a case that {what} in {CASES}"));
            }
        }
        if !is_documented(&document, operation) {
            left.push(format!("{id}: {line} in {DOCUMENT}"));
        }
    }
    Ok(left)
}

/// The texts of all files of a kind in a folder and the folders in it.
fn texts(folder: &Path, kind: &str) -> Result<Vec<String>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            found.extend(texts(&path, kind)?);
        } else if path.extension().is_some_and(|end| end == kind) {
            found.push(read(&path)?);
        }
    }
    Ok(found)
}

/// The text of a file.
fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Tells whether the file of the resource, or one in its folder, has a public function of the operation's name.
fn has_method(root: &Path, operation: &Operation) -> bool {
    let place = root.join(ENDPOINTS).join(operation.resource());
    // A resource is one file, or a folder and a file beside it: either may be missing.
    let mut files = texts(&place, "rs").unwrap_or_default();
    files.extend(read(&place.with_extension("rs")));
    let function = format!("pub fn {}(", operation.method_name());
    files.iter().any(|text| text.contains(&function))
}

/// Tells whether the sandbox's source has a `.route("path", ..)` with a handler of the operation's method.
fn has_route(source: &str, operation: &Operation) -> bool {
    let wanted = unnamed(&operation.path);
    let handler = format!("{}(", operation.method.to_lowercase());
    source.split(".route(").skip(1).any(|route| {
        // The path is between the first two quotes, the handlers are after it.
        let mut parts = route.splitn(3, '"').skip(1);
        let (Some(path), Some(rest)) = (parts.next(), parts.next()) else {
            return false;
        };
        // The last route is followed by the end of its function, and by other code.
        let handlers = &rest[..rest.find([';', '}']).unwrap_or(rest.len())];
        let mut words = handlers.match_indices(handler.as_str());
        // `target(` holds `get(`, too, so the method must be a whole word.
        let whole =
            |at: usize| !handlers[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        unnamed(path) == wanted && words.any(|(at, _)| whole(at))
    })
}

/// A path without the names of its parameters: the sandbox has names of its own.
fn unnamed(path: &str) -> String {
    let segments = path
        .split('/')
        .map(|segment| match segment.starts_with('{') {
            true => "{}",
            false => segment,
        });
    segments.collect::<Vec<_>>().join("/")
}

/// Tells whether a case, or a row of it, is a call of this operation that ends in a `result` or an `error`.
fn ends(case: &Value, id: &str, end: &str) -> bool {
    let is_one = |row: &Value| {
        // A row holds only what differs from its case.
        let of = |name| row.get(name).unwrap_or(&case[name]);
        of("operation") == id && of("expect").get(end).is_some()
    };
    match case["rows"].as_array() {
        Some(rows) => rows.iter().any(is_one),
        None => is_one(case),
    }
}

/// Tells whether the document has the operation's path, and its method below that.
fn is_documented(document: &str, operation: &Operation) -> bool {
    // The document indents paths by two spaces and methods by four. A search of its text needs no parser of YAML.
    let path = format!("  {}:", operation.path);
    let method = format!("    {}:", operation.method.to_lowercase());
    let mut lines = document.lines().skip_while(|line| *line != path).skip(1);
    lines
        .by_ref()
        .take_while(|line| line.starts_with("    "))
        .any(|line| line == method)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn operation(method: &str, path: &str) -> Operation {
        serde_json::from_value(json!({
            "id": "forms.remind", "method": method, "path": path, "safety": "unsafe", "list": false, "transfer": "none",
            "path_parameters": ["id"], "params": null, "result": {"kind": "any"}, "doc": "", "source": "",
        }))
        .unwrap()
    }

    #[test]
    fn nothing_is_left_for_the_operations_of_today() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let spec = Spec::read(&root).unwrap();
        assert_eq!(left(&root, &spec), Ok(Vec::new()));
    }

    #[test]
    fn everything_is_left_for_a_new_operation() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut spec = Spec::read(&root).unwrap();
        spec.operations = vec![operation("POST", "/forms/{id}/remind_them")];
        spec.operations[0].id = "forms.remind_them".to_owned();
        spec.files.clear();
        let left = left(&root, &spec).unwrap();
        assert_eq!(left.len(), 5, "{left:?}");
    }

    #[test]
    fn a_route_has_the_path_and_the_method() {
        let source = r#"
            .route("/forms/{id}", get(show).patch(update))
            .route(
                "/forms/{id}/remind",
                post(remind),
            )
            .route("/forms/{id}/target", target(get_it))
        }"#;
        for (method, path, known) in [
            ("GET", "/forms/{id}", true),
            ("PATCH", "/forms/{form}", true),
            ("POST", "/forms/{id}/remind", true),
            ("POST", "/forms/{id}", false),
            ("GET", "/forms/{id}/target", false),
            ("GET", "/forms", false),
        ] {
            let operation = operation(method, path);
            assert_eq!(has_route(source, &operation), known, "{method} {path}");
        }
    }

    #[test]
    fn a_case_ends_itself_or_in_a_row() {
        let one = json!({"operation": "forms.remind", "expect": {"result": null}});
        assert!(ends(&one, "forms.remind", "result"));
        assert!(!ends(&one, "forms.remind", "error"));
        assert!(!ends(&one, "forms.get", "result"));
        let rows = json!({"operation": "forms.remind", "rows": [{"expect": {"error": {}}}]});
        assert!(ends(&rows, "forms.remind", "error"));
    }

    #[test]
    fn a_method_stands_below_its_own_path() {
        let document = "paths:\n  /forms:\n    post:\n      x: y\n  /forms/{id}:\n    parameters:\n    - a\n    get:\n";
        assert!(is_documented(document, &operation("GET", "/forms/{id}")));
        assert!(is_documented(document, &operation("POST", "/forms")));
        assert!(!is_documented(document, &operation("GET", "/forms")));
        assert!(!is_documented(document, &operation("POST", "/forms/{id}")));
    }
}
