//! Slips: texts that look like a documented one.

use serde_json::Value;

use crate::schema::Model;

/// Returns the known name with the fewest edits, if it is near enough to be meant. One slip is allowed, and another for each four
/// letters, so that a short name does not match an unrelated one.
pub(super) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), *candidate))
        .filter(|(edits, candidate)| *edits <= 1 + candidate.len() / 4)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Returns the documented value that a text is a slip of: two edits from it at most, one where the value is short.
pub(super) fn slip_of<'a>(text: &str, values: &[&'a str]) -> Option<&'a str> {
    if values.contains(&text) {
        return None;
    }
    let near = |value: &&&str| {
        strsim::damerau_levenshtein(&text.to_lowercase(), value) <= (value.len() / 4).min(2)
    };
    values.iter().find(near).copied()
}

/// Reports whether an undocumented name may be sent. A name that looks like a slip of a documented one may not, because the API
/// would ignore the condition. Operators are not compared so: they are too short to tell a slip from another operator.
pub(super) fn may_pass(name: &str, model: &'static Model) -> bool {
    match model.others {
        None => false,
        Some("") => nearest(name, &names(model)).is_none(),
        Some(start) => name.starts_with(start),
    }
}

/// Reports whether a null looks like a slip of a documented name. It would clear nothing.
pub(super) fn is_slip(name: &str, value: &Value, model: &'static Model) -> bool {
    value.is_null() && nearest(name, &names(model)).is_some()
}

pub(super) fn names(model: &'static Model) -> Vec<&'static str> {
    model.fields.iter().map(|field| field.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_two_edits_from_a_documented_one_is_a_slip() {
        let orders = ["-created_at", "+created_at"];
        for text in [
            "created_at",
            "-createdat",
            "-created-at",
            "-CREATED_AT",
            "-creatd_at",
        ] {
            assert_eq!(slip_of(text, &orders), Some("-created_at"), "{text}");
        }
        for text in [
            "-created_at",
            "+created_at",
            "-status",
            "name",
            "",
            "createdAt ",
        ] {
            assert_eq!(slip_of(text, &orders), None, "{text}");
        }
        // A short value is near many others.
        assert_eq!(slip_of("list", &["text"]), None);
        assert_eq!(slip_of("tex", &["text"]), Some("text"));
    }
}
