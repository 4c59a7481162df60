//! Videos of a post: what its network takes of each, what is wrong with it, and what is made of it before
//! it is sent. One set of rules for the screen, the API and the sending.

mod known;
mod poster;
mod words;

use media::video::{Plan, TooLong, Tool, Wanted};
use model::captions::Captions;
use model::clip::{Clip, ClipLimits, Misfit, Shot, SoundCodec, bit_rate, length_words};
use model::content::MediaUse;
use model::edit::film::{Film, suits_video};
use model::edit::{self, Operation, captions_sent};
use model::error::Fix;
use serde_json::{Map, Value};

use crate::catalogue::{CaptionLimits, Cover, Entry, ShownWhen};
use crate::check::{Found, grouped};
use crate::connector::MediaFacts;
use words::{format_name, formats, shape};

pub use known::known_here;
pub use poster::cover_ms;
pub use words::version_words;

/// What a network takes of a video under the options of one target.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'a> {
    /// The network's name.
    pub network: &'a str,
    /// What it becomes there, such as "as a reel"; empty for an ordinary video.
    pub becomes: &'a str,
    /// The option that makes it that.
    pub option: Option<&'a str>,
    /// Media types it takes; empty for any.
    pub formats: &'a [String],
    /// Largest file in bytes.
    pub max_bytes: Option<u64>,
    /// Captions beside it; none where it takes none.
    pub captions: Option<CaptionLimits>,
    /// How it is told what stands for it; none where it chooses by itself.
    pub cover: Option<Cover>,
    /// The rest.
    pub clip: &'a ClipLimits,
}

impl<'a> Taken<'a> {
    /// What the entry says for these options; none where the network takes no videos.
    #[must_use]
    pub fn of(entry: &'a Entry, options: &Map<String, Value>) -> Option<Self> {
        let video = entry.video.as_ref()?;
        let kind = video.kinds.iter().find(|k| holds(entry, &k.when, options));
        Some(Self {
            network: &entry.name,
            becomes: kind.map_or("", |k| &k.becomes),
            option: kind.map(|k| k.when.option.as_str()),
            formats: &video.formats,
            max_bytes: kind.and_then(|k| k.max_bytes).or(video.max_bytes),
            captions: video.captions,
            cover: kind.map_or(video.cover, |k| k.cover),
            clip: kind.map_or(&video.clip, |k| &k.clip),
        })
    }

    fn wanted(&self) -> Wanted<'a> {
        Wanted {
            formats: self.formats,
            max_bytes: self.max_bytes,
            clip: self.clip,
        }
    }
}

/// Whether an option has one of the values, set or by itself.
fn holds(entry: &Entry, when: &ShownWhen, options: &Map<String, Value>) -> bool {
    let field = entry.options.iter().find(|f| f.name == when.option);
    let set = options.get(&when.option).filter(|v| !v.is_null());
    set.or(field.map(|f| &f.default))
        .is_some_and(|v| when.values.contains(v))
}

fn shot(facts: &MediaFacts) -> Option<Shot> {
    Some(Shot {
        width: facts.width,
        height: facts.height,
        bytes: facts.bytes,
        clip: facts.clip?,
    })
}

/// What has to be made of a video before it is sent; none when the file goes out as it is. `original` are its
/// facts before any edit. Where the program that changes videos is missing, limits that it would have to keep
/// count for nothing: what cannot be mended is told by the check.
pub fn plan(
    taken: &Taken<'_>,
    original: &MediaFacts,
    edits: &[Operation],
) -> Result<Option<Plan>, TooLong> {
    let kind = media::Kind::from_mime(&original.mime).filter(|kind| kind.is_video());
    let Some(kind) = kind else {
        return Ok(None);
    };
    let shot = shot(original).unwrap_or(Shot {
        width: original.width,
        height: original.height,
        bytes: original.bytes,
        clip: unreadable(),
    });
    let mut operations = edits.to_vec();
    // Captions go beside the file: they make no other version of it.
    operations.retain(|o| suits_video(o) && !matches!(o, Operation::Captions { .. }));
    if original.tool == Tool::Ready {
        return media::video::plan(kind, &shot, &operations, taken.wanted());
    }
    let wanted = Wanted {
        max_bytes: None,
        clip: &ClipLimits::default(),
        ..taken.wanted()
    };
    media::video::plan(kind, &shot, &operations, wanted)
}

/// What is thought of a video that cannot be read: it may have sound, and tell any place.
const fn unreadable() -> Clip {
    Clip {
        length_ms: None,
        frame_rate: None,
        codec: None,
        sound: Some(SoundCodec::Other),
        located: true,
    }
}

/// What is known of a video after a person's edits, before it is made.
pub fn after(facts: &mut MediaFacts, edits: &[Operation]) {
    let film = Film::of(edits);
    if !film.changes() {
        return;
    }
    "video/mp4".clone_into(&mut facts.mime);
    let size = facts.width.zip(facts.height);
    let edited = size.map(|(w, h)| media::video::even(model::edit::size(edits, w, h)));
    if let Some(shot) = shot(facts) {
        let after = media::video::after(&shot, &film, edited.filter(|_| film.repack));
        (facts.width, facts.height) = (after.width, after.height);
        facts.bytes = after.bytes;
        facts.clip = Some(Clip {
            located: false,
            ..after.clip
        });
    }
}

/// Where a video stands in a post, and how it is.
pub struct Looked<'a> {
    /// The part, from 0.
    pub segment: usize,
    /// The file's place in it.
    pub index: u32,
    /// The file with its edits.
    pub used: &'a MediaUse,
    /// What is known of it after them.
    pub facts: &'a MediaFacts,
}

/// Everything wrong with a video.
pub fn check(taken: &Taken<'_>, looked: &Looked<'_>, found: &mut Found) {
    let facts = looked.facts;
    let mut add = Adding {
        taken,
        looked,
        found,
    };
    add.captions();
    let film = Film::of(&looked.used.edits);
    add.poster(&film);
    if !looked.used.edits.iter().all(suits_video) {
        let message =
            "A video can be cut, cropped, turned and muted; its other edits are left out.";
        add.warning("video_edits", message.to_owned(), vec![]);
    }
    if film.changes() && facts.tool != Tool::Ready {
        add.needs_tool(
            "video_edits_need_tool",
            "The edits of this video need ffmpeg.",
        );
        return;
    }
    let ready = facts.tool == Tool::Ready;
    if !taken.formats.is_empty() && !taken.formats.contains(&facts.mime) && !ready {
        let words = format!(
            "{} takes {} videos and this is {}. Converting it needs ffmpeg.",
            taken.network,
            formats(taken.formats),
            format_name(&facts.mime)
        );
        add.needs_tool("media_format", &words);
        return;
    }
    let misfits = shot(facts).map_or_else(Vec::new, |shot| taken.clip.misfits(&shot));
    for misfit in &misfits {
        add.misfit(*misfit, ready);
    }
    let size = taken.max_bytes.filter(|most| facts.bytes > *most);
    if let Some(most) = size {
        add.size(most, ready);
    }
    if !ready {
        add.place();
    }
}

struct Adding<'a, 'b> {
    taken: &'a Taken<'b>,
    looked: &'a Looked<'a>,
    found: &'a mut Found,
}

impl Adding<'_, '_> {
    fn error(&mut self, rule: &str, message: String, fixes: Vec<Fix>) {
        self.found
            .error(rule, Some(self.looked.segment), message, fixes);
    }

    fn warning(&mut self, rule: &str, message: String, fixes: Vec<Fix>) {
        self.found
            .warning(rule, Some(self.looked.segment), message, fixes);
    }

    /// What becomes of the captions of the video.
    fn captions(&mut self) {
        let edits = &self.looked.used.edits;
        if edit::captions(edits).next().is_none() {
            return;
        }
        let network = self.taken.network;
        let Some(limits) = self.taken.captions else {
            let message = format!(
                "{network} takes no captions beside a video, so this one goes there without them."
            );
            self.warning("captions_left_out", message, vec![]);
            return;
        };
        let sent = captions_sent(edits);
        for own in edit::captions(edits) {
            let stays = |s: &Captions| s.language.eq_ignore_ascii_case(&own.language);
            if !sent.iter().any(stays) {
                let message = format!(
                    "None of the captions in {} lies in what stays of the video, so they are left out.",
                    own.language
                );
                self.warning("captions_outside", message, vec![]);
            }
        }
        let named = sent.iter().filter(|own| limits.names(own)).count();
        let taken: Vec<&str> = limits.taken(&sent).map(|own| &*own.language).collect();
        if taken.len() < named {
            let message = format!(
                "{network} takes captions in no more languages than {}, so of this video those in {} go along.",
                taken.len(),
                taken.join(", ")
            );
            self.warning("captions_too_many", message, vec![Fix::Tailor]);
        }
        for own in &sent {
            if !limits.names(own) {
                let message = format!(
                    "{network} has no name for the language {}, so those captions are left out.",
                    own.language
                );
                self.warning("captions_language", message, vec![]);
                continue;
            }
            let bytes = limits.file(own).len() as u64;
            if let Some(most) = limits.max_bytes.filter(|most| bytes > u64::from(*most)) {
                let message = format!(
                    "{network} takes captions of up to {} KB; those in {} have {}. Trim the video, or make them shorter.",
                    grouped(u64::from(most) / 1_000),
                    own.language,
                    grouped(bytes.div_ceil(1_000))
                );
                self.error("captions_too_large", message, vec![Fix::Tailor]);
            }
        }
    }

    fn remove(&self) -> Fix {
        Fix::RemoveMedia {
            index: self.looked.index,
        }
    }

    fn needs_tool(&mut self, rule: &str, words: &str) {
        let message = format!("{words} {}", self.looked.facts.tool.advice());
        let fixes = vec![self.remove(), Fix::Tailor];
        self.error(rule, message, fixes);
    }

    /// What would or may tell a place, and cannot be taken out by this program alone.
    fn place(&mut self) {
        let facts = self.looked.facts;
        match facts.clip {
            None => self.needs_tool(
                "video_unreadable",
                "What is inside this video cannot be read, so it may tell where it was filmed. \
                 Making a copy without that needs ffmpeg.",
            ),
            Some(clip) if clip.located && facts.mime == media::Kind::Webm.mime() => {
                self.needs_tool(
                    "video_place",
                    "This video may tell where it was filmed, in its words or in a track beside the \
                     pictures. Taking that out of a WebM video needs ffmpeg.",
                );
            }
            Some(_) => {}
        }
    }

    /// " as a reel", or nothing.
    fn becomes(&self) -> String {
        match self.taken.becomes {
            "" => String::new(),
            words => format!(" {words}"),
        }
    }

    /// Sends it as an ordinary video where an option made it something else, else takes it off.
    fn otherwise(&self) -> Fix {
        match self.taken.option {
            Some(option) => Fix::ClearOption {
                name: option.to_owned(),
            },
            None => self.remove(),
        }
    }

    fn misfit(&mut self, misfit: Misfit, ready: bool) {
        let (network, becomes) = (self.taken.network, self.becomes());
        match misfit {
            Misfit::Long { is, most } => {
                let message = format!(
                    "The video runs {}; {network} takes up to {}{becomes}.",
                    length_words(is),
                    length_words(most)
                );
                let trim = Fix::Trim {
                    index: self.looked.index,
                    most_ms: most,
                };
                let fixes = vec![trim, self.otherwise()];
                self.error("video_too_long", message, fixes);
            }
            Misfit::Short { is, least } => {
                let message = format!(
                    "The video runs {}; {network} takes {} or more{becomes}.",
                    length_words(is),
                    length_words(least)
                );
                let fixes = vec![self.otherwise(), Fix::Tailor];
                self.error("video_too_short", message, fixes);
            }
            Misfit::Shape => {
                let clip = self.taken.clip;
                let narrowest = clip.narrowest.unwrap_or((1, 100));
                let widest = clip.widest.unwrap_or((100, 1));
                let message = if narrowest == widest {
                    format!(
                        "{network} takes videos of {}{becomes}. Crop this one.",
                        shape(widest)
                    )
                } else {
                    format!(
                        "{network} takes videos from {} to {}{becomes}. Crop this one.",
                        shape(narrowest),
                        shape(widest)
                    )
                };
                let crop = Fix::Crop {
                    index: self.looked.index,
                    narrowest,
                    widest,
                };
                let fixes = vec![crop, self.otherwise()];
                self.error("video_shape", message, fixes);
            }
            // Packed anew before it is sent.
            _ if ready => {}
            Misfit::Codec(codec) => {
                let words = format!(
                    "{network} does not take videos packed as {}. Converting it needs ffmpeg.",
                    codec.name()
                );
                self.needs_tool("video_codec", &words);
            }
            Misfit::Size(..) | Misfit::Rate(_) | Misfit::BitRate(_) => self.may_be_refused(misfit),
        }
    }

    /// What networks write of size and rate, and do not always mind.
    fn may_be_refused(&mut self, misfit: Misfit) {
        let facts = self.looked.facts;
        let is = match misfit {
            Misfit::Rate(_) => {
                let rate = facts.clip.and_then(|c| c.frame_rate).unwrap_or_default();
                format!("{} pictures a second", rate / 1_000)
            }
            Misfit::BitRate(_) => {
                let bits = shot(facts).as_ref().and_then(bit_rate).unwrap_or_default();
                format!("{} Mbit a second", bits.div_ceil(1_000_000))
            }
            _ => {
                let (w, h) = facts.width.zip(facts.height).unwrap_or_default();
                format!("{w} × {h} pixels")
            }
        };
        let message = format!(
            "This video has {is}, which {} may refuse. Making it fit needs ffmpeg. {}",
            self.taken.network,
            facts.tool.advice()
        );
        self.warning("video_may_be_refused", message, vec![]);
    }

    fn size(&mut self, most: u64, ready: bool) {
        let facts = self.looked.facts;
        let known = facts.clip.and_then(|clip| clip.length_ms).is_some();
        if ready && known {
            return;
        }
        let mut message = format!(
            "{} takes videos up to {} MB{}; this one has {}.",
            self.taken.network,
            grouped(most / 1_000_000),
            self.becomes(),
            grouped(facts.bytes.div_ceil(1_000_000))
        );
        if !ready {
            message.push_str(" Making it smaller needs ffmpeg. ");
            message.push_str(facts.tool.advice());
        }
        let fixes = vec![self.otherwise(), Fix::Tailor];
        self.error("media_too_large", message, fixes);
    }
}

#[cfg(test)]
#[path = "video_tests.rs"]
mod tests;
