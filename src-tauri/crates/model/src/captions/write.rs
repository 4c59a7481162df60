//! Writing captions as the files that networks take.

use std::fmt::Write as _;

use super::Captions;

impl Captions {
    /// As `WebVTT`.
    #[must_use]
    pub fn as_vtt(&self) -> String {
        let mut out = "WEBVTT\n".to_owned();
        for cue in &self.cues {
            let text = cue.text.replace('&', "&amp;");
            let text = text.replace('<', "&lt;").replace('>', "&gt;");
            let (from, to) = (clock(cue.from_ms, '.'), clock(cue.to_ms, '.'));
            // Writing to a text cannot fail.
            let _ = write!(out, "\n{from} --> {to}\n{text}\n");
        }
        out
    }

    /// As `SubRip`, which has no way to write its arrow as text.
    #[must_use]
    pub fn as_srt(&self) -> String {
        let mut out = String::new();
        for (n, cue) in self.cues.iter().enumerate() {
            let text = cue.text.replace("-->", "\u{2192}");
            let (from, to) = (clock(cue.from_ms, ','), clock(cue.to_ms, ','));
            let _ = write!(out, "{}\n{from} --> {to}\n{text}\n\n", n + 1);
        }
        out
    }
}

/// `01:02:03.450`.
fn clock(ms: u32, point: char) -> String {
    let (seconds, ms) = (ms / 1_000, ms % 1_000);
    let (minutes, s) = (seconds / 60, seconds % 60);
    let (h, m) = (minutes / 60, minutes % 60);
    format!("{h:02}:{m:02}:{s:02}{point}{ms:03}")
}

#[cfg(test)]
mod tests {
    use super::super::Cue;
    use super::*;

    #[test]
    fn both_files_look_as_players_want_them() {
        let captions = Captions {
            language: "en".to_owned(),
            cues: vec![Cue {
                from_ms: 3_723_450,
                to_ms: 3_724_000,
                text: "a --> b\n<c>".to_owned(),
            }],
        };
        assert_eq!(
            captions.as_vtt(),
            "WEBVTT\n\n01:02:03.450 --> 01:02:04.000\na --&gt; b\n&lt;c&gt;\n"
        );
        assert_eq!(
            captions.as_srt(),
            "1\n01:02:03,450 --> 01:02:04,000\na \u{2192} b\n<c>\n\n"
        );
    }
}
