//! Rules about documents.

use model::error::Fix;

use super::{Found, grouped};
use crate::connector::MediaFacts;

/// How many pages a document may have, of the file at this place: its part of the post, and which of its files.
pub(super) fn pages(
    network: &str,
    most: u32,
    facts: &MediaFacts,
    (segment, index): (usize, u32),
    found: &mut Found,
) {
    // While nobody looked into it nothing is said.
    let Some(document) = facts.document else {
        return;
    };
    let fixes = vec![Fix::RemoveMedia { index }, Fix::Tailor];
    let most_words = grouped(most.into());
    match document.pages {
        Some(pages) if pages > most => {
            let message = format!(
                "{network} takes documents of up to {most_words} pages; this one has {}.",
                grouped(pages.into())
            );
            found.error("too_many_pages", Some(segment), message, fixes);
        }
        _ if document.locked => {
            let message = format!(
                "This document is locked with a password or against changes, and {network} may not show it. Save a copy without that."
            );
            found.warning("document_locked", Some(segment), message, fixes);
        }
        None => {
            let message = format!(
                "The pages of this document cannot be counted, so it may be damaged; {network} takes up to {most_words}. Open it and save it anew."
            );
            found.warning("document_unreadable", Some(segment), message, fixes);
        }
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use model::AccountId;
    use model::document::DocumentFacts;
    use model::error::Severity;

    use super::*;

    #[test]
    fn a_document_is_told_by_its_pages_and_whether_it_can_be_read() {
        let told = |document: Option<DocumentFacts>| {
            let facts = MediaFacts {
                document,
                ..MediaFacts::of_file(&"a".repeat(64).parse().unwrap(), "application/pdf")
            };
            let mut found = Found::new(AccountId(uuid::Uuid::nil()));
            pages("LinkedIn", 300, &facts, (0, 0), &mut found);
            let found = found.into_problems().into_iter();
            let told = found.map(|p| (p.rule, p.severity, p.message)).next();
            told.map(|(rule, severity, message)| (rule, severity == Severity::Error, message))
        };
        let of = |pages: Option<u32>, locked: bool| told(Some(DocumentFacts { pages, locked }));
        assert_eq!(told(None), None);
        assert_eq!(of(Some(300), false), None);
        let (rule, stops, words) = of(Some(1_301), false).unwrap();
        assert!(stops && rule == "too_many_pages", "{rule}");
        assert!(
            words.contains("up to 300 pages; this one has 1,301"),
            "{words}"
        );
        for (locked, name) in [(true, "document_locked"), (false, "document_unreadable")] {
            let (rule, stops, _) = of(None, locked).unwrap();
            assert!(!stops && rule == name, "{rule}");
        }
    }
}
