//! The reader that issues coupons for the next order, and takes them back.

use serde::{Deserialize, Serialize};
use shuke_db::{Future, Tx};
use shuke_jobs::{Event, Reader, StoredEvent, event};
use shuke_kernel::{Cx, Date, Result, Uuid};
use shuke_loyalty::coupon::{self, CouponTemplateId, Issue};
use shuke_member::MemberId;
use shuke_member::merge::ops::heir;

/// Coupons that a sale brings, in the payload of `sale.completed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// The template.
    pub template: CouponTemplateId,
    /// How many.
    pub count: i64,
}

/// Follows `sale.completed` and `sale.refunded`. What can't be issued (the template was stopped, its
/// budget is used up, the member has enough of it) is told by `offer.coupons_not_issued`; the sale
/// stands all the same.
#[derive(Clone, Copy, Debug)]
pub struct GrantReader;

/// What of `sale.completed` is read here.
#[derive(Debug, Deserialize)]
struct Completed {
    order: Uuid,
    member: Option<MemberId>,
    date: Date,
    #[serde(default)]
    coupons: Vec<Granted>,
}

/// What of `sale.refunded` is read here.
#[derive(Debug, Deserialize)]
struct Refunded {
    order: Uuid,
    #[serde(default)]
    coupons_lost: Vec<CouponTemplateId>,
}

impl Reader for GrantReader {
    fn name(&self) -> &'static str {
        "offer_grant"
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "sale.completed" | "sale.refunded")
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            if event.kind == "sale.completed" {
                let sale: Completed = event.read()?;
                return issue(tx, cx, &sale).await;
            }
            let refund: Refunded = event.read()?;
            revoke(tx, cx, &refund).await
        })
    }
}

async fn issue(tx: &mut Tx, cx: &Cx, sale: &Completed) -> Result<()> {
    let Some(member) = sale.member.filter(|_| !sale.coupons.is_empty()) else { return Ok(()) };
    // Who was merged meanwhile is given the coupons as the one they became.
    let member = heir(tx, cx.merchant, member, sale.order).await?.0;
    for granted in merged(&sale.coupons) {
        let wanted = Issue {
            template: granted.template,
            members: &[member],
            count: granted.count,
            source_kind: "order",
            source: sale.order,
            today: sale.date,
        };
        if let Some(why) = coupon::ops::issue_or_why_not(tx, cx, &wanted).await? {
            let payload = serde_json::json!({ "order": sale.order, "member": member, "template": granted.template, "why": why });
            event::append(tx, cx, &[Event::new("offer.coupons_not_issued", sale.order, &payload)]).await?;
        }
    }
    Ok(())
}

/// One grant for each template, at most as many coupons as one issue takes.
fn merged(grants: &[Granted]) -> Vec<Granted> {
    let mut out: Vec<Granted> = Vec::new();
    for grant in grants {
        match out.iter_mut().find(|other| other.template == grant.template) {
            Some(other) => other.count = (other.count + grant.count).min(coupon::ops::COUNT_MAX),
            None => out.push(*grant),
        }
    }
    out
}

async fn revoke(tx: &mut Tx, cx: &Cx, refund: &Refunded) -> Result<()> {
    if refund.coupons_lost.is_empty() {
        return Ok(());
    }
    // One that was used meanwhile stays used; taken back now, it doesn't come back with its own order.
    let rows = tx.rows(coupon::store::kept_of_source_stmt(cx.merchant, refund.order)).await?;
    let mut lost = rows.iter().map(coupon::store::revocable_read).collect::<Result<Vec<_>>>()?;
    lost.retain(|coupon| refund.coupons_lost.contains(&coupon.template));
    coupon::revoke(tx, cx, &lost, "source_undone").await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_of_one_template_are_one_issue() {
        let template = |n| CouponTemplateId(Uuid::from_u128(n));
        let grant = |n, count| Granted { template: template(n), count };
        assert_eq!(merged(&[grant(1, 2), grant(2, 1), grant(1, 3)]), [grant(1, 5), grant(2, 1)]);
        assert_eq!(merged(&[grant(1, 15), grant(1, 15)])[0].count, 20);
    }
}
