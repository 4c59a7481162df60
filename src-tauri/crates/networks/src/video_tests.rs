use media::video::Packing;
use model::AccountId;
use model::clip::{Clip, Codec, SoundCodec};
use model::error::{Problem, Severity};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::catalogue::{CaptionLanguages, FieldKind, OptionField, VideoKind, VideoLimits};

fn facts() -> MediaFacts {
    MediaFacts {
        id: "a".repeat(64).parse().unwrap(),
        mime: "video/mp4".to_owned(),
        bytes: 20_000_000,
        width: Some(1_080),
        height: Some(1_920),
        clip: Some(Clip {
            length_ms: Some(200_000),
            frame_rate: Some(30_000),
            codec: Some(Codec::H264),
            sound: Some(SoundCodec::Aac),
            located: false,
        }),
        document: None,
        tool: Tool::Ready,
        missing: false,
    }
}

/// What is wrong with one video that has these edits.
fn problems_of(
    taken: &Taken<'_>,
    facts: &MediaFacts,
    edits: &[Operation],
) -> impl Iterator<Item = Problem> + use<> {
    let mut used = MediaUse::new(facts.id.clone(), "");
    used.edits = edits.to_vec();
    let looked = Looked {
        segment: 0,
        index: 0,
        used: &used,
        facts,
    };
    let mut found = Found::new(AccountId(Uuid::nil()));
    check(taken, &looked, &mut found);
    found.into_problems().into_iter()
}

fn clip(max_ms: u32) -> ClipLimits {
    ClipLimits {
        min_ms: Some(3_000),
        max_ms: Some(max_ms),
        codecs: vec![Codec::H264],
        narrowest: Some((9, 16)),
        widest: Some((16, 9)),
        ..ClipLimits::default()
    }
}

/// A network where a video is a reel when the option says so.
fn entry() -> Entry {
    let kind = OptionField::new("kind", "Kind", FieldKind::Text, json!("post"), "");
    Entry {
        video: Some(VideoLimits {
            max_bytes: Some(50_000_000),
            clip: clip(600_000),
            kinds: vec![VideoKind {
                when: ShownWhen {
                    option: "kind".to_owned(),
                    values: vec![json!("reel")],
                },
                becomes: "as a reel".to_owned(),
                max_bytes: None,
                cover: None,
                clip: clip(90_000),
            }],
            ..VideoLimits::plain(1, &["video/mp4"])
        }),
        options: vec![kind],
        ..Entry::plain("net", "Net")
    }
}

fn problems(facts: &MediaFacts, edits: &[Operation], options: &Value) -> Vec<Problem> {
    let entry = entry();
    let taken = Taken::of(&entry, options.as_object().unwrap()).unwrap();
    let mut used = MediaUse::new(facts.id.clone(), "");
    used.edits = edits.to_vec();
    let mut after_edits = facts.clone();
    after(&mut after_edits, edits);
    let looked = Looked {
        segment: 0,
        index: 2,
        used: &used,
        facts: &after_edits,
    };
    let mut found = Found::new(AccountId(Uuid::from_u128(1)));
    check(&taken, &looked, &mut found);
    found.into_problems()
}

fn rules(facts: &MediaFacts, edits: &[Operation], options: &Value) -> Vec<String> {
    let found = problems(facts, edits, options);
    found.into_iter().map(|p| p.rule).collect()
}

#[test]
fn a_reel_that_is_too_long_can_be_trimmed_or_sent_as_a_normal_video() {
    let reel = json!({ "kind": "reel" });
    let found = problems(&facts(), &[], &reel);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].message,
        "The video runs 3:20; Net takes up to 1:30 as a reel."
    );
    let trim = Fix::Trim {
        index: 2,
        most_ms: 90_000,
    };
    let normal = Fix::ClearOption {
        name: "kind".to_owned(),
    };
    assert_eq!(found[0].fixes, [trim, normal]);
    assert!(rules(&facts(), &[], &json!({})).is_empty());
    let cut = [Operation::Trim {
        from_ms: 0,
        to_ms: 90_000,
    }];
    assert!(rules(&facts(), &cut, &reel).is_empty());
}

#[test]
fn what_packing_mends_is_no_problem_while_it_can_be_packed() {
    let mut odd = facts();
    odd.mime = "video/webm".to_owned();
    odd.bytes = 400_000_000;
    odd.clip = odd.clip.map(|clip| Clip {
        codec: Some(Codec::Vp9),
        located: true,
        ..clip
    });
    assert!(rules(&odd, &[], &json!({})).is_empty());
    odd.tool = Tool::Missing;
    let found = problems(&odd, &[], &json!({}));
    assert_eq!(found[0].rule, "media_format");
    assert!(
        found[0]
            .message
            .contains("takes MP4 videos and this is WebM"),
        "{}",
        found[0].message
    );
    assert!(
        found[0].message.contains("ffmpeg is not installed"),
        "{}",
        found[0].message
    );
    odd.mime = "video/mp4".to_owned();
    // The place in an MP4 is taken out without any other program.
    assert_eq!(
        rules(&odd, &[], &json!({})),
        ["video_codec", "media_too_large"]
    );
}

#[test]
fn a_place_never_goes_out() {
    let entry = Entry {
        video: Some(VideoLimits {
            formats: vec![],
            clip: ClipLimits {
                max_rate: Some(25_000),
                ..ClipLimits::default()
            },
            ..VideoLimits::plain(1, &[])
        }),
        ..entry()
    };
    let none = Map::new();
    let taken = Taken::of(&entry, &none).unwrap();
    let mut filmed = facts();
    filmed.clip = filmed.clip.map(|clip| Clip {
        located: true,
        ..clip
    });
    let planned = |facts: &MediaFacts| plan(&taken, facts, &[]).unwrap().unwrap();
    assert!(
        planned(&filmed).needs_tool(),
        "it has too many pictures a second"
    );
    filmed.tool = Tool::Missing;
    // Nobody can mend that here, but the place goes.
    assert_eq!(planned(&filmed).packing, Packing::Cleaned);
    assert_eq!(
        version_words(&planned(&filmed), &filmed, None),
        "The video is sent as it is, without the place where it was filmed."
    );
    let told = |facts: &MediaFacts| {
        let looked = Looked {
            segment: 0,
            index: 2,
            used: &MediaUse::new(facts.id.clone(), ""),
            facts,
        };
        let mut found = Found::new(AccountId(Uuid::nil()));
        check(&taken, &looked, &mut found);
        let mut problems = found.into_problems();
        problems.retain(|p| p.severity == Severity::Error);
        problems
    };
    assert_eq!(told(&filmed), []);
    filmed.mime = "video/webm".to_owned();
    let unreadable = MediaFacts {
        clip: None,
        mime: "video/mp4".to_owned(),
        ..filmed.clone()
    };
    for (mut facts, rule, words) in [
        (filmed, "video_place", "in a track beside the pictures"),
        (unreadable, "video_unreadable", "cannot be read"),
    ] {
        let problems = told(&facts);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].rule, rule);
        let message = &problems[0].message;
        assert!(message.contains(words), "{message}");
        assert!(message.ends_with(Tool::Missing.advice()), "{message}");
        let fixes = [Fix::RemoveMedia { index: 2 }, Fix::Tailor];
        assert_eq!(problems[0].fixes, fixes);
        facts.tool = Tool::Ready;
        assert_eq!(told(&facts), []);
        assert!(planned(&facts).needs_tool() && !planned(&facts).silent);
    }
}

#[test]
fn without_the_program_only_what_needs_it_is_stopped() {
    let mut plain = facts();
    plain.tool = Tool::Old;
    assert!(rules(&plain, &[], &json!({})).is_empty());
    let found = problems(&plain, &[Operation::Mute], &json!({}));
    assert_eq!(found[0].rule, "video_edits_need_tool");
    assert!(found[0].message.contains("too old"), "{}", found[0].message);
    // A moment alone needs nothing to be made.
    assert_eq!(
        rules(&plain, &[Operation::Poster { at_ms: 1 }], &json!({})),
        ["poster_left_out"]
    );
}

#[test]
fn shapes_are_cropped_and_edits_of_pictures_are_told() {
    let mut wide = facts();
    (wide.width, wide.height) = (Some(2_000), Some(500));
    let found = problems(&wide, &[], &json!({}));
    assert_eq!(
        found[0].message,
        "Net takes videos from 9:16 to 16:9. Crop this one."
    );
    assert!(matches!(found[0].fixes[0], Fix::Crop { index: 2, .. }));
    let blur = [Operation::Adjust {
        brightness: 1,
        contrast: 0,
        saturation: 0,
        warmth: 0,
    }];
    let found = problems(&facts(), &blur, &json!({}));
    assert_eq!(
        (found[0].rule.as_str(), found[0].severity),
        ("video_edits", Severity::Warning)
    );
}

#[test]
fn a_poster_is_told_where_it_does_not_arrive() {
    let told = |cover: Option<Cover>, as_reel: Option<Cover>, tool: Tool, kind: &str| {
        let mut entry = entry();
        let video = entry.video.as_mut().unwrap();
        video.cover = cover;
        video.kinds[0].cover = as_reel;
        let options = json!({ "kind": kind });
        let taken = Taken::of(&entry, options.as_object().unwrap()).unwrap();
        let mut facts = facts();
        facts.tool = tool;
        let problems = problems_of(&taken, &facts, &[Operation::Poster { at_ms: 2_000 }]);
        let posters = problems.filter(|p| p.rule.starts_with("poster"));
        posters
            .map(|p| (p.severity, p.message))
            .collect::<Vec<(Severity, String)>>()
    };
    let (moment, picture) = (Some(Cover::Moment), Some(Cover::Picture));
    assert!(told(moment, None, Tool::Missing, "post").is_empty());
    assert!(told(picture, None, Tool::Ready, "post").is_empty());
    assert!(told(None, picture, Tool::Ready, "reel").is_empty());
    let left = told(picture, None, Tool::Ready, "reel");
    let words = "Net takes no poster for a video as a reel, so it chooses by itself what stands for this one.";
    assert_eq!(left, [(Severity::Warning, words.to_owned())]);
    let lacking = told(picture, None, Tool::Missing, "post");
    assert_eq!(lacking.len(), 1);
    assert!(
        lacking[0].1.ends_with(Tool::Missing.advice()),
        "{lacking:?}"
    );
}

#[test]
fn what_goes_out_is_told_in_a_sentence() {
    let entry = entry();
    let options = Map::new();
    let taken = Taken::of(&entry, &options).unwrap();
    let mut large = facts();
    large.bytes = 80_000_000;
    let made = plan(&taken, &large, &[]).unwrap().unwrap();
    let words = version_words(&made, &large, None);
    assert!(
        words.starts_with("The video is sent as MP4, 958 × 1702, 3:20, up to "),
        "{words}"
    );
    assert_eq!(
        version_words(&made, &large, Some(12_300_000)),
        "The video is sent as MP4, 958 × 1702, 3:20, 13 MB."
    );
    assert_eq!(plan(&taken, &facts(), &[]), Ok(None));
}

fn captions(language: &str, from_ms: u32, text: &str) -> Operation {
    Operation::Captions {
        captions: Captions {
            language: language.to_owned(),
            cues: vec![model::captions::Cue {
                from_ms,
                to_ms: from_ms + 1_000,
                text: text.to_owned(),
            }],
        },
    }
}

fn with_captions(limits: Option<CaptionLimits>, edits: &[Operation]) -> Vec<(Severity, String)> {
    let mut entry = entry();
    entry.video = entry.video.map(|video| VideoLimits {
        captions: limits,
        ..video
    });
    let facts = facts();
    let none = Map::new();
    let taken = Taken::of(&entry, &none).unwrap();
    assert_eq!(
        plan(&taken, &facts, edits),
        plan(&taken, &facts, &edits[..1])
    );
    problems_of(&taken, &facts, edits)
        .filter(|p| p.rule.starts_with("captions"))
        .map(|p| (p.severity, p.rule))
        .collect()
}

#[test]
fn captions_are_told_where_they_do_not_arrive() {
    let limits = CaptionLimits {
        format: crate::catalogue::CaptionFormat::Vtt,
        max_count: Some(2),
        max_bytes: Some(80),
        languages: CaptionLanguages::TwoLetters,
    };
    let trim = Operation::Trim {
        from_ms: 10_000,
        to_ms: 40_000,
    };
    let one = |rule: &str, severity| (severity, rule.to_owned());
    let told = |limits, more: Vec<Operation>| {
        let edits: Vec<_> = std::iter::once(trim.clone()).chain(more).collect();
        with_captions(limits, &edits)
    };
    let short = || captions("en", 12_000, "hello");
    assert_eq!(told(Some(limits), vec![]), []);
    assert_eq!(told(Some(limits), vec![short()]), []);
    assert_eq!(
        told(None, vec![short()]),
        [one("captions_left_out", Severity::Warning)]
    );
    assert_eq!(
        told(Some(limits), vec![captions("en", 2_000, "before")]),
        [one("captions_outside", Severity::Warning)]
    );
    assert_eq!(
        told(Some(limits), vec![captions("haw", 12_000, "aloha")]),
        [one("captions_language", Severity::Warning)]
    );
    let with_country = CaptionLimits {
        languages: CaptionLanguages::WithCountry,
        ..limits
    };
    let interlingue = || vec![captions("ie", 12_000, "salute")];
    assert_eq!(
        told(Some(with_country), interlingue()),
        [one("captions_language", Severity::Warning)]
    );
    assert_eq!(told(Some(limits), interlingue()), []);
    assert_eq!(
        told(Some(limits), vec![captions("de", 12_000, &"a".repeat(90))]),
        [one("captions_too_large", Severity::Error)]
    );
    let many = vec![
        short(),
        captions("de", 12_000, "b"),
        captions("fr", 12_000, "c"),
    ];
    assert_eq!(
        told(Some(limits), many),
        [one("captions_too_many", Severity::Warning)]
    );
}
