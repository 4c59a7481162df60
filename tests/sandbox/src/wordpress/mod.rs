//! A WordPress site with its REST interface: application passwords, media, terms and articles, with the
//! codes and statuses of WordPress 6. Fields it does not know are refused, where WordPress drops them.

mod people;
mod posts;
mod uploads;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Query, Request, State as Shared};
use axum::http::{Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::{Faults, Server};

/// Largest body of JSON that is read, in bytes.
const MAX_JSON: usize = 8 << 20;

/// A running sandbox.
pub struct Sandbox {
    server: Server,
    state: Arc<Mutex<State>>,
}

/// A user of the site.
#[derive(Debug, Clone)]
pub struct Person {
    /// Number.
    pub id: u64,
    /// The name to sign in with.
    pub login: String,
    /// The application password, in groups as it is shown.
    pub password: String,
    /// The own password, which does not work for programs.
    pub own_password: String,
    /// May publish and upload.
    pub author: bool,
}

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Number.
    pub id: u64,
    /// Name without its ending.
    pub slug: String,
    /// Name with its ending.
    pub name: String,
    /// Media type as it was sent.
    pub mime: String,
    /// Description.
    pub alt: String,
    /// Size in bytes.
    pub size: u64,
}

struct Post {
    author: u64,
    fields: Map<String, Value>,
}

struct State {
    origin: String,
    people: Vec<Person>,
    revoked: Vec<u64>,
    passwords_off: bool,
    /// What the site takes for now; none for the time of this computer.
    now: Option<jiff::Timestamp>,
    posts: BTreeMap<u64, Post>,
    made: usize,
    next_post: u64,
    files: Vec<File>,
    max_upload: u64,
    categories: Vec<(u64, String)>,
    tags: Vec<(u64, String)>,
}

/// An answer: its status, its JSON and how many things a list has.
type Answer = Result<(u16, Value, Option<usize>), Refused>;

/// An error as WordPress writes it.
struct Refused(u16, &'static str, Value);

impl Refused {
    fn new(status: u16, code: &'static str) -> Self {
        Self(status, code, json!({ "status": status }))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({ "code": self.1, "message": "Das geht leider nicht.", "data": self.2 });
        (status, axum::Json(body)).into_response()
    }
}

/// A call as it arrived, with its caller.
struct Call<'a> {
    method: &'a Method,
    route: &'a str,
    query: &'a HashMap<String, String>,
    body: &'a [u8],
    caller: Option<Person>,
}

impl Call<'_> {
    fn parameter(&self, name: &str) -> &str {
        self.query.get(name).map(String::as_str).unwrap_or_default()
    }

    fn person(&self) -> Result<&Person, Refused> {
        let caller = self.caller.as_ref();
        caller.ok_or_else(|| Refused::new(401, "rest_not_logged_in"))
    }

    fn json(&self) -> Result<Map<String, Value>, Refused> {
        serde_json::from_slice(self.body).map_err(|_| Refused::new(400, "rest_invalid_json"))
    }
}

impl Sandbox {
    /// Starts a site with an author (`ana`) and a contributor (`carl`).
    pub async fn start() -> std::io::Result<Self> {
        let person = |id: u64, login: &str, password: &str, author| Person {
            id,
            login: login.to_owned(),
            password: password.to_owned(),
            own_password: format!("the own password of {login}"),
            author,
        };
        let named = |id: u64, name: &str| (id, name.to_owned());
        let state = Arc::new(Mutex::new(State {
            origin: String::new(),
            people: vec![
                person(3, "ana", "aB3d EfGh 1jKl Mn0p QrSt uVwX", true),
                person(4, "carl", "zY9x WvUt 5rQp On0m LkJi hGfE", false),
            ],
            revoked: vec![],
            passwords_off: false,
            now: None,
            posts: BTreeMap::new(),
            made: 0,
            next_post: 1_000,
            files: vec![],
            max_upload: 2 << 30,
            categories: vec![
                named(1, "Uncategorized"),
                named(2, "News"),
                named(5, "Q&amp;A"),
            ],
            tags: vec![named(11, "Spring")],
        }));
        let routes = Router::new()
            .fallback(handle)
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&state));
        let server = Server::start(routes).await?;
        let sandbox = Self { server, state };
        let origin = sandbox.origin();
        sandbox.state().origin = origin;
        Ok(sandbox)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its origin, which is the address of the site.
    #[must_use]
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// Where faults are ordered: `POST media`, `POST posts`, `POST 1000` (the number of an article).
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Calls that arrived so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.server.calls()
    }

    /// The author.
    #[must_use]
    pub fn ana(&self) -> Person {
        self.state().people[0].clone()
    }

    /// The contributor, who may neither publish nor upload.
    #[must_use]
    pub fn carl(&self) -> Person {
        self.state().people[1].clone()
    }

    /// What the site takes for now.
    pub fn set_now(&self, now: jiff::Timestamp) {
        let mut state = self.state();
        state.now = Some(now);
        posts::publish_due(&mut state);
    }

    /// Somebody deletes on the site itself what it keeps until its time.
    pub fn drop_held(&self) {
        let kept = |p: &Post| p.fields.get("status").is_some_and(|s| s == "future");
        self.state().posts.retain(|_, post| !kept(post));
    }

    /// Somebody gives what it keeps another time on the site itself.
    pub fn move_held(&self, at: jiff::Timestamp) {
        let date = format!("{at:.0}");
        for post in self.state().posts.values_mut() {
            let date = date.trim_end_matches('Z').into();
            post.fields.insert("date_gmt".to_owned(), date);
        }
    }

    /// The number that the next article gets.
    #[must_use]
    pub fn next_post(&self) -> u64 {
        self.state().next_post
    }

    /// Articles that somebody can see or will, in order.
    #[must_use]
    pub fn posts(&self) -> Vec<Value> {
        self.all_posts("publish")
            .into_iter()
            .chain(self.all_posts("future"))
            .chain(self.all_posts("private"))
            .collect()
    }

    /// Articles with a status.
    #[must_use]
    pub fn all_posts(&self, status: &str) -> Vec<Value> {
        let state = self.state();
        let posts = state.posts.values();
        posts
            .filter(|p| p.fields.get("status").and_then(Value::as_str) == Some(status))
            .map(|p| Value::Object(p.fields.clone()))
            .collect()
    }

    /// How many articles were ever shown, deleted ones included.
    #[must_use]
    pub fn made(&self) -> usize {
        self.state().made
    }

    /// Files that were uploaded.
    #[must_use]
    pub fn files(&self) -> Vec<File> {
        self.state().files.clone()
    }

    /// The names of the tags.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        self.state().tags.iter().map(|t| t.1.clone()).collect()
    }

    /// Revokes a user's application password.
    pub fn revoke(&self, id: u64) {
        self.state().revoked.push(id);
    }

    /// Whether a user's application password was taken back.
    #[must_use]
    pub fn is_revoked(&self, id: u64) -> bool {
        self.state().revoked.contains(&id)
    }

    /// Turns application passwords off, as security plugins do.
    pub fn turn_passwords_off(&self) {
        self.state().passwords_off = true;
    }

    /// Somebody deletes every draft.
    pub fn delete_drafts(&self) {
        let is_draft = |p: &Post| p.fields.get("status").is_some_and(|s| s == "draft");
        self.state().posts.retain(|_, post| !is_draft(post));
    }

    /// The largest upload it takes, in bytes.
    pub fn limit_uploads(&self, bytes: u64) {
        self.state().max_upload = bytes;
    }
}

async fn handle(Shared(state): Shared<Arc<Mutex<State>>>, request: Request) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let query = Query::<HashMap<String, String>>::try_from_uri(request.uri());
    let mut query = query.map(|q| q.0).unwrap_or_default();
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    let route = match path.strip_prefix("/wp-json") {
        Some(route) => route.to_owned(),
        None => match query.remove("rest_route") {
            Some(route) => route,
            None => return page(&lock(), &path),
        },
    };
    posts::publish_due(&mut lock());
    let caller = people::caller(&lock(), request.headers());
    if method == Method::POST && route == "/wp/v2/media" {
        let Ok(form) = Multipart::from_request(request, &()).await else {
            return Refused::new(400, "rest_upload_no_content_disposition").into_response();
        };
        let read = uploads::read(form).await;
        let answer = read.and_then(|upload| uploads::keep(&mut lock(), caller, upload));
        return answered(answer, &query);
    }
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/json");
    let body: Bytes = match axum::body::to_bytes(request.into_body(), MAX_JSON).await {
        Ok(body) if body.is_empty() || is_json => body,
        _ => return Refused::new(400, "rest_invalid_json").into_response(),
    };
    let call = Call {
        method: &method,
        route: &route,
        query: &query,
        body: &body,
        caller,
    };
    let answer = dispatch(&mut lock(), &call);
    answered(answer, &query)
}

/// An answer with only the fields that were asked for.
fn answered(answer: Answer, query: &HashMap<String, String>) -> Response {
    let (status, mut json, total) = match answer {
        Ok(answer) => answer,
        Err(refused) => return refused.into_response(),
    };
    if let Some(fields) = query.get("_fields") {
        let wanted: Vec<&str> = fields.split(',').collect();
        let cut = |one: &mut Value| {
            if let Some(map) = one.as_object_mut() {
                map.retain(|name, _| wanted.contains(&name.as_str()));
            }
        };
        match json.as_array_mut() {
            Some(all) => all.iter_mut().for_each(cut),
            None => cut(&mut json),
        }
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut response = (status, axum::Json(json)).into_response();
    if let Some(total) = total {
        response.headers_mut().insert("x-wp-total", total.into());
    }
    response
}

/// The front page, and the page that gives a person an application password.
fn page(state: &State, path: &str) -> Response {
    match path {
        "/" => {
            let link = format!("<{}/wp-json/>; rel=\"https://api.w.org/\"", state.origin);
            ([(header::LINK, link)], Html("<title>Sandbox</title>")).into_response()
        }
        "/wp-admin/authorize-application.php" => {
            let ana = &state.people[0];
            Html(format!(
                "User name {}, password {}",
                ana.login, ana.password
            ))
            .into_response()
        }
        _ => (StatusCode::NOT_FOUND, Html("<title>Not found</title>")).into_response(),
    }
}

fn dispatch(state: &mut State, call: &Call<'_>) -> Answer {
    let get = *call.method == Method::GET;
    let post = *call.method == Method::POST;
    let delete = *call.method == Method::DELETE;
    let parts: Vec<&str> = call.route.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        [""] if get => Ok((200, people::index(state), None)),
        ["wp", "v2", "users", "me"] if get => people::me(call),
        [
            "wp",
            "v2",
            "users",
            "me",
            "application-passwords",
            "introspect",
        ] if get => {
            let person = call.person()?;
            Ok((
                200,
                json!({ "uuid": people::uuid(person), "name": "Almanac" }),
                None,
            ))
        }
        ["wp", "v2", "users", "me", "application-passwords", id] if delete => {
            let person = call.person()?;
            if *id != people::uuid(person) {
                return Err(Refused::new(404, "rest_application_password_not_found"));
            }
            state.revoked.push(person.id);
            Ok((200, json!({ "deleted": true }), None))
        }
        ["wp", "v2", "categories"] if get => Ok(people::terms(&state.categories, call)),
        ["wp", "v2", "tags"] if get => Ok(people::terms(&state.tags, call)),
        ["wp", "v2", "tags"] if post => people::make_tag(state, call),
        ["wp", "v2", "media"] if get => uploads::search(state, call),
        ["wp", "v2", "comments"] if get => Ok((200, json!([{ "id": 9 }]), Some(2))),
        ["wp", "v2", "posts"] if get => posts::list(state, call),
        ["wp", "v2", "posts"] if post => posts::make(state, call),
        ["wp", "v2", "posts", id] => {
            let id = id.parse().map_err(|_| Refused::new(404, "rest_no_route"))?;
            match *call.method {
                Method::GET => posts::get(state, call, id),
                Method::POST => posts::change(state, call, id),
                Method::DELETE => posts::delete(state, call, id),
                _ => Err(Refused::new(404, "rest_no_route")),
            }
        }
        _ => Err(Refused::new(404, "rest_no_route")),
    }
}
