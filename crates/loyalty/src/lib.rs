//! What a member earns and holds: tier, points, wallet and coupons.
//!
//! Start reading in [`rule`], the words that every rule uses to speak about a sale; then one folder
//! per noun. `model.rs` of each folder is pure: types and rules, functions of values with the time
//! among them. The price engine in the `offer` crate calls these rules; nothing here prices a cart.

pub mod batch;
pub mod belonging;
pub mod book;
pub mod clock;
pub mod coupon;
pub mod gift;
pub mod gift_card;
mod ground;
pub mod growth;
pub mod me;
pub mod membership;
pub mod pass;
pub mod points;
pub mod points_kind;
pub mod prepaid;
pub mod quota;
pub mod redemption;
pub mod reward;
pub mod reward_order;
pub mod rule;
mod sale;
mod settings;
pub mod settlement;
pub mod stamp;
pub mod streak;
pub mod template;
pub mod tier;
pub mod transfer;
pub mod wallet;

use shuke_db::Db;
use shuke_http::{App, OpenApiRouter};
use shuke_jobs::Runner;
use shuke_kernel::{Cx, Date, Result};
use shuke_ledger::follow;
use shuke_ledger::verify::Check;

/// What `verify` computes again about this crate's tables.
pub const CHECKS: &[Check] = &[
    coupon::check,
    redemption::check,
    pass::check,
    gift_card::check,
    wallet::check,
    quota::check,
    clock::check,
    transfer::check,
    reward_order::check,
    gift::check,
    stamp::check,
    growth::check,
    membership::check,
    points_kind::check,
    settlement::check,
];

/// Every operation of this crate.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(book::api::routes())
        .merge(points::api::routes())
        .merge(points_kind::api::routes())
        .merge(tier::api::routes())
        .merge(template::api::routes())
        .merge(coupon::api::routes())
        .merge(redemption::api::routes())
        .merge(batch::api::routes())
        .merge(pass::api::routes())
        .merge(gift_card::api::routes())
        .merge(wallet::api::routes())
        .merge(transfer::api::routes())
        .merge(reward::api::routes())
        .merge(reward_order::api::routes())
        .merge(stamp::api::routes())
        .merge(streak::api::routes())
        .merge(growth::api::routes())
        .merge(membership::api::routes())
        .merge(settlement::api::routes())
        .merge(me::api::routes())
}

/// The readers of this crate.
pub fn runner(runner: Runner) -> Runner {
    runner
        .reader(tier::TierReader)
        .reader(points::PointsReader)
        .reader(points_kind::PointsKindReader)
        .reader(clock::ClockReader)
        .reader(stamp::StampReader)
        .reader(streak::StreakReader)
        .reader(growth::GrowthReader)
        .reader(pass::PassPointsReader)
        .task("settlement", follow::EVERY_MS, follow::task(settlement::SettlementFollower))
}

/// What midnight does here: tiers whose day has come, points that ended by inactivity, stamps that ran out
/// of time. Can be interrupted and repeated. Returns how many tiers, members' points and cards it changed.
pub async fn midnight(db: &Db, cx: &Cx, today: Date) -> Result<u64> {
    Ok(tier::midnight(db, cx, today).await?
        + clock::midnight(db, cx, today).await?
        + stamp::midnight(db, cx, today).await?
        + membership::midnight(db, cx, today).await?)
}

/// What this crate wants to be done once with a server's state.
pub fn prepare(app: &shuke_http::AppInner) {
    app.slot::<shuke_member::belonging::Belongings>().add(belonging::LoyaltyPart);
}
