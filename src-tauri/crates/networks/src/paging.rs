//! Lists of an account's own posts that are read back page by page, newest first. Absence is proven only
//! when everything since a moment was seen: a list may hold more newer posts than stand on its first page,
//! above all after a backup was put back.

use serde_json::Value;

/// Where a list goes on.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    First,
    At(String),
    /// Nothing that matters comes after what was seen.
    End,
}

/// What was read of a list so far.
#[derive(Debug)]
pub struct ReadBack {
    entries: Vec<Value>,
    next: Next,
    pages_left: usize,
}

impl ReadBack {
    /// A list of which nothing was read, and at most so many pages will be.
    #[must_use]
    pub const fn of(pages: usize) -> Self {
        Self {
            entries: vec![],
            next: Next::First,
            pages_left: pages,
        }
    }

    /// Where the page that is read next begins, empty for the first one. None when everything was seen, or
    /// when there is too much to see.
    #[must_use]
    pub fn goes_on_at(&self) -> Option<String> {
        match &self.next {
            _ if self.pages_left == 0 => None,
            Next::First => Some(String::new()),
            Next::At(place) => Some(place.clone()),
            Next::End => None,
        }
    }

    /// Takes in a page. `next` is where another one begins. `too_old` is asked about the last entry of the
    /// page: what comes after one that is too old is older still. The last and not any, since some lists
    /// put chosen posts first.
    pub fn take(
        &mut self,
        page: Vec<Value>,
        next: Option<String>,
        too_old: impl FnOnce(&Value) -> bool,
    ) {
        self.pages_left = self.pages_left.saturating_sub(1);
        let reached = page.last().is_some_and(too_old);
        self.next = match next.filter(|place| !place.is_empty() && !reached) {
            Some(place) => Next::At(place),
            None => Next::End,
        };
        self.entries.extend(page);
    }

    /// Every entry so far, newest first.
    #[must_use]
    pub fn entries(&self) -> &[Value] {
        &self.entries
    }

    /// Whether everything that matters was seen, so that what is not among the entries is not there.
    #[must_use]
    pub fn saw_all(&self) -> bool {
        self.next == Next::End
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page(entries: &[i64]) -> Vec<Value> {
        entries.iter().map(|&n| json!(n)).collect()
    }

    fn before_ten(entry: &Value) -> bool {
        entry.as_i64().is_some_and(|n| n < 10)
    }

    #[test]
    fn it_goes_on_until_the_last_entry_of_a_page_is_too_old() {
        let mut list = ReadBack::of(5);
        assert_eq!(list.goes_on_at().as_deref(), Some(""));
        assert!(!list.saw_all());
        // An old one that is pinned to the top ends nothing.
        list.take(page(&[1, 30, 20]), Some("b".to_owned()), before_ten);
        assert_eq!(list.goes_on_at().as_deref(), Some("b"));
        assert!(!list.saw_all());
        list.take(page(&[15, 9]), Some("c".to_owned()), before_ten);
        assert_eq!(list.goes_on_at(), None);
        assert!(list.saw_all());
        assert_eq!(list.entries().len(), 5);
    }

    #[test]
    fn a_list_that_ends_was_seen_whole_and_an_empty_page_does_not_end_it() {
        let mut list = ReadBack::of(5);
        list.take(vec![], Some("b".to_owned()), before_ten);
        assert_eq!(list.goes_on_at().as_deref(), Some("b"));
        list.take(page(&[11]), None, before_ten);
        assert!(list.saw_all());
    }

    #[test]
    fn too_many_pages_are_not_read_and_prove_nothing() {
        let mut list = ReadBack::of(2);
        for place in ["b", "c"] {
            assert!(list.goes_on_at().is_some());
            list.take(page(&[11]), Some(place.to_owned()), before_ten);
        }
        assert_eq!(list.goes_on_at(), None);
        assert!(!list.saw_all());
    }

    #[test]
    fn a_last_page_that_is_the_last_one_allowed_was_seen() {
        let mut list = ReadBack::of(1);
        list.take(page(&[11]), None, before_ten);
        assert!(list.saw_all());
    }
}
