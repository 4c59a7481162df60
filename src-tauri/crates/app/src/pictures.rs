//! Pictures as the editor and the accounts see them: layers over them, and what is sent of them.

use std::collections::BTreeSet;

use base64::Engine as _;
use media::video::Tool;
use media::{Kind, MediaError, Sent};
use model::MediaId;
use model::content::{MediaUse, Segment, for_account};
use model::edit::mark::Watermark;
use model::edit::{Operation, words::MAX_WORDS};
use model::error::{Fix, Problem, Severity};
use model::post::TargetDraft;
use networks::connector::{CheckInput, Connector, MediaFacts, PictureUse};
use networks::edited::{as_edited, facts_at};
use networks::video::known_here;
use store::Conn;

use crate::app::App;
use crate::checks::account_name;
use crate::error::Result;
use crate::money::facts_of;
use crate::types::pictures::{
    Fits, FitsAccount, FitsWanted, LayerWanted, PictureFit, PictureLayer, SentPicture,
};
use crate::types::{ApiError, Nothing};

/// Most pictures times accounts in one call: each may take a second.
const MOST: usize = 200;

impl App {
    /// Families of fonts that words on pictures can be drawn with.
    pub async fn media_fonts(&self, _input: Nothing) -> Result<Vec<String>> {
        Ok(media::families().await?)
    }

    /// What words or a mark lay over a picture of some size.
    pub async fn media_layer(&self, input: LayerWanted) -> Result<PictureLayer> {
        input
            .operation
            .check()
            .map_err(|error| ApiError::invalid("operation", error.to_string()))?;
        let size = (input.width, input.height);
        let layer = self.inner.library.layer(input.operation, size).await?;
        let layer = layer.ok_or_else(|| {
            let sentence = format!(
                "Only words (at most {MAX_WORDS} characters) and marks lie over a picture."
            );
            ApiError::invalid("operation", sentence)
        })?;
        Ok(PictureLayer {
            left: layer.left,
            top: layer.top,
            width: layer.width,
            height: layer.height,
            lines: layer.lines,
            png: base64::engine::general_purpose::STANDARD.encode(&layer.png),
            font: layer.font,
            replaced: layer.replaced,
        })
    }

    /// What accounts get of pictures, whether they fit, and why not.
    ///
    /// Of the files of a post for the accounts it goes to: each is made as it will be sent, which takes time and
    /// is kept. Where accounts are looked for that a file could go to, [`Self::media_fits`] answers without that.
    pub async fn media_as_sent(&self, input: FitsWanted) -> Result<Vec<PictureFit>> {
        if input.media.len() * input.accounts.len() > MOST {
            return Err(ApiError::invalid(
                "media",
                format!("Ask for at most {MOST} pairs of files and accounts at once."),
            ));
        }
        for used in &input.media {
            used.check_edits()
                .map_err(|error| ApiError::invalid("media", error.to_string()))?;
        }
        let mut conn = self.read().await?;
        let ids = input.media.iter().map(|used| used.media_id.clone());
        let ids: BTreeSet<MediaId> = ids.collect();
        let moving = moving_of(&mut conn, &ids).await?;
        let mut facts = facts_of(&mut conn, ids, Tool::default()).await?;
        let known = store::accounts::all(&mut conn).await?;
        let workspaces = known.iter().map(|a| a.workspace_id).collect();
        let marks = store::settings::watermarks(&mut conn, &workspaces).await?;
        drop(conn);
        known_here(&mut facts, &self.inner.library).await;
        let mut found = Vec::new();
        for wanted in &input.accounts {
            let account = known.iter().find(|a| a.id == wanted.id);
            let account = account.ok_or_else(|| ApiError::missing("account"))?;
            let Some(connector) = self.inner.config.registry.get(&account.network) else {
                return Err(ApiError::missing("network"));
            };
            let look = Look {
                app: self,
                account,
                connector: &**connector,
                wanted,
                mark: marks.get(&account.workspace_id),
                moving: &moving,
            };
            found.extend(look.at(&input.media, &facts).await?);
        }
        Ok(found)
    }
}

/// Which of these files move.
async fn moving_of(conn: &mut Conn, ids: &BTreeSet<MediaId>) -> Result<BTreeSet<MediaId>> {
    let ids: Vec<MediaId> = ids.iter().cloned().collect();
    let known = store::files::get_many(conn, &ids).await?;
    let moving = known.into_iter().filter(|file| file.moving);
    Ok(moving.map(|file| file.id).collect())
}

/// One account that files may go to.
struct Look<'a> {
    app: &'a App,
    account: &'a model::account::Account,
    connector: &'a dyn Connector,
    wanted: &'a FitsAccount,
    mark: Option<&'a Watermark>,
    /// Pictures with more than one frame.
    moving: &'a BTreeSet<MediaId>,
}

impl Look<'_> {
    async fn at(&self, media: &[MediaUse], facts: &[MediaFacts]) -> Result<Vec<PictureFit>> {
        let segment = Segment {
            media: media.to_vec(),
            ..Segment::default()
        };
        let mut own = for_account(&[segment], self.account.id).into_owned();
        let uses = own.iter_mut().flat_map(|segment| &mut segment.media);
        for used in uses {
            let mime = facts.iter().find(|f| f.id == used.media_id);
            let mime = mime.map_or("", |facts| &facts.mime);
            if let Some(edits) = self.mark.and_then(|m| m.on_edits(&used.edits, mime)) {
                used.edits = edits;
            }
        }
        let edited = as_edited(facts, &own);
        let draft = TargetDraft {
            account_id: self.account.id,
            override_segments: None,
            options: self.wanted.options.clone(),
        };
        let input = CheckInput {
            account: self.account,
            segments: &own,
            draft: &draft,
            media: &edited,
        };
        let problems = self.connector.check(input);
        let uses = own.first().map_or(&[][..], |segment| &segment.media);
        let together: Vec<MediaFacts> = (0..uses.len())
            .filter_map(|index| facts_at(&input, 0, index).cloned())
            .collect();
        let mut found = Vec::new();
        for (index, used) in uses.iter().enumerate() {
            let edited = facts_at(&input, 0, index);
            let index = index as u32;
            let original = facts.iter().find(|f| f.id == used.media_id);
            let problems: Vec<Problem> = problems
                .iter()
                .filter(|problem| concerns(problem, index))
                .cloned()
                .collect();
            let before_and_after = (original, edited);
            let fit = self.fit(used, index, before_and_after, &together, problems);
            found.push(fit.await?);
        }
        Ok(found)
    }

    async fn fit(
        &self,
        used: &MediaUse,
        index: u32,
        (original, edited): (Option<&MediaFacts>, Option<&MediaFacts>),
        together: &[MediaFacts],
        problems: Vec<Problem>,
    ) -> Result<PictureFit> {
        let mut fit = PictureFit {
            media_id: used.media_id.clone(),
            index,
            account_id: self.account.id,
            fits: Fits::AsItIs,
            words: String::new(),
            sent: None,
            problems,
        };
        let wrong = fit
            .problems
            .iter()
            .find(|p| p.severity == Severity::Error)
            .map(|p| p.message.clone());
        let is_picture = |facts: &&MediaFacts| facts.mime.starts_with("image/") && !facts.missing;
        if let Some(original) = original.filter(is_picture) {
            match self.made(used, edited, together).await {
                Ok(Some(sent)) => {
                    fit.fits = if sent.untouched {
                        Fits::AsItIs
                    } else {
                        Fits::Changed
                    };
                    fit.words = self.told(used, original, &sent);
                    fit.sent = Some(SentPicture {
                        mime: sent.kind.mime().to_owned(),
                        file: sent.file,
                        width: sent.width,
                        height: sent.height,
                        bytes: sent.bytes,
                        moving: sent.moving,
                    });
                }
                Ok(None) => {
                    "Only its description goes out, no file.".clone_into(&mut fit.words);
                }
                Err(error) => {
                    fit.fits = Fits::No;
                    fit.words = error.to_string();
                }
            }
        } else if original.is_some_and(|o| !o.missing) {
            "Goes out as it is.".clone_into(&mut fit.words);
        }
        if let Some(why) = wrong {
            fit.fits = Fits::No;
            fit.words = why;
        }
        Ok(fit)
    }

    /// The picture as this account gets it; none where no file is sent.
    async fn made(
        &self,
        used: &MediaUse,
        edited: Option<&MediaFacts>,
        together: &[MediaFacts],
    ) -> std::result::Result<Option<Sent>, MediaError> {
        let Some(file) = edited else {
            return Ok(None);
        };
        let library = &self.app.inner.library;
        let (name, edits) = ("A picture of this post".to_owned(), used.edits.clone());
        if self.connector.hands_files_on() {
            return library.handed(&used.media_id, name, edits).await.map(Some);
        }
        let limits = self.connector.picture_limits(&PictureUse {
            account: self.account,
            options: &self.wanted.options,
            file,
            together,
        });
        let Some(limits) = limits else {
            return Ok(None);
        };
        self.app
            .inner
            .library
            .sent(&used.media_id, name, edits, limits)
            .await
            .map(Some)
    }

    fn told(&self, used: &MediaUse, was: &MediaFacts, sent: &Sent) -> String {
        let about = format!(
            "{}, {} × {}, {}",
            kind_word(sent.kind),
            sent.width,
            sent.height,
            size_words(sent.bytes)
        );
        if sent.untouched {
            return format!("Goes out as it is: {about}. Place and camera are left out.");
        }
        let mut why = Vec::new();
        let person = |o: &&Operation| !matches!(o, Operation::Mark { .. } | Operation::Unmarked);
        if used.edits.iter().any(|o| person(&o)) {
            why.push("as you edited it");
        }
        if used
            .edits
            .iter()
            .any(|o| matches!(o, Operation::Mark { .. }))
        {
            why.push("with the watermark");
        }
        let (width, height) = (was.width.unwrap_or(0), was.height.unwrap_or(0));
        let (width, height) = model::edit::size(&used.edits, width, height);
        if width.max(height) > sent.width.max(sent.height) {
            why.push("made smaller");
        } else if why.is_empty() && was.mime != sent.kind.mime() {
            why.push("made into a format that goes everywhere");
        } else if why.is_empty() {
            why.push("made anew to fit");
        }
        let name = account_name(self.account, Some(self.connector));
        let still = if self.moving.contains(&used.media_id) && !sent.moving {
            " It stands still there, as its first frame."
        } else {
            ""
        };
        format!("{name} gets {about}: {}.{still}", why.join(", "))
    }
}

/// Whether a problem is about the file at this place of the segment.
fn concerns(problem: &Problem, index: u32) -> bool {
    problem.fixes.iter().any(|fix| match fix {
        Fix::RemoveMedia { index: at }
        | Fix::AddAlt { index: at }
        | Fix::Crop { index: at, .. } => *at == index,
        Fix::RemoveExtra { indexes } => indexes.contains(&index),
        _ => false,
    })
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Jpeg => "JPEG",
        Kind::Png => "PNG",
        Kind::Gif => "GIF",
        Kind::Webp => "WebP",
        Kind::Avif => "AVIF",
        Kind::Heic => "HEIC",
        Kind::Mp4 => "MP4",
        Kind::Mov => "MOV",
        Kind::Webm => "WebM",
        Kind::Pdf => "PDF",
    }
}

/// `340 KB`, `2.3 MB`.
fn size_words(bytes: u64) -> String {
    if bytes < 1_000_000 {
        return format!("{} KB", bytes.div_ceil(1_000));
    }
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_people_write_them() {
        assert_eq!(size_words(1), "1 KB");
        assert_eq!(size_words(340_000), "340 KB");
        assert_eq!(size_words(2_250_000), "2.3 MB");
    }

    #[test]
    fn a_problem_is_told_beside_its_file() {
        let of = |fixes| Problem {
            severity: Severity::Error,
            rule: "x".to_owned(),
            message: String::new(),
            account_id: None,
            segment: None,
            fixes,
        };
        assert!(concerns(&of(vec![Fix::RemoveMedia { index: 1 }]), 1));
        assert!(!concerns(&of(vec![Fix::RemoveMedia { index: 1 }]), 0));
        assert!(!concerns(&of(vec![Fix::WriteText]), 0));
        assert!(concerns(
            &of(vec![Fix::RemoveExtra {
                indexes: vec![2, 3]
            }]),
            3
        ));
    }
}
