//! Requests made from the description itself, right in most places and wrong in some: whatever comes, no
//! answer is a fault of the program. `ALMANAC_FUZZ_CASES` makes it longer.

use reqwest::Method;
use serde_json::{Map, Value, json};
use server::Rates;

use crate::support::{Api, got};

/// Requests a route gets.
const USUAL: u32 = 30;
/// Deepest nesting of what is made.
const DEEPEST: u32 = 5;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.roll(all.len() as u64) as usize]
    }
}

/// What is known of a program that is running: names that lead somewhere.
struct Names {
    all: Vec<String>,
}

const TEXTS: [&str; 36] = [
    "",
    " ",
    "Hello",
    "instagram",
    "twitter",
    "linkedin",
    "draft",
    "scheduled",
    "published",
    "cancelled",
    "2027-03-25",
    "2027-03-25T14:00:00Z",
    "2027-03-28T02:30:00",
    "1999-01-01T00:00:00Z",
    "9999-12-31",
    "0000-00-00",
    "-9999-12-31T23:59:59+99:99",
    "14:00",
    "24:61",
    "Europe/Berlin",
    "Mars/Olympus",
    "high",
    "social_post",
    "owner",
    "../../etc/passwd",
    "C:\\x",
    "https://example.com/a.png",
    "http://169.254.169.254/",
    "file:///etc/passwd",
    "'; DROP TABLE posts; --",
    "%00%ff",
    "\u{0}\u{7}\u{1b}",
    "\u{202e}\u{feff}e\u{301}👩‍👩‍👧‍👦",
    "ak_0000000000000000000000000000000000000000000000000000000000000000",
    "[]",
    "null",
];

fn text(dice: &mut Dice, names: &Names) -> String {
    match dice.roll(8) {
        0..=2 => names.all[dice.roll(names.all.len() as u64) as usize].clone(),
        3 => "x".repeat(dice.roll(70_000) as usize),
        4 => {
            dice.of(&["post_", "cal_", "evt_", "acc_", "media_", "img_"])
                .to_owned()
                + &names.all[dice.roll(names.all.len() as u64) as usize]
        }
        _ => dice.of(&TEXTS).to_owned(),
    }
}

fn number(dice: &mut Dice) -> Value {
    match dice.roll(9) {
        0 => json!(0),
        1 => json!(-1),
        2 => json!(u64::MAX),
        3 => json!(i64::MIN),
        4 => json!(1.5),
        5 => json!(1e300),
        6 => json!(501),
        _ => json!(dice.roll(300)),
    }
}

/// Something of any kind.
fn anything(dice: &mut Dice, names: &Names) -> Value {
    match dice.roll(7) {
        0 => Value::Null,
        1 => json!(dice.roll(2) == 0),
        2 => number(dice),
        3 => json!([]),
        4 => json!({}),
        5 => json!([text(dice, names), number(dice)]),
        _ => json!(text(dice, names)),
    }
}

fn reference<'a>(whole: &'a Value, schema: &'a Value) -> &'a Value {
    let Some(at) = schema["$ref"].as_str() else {
        return schema;
    };
    let name = at.rsplit('/').next().unwrap();
    &whole["components"]["schemas"][name]
}

fn kind_of<'a>(dice: &mut Dice, schema: &'a Value) -> &'a str {
    match &schema["type"] {
        Value::String(kind) => kind,
        Value::Array(kinds) => kinds[dice.roll(kinds.len() as u64) as usize]
            .as_str()
            .unwrap(),
        _ if schema["properties"].is_object() => "object",
        _ => "",
    }
}

/// A value of a schema, now and then of another kind.
fn value(dice: &mut Dice, names: &Names, whole: &Value, schema: &Value, depth: u32) -> Value {
    if dice.roll(20) == 0 || depth > DEEPEST {
        return anything(dice, names);
    }
    let schema = reference(whole, schema);
    if let Some(all) = schema["enum"].as_array() {
        return all[dice.roll(all.len() as u64) as usize].clone();
    }
    if !schema["const"].is_null() {
        return schema["const"].clone();
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(all) = schema[choice].as_array() {
            let one = &all[dice.roll(all.len() as u64) as usize];
            return value(dice, names, whole, one, depth + 1);
        }
    }
    match kind_of(dice, schema) {
        "string" => json!(text(dice, names)),
        "integer" | "number" => number(dice),
        "boolean" => json!(dice.roll(2) == 0),
        "array" => {
            let items = &schema["items"];
            let many = if dice.roll(20) == 0 {
                600
            } else {
                dice.roll(4)
            };
            let one = |dice: &mut Dice| value(dice, names, whole, items, depth + 1);
            Value::Array((0..many).map(|_| one(dice)).collect())
        }
        "object" => {
            let mut made = Map::new();
            for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
                if dice.roll(5) > 0 {
                    made.insert(name.clone(), value(dice, names, whole, schema, depth + 1));
                }
            }
            if dice.roll(10) == 0 {
                made.insert(text(dice, names), anything(dice, names));
            }
            Value::Object(made)
        }
        "null" => Value::Null,
        _ => anything(dice, names),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The address of an operation with its path and query filled in.
fn address(dice: &mut Dice, names: &Names, whole: &Value, path: &str, operation: &Value) -> String {
    let mut filled = Vec::new();
    for part in path.split('/') {
        if part.starts_with('{') {
            let text = text(dice, names);
            let coded: String = url_part(&text[..text.len().min(500)]);
            filled.push(if coded.is_empty() {
                "-".to_owned()
            } else {
                coded
            });
        } else {
            filled.push(part.to_owned());
        }
    }
    let mut query = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "query" && dice.roll(5) > 1 {
            let given = value(dice, names, whole, &parameter["schema"], 0);
            let given: String = plain(&given).chars().take(2_000).collect();
            let name = parameter["name"].as_str().unwrap();
            query.push(format!("{name}={}", url_part(&given)));
        }
    }
    format!("{}?{}", filled.join("/"), query.join("&"))
}

fn url_part(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

async fn names_of(api: &Api) -> Names {
    let mut all: Vec<String> = api.accounts.values().cloned().collect();
    all.push(api.workspace.to_string());
    all.push(api.test.calendar().await.id.to_string());
    for n in 0..3 {
        let entry = json!({ "title": format!("Number {n}"), "scheduled_date": "2027-05-25" });
        let made = api.post("/api/v1/calendar/entries", entry).await.ok();
        let id = made["entry_id"].as_str();
        all.push(id.unwrap().to_owned());
    }
    Names { all }
}

#[tokio::test]
async fn no_request_that_the_description_allows_or_nearly_allows_ends_in_a_fault() {
    let free = Rates {
        requests: 10_000_000,
        posts: 10_000_000,
        media: 10_000_000,
        strangers: 10_000_000,
    };
    let api = Api::with(free).await;
    let whole = server::openapi::description();
    let names = names_of(&api).await;
    let cases = std::env::var("ALMANAC_FUZZ_CASES");
    let cases = cases.ok().and_then(|n| n.parse().ok()).unwrap_or(USUAL);
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let (mut asked, mut done) = (0, 0);
    for (path, operations) in whole["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            // Deleting the key or the accounts that all requests are made with would end it early.
            let ends = method == "delete"
                && (path.contains("keys")
                    || path.contains("connections")
                    || path.contains("accounts"));
            // Almanac's own doors: a stream of events has no end, a command may wait for a person or end the
            // program, and what commands take is described as types of TypeScript, of which nothing is made
            // here.
            let own = operation["tags"][0] == "almanac";
            if !operation["x-waits-for"].is_null() || ends || own {
                continue;
            }
            for _ in 0..cases {
                let address = address(&mut dice, &names, &whole, path, operation);
                let method: Method = method.to_uppercase().parse().unwrap();
                let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
                let body = value(&mut dice, &names, &whole, schema, 0);
                let request = api
                    .http
                    .request(method.clone(), format!("{}{address}", api.base))
                    .header("X-API-Key", &api.key)
                    .json(&body);
                let answer = got(request).await;
                let status = answer.status.as_u16();
                asked += 1;
                done += u32::from(answer.status.is_success());
                assert!(
                    status != 500 && status != 503,
                    "{method} {address}\n{body}\n{status} {}",
                    answer.body
                );
                assert!(
                    answer.body.is_object() || answer.body.is_array(),
                    "{method} {address}: {}",
                    answer.body
                );
            }
        }
    }
    assert!(asked > 1_000, "{asked}");
    assert!(
        done * 20 > asked,
        "{done} of {asked} did something: the rest says little"
    );
}
