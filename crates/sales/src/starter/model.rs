//! The list, and what a member is shown of it.

use crate::product::Product;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Result, Uuid};
use shuke_org::setting::Section;
use utoipa::ToSchema;

/// Products on the list at most.
const PICKS_MAX: usize = 50;

/// What new customers are shown. Settings section `starter_picks`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StarterPicks {
    /// A member with fewer purchases than this is new, 0 to 100; 0 shows nothing to anybody.
    pub visits_max: i64,
    /// The products, in the order in which they are shown: at most 50.
    pub products: Vec<Uuid>,
}

impl Section for StarterPicks {
    const NAME: &'static str = "starter_picks";
    fn check(&self) -> Result<()> {
        let twice = self.products.iter().enumerate().any(|(place, id)| self.products[..place].contains(id));
        let (field, detail) = if !(0..=100).contains(&self.visits_max) {
            ("/visits_max", "must be 0 to 100")
        } else if self.products.len() > PICKS_MAX || twice {
            ("/products", "must be at most 50 different products")
        } else {
            return Ok(());
        };
        Err(Error::invalid("starter_picks_invalid", "new customers can't be shown this").field(field, "out_of_range", detail))
    }
}

impl StarterPicks {
    /// How often a member with so many purchases is still shown the list.
    pub fn visits_left(&self, orders: i64) -> i64 {
        (self.visits_max - orders).max(0)
    }
}

/// What a member is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StarterView {
    /// How many purchases the member has.
    pub visits: i64,
    /// For how many more the list is shown; 0 where it isn't any more.
    pub visits_left: i64,
    /// The products that are on sale; empty where the list isn't shown.
    pub products: Vec<Product>,
}
