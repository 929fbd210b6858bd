//! Doc comments of TypeScript.

use super::names;
use crate::spec::Spec;
use crate::wrap::wrap;

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
        let mark = format!("{indent} * ");
        for line in wrap(paragraph, WIDTH, &mark, &mark) {
            out += &format!("{line}\n");
        }
    }
    out + &format!("{indent} */\n")
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
