//! The grade of a member.

use super::{Interactions, Relationship, RelationshipPolicy};
use crate::member::{self, MemberId};
use crate::{contact, note};
use shuke_db::Tx;
use shuke_kernel::{Cx, Result, time};
use shuke_org::setting;

/// How well the shop and a member know each other.
///
/// Errors: `member_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<Relationship> {
    let found = member::ops::find(tx, cx, id).await?;
    let today = crate::ground(tx, cx.merchant).await?.today(cx);
    let [contacts, notes, policy] = tx
        .all([
            contact::count_stmt(cx.merchant, id),
            note::store::count_stmt(cx.merchant, id),
            setting::ops::statement::<RelationshipPolicy>(cx.merchant),
        ])
        .await?;
    let count = |rows: &[shuke_db::Row]| rows.first().map_or(Ok(0), |row| row.get(0));
    let interactions = Interactions { orders: found.stat.orders, contacts: count(&contacts)?, notes: count(&notes)? };
    let policy: RelationshipPolicy = setting::ops::read(&policy)?;
    Ok(policy.grade(interactions, time::days_between(found.joined_on, today)))
}
