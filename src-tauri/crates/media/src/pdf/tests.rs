use super::samples::{encrypted, packed, plain, saved_again};
use super::*;

fn facts(bytes: &[u8]) -> (Option<u32>, bool) {
    let document = found_here(bytes.to_vec());
    (document.pages, document.locked)
}

#[test]
fn pages_are_counted_in_every_way_of_writing_them() {
    assert_eq!(facts(&plain(12, "")), (Some(12), false));
    assert_eq!(facts(&saved_again(&plain(12, ""), 12)), (Some(13), false));
    assert_eq!(facts(&packed(301, "")), (Some(301), false));
}

#[test]
fn what_is_locked_is_told_apart_from_what_cannot_be_read() {
    // Anybody may read it, and not everybody change it.
    assert_eq!(facts(&plain(12, &encrypted(false))), (Some(12), true));
    assert_eq!(facts(&plain(12, &encrypted(true))), (None, true));
    assert_eq!(facts(&packed(12, &encrypted(true))), (None, true));
    let unknown = "/Encrypt << /Filter /Odd /V 9 >>";
    assert_eq!(facts(&plain(12, unknown)), (None, true));
    assert_eq!(facts(b"%PDF-1.7\nwords"), (None, false));
    assert_eq!(facts(b""), (None, false));
}

#[test]
fn pages_are_those_that_are_there_whatever_the_file_says() {
    let says = String::from_utf8(plain(3, "")).unwrap();
    let more = says.replace("/Count 3", "/Count 9");
    assert_eq!(facts(more.as_bytes()).0, Some(3));
    assert_eq!(facts(&plain(0, "")).0, None);
    // An index that says it comes after itself, and one that is cut off.
    let circle = String::from_utf8(plain(3, "/Prev 9")).unwrap();
    let own = circle.rfind("xref\n0 ").unwrap();
    let circle = circle.replace("/Prev 9", &format!("/Prev {own}"));
    assert_eq!(facts(circle.as_bytes()).0, Some(3));
    assert_eq!(facts(&circle.as_bytes()[..own]).0, Some(3));
    // Deeper than anything is.
    let deep = plain(3, &format!("/X {}", "[".repeat(100_000)));
    assert!(matches!(facts(&deep).0, None | Some(3)));
}

#[test]
fn a_file_is_looked_into_unless_it_is_too_large() {
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, &plain(2, "")).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    assert_eq!(look("a.pdf", file.try_clone().unwrap()).pages, Some(2));
    std::io::Seek::rewind(&mut file).unwrap();
    file.set_len(LARGEST + 1).unwrap();
    assert_eq!(look("a.pdf", file), DocumentFacts::default());
}

#[test]
fn what_the_process_answers_is_what_is_found() {
    for bytes in [plain(2, ""), plain(2, &encrypted(true)), Vec::new()] {
        let mut out = Vec::new();
        PAGES.answered(bytes.as_slice(), &mut out).unwrap();
        assert!(out.len() as u64 <= MOST_ANSWER);
        let told: DocumentFacts = serde_json::from_slice(&out).unwrap();
        assert_eq!(told, found_here(bytes));
    }
}

#[test]
fn nothing_falls_over_spoilt_files() {
    for whole in [plain(2, ""), packed(2, "")] {
        for at in 0..whole.len() {
            for byte in [0, b'9', b'(', whole[at] ^ 0x10] {
                let mut spoilt = whole.clone();
                spoilt[at] = byte;
                // No more pages than there are objects.
                assert!(facts(&spoilt).0.is_none_or(|n| n <= 6));
            }
            assert!(facts(&whole[..at]).0.is_none_or(|n| n <= 6));
        }
    }
}
