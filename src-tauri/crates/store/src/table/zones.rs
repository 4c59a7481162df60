//! Instants of dated posts when zone rules change.

use model::PostId;
use model::change::Subject;
use model::when::When;

use super::posts::Placed;
use super::words::id_list;
use crate::error::Result;
use crate::tx::Tx;

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    #[sqlx(flatten)]
    placed: Placed,
}

/// Computes the instants of all coming posts again from their wall times. Returns how many moved,
/// which is none unless a government changed its zone. Run it in the background after start.
pub async fn recompute_all(tx: &mut Tx) -> Result<u64> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT p.id, p.when_kind, p.wall, p.zone, p.at, p.all_day FROM posts p
         WHERE p.deleted_at IS NULL AND p.at IS NOT NULL AND p.at >= ?
           AND NOT EXISTS (SELECT 1 FROM targets t WHERE t.post_id = p.id
             AND t.state IN ('sending', 'unconfirmed', 'placed', 'published'))",
    )
    .bind(tx.now().as_millis())
    .fetch_all(tx.sql())
    .await?;
    fix(tx, rows).await
}

/// The same for some posts, whenever they are.
pub(crate) async fn recompute(tx: &mut Tx, ids: &[PostId]) -> Result<u64> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, when_kind, wall, zone, at, all_day FROM posts
         WHERE id IN (SELECT value FROM json_each(?)) AND at IS NOT NULL",
    )
    .bind(id_list(ids)?)
    .fetch_all(tx.sql())
    .await?;
    fix(tx, rows).await
}

async fn fix(tx: &mut Tx, rows: Vec<Row>) -> Result<u64> {
    let mut moved = 0;
    for row in rows {
        let now = match row.placed.when()? {
            When::Scheduled { wall, zone, .. } => {
                // A zone that vanished from the database keeps its last instants.
                model::when::resolve(wall, &zone).ok().map(|r| r.at)
            }
            other => other.stands_at(),
        };
        let Some(now) = now.filter(|at| Some(at.as_millis()) != row.placed.instant) else {
            continue;
        };
        sqlx::query("UPDATE posts SET at = ?, version = version + 1 WHERE id = ?")
            .bind(now.as_millis())
            .bind(&row.id)
            .execute(tx.sql())
            .await?;
        tx.changed(Subject::Post, &row.id);
        moved += 1;
    }
    Ok(moved)
}
