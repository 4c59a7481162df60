//! The one list of tools.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};

use app::programs::Bearer;
use model::key::Permission;
use rmcp::model::{JsonObject, Tool as Described, ToolAnnotations};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{commands, reading, writing};
use crate::call::Call;
use crate::fault::{Fault, Kind};

/// What is done for a call.
pub(super) type Work = Pin<Box<dyn Future<Output = Result<Value, Fault>> + Send>>;

/// What a tool does to the calendar, as programs are told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    Reads,
    /// Something is added or changed, and can be changed back.
    Changes,
    /// Something becomes visible to the world, or goes.
    Final,
}

/// A tool.
pub(super) struct Tool {
    /// Its name.
    pub name: &'static str,
    title: &'static str,
    about: &'static str,
    effect: Effect,
    /// What a key needs besides being good.
    pub needs: Option<Permission>,
    input: Arc<JsonObject>,
    work: Box<dyn Fn(Call, Value) -> Result<Work, Fault> + Send + Sync>,
}

/// The schema of an input as one object, without references that some programs do not follow.
fn schema<I: JsonSchema>() -> Arc<JsonObject> {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<I>();
    match Value::from(schema) {
        Value::Object(mut object) => {
            object.remove("title");
            object
                .entry("properties")
                .or_insert_with(|| Value::Object(JsonObject::new()));
            Arc::new(object)
        }
        _ => Arc::default(),
    }
}

impl Tool {
    fn new<I, O, F, Fut>(
        name: &'static str,
        title: &'static str,
        about: &'static str,
        effect: Effect,
        run: F,
    ) -> Self
    where
        I: DeserializeOwned + JsonSchema + Send + 'static,
        O: Serialize + Send + 'static,
        F: Fn(Call, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Fault>> + Send + 'static,
    {
        let fields = schema::<I>();
        let known = Arc::clone(&fields);
        let work = move |call: Call, input: Value| -> Result<Work, Fault> {
            no_others(&known, &input)?;
            let input: I = serde_path_to_error::deserialize(input).map_err(not_read)?;
            let done = run(call, input);
            Ok(Box::pin(async move {
                let output = done.await?;
                serde_json::to_value(output)
                    .map_err(|error| Fault::new(Kind::Internal, error.to_string()))
            }))
        };
        Self {
            name,
            title,
            about,
            effect,
            needs: None,
            input: fields,
            work: Box::new(work),
        }
    }

    fn needs(mut self, permission: Permission) -> Self {
        self.needs = Some(permission);
        self
    }

    /// Whether a key may use it.
    pub fn is_for(&self, bearer: &Bearer) -> bool {
        self.needs
            .is_none_or(|permission| bearer.permissions.contains(&permission))
    }

    /// As programs read it.
    pub fn described(&self) -> Described {
        let hints = ToolAnnotations::with_title(self.title)
            .read_only(self.effect == Effect::Reads)
            .destructive(self.effect == Effect::Final)
            .open_world(self.effect == Effect::Final);
        Described::new(self.name, self.about, Arc::clone(&self.input))
            .with_title(self.title)
            .with_annotations(hints)
    }

    /// Reads the input and gives what is to be done.
    pub fn work(&self, call: Call, input: JsonObject) -> Result<Work, Fault> {
        (self.work)(call, Value::Object(input))
    }
}

/// Refuses fields that the tool does not have: a misspelt one would be left out without a word.
fn no_others(schema: &JsonObject, input: &Value) -> Result<(), Fault> {
    let known = schema.get("properties").and_then(Value::as_object);
    let given = input.as_object().into_iter().flat_map(JsonObject::keys);
    let mut others = given.filter(|name| !known.is_some_and(|k| k.contains_key(*name)));
    let Some(other) = others.next() else {
        return Ok(());
    };
    let short: String = other.chars().take(60).collect();
    let names: Vec<&str> = known
        .into_iter()
        .flat_map(|k| k.keys())
        .map(String::as_str)
        .collect();
    let message = match names.as_slice() {
        [] => format!("This tool takes nothing, and was given {short}."),
        names => format!(
            "This tool does not take {short}. It takes {}.",
            names.join(", ")
        ),
    };
    Err(Fault::invalid(&short, message))
}

fn not_read(error: serde_path_to_error::Error<serde_json::Error>) -> Fault {
    let path = error.path().to_string();
    let words: String = error.into_inner().to_string().chars().take(300).collect();
    if path == "." {
        return Fault::new(
            Kind::Invalid,
            format!("The input was not understood: {words}."),
        );
    }
    Fault::invalid(&path, format!("{path} is not as it has to be: {words}."))
}

/// Every tool, reading ones first.
pub(super) fn all() -> &'static [Tool] {
    static ALL: LazyLock<Vec<Tool>> = LazyLock::new(|| {
        let mut all = reading_tools();
        all.extend(writing_tools());
        all.extend(command_tools());
        all
    });
    &ALL
}

fn reading_tools() -> Vec<Tool> {
    use Effect::Reads;
    vec![
        Tool::new(
            "get_workspace",
            "Workspace",
            "The workspace of the key: its calendars with their zones, its accounts and whether each can publish, the time there now.",
            Reads,
            reading::workspace,
        ),
        Tool::new(
            "get_account",
            "Account",
            "What one account can publish: longest text, pictures, videos, options with their values, limits a day, and what it lacks.",
            Reads,
            reading::account,
        ),
        Tool::new(
            "list_posts",
            "Posts",
            "Posts by time, with filters: from and to (days), status, account. Pages of at most 200.",
            Reads,
            reading::posts,
        ),
        Tool::new(
            "get_post",
            "Post",
            "One post whole: parts, files, accounts, how each delivery stands, addresses on the networks.",
            Reads,
            reading::post,
        ),
        Tool::new(
            "search_posts",
            "Search",
            "Posts that hold these words; the last may be a beginning.",
            Reads,
            reading::search,
        ),
        Tool::new(
            "check_post",
            "Check a draft",
            "Looks at a draft as each account's network does, without making anything: what is too long or missing, and why it could not be scheduled.",
            Reads,
            reading::check,
        ),
        Tool::new(
            "next_free_slot",
            "Next free time",
            "The next free weekly time of these accounts.",
            Reads,
            reading::next_free,
        ),
        Tool::new(
            "get_job_log",
            "Job log",
            "Every attempt to deliver a post, newest first, with what the network said.",
            Reads,
            reading::job_log,
        )
        .needs(Permission::ViewAnalytics),
    ]
}

fn command_tools() -> Vec<Tool> {
    use Effect::{Final, Reads};
    vec![
        Tool::new(
            "list_commands",
            "Commands",
            "Every command this key may use, a line each: weekly plans, the queue, the library, labels, calendars, webhooks, undoing and the rest.",
            Reads,
            commands::list,
        ),
        Tool::new(
            "describe_command",
            "Describe a command",
            "What a command takes and what it answers, as TypeScript types.",
            Reads,
            commands::describe,
        ),
        Tool::new(
            "run_command",
            "Run a command",
            "Runs a command with an input as describe_command says. Some cannot be undone; what this key may not do is refused.",
            Final,
            commands::run,
        ),
    ]
}

fn writing_tools() -> Vec<Tool> {
    use Effect::{Changes, Final};
    vec![
        Tool::new(
            "create_post",
            "Make a post",
            "Makes a draft: on the shelf without a date, or planned at a time. It does not go out by itself: use schedule_post after it.",
            Changes,
            writing::create,
        )
        .needs(Permission::CreateEvents),
        Tool::new(
            "update_post",
            "Change a post",
            "Changes what is given and leaves the rest. A scheduled post changes at once.",
            Changes,
            writing::update,
        )
        .needs(Permission::EditEvents),
        Tool::new(
            "move_post",
            "Move a post",
            "Gives a post another time, or puts it back on the shelf. A scheduled post stays scheduled.",
            Changes,
            writing::shift,
        )
        .needs(Permission::EditEvents),
        Tool::new(
            "import_file",
            "Take a file in",
            "Fetches a picture or video from its web address into the library and gives its id for create_post and update_post.",
            Changes,
            writing::import,
        )
        .needs(Permission::CreateEvents),
        Tool::new(
            "schedule_post",
            "Schedule a post",
            "Lets a post go out by itself at its time, or at a new one. The message of the post says why it waits while nothing goes out. With a key that may not publish the person is asked in the window, and waits_for_person is true.",
            Final,
            writing::schedule,
        )
        .needs(Permission::EditEvents),
        Tool::new(
            "publish_post",
            "Publish now",
            "Lets a post go out at once. Cannot be undone. The message of the post says why it waits while nothing goes out. With a key that may not publish the person is asked in the window, and waits_for_person is true.",
            Final,
            writing::publish,
        )
        .needs(Permission::EditEvents),
        Tool::new(
            "retry_post",
            "Try again",
            "Tries again what failed or was missed.",
            Final,
            writing::retry,
        )
        .needs(Permission::PublishContent),
        Tool::new(
            "cancel_post",
            "Call a post off",
            "Calls off what has not gone out yet. The post stays on the calendar as called off.",
            Changes,
            writing::cancel,
        )
        .needs(Permission::PublishContent),
        Tool::new(
            "delete_post",
            "Move a post to the bin",
            "Moves a post to the bin, where it stays for 30 days. What is on a network stays there.",
            Final,
            writing::delete,
        )
        .needs(Permission::DeleteEvents),
    ]
}
