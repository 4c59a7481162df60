//! The publisher's news as notifications.

use app::{Notice, NoticeKind, OpenError};

use crate::core::Settings;
use crate::notify::{Answer, Note};
use crate::window::Open;
use crate::words;

/// The notification for a piece of news; none when the person does not want to be told of it.
#[must_use]
pub fn note(notice: &Notice, settings: &Settings) -> Option<Note> {
    let wanted = match notice.kind {
        NoticeKind::Published => settings.notify_published,
        _ => settings.notify_problems,
    };
    if !wanted {
        return None;
    }
    let opens = match notice.posts.as_slice() {
        _ if notice.kind == NoticeKind::SignedOut => Open::view("accounts"),
        _ if matches!(
            notice.kind,
            NoticeKind::WebhookOff | NoticeKind::AccessAsked
        ) =>
        {
            Open::view("settings")
        }
        [only] => Open::post(only.post_id.to_string()),
        _ => Open::view("activity"),
    };
    Some(Note {
        title: title(notice),
        body: notice.sentence.clone(),
        opens,
        answers: answers(notice),
        urgent: !matches!(notice.kind, NoticeKind::Published | NoticeKind::Delayed),
    })
}

/// The notification that nothing goes out since the data folder cannot be opened. It is always shown.
#[must_use]
pub fn not_open(error: &OpenError) -> Note {
    Note {
        title: words::NOT_PUBLISHING.to_owned(),
        body: error.message.clone(),
        opens: Open::default(),
        answers: vec![],
        urgent: true,
    }
}

/// The notification about a setting that cannot be carried out, where no page can say it.
#[must_use]
pub fn problem(message: &str) -> Note {
    Note {
        title: words::NO_EFFECT.to_owned(),
        body: message.to_owned(),
        opens: Open::view("settings"),
        answers: vec![],
        urgent: false,
    }
}

/// The buttons with which one post's question is answered on the spot.
fn answers(notice: &Notice) -> Vec<Answer> {
    let [only] = notice.posts.as_slice() else {
        return vec![];
    };
    let Some(target) = only.target_id else {
        return vec![];
    };
    let say = |label, command| Answer {
        label,
        command,
        target,
    };
    match notice.kind {
        NoticeKind::Unconfirmed => vec![
            say(words::IT_IS_THERE, "targets.say_published"),
            say(words::SEND_AGAIN, "targets.send_again"),
        ],
        NoticeKind::YourTurn => vec![say(words::POSTED, "targets.say_published")],
        _ => vec![],
    }
}

fn title(notice: &Notice) -> String {
    match notice.posts.as_slice() {
        [only] if !only.words.trim().is_empty() => only.words.clone(),
        _ => words::news(notice.kind, notice.count),
    }
}

#[cfg(test)]
mod tests {
    use app::NoticePost;
    use model::{PostId, TargetId, Timestamp};

    use super::*;

    fn notice(kind: NoticeKind, posts: u32) -> Notice {
        let post_id: PostId = "0199c0de-0000-7000-8000-000000000000".parse().unwrap();
        let target_id: TargetId = "0199c0de-0000-7000-8000-000000000001".parse().unwrap();
        Notice {
            kind,
            sentence: "It is on Bluesky.".to_owned(),
            posts: (0..posts)
                .map(|_| NoticePost {
                    post_id,
                    words: "Spring sale".to_owned(),
                    target_id: Some(target_id),
                })
                .collect(),
            count: posts,
            account_id: None,
            at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn one_post_is_named_and_opened_and_many_open_the_activity() {
        let settings = Settings::default();
        let one = note(&notice(NoticeKind::Published, 1), &settings).unwrap();
        assert_eq!(one.title, "Spring sale");
        assert!(one.opens.post_id.is_some() && !one.urgent);
        let many = note(&notice(NoticeKind::Missed, 3), &settings).unwrap();
        assert_eq!(many.title, "3 posts were missed");
        assert_eq!(many.opens.view.as_deref(), Some("activity"));
        assert!(many.urgent);
    }

    #[test]
    fn a_question_about_one_post_is_answered_by_buttons() {
        let settings = Settings::default();
        let labels = |kind, posts| {
            let note = note(&notice(kind, posts), &settings).unwrap();
            note.answers.iter().map(|a| a.label).collect::<Vec<_>>()
        };
        let both = ["It is there", "Send again"];
        assert_eq!(labels(NoticeKind::Unconfirmed, 1), both);
        assert_eq!(labels(NoticeKind::YourTurn, 1), ["I posted it"]);
        // Of several it is not clear which one is meant.
        assert!(labels(NoticeKind::Unconfirmed, 2).is_empty());
        assert!(labels(NoticeKind::Failed, 1).is_empty());
    }

    #[test]
    fn news_that_is_not_wanted_is_not_shown() {
        let settings = Settings {
            notify_published: false,
            ..Settings::default()
        };
        assert_eq!(note(&notice(NoticeKind::Published, 1), &settings), None);
        assert!(note(&notice(NoticeKind::Failed, 1), &settings).is_some());
    }
}
