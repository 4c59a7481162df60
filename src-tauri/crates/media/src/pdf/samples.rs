//! Documents for the tests, written here so that no binary file has to be trusted.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// The objects of a document of so many pages, the first one with the number one.
fn objects(pages: usize) -> Vec<String> {
    let kids: Vec<String> = (3..3 + pages).map(|n| format!("{n} 0 R")).collect();
    let kids = kids.join(" ");
    let mut objects = vec![
        "<< /Type /Catalog /Lang (a \\) b) /Pages 2 0 R >>".to_owned(),
        format!("<</Kids[{kids}]/Count {pages}/Type/Pages>>"),
    ];
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612.5 792] >>";
    objects.resize(2 + pages, page.to_owned());
    objects
}

/// A document of so many pages whose index is text, with something more in what stands behind it.
pub fn plain(pages: usize, more: &str) -> Vec<u8> {
    let objects = objects(pages);
    let mut out = "%PDF-1.4\n".to_owned();
    let mut entries = "0000000000 65535 f \n".to_owned();
    for (n, object) in objects.iter().enumerate() {
        writeln!(entries, "{:010} 00000 n ", out.len()).unwrap();
        writeln!(out, "{} 0 obj % one\n{object}\nendobj", n + 1).unwrap();
    }
    let (at, size) = (out.len(), objects.len() + 1);
    write!(
        out,
        "xref\n0 {size}\n{entries}trailer\n<< /Size {size} /Root 1 0 R {more} >>\n\
         startxref\n{at}\n%%EOF\n"
    )
    .unwrap();
    out.into_bytes()
}

/// The same saved once more with one page at the end: only what changed is written behind it.
pub fn saved_again(before: &[u8], pages: usize) -> Vec<u8> {
    let mut out = String::from_utf8(before.to_vec()).unwrap();
    let prev = out.rfind("xref\n0 ").unwrap();
    let objects = objects(pages + 1);
    let last = pages + 3;
    let tree = out.len();
    writeln!(out, "2 0 obj\n{}\nendobj", objects[1]).unwrap();
    let page = out.len();
    writeln!(out, "{last} 0 obj\n{}\nendobj", objects[2]).unwrap();
    let at = out.len();
    write!(
        out,
        "xref\n2 1\n{tree:010} 00000 n \n{last} 1\n{page:010} 00000 n \ntrailer\n\
         << /Size {} /Root 1 0 R /Prev {prev} >>\nstartxref\n{at}\n%%EOF\n",
        last + 1
    )
    .unwrap();
    out.into_bytes()
}

/// Packed as streams of documents are.
pub fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A document whose objects and index are packed, as newer programs write them.
pub fn packed(pages: usize, more: &str) -> Vec<u8> {
    let objects = objects(pages);
    let (mut places, mut held) = (String::new(), String::new());
    for (n, object) in objects.iter().enumerate() {
        write!(places, "{} {} ", n + 1, held.len()).unwrap();
        held += object;
        held.push(' ');
    }
    let first = places.len();
    let data = zipped((places + &held).as_bytes());
    let (many, holder) = (objects.len(), objects.len() + 1);
    let mut out = b"%PDF-1.5\n".to_vec();
    let begins = out.len() as u16;
    write!(
        out,
        "{holder} 0 obj\n<< /Type /ObjStm /N {many} /First {first} /Filter /FlateDecode /Length {} >>\nstream\r\n",
        data.len()
    )
    .unwrap();
    out.extend(data);
    out.extend(b"\nendstream\nendobj\n");
    let at = out.len();
    // One byte for the sort, two for the place, two for the number in it; each row less the one above.
    let row = |sort: u8, place: u16, nth: u16| {
        let ([a, b], [c, d]) = (place.to_be_bytes(), nth.to_be_bytes());
        [sort, a, b, c, d]
    };
    let mut rows = vec![row(0, 0, 0)];
    rows.extend((0..many as u16).map(|nth| row(2, holder as u16, nth)));
    rows.push(row(1, begins, 0));
    let mut above = [0_u8; 5];
    let mut entries = Vec::new();
    for row in rows {
        entries.push(2);
        entries.extend(row.iter().zip(above).map(|(is, up)| is.wrapping_sub(up)));
        above = row;
    }
    let entries = zipped(&entries);
    write!(
        out,
        "{} 0 obj\n<< /Type /XRef /W [1 2 2] /Size {} /Root 1 0 R /Filter [/FlateDecode]\n\
         /DecodeParms [<< /Predictor 12 /Columns 5 >>] /Length {} {more} >>\nstream\n",
        holder + 1,
        holder + 1,
        entries.len()
    )
    .unwrap();
    out.extend(entries);
    write!(out, "\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n").unwrap();
    out
}

/// What stands in a document that is encrypted (ISO 32000-1, 7.6.3: revision 2), whose password is nothing or
/// `secret`.
pub fn encrypted(password: bool) -> String {
    let user = if password {
        "51151e9c98aabbbe9e003c2fab394adb1a359279ac3ecd17473cd6c23440ba15"
    } else {
        "bc7ea4a73354d559ad76c6fa7bf9cc69d8f78fd5ad5bee17a4717dd850986b7b"
    };
    let owner = "41".repeat(32);
    format!(
        "/ID [<42> <42>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{owner}> /U <{user}> >>"
    )
}
