//! What this computer knows of videos, and whether it can change them.

use crate::connector::MediaFacts;

/// Says of videos what is inside them where nothing was kept of that, and whether they can be changed here.
/// Nobody looks for the program that changes them where there are none.
pub async fn known_here(all: &mut [MediaFacts], library: &media::Library) {
    if !all.iter().any(MediaFacts::is_video) {
        return;
    }
    let tool = library.tool().await;
    for facts in all {
        facts.tool = tool;
        if facts.clip.is_some() || facts.missing || !facts.is_video() {
            continue;
        }
        if let Some(film) = library.film(&facts.id).await {
            facts.clip = Some(film.clip);
            facts.width = facts.width.or(film.width);
            facts.height = facts.height.or(film.height);
        }
    }
}
