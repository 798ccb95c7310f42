//! What an import stands on: the merchant, its stores, zone and currency; founded where there is none.

use serde::Serialize;
use shuke_db::{Db, Tx};
use shuke_http::{AppInner, Vault};
use shuke_kernel::{Actor, Clock, Currency, Cx, Error, Instant, MerchantId, Random, Result, Zone};
use shuke_org::merchant::{self, Founding, Owner};
use shuke_org::staff::{Password, Username};
use shuke_org::store::{self, StoreDraft};
use shuke_org::{StoreId, Trade};
use std::path::Path;

/// What the caller says about the shop.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// The merchant's number, where the server has several.
    pub merchant: Option<MerchantId>,
    /// The store of rows that name none.
    pub store: Option<String>,
    /// The zone of the file's local times; that of a shop that is founded.
    pub zone: Option<Zone>,
    /// The currency that the caller takes the amounts to be in; that of a shop that is founded.
    pub currency: Option<Currency>,
    /// The name of a shop that is founded; the file's name where it is left out.
    pub new_shop: Option<String>,
}

/// A store, there already or to be opened.
#[derive(Clone, Debug)]
pub struct Shop {
    /// Its name.
    pub name: String,
    /// Its id; none until it is opened.
    pub id: Option<StoreId>,
    /// Its zone.
    pub zone: Zone,
}

impl Shop {
    /// A store that is to be opened. Errors: `text_malformed`.
    pub(super) fn wanted(name: &str, zone: &Zone) -> Result<Self> {
        StoreDraft::named(name).store(StoreId(shuke_kernel::Uuid::nil()), zone.name(), Instant(0))?;
        Ok(Self { name: name.to_owned(), id: None, zone: zone.clone() })
    }
}

/// A shop that was founded for the import.
#[derive(Clone, Debug, Serialize)]
pub struct FoundedShop {
    /// Its name.
    pub name: String,
    /// Its currency, for good.
    pub currency: String,
    /// What its owner signs in with.
    pub username: String,
    /// The owner's password, shown this once.
    pub password: String,
}

/// What an import stands on.
#[derive(Clone, Debug)]
pub struct Ground {
    /// For whom, and when.
    pub cx: Cx,
    /// The clock that the report measures with.
    pub clock: Clock,
    /// Seals personal data.
    pub vault: Vault,
    /// The merchant's currency.
    pub currency: Currency,
    /// The merchant's zone.
    pub zone: Zone,
    /// The zone of the file's times, where the caller named one; else the store's.
    pub file_zone: Option<Zone>,
    /// The stores.
    pub shops: Vec<Shop>,
    /// The store of rows that name none.
    pub store: Option<String>,
    /// The country of phone numbers without a prefix.
    pub members: shuke_member::Ground,
}

/// The ground of an import: the merchant asked for, or the only one there is, or a new one.
///
/// Errors: `merchant_not_found`, `merchant_ambiguous`, `currency_differs`.
pub async fn find_or_found(app: &AppInner, wishes: &Wishes, file: &Path) -> Result<(Ground, Option<FoundedShop>)> {
    let numbers = app.db.read(&(), |tx, ()| Box::pin(merchant::ops::numbers(tx, 100))).await?;
    let (merchant, founded) = match (wishes.merchant, numbers.as_slice()) {
        (Some(asked), all) if all.contains(&asked) => (asked, None),
        (Some(asked), _) => return Err(Error::not_found("merchant_not_found", format!("there is no merchant {asked}"))),
        (None, [only]) => (*only, None),
        (None, []) => found(app, wishes, file).await.map(|(merchant, shop)| (merchant, Some(shop)))?,
        (None, _) => {
            let detail = "there are several merchants here; say which one with --merchant NUMBER";
            return Err(Error::invalid("merchant_ambiguous", detail));
        }
    };
    let ground = of(&app.db, app.clock.clone(), app.random.clone(), app.vault.clone(), merchant, wishes).await?;
    Ok((ground, founded))
}

/// The ground of a dry run on a database that is there, or on none yet.
pub async fn look(db: Option<&Db>, vault: Vault, wishes: &Wishes) -> Result<Ground> {
    let (clock, random) = (Clock::system(), Random::system());
    let Some(db) = db else { return Ok(imagined(clock, random, vault, wishes)) };
    let numbers = db.read(&(), |tx, ()| Box::pin(merchant::ops::numbers(tx, 100))).await?;
    match (wishes.merchant, numbers.as_slice()) {
        (Some(asked), all) if all.contains(&asked) => of(db, clock, random, vault, asked, wishes).await,
        (None, [only]) => of(db, clock, random, vault, *only, wishes).await,
        (None, []) => Ok(imagined(clock, random, vault, wishes)),
        (Some(asked), _) => Err(Error::not_found("merchant_not_found", format!("there is no merchant {asked}"))),
        (None, _) => Err(Error::invalid("merchant_ambiguous", "there are several merchants here; say which one with --merchant NUMBER")),
    }
}

/// The shop that an import would found.
fn imagined(clock: Clock, random: Random, vault: Vault, wishes: &Wishes) -> Ground {
    let zone = wishes.zone.clone().unwrap_or_else(default_zone);
    let name = wishes.store.clone().unwrap_or_else(|| "import".to_owned());
    Ground {
        cx: Cx::system(MerchantId(1), clock.now(), random),
        clock,
        vault,
        currency: wishes.currency.unwrap_or(Currency::CNY),
        zone: zone.clone(),
        file_zone: wishes.zone.clone(),
        shops: vec![Shop { name: name.clone(), id: None, zone: zone.clone() }],
        store: Some(name),
        members: shuke_member::Ground {
            zone,
            bands: shuke_member::StageBands::default(),
            country: "CN".to_owned(),
            birthday_edits_max: None,
        },
    }
}

fn default_zone() -> Zone {
    Zone::parse("Asia/Shanghai").unwrap_or(Zone::utc())
}

/// The ground of an import into a merchant that is there, by somebody.
///
/// Errors: `merchant_not_found`.
pub async fn of_merchant(app: &AppInner, merchant: MerchantId, actor: Actor) -> Result<Ground> {
    let found = of(&app.db, app.clock.clone(), app.random.clone(), app.vault.clone(), merchant, &Wishes::default()).await?;
    Ok(Ground { cx: Cx { actor, ..found.cx.clone() }, ..found })
}

async fn of(db: &Db, clock: Clock, random: Random, vault: Vault, merchant: MerchantId, wishes: &Wishes) -> Result<Ground> {
    let cx = Cx::system(merchant, clock.now(), random);
    let (found, stores, members) = db
        .read(&cx, |tx, cx| {
            Box::pin(async move {
                let found = merchant::ops::show(tx, cx.merchant).await?;
                Ok((found, stores(tx, cx).await?, shuke_member::ground(tx, cx.merchant).await?))
            })
        })
        .await?;
    let currency = found.parsed_currency()?;
    if let Some(asked) = wishes.currency.filter(|asked| *asked != currency) {
        let detail =
            format!("the merchant's currency is {} and can't be changed; the file is said to be in {}", currency.code(), asked.code());
        return Err(Error::refused("currency_differs", detail));
    }
    let only = match stores.as_slice() {
        [only] => Some(only.name.clone()),
        _ => None,
    };
    Ok(Ground {
        cx,
        clock,
        vault,
        currency,
        zone: found.parsed_zone()?,
        file_zone: wishes.zone.clone(),
        shops: stores,
        store: wishes.store.clone().or(only),
        members,
    })
}

async fn stores(tx: &mut Tx, cx: &Cx) -> Result<Vec<Shop>> {
    let mut shops = Vec::new();
    let mut after = None;
    loop {
        let page = store::ops::list(tx, cx, after, shuke_kernel::Limit::new(Some(200))?).await?;
        for store in &page.items {
            shops.push(Shop { name: store.name.clone(), id: Some(store.id), zone: store.parsed_zone()? });
        }
        after = page.items.last().map(|store| store.id);
        if page.next.is_none() {
            return Ok(shops);
        }
    }
}

/// Founds a shop, its store of the same name, and an owner with a drawn password.
async fn found(app: &AppInner, wishes: &Wishes, file: &Path) -> Result<(MerchantId, FoundedShop)> {
    let stem = file.file_name().map(|name| name.to_string_lossy().split('.').next().unwrap_or_default().to_owned());
    let name = wishes.new_shop.clone().or(stem.filter(|stem| !stem.is_empty())).unwrap_or_else(|| "import".to_owned());
    let password = app.vault.new_secret()[..16].to_owned();
    let username = Username::parse("owner")?;
    let hash = Password::parse(&password, username.as_str())?.hash(&app.random).await?;
    let shop = FoundedShop {
        name: name.clone(),
        currency: wishes.currency.unwrap_or(Currency::CNY).code().to_owned(),
        username: username.as_str().to_owned(),
        password,
    };
    let owner = Owner { username, name: name.clone(), password: hash };
    let zone = wishes.zone.clone().unwrap_or_else(default_zone);
    let store = wishes.store.as_deref().unwrap_or(&name);
    let mut founding = Founding::new(&name, Trade::Grocery, &shop.currency, zone.name(), store, owner)?;
    founding.number = Some(MerchantId(1));
    let input = (app.clock.now(), &app.random, &founding);
    let founded = app
        .db
        .write(&input, |tx, (now, random, founding)| Box::pin(async move { merchant::ops::found(tx, *now, random, founding).await }))
        .await?;
    Ok((founded.merchant, shop))
}

/// Opens the stores that are not there yet.
pub(super) async fn open_shops(tx: &mut Tx, cx: &Cx, shops: &[Shop]) -> Result<Vec<Shop>> {
    let mut opened = Vec::with_capacity(shops.len());
    for shop in shops {
        let id = match shop.id {
            Some(id) => id,
            None => {
                store::ops::create(tx, cx, &StoreDraft { zone: Some(shop.zone.name().to_owned()), ..StoreDraft::named(&shop.name) })
                    .await?
                    .id
            }
        };
        opened.push(Shop { id: Some(id), ..shop.clone() });
    }
    Ok(opened)
}
