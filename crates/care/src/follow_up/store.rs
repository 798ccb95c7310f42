//! SQL of follow-ups.

use super::model::{
    Attempt, FollowUp, FollowUpBatch, FollowUpBatchDraft, FollowUpBatchId, FollowUpEnd, FollowUpId, FollowUpOutcome, FollowUpState,
};
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert, insert_or_ignore, sql};
use shuke_kernel::{Cx, Date, MerchantId, Result, Uuid};
use shuke_member::MemberId;
use shuke_org::StaffId;
use std::fmt::Write as _;

/// Rows that one statement writes.
const ROWS_MAX: usize = 250;

/// A follow-up to be written; its script is sealed.
#[derive(Clone, Debug)]
pub(super) struct NewFollowUp {
    pub(super) id: FollowUpId,
    pub(super) member: MemberId,
    pub(super) store: Uuid,
    pub(super) reason: String,
    pub(super) script: Option<String>,
    pub(super) batch: Option<FollowUpBatchId>,
    pub(super) due_on: Date,
    pub(super) assigned_to: Option<StaffId>,
}

/// A follow-up with its own texts sealed, and its batch's script.
#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    /// Everything; script and end note as they lie.
    pub(crate) follow_up: FollowUp,
    /// What the batch says, in the clear.
    pub(crate) batch_script: Option<String>,
}

const COLUMNS: [&str; 13] = [
    "merchant_id",
    "id",
    "member_id",
    "store_id",
    "reason",
    "script",
    "batch_id",
    "due_on",
    "assigned_to",
    "state",
    "attempts",
    "created_at",
    "created_by",
];

fn values(cx: &Cx, actor: &str, new: &NewFollowUp) -> Vec<Value> {
    vec![
        cx.merchant.to_value(),
        new.id.to_value(),
        new.member.to_value(),
        new.store.to_value(),
        new.reason.to_value(),
        new.script.to_value(),
        new.batch.to_value(),
        new.due_on.to_value(),
        new.assigned_to.to_value(),
        FollowUpState::Open.to_value(),
        0_i64.to_value(),
        cx.now.to_value(),
        actor.to_value(),
    ]
}

pub(super) async fn insert_one(tx: &mut Tx, cx: &Cx, new: &NewFollowUp) -> Result<()> {
    tx.queue(insert("follow_up", &COLUMNS, vec![values(cx, &cx.actor.text(), new)])).await
}

/// Writes those whose member has no open one for the reason. Answers how many.
pub(super) async fn insert_missing(tx: &mut Tx, cx: &Cx, new: &[NewFollowUp]) -> Result<u64> {
    let (actor, mut made) = (cx.actor.text(), 0);
    for rows in new.chunks(ROWS_MAX) {
        made += tx.exec(insert_or_ignore("follow_up", &COLUMNS, rows.iter().map(|new| values(cx, &actor, new)).collect())).await?;
    }
    Ok(made)
}

pub(super) async fn insert_batch(
    tx: &mut Tx,
    cx: &Cx,
    draft: &FollowUpBatchDraft,
    script: Option<&str>,
    batch: &FollowUpBatch,
) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO follow_up_batch (merchant_id, id, tag_id, store_id, run_id, reason, script, due_on, assigned_to, made, had_one,
             unwelcome, without_store, elsewhere, created_at, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        cx.merchant,
        batch.id,
        batch.tag,
        draft.store,
        draft.run,
        batch.reason,
        script,
        batch.due_on,
        draft.assigned_to,
        batch.made,
        batch.had_one,
        batch.unwelcome,
        batch.without_store,
        batch.elsewhere,
        batch.created_at,
        cx.actor.text()
    ))
    .await
}

const SELECT: &str = "SELECT f.id, f.member_id, f.store_id, f.reason, f.script, f.due_on, f.assigned_to, f.state, f.attempts, f.outcome,
        f.ended_how, f.ended_at, f.ended_by, f.end_note, f.batch_id, f.created_at, f.created_by, b.script, b.run_id
     FROM follow_up f LEFT JOIN follow_up_batch b ON b.merchant_id = f.merchant_id AND b.id = f.batch_id";

fn read(row: &Row) -> Result<Sealed> {
    let follow_up = FollowUp {
        id: row.get(0)?,
        member: row.get(1)?,
        store: row.get(2)?,
        reason: row.get(3)?,
        script: row.get(4)?,
        due_on: row.get(5)?,
        assigned_to: row.get(6)?,
        state: row.get(7)?,
        attempts: row.get(8)?,
        outcome: row.get(9)?,
        ended_how: row.get(10)?,
        ended_at: row.get(11)?,
        ended_by: row.get(12)?,
        end_note: row.get(13)?,
        batch: row.get(14)?,
        created_at: row.get(15)?,
        created_by: row.get(16)?,
        run: row.get(18)?,
    };
    Ok(Sealed { follow_up, batch_script: row.get(17)? })
}

fn by_id(merchant: MerchantId, id: FollowUpId) -> Stmt {
    Stmt::built(format!("{SELECT} WHERE f.merchant_id = $1 AND f.id = $2"), vec![merchant.to_value(), id.to_value()])
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: FollowUpId) -> Result<Option<Sealed>> {
    tx.row(by_id(merchant, id)).await?.as_ref().map(read).transpose()
}

/// The same, held for the rest of the transaction.
pub(super) async fn lock(tx: &mut Tx, merchant: MerchantId, id: FollowUpId) -> Result<Option<Sealed>> {
    let held = sql!("SELECT id FROM follow_up WHERE merchant_id = $1 AND id = $2 FOR UPDATE", merchant, id);
    let [_, found] = tx.all([held, by_id(merchant, id)]).await?;
    found.first().map(read).transpose()
}

/// Which follow-ups are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) stores: Option<Vec<Uuid>>,
    pub(crate) state: Option<FollowUpState>,
    pub(crate) member: Option<MemberId>,
    pub(crate) assigned_to: Option<StaffId>,
    pub(crate) unassigned: bool,
    pub(crate) due_to: Option<Date>,
    pub(crate) batch: Option<FollowUpBatchId>,
}

/// A statement that grows by its conditions.
struct Where {
    text: String,
    params: Vec<Value>,
}

impl Where {
    fn of(text: &str, merchant: MerchantId) -> Self {
        Self { text: format!("{text} WHERE f.merchant_id = $1"), params: vec![merchant.to_value()] }
    }
    fn and(&mut self, condition: &str, value: Value) {
        self.params.push(value);
        let _ = write!(self.text, " AND {condition} ${}", self.params.len());
    }
    fn in_stores(&mut self, stores: Option<&[Uuid]>) {
        let Some(stores) = stores else { return };
        let from = self.params.len();
        let places: Vec<String> = (0..stores.len()).map(|index| format!("${}", from + index + 1)).collect();
        self.params.extend(stores.iter().map(|store| store.to_value()));
        // Nobody works in no store: the list is never empty.
        let _ = write!(self.text, " AND f.store_id IN ({})", places.join(", "));
    }
}

/// Follow-ups in the order of their days: open ones the soonest first, else the latest first.
pub(super) async fn page(
    tx: &mut Tx,
    merchant: MerchantId,
    filter: &Filter,
    after: Option<(Date, FollowUpId)>,
    limit: i64,
) -> Result<Vec<Sealed>> {
    let mut stmt = Where::of(SELECT, merchant);
    stmt.in_stores(filter.stores.as_deref());
    if let Some(state) = filter.state {
        stmt.and("f.state =", state.to_value());
    }
    if let Some(member) = filter.member {
        stmt.and("f.member_id =", member.to_value());
    }
    if let Some(staff) = filter.assigned_to {
        stmt.and("f.assigned_to =", staff.to_value());
    }
    if filter.unassigned {
        stmt.text.push_str(" AND f.assigned_to IS NULL");
    }
    if let Some(day) = filter.due_to {
        stmt.and("f.due_on <=", day.to_value());
    }
    if let Some(batch) = filter.batch {
        stmt.and("f.batch_id =", batch.to_value());
    }
    let soonest_first = filter.state == Some(FollowUpState::Open);
    let (sign, order) = if soonest_first { (">", "ASC") } else { ("<", "DESC") };
    if let Some((day, id)) = after {
        stmt.params.extend([day.to_value(), id.to_value()]);
        let last = stmt.params.len();
        let _ = write!(stmt.text, " AND (f.due_on, f.id) {sign} (${}, ${last})", last - 1);
    }
    stmt.params.push(limit.to_value());
    let last = stmt.params.len();
    let _ = write!(stmt.text, " ORDER BY f.due_on {order}, f.id {order} LIMIT ${last}");
    tx.rows(Stmt::built(stmt.text, stmt.params)).await?.iter().map(read).collect()
}

/// How many are open and due: before a day, on it, and of both those of one member of staff.
pub(super) async fn count_due(
    tx: &mut Tx,
    merchant: MerchantId,
    stores: Option<&[Uuid]>,
    (today, staff): (Date, Option<StaffId>),
) -> Result<[i64; 3]> {
    let sum = |condition: &str| format!("CAST(COALESCE(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END), 0) AS BIGINT)");
    let text = format!(
        "SELECT {}, {}, {} FROM follow_up f",
        sum("f.due_on < $2"),
        sum("f.due_on = $2"),
        // Compared with nobody where the caller is a program: nothing is theirs.
        sum("f.assigned_to = $3")
    );
    let mut stmt = Where::of(&text, merchant);
    stmt.params.extend([today.to_value(), staff.map_or(Uuid::nil(), |staff| staff.0).to_value()]);
    stmt.and("f.due_on <=", today.to_value());
    stmt.and("f.state =", FollowUpState::Open.to_value());
    stmt.in_stores(stores);
    let rows = tx.rows(Stmt::built(stmt.text, stmt.params)).await?;
    match rows.first() {
        Some(row) => Ok([row.get(0)?, row.get(1)?, row.get(2)?]),
        None => Ok([0; 3]),
    }
}

/// What a batch made: each follow-up with its member and store.
pub(super) async fn of_batch(tx: &mut Tx, merchant: MerchantId, batch: FollowUpBatchId) -> Result<Vec<(FollowUpId, MemberId, Uuid)>> {
    let stmt =
        sql!("SELECT id, member_id, store_id FROM follow_up WHERE merchant_id = $1 AND batch_id = $2 ORDER BY member_id", merchant, batch);
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// Gives an open follow-up another day and somebody else. Says whether it was open.
pub(super) async fn change(tx: &mut Tx, merchant: MerchantId, id: FollowUpId, due_on: Date, assigned_to: Option<StaffId>) -> Result<bool> {
    let stmt = sql!(
        "UPDATE follow_up SET due_on = $3, assigned_to = $4 WHERE merchant_id = $1 AND id = $2 AND state = 'open'",
        merchant,
        id,
        due_on,
        assigned_to
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// How a follow-up ends.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) state: FollowUpState,
    pub(super) how: FollowUpEnd,
    /// Sealed.
    pub(super) note: Option<String>,
}

/// Ends an open follow-up. Says whether it was open.
pub(super) async fn end(tx: &mut Tx, cx: &Cx, id: FollowUpId, end: &End) -> Result<bool> {
    let stmt = sql!(
        "UPDATE follow_up SET state = $3, ended_how = $4, ended_at = $5, ended_by = $6, end_note = $7
         WHERE merchant_id = $1 AND id = $2 AND state = 'open'",
        cx.merchant,
        id,
        end.state,
        end.how,
        cx.now,
        cx.actor.text(),
        end.note
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// Writes a try, whose number follows the last one's; the note is sealed. Says whether the follow-up was open and had
/// been tried so often.
pub(super) async fn insert_attempt(tx: &mut Tx, cx: &Cx, id: FollowUpId, attempt: &Attempt) -> Result<bool> {
    let counted = sql!(
        "UPDATE follow_up SET attempts = $3, outcome = $4, due_on = COALESCE($5, due_on)
         WHERE merchant_id = $1 AND id = $2 AND state = 'open' AND attempts = $6",
        cx.merchant,
        id,
        attempt.number,
        attempt.outcome,
        attempt.next_on,
        attempt.number - 1
    );
    if tx.exec(counted).await? != 1 {
        return Ok(false);
    }
    tx.queue(sql!(
        "INSERT INTO follow_up_attempt (merchant_id, follow_up_id, number, how, outcome, note, next_on, at, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        cx.merchant,
        id,
        attempt.number,
        attempt.how,
        attempt.outcome,
        attempt.note,
        attempt.next_on,
        attempt.at,
        attempt.actor
    ))
    .await?;
    Ok(true)
}

/// The tries of a follow-up, the first one first; notes are sealed.
pub(super) async fn attempts(tx: &mut Tx, merchant: MerchantId, id: FollowUpId) -> Result<Vec<Attempt>> {
    let stmt = sql!(
        "SELECT number, how, outcome, note, next_on, at, actor FROM follow_up_attempt
         WHERE merchant_id = $1 AND follow_up_id = $2 ORDER BY number",
        merchant,
        id
    );
    let rows = tx.rows(stmt).await?;
    rows.iter()
        .map(|row| {
            Ok(Attempt {
                number: row.get(0)?,
                how: row.get(1)?,
                outcome: row.get(2)?,
                note: row.get(3)?,
                next_on: row.get(4)?,
                at: row.get(5)?,
                actor: row.get(6)?,
            })
        })
        .collect()
}

/// The open follow-ups of a member with their reasons, held for the rest of the transaction.
pub(super) async fn lock_open(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<Vec<(FollowUpId, String)>> {
    let stmt = sql!(
        "SELECT id, reason FROM follow_up WHERE merchant_id = $1 AND member_id = $2 AND state = 'open' ORDER BY id FOR UPDATE",
        merchant,
        member
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Every follow-up of a member.
pub(super) async fn ids_of(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<Vec<FollowUpId>> {
    let stmt = sql!("SELECT id FROM follow_up WHERE merchant_id = $1 AND member_id = $2 ORDER BY id FOR UPDATE", merchant, member);
    tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect()
}

/// Gives a follow-up to another member.
pub(super) async fn give(tx: &mut Tx, merchant: MerchantId, id: FollowUpId, (from, to): (MemberId, MemberId)) -> Result<()> {
    tx.queue(sql!("UPDATE follow_up SET member_id = $4 WHERE merchant_id = $1 AND id = $2 AND member_id = $3", merchant, id, from, to))
        .await
}

/// Opens a follow-up again that a merge had ended.
pub(super) async fn reopen(tx: &mut Tx, merchant: MerchantId, id: FollowUpId) -> Result<()> {
    tx.queue(sql!(
        "UPDATE follow_up SET state = 'open', ended_how = NULL, ended_at = NULL, ended_by = NULL, end_note = NULL
         WHERE merchant_id = $1 AND id = $2 AND state = 'given_up' AND ended_how = 'merged'",
        merchant,
        id
    ))
    .await
}

/// Takes away what was written about a member.
pub(super) async fn clear(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    tx.queue(sql!(
        "UPDATE follow_up_attempt SET note = NULL WHERE merchant_id = $1
         AND follow_up_id IN (SELECT id FROM follow_up WHERE merchant_id = $1 AND member_id = $2)",
        merchant,
        member
    ))
    .await?;
    tx.queue(sql!(
        "UPDATE follow_up SET reason = '', script = NULL, end_note = NULL WHERE merchant_id = $1 AND member_id = $2",
        merchant,
        member
    ))
    .await
}

/// The first follow-up whose tries are not those that are counted, with both numbers.
pub(super) async fn wrong_count(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(FollowUpId, i64, i64)>> {
    let stmt = sql!(
        "SELECT f.id, f.attempts, CAST(COUNT(a.number) AS BIGINT) FROM follow_up f
         LEFT JOIN follow_up_attempt a ON a.merchant_id = f.merchant_id AND a.follow_up_id = f.id
         WHERE f.merchant_id = $1 GROUP BY f.id, f.attempts
         HAVING f.attempts <> COUNT(a.number) OR f.attempts <> COALESCE(MAX(a.number), 0) ORDER BY f.id LIMIT 1",
        merchant
    );
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

/// The first follow-up that its last try didn't leave as it stands.
pub(super) async fn wrong_state(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(FollowUpId, FollowUpState, Option<FollowUpOutcome>)>> {
    let stmt = sql!(
        "SELECT f.id, f.state, a.outcome FROM follow_up f
         LEFT JOIN follow_up_attempt a ON a.merchant_id = f.merchant_id AND a.follow_up_id = f.id AND a.number = f.attempts
         WHERE f.merchant_id = $1 AND (COALESCE(f.outcome, '') <> COALESCE(a.outcome, '')
             OR (f.state = 'done' AND COALESCE(a.outcome, 'not_reached') IN ('not_reached', 'call_again'))
             OR (f.state <> 'done' AND COALESCE(a.outcome, 'not_reached') NOT IN ('not_reached', 'call_again')))
         ORDER BY f.id LIMIT 1",
        merchant
    );
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

/// The first batch that didn't make what it says, with both numbers.
pub(super) async fn wrong_batch(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(FollowUpBatchId, i64, i64)>> {
    let stmt = sql!(
        "SELECT b.id, b.made, CAST(COUNT(f.id) AS BIGINT) FROM follow_up_batch b
         LEFT JOIN follow_up f ON f.merchant_id = b.merchant_id AND f.batch_id = b.id
         WHERE b.merchant_id = $1 GROUP BY b.id, b.made HAVING b.made <> COUNT(f.id) ORDER BY b.id LIMIT 1",
        merchant
    );
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}
