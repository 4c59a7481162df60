//! What a change makes of where an event stands and how far it is, worked out before anything is written.

use app::programs::{PostChange, ProgramNote};
use app::types::posts::{Place, Scheduling};
use model::post::Post;
use model::status::{EditorialStatus, ShownStatus};
use model::when::When;

use super::shapes::{self, KIND, Note};
use crate::call::Call;
use crate::fault::{Fault, Kind};
use crate::world;

/// What a request says of time and status.
pub(super) struct Asked<'a> {
    /// The new place; inside none for the shelf.
    pub time: Option<Option<Place>>,
    /// The word for how far it is to be.
    pub status: Option<&'a str>,
    /// Whether events of this calendar with a time go out by themselves.
    pub publishes: bool,
    /// Whether the key may have them do so.
    pub may_publish: bool,
}

/// Why an event is not scheduled that stands nowhere.
pub(super) const NEEDS_TIME: &str = "An event without a time cannot be scheduled.";
/// Why an event stays a plan that a key made which may not publish.
pub(super) const NOT_WITH_THIS_KEY: &str = "It is planned, not scheduled: the key it came with lacks the permission publish_content. Schedule it in Almanac's window.";

/// See the module.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Course {
    place: Option<(Place, Scheduling)>,
    /// An event that lacks something stays a plan: that is no fault of the change.
    else_plan: bool,
    editorial: Option<EditorialStatus>,
    send_now: bool,
}

/// The wall time at which a post stands; none on the shelf or on a day alone.
fn wall(when: &When) -> Option<Place> {
    match when {
        When::Scheduled { wall, zone, .. } => Some(Place::Wall {
            wall: *wall,
            zone: Some(zone.clone()),
        }),
        other => Place::of_plan(other),
    }
}

/// The course of an event, and what its note says of it afterwards.
pub(super) fn of(post: &Post, asked: &Asked<'_>, note: &mut Note) -> Result<Course, Fault> {
    let scheduled = matches!(post.when, When::Scheduled { .. });
    note.lacks = None;
    if let Some(time) = &asked.time {
        note.planned = time.is_some() && asked.status != Some("draft");
    }
    let moved = asked.time.as_ref().map(|time| {
        let place = time.clone().unwrap_or(Place::Shelf);
        let how = if scheduled {
            Scheduling::IfReady
        } else {
            Scheduling::Plan
        };
        (place, how)
    });
    let timed = match &asked.time {
        Some(time) => time.clone(),
        None => wall(&post.when),
    };
    let shelved = match &asked.time {
        Some(time) => time.is_none(),
        None => post.when == When::Unplanned,
    };
    let as_it_is = Course {
        place: moved,
        ..Course::default()
    };
    // Only a plan is to be scheduled; what is scheduled goes on being so.
    let to_schedule = timed.clone().filter(|_| !scheduled);
    let must = |place: Place, else_plan: bool, editorial| Course {
        place: Some((place, Scheduling::Must)),
        else_plan,
        editorial,
        send_now: false,
    };
    let goes_out = note.planned && asked.publishes;
    Ok(match asked.status {
        None => match to_schedule.filter(|_| goes_out && !note.needs_a_yes()) {
            Some(place) if asked.may_publish => must(place, true, None),
            Some(_) => {
                note.lacks = Some(NOT_WITH_THIS_KEY.to_owned());
                as_it_is
            }
            None => as_it_is,
        },
        Some("draft") => {
            note.planned = false;
            let plan = timed.filter(|_| scheduled || asked.time.is_some());
            let place = plan.map(|place| (place, Scheduling::Plan));
            Course {
                place: place.or(as_it_is.place),
                editorial: Some(EditorialStatus::Draft),
                ..Course::default()
            }
        }
        Some("approved") => {
            let goes = matches!(post.status, ShownStatus::Scheduled) && !shelved;
            let approved = Some(EditorialStatus::Approved);
            match to_schedule.filter(|_| goes_out) {
                _ if goes || post.status == ShownStatus::Published => as_it_is,
                Some(place) if asked.may_publish => must(place, true, approved),
                lacking => {
                    note.lacks = lacking.map(|_| NOT_WITH_THIS_KEY.to_owned());
                    Course {
                        editorial: approved,
                        ..as_it_is
                    }
                }
            }
        }
        Some("scheduled") => {
            if shelved {
                return Err(Fault::invalid("scheduled_at", NEEDS_TIME));
            }
            note.planned = true;
            match to_schedule.filter(|_| asked.publishes) {
                Some(place) => must(place, false, None),
                None => as_it_is,
            }
        }
        Some("published") if post.status == ShownStatus::Published => as_it_is,
        // A program sends back what it read.
        Some(word @ ("publishing" | "failed")) if word == shapes::word(post.status) => as_it_is,
        Some("published") => Course {
            send_now: true,
            ..Course::default()
        },
        Some("cancelled") => Course {
            editorial: Some(EditorialStatus::Cancelled),
            ..as_it_is
        },
        Some(other) => {
            let message = "A status is draft, scheduled, approved, published or cancelled.";
            return Err(Fault::invalid("status", message).given(other));
        }
    })
}

impl Course {
    /// Whether the post may go out because of it.
    pub fn may_send(&self) -> bool {
        let must = |(_, how): &(Place, Scheduling)| *how == Scheduling::Must;
        self.send_now || self.place.as_ref().is_some_and(must)
    }

    /// Takes it, together with the rest of a change and with what that gives of the note, which says afterwards what is
    /// lacking.
    pub async fn run(
        self,
        call: &Call,
        base: PostChange,
        had: &Note,
        note: &mut Note,
    ) -> Result<Post, Fault> {
        let noted = |note: &Note| {
            let given = shapes::given(had, note);
            Some(ProgramNote::revised(
                call.workspace(),
                KIND,
                given,
                shapes::revise,
            ))
        };
        let change = PostChange {
            place: self.place.clone(),
            editorial: self.editorial,
            note: noted(note),
            ..base
        };
        if self.send_now {
            return world::publish_changed(call, change).await;
        }
        let done = world::change(call, change.clone()).await;
        match (done, self.place) {
            (Err(fault), Some((place, _))) if self.else_plan && fault.kind == Kind::Invalid => {
                note.say_what_it_lacks(call, fault.message);
                let plan = PostChange {
                    place: Some((place, Scheduling::Plan)),
                    note: noted(note),
                    ..change
                };
                world::change(call, plan).await
            }
            (done, _) => done,
        }
    }
}
