//! Keys with which other programs work: what they may do.

use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

/// What a key may do besides reading. The words are those of the contracts that programs speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Make posts, files and calendars.
    CreateEvents,
    /// Change them.
    EditEvents,
    /// Move them to the bin.
    DeleteEvents,
    /// Schedule, publish, call off.
    PublishContent,
    /// Read counts and the log of deliveries.
    ViewAnalytics,
    /// Connect and disconnect accounts.
    ManageAccounts,
    /// Make and revoke keys.
    ManageKeys,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 7] = [
        Self::CreateEvents,
        Self::EditEvents,
        Self::DeleteEvents,
        Self::PublishContent,
        Self::ViewAnalytics,
        Self::ManageAccounts,
        Self::ManageKeys,
    ];

    /// The word in the database and in answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::CreateEvents => "create_events",
            Self::EditEvents => "edit_events",
            Self::DeleteEvents => "delete_events",
            Self::PublishContent => "publish_content",
            Self::ViewAnalytics => "view_analytics",
            Self::ManageAccounts => "manage_accounts",
            Self::ManageKeys => "manage_keys",
        }
    }

    /// What a key without it may not do, for sentences.
    #[must_use]
    pub const fn means(self) -> &'static str {
        match self {
            Self::CreateEvents => "make posts, files or calendars",
            Self::EditEvents => "change posts or calendars",
            Self::DeleteEvents => "delete anything",
            Self::PublishContent => "schedule, publish, or change what goes out by itself",
            Self::ViewAnalytics => "read counts and the log of deliveries",
            Self::ManageAccounts => "manage accounts or webhooks",
            Self::ManageKeys => "manage keys or what only an owner sets",
        }
    }
}

/// What a key is for, as a name for a usual set of permissions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyRole {
    /// Everything.
    Owner,
    /// Everything but keys.
    Admin,
    /// Make, change and publish posts.
    #[default]
    Member,
    /// Make and change posts; a person schedules them.
    Editor,
    /// Only read.
    Viewer,
}

impl KeyRole {
    /// Every role, the mightiest first.
    pub const ALL: [Self; 5] = [
        Self::Owner,
        Self::Admin,
        Self::Member,
        Self::Editor,
        Self::Viewer,
    ];

    /// What other programs call a role: the names of the social contract's document.
    pub const ALSO: [(&str, Self); 8] = [
        ("creator", Self::Member),
        ("content_creator", Self::Member),
        ("content_manager", Self::Member),
        ("manager", Self::Admin),
        ("tenant_admin", Self::Admin),
        ("platform_admin", Self::Owner),
        ("system_admin", Self::Owner),
        ("super_admin", Self::Owner),
    ];

    /// The word in the database and in answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Editor => "editor",
            Self::Viewer => "viewer",
        }
    }

    /// The role of a word, ours or another program's.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        let own = Self::ALL.into_iter().find(|role| role.word() == word);
        own.or_else(|| {
            let also = Self::ALSO.into_iter().find(|(name, _)| *name == word);
            also.map(|(_, role)| role)
        })
    }

    /// The permissions it stands for.
    #[must_use]
    pub fn permissions(self) -> Vec<Permission> {
        use Permission::{
            CreateEvents, DeleteEvents, EditEvents, ManageAccounts, PublishContent, ViewAnalytics,
        };
        match self {
            Self::Owner => Permission::ALL.to_vec(),
            Self::Admin => vec![
                CreateEvents,
                EditEvents,
                DeleteEvents,
                PublishContent,
                ViewAnalytics,
                ManageAccounts,
            ],
            Self::Member => vec![
                CreateEvents,
                EditEvents,
                DeleteEvents,
                PublishContent,
                ViewAnalytics,
            ],
            Self::Editor => vec![CreateEvents, EditEvents, ViewAnalytics],
            Self::Viewer => vec![ViewAnalytics],
        }
    }
}

impl<'de> Deserialize<'de> for KeyRole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const WORDS: [&str; 5] = ["owner", "admin", "member", "editor", "viewer"];
        let word = String::deserialize(deserializer)?;
        Self::of_word(&word).ok_or_else(|| serde::de::Error::unknown_variant(&word, &WORDS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_by_our_words_and_by_those_of_other_programs() {
        for role in KeyRole::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.word());
        }
        let read = |word: &str| serde_json::from_value::<KeyRole>(word.into()).ok();
        for role in KeyRole::ALL {
            assert_eq!(read(role.word()), Some(role));
        }
        for (word, role) in KeyRole::ALSO {
            assert_eq!(read(word), Some(role), "{word}");
        }
        for wrong in ["", "Owner", "root", "super-admin"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn words_are_those_on_the_wire_and_only_an_owner_makes_keys() {
        for one in Permission::ALL {
            assert_eq!(serde_json::to_value(one).unwrap(), one.word());
        }
        for role in [
            KeyRole::Admin,
            KeyRole::Member,
            KeyRole::Editor,
            KeyRole::Viewer,
        ] {
            assert!(
                !role.permissions().contains(&Permission::ManageKeys),
                "{role:?}"
            );
        }
        assert!(
            !KeyRole::Editor
                .permissions()
                .contains(&Permission::PublishContent)
        );
    }
}
