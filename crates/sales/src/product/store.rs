//! SQL of products, variants, barcodes and store prices.

use super::model::{ForSale, Product, ProductId, SaleState, Stocked, TimedPrice, Variant, VariantId, path_ids};
use crate::category::{Category, CategoryId};
use crate::stock;
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert, sql};
use shuke_kernel::{Cx, Error, Instant, MerchantId, Money, Result, Uuid};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A row of a multi-row statement.
type Values = Vec<Value>;

/// Writes `$from, $from+1, …` for an IN list.
pub(crate) fn placeholders(from: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 4);
    for number in from..from + count {
        let _ = write!(text, "{}${number}", if number == from { "" } else { ", " });
    }
    text
}

/// What a sale needs to know of these variants in one store: one statement, lookups by primary key
/// only. Variants that don't exist are left out of the answer. At least one id.
pub fn for_sale_stmt(merchant: MerchantId, store: Uuid, variants: &[Uuid]) -> Stmt {
    let text = format!(
        "SELECT v.id, v.product_id, p.name, v.name, v.sku, p.category_path, p.kind, p.special, p.state, v.state, \
         COALESCE(sp.price, v.price), v.member_price, v.activity_id, v.activity_price, v.activity_from, v.activity_until, \
         v.track_stock, v.oversell, {on_hand}, v.cost, p.tax_rate, v.is_kit \
         FROM variant v JOIN product p ON p.merchant_id = v.merchant_id AND p.id = v.product_id \
         LEFT JOIN variant_price sp ON sp.merchant_id = v.merchant_id AND sp.store_id = $2 AND sp.variant_id = v.id {stock} \
         WHERE v.merchant_id = $1 AND v.id IN ({ids})",
        on_hand = stock::store::ON_HAND,
        stock = stock::store::JOIN_ON_HAND,
        ids = placeholders(3, variants.len()),
    );
    let mut params = Vec::with_capacity(variants.len() + 2);
    params.push(merchant.to_value());
    params.push(store.to_value());
    params.extend(variants.iter().map(|id| id.to_value()));
    Stmt::built(text, params)
}

/// Where variants stand in the catalogue now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Placed {
    /// The category and all above it.
    pub(crate) categories: Vec<Uuid>,
    /// Whether it is marked special.
    pub(crate) special: bool,
}

/// Where some variants stand in the catalogue; those that are gone are left out.
pub(crate) async fn placed(tx: &mut Tx, merchant: MerchantId, variants: &[Uuid]) -> Result<BTreeMap<Uuid, Placed>> {
    let mut found = BTreeMap::new();
    for some in variants.chunks(500) {
        let text =
            "SELECT v.id, p.category_path, p.special FROM variant v JOIN product p ON p.merchant_id = v.merchant_id AND p.id = v.product_id
             WHERE v.merchant_id = $1 AND v.id IN ";
        for row in tx.rows(crate::rows::padded(text, merchant, some)).await? {
            found.insert(row.get(0)?, Placed { categories: path_ids(&row.get::<String>(1)?), special: row.get(2)? });
        }
    }
    Ok(found)
}

/// Reads a row of [`for_sale_stmt`].
pub fn for_sale_row(row: &Row) -> Result<ForSale> {
    let on_sale = row.get::<SaleState>(8)? == SaleState::OnSale && row.get::<SaleState>(9)? == SaleState::OnSale;
    Ok(ForSale {
        variant: row.get(0)?,
        product: row.get(1)?,
        product_name: row.get(2)?,
        variant_name: row.get(3)?,
        sku: row.get(4)?,
        categories: path_ids(&row.get::<String>(5)?),
        kind: row.get(6)?,
        special: row.get(7)?,
        on_sale,
        price: row.get(10)?,
        member_price: row.get(11)?,
        activity: timed_price(row, 12)?,
        track_stock: row.get(16)?,
        oversell: row.get(17)?,
        on_hand_milli: row.get(18)?,
        cost: row.get(19)?,
        tax_rate: row.get(20)?,
        is_kit: row.get(21)?,
        parts: Vec::new(),
    })
}

/// Reads activity, price, from, until from four columns.
fn timed_price(row: &Row, at: usize) -> Result<Option<TimedPrice>> {
    let Some(price) = row.get::<Option<Money>>(at + 1)? else { return Ok(None) };
    let until = row.get::<Option<Instant>>(at + 3)?;
    Ok(Some(TimedPrice { activity: row.get(at)?, price, from: row.get(at + 2)?, until }))
}

const PRODUCT: &str =
    "p.id, p.code, p.name, p.initials, p.category_id, p.kind, p.unit, p.brand, p.tax_rate, p.special, p.state, p.created_at";
const VARIANT: &str = "v.id, v.product_id, v.sku, v.name, v.attributes, v.price, v.member_price, v.activity_id, v.activity_price, \
    v.activity_from, v.activity_until, v.cost, v.track_stock, v.oversell, v.duration_minutes, v.state";

fn read_product(row: &Row) -> Result<Product> {
    Ok(Product {
        id: row.get(0)?,
        code: row.get(1)?,
        name: row.get(2)?,
        initials: row.get(3)?,
        category: row.get(4)?,
        kind: row.get(5)?,
        unit: row.get(6)?,
        brand: row.get(7)?,
        tax_rate: row.get(8)?,
        special: row.get(9)?,
        state: row.get(10)?,
        created_at: row.get(11)?,
        variants: Vec::new(),
    })
}

fn read_variant(row: &Row) -> Result<Variant> {
    let attributes = row.get::<String>(4)?;
    Ok(Variant {
        id: row.get(0)?,
        product: row.get(1)?,
        sku: row.get(2)?,
        name: row.get(3)?,
        attributes: serde_json::from_str(&attributes).map_err(|error| Error::internal(format!("attributes of a variant: {error}")))?,
        barcodes: Vec::new(),
        price: row.get(5)?,
        member_price: row.get(6)?,
        activity: timed_price(row, 7)?,
        cost: row.get(11)?,
        track_stock: row.get(12)?,
        oversell: row.get(13)?,
        duration_minutes: row.get(14)?,
        state: row.get(15)?,
    })
}

fn with_ids<T: Copy + Into<Uuid>>(text: String, merchant: MerchantId, ids: &[T]) -> Stmt {
    let mut params = vec![merchant.to_value()];
    params.extend(ids.iter().map(|id| Value::Uuid((*id).into())));
    Stmt::built(text, params)
}

/// Gives products their variants, and those their barcodes: one round trip.
async fn complete(tx: &mut Tx, merchant: MerchantId, mut products: Vec<Product>) -> Result<Vec<Product>> {
    if products.is_empty() {
        return Ok(products);
    }
    let ids: Vec<ProductId> = products.iter().map(|product| product.id).collect();
    let list = placeholders(2, ids.len());
    let variants =
        format!("SELECT {VARIANT} FROM variant v WHERE v.merchant_id = $1 AND v.product_id IN ({list}) ORDER BY v.created_at, v.id");
    let barcodes = format!(
        "SELECT b.variant_id, b.code FROM variant v JOIN barcode b ON b.merchant_id = v.merchant_id AND b.variant_id = v.id \
         WHERE v.merchant_id = $1 AND v.product_id IN ({list}) ORDER BY b.code"
    );
    let [variants, barcodes] = tx.all([with_ids(variants, merchant, &ids), with_ids(barcodes, merchant, &ids)]).await?;
    let mut codes: BTreeMap<VariantId, Vec<String>> = BTreeMap::new();
    for row in &barcodes {
        codes.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    let mut of_product: BTreeMap<ProductId, Vec<Variant>> = BTreeMap::new();
    for row in &variants {
        let mut variant = read_variant(row)?;
        variant.barcodes = codes.remove(&variant.id).unwrap_or_default();
        of_product.entry(variant.product).or_default().push(variant);
    }
    for product in &mut products {
        product.variants = of_product.remove(&product.id).unwrap_or_default();
    }
    Ok(products)
}

/// Products by id, with their variants.
pub async fn by_ids(tx: &mut Tx, merchant: MerchantId, ids: &[ProductId]) -> Result<Vec<Product>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!("SELECT {PRODUCT} FROM product p WHERE p.merchant_id = $1 AND p.id IN ({})", placeholders(2, ids.len()));
    let rows = tx.rows(with_ids(text, merchant, ids)).await?;
    complete(tx, merchant, rows.iter().map(read_product).collect::<Result<_>>()?).await
}

/// One product, locked against other changes until the transaction ends.
pub async fn locked(tx: &mut Tx, merchant: MerchantId, id: ProductId) -> Result<Option<Product>> {
    tx.rows(sql!("SELECT id FROM product WHERE merchant_id = $1 AND id = $2 FOR UPDATE", merchant, id)).await?;
    Ok(by_ids(tx, merchant, &[id]).await?.pop())
}

/// The product that a variant belongs to.
pub async fn product_of(tx: &mut Tx, merchant: MerchantId, variant: VariantId) -> Result<Option<ProductId>> {
    let row = tx.row(sql!("SELECT product_id FROM variant WHERE merchant_id = $1 AND id = $2", merchant, variant)).await?;
    row.map(|row| row.get(0)).transpose()
}

/// The variant that a scanner's code names: by barcode, else by SKU.
pub async fn by_code(tx: &mut Tx, merchant: MerchantId, code: &str) -> Result<Option<VariantId>> {
    let [barcodes, skus] = tx
        .all([
            sql!("SELECT variant_id FROM barcode WHERE merchant_id = $1 AND code = $2", merchant, code),
            sql!("SELECT id FROM variant WHERE merchant_id = $1 AND sku = $2", merchant, code),
        ])
        .await?;
    barcodes.first().or(skus.first()).map(|row| row.get(0)).transpose()
}

/// What a list of products asks for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// A code, SKU or barcode; or a part of the name or its initials. Lower case (ASCII), not empty.
    pub text: Option<String>,
    /// As the client wrote it, for codes.
    pub code: String,
    /// Only in these categories.
    pub categories: Option<Vec<CategoryId>>,
    /// Only in this state.
    pub state: Option<SaleState>,
    /// After this row: initials and id.
    pub after: Option<(String, Uuid)>,
    /// Rows.
    pub rows_max: i64,
}

/// Products in the order of their initials. A name is searched anywhere in it, which reads all
/// products of the merchant up to the end of the page; codes are found by key.
pub async fn search(tx: &mut Tx, merchant: MerchantId, search: &Search) -> Result<Vec<Product>> {
    let mut text = format!("SELECT {PRODUCT} FROM product p WHERE p.merchant_id = $1");
    let mut params = vec![merchant.to_value(), search.rows_max.to_value()];
    let mut next = |value: Value| {
        params.push(value);
        params.len()
    };
    if let Some(wanted) = &search.text {
        let (wanted, code) = (next(wanted.to_value()), next(search.code.to_value()));
        // Taking the text out of a name changes it only where it is in it: the same on both databases, unlike LIKE.
        let _ = write!(
            text,
            " AND (p.code = ${code} OR p.id IN (SELECT product_id FROM variant WHERE merchant_id = $1 AND sku = ${code}) \
             OR p.id IN (SELECT v.product_id FROM barcode b JOIN variant v ON v.merchant_id = b.merchant_id AND v.id = b.variant_id \
             WHERE b.merchant_id = $1 AND b.code = ${code}) \
             OR REPLACE(LOWER(p.name), ${wanted}, '') <> LOWER(p.name) OR SUBSTR(p.initials, 1, LENGTH(${wanted})) = ${wanted})"
        );
    }
    if let Some(categories) = &search.categories {
        let list = categories.iter().map(|id| format!("${}", next(id.to_value()))).collect::<Vec<_>>().join(", ");
        let _ = write!(text, " AND p.category_id IN ({list})");
    }
    if let Some(state) = search.state {
        let _ = write!(text, " AND p.state = ${}", next(state.to_value()));
    }
    if let Some((initials, id)) = &search.after {
        let _ = write!(text, " AND (p.initials, p.id) > (${}, ${})", next(initials.to_value()), next(id.to_value()));
    }
    text.push_str(" ORDER BY p.initials, p.id LIMIT $2");
    let rows = tx.rows(Stmt::built(text, params)).await?;
    complete(tx, merchant, rows.iter().map(read_product).collect::<Result<_>>()?).await
}

/// What stock needs to know of variants: whether they are counted, and by which policy.
pub async fn stocked(tx: &mut Tx, merchant: MerchantId, variants: &[Uuid]) -> Result<BTreeMap<Uuid, Stocked>> {
    let mut found = BTreeMap::new();
    for chunk in variants.chunks(500) {
        let text = format!(
            "SELECT v.id, v.track_stock, v.oversell, v.cost, v.sku, v.name, p.name \
             FROM variant v JOIN product p ON p.merchant_id = v.merchant_id AND p.id = v.product_id \
             WHERE v.merchant_id = $1 AND v.id IN ({})",
            placeholders(2, chunk.len())
        );
        for row in tx.rows(with_ids(text, merchant, chunk)).await? {
            let stocked = Stocked {
                track_stock: row.get(1)?,
                oversell: row.get(2)?,
                cost: row.get(3)?,
                sku: row.get(4)?,
                variant_name: row.get(5)?,
                product_name: row.get(6)?,
            };
            found.insert(row.get(0)?, stocked);
        }
    }
    Ok(found)
}

/// Products with their category and all above it. At least one id.
pub(crate) async fn category_paths(tx: &mut Tx, merchant: MerchantId, ids: &[ProductId]) -> Result<Vec<(Uuid, Vec<Uuid>)>> {
    let text = format!("SELECT id, category_path FROM product WHERE merchant_id = $1 AND id IN ({})", placeholders(2, ids.len()));
    let rows = tx.rows(with_ids(text, merchant, ids)).await?;
    rows.iter().map(|row| Ok((row.get(0)?, path_ids(&row.get::<String>(1)?)))).collect()
}

/// Those of the variants that are kits. At least one id.
pub(crate) async fn kits_among(tx: &mut Tx, merchant: MerchantId, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let text = format!("SELECT id FROM variant WHERE merchant_id = $1 AND is_kit = TRUE AND id IN ({})", placeholders(2, ids.len()));
    tx.rows(with_ids(text, merchant, ids)).await?.iter().map(|row| row.get(0)).collect()
}

/// Says whether a variant is a kit.
pub(crate) fn set_kit_stmt(merchant: MerchantId, id: VariantId, is_kit: bool) -> Stmt {
    sql!("UPDATE variant SET is_kit = $3 WHERE merchant_id = $1 AND id = $2", merchant, id, is_kit)
}

/// The variants that are counted, with whether they may be sold below zero; after an id, by id.
pub async fn counted(tx: &mut Tx, merchant: MerchantId, after: Uuid, rows_max: i64) -> Result<Vec<(Uuid, bool)>> {
    let stmt = sql!(
        "SELECT id, oversell FROM variant WHERE merchant_id = $1 AND id > $2 AND track_stock = $3 ORDER BY id LIMIT $4",
        merchant,
        after,
        true,
        rows_max
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Whether products are in a category itself.
pub async fn any_in(tx: &mut Tx, merchant: MerchantId, category: CategoryId) -> Result<bool> {
    let stmt = sql!("SELECT id FROM product WHERE merchant_id = $1 AND category_id = $2 LIMIT 1", merchant, category);
    Ok(tx.row(stmt).await?.is_some())
}

/// Rewrites the copy of the path that the products of these categories keep. At least one category.
pub fn recategorise_stmt(merchant: MerchantId, categories: &[Category]) -> Stmt {
    let mut text = String::from("UPDATE product SET category_path = CASE category_id");
    let mut params = vec![merchant.to_value()];
    let mut ids = Vec::with_capacity(categories.len());
    for category in categories {
        params.push(category.id.to_value());
        params.push(category.path_text().to_value());
        let _ = write!(text, " WHEN ${} THEN ${}", params.len() - 1, params.len());
        ids.push(format!("${}", params.len() - 1));
    }
    let _ = write!(text, " END WHERE merchant_id = $1 AND category_id IN ({})", ids.join(", "));
    Stmt::built(text, params)
}

/// The columns of a product, in the order of [`product_values`].
const PRODUCT_COLUMNS: [&str; 14] = [
    "merchant_id",
    "id",
    "code",
    "name",
    "initials",
    "category_id",
    "category_path",
    "kind",
    "unit",
    "brand",
    "tax_rate",
    "special",
    "state",
    "created_at",
];
/// The columns of a variant, in the order of [`variant_values`].
const VARIANT_COLUMNS: [&str; 18] = [
    "merchant_id",
    "id",
    "product_id",
    "sku",
    "name",
    "attributes",
    "price",
    "member_price",
    "activity_id",
    "activity_price",
    "activity_from",
    "activity_until",
    "cost",
    "track_stock",
    "oversell",
    "duration_minutes",
    "state",
    "created_at",
];

fn product_values(merchant: MerchantId, product: &Product, category: Option<&Category>) -> Values {
    vec![
        merchant.to_value(),
        product.id.to_value(),
        product.code.to_value(),
        product.name.to_value(),
        product.initials.to_value(),
        product.category.to_value(),
        category.map(Category::path_text).unwrap_or_default().to_value(),
        product.kind.to_value(),
        product.unit.to_value(),
        product.brand.to_value(),
        product.tax_rate.to_value(),
        product.special.to_value(),
        product.state.to_value(),
        product.created_at.to_value(),
    ]
}

fn variant_values(cx: &Cx, variant: &Variant) -> Result<Values> {
    let attributes = serde_json::to_string(&variant.attributes).map_err(|error| Error::internal(error.to_string()))?;
    let activity = variant.activity.as_ref();
    Ok(vec![
        cx.merchant.to_value(),
        variant.id.to_value(),
        variant.product.to_value(),
        variant.sku.to_value(),
        variant.name.to_value(),
        attributes.to_value(),
        variant.price.to_value(),
        variant.member_price.to_value(),
        activity.and_then(|timed| timed.activity).to_value(),
        activity.map(|timed| timed.price).to_value(),
        activity.and_then(|timed| timed.from).to_value(),
        activity.and_then(|timed| timed.until).to_value(),
        variant.cost.to_value(),
        variant.track_stock.to_value(),
        variant.oversell.to_value(),
        variant.duration_minutes.to_value(),
        variant.state.to_value(),
        cx.now.to_value(),
    ])
}

/// `INSERT … ON CONFLICT (key) DO UPDATE` with all rows; everything but the key and when it was made is written anew.
fn upsert(head: &str, columns: &[&str], key: &str, rows: Vec<Values>) -> Stmt {
    let mut text = format!("{head} ({}) VALUES ", columns.join(", "));
    for row in 0..rows.len() {
        let _ = write!(text, "{}({})", if row == 0 { "" } else { ", " }, placeholders(1 + row * columns.len(), columns.len()));
    }
    let kept = ["merchant_id", "id", "store_id", "variant_id", "created_at"];
    let set = columns.iter().filter(|column| !kept.contains(column)).map(|column| format!("{column} = excluded.{column}"));
    let _ = write!(text, " ON CONFLICT ({key}) DO UPDATE SET {}", set.collect::<Vec<_>>().join(", "));
    Stmt::built(text, rows.into_iter().flatten().collect())
}

/// Adds a product; its variants follow by [`insert_variants_stmt`].
pub fn insert_product_stmt(merchant: MerchantId, product: &Product, category: Option<&Category>) -> Stmt {
    insert("product", &PRODUCT_COLUMNS, vec![product_values(merchant, product, category)])
}

/// Writes everything of a product but its category.
pub fn update_product_stmt(merchant: MerchantId, product: &Product) -> Stmt {
    sql!(
        "UPDATE product SET code = $3, name = $4, initials = $5, unit = $6, brand = $7, tax_rate = $8, special = $9, state = $10 \
         WHERE merchant_id = $1 AND id = $2",
        merchant,
        product.id,
        product.code,
        product.name,
        product.initials,
        product.unit,
        product.brand,
        product.tax_rate,
        product.special,
        product.state
    )
}

/// Puts a product into a category that the caller has locked.
pub fn place_stmt(merchant: MerchantId, product: ProductId, category: Option<&Category>) -> Stmt {
    sql!(
        "UPDATE product SET category_id = $3, category_path = $4 WHERE merchant_id = $1 AND id = $2",
        merchant,
        product,
        category.map(|category| category.id),
        category.map(Category::path_text).unwrap_or_default()
    )
}

/// Writes a variant anew, its barcodes left alone.
pub fn update_variant_stmt(cx: &Cx, variant: &Variant) -> Result<Stmt> {
    upsert_variants_stmt(cx, &[variant])
}

/// Adds products, or writes them anew.
pub fn upsert_products_stmt(merchant: MerchantId, products: &[(&Product, Option<&Category>)]) -> Stmt {
    let rows = products.iter().map(|(product, category)| product_values(merchant, product, *category)).collect();
    upsert("INSERT INTO product", &PRODUCT_COLUMNS, "merchant_id, id", rows)
}

/// Adds variants.
pub fn insert_variants_stmt(cx: &Cx, variants: &[Variant]) -> Result<Stmt> {
    let rows = variants.iter().map(|variant| variant_values(cx, variant)).collect::<Result<_>>()?;
    Ok(insert("variant", &VARIANT_COLUMNS, rows))
}

/// Adds variants, or writes them anew.
pub fn upsert_variants_stmt(cx: &Cx, variants: &[&Variant]) -> Result<Stmt> {
    let rows = variants.iter().map(|variant| variant_values(cx, variant)).collect::<Result<_>>()?;
    Ok(upsert("INSERT INTO variant", &VARIANT_COLUMNS, "merchant_id, id", rows))
}

fn barcode_rows(merchant: MerchantId, codes: &[(VariantId, String)]) -> Vec<Values> {
    codes.iter().map(|(variant, code)| vec![merchant.to_value(), code.to_value(), variant.to_value()]).collect()
}

/// Adds barcodes; one that another variant has is refused as `barcode_taken`. None where there are none.
pub fn insert_barcodes_stmt(merchant: MerchantId, codes: &[(VariantId, String)]) -> Option<Stmt> {
    (!codes.is_empty()).then(|| insert("barcode", &["merchant_id", "code", "variant_id"], barcode_rows(merchant, codes)))
}

/// Removes all barcodes of a variant.
pub fn clear_barcodes_stmt(merchant: MerchantId, variant: VariantId) -> Stmt {
    sql!("DELETE FROM barcode WHERE merchant_id = $1 AND variant_id = $2", merchant, variant)
}

/// Which variants hold these barcodes.
pub async fn barcode_holders(tx: &mut Tx, merchant: MerchantId, codes: &[&str]) -> Result<BTreeMap<String, VariantId>> {
    let rows = by_texts(tx, "SELECT code, variant_id FROM barcode WHERE merchant_id = $1 AND code", merchant, codes).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The products that have one of these codes, or a variant with one of these SKUs.
pub async fn by_codes_and_skus(tx: &mut Tx, merchant: MerchantId, codes: &[&str], skus: &[&str]) -> Result<Vec<Product>> {
    let mut ids: Vec<ProductId> = Vec::new();
    for row in by_texts(tx, "SELECT id FROM product WHERE merchant_id = $1 AND code", merchant, codes).await? {
        ids.push(row.get(0)?);
    }
    for row in by_texts(tx, "SELECT product_id FROM variant WHERE merchant_id = $1 AND sku", merchant, skus).await? {
        ids.push(row.get(0)?);
    }
    ids.sort_unstable();
    ids.dedup();
    by_ids(tx, merchant, &ids).await
}

async fn by_texts(tx: &mut Tx, head: &str, merchant: MerchantId, texts: &[&str]) -> Result<Vec<Row>> {
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = vec![merchant.to_value()];
    params.extend(texts.iter().map(|text| text.to_value()));
    tx.rows(Stmt::built(format!("{head} IN ({})", placeholders(2, texts.len())), params)).await
}

/// The prices of a store's own, by variant.
pub(crate) async fn prices_of_store(tx: &mut Tx, merchant: MerchantId, store: Uuid) -> Result<Vec<(Uuid, Money)>> {
    let stmt =
        sql!("SELECT variant_id, price FROM variant_price WHERE merchant_id = $1 AND store_id = $2 ORDER BY variant_id", merchant, store);
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The stores' own prices of a variant.
pub async fn store_prices(tx: &mut Tx, merchant: MerchantId, variant: VariantId) -> Result<Vec<(Uuid, Money)>> {
    let stmt =
        sql!("SELECT store_id, price FROM variant_price WHERE merchant_id = $1 AND variant_id = $2 ORDER BY store_id", merchant, variant);
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Sets a store's own price.
pub fn set_store_price_stmt(merchant: MerchantId, store: Uuid, variant: VariantId, price: Money) -> Stmt {
    let columns = ["merchant_id", "store_id", "variant_id", "price"];
    let row = vec![merchant.to_value(), store.to_value(), variant.to_value(), price.to_value()];
    upsert("INSERT INTO variant_price", &columns, "merchant_id, store_id, variant_id", vec![row])
}

/// Removes a store's own price.
pub fn clear_store_price_stmt(merchant: MerchantId, store: Uuid, variant: VariantId) -> Stmt {
    sql!("DELETE FROM variant_price WHERE merchant_id = $1 AND store_id = $2 AND variant_id = $3", merchant, store, variant)
}

/// The variants with these SKUs: SKU, product, variant, and what they are called together.
pub(crate) async fn named_by_skus(tx: &mut Tx, merchant: MerchantId, skus: &[&str]) -> Result<Vec<(String, ProductId, VariantId, String)>> {
    let text = "SELECT v.sku, v.product_id, v.id, p.name, v.name FROM variant v
         JOIN product p ON p.merchant_id = v.merchant_id AND p.id = v.product_id WHERE v.merchant_id = $1 AND v.sku IN ";
    let mut found = Vec::with_capacity(skus.len());
    for chunk in skus.chunks(500) {
        for row in tx.rows(crate::rows::padded(text, merchant, chunk)).await? {
            let (product, variant): (String, String) = (row.get(3)?, row.get(4)?);
            let name = if variant.is_empty() { product } else { format!("{product} {variant}") };
            found.push((row.get(0)?, row.get(1)?, row.get(2)?, name));
        }
    }
    Ok(found)
}

/// Products after an id, with their names and categories.
pub(crate) async fn named_page(tx: &mut Tx, merchant: MerchantId, after: Uuid, limit: i64) -> Result<Vec<crate::order::lake::Goods>> {
    let stmt = sql!(
        "SELECT id, code, name, category_path FROM product WHERE merchant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        merchant,
        after,
        limit
    );
    let rows = tx.rows(stmt).await?;
    let goods = |row: &Row| {
        let categories = path_ids(&row.get::<String>(3)?);
        Ok(crate::order::lake::Goods { id: row.get(0)?, code: row.get(1)?, name: row.get(2)?, categories })
    };
    rows.iter().map(goods).collect()
}

/// The names of products. At least one id.
pub(crate) async fn names(tx: &mut Tx, merchant: MerchantId, ids: &[Uuid]) -> Result<BTreeMap<Uuid, String>> {
    let text = format!("SELECT id, name FROM product WHERE merchant_id = $1 AND id IN ({})", placeholders(2, ids.len()));
    tx.rows(with_ids(text, merchant, ids)).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
