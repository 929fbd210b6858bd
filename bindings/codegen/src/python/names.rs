//! Names: from the wire's to Python's.

/// The keywords of Python 3.11: none of them can be an argument.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// The attribute or argument of a wire's name: `$` is dropped, `-` becomes `_`, a keyword gets a trailing underscore.
pub(super) fn identifier(wire: &str) -> Result<String, String> {
    let mut name = wire.replace('$', "").replace('-', "_");
    if KEYWORDS.contains(&name.as_str()) {
        name.push('_');
    }
    let starts = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    let goes_on = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match starts && goes_on {
        true => Ok(name),
        false => Err(format!("python: {wire:?} cannot become a name")),
    }
}

/// The class of a resource: `FormTemplates` of `form_templates`.
pub(super) fn class(resource: &str) -> String {
    resource
        .split('_')
        .map(|word| {
            // A word between two underscores may be empty.
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_uppercase() + rest
        })
        .collect()
}

/// Names in the order that ruff gives an import: by lower case first.
pub(super) fn sorted<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_by_key(|name| (name.to_lowercase(), *name));
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wire_name_becomes_one_identifier() {
        for (wire, name) in [
            ("id", "id"),
            ("$created_at", "created_at"),
            ("group-by", "group_by"),
            ("from", "from_"),
            ("type", "type"),
        ] {
            assert_eq!(identifier(wire).unwrap(), name);
        }
        for wire in ["", "$", "1a", "a b", "é", "_private"] {
            assert!(identifier(wire).is_err(), "{wire}");
        }
        assert_eq!(class("form_templates"), "FormTemplates");
    }
}
