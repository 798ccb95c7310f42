//! How far below zero a store may sell: 超卖.

use super::store;
use crate::product;
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_kernel::{Cx, Error, Result, Uuid, text_enum};
use shuke_org::{StoreId, audit};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The furthest limit: a million pieces.
const MILLI_MAX: i64 = 1_000_000_000;

text_enum! {
    /// Whether a store may sell below zero.
    pub enum OversellPolicy {
        /// As the next wider rule says: the store's, or the variant's own.
        Inherit = "inherit",
        /// It may not.
        Refuse = "refuse",
        /// It may, down to a limit, or without end where there is none.
        Allow = "allow",
    }
}

/// What a store allows, for one variant or for all that have no rule of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockLimit {
    /// The store.
    pub store: Uuid,
    /// The variant; none for all of the store.
    #[serde(default)]
    pub variant: Option<Uuid>,
    /// Whether it may be sold below zero.
    pub policy: OversellPolicy,
    /// How far, in thousandths of a piece: 5,000 is down to −5 pieces. None is without end.
    #[serde(default)]
    pub max_milli: Option<i64>,
}

/// What holds for a row of stock: whether it may fall below zero, and how far.
pub(crate) type Allowed = (bool, Option<i64>);

/// A rule as it is kept (a limit, 0 to forbid) as what it allows.
const fn allowed(max_milli: Option<i64>) -> Allowed {
    match max_milli {
        Some(0) => (false, None),
        other => (true, other),
    }
}

/// The rules of a store: by variant, nil for all.
pub(crate) struct Rules(BTreeMap<Uuid, Option<i64>>);

impl Rules {
    /// Those of a store.
    pub(crate) async fn of(tx: &mut Tx, cx: &Cx, store: Uuid) -> Result<Self> {
        Ok(Self(store::limits(tx, cx.merchant, store).await?.into_iter().collect()))
    }
    /// What holds for a variant that may by itself be sold below zero, or may not.
    pub(crate) fn allow(&self, variant: Uuid, oversell: bool) -> Allowed {
        let rule = self.0.get(&variant).or_else(|| self.0.get(&Uuid::nil()));
        rule.map_or((oversell, None), |max_milli| allowed(*max_milli))
    }
}

/// Sets what a store allows, at once for what it has on hand.
///
/// Errors: `store_not_found`, `variant_unknown`, `stock_not_tracked`, `stock_limit_wrong`; `stock_oversold` and
/// `stock_insufficient` where more was sold below zero already than would be allowed.
pub async fn set(tx: &mut Tx, cx: &Cx, limit: &StockLimit) -> Result<StockLimit> {
    shuke_org::store::ops::show(tx, cx, StoreId(limit.store)).await?;
    let max = checked(limit)?;
    if let Some(variant) = limit.variant {
        let known = product::store::stocked(tx, cx.merchant, &[variant]).await?;
        let stocked = known.get(&variant).ok_or_else(|| Error::refused("variant_unknown", "there is no such product variant"))?;
        if !stocked.track_stock {
            return Err(Error::refused("stock_not_tracked", "this variant is not counted"));
        }
    }
    let place = limit.variant.unwrap_or_default();
    match limit.policy {
        OversellPolicy::Inherit => store::remove_limit(tx, cx.merchant, limit.store, place).await?,
        OversellPolicy::Refuse | OversellPolicy::Allow => store::put_limit(tx, cx.merchant, limit.store, place, max).await?,
    }
    apply(tx, cx, limit.store, limit.variant).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("stock.limit_set", limit.store).new_value(limit)).await?;
    Ok(*limit)
}

fn checked(limit: &StockLimit) -> Result<Option<i64>> {
    let wrong = |detail: &str| Err(Error::invalid("stock_limit_wrong", detail.to_owned()).field("/max_milli", "out_of_range", detail));
    match (limit.policy, limit.max_milli) {
        (OversellPolicy::Allow, Some(max)) if !(1..=MILLI_MAX).contains(&max) => {
            wrong("a limit is 1 to 1,000,000,000 thousandths of a piece")
        }
        (OversellPolicy::Allow, max) => Ok(max),
        (_, Some(_)) => wrong("only what is allowed has a limit; leave it out"),
        (OversellPolicy::Refuse, None) => Ok(Some(0)),
        (OversellPolicy::Inherit, None) => Ok(None),
    }
}

/// Brings a store's rows to what its rules say: of one variant, or of all that the store's own rule covers.
async fn apply(tx: &mut Tx, cx: &Cx, store_id: Uuid, variant: Option<Uuid>) -> Result<()> {
    let rules = Rules::of(tx, cx, store_id).await?;
    let mut after = Uuid::nil();
    loop {
        let page = match variant {
            Some(variant) => {
                let known = product::store::stocked(tx, cx.merchant, &[variant]).await?;
                known.into_iter().map(|(id, stocked)| (id, stocked.oversell)).collect()
            }
            None => product::store::counted(tx, cx.merchant, after, 500).await?,
        };
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        let mut groups: BTreeMap<Allowed, Vec<Uuid>> = BTreeMap::new();
        for (id, oversell) in &page {
            groups.entry(rules.allow(*id, *oversell)).or_default().push(*id);
        }
        for (allowed, ids) in groups {
            store::allow(tx, cx.merchant, store_id, &ids, allowed).await?;
        }
        if variant.is_some() {
            return Ok(());
        }
    }
}

/// The rules of a store: its own first, then those of variants.
///
/// Errors: `store_not_found`.
pub async fn list(tx: &mut Tx, cx: &Cx, store_id: Uuid) -> Result<Vec<StockLimit>> {
    shuke_org::store::ops::show(tx, cx, StoreId(store_id)).await?;
    let read = |(variant, max): (Uuid, Option<i64>)| StockLimit {
        store: store_id,
        variant: (!variant.is_nil()).then_some(variant),
        policy: if max == Some(0) { OversellPolicy::Refuse } else { OversellPolicy::Allow },
        max_milli: max.filter(|max| *max > 0),
    };
    Ok(store::limits(tx, cx.merchant, store_id).await?.into_iter().map(read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrower_rule_holds() {
        let variant = |n| Uuid::from_u128(n);
        let rules = Rules([(Uuid::nil(), Some(5_000)), (variant(1), Some(0)), (variant(2), None)].into_iter().collect());
        assert_eq!(rules.allow(variant(1), true), (false, None));
        assert_eq!(rules.allow(variant(2), false), (true, None));
        assert_eq!(rules.allow(variant(3), false), (true, Some(5_000)));
        assert_eq!(Rules(BTreeMap::new()).allow(variant(3), true), (true, None));
    }
}
