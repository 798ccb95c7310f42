//! Making and changing products, variants and store prices.

use super::model::{ForSale, Product, ProductId, ProductKind, SaleState, TimedPrice, Variant, VariantId, initials};
use super::store::{self, Search};
use crate::category::{self, Category, CategoryId};
use crate::fields;
use crate::stock;
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::event::{self, Event};
use shuke_kernel::{Cx, Error, Limit, Money, Page, Rate, Result, Uuid};
use shuke_org::StoreId;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Most variants of a product.
pub const VARIANTS_MAX: usize = 200;
/// Most barcodes of a variant.
pub const BARCODES_MAX: usize = 20;
/// Most attributes of a variant.
pub const ATTRIBUTES_MAX: usize = 20;
/// The longest service, in minutes.
pub const DURATION_MINUTES_MAX: i64 = 1_440;

/// A product to be made, with its variants and their barcodes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProduct {
    /// Its id, where the client makes it.
    #[serde(default)]
    pub id: Option<ProductId>,
    /// The merchant's own number for it; the first variant's SKU where there is none.
    #[serde(default)]
    pub code: Option<String>,
    /// Its name, 1 to 200 characters.
    pub name: String,
    /// Its category.
    #[serde(default)]
    pub category: Option<CategoryId>,
    /// Goods or service.
    pub kind: ProductKind,
    /// 件, 罐, kg, 次.
    #[serde(default)]
    pub unit: String,
    /// Its brand.
    #[serde(default)]
    pub brand: String,
    /// Tax rate in basis points, 0 to 10,000.
    #[serde(default)]
    pub tax_rate: Option<Rate>,
    /// 特价: no member or tier price.
    #[serde(default)]
    pub special: bool,
    /// Its variants, 1 to 200.
    pub variants: Vec<NewVariant>,
}

/// A variant to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVariant {
    /// Its id, where the client makes it.
    #[serde(default)]
    pub id: Option<VariantId>,
    /// The number that people see, one per merchant.
    pub sku: String,
    /// Its name beside the product's; empty where the product has only one.
    #[serde(default)]
    pub name: String,
    /// Size, colour and the like, at most 20.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// What a scanner reads, at most 20, each one per merchant.
    #[serde(default)]
    pub barcodes: Vec<String>,
    /// Minor units for one piece.
    pub price: Money,
    /// The member price for one piece.
    #[serde(default)]
    pub member_price: Option<Money>,
    /// A price for a while.
    #[serde(default)]
    pub activity: Option<TimedPrice>,
    /// Minor units that one piece costs the shop.
    #[serde(default)]
    pub cost: Option<Money>,
    /// Whether it is counted; goods are, unless said otherwise.
    #[serde(default)]
    pub track_stock: Option<bool>,
    /// Whether it may be sold below zero.
    #[serde(default)]
    pub oversell: bool,
    /// How long a service takes, 1 to 1,440 minutes.
    #[serde(default)]
    pub duration_minutes: Option<i64>,
}

/// What changes in a product; absent fields stay.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProductPatch {
    /// The merchant's own number for it.
    pub code: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its category; `null` takes it out.
    #[serde(deserialize_with = "fields::patched")]
    #[schema(value_type = Option<CategoryId>)]
    pub category: Option<Option<CategoryId>>,
    /// 件, 罐, kg, 次.
    pub unit: Option<String>,
    /// Its brand.
    pub brand: Option<String>,
    /// Tax rate in basis points; `null` clears it.
    #[serde(deserialize_with = "fields::patched")]
    #[schema(value_type = Option<Rate>)]
    pub tax_rate: Option<Option<Rate>>,
    /// 特价.
    pub special: Option<bool>,
    /// Whether it may be sold.
    pub state: Option<SaleState>,
}

/// What changes in a variant; absent fields stay, `null` clears.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VariantPatch {
    /// The number that people see.
    pub sku: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// All its attributes anew.
    pub attributes: Option<BTreeMap<String, String>>,
    /// All its barcodes anew.
    pub barcodes: Option<Vec<String>>,
    /// Minor units for one piece.
    pub price: Option<Money>,
    /// The member price for one piece.
    #[serde(deserialize_with = "fields::patched")]
    #[schema(value_type = Option<Money>)]
    pub member_price: Option<Option<Money>>,
    /// A price for a while.
    #[serde(deserialize_with = "fields::patched")]
    #[schema(value_type = Option<TimedPrice>)]
    pub activity: Option<Option<TimedPrice>>,
    /// Minor units that one piece costs the shop.
    #[serde(deserialize_with = "fields::patched")]
    #[schema(value_type = Option<Money>)]
    pub cost: Option<Option<Money>>,
    /// Whether it is counted.
    pub track_stock: Option<bool>,
    /// Whether it may be sold below zero, in every store.
    pub oversell: Option<bool>,
    /// How long a service takes.
    #[serde(deserialize_with = "fields::patched")]
    #[schema(value_type = Option<i64>)]
    pub duration_minutes: Option<Option<i64>>,
    /// Whether it may be sold.
    pub state: Option<SaleState>,
}

/// The error of an id that names no product.
pub fn product_not_found() -> Error {
    Error::not_found("product_not_found", "there is no such product")
}

/// The error of an id or code that names no variant.
pub fn variant_not_found() -> Error {
    Error::not_found("variant_not_found", "there is no such product variant")
}

/// Reads a variant at the door; `at` is the JSON pointer to it.
///
/// Errors: a fault of a field; `service_has_no_stock`.
pub(super) fn checked(variant: Variant, kind: ProductKind, at: &str) -> Result<Variant> {
    let field = |name: &str| format!("{at}/{name}");
    if kind == ProductKind::Service && variant.track_stock {
        return Err(fields::fault(&field("track_stock"), "service_has_no_stock", "a service has no stock"));
    }
    if variant.attributes.len() > ATTRIBUTES_MAX {
        return Err(fields::fault(&field("attributes"), "attributes_too_many", format!("at most {ATTRIBUTES_MAX} attributes")));
    }
    if variant.barcodes.len() > BARCODES_MAX {
        return Err(fields::fault(&field("barcodes"), "barcodes_too_many", format!("at most {BARCODES_MAX} barcodes")));
    }
    if variant.duration_minutes.is_some_and(|minutes| !(1..=DURATION_MINUTES_MAX).contains(&minutes)) {
        return Err(fields::fault(&field("duration_minutes"), "duration_out_of_range", "between 1 and 1,440 minutes"));
    }
    let mut attributes = BTreeMap::new();
    for (key, value) in &variant.attributes {
        attributes.insert(fields::name(&field("attributes"), key)?, fields::note(&field("attributes"), value, fields::NAME_CHARS_MAX)?);
    }
    let barcodes: BTreeSet<String> =
        variant.barcodes.iter().map(|barcode| fields::code(&field("barcodes"), barcode)).collect::<Result<_>>()?;
    fields::amount(&field("price"), variant.price)?;
    for (name, price) in
        [("member_price", variant.member_price), ("cost", variant.cost), ("activity/price", variant.activity.map(|timed| timed.price))]
    {
        price.map(|price| fields::amount(&field(name), price)).transpose()?;
    }
    if variant.activity.is_some_and(|timed| matches!((timed.from, timed.until), (Some(from), Some(until)) if until <= from)) {
        return Err(fields::fault(&field("activity/until"), "window_empty", "the end is not after the start"));
    }
    Ok(Variant {
        sku: fields::code(&field("sku"), &variant.sku)?,
        name: fields::note(&field("name"), &variant.name, fields::NAME_CHARS_MAX)?,
        attributes,
        barcodes: barcodes.into_iter().collect(),
        ..variant
    })
}

fn made(cx: &Cx, product: ProductId, kind: ProductKind, new: &NewVariant, at: &str) -> Result<Variant> {
    let variant = Variant {
        id: new.id.unwrap_or_else(|| cx.id()),
        product,
        sku: new.sku.clone(),
        name: new.name.clone(),
        attributes: new.attributes.clone(),
        barcodes: new.barcodes.clone(),
        price: new.price,
        member_price: new.member_price,
        activity: new.activity,
        cost: new.cost,
        track_stock: new.track_stock.unwrap_or(kind == ProductKind::Goods),
        oversell: new.oversell,
        duration_minutes: new.duration_minutes,
        state: SaleState::OnSale,
    };
    checked(variant, kind, at)
}

fn tax_rate(rate: Option<Rate>) -> Result<Option<Rate>> {
    match rate {
        Some(rate) if !(0..=Rate::WHOLE.0).contains(&rate.0) => {
            Err(fields::fault("/tax_rate", "rate_out_of_range", "between 0 and 10,000 basis points"))
        }
        rate => Ok(rate),
    }
}

async fn category_of(tx: &mut Tx, cx: &Cx, id: Option<Uuid>) -> Result<Option<Category>> {
    let Some(id) = id else { return Ok(None) };
    let found = category::store::locked(tx, cx.merchant, CategoryId(id)).await?;
    found.map(Some).ok_or_else(|| {
        Error::refused("category_unknown", "there is no such category").field("/category", "category_unknown", "there is no such category")
    })
}

fn barcodes_of(variants: &[Variant]) -> Vec<(VariantId, String)> {
    variants.iter().flat_map(|variant| variant.barcodes.iter().map(|code| (variant.id, code.clone()))).collect()
}

async fn add_variants(tx: &mut Tx, cx: &Cx, variants: &[Variant]) -> Result<()> {
    tx.queue(store::insert_variants_stmt(cx, variants)?).await?;
    if let Some(stmt) = store::insert_barcodes_stmt(cx.merchant, &barcodes_of(variants)) {
        tx.queue(stmt).await?;
    }
    open_stock(tx, cx, variants.iter()).await
}

/// Opens the stock of counted variants in every store.
pub(super) async fn open_stock<'a>(tx: &mut Tx, cx: &Cx, variants: impl Iterator<Item = &'a Variant>) -> Result<()> {
    let counted: Vec<(Uuid, bool)> =
        variants.filter(|variant| variant.track_stock).map(|variant| (variant.id.0, variant.oversell)).collect();
    stock::ops::open_everywhere(tx, cx, &counted).await
}

/// Makes a product with its variants and barcodes.
///
/// Errors: faults of fields; `category_unknown`, `product_code_taken`, `variant_sku_taken`, `barcode_taken`.
pub async fn create(tx: &mut Tx, cx: &Cx, new: &NewProduct) -> Result<Product> {
    if new.variants.is_empty() || new.variants.len() > VARIANTS_MAX {
        return Err(fields::fault("/variants", "variants_out_of_range", format!("between 1 and {VARIANTS_MAX} variants")));
    }
    let id = new.id.unwrap_or_else(|| cx.id());
    let name = fields::name("/name", &new.name)?;
    let made = |(index, variant)| made(cx, id, new.kind, variant, &format!("/variants/{index}"));
    let variants = new.variants.iter().enumerate().map(made).collect::<Result<Vec<_>>>()?;
    let code = match &new.code {
        Some(code) => fields::code("/code", code)?,
        None => variants.first().map(|variant| variant.sku.clone()).unwrap_or_default(),
    };
    let category = category_of(tx, cx, new.category.map(|category| category.0)).await?;
    let product = Product {
        id,
        code,
        initials: initials(&name),
        name,
        category: new.category.map(|category| category.0),
        kind: new.kind,
        unit: fields::note("/unit", &new.unit, fields::CODE_CHARS_MAX)?,
        brand: fields::note("/brand", &new.brand, fields::NAME_CHARS_MAX)?,
        tax_rate: tax_rate(new.tax_rate)?,
        special: new.special,
        state: SaleState::OnSale,
        created_at: cx.now,
        variants,
    };
    tx.queue(store::insert_product_stmt(cx.merchant, &product, category.as_ref())).await?;
    add_variants(tx, cx, &product.variants).await?;
    event::append(tx, cx, &[Event::new("product.created", id, &product)]).await?;
    Ok(product)
}

/// Changes a product.
///
/// Errors: faults of fields; `product_not_found`, `category_unknown`, `product_code_taken`.
pub async fn change(tx: &mut Tx, cx: &Cx, id: ProductId, patch: &ProductPatch) -> Result<Product> {
    // Categories are locked before products, here and where a category moves.
    let category = match patch.category {
        Some(wanted) => Some(category_of(tx, cx, wanted.map(|category| category.0)).await?),
        None => None,
    };
    let mut product = store::locked(tx, cx.merchant, id).await?.ok_or_else(product_not_found)?;
    if let Some(code) = &patch.code {
        product.code = fields::code("/code", code)?;
    }
    if let Some(name) = &patch.name {
        product.name = fields::name("/name", name)?;
        product.initials = initials(&product.name);
    }
    if let Some(unit) = &patch.unit {
        product.unit = fields::note("/unit", unit, fields::CODE_CHARS_MAX)?;
    }
    if let Some(brand) = &patch.brand {
        product.brand = fields::note("/brand", brand, fields::NAME_CHARS_MAX)?;
    }
    if let Some(rate) = patch.tax_rate {
        product.tax_rate = tax_rate(rate)?;
    }
    product.special = patch.special.unwrap_or(product.special);
    product.state = patch.state.unwrap_or(product.state);
    if let Some(category) = &category {
        product.category = category.as_ref().map(|category| category.id.0);
        tx.queue(store::place_stmt(cx.merchant, id, category.as_ref())).await?;
    }
    tx.queue(store::update_product_stmt(cx.merchant, &product)).await?;
    event::append(tx, cx, &[Event::new("product.changed", id, &product)]).await?;
    Ok(product)
}

/// Adds a variant to a product.
///
/// Errors: faults of fields; `product_not_found`, `variants_out_of_range`, `variant_sku_taken`, `barcode_taken`.
pub async fn add_variant(tx: &mut Tx, cx: &Cx, id: ProductId, new: &NewVariant) -> Result<Variant> {
    let product = store::locked(tx, cx.merchant, id).await?.ok_or_else(product_not_found)?;
    if product.variants.len() >= VARIANTS_MAX {
        return Err(Error::refused("variants_out_of_range", format!("a product has at most {VARIANTS_MAX} variants")));
    }
    let variant = made(cx, id, product.kind, new, "")?;
    add_variants(tx, cx, std::slice::from_ref(&variant)).await?;
    event::append(tx, cx, &[Event::new("product.variant_added", id, &variant)]).await?;
    Ok(variant)
}

/// Changes a variant.
///
/// Errors: faults of fields; `variant_not_found`, `variant_sku_taken`, `barcode_taken`;
/// `stock_insufficient` where selling below zero is forbidden while a store is below zero.
pub async fn change_variant(tx: &mut Tx, cx: &Cx, id: VariantId, patch: &VariantPatch) -> Result<Variant> {
    let owner = store::product_of(tx, cx.merchant, id).await?.ok_or_else(variant_not_found)?;
    let product = store::locked(tx, cx.merchant, owner).await?.ok_or_else(variant_not_found)?;
    let old = product.variants.into_iter().find(|variant| variant.id == id).ok_or_else(variant_not_found)?;
    let patched = Variant {
        id,
        product: owner,
        sku: patch.sku.clone().unwrap_or(old.sku),
        name: patch.name.clone().unwrap_or(old.name),
        attributes: patch.attributes.clone().unwrap_or(old.attributes),
        barcodes: patch.barcodes.clone().unwrap_or(old.barcodes),
        price: patch.price.unwrap_or(old.price),
        member_price: patch.member_price.unwrap_or(old.member_price),
        activity: patch.activity.unwrap_or(old.activity),
        cost: patch.cost.unwrap_or(old.cost),
        track_stock: patch.track_stock.unwrap_or(old.track_stock),
        oversell: patch.oversell.unwrap_or(old.oversell),
        duration_minutes: patch.duration_minutes.unwrap_or(old.duration_minutes),
        state: patch.state.unwrap_or(old.state),
    };
    let variant = checked(patched, product.kind, "")?;
    if variant.oversell != old.oversell {
        tx.queue(stock::store::set_oversell_stmt(cx.merchant, id.0, variant.oversell)).await?;
    }
    if variant.track_stock && !old.track_stock {
        open_stock(tx, cx, std::iter::once(&variant)).await?;
    }
    tx.queue(store::update_variant_stmt(cx, &variant)?).await?;
    if patch.barcodes.is_some() {
        tx.queue(store::clear_barcodes_stmt(cx.merchant, id)).await?;
        if let Some(stmt) = store::insert_barcodes_stmt(cx.merchant, &barcodes_of(std::slice::from_ref(&variant))) {
            tx.queue(stmt).await?;
        }
    }
    event::append(tx, cx, &[Event::new("product.variant_changed", owner, &variant)]).await?;
    Ok(variant)
}

/// The variant that a scanner's code names (a barcode, else a SKU), as the store sells it.
///
/// Errors: `store_not_found`, `variant_not_found`.
pub async fn scan(tx: &mut Tx, cx: &Cx, code: &str, store: Uuid) -> Result<ForSale> {
    shuke_org::store::ops::show(tx, cx, StoreId(store)).await?;
    // What no code can be is in no row; PostgreSQL would refuse some of it as text.
    let code = fields::code("/code", code).map_err(|_| variant_not_found())?;
    let id = store::by_code(tx, cx.merchant, &code).await?.ok_or_else(variant_not_found)?;
    let row = tx.row(store::for_sale_stmt(cx.merchant, store, &[id.0])).await?.ok_or_else(variant_not_found)?;
    store::for_sale_row(&row)
}

/// The stores that have a price of their own for a variant, or `variant_not_found`.
pub async fn store_prices(tx: &mut Tx, cx: &Cx, id: VariantId) -> Result<Vec<(Uuid, Money)>> {
    store::product_of(tx, cx.merchant, id).await?.ok_or_else(variant_not_found)?;
    store::store_prices(tx, cx.merchant, id).await
}

/// Sets a store's own price for a variant, or takes it away.
///
/// Errors: `store_not_found`, `variant_not_found`, `amount_out_of_range`.
pub async fn set_store_price(tx: &mut Tx, cx: &Cx, store: Uuid, id: VariantId, price: Option<Money>) -> Result<()> {
    shuke_org::store::ops::show(tx, cx, StoreId(store)).await?;
    let owner = store::product_of(tx, cx.merchant, id).await?.ok_or_else(variant_not_found)?;
    let stmt = match price {
        Some(price) => store::set_store_price_stmt(cx.merchant, store, id, fields::amount("/price", price)?),
        None => store::clear_store_price_stmt(cx.merchant, store, id),
    };
    tx.queue(stmt).await?;
    let payload = serde_json::json!({ "variant": id, "store": store, "price": price });
    event::append(tx, cx, &[Event::new("product.store_price_changed", owner, &payload)]).await
}

/// What a list of products asks for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A code, SKU or barcode, a part of the name, or the start of its initials.
    pub q: Option<String>,
    /// In this category or below it.
    pub category: Option<Uuid>,
    /// In this state.
    pub state: Option<SaleState>,
}

/// Products in the order of their initials.
pub async fn list(tx: &mut Tx, cx: &Cx, filter: &Filter, limit: Limit, after: Option<(String, Uuid)>) -> Result<Page<Product>> {
    let categories = match filter.category {
        Some(id) => Some(category::ops::subtree(tx, cx, id).await?),
        None => None,
    };
    if categories.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let code: String = filter.q.as_deref().unwrap_or_default().chars().filter(|c| !c.is_control()).take(fields::NAME_CHARS_MAX).collect();
    let code = code.trim().to_owned();
    let text = (!code.is_empty()).then(|| code.to_ascii_lowercase());
    let search = Search { text, code, categories, state: filter.state, after, rows_max: limit.fetch() };
    let found = store::search(tx, cx.merchant, &search).await?;
    Ok(Page::of(found, limit, |product| (product.initials.clone(), product.id.0)))
}
