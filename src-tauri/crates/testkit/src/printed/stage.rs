//! Servers that play the networks that the documents name, and what is typed to sign in there.

use sandbox::linkedin::PROFILE_SCOPES;
use sandbox::meta::web;
use sandbox::{Canned, Fault, Server, facebook, instagram, linkedin, tiktok, x};
use serde_json::json;
use tempfile::TempDir;

/// A sign-in with a form.
#[derive(Debug)]
pub struct Form {
    /// Key of the network.
    pub network: &'static str,
    /// Key of the way to sign in.
    pub method: &'static str,
    /// What is no secret, by the names of the catalogue.
    pub fields: Vec<(&'static str, String)>,
    /// Secrets, in the order of the form; an empty one is left out by a person.
    pub secrets: Vec<(&'static str, String)>,
}

/// See the module.
pub struct Stage {
    x: x::Sandbox,
    linkedin: linkedin::Sandbox,
    instagram: instagram::Sandbox,
    facebook: facebook::Sandbox,
    tiktok: tiktok::Sandbox,
    /// A folder on this computer that appears on the web, from which networks fetch files.
    folder: TempDir,
    web: Server,
}

impl Stage {
    /// Starts all of them.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            x: x::Sandbox::start().await.unwrap(),
            linkedin: linkedin::Sandbox::start().await.unwrap(),
            instagram: instagram::Sandbox::start().await.unwrap(),
            facebook: facebook::Sandbox::start().await.unwrap(),
            tiktok: tiktok::Sandbox::start().await.unwrap(),
            web: web::start(folder.path().to_owned()).await.unwrap(),
            folder,
        }
    }

    /// Where they listen, as `ALMANAC_NETWORKS` wants it.
    pub fn addresses(&self) -> String {
        let all = [
            ("x", self.x.origin()),
            ("linkedin", self.linkedin.origin()),
            ("instagram", self.instagram.origin()),
            ("facebook", self.facebook.origin()),
            ("tiktok", self.tiktok.origin()),
        ];
        all.map(|(key, origin)| format!("{key}={origin}")).join(",")
    }

    /// A sign-in on each, without a browser.
    pub fn forms(&self) -> Vec<Form> {
        let folder = self.folder.path().to_string_lossy().into_owned();
        let web = [
            ("webAddress", format!("{}/public/", self.web.origin())),
            ("webFolder", folder),
        ];
        let form = |network, method, fields: &[(&'static str, String)], secrets| Form {
            network,
            method,
            fields: fields.to_vec(),
            secrets,
        };
        let of_x = [("clientId", x::CLIENT.to_owned())];
        let of_tiktok = [("clientKey", tiktok::CLIENT.to_owned())];
        vec![
            form(
                "x",
                "token",
                &of_x,
                vec![
                    ("clientSecret", String::new()),
                    ("refreshToken", self.x.refresh_token()),
                ],
            ),
            form(
                "linkedin",
                "token",
                &[],
                vec![("token", self.linkedin.token(&PROFILE_SCOPES))],
            ),
            form(
                "instagram",
                "page_token",
                &web,
                vec![("page_token", self.instagram.page_token())],
            ),
            form(
                "facebook",
                "token",
                &[],
                vec![("token", self.facebook.page_token())],
            ),
            form(
                "tiktok",
                "token",
                &[&of_tiktok[..], &web].concat(),
                vec![
                    ("clientSecret", tiktok::SECRET.to_owned()),
                    ("refreshToken", self.tiktok.refresh_token()),
                ],
            ),
        ]
    }

    /// A sign-in on Instagram through the browser, with an app of the person's.
    pub fn app_of_instagram(&self) -> Form {
        let app = self.instagram.app();
        Form {
            network: "instagram",
            method: "oauth",
            fields: vec![("client_id", app.id)],
            secrets: vec![("client_secret", app.secret)],
        }
    }

    /// Has X refuse the next post for good.
    pub fn refuse_a_post(&self) {
        let words = json!({ "errors": [{ "message": "text too long" }] });
        let refusal = Fault::Answer(Canned::json(400, &words));
        self.x.faults().order("POST tweets", refusal);
    }
}
