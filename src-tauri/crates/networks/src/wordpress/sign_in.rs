//! Signing in with an application password: finding the interface of a site, proving the password, and
//! what the account may do there.
//!
//! WordPress can send the browser back with the password in the address, but refuses every plain
//! `http` address for that, so nothing on this computer can wait for it: the password is pasted.

use model::AccountId;
use model::account::Account;
use model::failure::Category;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::client;
use super::errors::{self, Doing};
use super::{WordPress, told};
use crate::api::{Answer, Failed};
use crate::connector::{Ctx, Refusal, SignInFields, SignedIn};
use crate::http::is_loopback;
use crate::tokens::Tokens;

/// The relation under which a site names its interface.
const RELATION: &str = "https://api.w.org/";
/// How often a site may send to another address of its own, such as to https or www.
const MAX_MOVES: usize = 4;

/// The address of a site as a person typed it, ending in a slash: pages of its administration and of
/// the sign-in are cut off.
fn site_address(typed: &str) -> Result<Url, Refusal> {
    let bad = || {
        Refusal::never(
            Category::Validation,
            "The address of the site has to look like https://example.org.",
        )
    };
    let text = if typed.contains("://") {
        typed.to_owned()
    } else {
        format!("https://{typed}")
    };
    let mut url = Url::parse(&text).map_err(|_| bad())?;
    let web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    if !web || !url.username().is_empty() || url.password().is_some() || typed.is_empty() {
        return Err(bad());
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(Refusal::never(
            Category::Validation,
            "Application passwords need https. Type the address with https in front.",
        ));
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().to_owned();
    let cut = ["/wp-admin", "/wp-login", "/wp-json", "/xmlrpc.php"]
        .iter()
        .filter_map(|page| path.find(page))
        .min();
    let path = path.get(..cut.unwrap_or(path.len())).unwrap_or_default();
    url.set_path(&format!("{}/", path.trim_end_matches('/')));
    Ok(url)
}

/// The interface that a front page names, as a prefix for routes.
fn named_root(answer: &Answer, base: &Url) -> Option<String> {
    let header = answer.header("link").unwrap_or_default();
    let in_header = header.split(',').find_map(|link| {
        let (address, rest) = link.trim().strip_prefix('<')?.split_once('>')?;
        rest.contains(RELATION).then(|| address.to_owned())
    });
    let in_page = || {
        let page = String::from_utf8_lossy(&answer.body);
        let tag = page.split('<').find(|tag| {
            tag.get(..4).is_some_and(|t| t.eq_ignore_ascii_case("link")) && tag.contains(RELATION)
        })?;
        let after = tag.split_once("href=")?.1;
        let quote = after.chars().next()?;
        let address = after.get(1..)?.split_once(quote)?.0;
        Some(address.replace("&amp;", "&"))
    };
    let address = base.join(&in_header.or_else(in_page)?).ok()?;
    // The interface of a site is on the site: an address elsewhere would get the password.
    let same = address.host_str() == base.host_str() && address.scheme() == base.scheme();
    same.then(|| prefix(address.as_str()))
}

/// An interface's address as a prefix for routes.
fn prefix(address: &str) -> String {
    match address.split_once("rest_route=") {
        Some((head, _)) => format!("{head}rest_route="),
        None => address.trim_end_matches('/').to_owned(),
    }
}

/// What a site says of itself.
struct Index {
    root: String,
    home: String,
    name: String,
}

impl WordPress {
    pub(super) async fn sign_in_with(
        &self,
        account: AccountId,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let site = site_address(fields.plain("site"))?;
        let (user, password) = (fields.plain("user"), fields.secret("password"));
        if user.is_empty() || password.is_empty() {
            return Err(Refusal::never(
                Category::Validation,
                "Enter the user name and an application password.",
            ));
        }
        let index = self.find(site, ctx).await?;
        let tokens = client::tokens(user, password);
        let signed = self.who(&index, &tokens, ctx).await?;
        self.sessions.keep(account, tokens, ctx).await?;
        Ok(signed)
    }

    /// Finds the interface of a site, without any password.
    async fn find(&self, site: Url, ctx: Ctx<'_>) -> Result<Index, Refusal> {
        let told = |failed: &Failed| errors::refusal(failed, Doing::Calling, "", ctx.clock.now());
        let mut site = site;
        let mut named = None;
        for _ in 0..MAX_MOVES {
            match self.site.front(site.as_str()).await {
                Ok(answer) => {
                    named = named_root(&answer, &site);
                    break;
                }
                Err(Failed::Answered(answer)) if (300..400).contains(&answer.status) => {
                    site = moved(&answer, &site).ok_or_else(no_wordpress)?;
                }
                // A front page may be kept from strangers while the interface is not.
                Err(Failed::Answered(_)) => break,
                Err(failed) => return Err(told(&failed)),
            }
        }
        let usual = ["wp-json", "?rest_route="].map(|end| format!("{site}{end}"));
        for root in named.into_iter().chain(usual) {
            let request = self
                .site
                .request(Method::GET, &root, "/", None)
                .await
                .map_err(|failed| told(&failed))?;
            match self.site.send(request).await {
                Ok(good) if speaks(&good.json) => return index(root, &site, &good.json),
                Ok(_) | Err(Failed::Answered(_)) => {}
                Err(failed) => return Err(told(&failed)),
            }
        }
        Err(no_wordpress())
    }

    /// Who the password belongs to, and what they may do. A public page would be answered whatever the
    /// password is; this one is not.
    async fn who(&self, index: &Index, tokens: &Tokens, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        let fields = "id,name,slug,capabilities";
        let query = [("context", "edit"), ("_fields", fields)];
        let good = self
            .site
            .get(&index.root, "/wp/v2/users/me", &query, tokens)
            .await
            .map_err(|failed| errors::refusal(&failed, Doing::SigningIn, "", ctx.clock.now()))?;
        let me = &good.json;
        let text = |name: &str| me.get(name).and_then(Value::as_str).unwrap_or_default();
        let Some(id) = me.get("id").and_then(Value::as_u64).filter(|id| *id > 0) else {
            return Err(errors::wrong_password());
        };
        let may = |what: &str| {
            let right = me.get("capabilities").and_then(|c| c.get(what));
            right.and_then(Value::as_bool).unwrap_or(false)
        };
        if !may("edit_posts") {
            return Err(Refusal::never(
                Category::AuthError,
                "This user may not write articles on the site. Ask its administrator for the role Author.",
            ));
        }
        let host = Url::parse(&index.home).ok();
        let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
        let name = match text("name") {
            "" => text("slug"),
            name => name,
        };
        Ok(SignedIn {
            remote_id: format!("{}#{id}", index.root),
            handle: format!("{}@{host}", text("slug")),
            display_name: if index.name.is_empty() {
                name.to_owned()
            } else {
                format!("{} ({name})", index.name)
            },
            server: index.root.clone(),
            settings: json!({
                "userId": id,
                "site": index.home,
                "siteName": index.name,
                "canPublish": may("publish_posts"),
                "canUpload": may("upload_files"),
            }),
        })
    }

    pub(super) async fn identify_now(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let tokens = self.tokens(account, ctx).await?;
        let text = |name: &str| {
            let value = account.settings.get(name).and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        let index = Index {
            root: account.server.clone(),
            home: text("site"),
            name: text("siteName"),
        };
        match self.who(&index, &tokens, ctx).await {
            // Nobody typed a password just now.
            Err(refusal) if refusal == errors::wrong_password() => {
                Err(crate::tokens::signed_out("The site", &account.handle))
            }
            other => other,
        }
    }

    /// Takes the application password back on the site.
    pub(super) async fn revoke(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        let Some(tokens) = self.sessions.take(account.id, ctx).await? else {
            return Ok(());
        };
        let base = "/wp/v2/users/me/application-passwords";
        let known = self
            .site
            .get(&account.server, &format!("{base}/introspect"), &[], &tokens)
            .await;
        let revoked = match known {
            Ok(good) => {
                let uuid = good.json.get("uuid").and_then(Value::as_str);
                let route = format!("{base}/{}", uuid.unwrap_or_default());
                self.site
                    .delete(&account.server, &route, &[], &tokens)
                    .await
                    .map(|_| ())
            }
            Err(failed) => Err(failed),
        };
        match revoked {
            // A password that the site does not take any more needs no taking back.
            Err(Failed::Answered(answer)) if (400..429).contains(&answer.status) => Ok(()),
            Err(failed) => Err(told(&failed, Doing::Calling, account, ctx)),
            Ok(()) => Ok(()),
        }
    }
}

/// Where a site sends to: only to another name of itself, by https.
fn moved(answer: &Answer, site: &Url) -> Option<Url> {
    let mut to = site.join(answer.header("location")?).ok()?;
    let bare = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        host.trim_start_matches("www.").to_owned()
    };
    let fits = bare(&to) == bare(site) && (to.scheme() == "https" || is_loopback(&to));
    to.set_query(None);
    to.set_fragment(None);
    if !to.path().ends_with('/') {
        let path = to
            .path()
            .rsplit_once('/')
            .map(|(head, _)| format!("{head}/"));
        to.set_path(&path.unwrap_or_else(|| "/".to_owned()));
    }
    fits.then_some(to)
}

/// Whether this is the index of the interface.
fn speaks(index: &Value) -> bool {
    let spaces = index.get("namespaces").and_then(Value::as_array);
    spaces.is_some_and(|all| all.iter().any(|n| n == "wp/v2"))
}

fn index(root: String, site: &Url, json: &Value) -> Result<Index, Refusal> {
    let offered = json
        .get("authentication")
        .and_then(|a| a.get("application-passwords"));
    if offered.is_none() {
        return Err(Refusal::never(
            Category::AuthError,
            "Application passwords are turned off on this site: it has no https, or a security plugin forbids them.",
        ));
    }
    let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default();
    let home = match text("home") {
        "" => site.to_string(),
        home => home.to_owned(),
    };
    Ok(Index {
        root,
        home,
        name: text("name").to_owned(),
    })
}

fn no_wordpress() -> Refusal {
    Refusal::never(
        Category::Validation,
        "There is no WordPress at this address that programs can use. Check the address of the site; a security plugin may also keep programs out.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_as_people_have_them() {
        for (typed, site) in [
            ("example.org", "https://example.org/"),
            ("https://example.org/blog", "https://example.org/blog/"),
            (
                "https://example.org/blog/wp-admin/profile.php?x=1#y",
                "https://example.org/blog/",
            ),
            ("https://example.org/wp-login.php", "https://example.org/"),
            ("https://example.org/wp-json/", "https://example.org/"),
            ("http://127.0.0.1:81", "http://127.0.0.1:81/"),
        ] {
            assert_eq!(site_address(typed).unwrap().as_str(), site, "{typed}");
        }
        for odd in [
            "",
            "http://example.org",
            "ftp://a.b",
            "https://u:p@example.org",
        ] {
            assert!(site_address(odd).is_err(), "{odd}");
        }
    }

    fn page(link: Option<&str>, body: &str) -> Answer {
        let mut headers = reqwest::header::HeaderMap::new();
        if let Some(link) = link {
            headers.insert("link", link.parse().unwrap());
        }
        Answer {
            status: 200,
            headers,
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn the_interface_is_read_from_the_header_and_from_the_page() {
        let site = Url::parse("https://example.org/").unwrap();
        let header = "<https://example.org/wp-json/>; rel=\"https://api.w.org/\"";
        assert_eq!(
            named_root(&page(Some(header), ""), &site).unwrap(),
            "https://example.org/wp-json"
        );
        let body = "<head><link rel=\"https://api.w.org/\" href=\"https://example.org/index.php?rest_route=/\" /></head>";
        assert_eq!(
            named_root(&page(None, body), &site).unwrap(),
            "https://example.org/index.php?rest_route="
        );
        let elsewhere = "<https://evil.example/wp-json/>; rel=\"https://api.w.org/\"";
        assert_eq!(named_root(&page(Some(elsewhere), ""), &site), None);
    }

    #[test]
    fn a_site_sends_only_to_itself() {
        let site = Url::parse("https://example.org/").unwrap();
        let to = |location: &str| {
            let mut answer = page(None, "");
            answer.headers.insert("location", location.parse().unwrap());
            moved(&answer, &site).map(|url| url.to_string())
        };
        assert_eq!(
            to("https://www.example.org/").as_deref(),
            Some("https://www.example.org/")
        );
        assert_eq!(to("/blog/").as_deref(), Some("https://example.org/blog/"));
        assert_eq!(to("http://example.org/"), None);
        assert_eq!(to("https://evil.example/"), None);
    }
}
