//! The catalogue, stock, and what happens at the till: quote, checkout, refund.
//!
//! Start reading at [`order::ops::checkout`]; what it reads is [`quote::facts`].

pub mod belonging;
pub mod book;
pub mod category;
pub mod claim;
pub mod exchange;
mod fields;
pub mod figure;
pub mod fixture;
pub mod habit;
pub mod held;
pub mod kit;
pub mod me;
pub mod offline;
pub mod order;
pub mod overview;
pub mod product;
pub mod quote;
pub mod receipt;
pub mod refund;
pub mod report;
mod rows;
pub mod shift;
pub mod starter;
pub mod stock;
pub mod tax;
pub mod template_coupon;
pub mod trial;
pub mod verify;

use shuke_db::Db;
use shuke_http::{App, OpenApiRouter};
use shuke_jobs::Runner;
use shuke_kernel::{Cx, Result};

/// Every operation of this crate.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(habit::api::routes())
        .merge(overview::api::routes())
        .merge(category::api::routes())
        .merge(product::api::routes())
        .merge(stock::api::routes())
        .merge(quote::api::routes())
        .merge(quote::example::routes())
        .merge(order::api::routes())
        .merge(refund::api::routes())
        .merge(trial::api::routes())
        .merge(starter::api::routes())
        .merge(claim::api::routes())
        .merge(exchange::api::routes())
        .merge(held::api::routes())
        .merge(kit::api::routes())
        .merge(receipt::api::routes())
        .merge(shift::api::routes())
        .merge(tax::api::routes())
        .merge(template_coupon::api::routes())
        .merge(report::api::routes())
        .merge(figure::api::routes())
        .merge(me::api::routes())
        .merge(offline::api::routes())
}

/// What midnight does here: held carts whose day has ended. Can be repeated. Returns how many.
pub async fn midnight(db: &Db, cx: &Cx) -> Result<u64> {
    held::ops::midnight(db, cx).await
}

/// Adds this crate's readers.
pub fn runner(runner: Runner) -> Runner {
    runner
        .reader(stock::StoreReader)
        .reader(belonging::LateReader)
        .reader(figure::FigureReader)
        .handler(trial::KIND, std::sync::Arc::new(trial::run))
}

/// What this crate wants to be done once with a server's state.
pub fn prepare(app: &shuke_http::AppInner) {
    app.slot::<shuke_member::belonging::Belongings>().add(belonging::SalesPart);
}
