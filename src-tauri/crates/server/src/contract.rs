//! The five contracts, told apart by their paths.

/// A contract that programs speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Contract {
    /// Planning entries with optional time.
    CalendarEntries,
    /// Calendars, events, campaigns, timing, approvals.
    ContentCalendar,
    /// Drafting, pictures, accounts of Instagram.
    InstagramEditor,
    /// Accounts, posts, job log, keys.
    Scheduler,
    /// Posts, threads, files, accounts.
    SocialPublishing,
}

impl Contract {
    /// Every contract, in the order of the checklist.
    pub const ALL: [Self; 5] = [
        Self::CalendarEntries,
        Self::ContentCalendar,
        Self::InstagramEditor,
        Self::Scheduler,
        Self::SocialPublishing,
    ];

    /// Its name in the checklist.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::CalendarEntries => "calendar-entries",
            Self::ContentCalendar => "content-calendar",
            Self::InstagramEditor => "instagram-editor",
            Self::Scheduler => "scheduler",
            Self::SocialPublishing => "social-publishing",
        }
    }

    /// The contract that a path belongs to, so that even what is not found is answered in its words.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        let under = |root: &str| {
            path.strip_prefix(root)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if under("/api/v1/calendar") {
            Self::CalendarEntries
        } else if under("/api/v1/creator/social") {
            Self::SocialPublishing
        } else if under("/v1/calendar") || under("/oauth") {
            Self::ContentCalendar
        } else if under("/v1/instagram") {
            Self::InstagramEditor
        } else {
            Self::Scheduler
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Contract;

    #[test]
    fn a_path_is_known_by_whole_parts() {
        let of = Contract::of_path;
        assert_eq!(of("/api/v1/calendar/entries/x"), Contract::CalendarEntries);
        assert_eq!(of("/api/v1/calendars"), Contract::Scheduler);
        assert_eq!(of("/api/v1/creator/social"), Contract::SocialPublishing);
        assert_eq!(of("/v1/calendar/calendars"), Contract::ContentCalendar);
        assert_eq!(of("/oauth/token"), Contract::ContentCalendar);
        assert_eq!(of("/v1/instagram/x"), Contract::InstagramEditor);
        assert_eq!(of("/"), Contract::Scheduler);
    }
}
