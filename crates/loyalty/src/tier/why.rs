//! Why a member is at their tier.

use super::ops::totals;
use super::store;
use super::{CurrentTier, Overlay, QualifyBy, TierDecision, TierEntry, TierGap, TierId, TierScheme, TierTotals, evaluate};
use crate::book::ops::today as merchant_today;
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_kernel::{Cx, Date, Money, Result, Uuid};
use shuke_org::setting;
use utoipa::ToSchema;

/// A tier of the scheme, held against a member's totals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierStep {
    /// The tier.
    pub tier: TierId,
    /// Its name.
    pub name: String,
    /// Whether it only comes with a paid membership or by hand.
    pub paid_only: bool,
    /// The amount that it asks for, in minor units.
    pub amount: Option<Money>,
    /// The count that it asks for.
    pub count: Option<i64>,
    /// The growth that it asks for.
    pub growth: Option<i64>,
    /// What is missing.
    pub missing: TierGap,
    /// Whether the totals reach it.
    pub reached: bool,
}

/// Why a member is at their tier: everything that decides, as it is today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierWhy {
    /// The local day.
    #[schema(value_type = String, format = Date)]
    pub today: Date,
    /// The tier that holds.
    pub effective: Option<TierId>,
    /// The earned tier, its validity and its lock.
    pub current: CurrentTier,
    /// The paid membership's tier, as long as it runs.
    pub paid: Option<Overlay>,
    /// The first local day whose purchases count; none for all.
    #[schema(value_type = Option<String>, format = Date)]
    pub window_from: Option<Date>,
    /// What was bought and grown by in the window, net of returns.
    pub totals: TierTotals,
    /// How thresholds go together.
    pub qualify_by: QualifyBy,
    /// Every tier, lowest first.
    pub tiers: Vec<TierStep>,
    /// What would be decided now: its reason says why the tier is kept or changed.
    pub decision: TierDecision,
    /// The change that brought the member where they are; none where they never moved.
    pub last_change: Option<TierEntry>,
}

/// Why a member is at their tier.
pub async fn why(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<TierWhy> {
    let scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
    let today = merchant_today(tx, cx).await?;
    let (window_from, _) = scheme.window(today);
    let standing = store::seen(tx, cx.merchant, member).await?;
    let (totals, _) = totals(tx, cx.merchant, &scheme, member, window_from).await?;
    let current = CurrentTier { tier: scheme.effective(&standing.current), ..standing.current };
    let step = |tier: &super::Tier| TierStep {
        tier: tier.id,
        name: tier.name.clone(),
        paid_only: tier.paid_only,
        amount: tier.amount,
        count: tier.count,
        growth: tier.growth,
        missing: tier.missing(&totals),
        reached: scheme.is_reached(tier, &totals),
    };
    Ok(TierWhy {
        today,
        effective: scheme.effective_with(&standing.current, standing.overlay, today),
        paid: standing.overlay.filter(|overlay| today <= overlay.until),
        window_from,
        totals,
        qualify_by: scheme.qualify_by,
        tiers: scheme.tiers.iter().map(step).collect(),
        decision: evaluate(&scheme, &current, &totals, today),
        current,
        last_change: store::changes(tx, cx.merchant, member, None, 1).await?.pop(),
    })
}
