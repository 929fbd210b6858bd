//! The contract: `tests/spec` read back, all that the generators of the languages may know.

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The whole contract.
pub(crate) struct Spec {
    /// The operations that move JSON only.
    pub(crate) operations: Vec<Operation>,
    /// The operations that send or return a file.
    pub(crate) files: Vec<Operation>,
    pub(crate) models: Vec<Model>,
    pub(crate) enums: Vec<OpenEnum>,
    pub(crate) errors: Errors,
    pub(crate) settings: Vec<Setting>,
    pub(crate) hooks: Vec<Hook>,
    /// The options of a call.
    pub(crate) options: Vec<Fact>,
    /// The facts about files that move.
    pub(crate) file_facts: FileFacts,
    safeties: Vec<Safety>,
}

/// The sentence about repeating operations of one safety.
#[derive(Deserialize)]
struct Safety {
    name: String,
    doc: String,
}

/// An operation.
#[derive(Deserialize)]
pub(crate) struct Operation {
    /// The resource and the method, as `forms.create`.
    pub(crate) id: String,
    pub(crate) method: String,
    /// The path below the base URL, such as `/forms/{id}`.
    pub(crate) path: String,
    /// The name of one of the safeties.
    pub(crate) safety: String,
    /// The result is the type of the items, which come in pages.
    pub(crate) list: bool,
    /// The way a file travels: with the request (`upload`), instead of JSON in return (`download`), or `none`.
    pub(crate) transfer: String,
    /// The names in the path, in its order and in snake case.
    pub(crate) path_parameters: Vec<String>,
    /// The name of the input model.
    pub(crate) params: Option<String>,
    pub(crate) result: Type,
    pub(crate) doc: String,
    /// The page of the API's documentation.
    pub(crate) source: String,
}

impl Operation {
    /// `forms` of `forms.create`.
    pub(crate) fn resource(&self) -> &str {
        self.id.split('.').next().unwrap_or_default()
    }

    /// Tells whether the parameters travel in a body rather than in the query.
    pub(crate) fn has_body(&self) -> bool {
        self.method != "GET"
    }

    /// `penbox_forms_create` of `forms.create`: its function in C, or what the names of its functions begin with.
    pub(crate) fn c_function(&self) -> String {
        format!("penbox_{}_{}", self.resource(), self.method_name())
    }

    /// `create` of `forms.create`.
    pub(crate) fn method_name(&self) -> &str {
        self.id.split('.').nth(1).unwrap_or_default()
    }
}

/// A value's type.
#[derive(Clone, Deserialize, PartialEq)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Type {
    /// Any JSON.
    Any,
    /// An object that the API leaves open.
    Object,
    Text,
    /// Text that is mostly one of the values of an open enum.
    Enum {
        name: String,
    },
    Boolean,
    Integer,
    Number,
    /// An object with members of any name.
    Map {
        of: Box<Type>,
    },
    List {
        of: Box<Type>,
    },
    /// One value, or a list of such values.
    OneOrMany {
        of: Box<Type>,
    },
    /// A file, which is moved and never a part of JSON.
    File,
    Model {
        name: String,
        /// The start of the names of undocumented members, where those may be sent, too.
        #[serde(default)]
        others: Option<String>,
    },
}

impl Type {
    /// The model inside a type, however deep in lists.
    pub(crate) fn model(&self) -> Option<&str> {
        match self {
            Type::Model { name, .. } => Some(name),
            Type::Map { of } | Type::List { of } | Type::OneOrMany { of } => of.model(),
            _ => None,
        }
    }
}

/// A shape of object.
#[derive(Deserialize)]
pub(crate) struct Model {
    pub(crate) name: String,
    /// True for a model that callers send.
    pub(crate) input: bool,
    pub(crate) doc: String,
    /// The documented fields, in the order in which they are shown.
    pub(crate) fields: Vec<Field>,
}

/// A field of a model.
#[derive(Deserialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) ty: Type,
    /// The field is always present, or must be given.
    pub(crate) required: bool,
    pub(crate) doc: String,
}

/// A text with documented values, to which the API may add.
#[derive(Deserialize)]
pub(crate) struct OpenEnum {
    pub(crate) name: String,
    pub(crate) doc: String,
    /// The documented values, to which the API may add.
    pub(crate) values: Vec<String>,
}

/// The error table.
#[derive(Deserialize)]
pub(crate) struct Errors {
    pub(crate) bases: Vec<Base>,
    pub(crate) kinds: Vec<ErrorKind>,
    /// The names of the outcomes.
    pub(crate) outcomes: Vec<String>,
    pub(crate) members: Vec<Fact>,
}

/// The facts about files that move, by what they are about.
#[derive(Deserialize)]
pub(crate) struct FileFacts {
    pub(crate) upload: Vec<Fact>,
    pub(crate) download: Vec<Fact>,
    pub(crate) call: Vec<Fact>,
    pub(crate) result: Vec<Fact>,
}

impl FileFacts {
    /// The fact of a section and a name: `upload.path`.
    pub(crate) fn named(&self, id: &str) -> Result<&Fact, String> {
        let (section, name) = id.split_once('.').unwrap_or_default();
        let facts = match section {
            "upload" => &self.upload,
            "download" => &self.download,
            "call" => &self.call,
            "result" => &self.result,
            _ => return Err(format!("files.json has no section of {id}")),
        };
        let found = facts.iter().find(|fact| fact.name == name);
        found.ok_or_else(|| format!("files.json has no {id}"))
    }
}

/// An option of a call, a member of an error, or a fact about files.
#[derive(Deserialize)]
pub(crate) struct Fact {
    pub(crate) name: String,
    /// The type of the value; empty for what is no value.
    #[serde(default)]
    pub(crate) kind: String,
    /// The values that are taken, where not every value of the type is one.
    #[serde(default)]
    pub(crate) range: Option<String>,
    pub(crate) doc: String,
}

/// A class that only groups others.
#[derive(Deserialize)]
pub(crate) struct Base {
    pub(crate) class: String,
    /// The class above; none for the base of all.
    pub(crate) parent: Option<String>,
    pub(crate) doc: String,
}

/// A kind of error.
#[derive(Deserialize)]
pub(crate) struct ErrorKind {
    pub(crate) kind: String,
    /// The number in C, which is never reused.
    pub(crate) number: i32,
    pub(crate) class: String,
    pub(crate) parent: String,
    /// The one status of this kind; none where it has several or no status.
    pub(crate) http_status: Option<u16>,
    pub(crate) doc: String,
}

/// A setting.
#[derive(Deserialize)]
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) kind: String,
    /// The default in words.
    pub(crate) default: String,
    pub(crate) doc: String,
}

/// `operations.json`.
#[derive(Deserialize)]
struct Operations {
    safeties: Vec<Safety>,
    operations: Vec<Operation>,
}

/// `schema.json`.
#[derive(Deserialize)]
struct Schema {
    models: Vec<Model>,
    enums: Vec<OpenEnum>,
}

/// `settings.json`.
#[derive(Deserialize)]
struct Settings {
    settings: Vec<Setting>,
    hooks: Vec<Hook>,
}

/// A hook of a client.
#[derive(Deserialize)]
pub(crate) struct Hook {
    pub(crate) name: String,
    pub(crate) doc: String,
}

#[derive(Deserialize)]
struct Options {
    options: Vec<Fact>,
}

impl Spec {
    /// Reads the snapshot below the project's root.
    pub(crate) fn read(root: &Path) -> Result<Spec, String> {
        let schema: Schema = load(root, "schema")?;
        let read: Operations = load(root, "operations")?;
        // Checked once, so that `repeated` finds a sentence for each operation.
        let mut all = read.operations.iter();
        if let Some(odd) = all.find(|one| sentence(&read.safeties, one).is_none()) {
            return Err(format!("{} has the unknown safety {}", odd.id, odd.safety));
        }
        let (operations, files) = read
            .operations
            .into_iter()
            .partition(|operation| operation.transfer == "none");
        let settings: Settings = load(root, "settings")?;
        Ok(Spec {
            operations,
            files,
            models: schema.models,
            enums: schema.enums,
            errors: load(root, "errors")?,
            settings: settings.settings,
            hooks: settings.hooks,
            options: load::<Options>(root, "options")?.options,
            file_facts: load(root, "files")?,
            safeties: read.safeties,
        })
    }

    /// The resources in the order of their first operations.
    pub(crate) fn resources(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for operation in self.operations.iter().chain(&self.files) {
            if !names.contains(&operation.resource()) {
                names.push(operation.resource());
            }
        }
        names
    }

    /// The sentence about repeating an operation.
    pub(crate) fn repeated(&self, operation: &Operation) -> &str {
        sentence(&self.safeties, operation).unwrap_or_default()
    }

    /// A model by its name.
    pub(crate) fn model(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name)
    }

    /// Tells whether null can be sent for an optional member of an input model: a body holds null, a query does not.
    pub(crate) fn takes_null(&self, model: &Model) -> bool {
        let mut all = self.operations.iter().chain(&self.files);
        all.any(|operation| {
            operation.has_body() && self.reaches(operation.params.as_deref(), model)
        })
    }

    /// Tells whether the model `from` is the wanted one, or holds it somewhere.
    fn reaches(&self, from: Option<&str>, wanted: &Model) -> bool {
        let Some(model) = from.and_then(|name| self.model(name)) else {
            return false;
        };
        let within = |field: &Field| self.reaches(field.ty.model(), wanted);
        model.name == wanted.name || model.fields.iter().any(within)
    }
}

/// The sentence for an operation's safety.
fn sentence<'a>(safeties: &'a [Safety], operation: &Operation) -> Option<&'a str> {
    let mut known = safeties.iter();
    let safety = known.find(|safety| safety.name == operation.safety)?;
    Some(&safety.doc)
}

/// Reads one file of the contract.
fn load<T: DeserializeOwned>(root: &Path, name: &str) -> Result<T, String> {
    let path = root.join(format!("tests/spec/{name}.json"));
    let text =
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}
