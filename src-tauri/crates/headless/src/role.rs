//! What a key is for, as the command line reads it.

use clap::ValueEnum;
use clap::builder::PossibleValue;
use model::key::KeyRole;

/// A role by its word, ours or another program's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Role(KeyRole);

const ALL: [Role; 5] = [
    Role(KeyRole::Owner),
    Role(KeyRole::Admin),
    Role(KeyRole::Member),
    Role(KeyRole::Editor),
    Role(KeyRole::Viewer),
];

impl Role {
    /// The word of the list of commands.
    #[must_use]
    pub const fn word(self) -> &'static str {
        self.0.word()
    }

    const fn help(self) -> &'static str {
        match self.0 {
            KeyRole::Owner => "Everything",
            KeyRole::Admin => "Everything but keys",
            KeyRole::Member => "Make, change and publish posts",
            KeyRole::Editor => "Make and change posts; a person schedules them",
            KeyRole::Viewer => "Only read",
        }
    }
}

impl ValueEnum for Role {
    fn value_variants<'a>() -> &'a [Self] {
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let also = KeyRole::ALSO
            .into_iter()
            .filter(|(_, role)| *role == self.0);
        let value = PossibleValue::new(self.word()).help(self.help());
        Some(value.aliases(also.map(|(word, _)| word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_for_a_role_is_read() {
        for (word, role) in KeyRole::ALSO {
            assert_eq!(Role::from_str(word, false), Ok(Role(role)), "{word}");
        }
        assert_eq!(Role::from_str("viewer", false), Ok(Role(KeyRole::Viewer)));
        assert!(Role::from_str("root", false).is_err());
        assert_eq!(Role::default().word(), "member");
    }
}
