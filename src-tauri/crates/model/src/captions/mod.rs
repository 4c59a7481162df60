//! Captions of a video: what is said in it, when, and in which language. Read from the files people have
//! (`SubRip` and `WebVTT`), written as the file a network takes.

mod read;
mod write;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::edit::film::{Film, MAX_MS};

pub use read::read;

/// Most captions of one language.
pub const MAX_CUES: usize = 5_000;
/// Most text of one language, in UTF-8 bytes: some three hours of talk. They travel with the post.
pub const MAX_BYTES: usize = 150_000;
/// Most languages of one video.
pub const MAX_LANGUAGES: usize = 10;

/// What is shown for a while.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cue {
    /// When it appears, in milliseconds of the original video.
    pub from_ms: u32,
    /// When it goes.
    pub to_ms: u32,
    /// Plain text of one or more lines, none of them empty.
    pub text: String,
}

/// The captions of one language.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Captions {
    /// Which, as BCP 47 names it: `en`, `pt-BR`.
    pub language: String,
    /// In order of time.
    pub cues: Vec<Cue>,
}

/// Why something is no captions of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CaptionsError {
    /// Nothing in it is shown at any time.
    #[error("There are no captions in this file. Choose a file that ends in .srt or .vtt.")]
    Nothing,
    /// A line with times that are none.
    #[error(
        "Line {0} of the captions has no proper times. Times look like 00:01:02,500 --> 00:01:05,000, and the end comes after the beginning."
    )]
    Times(usize),
    /// Too many, or too much text.
    #[error(
        "Captions have at most {MAX_CUES} entries and 150,000 bytes of text. Shorten the video or its captions."
    )]
    TooMuch,
    /// Not the name of a language.
    #[error("The language of captions is named by its code, such as en or pt-BR.")]
    Language,
    /// Captions in no order, without text, or outside any video.
    #[error("The captions of a video are not in order. Add their file again.")]
    Disorder,
    /// One language twice, or too many.
    #[error("A video has at most {MAX_LANGUAGES} languages of captions, each once.")]
    Languages,
}

impl Captions {
    /// Whether they are what the program itself would have read.
    pub fn check(&self) -> Result<(), CaptionsError> {
        if !is_language(&self.language) {
            return Err(CaptionsError::Language);
        }
        check_cues(&self.cues)
    }

    /// As they belong to what stays of a video: cut to it, with times that count from where it begins.
    #[must_use]
    pub fn within(&self, film: &Film) -> Self {
        let end = film.to_ms.unwrap_or(MAX_MS);
        let cue = |cue: &Cue| {
            let (from, to) = (cue.from_ms.max(film.from_ms), cue.to_ms.min(end));
            (from < to).then(|| Cue {
                from_ms: from - film.from_ms,
                to_ms: to - film.from_ms,
                text: cue.text.clone(),
            })
        };
        Self {
            language: self.language.clone(),
            cues: self.cues.iter().filter_map(cue).collect(),
        }
    }

    /// The language alone, without its country or script, in small letters.
    #[must_use]
    pub fn primary(&self) -> String {
        let first = self.language.split('-').next().unwrap_or_default();
        first.to_ascii_lowercase()
    }
}

/// Whether captions are in order and within bounds.
fn check_cues(cues: &[Cue]) -> Result<(), CaptionsError> {
    if cues.is_empty() {
        return Err(CaptionsError::Nothing);
    }
    let bytes: usize = cues.iter().map(|cue| cue.text.len()).sum();
    if cues.len() > MAX_CUES || bytes > MAX_BYTES {
        return Err(CaptionsError::TooMuch);
    }
    let good = |cue: &Cue| {
        let text = !cue.text.contains(['\r', '\0'])
            && cue.text.split('\n').all(|line| !line.trim().is_empty());
        cue.from_ms < cue.to_ms && cue.to_ms <= MAX_MS && text
    };
    let ordered = cues.is_sorted_by_key(|cue| cue.from_ms);
    if ordered && cues.iter().all(good) {
        Ok(())
    } else {
        Err(CaptionsError::Disorder)
    }
}

/// The form of a BCP 47 tag: a language of two or three letters, then subtags of up to eight letters and
/// digits.
#[must_use]
pub fn is_language(code: &str) -> bool {
    let mut tags = code.split('-');
    let first = tags.next().unwrap_or_default();
    let language =
        (first.len() == 2 || first.len() == 3) && first.bytes().all(|b| b.is_ascii_alphabetic());
    let sub = |t: &str| (1..=8).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_alphanumeric());
    language && code.len() <= 35 && tags.all(sub)
}

/// The language that a file's name tells, as in `talk.pt-BR.srt`; none when it tells none.
#[must_use]
pub fn language_of_name(name: &str) -> Option<String> {
    let (stem, _) = name.rsplit_once('.')?;
    let (_, last) = stem.rsplit_once(['.', '_'])?;
    is_language(last).then(|| last.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(from_ms: u32, to_ms: u32, text: &str) -> Cue {
        Cue {
            from_ms,
            to_ms,
            text: text.to_owned(),
        }
    }

    fn english(cues: Vec<Cue>) -> Captions {
        Captions {
            language: "en".to_owned(),
            cues,
        }
    }

    #[test]
    fn a_cut_takes_captions_along() {
        let all = english(vec![
            cue(0, 1_000, "before"),
            cue(1_500, 3_000, "across"),
            cue(3_000, 4_000, "inside"),
            cue(9_000, 9_500, "after"),
        ]);
        let film = Film {
            from_ms: 2_000,
            to_ms: Some(3_500),
            ..Film::default()
        };
        let left = all.within(&film).cues;
        assert_eq!(left, [cue(0, 1_000, "across"), cue(1_000, 1_500, "inside")]);
        assert_eq!(all.within(&Film::default()), all);
    }

    #[test]
    fn what_nobody_could_have_read_is_refused() {
        assert_eq!(english(vec![cue(0, 9, "a")]).check(), Ok(()));
        for odd in [
            vec![cue(5, 5, "a")],
            vec![cue(0, 9, " ")],
            vec![cue(0, 9, "a\n\nb")],
            vec![cue(9, 10, "b"), cue(0, 9, "a")],
            vec![cue(0, MAX_MS + 1, "a")],
        ] {
            assert_eq!(english(odd).check(), Err(CaptionsError::Disorder));
        }
        let many = vec![cue(0, 9, "a"); MAX_CUES + 1];
        assert_eq!(english(many).check(), Err(CaptionsError::TooMuch));
        let long = "a".repeat(MAX_BYTES + 1);
        assert_eq!(
            english(vec![cue(0, 9, &long)]).check(),
            Err(CaptionsError::TooMuch)
        );
        let mut unnamed = english(vec![cue(0, 9, "a")]);
        unnamed.language = "english".to_owned();
        assert_eq!(unnamed.check(), Err(CaptionsError::Language));
    }

    #[test]
    fn names_of_files_tell_languages() {
        let named = |name: &str| language_of_name(name);
        assert_eq!(named("talk.pt-BR.srt").as_deref(), Some("pt-BR"));
        assert_eq!(named("talk_de.vtt").as_deref(), Some("de"));
        assert_eq!(named("talk.vtt"), None);
        assert_eq!(named("My holiday.final.srt"), None);
    }
}
