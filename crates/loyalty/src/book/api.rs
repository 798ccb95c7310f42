//! `/api/v1/settings/checkout` and `/api/v1/settings/refund`.

use super::{CheckoutPolicy, RefundPolicy};
use crate::settings::setting_routes;
use shuke_http::{App, OpenApiRouter};

setting_routes! {
    checkout: CheckoutPolicy, "/api/v1/settings/checkout", "checkout", "show_checkout_policy", "change_checkout_policy",
        "What holds for every checkout.", "Changes what holds for every checkout.";
}
setting_routes! {
    refund: RefundPolicy, "/api/v1/settings/refund", "checkout", "show_refund_policy", "change_refund_policy",
        "What a refund does to points.", "Changes what a refund does to points.";
}

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(checkout::routes()).merge(refund::routes())
}
