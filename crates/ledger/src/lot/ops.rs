//! Expiry: the midnight work on lots.

use super::store;
use crate::account::store::{holdings_read, holdings_stmts};
use crate::{Account, AccountKind, Holdings, Journal};
use shuke_db::{Db, Tx};
use shuke_kernel::{Cx, Result};

const OWNERS_PER_STEP_MAX: i64 = 200;

/// Moves what has expired out of members' accounts, a bounded number of members in each transaction.
/// Safe to stop and to repeat: what was expired is gone from the list. Returns how many members it touched.
pub async fn expire(db: &Db, cx: &Cx) -> Result<u64> {
    let mut touched = 0;
    loop {
        match db.write(cx, |tx, cx| Box::pin(expire_some(tx, cx))).await? {
            0 => return Ok(touched),
            count => touched += count,
        }
    }
}

async fn expire_some(tx: &mut Tx, cx: &Cx) -> Result<u64> {
    let owners = store::expired_owners(tx, cx.merchant, cx.now, OWNERS_PER_STEP_MAX).await?;
    for due in &owners {
        let [accounts, lots] = tx.all(holdings_stmts(cx.merchant, due.owner, true)).await?;
        let mut holdings = holdings_read(due.owner, &accounts, &lots)?;
        expire_member(tx, cx, &mut holdings).await?;
    }
    Ok(owners.len() as u64)
}

async fn expire_member(tx: &mut Tx, cx: &Cx, holdings: &mut Holdings) -> Result<()> {
    let mut journal = Journal::new("expiry", cx.uuid(), None);
    for kind in [AccountKind::Points, AccountKind::Principal, AccountKind::Bonus] {
        let due: Vec<_> = holdings
            .lots(kind)
            .filter(|lot| lot.remaining > 0 && lot.expires_at.is_some_and(|at| at <= cx.now))
            .map(|lot| (lot.id, lot.remaining))
            .collect();
        if !due.is_empty() {
            journal.drop_lots(holdings, kind, &due, Account::merchant(kind.expiry_account()), "expired")?;
        }
    }
    journal.post(tx, cx, &[holdings]).await
}
