//! Rewarding what a member's days have reached, and taking back what they no longer reach.

use super::{StreakRule, StreakScheme, StreakView};
use crate::book::ops::today as merchant_today;
use crate::gift::{self, Cause, store::Place};
use shuke_db::Tx;
use shuke_kernel::{Cx, Date, Result, Uuid};
use shuke_member::{MemberId, purchase};
use shuke_org::setting;

async fn visits(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<Vec<Date>> {
    purchase::visits(&tx.rows(purchase::visits_stmt(cx.merchant, MemberId(member))).await?)
}

/// Brings a member's rewards in line with the days on which they bought.
pub(super) async fn refresh(tx: &mut Tx, cx: &Cx, scheme: &StreakScheme, member: Uuid) -> Result<()> {
    let days = visits(tx, cx, member).await?;
    let today = merchant_today(tx, cx).await?;
    for rule in &scheme.rules {
        reward(tx, cx, rule, member, &days, today).await?;
    }
    Ok(())
}

async fn reward(tx: &mut Tx, cx: &Cx, rule: &StreakRule, member: Uuid, days: &[Date], today: Date) -> Result<()> {
    let reached: Vec<String> = rule.milestones(days).iter().map(Date::to_string).collect();
    let given = gift::ops::of_rule(tx, cx, member, Cause::Streak, rule.id.0).await?;
    for lost in given.iter().filter(|given| !given.taken_back && !reached.contains(&given.place)) {
        gift::ops::take_back(tx, cx, member, lost).await?;
    }
    for place in reached.iter().filter(|place| !given.iter().any(|given| !given.taken_back && given.place == **place)) {
        let of = Place { cause: Cause::Streak, rule: rule.id.0, place };
        gift::ops::give(tx, cx, member, of, &rule.gift, today).await?;
    }
    Ok(())
}

/// A member's streaks, by the scheme's rules.
pub async fn of_member(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<Vec<StreakView>> {
    let scheme: StreakScheme = setting::ops::get(tx, cx.merchant).await?;
    let days = visits(tx, cx, member).await?;
    let today = merchant_today(tx, cx).await?;
    let given = gift::ops::of_member(tx, cx, member).await?;
    let view = |rule: &StreakRule| {
        let (run, until) = rule.current(&days, today);
        let rewarded = given.iter().filter(|given| given.cause == Cause::Streak && given.rule == rule.id.0 && !given.taken_back);
        StreakView {
            rule: rule.id,
            name: rule.name.clone(),
            run,
            length: rule.length,
            until,
            rewarded: i64::try_from(rewarded.count()).unwrap_or(i64::MAX),
        }
    };
    Ok(scheme.rules.iter().map(view).collect())
}
