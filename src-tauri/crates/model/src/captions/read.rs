//! Reading `SubRip` (.srt) and `WebVTT` (.vtt) as people have them. Of looks and places only the words stay,
//! and who says them.

use super::{CaptionsError, Cue, MAX_CUES, check_cues};

/// What stands between the two times of both formats.
const ARROW: &str = "-->";

/// The captions in a text, in order of time.
pub fn read(text: &str) -> Result<Vec<Cue>, CaptionsError> {
    let text = text.trim_start_matches('\u{feff}');
    let text = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\0', "");
    let web = text.starts_with("WEBVTT");
    let lines: Vec<&str> = text.split('\n').collect();
    let mut cues: Vec<Cue> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if !lines[at].contains(ARROW) {
            at += 1;
            continue;
        }
        let (from_ms, to_ms) = times(lines[at]).ok_or(CaptionsError::Times(at + 1))?;
        let end = if web {
            web_end(&lines, at + 1)
        } else {
            rip_end(&lines, at + 1)
        };
        let text = words(&lines[at + 1..end], web);
        if !text.is_empty() {
            cues.push(Cue {
                from_ms,
                to_ms,
                text,
            });
        }
        if cues.len() > MAX_CUES {
            return Err(CaptionsError::TooMuch);
        }
        at = end;
    }
    cues.sort_by_key(|cue| cue.from_ms);
    check_cues(&cues)?;
    Ok(cues)
}

/// An empty line ends what `WebVTT` shows.
fn web_end(lines: &[&str], begin: usize) -> usize {
    let ends = |line: &&str| line.trim().is_empty() || line.contains(ARROW);
    let length = lines[begin..].iter().position(ends);
    length.map_or(lines.len(), |n| begin + n)
}

/// In `SubRip` files empty lines occur within what is shown, so that only the next times end it, and the
/// number before them does not belong to it.
fn rip_end(lines: &[&str], begin: usize) -> usize {
    let next = lines[begin..].iter().position(|line| line.contains(ARROW));
    let Some(next) = next.map(|n| begin + n) else {
        return lines.len();
    };
    let number = next.checked_sub(1).filter(|n| *n >= begin);
    match number.map(|n| (n, lines[n].trim())) {
        Some((n, digits)) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => n,
        _ => next,
    }
}

/// Both times of a line, in milliseconds; none when one is missing or the end comes first.
fn times(line: &str) -> Option<(u32, u32)> {
    let (from, rest) = line.split_once(ARROW)?;
    let from = time(from.trim())?;
    let to = time(rest.split_whitespace().next()?)?;
    (from < to).then_some((from, to))
}

/// `01:02:03,450`, `02:03.45`.
fn time(text: &str) -> Option<u32> {
    let (clock, fraction) = text.split_once([',', '.']).unwrap_or((text, ""));
    let parts: Vec<u32> = clock.split(':').map(number).collect::<Option<_>>()?;
    let seconds = match parts[..] {
        [m, s] if s < 60 => m.checked_mul(60)?.checked_add(s)?,
        [h, m, s] if m < 60 && s < 60 => h.checked_mul(3_600)?.checked_add(m * 60 + s)?,
        _ => return None,
    };
    let thousandths = match fraction.len() {
        0 => 0,
        1 => number(fraction)? * 100,
        2 => number(fraction)? * 10,
        3 => number(fraction)?,
        _ => return None,
    };
    seconds.checked_mul(1_000)?.checked_add(thousandths)
}

fn number(digits: &str) -> Option<u32> {
    let all = !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit());
    if all { digits.parse().ok() } else { None }
}

/// The lines as plain text, without the empty ones.
fn words(lines: &[&str], web: bool) -> String {
    let plain = lines.iter().map(|line| plain(line, web));
    let full: Vec<String> = plain.filter(|line| !line.is_empty()).collect();
    full.join("\n")
}

/// A line without marks of looks and places; who speaks (`<v Ada>`) stands before what is said.
fn plain(line: &str, web: bool) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['<', '{', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match rest.as_bytes()[0] {
            b'<' => tag(rest, &mut out),
            b'{' if rest.starts_with("{\\") => rest.find('}').map(|end| end + 1),
            b'&' if web => character(rest, &mut out),
            _ => None,
        };
        let taken = taken.unwrap_or_else(|| {
            out.push_str(&rest[..1]);
            1
        });
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out.trim().to_owned()
}

/// How long a tag is; none when it is none, such as the sign in "1 < 2".
fn tag(rest: &str, out: &mut String) -> Option<usize> {
    let end = rest.find('>')?;
    let inside = &rest[1..end];
    let begins = inside.trim_start_matches('/').bytes().next()?;
    if !begins.is_ascii_alphanumeric() {
        return None;
    }
    // `<v Ada>`, `<v.loud Ada>`.
    if let Some((name, who)) = inside.split_once(' ')
        && name.split('.').next() == Some("v")
        && !who.trim().is_empty()
    {
        out.push_str(who.trim());
        out.push_str(": ");
    }
    Some(end + 1)
}

/// One of the characters that `WebVTT` writes by name.
fn character(rest: &str, out: &mut String) -> Option<usize> {
    const NAMED: [(&str, &str); 6] = [
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", "\u{a0}"),
        ("&lrm;", "\u{200e}"),
        ("&rlm;", "\u{200f}"),
    ];
    let (name, is) = NAMED.into_iter().find(|(name, _)| rest.starts_with(name))?;
    out.push_str(is);
    Some(name.len())
}

#[cfg(test)]
mod tests {
    use super::super::Captions;
    use super::*;

    fn all(text: &str) -> Vec<(u32, u32, String)> {
        let cues = read(text).unwrap();
        cues.into_iter()
            .map(|c| (c.from_ms, c.to_ms, c.text))
            .collect()
    }

    #[test]
    fn subrip_is_read_as_people_have_it() {
        let text = "\u{feff}1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i>,\r\n{\\an8}world & co\r\n\r\n2\r\n00:00:03,5 --> 00:00:04\r\nOne\r\n\r\nmore: 1 < 2\r\n3\r\n01:00:00,000 --> 01:00:01,000\r\n99\r\n";
        assert_eq!(
            all(text),
            [
                (1_000, 2_500, "Hello,\nworld & co".to_owned()),
                (3_500, 4_000, "One\nmore: 1 < 2".to_owned()),
                (3_600_000, 3_601_000, "99".to_owned()),
            ]
        );
    }

    #[test]
    fn webvtt_is_read_without_its_notes_and_looks() {
        let text = "WEBVTT - a talk\nKind: captions\n\nNOTE\nnot shown\n\nSTYLE\n::cue { color: red }\n\nintro\n00:01.000 --> 00:02.000 align:start position:0%\n<v.loud Ada>Tom &amp; <c.red>Jerry</c> &lt;3\n\n01:00:00.250 --> 01:00:01.000\nEnd\n";
        assert_eq!(
            all(text),
            [
                (1_000, 2_000, "Ada: Tom & Jerry <3".to_owned()),
                (3_600_250, 3_601_000, "End".to_owned()),
            ]
        );
    }

    #[test]
    fn what_is_wrong_is_named_by_its_line() {
        assert_eq!(read("just words"), Err(CaptionsError::Nothing));
        assert_eq!(read(""), Err(CaptionsError::Nothing));
        assert_eq!(
            read("1\n00:00:05 --> 00:00:04\nx"),
            Err(CaptionsError::Times(2))
        );
        assert_eq!(read("00:61 --> 99:99\nx"), Err(CaptionsError::Times(1)));
        let many = "00:00 --> 00:01\nx\n\n".repeat(MAX_CUES + 1);
        assert_eq!(read(&many), Err(CaptionsError::TooMuch));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let cues =
            read("WEBVTT\n\n00:01.000 --> 00:02.000\na &lt;b&gt; &amp;amp;\nsecond\n").unwrap();
        let captions = Captions {
            language: "en".to_owned(),
            cues,
        };
        assert_eq!(captions.cues[0].text, "a <b> &amp;\nsecond");
        assert_eq!(read(&captions.as_vtt()).unwrap(), captions.cues);
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_fail_and_what_it_reads_is_in_order(
            text in "(WEBVTT\n)?([0-9]{1,3}|[0-9:,. ]{4,12}|-->|[0-9]{2}:[0-9]{2} --> [0-9]{2}:[0-9]{2}|<v[ .]?|&[a-z]{0,5};?|\\{\\\\|[<>{}&é🎉\n\r]){0,40}"
        ) {
            if let Ok(cues) = read(&text) {
                let captions = Captions { language: "en".to_owned(), cues };
                proptest::prop_assert_eq!(captions.check(), Ok(()));
                proptest::prop_assert_eq!(read(&captions.as_vtt()).unwrap(), captions.cues);
            }
        }
    }
}
