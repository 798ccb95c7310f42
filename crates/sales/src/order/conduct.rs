//! What staff did at the till, added up by person: for those who look for what should be asked about.

use super::{OrderId, store};
use shuke_db::Tx;
use shuke_kernel::{Date, Instant, MerchantId, Money, Result, Uuid};
use shuke_member::MemberId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Orders or refunds of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Who, as [`shuke_kernel::Actor::text`] writes it.
    pub actor: String,
    /// How many.
    pub count: i64,
    /// What they come to.
    pub amount: Money,
}

/// A member whom one person served remarkably often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Often {
    /// Who.
    pub actor: String,
    /// Whom.
    pub member: MemberId,
    /// Orders.
    pub count: i64,
    /// Days on which there were any.
    pub days: i64,
    /// What they come to.
    pub amount: Money,
}

/// What was done in a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conduct {
    /// Orders by person.
    pub sales: Vec<Made>,
    /// Refunds and returns by person.
    pub refunds: Vec<Made>,
    /// Sales that somebody took back as a whole within [`AT_ONCE_MS`], by who did.
    pub voids: Vec<Made>,
    /// Orders on which coupons took something off, by who made them, with what they took off.
    pub couponed: Vec<Made>,
    /// Members whom one person served several times a day on average, at least ten times in all.
    pub often: Vec<Often>,
}

/// Milliseconds within which a sale that is taken back as a whole was undone at once.
pub const AT_ONCE_MS: i64 = 15 * 60_000;
/// Refunds of one look: those of a chain's quarter.
const REFUNDS_MAX: i64 = 200_000;
/// Orders of one read.
const ORDERS_PER_READ: usize = 400;

/// Sales that were taken back as a whole, at once, by who took them back.
async fn voids(tx: &mut Tx, merchant: MerchantId, days: (Date, Date), of: Option<Uuid>) -> Result<Vec<Made>> {
    let back = crate::refund::store::lake::back(tx, merchant, days, of, REFUNDS_MAX).await?;
    let ids: BTreeSet<OrderId> = back.iter().map(|one| one.order).collect();
    let ids: Vec<OrderId> = ids.into_iter().collect();
    let mut undone: HashMap<OrderId, Instant> = HashMap::new();
    for part in ids.chunks(ORDERS_PER_READ) {
        undone.extend(store::conduct::undone(tx, merchant, part).await?);
    }
    let mut made: BTreeMap<String, Made> = BTreeMap::new();
    for one in back {
        // An order that came back in parts is counted with the part that was quick, once.
        if undone.get(&one.order).is_none_or(|sold| one.at.0 - sold.0 > AT_ONCE_MS) {
            continue;
        }
        undone.remove(&one.order);
        let sum = made.entry(one.actor.clone()).or_insert(Made { actor: one.actor, count: 0, amount: Money(0) });
        (sum.count, sum.amount) = (sum.count + 1, sum.amount.plus(one.amount)?);
    }
    Ok(made.into_values().collect())
}

/// What was done from one local day to another, in one store or in all.
pub async fn conduct(tx: &mut Tx, merchant: MerchantId, days: (Date, Date), of: Option<Uuid>) -> Result<Conduct> {
    Ok(Conduct {
        sales: store::conduct::made(tx, merchant, days, of).await?,
        refunds: crate::refund::store::lake::made(tx, merchant, days, of).await?,
        voids: voids(tx, merchant, days, of).await?,
        couponed: store::conduct::couponed(tx, merchant, days, of).await?,
        often: store::conduct::often(tx, merchant, days, of).await?,
    })
}
