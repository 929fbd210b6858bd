//! Python source as its formatter would lay it out.

use crate::file::MARK;
use crate::wrap::wrap;

/// The longest line: `line-length` of the package's ruff, whose formatter must leave the files as they are.
const WIDTH: usize = 100;

/// A module: the mark, its docstring, its parts.
pub(super) fn module(doc: &str, body: &str) -> String {
    format!("# {MARK}\n{}\n{body}", docstring(0, &[doc.to_owned()]))
}

/// A docstring of paragraphs, wrapped and indented.
pub(super) fn docstring(indent: usize, paragraphs: &[String]) -> String {
    let pad = " ".repeat(indent);
    let texts: Vec<String> = paragraphs.iter().map(|text| escape(text)).collect();
    if let [only] = &texts[..] {
        let line = format!("{pad}\"\"\"{only}\"\"\"\n");
        // The line break counts, too.
        if line.chars().count() <= WIDTH + 1 && !only.contains('\n') {
            return line;
        }
    }
    let quoted = format!("{pad}\"\"\"");
    let paragraphs = texts.iter().enumerate().map(|(position, text)| {
        let first = if position == 0 { &quoted } else { &pad };
        match text.contains('\n') {
            // An example or a section, which is laid out already.
            true => text.lines().map(|line| format!("{pad}{line}\n")).collect(),
            false => broken(WIDTH, first, &pad, text),
        }
    });
    let body: Vec<String> = paragraphs.collect();
    format!("{}{quoted}\n", body.join("\n"))
}

/// Entries of a section of a docstring: `name: text`, continued deeper.
pub(super) fn section(title: &str, entries: &[(String, String)]) -> String {
    let mut out = format!("{title}:\n");
    for (name, text) in entries {
        // A section is indented once more where the docstring is written, by 8 at most.
        out.push_str(&broken(
            WIDTH - 8,
            "    ",
            "        ",
            &format!("{name}: {text}"),
        ));
    }
    out.trim_end().to_owned()
}

/// `from module import a, b`, one a line where it is too long.
pub(super) fn import(indent: usize, module: &str, names: &[&str]) -> String {
    let pad = " ".repeat(indent);
    let line = format!("{pad}from {module} import {}\n", names.join(", "));
    if line.len() <= WIDTH + 1 {
        return line;
    }
    let names: String = names
        .iter()
        .map(|name| format!("{pad}    {name},\n"))
        .collect();
    format!("{pad}from {module} import (\n{names}{pad})\n")
}

/// `head(arguments)`, the arguments on a line of their own where it is too long.
pub(super) fn call(indent: usize, head: &str, arguments: &str) -> String {
    let pad = " ".repeat(indent);
    let line = format!("{pad}{head}({arguments})\n");
    match line.len() <= WIDTH + 1 {
        true => line,
        false => format!("{pad}{head}(\n{pad}    {arguments}\n{pad})\n"),
    }
}

/// `head(a, b)` or `head[a, b]`: a literal, one item a line where it is too long.
pub(super) fn literal(indent: usize, head: &str, within: (char, char), items: &[String]) -> String {
    let (open, close) = within;
    let pad = " ".repeat(indent);
    // A tuple of one item needs its comma, or it is the item in parentheses.
    let comma = if open == '(' && items.len() == 1 {
        ","
    } else {
        ""
    };
    let line = format!("{pad}{head}{open}{}{comma}{close}\n", items.join(", "));
    if line.len() <= WIDTH + 1 {
        return line;
    }
    let items: String = items
        .iter()
        .map(|item| format!("{pad}    {item},\n"))
        .collect();
    format!("{pad}{head}{open}\n{items}{pad}{close}\n")
}

/// Text on one line, its white space made single.
pub(super) fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text broken at spaces, each line with its end.
fn broken(width: usize, first: &str, rest: &str, text: &str) -> String {
    wrap(text, width, first, rest).join("\n") + "\n"
}

/// Text as a docstring takes it: it can neither end the docstring nor begin an escape.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_docstring_is_too_long() {
        for length in 1..40 {
            let text = "word ".repeat(length);
            for line in docstring(8, &[line(&text), "more".to_owned()]).lines() {
                assert!(line.chars().count() <= WIDTH, "{line}");
            }
            let short = docstring(4, &[line(&text)]);
            assert!(short.lines().all(|line| line.chars().count() <= WIDTH));
        }
    }

    #[test]
    fn a_literal_is_one_line_or_one_item_a_line() {
        let items = |count| vec!["\"an item\"".to_owned(); count];
        assert_eq!(
            literal(0, "a = ", ('(', ')'), &items(1)),
            "a = (\"an item\",)\n"
        );
        assert_eq!(
            literal(0, "a = ", ('[', ']'), &items(1)),
            "a = [\"an item\"]\n"
        );
        let long = literal(4, "a = ", ('(', ')'), &items(20));
        assert_eq!(long.lines().count(), 22);
        assert_eq!(long.lines().nth(1), Some("        \"an item\","));
    }

    #[test]
    fn a_docstring_cannot_end_early() {
        let text = docstring(0, &[r#"a """ and \n"#.to_owned()]);
        assert_eq!(text, "\"\"\"a \\\"\\\"\\\" and \\\\n\"\"\"\n");
    }
}
