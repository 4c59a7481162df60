//! Keeps a spreadsheet from running a post as a formula, and takes the guard off again.

use std::borrow::Cow;

/// What a spreadsheet takes for the start of a formula (OWASP's list, with the wide forms that some
/// programs treat alike).
const STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// The cell as it is written: an apostrophe in front where a spreadsheet would run it.
pub(super) fn guarded(cell: &str) -> Cow<'_, str> {
    let mut chars = cell.chars();
    let (first, second) = (chars.next(), chars.next());
    let runs = first.is_some_and(|c| STARTS.contains(&c));
    if runs || (first == Some('\'') && second.is_some_and(is_guarded)) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The cell as it was before it was guarded.
pub(super) fn bare(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.chars().next().is_some_and(is_guarded) => rest,
        _ => cell,
    }
}

fn is_guarded(second: char) -> bool {
    second == '\'' || STARTS.contains(&second)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_guarded_and_words_are_not() {
        assert_eq!(guarded("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(guarded("@ana"), "'@ana");
        assert_eq!(guarded("'Tis the season"), "'Tis the season");
        assert_eq!(bare("'Tis the season"), "'Tis the season");
        assert_eq!(bare("'-5"), "-5");
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "['=+@\\-\t]{0,4}.{0,5}") {
            let written = guarded(&text);
            prop_assert_eq!(bare(&written), text.as_str());
            prop_assert!(!written.starts_with(STARTS));
        }
    }
}
