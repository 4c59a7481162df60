//! Keys with which other programs work: what they may do.

use serde::{Deserialize, Serialize};
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
}

/// What a key is for, as a name for a usual set of permissions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
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

#[cfg(test)]
mod tests {
    use super::*;

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
