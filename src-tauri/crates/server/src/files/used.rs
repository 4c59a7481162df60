//! Files as posts use them: uploaded before, in the post already, or fetched from an address.

use model::MediaId;
use model::content::{MediaUse, Segment};

use super::{hash_of, info, upload};
use crate::call::Call;
use crate::fault::Fault;
use crate::host::Host;
use crate::limits::Bucket;

/// A file as a program names it for a post.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Given<'a> {
    /// Its identifier: of an upload, or as posts show the files they have.
    pub id: Option<&'a str>,
    /// Its address.
    pub url: Option<&'a str>,
    /// Description for people who cannot see it; none leaves it as it is.
    pub alt: Option<&'a str>,
}

/// What a post does with the files it has. Contracts show less of it than there is, so a file that is named again
/// keeps how it is cut, what stands on it and how it is described, once for each time that the post shows it.
#[derive(Debug, Default)]
pub(crate) struct Had(Vec<(usize, MediaUse)>);

impl Had {
    /// Of a post of these parts.
    pub fn of(segments: &[Segment]) -> Self {
        let parts = segments.iter().enumerate();
        let uses = parts.flat_map(|(part, segment)| {
            let uses = segment.media.iter();
            uses.map(move |one| (part, one.clone()))
        });
        Self(uses.collect())
    }

    /// How a file is used that is named again for a part: as it is there, else as in another part.
    fn again(&mut self, media: &MediaId, part: usize) -> Option<MediaUse> {
        let place = |here: bool| {
            let mut all = self.0.iter();
            all.position(|(of, one)| one.media_id == *media && (*of == part || !here))
        };
        let at = place(true).or_else(|| place(false))?;
        Some(self.0.remove(at).1)
    }
}

/// The files of a part of a post, in the order in which they are named.
pub(crate) async fn used(
    call: &Call,
    given: &[Given<'_>],
    had: &mut Had,
    part: usize,
    field: &str,
) -> Result<Vec<MediaUse>, Fault> {
    let mut all = Vec::new();
    for (n, one) in given.iter().enumerate() {
        let (media, described) = found(call, *one, &format!("{field}.{n}")).await?;
        let again = had.again(&media, part);
        let mut file = again.unwrap_or_else(|| MediaUse::new(media, described));
        if let Some(alt) = one.alt {
            alt.clone_into(&mut file.alt);
        }
        all.push(file);
    }
    Ok(all)
}

/// The file that is meant, and what new uses of it start with as their description.
async fn found(call: &Call, given: Given<'_>, field: &str) -> Result<(MediaId, String), Fault> {
    if let Some(id) = given.id.filter(|id| !id.is_empty()) {
        return known(call, id).await;
    }
    let Some(url) = given.url else {
        return Err(Fault::invalid(field, "A file needs its id or its address."));
    };
    if let Some(name) = own(&call.host, url) {
        return known(call, name).await;
    }
    call.counts(Bucket::Media)?;
    let taken = call.app().media_fetch(url).await.map_err(|error| {
        let fault = Fault::from(error);
        fault.with("field", field).given(url)
    })?;
    Ok((taken.info.id, taken.info.alt))
}

/// What an address names that is one of this host's own, under whichever of its names.
fn own<'a>(host: &Host, url: &'a str) -> Option<&'a str> {
    let rest = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"))?;
    let (authority, path) = rest.split_once('/')?;
    let name = path.strip_prefix("media/")?;
    host.answers_to(authority).then_some(name)
}

/// A file that is here. What was written of it in the library is taken where the upload says nothing.
async fn known(call: &Call, name: &str) -> Result<(MediaId, String), Fault> {
    let media = if let Some(media) = hash_of(name) {
        media
    } else {
        let (_, upload) = upload(call, name).await?;
        if !upload.alt.is_empty() {
            return Ok((upload.media, upload.alt));
        }
        upload.media
    };
    let known = info(call, &media).await?;
    Ok((known.id, known.alt))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(digit: &str) -> MediaId {
        digit.repeat(64).parse().unwrap()
    }

    fn part(files: &[(&str, &str)]) -> Segment {
        let files = files.iter();
        Segment {
            text: String::new(),
            media: files
                .map(|(digit, alt)| MediaUse::new(media(digit), *alt))
                .collect(),
        }
    }

    #[test]
    fn a_file_that_is_named_again_is_the_one_of_its_part_first_and_each_only_once() {
        let parts = [
            part(&[("a", "first")]),
            part(&[("b", "second"), ("a", "third")]),
        ];
        let mut had = Had::of(&parts);
        let mut again = |digit: &str, part| had.again(&media(digit), part).map(|one| one.alt);
        assert_eq!(again("a", 1).as_deref(), Some("third"));
        assert_eq!(again("b", 0).as_deref(), Some("second"));
        assert_eq!(again("a", 1).as_deref(), Some("first"));
        assert_eq!(again("a", 0), None);
        assert_eq!(again("c", 0), None);
    }
}
