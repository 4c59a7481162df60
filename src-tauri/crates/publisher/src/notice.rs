//! News for people: what was published, what was not, what needs them. The same news about many
//! posts is one notice with a number.

use std::collections::BTreeSet;

use model::{AccountId, PostId, TargetId, Timestamp};
use serde::Serialize;
use ts_rs::TS;

/// What sort of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// On the network.
    Published,
    /// Not sent, and not tried again by itself.
    Failed,
    /// A send may or may not have worked, and only the person can tell.
    Unconfirmed,
    /// It is handed over: the person posts it and says so.
    YourTurn,
    /// Its minute passed while the computer was off, asleep or paused.
    Missed,
    /// It is published, and its first comment is not there.
    NotCommented,
    /// Its network did not take it ahead of time, so this computer has to be on at its time.
    NotPlaced,
    /// Somebody gave it another time on its network, which publishes it.
    MovedThere,
    /// Its network, which was to publish it, has not done so yet.
    LateThere,
    /// An account cannot be used until its person mends it: it was signed out, or is gone; its posts wait.
    SignedOut,
    /// Held at its minute since an open edit differs.
    HeldEdit,
    /// Sending is delayed: the keyring, the disk, the clock.
    Delayed,
    /// An address that is told what happens was switched off after failures.
    WebhookOff,
    /// A program asks for access.
    AccessAsked,
    /// Everything is held since a backup was put back or the folder came from another computer.
    HeldAll,
}

/// A post a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoticePost {
    /// The post, to open on a click.
    pub post_id: PostId,
    /// Its first words.
    pub words: String,
    /// The post on its account, to answer what is asked about it; none where the news is about the post
    /// as a whole.
    pub target_id: Option<TargetId>,
}

/// News, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// What sort.
    pub kind: NoticeKind,
    /// One or two whole sentences.
    pub sentence: String,
    /// The posts, oldest first, at most a hundred.
    pub posts: Vec<NoticePost>,
    /// How many posts there are in truth.
    pub count: u32,
    /// The account it concerns, where it is one.
    pub account_id: Option<AccountId>,
    /// When it was told.
    pub at: Timestamp,
}

/// One piece of news before it is gathered with others like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// What sort.
    pub kind: NoticeKind,
    /// The post; none when it is about no post.
    pub post: Option<NoticePost>,
    /// The account.
    pub account_id: Option<AccountId>,
    /// Network and account as people know them: `Bluesky (ana.example.com)`.
    pub place: String,
    /// The reason, as whole sentences; empty when there is nothing to say.
    pub why: String,
    /// Other accounts of the post have it already.
    pub others_out: bool,
}

/// What is safe of so many posts that did not go out, of which so many are on their other accounts.
#[must_use]
pub const fn kept(posts: u32, others_out: u32) -> &'static str {
    match (posts, others_out) {
        (0 | 1, 0) => "It is kept.",
        (0 | 1, _) => "It is kept; the others went out.",
        (n, out) if n == out => "They are kept; they are on their other accounts.",
        _ => "They are kept.",
    }
}

/// What a person who holds or pauses something has to know about so many posts that networks hold.
#[must_use]
pub fn held_there_note(there: u32) -> Option<String> {
    match there {
        0 => None,
        1 => Some("1 post is held by its network, which publishes it all the same.".to_owned()),
        n => Some(format!(
            "{n} posts are held by their networks, which publish them all the same."
        )),
    }
}

/// A reason with that after it.
#[must_use]
pub fn and_held_there(reason: &str, there: u32) -> String {
    match held_there_note(there) {
        None => reason.to_owned(),
        Some(note) => format!("{reason} {note}"),
    }
}

/// Most posts named in one notice.
const MOST_POSTS: usize = 100;

/// Gathers news into notices, in the order in which each sort of news first came.
#[must_use]
pub fn gather(news: Vec<News>, at: Timestamp) -> Vec<Notice> {
    let mut groups: Vec<Vec<News>> = Vec::new();
    for one in news {
        match groups.iter_mut().find(|group| belongs(&group[0], &one)) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups.into_iter().map(|group| notice(&group, at)).collect()
}

/// Whether two pieces of news are told together: one post that reached several accounts, or one
/// reason that struck many posts.
fn belongs(a: &News, b: &News) -> bool {
    if a.kind != b.kind {
        return false;
    }
    match a.kind {
        NoticeKind::Published | NoticeKind::Missed | NoticeKind::HeldEdit => a.why == b.why,
        NoticeKind::Failed
        | NoticeKind::NotCommented
        | NoticeKind::NotPlaced
        | NoticeKind::MovedThere
        | NoticeKind::LateThere => a.why == b.why && a.account_id == b.account_id,
        NoticeKind::Unconfirmed | NoticeKind::SignedOut | NoticeKind::YourTurn => {
            a.account_id == b.account_id
        }
        NoticeKind::Delayed | NoticeKind::WebhookOff | NoticeKind::AccessAsked => a.why == b.why,
        NoticeKind::HeldAll => true,
    }
}

fn notice(group: &[News], at: Timestamp) -> Notice {
    let mut posts: Vec<NoticePost> = Vec::new();
    for post in group.iter().filter_map(|n| n.post.as_ref()) {
        if posts.len() < MOST_POSTS && !posts.iter().any(|p| p.post_id == post.post_id) {
            posts.push(post.clone());
        }
    }
    let first = &group[0];
    let ids: BTreeSet<PostId> = group
        .iter()
        .filter_map(|n| n.post.as_ref().map(|p| p.post_id))
        .collect();
    let count = ids.len() as u32;
    let one_account = group.iter().all(|n| n.account_id == first.account_id);
    Notice {
        kind: first.kind,
        sentence: sentence(group, count),
        posts,
        count,
        account_id: first.account_id.filter(|_| one_account),
        at,
    }
}

fn sentence(group: &[News], count: u32) -> String {
    let first = &group[0];
    let words = first
        .post
        .as_ref()
        .map(|p| p.words.as_str())
        .filter(|w| !w.is_empty());
    let subject = match (count, words) {
        (2.., _) => format!("{count} posts"),
        (_, Some(words)) => format!("\"{words}\""),
        (_, None) => "A post".to_owned(),
    };
    let (is, was) = if count > 1 {
        ("are", "were")
    } else {
        ("is", "was")
    };
    let place = places(group);
    let head = match first.kind {
        NoticeKind::Published => format!("{subject} {is} on {place}."),
        NoticeKind::Failed => format!("{subject} {was} not posted to {place}."),
        NoticeKind::Unconfirmed => {
            format!("{subject} may or may not be on {place}. Look there, then say which.")
        }
        NoticeKind::YourTurn => {
            format!("It is your turn: post {subject} on {place}, then say that you did.")
        }
        NoticeKind::Missed => {
            format!(
                "{subject} missed the time and {was} not posted to {place}. Send now, or choose another time."
            )
        }
        NoticeKind::NotCommented => {
            let their = if count > 1 {
                "their first comments are"
            } else {
                "its first comment is"
            };
            format!("{subject} {is} on {place}, and {their} not.")
        }
        NoticeKind::NotPlaced => format!("{subject} {was} not handed over to {place}."),
        NoticeKind::MovedThere => format!("{subject} {was} given another time on {place}."),
        NoticeKind::LateThere => {
            format!("{place} was to publish {subject} and has not done so yet.")
        }
        NoticeKind::SignedOut => match count {
            0 => format!("{place} is not connected."),
            1 => format!("1 post waits for {place}."),
            n => format!("{n} posts wait for {place}."),
        },
        NoticeKind::HeldEdit => {
            format!(
                "{subject} {is} held: an edit is open that differs from what would go out. Update, or drop the edit."
            )
        }
        NoticeKind::Delayed
        | NoticeKind::WebhookOff
        | NoticeKind::AccessAsked
        | NoticeKind::HeldAll => String::new(),
    };
    let told = match (head.is_empty(), first.why.is_empty()) {
        (true, _) => first.why.clone(),
        (false, true) => head,
        (false, false) => format!("{head} {}", first.why),
    };
    if first.kind == NoticeKind::Failed {
        let out: BTreeSet<PostId> = group
            .iter()
            .filter(|n| n.others_out)
            .filter_map(|n| n.post.as_ref().map(|p| p.post_id))
            .collect();
        return format!("{told} {}", kept(count, out.len() as u32));
    }
    told
}

/// The places of a group without repeats: `Bluesky (ana) and Folder (notes)`.
fn places(group: &[News]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for one in group {
        if !one.place.is_empty() && !names.contains(&one.place.as_str()) {
            names.push(&one.place);
        }
    }
    match names.as_slice() {
        [] => "the network".to_owned(),
        [only] => (*only).to_owned(),
        [a, b] => format!("{a} and {b}"),
        many => format!("{} accounts", many.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn news(kind: NoticeKind, post: u128, words: &str, place: &str, why: &str) -> News {
        News {
            kind,
            post: Some(NoticePost {
                post_id: PostId(Uuid::from_u128(post)),
                words: words.into(),
                target_id: None,
            }),
            account_id: Some(AccountId(Uuid::from_u128(place.len() as u128))),
            place: place.to_owned(),
            why: why.to_owned(),
            others_out: false,
        }
    }
    fn told(news: Vec<News>) -> Vec<String> {
        gather(news, Timestamp::from_millis(0))
            .into_iter()
            .map(|n| n.sentence)
            .collect()
    }

    #[test]
    fn one_post_on_two_networks_is_one_notice() {
        let both = vec![
            news(NoticeKind::Published, 1, "Spring sale", "Bluesky (ana)", ""),
            news(
                NoticeKind::Published,
                1,
                "Spring sale",
                "Folder (notes)",
                "",
            ),
        ];
        assert_eq!(
            told(both),
            ["\"Spring sale\" is on Bluesky (ana) and Folder (notes)."]
        );
    }

    #[test]
    fn the_same_fault_on_many_posts_is_one_notice_with_a_number() {
        let all: Vec<News> = (0..12)
            .map(|n| {
                let why = "X signed shop out. Connect the account again.";
                news(NoticeKind::SignedOut, n, "x", "X (shop)", why)
            })
            .chain([news(
                NoticeKind::Failed,
                99,
                "Sale",
                "Net (a)",
                "The text is too long.",
            )])
            .collect();
        let told = gather(all, Timestamp::from_millis(0));
        assert_eq!(told.len(), 2);
        assert_eq!(told[0].count, 12);
        assert_eq!(
            told[0].sentence,
            "12 posts wait for X (shop). X signed shop out. Connect the account again."
        );
        assert_eq!(
            told[1].sentence,
            "\"Sale\" was not posted to Net (a). The text is too long. It is kept."
        );
    }

    #[test]
    fn an_account_that_is_gone_is_not_told_to_be_signed_out() {
        let why = "The account ana is no longer on this server. If it was deleted, remove it here.";
        let mut lost = news(NoticeKind::SignedOut, 1, "x", "Net (ana)", why);
        assert_eq!(
            told(vec![lost.clone()]),
            [format!("1 post waits for Net (ana). {why}")]
        );
        lost.post = None;
        assert_eq!(
            told(vec![lost]),
            [format!("Net (ana) is not connected. {why}")]
        );
    }

    #[test]
    fn what_failed_is_said_to_be_kept_and_whether_the_others_went_out() {
        let failed = |post| news(NoticeKind::Failed, post, "A", "Net (a)", "Too long.");
        let out = |post| News {
            others_out: true,
            ..failed(post)
        };
        assert_eq!(
            told(vec![out(1)]),
            ["\"A\" was not posted to Net (a). Too long. It is kept; the others went out."]
        );
        assert_eq!(
            told(vec![out(1), failed(2)]),
            ["2 posts were not posted to Net (a). Too long. They are kept."]
        );
        assert_eq!(
            told(vec![out(1), out(2)]),
            [
                "2 posts were not posted to Net (a). Too long. They are kept; they are on their other accounts."
            ]
        );
    }

    #[test]
    fn different_reasons_are_told_apart() {
        let both = vec![
            news(NoticeKind::Failed, 1, "A", "Net (a)", "Too long."),
            news(NoticeKind::Failed, 2, "B", "Net (a)", "No picture."),
        ];
        assert_eq!(told(both).len(), 2);
    }
}
