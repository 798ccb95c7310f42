//! Who the shop's customers are: members with their cards, dependents, tags, custom fields and
//! consents, what they bought in sum, and the stage that follows from it.
//!
//! Start reading at [`member`] (the record, who sees what of it, how one is found), then [`stage`].
//!
//! | noun | it is |
//! |---|---|
//! | [`member`] | a customer who can be identified |
//! | [`group`] | a household or a company, and the people who belong to it |
//! | [`card`] | what identifies: a number, a chip; several may open one member, several members may share one |
//! | [`batch`] | printed cards in stock, before they belong to somebody |
//! | [`design`] | where on a printed card what stands |
//! | [`pin`] | the PIN, and the proof that it is the member who spends |
//! | [`code`] | the QR code on the member's phone that is another one every half minute |
//! | [`dependent`] | a child or relative, with a birth date or a due date |
//! | [`tag`] | given by hand, or by a rule |
//! | [`field`] | typed, defined by the merchant |
//! | [`consent`] | versioned terms and who accepted them; consent per channel |
//! | [`purchase`] | what the sales events said, one row per order |
//! | [`stage`] | prospect to lost, by the last purchase; each change dated |
//! | [`contact`] | what was sent to a member and came of it |
//! | [`note`] | what staff write about a member |
//! | [`preference`] | what a member says they like |
//! | [`belonging`] | what each slice holds of a member: exported, erased and merged together |
//! | [`sign_in`] | how members sign in on their own phones |
//! | [`wechat`] | a member's WeChat account, linked by its openid |
//! | [`me`] | what members see and change there |
//! | [`merge`] | two records of one customer become one, and two again |
//! | [`relationship`] | how well the shop and a member know each other |
//!
//! Sales know members; members don't know sales. What was bought arrives by events, and the reader
//! [`purchase::MemberReader`] keeps the projection from which figures and stages are computed.
//!
//! Deliberately absent: balances and tiers (they belong to accounts, in higher slices).

pub mod batch;
pub mod belonging;
pub mod card;
pub mod code;
pub mod consent;
pub mod contact;
pub mod dependent;
pub mod design;
pub mod field;
mod ground;
pub mod group;
pub mod me;
pub mod member;
pub mod merge;
pub mod note;
pub mod pin;
pub mod preference;
pub mod purchase;
pub mod relationship;
pub mod sign_in;
pub mod stage;
pub mod tag;
pub mod verify;
pub mod wechat;

pub use card::CardId;
pub use dependent::DependentId;
pub use field::FieldId;
pub use ground::{Ground, MemberSettings, ground};
pub use member::{Member, MemberBrief, MemberId};
pub use stage::{Stage, StageBands};
pub use tag::TagId;

use shuke_db::Db;
use shuke_http::{App, OpenApiRouter};
use shuke_jobs::Runner;
use shuke_kernel::{Cx, Date, Result};
use std::sync::Arc;

/// Every operation of this crate.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(member::api::routes())
        .merge(card::api::routes())
        .merge(code::api::routes())
        .merge(dependent::api::routes())
        .merge(tag::api::routes())
        .merge(field::api::routes())
        .merge(consent::api::routes())
        .merge(stage::api::routes())
        .merge(contact::api::routes())
        .merge(group::api::routes())
        .merge(design::api::routes())
        .merge(batch::api::routes())
        .merge(pin::api::routes())
        .merge(note::api::routes())
        .merge(preference::api::routes())
        .merge(relationship::api::routes())
        .merge(belonging::api::routes())
        .merge(merge::api::routes())
        .merge(sign_in::api::routes())
        .merge(wechat::api::routes())
        .merge(me::api::routes())
}

/// The readers and jobs of this crate.
pub fn runner(runner: Runner) -> Runner {
    runner
        .reader(purchase::MemberReader)
        .handler(stage::ops::REBASE, Arc::new(|work, job| Box::pin(stage::ops::rebase_job(work, job))))
        .handler(tag::ops::RETAG, Arc::new(|work, job| Box::pin(tag::ops::retag_job(work, job))))
}

/// What this crate wants to be done once with a server's state.
pub fn prepare(app: &shuke_http::AppInner) {
    app.slot::<shuke_http::MemberDoor>().set(sign_in::Door);
}

/// What midnight does to members: stages whose day has come, then the tags that rules give. Can be
/// interrupted and repeated. Returns how many stages changed.
pub async fn midnight(db: &Db, cx: &Cx, today: Date) -> Result<u64> {
    let changed = stage::ops::midnight(db, cx, today).await?;
    tag::ops::recompute_all(db, cx, today).await?;
    db.write(cx, |tx, cx| Box::pin(sign_in::ops::prune(tx, cx))).await?;
    Ok(changed)
}
