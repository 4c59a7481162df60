//! What a column is, told from its heading, in our own words and in those of other schedulers.

/// What the cells of a column are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Text of a segment, from 0.
    Text(usize),
    /// A title.
    Title,
    /// A date, perhaps with a time.
    When,
    /// A time of day, or a date with it when no other column has one.
    Time,
    /// A time zone.
    Zone,
    /// A web address that belongs to the text.
    Link,
    /// Hashtags that belong to the text.
    Hashtags,
    /// Files of a segment, from 0.
    Files(usize),
    /// Descriptions of the files of a segment, from 0.
    Alts(usize),
    /// Accounts by name.
    Accounts,
    /// Networks by name.
    Networks,
    /// Yes or no for one network, by its key.
    Network(String),
    /// Labels.
    Labels,
    /// An editorial status.
    Status,
    /// Yes or no: a draft.
    DraftFlag,
    /// Notes for people.
    Notes,
    /// What sort of content.
    ContentType,
    /// How much it matters.
    Priority,
    /// Who looks after it.
    Assignee,
    /// What differs from account to account, as JSON.
    Tailored,
}

/// Headings of our own and of the schedulers people come from, as [`plain_words`] writes them.
#[rustfmt::skip]
const HEADINGS: &[(Meaning, &[&str])] = &[
    (Meaning::Text(0), &[
        "text", "message", "caption", "content", "post", "post text", "post content", "post copy",
        "copy", "body", "post message", "post body", "post caption", "update", "tweet",
        "message text", "text content", "description", "text for sharing", "social copy",
    ]),
    (Meaning::Title, &[
        "title", "post title", "headline", "name", "subject",
    ]),
    (Meaning::When, &[
        "when", "date", "datetime", "date time", "date and time", "scheduled at", "scheduled",
        "schedule", "schedule date", "scheduled date", "scheduled for", "publish date",
        "publish at", "published at", "publishing date", "publication date", "post date",
        "posting date", "post at", "send at", "due", "due at", "due date", "start date", "day",
        "send date", "scheduled date time", "schedule date time", "publish date time",
    ]),
    (Meaning::Time, &[
        "time", "hour", "post time", "posting time", "publish time", "publishing time",
        "schedule time", "scheduled time", "send time", "time of day", "start time",
    ]),
    (Meaning::Zone, &[
        "zone", "time zone", "timezone", "tz",
    ]),
    (Meaning::Link, &[
        "link", "links", "url", "link url", "post link", "post url", "destination url",
        "destination link", "landing page", "source url",
    ]),
    (Meaning::Hashtags, &[
        "hashtags",
    ]),
    (Meaning::Files(0), &[
        "media", "media url", "media urls", "media url s", "media link", "media links", "image",
        "images", "image url", "image urls", "image link", "image links", "image url s",
        "picture", "pictures", "picture url", "photo", "photos", "photo url", "video", "videos",
        "video url", "image or video url", "attachment", "attachments", "file", "files",
    ]),
    (Meaning::Alts(0), &[
        "alt", "alt text", "alt texts", "image alt text", "image alt", "media alt text",
        "picture alt text", "image description",
    ]),
    (Meaning::Accounts, &[
        "account", "accounts", "profile", "profiles", "channel", "channels", "social account",
        "social accounts", "social profile", "social profiles", "profile name", "account name",
        "handle", "username", "page", "social media accounts",
    ]),
    (Meaning::Networks, &[
        "network", "networks", "platform", "platforms", "social network", "social networks",
        "social media", "social media platform", "service",
    ]),
    (Meaning::Labels, &[
        "labels", "label", "tags", "tag", "categories", "category", "content category",
    ]),
    (Meaning::Status, &[
        "status", "state", "post status",
    ]),
    (Meaning::DraftFlag, &[
        "draft", "is draft",
    ]),
    (Meaning::Notes, &[
        "notes", "note", "internal note", "internal notes", "comments",
    ]),
    (Meaning::ContentType, &[
        "type", "content type", "post type",
    ]),
    (Meaning::Priority, &[
        "priority",
    ]),
    (Meaning::Assignee, &[
        "assignee", "assigned to", "owner", "author",
    ]),
    (Meaning::Tailored, &[
        "tailored",
    ]),
];

impl Meaning {
    /// The meaning of a heading, if it has one. A number behind it counts segments of our own texts
    /// and files ("text 2"), and files of one segment in others' ("picture url 3").
    pub fn of_heading(heading: &str) -> Option<Self> {
        let words = plain_words(heading);
        let of = |words: &str| {
            let found = HEADINGS.iter().find(|(_, names)| names.contains(&words));
            found.map(|(meaning, _)| meaning.clone())
        };
        if let Some(meaning) = of(&words) {
            return Some(meaning);
        }
        let (stem, number) = words.rsplit_once(' ')?;
        let number: usize = number.parse().ok().filter(|n| (1..=100).contains(n))?;
        match (of(stem)?, stem) {
            (Self::Text(_), "text") => Some(Self::Text(number - 1)),
            (Self::Files(_), "media") => Some(Self::Files(number - 1)),
            (Self::Alts(_), "alt") => Some(Self::Alts(number - 1)),
            (Self::Files(_), _) => Some(Self::Files(0)),
            (Self::Alts(_), _) => Some(Self::Alts(0)),
            _ => None,
        }
    }

    /// The word for it in the preview.
    pub fn word(&self) -> String {
        let counted = |word: &str, n: usize| match n {
            0 => word.to_owned(),
            n => format!("{word} {}", n + 1),
        };
        match self {
            Self::Text(n) => counted("text", *n),
            Self::Files(n) => counted("media", *n),
            Self::Alts(n) => counted("alt text", *n),
            Self::Network(network) => format!("posts to {network}"),
            Self::Title => "title".into(),
            Self::When => "date".into(),
            Self::Time => "time".into(),
            Self::Zone => "time zone".into(),
            Self::Link => "link".into(),
            Self::Hashtags => "hashtags".into(),
            Self::Accounts => "accounts".into(),
            Self::Networks => "networks".into(),
            Self::Labels => "labels".into(),
            Self::Status => "status".into(),
            Self::DraftFlag => "draft".into(),
            Self::Notes => "notes".into(),
            Self::ContentType => "type".into(),
            Self::Priority => "priority".into(),
            Self::Assignee => "assignee".into(),
            Self::Tailored => "tailored texts".into(),
        }
    }

    /// Whether several columns of one file may mean it.
    pub fn may_repeat(&self) -> bool {
        matches!(
            self,
            Self::Files(_) | Self::Alts(_) | Self::Labels | Self::Network(_) | Self::Networks
        )
    }
}

/// `Image URL(s)` as `image url s`: lower case, one space for anything that is no letter or digit.
pub(super) fn plain_words(heading: &str) -> String {
    let spaced: String = heading
        .chars()
        .take(80)
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_many_schedulers_are_known() {
        let cases = [
            ("Text", Meaning::Text(0)),
            ("text 3", Meaning::Text(2)),
            ("Post_Caption", Meaning::Text(0)),
            ("Image URL(s)", Meaning::Files(0)),
            ("Picture Url 4", Meaning::Files(0)),
            ("media 2", Meaning::Files(1)),
            ("Alt text picture", Meaning::Text(99)),
            ("Posting Time", Meaning::Time),
            ("Scheduled Date", Meaning::When),
            ("TIMEZONE", Meaning::Zone),
            ("Social Profiles", Meaning::Accounts),
        ];
        for (heading, want) in cases {
            let got = Meaning::of_heading(heading);
            if want == Meaning::Text(99) {
                assert_eq!(got, None, "{heading}");
            } else {
                assert_eq!(got, Some(want), "{heading}");
            }
        }
        assert_eq!(Meaning::of_heading("Clicks"), None);
        assert_eq!(Meaning::of_heading("text 0"), None);
        assert_eq!(Meaning::of_heading(""), None);
    }
}
