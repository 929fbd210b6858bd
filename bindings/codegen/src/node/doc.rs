//! Doc comments of TypeScript.

use super::names;
use crate::spec::Spec;

/// The longest line, as prettier has it.
const WIDTH: usize = 110;

/// A doc comment of paragraphs separated by empty lines, at an indentation.
pub(super) fn comment(spec: &Spec, indent: &str, text: &str) -> String {
    // A `*/` in the text would end the comment.
    let text = in_this_language(spec, text).replace("*/", "*\\/");
    // The marks `/** ` and ` */` take seven characters.
    let one_line = !text.contains('\n') && indent.len() + text.len() + 7 <= WIDTH;
    if one_line {
        return format!("{indent}/** {text} */\n");
    }
    let mut out = format!("{indent}/**\n");
    for (number, paragraph) in text.split("\n\n").enumerate() {
        if number > 0 {
            out += &format!("{indent} *\n");
        }
        for line in wrapped(paragraph, WIDTH - indent.len() - 3) {
            out += &format!("{indent} * {line}\n");
        }
    }
    out + &format!("{indent} */\n")
}

/// The lines of a paragraph, broken at spaces.
fn wrapped(paragraph: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in paragraph.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The contract names settings and members as the core does: here they have other names.
fn in_this_language(spec: &Spec, text: &str) -> String {
    let renamed = |name: &str| match name {
        "retry_after" => Some("retryAfterMs".to_owned()),
        _ => (spec.settings.iter())
            .find(|setting| setting.name == name)
            .map(names::setting),
    };
    let parts = text.split('`').enumerate().map(|(position, part)| {
        // Each second part is between backquotes. Outside of them a name is an English
        // word.
        let code = position % 2 == 1;
        match code.then(|| renamed(part)).flatten() {
            Some(name) => name,
            None => part.to_owned(),
        }
    });
    parts.collect::<Vec<_>>().join("`")
}
