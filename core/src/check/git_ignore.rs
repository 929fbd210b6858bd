//! The rules of a `.gitignore` (gitignore, "Pattern format").

/// The rules of one file, in its order.
pub(super) struct Rules(Vec<Rule>);

/// One rule.
struct Rule {
    /// The rule takes back what earlier ones ignore.
    is_negated: bool,
    /// The rule holds for folders alone.
    is_for_folders: bool,
    /// The pattern's segments. A pattern of one segment without a slash before it holds at any depth.
    segments: Vec<String>,
}

impl Rules {
    /// Reads a file's text.
    pub(super) fn of(text: &str) -> Rules {
        Rules(text.lines().filter_map(Rule::of).collect())
    }

    /// The decision on a path below the file's folder: true for ignored, false for taken back. Nothing where no rule holds.
    pub(super) fn decide(&self, path: &[String], is_folder: bool) -> Option<bool> {
        let rules = self.0.iter().rev();
        let mut fitting = rules.filter(|rule| is_folder || !rule.is_for_folders);
        let rule = fitting.find(|rule| rule.matches(path))?;
        Some(!rule.is_negated)
    }
}

impl Rule {
    /// Reads a line; nothing for one that is no rule.
    fn of(line: &str) -> Option<Rule> {
        // Spaces at the end do not count, unless a backslash is before them.
        let trimmed = line.trim_end_matches([' ', '\r']);
        let line = match trimmed.ends_with('\\') && trimmed.len() < line.len() {
            true => line.get(..=trimmed.len())?,
            false => trimmed,
        };
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let (is_negated, line) = match line.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let (is_for_folders, line) = match line.strip_suffix('/') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let is_anchored = line.contains('/');
        let line = line.strip_prefix('/').unwrap_or(line);
        if line.is_empty() {
            return None;
        }
        let mut segments: Vec<String> = line.split('/').map(str::to_owned).collect();
        if !is_anchored {
            segments.insert(0, "**".to_owned());
        }
        Some(Rule {
            is_negated,
            is_for_folders,
            segments,
        })
    }

    fn matches(&self, path: &[String]) -> bool {
        matches_segments(&self.segments, path)
    }
}

/// Matches a pattern's segments against those of a path. `**` stands for any number of them; at the pattern's end for one and more.
fn matches_segments(pattern: &[String], path: &[String]) -> bool {
    match pattern.split_first() {
        None => path.is_empty(),
        Some((first, rest)) if first == "**" => {
            let least = usize::from(rest.is_empty());
            (least..=path.len()).any(|skipped| {
                let path = path.get(skipped..).unwrap_or_default();
                if rest.is_empty() {
                    path.is_empty()
                } else {
                    matches_segments(rest, path)
                }
            })
        }
        Some((first, rest)) => path.split_first().is_some_and(|(name, path)| {
            let (first, name): (Vec<char>, Vec<char>) =
                (first.chars().collect(), name.chars().collect());
            matches_name(&first, &name) && matches_segments(rest, path)
        }),
    }
}

/// Matches a pattern of one segment against a name. After a mismatch only the last `*` takes more: what an earlier one could
/// take, the last one can, too. So the time is the product of both lengths at most, whatever a repository's file holds.
fn matches_name(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut star = None;
    while let Some(c) = name.get(place) {
        let rest = pattern.get(at..).unwrap_or_default();
        if rest.first() == Some(&'*') {
            at += 1;
            star = Some((at, place));
        } else if let Some(width) = matching(rest, *c) {
            at += width;
            place += 1;
        } else if let Some((after, from)) = star {
            (at, place) = (after, from + 1);
            star = Some((after, from + 1));
        } else {
            return false;
        }
    }
    let rest = pattern.get(at..).unwrap_or_default();
    rest.iter().all(|c| *c == '*')
}

/// The length of the pattern's beginning that stands for this character; nothing where it does not.
fn matching(pattern: &[char], c: char) -> Option<usize> {
    let (matches, width) = match pattern {
        [] => (false, 0),
        ['?', ..] => (true, 1),
        ['\\', letter, ..] => (*letter == c, 2),
        ['[', rest @ ..] => match class(rest) {
            Some((letters, is_negated, after)) => {
                (is_in(letters, c) != is_negated, pattern.len() - after.len())
            }
            None => (c == '[', 1),
        },
        [letter, ..] => (*letter == c, 1),
    };
    matches.then_some(width)
}

/// The letters of a bracket, whether it is negated, and what follows it. Nothing where it has no end.
fn class(after: &[char]) -> Option<(&[char], bool, &[char])> {
    let (is_negated, after) = match after {
        ['!' | '^', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    // A bracket that closes at once stands for itself.
    let end = after.iter().skip(1).position(|c| *c == ']')? + 1;
    Some((after.get(..end)?, is_negated, after.get(end + 1..)?))
}

/// Reports whether a letter is one of a bracket's.
fn is_in(letters: &[char], c: char) -> bool {
    match letters {
        [] => false,
        [from, '-', to, rest @ ..] => (*from..=*to).contains(&c) || is_in(rest, c),
        [letter, rest @ ..] => *letter == c || is_in(rest, c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name for which each `*` of a rule has a place at every letter.
    const LONG: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    #[test]
    fn rules_hold_as_git_reads_them() {
        for (rules, path, decision) in [
            (".env", ".env", Some(true)),
            (".env", "a/b/.env", Some(true)),
            (".env ", ".env", Some(true)),
            (".env\r\n", ".env", Some(true)),
            ("# .env", ".env", None),
            ("\\#x", "#x", Some(true)),
            ("/.env", "a/.env", None),
            ("a/.env", "b/a/.env", None),
            ("**/.env", "a/.env", Some(true)),
            ("a/**", "a/b/.env", Some(true)),
            ("a/**/.env", "a/.env", Some(true)),
            (".env/", ".env", None),
            (".env*", ".env", Some(true)),
            ("*", ".env", Some(true)),
            ("*.env", ".env", Some(true)),
            ("?env", ".env", Some(true)),
            (".e[m-o]v", ".env", Some(true)),
            (".e[!a]v", ".env", Some(true)),
            (".e[!n]v", ".env", None),
            (".e[nv", ".env", None),
            (".env.*", ".env", None),
            ("*\n!.env", ".env", Some(false)),
            ("!.env\n*", ".env", Some(true)),
            ("*n*v*", ".env", Some(true)),
            ("*e*n*e*", ".env", None),
            ("*a*a*a*a*a*a*a*a*a*a*a*a*a*b", LONG, None),
            ("", ".env", None),
            ("/", ".env", None),
        ] {
            let path: Vec<String> = path.split('/').map(str::to_owned).collect();
            assert_eq!(
                Rules::of(rules).decide(&path, false),
                decision,
                "{rules:?} {path:?}"
            );
        }
        assert_eq!(
            Rules::of("app/").decide(&["app".to_owned()], true),
            Some(true)
        );
    }
}
