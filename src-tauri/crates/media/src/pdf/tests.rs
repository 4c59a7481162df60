use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::*;

/// A document of so many pages whose index is text, with something more in what stands behind it.
fn plain(pages: u32, more: &str) -> Vec<u8> {
    let objects = [
        "1 0 obj\n<< /Type /Catalog /Lang (a \\) b) /Pages 2 0 R >>\nendobj\n".to_owned(),
        format!("2 0 obj % the tree\n<</Kids[3 0 R]/Count {pages}/Type/Pages>>\nendobj\n"),
        "3 0 obj\n<< /Type /Page /MediaBox [0 0 612.5 792] >>\nendobj\n".to_owned(),
    ];
    let mut out = "%PDF-1.4\n".to_owned();
    let mut entries = "0000000000 65535 f \n".to_owned();
    for object in &objects {
        writeln!(entries, "{:010} 00000 n ", out.len()).unwrap();
        out += object;
    }
    let at = out.len();
    write!(
        out,
        "xref\n0 4\n{entries}trailer\n<< /Size 4 /Root 1 0 R {more} >>\nstartxref\n{at}\n%%EOF\n"
    )
    .unwrap();
    out.into_bytes()
}

/// The same saved once more with other pages: only what changed is written behind it.
fn saved_again(before: &[u8], pages: u32) -> Vec<u8> {
    let mut out = String::from_utf8(before.to_vec()).unwrap();
    let prev = out.rfind("xref\n0 4").unwrap();
    let object = out.len();
    write!(out, "2 0 obj\n<< /Count 9 0 R >>\nendobj\n").unwrap();
    let count = out.len();
    write!(out, "9 0 obj\n{pages}\nendobj\n").unwrap();
    let at = out.len();
    write!(
        out,
        "xref\n2 1\n{object:010} 00000 n \n9 1\n{count:010} 00000 n \ntrailer\n\
         << /Root 1 0 R /Prev {prev} >>\nstartxref\n{at}\n%%EOF\n"
    )
    .unwrap();
    out.into_bytes()
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A document whose objects and index are packed, as newer programs write them.
fn packed(pages: u32, more: &str) -> Vec<u8> {
    let first = "<< /Type /Catalog /Pages 2 0 R >>";
    let second = format!("<< /Type /Pages /Count {pages} >>");
    let head = format!("1 0 2 {} ", first.len() + 1);
    let held = zipped(format!("{head}{first} {second}").as_bytes());
    let mut out = b"%PDF-1.5\n".to_vec();
    let holder = out.len() as u16;
    let about = format!(
        "4 0 obj\n<< /Type /ObjStm /N 2 /First {} /Filter /FlateDecode /Length {} >>\nstream\r\n",
        head.len(),
        held.len()
    );
    out.extend(about.bytes());
    out.extend(held);
    out.extend(b"\nendstream\nendobj\n");
    let at = out.len();
    // One byte for the sort, two for the place, one for the number in it; each row less the one above.
    let [high, low] = holder.to_be_bytes();
    let rows = [
        [0, 0, 0, 0],
        [2, 0, 4, 0],
        [2, 0, 4, 1],
        [0, 0, 0, 0],
        [1, high, low, 0],
    ];
    let mut above = [0_u8; 4];
    let mut entries = Vec::new();
    for row in rows {
        entries.push(2);
        entries.extend(row.iter().zip(above).map(|(is, up)| is.wrapping_sub(up)));
        above = row;
    }
    let entries = zipped(&entries);
    let about = format!(
        "5 0 obj\n<< /Type /XRef /W [1 2 1] /Size 5 /Root 1 0 R /Filter [/FlateDecode]\n\
         /DecodeParms [<< /Predictor 12 /Columns 4 >>] /Length {} {more} >>\nstream\n",
        entries.len()
    );
    out.extend(about.bytes());
    out.extend(entries);
    out.extend(format!("\nendstream\nendobj\nstartxref\n{at}\n%%EOF").bytes());
    out
}

fn found(bytes: &[u8]) -> (Option<u32>, bool) {
    let document = look(Cursor::new(bytes));
    (document.pages, document.locked)
}

#[test]
fn pages_are_counted_in_every_way_of_writing_them() {
    assert_eq!(found(&plain(12, "")), (Some(12), false));
    assert_eq!(found(&saved_again(&plain(12, ""), 300)), (Some(300), false));
    assert_eq!(found(&packed(301, "")), (Some(301), false));
}

#[test]
fn what_is_locked_is_told_apart_from_what_cannot_be_read() {
    let encrypted = "/Encrypt << /Filter /Standard /V 2 >>";
    // Its numbers are readable, those that are packed with other data are not.
    assert_eq!(found(&plain(12, encrypted)), (Some(12), true));
    assert_eq!(found(&packed(12, encrypted)), (None, true));
    assert_eq!(found(b"%PDF-1.7\nwords"), (None, false));
    assert_eq!(found(b""), (None, false));
}

#[test]
fn what_is_said_to_be_enormous_or_leads_in_circles_ends() {
    assert_eq!(found(&plain(4_000_000_000, "")).0, None);
    // An index that says it comes after itself.
    let circle = String::from_utf8(plain(3, "/Prev 9")).unwrap();
    let own = circle.rfind("xref\n0 4").unwrap();
    let circle = circle.replace("/Prev 9", &format!("/Prev {own}"));
    assert_eq!(found(circle.as_bytes()).0, Some(3));
    // Deeper than anything is.
    let deep = plain(3, &format!("/X {}", "[".repeat(100_000)));
    assert_eq!(found(&deep).0, None);
    // More than there is room for.
    let mut large = Pdf::of(Cursor::new(packed(3, ""))).unwrap();
    large.room = 60;
    assert_eq!(large.pages(), None);
}

#[test]
fn nothing_falls_over_spoilt_files() {
    for whole in [plain(12, ""), packed(12, "")] {
        for at in 0..whole.len() {
            for byte in [0, b'9', b'(', whole[at] ^ 0x10] {
                let mut spoilt = whole.clone();
                spoilt[at] = byte;
                let pages = Pdf::of(Cursor::new(spoilt)).and_then(|mut pdf| pdf.pages());
                assert!(pages.is_none_or(|n| n <= MOST_PAGES));
            }
            let cut = Pdf::of(Cursor::new(&whole[..at])).and_then(|mut pdf| pdf.pages());
            assert!(cut.is_none_or(|n| n <= 12));
        }
    }
}
