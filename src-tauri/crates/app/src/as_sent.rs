//! A draft as each account would send it: its own text or the shared one, with the parameters its
//! workspace wants in links, as long as the network counts it.

use model::account::Account;
use model::content::for_account;
use model::error::{Fix, Problem};
use model::money::dollars;
use model::post::{Draft, TargetDraft};
use networks::connector::{CheckInput, Connector, SpanKind, TextSpan, TextUse};
use networks::marking::{self, Marked};
use networks::money::cost;

use crate::checks::{World, find, segments_of};
use crate::types::posts::{CheckedAccount, CheckedSegment, SentText};
use crate::videos::sent_videos;

/// What each chosen account would get, in the draft's order.
#[must_use]
pub fn as_sent(draft: &Draft, world: &World<'_>) -> Vec<CheckedAccount> {
    let mut seen = Vec::new();
    for target in &draft.targets {
        let Some((account, connector)) = find(target.account_id, world) else {
            continue;
        };
        let marked = marked_for(draft, target, account, &*connector, world);
        let segments = segments_of(draft, target).iter().zip(&marked.segments);
        let segments = segments.enumerate().map(|(n, (typed, sent))| {
            let mut measure = connector.measure(&TextUse {
                account,
                text: &sent.text,
                options: &marked.options,
                files: &sent.media,
            });
            let spans = connector.spans(&sent.text);
            let card_url = first_link(&sent.text, &spans);
            let over_from = measure.over_from;
            measure.over_from = over_from.map(|at| marked.typed_at(n, at));
            let (spans, sent) = if marked.changed(n) {
                let sent = SentText {
                    text: sent.text.clone(),
                    spans,
                    over_from,
                };
                (connector.spans(&typed.text), Some(sent))
            } else {
                (spans, None)
            };
            CheckedSegment {
                segment: typed.clone(),
                measure,
                card_url,
                spans,
                sent,
            }
        });
        let segments = segments.collect();
        let as_it_goes = TargetDraft {
            options: marked.options.clone(),
            ..target.clone()
        };
        let input = CheckInput {
            account,
            segments: &marked.segments,
            draft: &as_it_goes,
            media: world.media,
        };
        let cost = cost(&*connector, &input).filter(|cost| *cost > 0);
        seen.push(CheckedAccount {
            account_id: target.account_id,
            segments,
            cost,
            videos: sent_videos(account, &as_it_goes, &marked.segments, &*connector, world),
            costs: cost.map(|c| {
                let network = &connector.entry().name;
                format!("Costs about {} on {network}.", dollars(c))
            }),
        });
    }
    seen
}

/// What goes out to one account.
pub(crate) fn marked_for(
    draft: &Draft,
    target: &TargetDraft,
    account: &Account,
    connector: &dyn Connector,
    world: &World<'_>,
) -> Marked {
    let segments = for_account(segments_of(draft, target), account.id);
    let marks = world
        .links
        .and_then(|rules| rules.marks(account, world.date, &draft.title, &segments));
    marking::marked(connector, &segments, &target.options, marks.as_ref())
}

/// Places that a network names in what goes out, as places in what was typed.
pub(crate) fn lead_back(problems: &mut [Problem], sent: &Marked) {
    for problem in problems {
        let segment = problem.segment.unwrap_or_default() as usize;
        for fix in &mut problem.fixes {
            if let Fix::Shorten { from } = fix {
                *from = sent.typed_at(segment, *from);
            }
        }
    }
}

/// The text of the first link, as a card would be made of it.
fn first_link(text: &str, spans: &[TextSpan]) -> Option<String> {
    let link = spans.iter().find(|s| s.kind == SpanKind::Link)?;
    let units: Vec<u16> = text.encode_utf16().collect();
    let word = String::from_utf16_lossy(units.get(link.from as usize..link.to as usize)?);
    Some(if word.contains("://") {
        word
    } else {
        format!("https://{word}")
    })
}
