//! Wraps text to the width of a terminal.

/// Below this width, text is not wrapped: one word per line is not readable.
const NARROWEST: usize = 24;

/// Breaks the text between words so that no line is longer than `width` characters. The first line starts after `before`
/// characters, and later lines are indented by `indent` spaces. A word that does not fit is not broken. Text in
/// parentheses or brackets at the end, such as `(1 event)`, counts as one word.
pub(super) fn wrap(text: &str, before: usize, indent: usize, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| *width >= indent + NARROWEST) else { return text.to_owned() };
    let (sentence, tail) = text.split_once("  (").unwrap_or((text, ""));
    let tail = if tail.is_empty() { String::new() } else { format!("  ({}", bound(tail)) };
    broken(&format!("{sentence}{tail}"), before, indent, width).replace(BOUND, " ")
}

/// A non-breaking space.
const BOUND: char = '\u{a0}';

/// The text with non-breaking spaces instead of single spaces; double spaces separate words.
fn bound(text: &str) -> String {
    text.split("  ").map(|word| word.replace(' ', &BOUND.to_string())).collect::<Vec<_>>().join("  ")
}

fn broken(text: &str, before: usize, indent: usize, width: usize) -> String {
    let mut wrapped = String::with_capacity(text.len() + 16);
    let mut column = before;
    let mut is_first = true;
    for word in text.split(' ') {
        let length = word.chars().count();
        if is_first {
            is_first = false;
        } else if column + 1 + length > width && column > indent {
            // A space before the end of a line is invisible.
            while wrapped.ends_with(' ') {
                wrapped.pop();
            }
            wrapped.push('\n');
            wrapped.extend(std::iter::repeat_n(' ', indent));
            column = indent;
            if word.is_empty() {
                continue;
            }
        } else {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += length;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_keep_indent() {
        let text = "Created access key AKIAEXAMPLE for svc-backup  (1 event)";
        assert_eq!(wrap(text, 10, 4, None), text);
        assert_eq!(wrap(text, 10, 4, Some(32)), "Created access key\n    AKIAEXAMPLE for svc-backup\n    (1 event)");
        let lines = wrap(text, 10, 4, Some(32));
        assert!(lines.lines().skip(1).all(|line| line.chars().count() <= 32), "{lines}");
    }

    #[test]
    fn long_words_are_not_split_and_narrow_terminals_do_not_wrap() {
        let long = format!("Opened {}", "x".repeat(60));
        assert_eq!(wrap(&long, 2, 2, Some(40)), format!("Opened\n  {}", "x".repeat(60)));
        assert_eq!(wrap("a b c", 2, 30, Some(40)), "a b c");
    }
}
