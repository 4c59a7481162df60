//! The fonts of this computer. None are brought along: words on a picture are drawn with what is
//! installed where the picture is made.

use std::sync::{Mutex, PoisonError};

use cosmic_text::{Family, FontSystem, SwashCache, fontdb};

/// Families that read well on pictures, the first that is installed being the usual one.
const USUAL: [&str; 8] = [
    "Inter",
    "Segoe UI",
    "Helvetica Neue",
    "Noto Sans",
    "Open Sans",
    "Liberation Sans",
    "DejaVu Sans",
    "Arial",
];

/// Fonts that were looked for once, and how their letters are drawn.
pub(super) struct Fonts {
    /// Finds fonts and shapes text with them.
    pub system: FontSystem,
    /// Draws letters.
    pub drawer: SwashCache,
    usual: String,
}

/// Looking for fonts takes a moment and their tables some memory, so it is done once, when words are
/// drawn for the first time.
static FONTS: Mutex<Option<Fonts>> = Mutex::new(None);

/// Does something with the fonts, one caller at a time.
pub(super) fn with<T>(work: impl FnOnce(&mut Fonts) -> T) -> T {
    let mut fonts = FONTS.lock().unwrap_or_else(PoisonError::into_inner);
    work(fonts.get_or_insert_with(Fonts::look))
}

/// Names of the font families of this computer, in order.
pub(crate) fn families() -> Vec<String> {
    with(|fonts| {
        let mut names: Vec<String> = fonts
            .system
            .db()
            .faces()
            .filter_map(|face| face.families.first())
            .map(|(name, _)| name.clone())
            // The system's own, which programs are not meant to offer.
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort_by_key(|name| name.to_lowercase());
        names.dedup();
        names
    })
}

impl Fonts {
    fn look() -> Self {
        let mut system = FontSystem::new();
        let there = |name: &&&str| has(system.db(), name);
        let usual = USUAL.iter().find(there).map(|name| (*name).to_owned());
        let first = || {
            let face = system.db().faces().next()?;
            face.families.first().map(|(name, _)| name.clone())
        };
        let usual = usual.or_else(first).unwrap_or_default();
        system.db_mut().set_sans_serif_family(usual.clone());
        Self {
            system,
            drawer: SwashCache::new(),
            usual,
        }
    }

    /// Whether no font is installed at all.
    pub fn none(&self) -> bool {
        self.system.db().is_empty()
    }

    /// The family that is drawn where `wanted` is asked for, and whether it is another one.
    pub fn nearest(&self, wanted: &str) -> (String, bool) {
        let wanted = wanted.trim();
        if wanted.is_empty() {
            return (self.usual.clone(), false);
        }
        match name_of(self.system.db(), wanted) {
            Some(name) => (name, false),
            None => (self.usual.clone(), true),
        }
    }

    /// A family by its name as the shaper wants it.
    pub fn family(name: &str) -> Family<'_> {
        if name.is_empty() {
            Family::SansSerif
        } else {
            Family::Name(name)
        }
    }
}

fn has(db: &fontdb::Database, name: &str) -> bool {
    name_of(db, name).is_some()
}

/// The family's name as its font spells it, whatever the case it was asked in.
fn name_of(db: &fontdb::Database, name: &str) -> Option<String> {
    let mut all = db.faces().flat_map(|face| &face.families);
    let found = all.find(|(family, _)| family.eq_ignore_ascii_case(name))?;
    Some(found.0.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_is_found_in_any_case_and_one_that_is_missing_is_replaced() {
        let Some(first) = families().into_iter().next() else {
            return;
        };
        with(|fonts| {
            assert_eq!(fonts.nearest(&first.to_uppercase()), (first.clone(), false));
            let (usual, other) = fonts.nearest("No Such Font 123");
            assert!(other && !usual.is_empty());
            assert_eq!(fonts.nearest(""), (usual, false));
        });
    }
}
