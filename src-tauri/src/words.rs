//! The few sentences that the desktop host itself says, outside the page.

use app::{DateWords, NoticeKind};
use model::Timestamp;
use model::when::Zone;

/// Entry of the tray's menu.
pub const OPEN: &str = "Open Almanac";
/// Entry of the tray's menu.
pub const NEW_POST: &str = "New post";
/// Entry of the tray's menu.
pub const HOLD_ALL: &str = "Hold all posts";
/// Entry of the tray's menu.
pub const QUIT: &str = "Quit";
/// Line of the tray's menu while the data folder cannot be opened.
pub const NOTHING_PUBLISHED: &str = "Nothing is published: open Almanac";
/// Entry of the tray's menu when nothing is scheduled.
pub const NOTHING_NEXT: &str = "Nothing scheduled";
/// Why the machine must not fall asleep.
pub const KEEP_AWAKE: &str = "A post is being published";
/// Title of the notification about a data folder that cannot be opened, at the start or any more.
pub const NOT_PUBLISHING: &str = "Almanac is not publishing";
/// Title of the notification about a setting that cannot be carried out.
pub const NO_EFFECT: &str = "A setting of Almanac has no effect";
/// Button of the notification about a post that may be out.
pub const IT_IS_THERE: &str = "It is there";
/// Button of the notification about a post that may be out.
pub const SEND_AGAIN: &str = "Send again";
/// Button of the notification about a post that a person posts.
pub const POSTED: &str = "I posted it";
/// Button of the question before quitting.
pub const QUIT_ANYWAY: &str = "Quit anyway";
/// Button of the question before quitting.
pub const STAY: &str = "Keep running";

/// Longest text in the tray's menu, in characters.
const MENU_WORDS: usize = 40;

/// The tray's line on what goes out next: "Next: today 14:30, Spring sale". Dates and hours are
/// written as the person chose for the whole program.
#[must_use]
pub fn next_post(
    at: Timestamp,
    words: &str,
    now: Timestamp,
    zone: &Zone,
    dates: DateWords,
) -> String {
    let when = dates.near(at, now, zone);
    match short(words).as_str() {
        "" => format!("Next: {when}"),
        words => format!("Next: {when}, {words}"),
    }
}

/// The tray's line while everything is held: "Held: You hold all posts."
#[must_use]
pub fn held(reason: &str) -> String {
    format!("Held: {}", short(reason))
}

/// As much of a text as a menu has room for.
fn short(words: &str) -> String {
    let words = words.trim();
    let mut short: String = words.chars().take(MENU_WORDS).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    short
}

/// The question before quitting while posts are sent or due; at least one is.
#[must_use]
pub fn quit_question(sending: u32, due: u32) -> String {
    let sending = match sending {
        0 => None,
        1 => Some(
            "1 post is being sent now. If it is not out within a few seconds, it goes on at the \
             next start."
                .to_owned(),
        ),
        many => Some(format!(
            "{many} posts are being sent now. What is not out within a few seconds goes on at the \
             next start."
        )),
    };
    let due = match due {
        0 => None,
        1 => Some("1 post is due within the hour. It goes out only while Almanac runs.".to_owned()),
        many => Some(format!(
            "{many} posts are due within the hour. They go out only while Almanac runs."
        )),
    };
    let said: Vec<String> = sending.into_iter().chain(due).collect();
    said.join(" ")
}

/// The heading of news about many posts, or about none.
#[must_use]
pub fn news(kind: NoticeKind, count: u32) -> String {
    let posts = match count {
        0 => return "Almanac".to_owned(),
        1 => "1 post".to_owned(),
        many => format!("{many} posts"),
    };
    let was = if count == 1 { "was" } else { "were" };
    match kind {
        NoticeKind::Published => format!("{posts} {was} published"),
        NoticeKind::Failed => format!("{posts} {was} not sent"),
        NoticeKind::Missed => format!("{posts} {was} missed"),
        NoticeKind::YourTurn => format!("{posts} to post by hand"),
        NoticeKind::Unconfirmed => format!("{posts} may or may not be out"),
        NoticeKind::NotCommented => format!("{posts} {was} published without a first comment"),
        NoticeKind::NotPlaced => format!("{posts} {was} not handed over"),
        NoticeKind::MovedThere => format!("{posts} {was} given another time"),
        NoticeKind::LateThere => format!("{posts} {was} not published on time"),
        NoticeKind::SignedOut
        | NoticeKind::Delayed
        | NoticeKind::WebhookOff
        | NoticeKind::AccessAsked => {
            format!("{posts} {}", if count == 1 { "waits" } else { "wait" })
        }
        NoticeKind::HeldEdit | NoticeKind::HeldAll => format!("{posts} {was} held"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAYS_FIRST: DateWords = DateWords {
        twelve_hours: false,
        month_first: false,
        this_year: 2026,
    };

    fn instant(text: &str) -> Timestamp {
        let instant: jiff::Timestamp = text.parse().unwrap();
        Timestamp::from_millis(instant.as_millisecond())
    }

    fn line_in(dates: DateWords, at: &str, words: &str) -> String {
        let now = instant("2026-05-14T10:00:00Z");
        next_post(instant(at), words, now, &Zone::utc(), dates)
    }

    fn line(at: &str, words: &str) -> String {
        line_in(DAYS_FIRST, at, words)
    }

    #[test]
    fn the_next_post_is_told_as_one_says_it() {
        assert_eq!(
            line("2026-05-14T14:30:00Z", "Spring sale"),
            "Next: today 14:30, Spring sale"
        );
        assert_eq!(line("2026-05-15T00:05:00Z", ""), "Next: tomorrow 00:05");
        assert_eq!(
            line("2026-05-20T09:05:00Z", "A"),
            "Next: Wed 20 May, 09:05, A"
        );
        let long = "é".repeat(50);
        assert!(line("2026-05-20T09:05:00Z", &long).ends_with(&format!("{}…", "é".repeat(40))));
    }

    #[test]
    fn the_next_post_is_told_by_the_persons_clock() {
        let twelve = DateWords {
            twelve_hours: true,
            ..DAYS_FIRST
        };
        let told = |at| line_in(twelve, at, "");
        assert_eq!(told("2026-05-14T14:30:00Z"), "Next: today 2:30 PM");
        assert_eq!(told("2026-05-15T00:05:00Z"), "Next: tomorrow 12:05 AM");
        let months_first = DateWords {
            month_first: true,
            ..twelve
        };
        assert_eq!(
            line_in(months_first, "2026-05-20T09:05:00Z", ""),
            "Next: Wed May 20, 9:05 AM"
        );
    }

    #[test]
    fn one_post_is_not_told_as_many() {
        assert!(quit_question(0, 1).starts_with("1 post is due"));
        assert!(quit_question(0, 3).starts_with("3 posts are due"));
        assert!(quit_question(1, 0).starts_with("1 post is being sent"));
        assert!(quit_question(2, 0).starts_with("2 posts are being sent"));
    }

    #[test]
    fn what_is_sent_is_told_before_what_is_due() {
        let both = quit_question(1, 2);
        assert!(both.starts_with("1 post is being sent now."), "{both}");
        assert!(
            both.ends_with(
                " 2 posts are due within the hour. They go out only while Almanac runs."
            ),
            "{both}"
        );
    }

    #[test]
    fn why_all_is_held_is_told_in_the_room_of_a_menu() {
        assert_eq!(held("You hold all posts."), "Held: You hold all posts.");
        assert_eq!(held(&"é".repeat(50)), format!("Held: {}…", "é".repeat(40)));
    }
}
