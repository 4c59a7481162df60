//! The page that a browser ends at once a sign-in is over: it stands alone, and may lead on.

use oauth2::url::Url;

/// What such a page may load and do.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";
/// After how many seconds the browser goes on: meanwhile the network is asked whose account it is.
const GO_ON_AFTER: u32 = 2;

/// A page that says this.
pub(super) fn saying(words: &str) -> String {
    page("", &escaped(words))
}

/// A page that says this and leads on by itself after a moment, or at a click.
#[must_use]
pub fn leading_on(said: &str, then: &Url) -> String {
    let address = escaped(then.as_str());
    let head = format!("<meta http-equiv=\"refresh\" content=\"{GO_ON_AFTER};url={address}\">");
    let words = format!("{} You are taken on to {}.", escaped(said), link(then));
    page(&head, &words)
}

/// A page that says this and leads on at a click alone: it has to be read first.
#[must_use]
pub fn leading_on_when_read(said: &str, then: &Url) -> String {
    page("", &format!("{} Go on to {}.", escaped(said), link(then)))
}

fn link(then: &Url) -> String {
    let (address, host) = (escaped(then.as_str()), then.host_str().unwrap_or_default());
    format!("<a href=\"{address}\">{}</a>", escaped(host))
}

/// A text as it stands in a page.
fn escaped(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => all.push_str("&amp;"),
            '<' => all.push_str("&lt;"),
            '>' => all.push_str("&gt;"),
            '"' => all.push_str("&quot;"),
            '\'' => all.push_str("&#39;"),
            c => all.push(c),
        }
    }
    all
}

fn page(head: &str, words: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Almanac</title>\
         <meta name=\"viewport\" content=\"width=device-width\">{head}\
         <style>:root{{color-scheme:light dark}}body{{font:18px/1.5 system-ui;max-width:32rem;\
         margin:20vh auto;padding:0 1rem}}</style><h1>Almanac</h1><p>{words}</p></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_to_be_read_first_leads_on_at_a_click_alone() {
        let then = Url::parse("https://app.example.com/back?a=1&b=\"'<x>").unwrap();
        let address = "https://app.example.com/back?a=1&amp;b=%22%27%3Cx%3E";
        let read = leading_on_when_read("Nothing was <connected>.", &then);
        let link = format!("<a href=\"{address}\">app.example.com</a>");
        assert!(read.contains(&link) && !read.contains("refresh"), "{read}");
        assert!(read.contains("Nothing was &lt;connected&gt;."), "{read}");
        let on = leading_on("Connected.", &then);
        assert!(on.contains(&format!("2;url={address}\">")), "{on}");
        assert!(on.contains(&link), "{on}");
    }
}
