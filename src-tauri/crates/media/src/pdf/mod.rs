//! How many pages a PDF has, and whether it is locked, by a library that reads how such a file is built and nothing
//! else: nothing is drawn, run or followed out of it. What is packed in a file it unpacks whole, and an object that
//! is needed to read another one it reads first, however many there are: so it works in a process of its own.

mod packed;
mod places;
#[cfg(test)]
pub(crate) mod samples;
mod telling;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Duration;

use hayro_syntax::{LoadPdfError, Pdf, PdfData};
use model::document::DocumentFacts;

use crate::apart::{self, Question};
use crate::bound::{self, Memory};
use crate::decode;
use crate::error::MediaError;

/// Largest document that is looked into, in bytes. Networks that count pages take smaller ones.
const LARGEST: u64 = 128 * 1024 * 1024;
/// Most memory for looking into one, in bytes: the file itself, and its index and pages.
const MEMORY: u64 = 384 * 1024 * 1024;
/// More than what is found takes when it is written, in bytes.
const MOST_ANSWER: u64 = 256;
/// A password that no document has.
const NO_PASSWORD: &str = "\u{1}\u{2}\u{3}no password\u{4}";

/// Asks what is inside a PDF.
pub(crate) const PAGES: Question = Question {
    argument: "--count-pages",
    largest: LARGEST,
    memory: MEMORY,
    // Where the system does not bound the memory, this does.
    time: Duration::from_secs(20),
    answer: |bytes, to| serde_json::to_writer(to, &found(bytes)).map_err(|e| e.to_string()),
};

/// Looks into a PDF on disk, off the caller's thread and within a bound of time.
pub async fn look_at_document(path: PathBuf, name: String) -> Result<DocumentFacts, MediaError> {
    bound::run(name.clone(), move || {
        Ok(look(&name, decode::open(&path, &name)?))
    })
    .await
}

/// Looks into a PDF. What cannot be read is not known then, which stops nothing.
pub(crate) fn look(name: &str, file: File) -> DocumentFacts {
    looked(name, file).unwrap_or_else(|error| {
        let detail = error.detail().unwrap_or_default();
        tracing::warn!(%error, detail, "a document could not be looked into");
        DocumentFacts::default()
    })
}

fn looked(name: &str, file: File) -> Result<DocumentFacts, MediaError> {
    let wrong = |e| MediaError::io(name, e);
    let length = file.metadata().map_err(wrong)?.len();
    if length > LARGEST {
        return Ok(DocumentFacts::default());
    }
    let _memory = Memory::take(length + MEMORY);
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes).map_err(wrong)?;
    let Some(program) = apart::program() else {
        return Ok(found_here(bytes));
    };
    let answer = PAGES.asked(program, name, &bytes, MOST_ANSWER)?;
    let facts = answer.and_then(|answer| serde_json::from_slice(&answer).ok());
    Ok(facts.unwrap_or_default())
}

/// The same in this process, for programs that cannot be called: those of tests.
pub(crate) fn found_here(bytes: Vec<u8>) -> DocumentFacts {
    catch_unwind(AssertUnwindSafe(|| found(bytes))).unwrap_or_else(|_| {
        tracing::warn!("a document made its reader fail");
        DocumentFacts::default()
    })
}

fn found(bytes: Vec<u8>) -> DocumentFacts {
    let data = PdfData::from(bytes);
    // The library tells what is encrypted only by a password that does not fit.
    match Pdf::new_with_password(data.clone(), NO_PASSWORD) {
        Ok(pdf) => DocumentFacts {
            pages: pages(&pdf),
            locked: false,
        },
        Err(LoadPdfError::Decryption(_)) => DocumentFacts {
            pages: Pdf::new(data).ok().and_then(|pdf| pages(&pdf)),
            locked: true,
        },
        Err(LoadPdfError::Invalid) => DocumentFacts::default(),
    }
}

/// A document without any is damaged.
fn pages(pdf: &Pdf) -> Option<u32> {
    u32::try_from(pdf.pages().len()).ok().filter(|n| *n > 0)
}
