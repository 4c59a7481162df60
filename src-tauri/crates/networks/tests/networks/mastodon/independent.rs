//! Another program (`Mastodon.py`) against our sandbox: the sandbox takes and answers what a real server
//! would.
//!
//! Needs the packages of `tests/python`, which `cargo xtask test` installs.

use testkit::python;
use testkit::sandbox::mastodon::Sandbox;

#[tokio::test]
async fn a_client_that_others_wrote_signs_in_posts_uploads_and_asks() {
    let sandbox = Sandbox::start().await.unwrap();
    let said = python::run("mastodon_client.py", &[&sandbox.origin()]).await;
    let said = said.unwrap_or_else(|words| panic!("{words}"));
    assert!(said.contains("posts 4 left 3"), "{said}");
    assert_eq!((sandbox.made(), sandbox.posts().len()), (4, 3));
    assert_eq!(sandbox.files().len(), 1);
}
