//! Where a browser goes once a sign-in that a program began is over.

use networks::oauth;
use url::{Host, Url};

/// Longest address, in bytes.
const MAX_RETURN: usize = 2_000;

/// Where a browser may be sent on to: a page on the web that nobody on the way can change, or one of this
/// computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(Url);

impl ReturnTo {
    /// Reads it; none when a browser is not sent there.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok().filter(|_| text.len() <= MAX_RETURN)?;
        let here = match url.host()? {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        let web = url.scheme() == "https" || (url.scheme() == "http" && here);
        let plain = url.username().is_empty() && url.password().is_none();
        (web && plain).then_some(Self(url))
    }

    /// The page that says this and leads the browser on.
    #[must_use]
    pub fn page(&self, said: &str) -> String {
        oauth::leading_on(said, &self.0)
    }

    /// The page that says this and leads the browser on once the person read it.
    #[must_use]
    pub fn page_to_read(&self, said: &str) -> String {
        oauth::leading_on_when_read(said, &self.0)
    }

    pub(super) fn address(self) -> Url {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::ReturnTo;

    #[test]
    fn a_browser_is_sent_on_to_safe_pages_and_to_this_computer_only() {
        for good in [
            "https://your-app.com/callback",
            "https://app.example.com:8443/back?from=almanac#end",
            "http://localhost:3000/callback",
            "http://127.0.0.1:9/",
            "http://[::1]:9/",
        ] {
            assert!(ReturnTo::parse(good).is_some(), "{good}");
        }
        let long = format!("https://your-app.com/{}", "x".repeat(2_000));
        for wrong in [
            "",
            "callback",
            "http://your-app.com/callback",
            "http://localhost.example.com/",
            "http://192.168.1.1/",
            "https://user:secret@your-app.com/",
            "javascript:alert(1)",
            "data:text/html,x",
            "myapp://callback",
            long.as_str(),
        ] {
            assert!(ReturnTo::parse(wrong).is_none(), "{wrong}");
        }
    }
}
