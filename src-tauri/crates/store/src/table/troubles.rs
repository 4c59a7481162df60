//! What needs a person now: deliveries that do not go on by themselves, and posts held for an edit.

use model::failure::Category;
use model::{AccountId, PostId, TargetId, Timestamp};

use super::words::{at, parse};
use crate::conn::Conn;
use crate::error::{Result, StoreError};

/// Sorts of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Sent or not: only the person can tell.
    Unconfirmed,
    /// Certainly not sent, and not tried again by itself.
    Failed,
    /// Its minute passed.
    Missed,
    /// Published, and its first comment is not there.
    NotCommented,
    /// Held at its minute since an open edit differs.
    HeldEdit,
    /// A program asks that it go out; `message` holds the program's name.
    Asked(Ask),
    /// It waits for its account.
    Waiting,
}

/// What a program asks of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ask {
    /// It is to go out now, and not at the time it is planned for.
    pub at_once: bool,
    /// The version of the post now.
    pub version: i64,
    /// It had another one when it was first asked for.
    pub changed: bool,
}

/// One delivery in trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What sort.
    pub kind: Kind,
    /// The post.
    pub post_id: PostId,
    /// The target; of a held post its first.
    pub target_id: TargetId,
    /// The account; none for a held post.
    pub account_id: Option<AccountId>,
    /// First words.
    pub words: String,
    /// When it was due.
    pub at: Option<Timestamp>,
    /// The last failure, in a sentence.
    pub message: Option<String>,
    /// Its kind.
    pub category: Option<Category>,
    /// The network's own words.
    pub detail: Option<String>,
    /// A failed or missed one: other accounts of its post have it already.
    pub others_out: bool,
}

/// As the statements give it: kind, post, target, account, words, instant, sentence, detail, category,
/// whether the others went out; of what is asked for also the version, and whether it was another one.
type Found = (
    String,
    String,
    String,
    Option<String>,
    String,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<String>,
    bool,
    Option<i64>,
    bool,
);

fn row(found: Found) -> Result<Row> {
    let (
        kind,
        post,
        target,
        account,
        words,
        moment,
        message,
        detail,
        category,
        others_out,
        version,
        changed,
    ) = found;
    let asked = |at_once| {
        let version = version.ok_or_else(|| StoreError::internal("an ask without a version"))?;
        Ok::<_, StoreError>(Kind::Asked(Ask {
            at_once,
            version,
            changed,
        }))
    };
    Ok(Row {
        kind: match kind.as_str() {
            "unconfirmed" => Kind::Unconfirmed,
            "failed" => Kind::Failed,
            "missed" => Kind::Missed,
            "not_commented" => Kind::NotCommented,
            "held" => Kind::HeldEdit,
            "asked" => asked(false)?,
            "asked_at_once" => asked(true)?,
            "waiting" => Kind::Waiting,
            other => return Err(StoreError::internal(format!("trouble {other}"))),
        },
        post_id: parse(&post)?,
        target_id: parse(&target)?,
        account_id: account.as_deref().map(parse).transpose()?,
        words,
        at: moment.map(at),
        message,
        category: category.as_deref().and_then(Category::from_word),
        detail,
        others_out,
    })
}

/// Everything in trouble, oldest first.
pub async fn all(conn: &mut Conn) -> Result<Vec<Row>> {
    let rows: Vec<Found> = sqlx::query_as(
        "SELECT t.state, p.id, t.id, t.account_id, p.words, p.at AS moment,
             t.failure_message, t.failure_detail, t.failure_category,
             t.state IN ('failed', 'missed') AND EXISTS (
               SELECT 1 FROM targets o WHERE o.post_id = p.id AND o.state = 'published'), NULL, 0
           FROM targets t JOIN posts p ON p.id = t.post_id
           WHERE p.deleted_at IS NULL AND (t.state IN ('failed', 'missed')
             OR (t.state = 'unconfirmed' AND t.asked_at IS NOT NULL))
         UNION ALL
         SELECT 'not_commented', p.id, t.id, t.account_id, p.words, p.at, f.message, f.detail, NULL, 0,
             NULL, 0
           FROM first_comments f JOIN targets t ON t.id = f.target_id
             JOIN posts p ON p.id = t.post_id
           WHERE f.state = 'failed' AND p.deleted_at IS NULL
         UNION ALL
         SELECT 'held', p.id, min(t.id), NULL, p.words, p.at, NULL, NULL, NULL, 0, NULL, 0
           FROM working_copies w JOIN posts p ON p.id = w.post_id JOIN targets t ON t.post_id = p.id
           WHERE p.held = 1 AND p.deleted_at IS NULL GROUP BY p.id
         UNION ALL
         SELECT CASE n.value ->> 'atOnce' WHEN 1 THEN 'asked_at_once' ELSE 'asked' END,
             p.id, min(t.id), NULL, p.words, p.at, n.value ->> 'by', NULL, NULL, 0,
             p.version, coalesce(n.value ->> 'version' <> p.version, 0)
           FROM api_notes n JOIN posts p ON p.id = n.id JOIN targets t ON t.post_id = p.id
           WHERE n.kind = 'ask' AND p.deleted_at IS NULL
             AND p.editorial IN ('draft', 'in_review', 'approved') GROUP BY p.id
         ORDER BY moment, 2, 3 LIMIT 20000",
    )
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(row).collect()
}

/// Scheduled deliveries that wait for an account to be usable again, earliest first.
pub async fn waiting_for(conn: &mut Conn, account: AccountId) -> Result<Vec<Row>> {
    let rows: Vec<Found> = sqlx::query_as(
        "SELECT 'waiting', p.id, t.id, t.account_id, p.words, t.due_at,
           t.failure_message, t.failure_detail, t.failure_category, 0, NULL, 0
         FROM targets t JOIN posts p ON p.id = t.post_id
         WHERE t.account_id = ? AND t.state = 'waiting' AND t.due_at IS NOT NULL
           AND t.called_off = 0
         ORDER BY t.due_at, t.id LIMIT 20000",
    )
    .bind(account.to_string())
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(row).collect()
}
