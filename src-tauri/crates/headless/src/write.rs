//! `post` and `schedule`.

use std::io::Read;
use std::time::Duration;

use app::types::Written;
use app::types::data::MediaImported;
use app::types::posts::{DateParsed, Place as Spot, PostCreate, Scheduling};
use app::types::session::Boot;
use model::PostId;
use model::calendar::Calendar;
use model::content::{MediaUse, Segment};
use model::delivery::DeliveryState;
use model::post::{Draft, Post, TargetDraft};
use model::status::ShownStatus;
use model::typed_date::DateOrder;
use model::when::When;
use serde_json::json;
use tokio::time::Instant;

use crate::cli::{Schedule, Writing};
use crate::door::{self, Door, through};
use crate::place::Place;
use crate::say::Say;
use crate::trouble::Trouble;

/// How often it is looked how far a post is: here, and over HTTP, where requests of a key are counted.
const LOOK_EVERY: Duration = Duration::from_millis(250);
const ASK_EVERY: Duration = Duration::from_secs(2);

/// Publishes something now.
pub async fn post(place: &Place, args: Writing, say: &Say) -> Result<(), Trouble> {
    let text = text_of(args.text.as_deref())?;
    through(place, true, async |door: &Door| {
        let boot = door.boot().await?;
        let calendar = door::calendar(&boot, args.calendar.as_deref())?;
        let draft = draft(door, &boot, &calendar, &args, text).await?;
        let input = PostCreate {
            calendar_id: calendar.id,
            draft,
            place: Spot::Shelf,
            scheduling: Scheduling::Plan,
        };
        let made: Written<Post> = door.call("posts.create", json!(input)).await?;
        let id = made.value.id;
        let sent = done_or_gone(door, id, "posts.publish_now").await?;
        for note in &sent.notes {
            say.note(note);
        }
        let post = wait(door, id, Duration::from_secs(args.wait)).await?;
        say.answer(&post, || lines(&boot, &post));
        done(&post)
    })
    .await
}

/// Puts something on the calendar.
pub async fn schedule(place: &Place, args: Schedule, say: &Say) -> Result<(), Trouble> {
    let text = text_of(args.writing.text.as_deref())?;
    through(place, false, async |door: &Door| {
        let boot = door.boot().await?;
        let calendar = door::calendar(&boot, args.writing.calendar.as_deref())?;
        let draft = draft(door, &boot, &calendar, &args.writing, text).await?;
        let (spot, scheduling) = match &args.at {
            Some(at) => {
                let spot = spot(door, &calendar, at, args.zone.as_deref()).await?;
                (spot, Scheduling::Must)
            }
            None => (Spot::Shelf, Scheduling::Plan),
        };
        let input = PostCreate {
            calendar_id: calendar.id,
            draft,
            place: spot,
            scheduling,
        };
        let mut written: Written<Post> = door.call("posts.create", json!(input)).await?;
        if args.next {
            written = done_or_gone(door, written.value.id, "posts.schedule_next").await?;
        }
        for note in &written.notes {
            say.note(note);
        }
        if matches!(door, Door::Own(_)) {
            say.note(
                "It goes out while Almanac runs: almanac-server serve, or the desktop program.",
            );
        }
        say.answer(&written.value, || {
            vec![format!("{}  {}", written.value.id, when(&written.value))]
        });
        Ok(())
    })
    .await
}

/// Does something with a post that was made for it. Where it is refused no draft stays behind for every try.
async fn done_or_gone(door: &Door, id: PostId, command: &str) -> Result<Written<Post>, Trouble> {
    let done: Result<Written<Post>, Trouble> = door.call(command, json!({ "id": id })).await;
    if done.is_err() {
        let _: Result<serde_json::Value, _> =
            door.call("posts.remove", json!({ "ids": [id] })).await;
    }
    done
}

fn text_of(given: Option<&str>) -> Result<String, Trouble> {
    if let Some(text) = given.filter(|text| *text != "-") {
        return Ok(text.to_owned());
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text.trim_end().to_owned())
}

async fn draft(
    door: &Door,
    boot: &Boot,
    calendar: &Calendar,
    args: &Writing,
    text: String,
) -> Result<Draft, Trouble> {
    let accounts = if args.accounts.is_empty() {
        calendar.default_accounts.clone()
    } else {
        let named = args.accounts.iter();
        named
            .map(|name| door::account(boot, calendar, name).map(|account| account.id))
            .collect::<Result<_, _>>()?
    };
    if accounts.is_empty() {
        return Err(Trouble::invalid(
            "It goes nowhere yet: name an account with --account.",
        ));
    }
    let targets = accounts.into_iter().map(|account_id| TargetDraft {
        account_id,
        override_segments: None,
        options: serde_json::Map::new(),
    });
    Ok(Draft {
        title: args.title.clone(),
        segments: vec![Segment {
            text,
            media: media(door, args).await?,
        }],
        labels: args.labels.clone(),
        targets: targets.collect(),
        ..Draft::default()
    })
}

async fn media(door: &Door, args: &Writing) -> Result<Vec<MediaUse>, Trouble> {
    if args.alts.len() > args.media.len() {
        return Err(Trouble::Usage(
            "There are more descriptions (--alt) than files (--media).".to_owned(),
        ));
    }
    let mut uses = Vec::new();
    for (at, file) in args.media.iter().enumerate() {
        let path = door.name_of(file).await?;
        let taken: MediaImported = door
            .call("media.import", json!({ "paths": [path] }))
            .await?;
        if let Some(refused) = taken.refused.first() {
            return Err(Trouble::Refused(app::ApiError::new(
                model::ErrorCode::Media,
                format!("{}: {}", refused.name, refused.message),
            )));
        }
        // What was written of a file in the library goes with it, as in the composer.
        let alt = args.alts.get(at);
        let used = taken.files.into_iter().map(|file| {
            let alt = alt.cloned().unwrap_or(file.alt);
            MediaUse::new(file.id, alt)
        });
        uses.extend(used);
    }
    Ok(uses)
}

/// Reads a typed date.
async fn spot(
    door: &Door,
    calendar: &Calendar,
    typed: &str,
    zone: Option<&str>,
) -> Result<Spot, Trouble> {
    let zone = zone.unwrap_or_else(|| calendar.zone.name());
    // On a command line a date is written as ISO has it, or in words.
    let order = DateOrder::Ymd;
    let input = json!({ "text": typed, "zone": zone, "order": order, "weekStart": 1 });
    let read: DateParsed = door.call("dates.parse", input).await?;
    Ok(Spot::Wall {
        wall: read.place.wall,
        zone: Some(read.place.zone),
    })
}

/// Waits until nothing more happens to a post by itself, or the time is over.
async fn wait(door: &Door, id: PostId, most: Duration) -> Result<Post, Trouble> {
    let until = Instant::now() + most;
    let pause = match door {
        Door::Own(_) => LOOK_EVERY,
        Door::Other(_) => ASK_EVERY,
    };
    loop {
        let post: Post = door.call("posts.get", json!({ "id": id })).await?;
        let open = post.targets.iter().any(|target| {
            matches!(
                target.state,
                DeliveryState::Waiting | DeliveryState::Sending
            )
        });
        if !open || Instant::now() >= until {
            return Ok(post);
        }
        tokio::time::sleep(pause).await;
    }
}

fn lines(boot: &Boot, post: &Post) -> Vec<String> {
    let name = |id| {
        let account = boot.accounts.iter().find(|a| a.id == id);
        account.map_or_else(String::new, door::long_name)
    };
    let targets = post.targets.iter().map(|target| {
        let more = match (&target.remote_url, &target.failure) {
            (Some(url), _) => url.clone(),
            (None, Some(failure)) => failure.message.clone(),
            (None, None) => String::new(),
        };
        let state = format!("{:?}", target.state).to_lowercase();
        format!("{}  {state}  {more}", name(target.draft.account_id))
    });
    targets.collect()
}

fn done(post: &Post) -> Result<(), Trouble> {
    let message = match post.status {
        ShownStatus::Published => return Ok(()),
        ShownStatus::PartlyPublished => "It is out on some accounts only.",
        ShownStatus::Unconfirmed => {
            "Nobody can tell yet whether it is out. It is not sent again blindly."
        }
        ShownStatus::YourTurn => "It lies ready: this network wants a person to post it.",
        ShownStatus::Failed | ShownStatus::Missed | ShownStatus::Cancelled => "It did not go out.",
        _ => "It is not out yet. It goes out while Almanac runs.",
    };
    Err(Trouble::NotOut(message.to_owned()))
}

/// When a post happens, in words.
fn when(post: &Post) -> String {
    match &post.when {
        When::Unplanned => "no date".to_owned(),
        When::Planned { date, time, zone } => match time {
            Some(time) => format!("{date} {time} {zone} (a plan)"),
            None => format!("{date} (a plan)"),
        },
        When::Scheduled { wall, zone, .. } => format!("{} {zone}", wall.0),
    }
}
