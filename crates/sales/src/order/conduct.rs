//! What staff did at the till, added up by person: for those who look for what should be asked about.

use super::store;
use shuke_db::Tx;
use shuke_kernel::{Date, MerchantId, Money, Result, Uuid};
use shuke_member::MemberId;

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
    /// Members whom one person served several times a day on average, at least ten times in all.
    pub often: Vec<Often>,
}

/// What was done from one local day to another, in one store or in all.
pub async fn conduct(tx: &mut Tx, merchant: MerchantId, days: (Date, Date), of: Option<Uuid>) -> Result<Conduct> {
    Ok(Conduct {
        sales: store::conduct::made(tx, merchant, days, of).await?,
        refunds: crate::refund::store::lake::made(tx, merchant, days, of).await?,
        often: store::conduct::often(tx, merchant, days, of).await?,
    })
}
