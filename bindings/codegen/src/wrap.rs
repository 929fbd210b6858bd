//! Text in lines.

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// Breaks text at spaces into lines of at most `width` characters: the first one starts with `first`, the others with `rest`. White
/// space is made single, and a word that is too long stays whole.
pub(crate) fn wrap(text: &str, width: usize, first: &str, rest: &str) -> Vec<String> {
    let options = Options::new(width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines = textwrap::wrap(&text, options);
    lines.into_iter().map(String::from).collect()
}
