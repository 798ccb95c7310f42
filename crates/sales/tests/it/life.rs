//! What happens in a generated history beside sales, and how it is undone: rewards, memberships, visits, top-ups,
//! gifts of points, gift cards. Stamps, streaks, growth and further kinds of points follow the sales by themselves.

use crate::world::World;
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::Uuid;
use shuke_testkit::{Reply, TestApp};

/// What a stall has for that.
#[derive(Default)]
pub struct Life {
    /// Kinds of points: one that pays, one for rewards.
    pub kinds: Vec<Uuid>,
    rewards: Vec<Uuid>,
    membership: Uuid,
    plan: Uuid,
    /// Gift cards that nobody has bought yet.
    spare: Vec<String>,
    /// The open shift, where every sale and refund is made at its till.
    pub shift: Option<Uuid>,
}

/// Something that was done and is still to be undone.
#[derive(Clone, Debug)]
pub enum Act {
    Reward(Uuid),
    Membership(Uuid),
    Visit(Uuid),
    TopUp(Uuid, i64, i64),
    Points { from: Uuid, to: Uuid, points: i64, kind: Option<Uuid> },
    GiftCard(String),
}

/// What an act may be refused for.
const REFUSED: &[&str] = &[
    "balance_insufficient",
    "pass_not_usable",
    "membership_other_plan",
    "reward_out_of_stock",
    "reward_order_used",
    "gift_card_used",
    "coupon_budget_exhausted",
    "points_transfer_amount_wrong",
];

impl World {
    fn owner(&self) -> TestApp {
        self.app.as_token(self.stall.shop.token(Role::Owner))
    }
    fn uuid(&self) -> Uuid {
        self.cx().uuid()
    }
    fn up_to(&self, bound: u64) -> i64 {
        i64::try_from(self.below(bound)).unwrap() + 1
    }
    fn anybody(&self) -> Uuid {
        self.pick(&self.stall.members).member.0
    }

    /// Rules under which there is something of everything.
    pub async fn live(&mut self) {
        let owner = self.owner();
        let card = |per: Value, needed: i64, points: i64| json!({ "id": self.uuid(), "name": "集点卡", "per": per, "needed": needed, "gift": { "points": points } });
        let stamps = json!({ "cards": [card(json!({ "kind": "piece" }), 2, 20), card(json!({ "kind": "amount", "money": 3_000 }), self.up_to(4), 15)] });
        owner.put("/api/v1/settings/stamps", &stamps).await.ok();
        let rule = |every: &str| json!({ "id": self.uuid(), "name": "连续到店", "every": every, "length": 2, "repeats": true, "gift": { "points": 11 }, "from": "2026-01-01" });
        owner.put("/api/v1/settings/streaks", &json!({ "rules": [rule("day"), rule("week")] })).await.ok();
        owner.put("/api/v1/settings/points-terms", &json!({ "transfer": { "min": 1 } })).await.ok();
        let (coins, shells) = (self.uuid(), self.uuid());
        let earn = |kind: Value| json!({ "rules": [{ "id": self.uuid(), "name": "消费", "kind": kind }], "principal_earns": self.below(2) == 0, "expiry": { "kind": "months", "months": 6 } });
        let kinds = json!({ "kinds": [
            { "id": coins, "name": "金币", "earn": earn(json!({ "kind": "amount", "points": self.up_to(3), "per": 100 })),
              "spending": { "step_points": 10, "step_money": self.up_to(60) }, "transfer": { "min": 1 } },
            { "id": shells, "name": "贝壳", "earn": earn(json!({ "kind": "visit", "points": 7 })), "pending": { "kind": "days", "days": 1 } },
        ] });
        owner.put("/api/v1/settings/points-kinds", &kinds).await.ok();
        self.life.kinds = vec![coins, shells];
        for gives in [
            json!({ "kind": "gift" }),
            json!({ "kind": "service", "uses": 2 }),
            json!({ "kind": "coupon", "template": self.stall.template, "count": 1 }),
        ] {
            for kind in [None, Some(coins)] {
                let reward = json!({ "id": self.uuid(), "name": "礼品", "state": "published", "stock": 4,
                    "terms": { "gives": gives, "points": self.up_to(60), "points_kind": kind, "money": if self.below(2) == 0 { 0 } else { 500 } } });
                owner.post("/api/v1/rewards", &reward).await.ok();
                self.life.rewards.push(reward["id"].as_str().unwrap().parse().unwrap());
            }
        }
        let tiers = owner.get("/api/v1/settings/tiers").await.ok();
        let plan = json!({ "id": self.uuid(), "name": "年卡", "tier": tiers["tiers"][2]["id"], "price": 9_900, "term": { "kind": "days", "days": 365 }, "gift": { "points": 30 } });
        owner.post("/api/v1/membership-plans", &plan).await.ok();
        self.life.membership = plan["id"].as_str().unwrap().parse().unwrap();
        let top_up = json!({ "id": self.uuid(), "name": "充送", "pay": 5_000, "bonus": 777 });
        owner.post("/api/v1/top-up-plans", &top_up).await.ok();
        self.life.plan = top_up["id"].as_str().unwrap().parse().unwrap();
        let batch = json!({ "id": self.uuid(), "name": "备用", "face": 2_500, "cards": 60 });
        owner.post("/api/v1/gift-card-batches", &batch).await.ok();
        let codes = owner.get(&format!("/api/v1/gift-card-batches/{}/codes?limit=200", batch["id"].as_str().unwrap())).await.ok();
        self.life.spare = codes["items"].as_array().unwrap().iter().map(|card| card["card"].as_str().unwrap().to_owned()).collect();
        if self.below(2) == 0 {
            owner.put("/api/v1/settings/shift", &json!({ "mode": "optional" })).await.ok();
            let shift = json!({ "id": self.uuid(), "till": self.stall.shop.till, "opening": 20_000 });
            owner.post("/api/v1/shifts", &shift).await.ok();
            self.life.shift = Some(shift["id"].as_str().unwrap().parse().unwrap());
        }
    }

    /// The till of every sale and refund; none where no shift is kept.
    pub fn till(&self) -> Option<Uuid> {
        self.life.shift.map(|_| self.stall.shop.till.0)
    }

    /// Does something. With `exact` nothing whose undoing gives the same value in other lots.
    pub async fn act(&mut self, exact: bool) -> Option<Act> {
        let (owner, member, store) = (self.owner(), self.anybody(), self.stall.store);
        let id = self.uuid();
        let (reply, act) = match self.below(if exact { 5 } else { 6 }) {
            0 => {
                let reward = *self.pick(&self.life.rewards);
                let shown = owner.get(&format!("/api/v1/rewards/{reward}")).await.ok();
                let tender = (shown["terms"]["money"].as_i64().unwrap() > 0).then_some("cash");
                let body =
                    json!({ "id": id, "reward": reward, "member": member, "store": store, "quantity": self.up_to(2), "tender": tender });
                (owner.post("/api/v1/reward-orders", &body).await, Act::Reward(id))
            }
            1 => {
                let body = json!({ "id": id, "plan": self.life.membership, "member": member, "store": store, "tender": "cash" });
                (owner.post("/api/v1/memberships", &body).await, Act::Membership(id))
            }
            2 => {
                let pass = *self.pick(&self.passes);
                let body = json!({ "id": id, "pass": pass, "store": store, "item": self.up_to(2) - 1 });
                (owner.post("/api/v1/pass-visits", &body).await, Act::Visit(id))
            }
            3 => {
                let by_plan = self.below(2) == 0;
                let (plan, amount) = if by_plan { (json!(self.life.plan), Value::Null) } else { (Value::Null, json!(1_234)) };
                let body = json!({ "id": id, "member": member, "store": store, "plan": plan, "amount": amount, "tender": "wechat_pay" });
                (owner.post("/api/v1/top-ups", &body).await, if by_plan { Act::TopUp(id, 5_000, 777) } else { Act::TopUp(id, 1_234, 0) })
            }
            4 => {
                let card = self.life.spare.pop()?;
                let body = json!({ "store": store, "payments": [{ "tender": "alipay", "amount": 2_500 }] });
                (owner.post(&format!("/api/v1/gift-cards/{card}/sale"), &body).await, Act::GiftCard(card))
            }
            _ => {
                let others: Vec<Uuid> = self.stall.members.iter().map(|other| other.member.0).filter(|other| *other != member).collect();
                let (to, points) = (*self.pick(&others), self.up_to(80));
                let kind = (self.below(2) == 0).then(|| self.life.kinds[0]);
                (self.give(member, to, points, kind).await, Act::Points { from: member, to, points, kind })
            }
        };
        done(&reply).then_some(act)
    }

    async fn give(&self, from: Uuid, to: Uuid, points: i64, kind: Option<Uuid>) -> Reply {
        let body = json!({ "id": self.uuid(), "from": from, "to": to, "points": points, "points_kind": kind, "store": self.stall.store });
        self.owner().post("/api/v1/points-transfers", &body).await
    }

    /// Undoes it, where nothing that came later stands in the way.
    pub async fn undo(&self, act: &Act) -> bool {
        let (owner, id) = (self.owner(), self.uuid());
        let reply = match act {
            Act::Reward(order) => owner.post(&format!("/api/v1/reward-orders/{order}/cancel"), &json!({ "reason": "试" })).await,
            Act::Membership(term) => {
                let reply = owner.post(&format!("/api/v1/memberships/{term}/refund"), &json!({ "reason": "试" })).await;
                if reply.code() == "membership_renewed" {
                    return false;
                }
                reply
            }
            Act::Visit(visit) => owner.post(&format!("/api/v1/pass-visits/{visit}/undo"), &json!({})).await,
            Act::TopUp(top_up, principal, bonus) => {
                let path = format!("/api/v1/top-ups/{top_up}/refunds");
                let quote = owner.get(&path).await.ok();
                if quote["principal"] != json!(principal) || quote["bonus"] != json!(bonus) {
                    return false;
                }
                assert_eq!(quote["amount"], json!(principal));
                owner.post(&path, &json!({ "id": id, "amount": quote["amount"], "reason": "试" })).await
            }
            Act::Points { from, to, points, kind } => self.give(*to, *from, *points, *kind).await,
            Act::GiftCard(card) => owner.post(&format!("/api/v1/gift-cards/{card}/return"), &json!({ "id": id })).await,
        };
        done(&reply)
    }

    /// The drawer holds what it was opened with: all cash that came in has gone out again.
    pub async fn drawer_is_as_it_was(&self) {
        let Some(shift) = self.life.shift else { return };
        let seen = self.owner().get(&format!("/api/v1/shifts/{shift}")).await.ok();
        let expected = seen["report"]["expected"].as_i64().or_else(|| seen["expected"].as_i64());
        assert_eq!(expected, Some(20_000), "{seen}");
    }
}

fn done(reply: &Reply) -> bool {
    assert!(reply.status.is_success() || REFUSED.contains(&reply.code()), "{} {}", reply.status, reply.text);
    reply.status.is_success()
}
