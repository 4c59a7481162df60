//! Counts for whoever watches over a running program.

use model::Timestamp;

use crate::conn::Conn;
use crate::error::Result;

/// A count with the word it is for.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Counted {
    /// The word.
    pub word: String,
    /// How many.
    pub count: i64,
}

/// Deliveries of a network that ended in one way.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Sends {
    /// Key of the network.
    pub network: String,
    /// How they ended.
    pub outcome: String,
    /// How many.
    pub count: i64,
}

/// What is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Posts by editorial status, the bin not counted.
    pub posts: Vec<Counted>,
    /// Deliveries by state, the bin not counted.
    pub targets: Vec<Counted>,
    /// Deliveries whose instant has come and that have not begun.
    pub due: i64,
    /// Those of them that are later than a minute.
    pub late: i64,
    /// Attempts by network and outcome; open ones are under way.
    pub sends: Vec<Sends>,
    /// What addresses of other programs are told, by state.
    pub told: Vec<Counted>,
    /// Addresses of other programs at which nothing arrives.
    pub failing: i64,
}

/// A delivery is late when it has not begun so long after its instant, in milliseconds.
const LATE_AFTER: i64 = 60_000;

/// Everything that is counted, at this instant.
pub async fn figures(conn: &mut Conn, now: Timestamp) -> Result<Figures> {
    let posts = sqlx::query_as(
        "SELECT editorial AS word, count(*) AS count FROM posts WHERE deleted_at IS NULL
         GROUP BY editorial ORDER BY editorial",
    )
    .fetch_all(conn.sql())
    .await?;
    let targets = sqlx::query_as(
        "SELECT t.state AS word, count(*) AS count FROM targets t JOIN posts p ON p.id = t.post_id
         WHERE p.deleted_at IS NULL GROUP BY t.state ORDER BY t.state",
    )
    .fetch_all(conn.sql())
    .await?;
    let due = waiting_since(conn, now.as_millis()).await?;
    let late = waiting_since(conn, now.as_millis() - LATE_AFTER).await?;
    let sends = sqlx::query_as(
        "SELECT a.network, s.outcome, count(*) AS count FROM attempts s
           JOIN targets t ON t.id = s.target_id JOIN accounts a ON a.id = t.account_id
         GROUP BY a.network, s.outcome ORDER BY a.network, s.outcome",
    )
    .fetch_all(conn.sql())
    .await?;
    let told = sqlx::query_as(
        "SELECT state AS word, count(*) AS count FROM webhook_deliveries GROUP BY state
         ORDER BY state",
    )
    .fetch_all(conn.sql())
    .await?;
    let failing = sqlx::query_scalar(
        "SELECT count(*) FROM webhooks WHERE deleted_at IS NULL AND failing_since IS NOT NULL",
    )
    .fetch_one(conn.sql())
    .await?;
    Ok(Figures {
        posts,
        targets,
        due,
        late,
        sends,
        told,
        failing,
    })
}

async fn waiting_since(conn: &mut Conn, at: i64) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM targets WHERE state = 'waiting' AND due_at IS NOT NULL AND due_at <= ?",
    )
    .bind(at)
    .fetch_one(conn.sql())
    .await?)
}
