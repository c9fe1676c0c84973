//! The words of a text: where a value can begin and end.

use std::ops::Range;

/// The words of a text, in order: letters and digits without a break. An escape in a URL or a string is a break.
pub(super) struct Words<'t> {
    text: &'t str,
    words: Vec<Range<usize>>,
}

impl<'t> Words<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let (mut words, mut start, mut at) = (Vec::new(), None::<usize>, 0);
        let end = |start: &mut Option<usize>, at: usize, words: &mut Vec<Range<usize>>| {
            words.extend(start.take().map(|start| start..at));
        };
        while at < bytes.len() {
            let length = escape(&bytes[at..]);
            if length > 0 {
                end(&mut start, at, &mut words);
                at += length;
            } else if bytes[at].is_ascii() {
                if bytes[at].is_ascii_alphanumeric() {
                    start.get_or_insert(at);
                } else {
                    end(&mut start, at, &mut words);
                }
                at += 1;
            } else {
                let char = text[at..].chars().next().unwrap_or(' ');
                if char.is_alphanumeric() {
                    start.get_or_insert(at);
                } else {
                    end(&mut start, at, &mut words);
                }
                at += char.len_utf8();
            }
        }
        end(&mut start, bytes.len(), &mut words);
        Self { text, words }
    }

    /// Each word's range.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.words.iter().map(|word| (word.start, word.end))
    }

    /// Whether no word extends beyond the ends of a range.
    pub(super) fn is_whole(&self, start: usize, end: usize) -> bool {
        !self.cuts(start) && !self.cuts(end)
    }

    /// Whether a position is within a word.
    fn cuts(&self, at: usize) -> bool {
        let next = self.words.partition_point(|word| word.end <= at);
        self.words.get(next).is_some_and(|word| word.start < at)
    }

    /// Whether no digits precede or follow a range, and the digits in it are not the end of a UUID.
    pub(super) fn is_number_of_its_own(&self, start: usize, end: usize) -> bool {
        let is_digit = |c: char| c.is_ascii_digit();
        // The preceding digit may be part of an escape, as in `%20111122223333`.
        let begins = !self.text[..start].ends_with(is_digit) || !self.cuts(start);
        begins && !self.text[end..].starts_with(is_digit) && !is_uuid_end(self.text, start)
    }

    /// The range of this word and the next ones, if only these separators are between them.
    pub(super) fn joined<const N: usize>(&self, first: usize, separators: [&str; N]) -> Option<(usize, usize)> {
        let words = self.words.get(first..=first + N)?;
        let is_joined = words.windows(2).zip(separators).all(|(pair, separator)| match pair {
            [one, other] => &self.text[one.end..other.start] == separator,
            _ => false,
        });
        is_joined.then(|| (words[0].start, words[N].end))
    }

    /// The lengths of this word and the next two.
    pub(super) fn lengths_from(&self, first: usize) -> [usize; 3] {
        [0, 1, 2].map(|next| self.words.get(first + next).map_or(0, ExactSizeIterator::len))
    }
}

/// The length of an escape at the beginning: `%2F`, `$252F`, `\n`, `\u00e9`; 0 if there is none.
fn escape(bytes: &[u8]) -> usize {
    let is_hex = |from: usize, count: usize| {
        bytes.get(from..from + count).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    match bytes {
        [b'%' | b'$', b'2', b'5', ..] if is_hex(3, 2) => 5,
        [b'%' | b'$', ..] if is_hex(1, 2) => 3,
        [b'\\', b'u', ..] if is_hex(2, 4) => 6,
        [b'\\', b'n' | b'r' | b't' | b'b' | b'f', ..] => 2,
        _ => 0,
    }
}

/// Whether the 12 digits from `start` on are the end of a UUID.
pub(super) fn is_uuid_end(text: &str, start: usize) -> bool {
    const FORM: [usize; 4] = [8, 4, 4, 4];
    let Some(before) = start.checked_sub(FORM.iter().sum::<usize>() + FORM.len()) else { return false };
    let Some(before) = text.get(before..start).and_then(|before| before.strip_suffix('-')) else { return false };
    let is_part =
        |(part, length): (&str, usize)| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    before.split('-').count() == FORM.len() && before.split('-').zip(FORM).all(is_part)
}

/// The ranges that may be IPv6 addresses.
pub(super) fn ipv6(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.';
    let (mut found, mut at) = (Vec::new(), 0);
    if !text.contains(':') {
        return found;
    }
    while at < bytes.len() {
        let length = bytes[at..].iter().position(|byte| !is_part(*byte)).unwrap_or(bytes.len() - at);
        let end = at + length;
        // A period at the end of a sentence is not part of the address, and neither is what follows a `/`.
        let trimmed = text[at..end].trim_end_matches('.');
        let stands = !text[..at].ends_with(char::is_alphanumeric) && !text[end..].starts_with(char::is_alphanumeric);
        if stands && trimmed.bytes().filter(|byte| *byte == b':').count() > 1 {
            found.push((at, at + trimmed.len()));
        }
        at = end + 1;
        while at < bytes.len() && !text.is_char_boundary(at) {
            at += 1;
        }
    }
    found
}

/// The ranges of email addresses.
pub(super) fn emails(text: &str) -> Vec<(usize, usize)> {
    let is_local = |c: char| c.is_alphanumeric() || "._+-".contains(c);
    let is_domain = |c: char| c.is_alphanumeric() || ".-".contains(c);
    let ends = |(at, sign): (usize, &str)| {
        let start = text[..at]
            .rfind(|c| !is_local(c))
            .map_or(0, |place| place + text[place..].chars().next().map_or(1, char::len_utf8));
        let after = at + sign.len();
        let domain =
            text[after..].find(|c| !is_domain(c)).map_or(&text[after..], |length| &text[after..after + length]);
        let domain = domain.trim_end_matches(['.', '-']);
        (start < at && domain.contains('.')).then(|| (start, after + domain.len()))
    };
    // As written, and percent-encoded once or twice.
    ["@", "%40", "%2540"].into_iter().flat_map(|sign| text.match_indices(sign).filter_map(ends)).collect()
}
