//! The contract that the core wrote down: which operations, parameters and kinds of error there are.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::case::Case;

/// The parts of `operations.json`, `schema.json` and `errors.json` that the runner needs.
#[derive(Debug, Clone, Default)]
pub struct Spec {
    /// The operations.
    pub operations: Vec<Operation>,
    /// The kinds of error.
    pub kinds: Vec<Kind>,
    models: Vec<Model>,
}

/// One operation.
#[derive(Debug, Clone, Deserialize)]
pub struct Operation {
    /// Its id: `forms.create`.
    pub id: String,
    #[serde(default)]
    path_parameters: Vec<String>,
    /// The name of the model of its other parameters.
    #[serde(default)]
    params: Option<String>,
    #[serde(default)]
    transfer: Option<String>,
}

/// One kind of error.
#[derive(Debug, Clone, Deserialize)]
pub struct Kind {
    /// Its name: `rate_limit`.
    pub kind: String,
    /// Its class in Python and Node: `RateLimitError`.
    pub class: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Model {
    name: String,
    fields: Vec<Field>,
}

#[derive(Debug, Clone, Deserialize)]
struct Field {
    name: String,
    #[serde(rename = "type")]
    kind: Type,
}

/// A type: a model by its name, a list of something, or what has no members of its own.
#[derive(Debug, Clone, Deserialize)]
struct Type {
    kind: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    of: Option<Box<Type>>,
}

impl Type {
    /// The model of a value, or of the items of a list.
    fn model(&self) -> Option<&str> {
        match &self.of {
            Some(item) => item.model(),
            None => self.name.as_deref().filter(|_| self.kind == "model"),
        }
    }
}

#[derive(Deserialize)]
struct Operations {
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Schema {
    models: Vec<Model>,
}

#[derive(Deserialize)]
struct Errors {
    kinds: Vec<Kind>,
}

impl Operation {
    /// How a case does not fit to the file that the operation moves, if it does not.
    #[must_use]
    pub fn misfit(&self, case: &Case) -> Option<&'static str> {
        let transfer = self.transfer.as_deref();
        match (transfer, case.file.is_some(), case.to.is_some()) {
            (Some("upload"), false, _) => Some("sends no `file`, unlike"),
            (Some("download"), _, false) => Some("has no place `to` put what comes of"),
            (None | Some("none"), true, _) | (None | Some("none"), _, true) => {
                Some("moves a file, unlike")
            }
            _ => None,
        }
    }
}

impl Spec {
    /// Reads the three files of a folder.
    ///
    /// # Errors
    /// Names the file that is missing, not JSON, or empty, and the model that is not described.
    pub fn load(folder: &Path) -> Result<Self, String> {
        let operations: Operations = read(&folder.join("operations.json"))?;
        let schema: Schema = read(&folder.join("schema.json"))?;
        let errors: Errors = read(&folder.join("errors.json"))?;
        if operations.operations.is_empty() || errors.kinds.is_empty() {
            return Err(format!("{}: no operations or no kinds", folder.display()));
        }
        let spec = Self {
            operations: operations.operations,
            kinds: errors.kinds,
            models: schema.models,
        };
        let of_fields = spec.models.iter().flat_map(|model| &model.fields);
        let of_operations = spec.operations.iter();
        let mut named = of_fields
            .filter_map(|field| field.kind.model())
            .chain(of_operations.filter_map(|operation| operation.params.as_deref()));
        match named.find(|name| spec.model(name).is_none()) {
            Some(name) => Err(format!(
                "{}: schema.json has no model {name}",
                folder.display()
            )),
            None => Ok(spec),
        }
    }

    /// Every documented parameter of an operation, each as the names that lead to it. A list is stepped over, `*` stands
    /// for any name; what has no members of its own is the end.
    #[must_use]
    pub fn parameters<'a>(&'a self, operation: &'a Operation) -> Vec<Vec<&'a str>> {
        let mut found: Vec<Vec<&str>> = operation
            .path_parameters
            .iter()
            .map(|name| vec![name.as_str()])
            .collect();
        if let Some(model) = operation.params.as_deref() {
            self.members(model, &mut Vec::new(), &mut Vec::new(), &mut found);
        }
        found
    }

    /// Adds the members of a model. A model within itself is the end, too.
    fn members<'a>(
        &'a self,
        name: &'a str,
        within: &mut Vec<&'a str>,
        path: &mut Vec<&'a str>,
        found: &mut Vec<Vec<&'a str>>,
    ) {
        within.push(name);
        let length = path.len();
        for field in self.model(name).into_iter().flat_map(|model| &model.fields) {
            path.push(&field.name);
            let any = field.kind.kind == "map";
            path.extend(any.then_some("*"));
            match field.kind.model() {
                Some(inner) if !within.contains(&inner) => {
                    self.members(inner, within, path, found);
                }
                _ => found.push(path.clone()),
            }
            path.truncate(length);
        }
        within.pop();
    }

    fn model(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name)
    }

    #[cfg(test)]
    pub(crate) fn of(operations: &[&str], kinds: &[(&str, &str)]) -> Self {
        let kind = |(kind, class): &(&str, &str)| Kind {
            kind: (*kind).to_owned(),
            class: (*class).to_owned(),
        };
        Self {
            operations: operations.iter().map(|id| Operation::of(id)).collect(),
            kinds: kinds.iter().map(kind).collect(),
            models: Vec::new(),
        }
    }
}

#[cfg(test)]
impl Operation {
    pub(crate) fn of(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            path_parameters: Vec::new(),
            params: None,
            transfer: None,
        }
    }

    pub(crate) fn moving(id: &str, transfer: &str) -> Self {
        Self {
            transfer: Some(transfer.to_owned()),
            ..Self::of(id)
        }
    }
}

fn read<T: DeserializeOwned>(file: &Path) -> Result<T, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, from_value, json};

    fn spec(models: Value, operation: Value) -> (Spec, Operation) {
        let spec = Spec {
            models: from_value(models).unwrap(),
            ..Spec::default()
        };
        (spec, from_value(operation).unwrap())
    }

    #[test]
    fn parameters_are_listed_down_to_their_ends() {
        let (spec, operation) = spec(
            json!([
                {"name": "In", "fields": [
                    {"name": "title", "type": {"kind": "text"}},
                    {"name": "tags", "type": {"kind": "list", "of": {"kind": "text"}}},
                    {"name": "contacts", "type": {"kind": "list", "of": {"kind": "model", "name": "Contact"}}},
                    {"name": "owner", "type": {"kind": "one_or_many", "of": {"kind": "model", "name": "Contact"}}},
                    {"name": "status", "type": {"kind": "enum", "name": "Status"}}
                ]},
                {"name": "Contact", "fields": [
                    {"name": "email", "type": {"kind": "text"}},
                    {"name": "boss", "type": {"kind": "model", "name": "Contact"}}
                ]}
            ]),
            json!({"id": "x.y", "path_parameters": ["id", "step_key"], "params": "In", "transfer": "none"}),
        );
        let names: Vec<String> = spec
            .parameters(&operation)
            .iter()
            .map(|path| path.join("."))
            .collect();
        assert_eq!(
            names,
            [
                "id",
                "step_key",
                "title",
                "tags",
                "contacts.email",
                "contacts.boss",
                "owner.email",
                "owner.boss",
                "status"
            ]
        );
    }

    #[test]
    fn without_parameters_there_is_nothing_to_send() {
        let (spec, operation) = spec(json!([]), json!({"id": "x.y", "transfer": "upload"}));
        assert!(spec.parameters(&operation).is_empty());
    }
}
