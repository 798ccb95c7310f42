//! Reminding members before the end, and saying that it came.

use super::{Membership, store};
use shuke_db::{Db, Tx};
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Result, time};

const TERMS_PER_STEP_MAX: i64 = 200;

/// The day on which a term is to be looked at first: that of the reminder, or the day after its end.
pub(super) fn first_look(term: &Membership) -> Date {
    let over = time::add_days(term.ends_on, 1);
    term.plan.remind_days.map_or(over, |days| time::add_days(term.ends_on, -days).max(term.starts_on))
}

/// Tells of terms that end soon (`membership.ending`) and that have ended (`membership.ended`), in batches,
/// each in a transaction of its own. Safe to stop and to repeat. Returns how many.
pub async fn midnight(db: &Db, cx: &Cx, today: Date) -> Result<u64> {
    let mut told = 0;
    loop {
        let some = db.write(&(cx, today), |tx, (cx, today)| Box::pin(tell_some(tx, cx, *today))).await?;
        told += some;
        if some == 0 {
            return Ok(told);
        }
    }
}

async fn tell_some(tx: &mut Tx, cx: &Cx, today: Date) -> Result<u64> {
    let due = store::due(tx, cx.merchant, today, TERMS_PER_STEP_MAX).await?;
    for term in &due {
        let over = term.ends_on < today;
        let (notice, kind) = if over { ("ended", "membership.ended") } else { ("reminded", "membership.ending") };
        let next = (!over).then(|| time::add_days(term.ends_on, 1));
        tx.queue(store::told_stmt(cx.merchant, term.id, notice, next)).await?;
        event::append(tx, cx, &[told(kind, term)]).await?;
    }
    Ok(due.len() as u64)
}

pub(super) fn told(kind: &'static str, term: &Membership) -> Event {
    let payload = serde_json::json!({
        "id": term.id, "member": term.member, "plan": term.plan.id, "tier": term.plan.tier, "trial": term.trial, "store": term.store,
        "starts_on": term.starts_on, "ends_on": term.ends_on, "price": term.price, "tender": term.tender, "refunded": term.refunded,
    });
    Event::new(kind, term.member, &payload)
}
