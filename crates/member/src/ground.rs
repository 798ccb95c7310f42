//! What the merchant's settings say about members: the zone in which days end, the stage bands, the
//! country of phone numbers without a prefix. Read together, in one round trip.

use crate::stage::StageBands;
use serde::{Deserialize, Serialize};
use shuke_db::{Row, Stmt, Tx};
use shuke_kernel::{Cx, Date, Error, MerchantId, Result, Zone};
use shuke_org::setting::{self, Section};
use shuke_org::{StoreId, merchant, store};
use utoipa::ToSchema;

/// How members are entered. Settings section `member`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MemberSettings {
    /// The country (ISO 3166) of phone numbers that are written without a prefix.
    #[schema(example = "CN")]
    pub country: String,
    /// How often a member's birthday may be changed once it is known, because offers follow it; none for
    /// as often as one likes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday_edits_max: Option<i64>,
    /// Whether printed cards are bound only where they are in stock (a card batch).
    pub cards_from_stock: bool,
    /// For how many days a merge of two members can be undone, 0 to 366.
    pub merge_undo_days: i64,
}

impl Default for MemberSettings {
    fn default() -> Self {
        Self { country: "CN".to_owned(), birthday_edits_max: None, cards_from_stock: false, merge_undo_days: 30 }
    }
}

impl Section for MemberSettings {
    const NAME: &'static str = "member";
    fn check(&self) -> Result<()> {
        if self.birthday_edits_max.is_some_and(|max| !(0..=100).contains(&max)) {
            let error = Error::invalid("member_settings_invalid", "these settings can't be used");
            return Err(error.field("/birthday_edits_max", "out_of_range", "must be 0 to 100"));
        }
        if self.country.len() == 2 && self.country.bytes().all(|b| b.is_ascii_uppercase()) {
            return match self.merge_undo_days {
                0..=366 => Ok(()),
                _ => Err(Error::invalid("merge_undo_days_wrong", "a merge can be undone for 0 to 366 days")),
            };
        }
        Err(Error::invalid("country_malformed", "a country is two capital letters such as CN (ISO 3166)"))
    }
}

impl Section for StageBands {
    const NAME: &'static str = "stage";
    fn check(&self) -> Result<()> {
        self.checked().map(|_| ())
    }
}

/// What operations on members stand on.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The merchant's zone.
    pub zone: Zone,
    /// The bands of stages.
    pub bands: StageBands,
    /// The country of phone numbers without a prefix.
    pub country: String,
    /// How often a known birthday may be changed; none for as often as one likes.
    pub birthday_edits_max: Option<i64>,
}

impl Ground {
    /// The merchant's date at the time of a call.
    pub fn today(&self, cx: &Cx) -> Date {
        self.zone.date(cx.now)
    }
}

/// The statements that [`read`] takes the answers of, to go with others in one round trip.
pub(crate) fn statements(merchant: MerchantId) -> [Stmt; 3] {
    [
        merchant::ops::statement(merchant),
        setting::ops::statement::<StageBands>(merchant),
        setting::ops::statement::<MemberSettings>(merchant),
    ]
}

pub(crate) fn read(merchant: &[Row], bands: &[Row], settings: &[Row]) -> Result<Ground> {
    let settings: MemberSettings = setting::ops::read(settings)?;
    Ok(Ground {
        zone: merchant::ops::read(merchant)?.parsed_zone()?,
        bands: setting::ops::read(bands)?,
        country: settings.country,
        birthday_edits_max: settings.birthday_edits_max,
    })
}

/// The ground that a merchant's members stand on.
pub async fn ground(tx: &mut Tx, merchant: MerchantId) -> Result<Ground> {
    let [a, b, c] = tx.all(statements(merchant)).await?;
    read(&a, &b, &c)
}

/// Ok where there is no store or it is the merchant's, else `store_unknown`.
pub(crate) async fn store_must_exist(tx: &mut Tx, cx: &Cx, id: Option<StoreId>) -> Result<()> {
    match id {
        Some(id) => store::ops::must_exist(tx, cx, &[id]).await,
        None => Ok(()),
    }
}
