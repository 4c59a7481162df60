//! Rules of TikTok's own, before anything is sent.

use model::error::{Fix, Problem};

use super::catalogue::{MAX_TITLE, NAME, ONLY_ME, OPTION_PAID, OPTION_PRIVACY, OPTION_TITLE};
use super::post::{option, toggle};
use crate::catalogue::Entry;
use crate::check::{self, facts_of};
use crate::connector::CheckInput;
use crate::hosting::{self, Hosting};

/// Everything that is wrong with a post.
pub fn problems(entry: &Entry, input: &CheckInput<'_>, hosting: &Hosting) -> Vec<Problem> {
    let mut found = check::common(entry, input);
    let options = &input.draft.options;
    let set = |name: &str| {
        vec![Fix::SetOption {
            name: name.to_owned(),
        }]
    };
    if toggle(options, OPTION_PAID) && option(options, OPTION_PRIVACY) == ONLY_ME {
        let message = "TikTok takes no paid partnership that only you can see.".to_owned();
        found.error("paid_and_private", None, message, set(OPTION_PRIVACY));
    }
    let title = option(options, OPTION_TITLE).encode_utf16().count();
    if title > MAX_TITLE {
        let message = format!("A title of photos on TikTok has up to {MAX_TITLE} characters.");
        found.error("title_too_long", None, message, set(OPTION_TITLE));
    }
    let segment = input.segments.first();
    let is_photo = |id| facts_of(input, id).is_some_and(|f| f.mime.starts_with("image/"));
    let photo = segment.and_then(|s| s.media.iter().position(|m| is_photo(&m.media_id)));
    if let Some(index) = photo
        && !hosting.has_place(input.account)
    {
        hosting::problem(&mut found, NAME, 0, index as u32);
    }
    found.into_problems()
}
