//! One doc comment in a file that is written by hand. Its first paragraph is the contract's, and the rest the file's own.

use crate::wrap::wrap;

/// The form of a comment.
#[derive(Clone, Copy)]
pub(crate) enum Style {
    /// `///` above the item, as in Rust and C++.
    Slashes,
    /// `/** .. */` above the item, as in TypeScript.
    Stars,
    /// `"""` below the line that begins the item, as in Python.
    Docstring,
    /// `name: text` in a section of Python's docstring.
    Entry,
}

/// The lines of a comment in a file, and its first line's indentation.
struct Found {
    start: usize,
    end: usize,
    indent: String,
    /// The lines after the first paragraph, an empty one first, as they are.
    rest: Vec<String>,
}

/// The text of a file with `paragraph` as the first of the comment on the first line that `is_item` accepts. None where no
/// accepted line has a comment.
pub(crate) fn with_first_paragraph(
    text: &str,
    style: Style,
    width: usize,
    is_item: impl Fn(&str) -> bool,
    paragraph: &str,
) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let items = (0..lines.len()).filter(|at| is_item(lines[*at]));
    let found = items.filter_map(|at| style.find(&lines, at)).next()?;
    let mut out: Vec<String> = lines[..found.start]
        .iter()
        .map(|line| (*line).into())
        .collect();
    out.extend(style.written(&found, lines[found.start], width, paragraph));
    out.extend(lines[found.end..].iter().map(|line| (*line).into()));
    Some(out.join("\n") + "\n")
}

impl Style {
    /// The comment of the item on a line.
    fn find(self, lines: &[&str], item: usize) -> Option<Found> {
        let (start, end) = match self {
            Style::Slashes => {
                let is_attribute = |line: &&&str| line.trim_start().starts_with("#[");
                let end = item - lines[..item].iter().rev().take_while(is_attribute).count();
                let is_doc = |line: &&&str| line.trim_start().starts_with("///");
                (
                    end - lines[..end].iter().rev().take_while(is_doc).count(),
                    end,
                )
            }
            Style::Stars => {
                let closes = lines[..item].last()?.trim_end().ends_with("*/");
                let opens = |line: &&str| line.trim_start().starts_with("/**");
                (
                    lines[..item].iter().rposition(opens).filter(|_| closes)?,
                    item,
                )
            }
            Style::Docstring => {
                let start = item + 1;
                let first = lines.get(start)?.trim_start().strip_prefix("\"\"\"")?;
                let more = match first.ends_with("\"\"\"") {
                    true => 0,
                    false => {
                        1 + lines[start + 1..]
                            .iter()
                            .position(|line| line.ends_with("\"\"\""))?
                    }
                };
                (start, start + more + 1)
            }
            Style::Entry => {
                let deeper = indent(lines[item]).to_owned() + "    ";
                let more = |line: &&&str| line.starts_with(&deeper);
                let more = lines[item + 1..].iter().take_while(more).count();
                (item, item + 1 + more)
            }
        };
        let comment = lines
            .get(start..end)
            .filter(|comment| !comment.is_empty())?;
        let is_empty = |line: &&str| match self {
            Style::Slashes => line.trim() == "///",
            Style::Stars => line.trim() == "*",
            Style::Docstring | Style::Entry => line.trim().is_empty(),
        };
        let rest = comment.iter().position(is_empty).unwrap_or(comment.len());
        let mut rest: Vec<String> = comment[rest..].iter().map(|line| (*line).into()).collect();
        if matches!(self, Style::Stars | Style::Docstring) {
            // The line that closes the comment is written anew.
            rest.pop();
        }
        Some(Found {
            start,
            end,
            indent: indent(lines[start]).to_owned(),
            rest,
        })
    }

    /// The lines of the comment with another first paragraph.
    fn written(self, found: &Found, first: &str, width: usize, text: &str) -> Vec<String> {
        let Found { indent, rest, .. } = found;
        let alone =
            |line: String| (rest.is_empty() && line.chars().count() <= width).then_some(line);
        let mut lines = match self {
            Style::Slashes => {
                let mark = format!("{indent}/// ");
                wrap(text, width, &mark, &mark)
            }
            Style::Stars => {
                if let Some(line) = alone(format!("{indent}/** {text} */")) {
                    return vec![line];
                }
                let mark = format!("{indent} * ");
                let mut lines = vec![format!("{indent}/**")];
                lines.extend(wrap(text, width, &mark, &mark));
                lines
            }
            Style::Docstring => {
                if let Some(line) = alone(format!("{indent}\"\"\"{text}\"\"\"")) {
                    return vec![line];
                }
                wrap(text, width, &format!("{indent}\"\"\""), indent)
            }
            Style::Entry => {
                let name = first.trim_start().split(':').next().unwrap_or_default();
                let deeper = format!("{indent}    ");
                return wrap(&format!("{name}: {text}"), width, indent, &deeper);
            }
        };
        lines.extend(rest.iter().cloned());
        match self {
            Style::Stars => lines.push(format!("{indent} */")),
            Style::Docstring => lines.push(format!("{indent}\"\"\"")),
            Style::Slashes | Style::Entry => {}
        }
        lines
    }
}

/// The spaces before a line's text.
fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with the words `The new text.` above, or below, the line that has `item`.
    fn changed(text: &str, style: Style, width: usize) -> Option<String> {
        let is_item = |line: &str| line.contains("item:");
        with_first_paragraph(text, style, width, is_item, "The new text.")
    }

    #[test]
    fn slashes_keep_what_comes_after_the_first_paragraph() {
        let text = "/// a\n/// b\n///\n/// Returns 0.\n#[unsafe(no_mangle)]\npub item: x\n";
        let new =
            "/// The new\n/// text.\n///\n/// Returns 0.\n#[unsafe(no_mangle)]\npub item: x\n";
        assert_eq!(changed(text, Style::Slashes, 12).as_deref(), Some(new));
        assert_eq!(changed(new, Style::Slashes, 12).as_deref(), Some(new));
    }

    #[test]
    fn stars_take_one_line_where_they_fit() {
        let short = "  /** The new text. */\n  item: x\n";
        let long = "  /**\n   * The new\n   * text.\n   */\n  item: x\n";
        for (text, width) in [(short, 14), (long, 14), ("/** a */\nitem: x\n", 14)] {
            let at = text.starts_with("/**");
            let long = if at {
                long.replace("\n  ", "\n").replacen("  ", "", 1)
            } else {
                long.to_owned()
            };
            assert_eq!(changed(text, Style::Stars, width), Some(long));
        }
        assert_eq!(changed(long, Style::Stars, 30).as_deref(), Some(short));
        let more = "/**\n * a\n *\n * b\n */\nitem: x\n";
        let new = "/**\n * The new text.\n *\n * b\n */\nitem: x\n";
        assert_eq!(changed(more, Style::Stars, 99).as_deref(), Some(new));
    }

    #[test]
    fn a_docstring_stands_below_its_item() {
        let text = "    item: x\n    \"\"\"a\"\"\"\n    b: y\n    \"\"\"c\"\"\"\n";
        let new = "    item: x\n    \"\"\"The new text.\"\"\"\n    b: y\n    \"\"\"c\"\"\"\n";
        assert_eq!(changed(text, Style::Docstring, 99).as_deref(), Some(new));
        let long =
            "    item: x\n    \"\"\"The new\n    text.\n    \"\"\"\n    b: y\n    \"\"\"c\"\"\"\n";
        assert_eq!(changed(text, Style::Docstring, 16).as_deref(), Some(long));
        assert_eq!(changed(long, Style::Docstring, 99).as_deref(), Some(new));
    }

    #[test]
    fn an_entry_ends_where_the_next_begins() {
        let text = "    item: a\n        b\n    c: d\n";
        let new = "    item: The new text.\n    c: d\n";
        assert_eq!(changed(text, Style::Entry, 99).as_deref(), Some(new));
    }

    #[test]
    fn an_item_without_a_comment_is_none() {
        for style in [Style::Slashes, Style::Stars, Style::Docstring] {
            assert_eq!(changed("a\nitem: x\nb\n", style, 99), None);
        }
    }
}
