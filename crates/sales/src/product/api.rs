//! Products and variants over HTTP.

use super::model::{ForSale, Product, ProductId, ProductKind, SaleState, TimedPrice, Variant, VariantId};
use super::ops::{self, Filter, NewProduct, NewVariant, ProductPatch, VariantPatch};
use super::store;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Money, Page, Uuid};
use utoipa::{IntoParams, ToSchema};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change))
        .routes(routes!(add_variant))
        .routes(routes!(change_variant))
        .routes(routes!(scan))
        .routes(routes!(store_prices))
        .routes(routes!(set_store_price, clear_store_price))
}

/// Which products.
#[derive(Debug, Deserialize, IntoParams)]
struct ProductQuery {
    /// A code, SKU or barcode, a part of the name, or the start of its initials.
    q: Option<String>,
    /// In this category or below it.
    category: Option<Uuid>,
    /// In this state.
    #[param(inline)]
    state: Option<SaleState>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// Products in the order of their initials.
#[utoipa::path(get, path = "/api/v1/products", tag = "catalogue", operation_id = "list_products", params(ProductQuery),
    responses((status = 200, body = Page<Product>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:read"))))]
async fn list(caller: Allow<perm::CatalogueRead>, State(app): State<App>, Query(query): Query<ProductQuery>) -> Reply<Json<Page<Product>>> {
    let paging = Paging { cursor: query.cursor, limit: query.limit };
    let filter = Filter { q: query.q, category: query.category, state: query.state };
    let input = (&caller.cx, filter, paging.limit()?, paging.after::<(String, Uuid)>()?);
    let work = app.db.read(&input, |tx, (cx, filter, limit, after)| Box::pin(ops::list(tx, cx, filter, *limit, after.clone())));
    Ok(Json(work.await?))
}

/// Makes a product with its variants and barcodes.
#[utoipa::path(post, path = "/api/v1/products", tag = "catalogue", operation_id = "create_product",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = NewProduct,
    responses((status = 201, body = Product), (status = 200, body = Product, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:write"))))]
async fn create(caller: Allow<perm::CatalogueWrite>, State(app): State<App>, write: Write<NewProduct>) -> Reply<Answer<Product>> {
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, new| Box::pin(ops::create(tx, &caller.cx, new))).await?)
}

/// A product with its variants.
#[utoipa::path(get, path = "/api/v1/products/{id}", tag = "catalogue", operation_id = "show_product", params(("id" = ProductId, Path)),
    responses((status = 200, body = Product), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:read"))))]
async fn show(caller: Allow<perm::CatalogueRead>, State(app): State<App>, Path(id): Path<ProductId>) -> Reply<Json<Product>> {
    let input = (caller.cx.merchant, [id]);
    let found = app.db.read(&input, |tx, (merchant, ids)| Box::pin(store::by_ids(tx, *merchant, ids))).await?;
    Ok(Json(found.into_iter().next().ok_or_else(ops::product_not_found)?))
}

/// Changes a product.
#[utoipa::path(patch, path = "/api/v1/products/{id}", tag = "catalogue", operation_id = "change_product", params(("id" = ProductId, Path)), request_body = ProductPatch,
    responses((status = 200, body = Product), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:write"))))]
async fn change(
    caller: Allow<perm::CatalogueWrite>,
    State(app): State<App>,
    Path(id): Path<ProductId>,
    Json(patch): Json<ProductPatch>,
) -> Reply<Json<Product>> {
    let input = (&caller.cx, id, patch);
    Ok(Json(app.db.write(&input, |tx, (cx, id, patch)| Box::pin(ops::change(tx, cx, *id, patch))).await?))
}

/// Adds a variant to a product.
#[utoipa::path(post, path = "/api/v1/products/{id}/variants", tag = "catalogue", operation_id = "add_variant",
    params(("id" = ProductId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = NewVariant,
    responses((status = 201, body = Variant), (status = 200, body = Variant, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:write"))))]
async fn add_variant(
    caller: Allow<perm::CatalogueWrite>,
    State(app): State<App>,
    Path(id): Path<ProductId>,
    write: Write<NewVariant>,
) -> Reply<Answer<Variant>> {
    let input = (id, write.body);
    let work = once(&app, &caller, &write.key, &input, |tx, caller, (id, new)| Box::pin(ops::add_variant(tx, &caller.cx, *id, new)));
    Ok(work.await?)
}

/// Changes a variant.
#[utoipa::path(patch, path = "/api/v1/variants/{id}", tag = "catalogue", operation_id = "change_variant", params(("id" = VariantId, Path)), request_body = VariantPatch,
    responses((status = 200, body = Variant), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:write"))))]
async fn change_variant(
    caller: Allow<perm::CatalogueWrite>,
    State(app): State<App>,
    Path(id): Path<VariantId>,
    Json(patch): Json<VariantPatch>,
) -> Reply<Json<Variant>> {
    let input = (&caller.cx, id, patch);
    Ok(Json(app.db.write(&input, |tx, (cx, id, patch)| Box::pin(ops::change_variant(tx, cx, *id, patch))).await?))
}

/// Where it was scanned.
#[derive(Debug, Deserialize, IntoParams)]
struct ScanQuery {
    /// The store, whose price and stock are wanted.
    store: Uuid,
}

/// What a scanner found, as this store sells it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ScannedGoods)]
pub struct Scanned {
    /// The variant.
    pub variant: VariantId,
    /// Its product.
    pub product: ProductId,
    /// The product's name.
    pub product_name: String,
    /// The variant's name beside it.
    pub variant_name: String,
    /// The number that people see.
    pub sku: String,
    /// Goods or service.
    pub kind: ProductKind,
    /// 特价: no member or tier price.
    pub special: bool,
    /// Whether it may be sold.
    pub on_sale: bool,
    /// Minor units for one piece in this store.
    pub price: Money,
    /// The member price for one piece.
    pub member_price: Option<Money>,
    /// A price for a while.
    pub activity: Option<TimedPrice>,
    /// Whether it is counted.
    pub track_stock: bool,
    /// Thousandths of a piece on hand in this store; none where it never had any.
    pub on_hand_milli: Option<i64>,
}

impl From<ForSale> for Scanned {
    fn from(good: ForSale) -> Self {
        Self {
            variant: good.variant,
            product: good.product,
            product_name: good.product_name,
            variant_name: good.variant_name,
            sku: good.sku,
            kind: good.kind,
            special: good.special,
            on_sale: good.on_sale,
            price: good.price,
            member_price: good.member_price,
            activity: good.activity,
            track_stock: good.track_stock,
            on_hand_milli: good.on_hand_milli,
        }
    }
}

/// The variant with this barcode, or with this SKU.
#[utoipa::path(get, path = "/api/v1/variants/by-barcode/{code}", tag = "catalogue", operation_id = "scan_variant", params(("code" = String, Path), ScanQuery),
    responses((status = 200, body = Scanned), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:read"))))]
async fn scan(
    caller: Allow<perm::CatalogueRead>,
    State(app): State<App>,
    Path(code): Path<String>,
    Query(query): Query<ScanQuery>,
) -> Reply<Json<Scanned>> {
    caller.may_in(query.store)?;
    let input = (&caller.cx, code, query.store);
    let found = app.db.read(&input, |tx, (cx, code, store)| Box::pin(ops::scan(tx, cx, code, *store))).await?;
    Ok(Json(found.into()))
}

/// A store's own price.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct StorePrice {
    /// The store.
    pub store: Uuid,
    /// Minor units for one piece.
    pub price: Money,
}

/// A price to be set.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStorePrice {
    /// Minor units for one piece.
    pub price: Money,
}

/// The stores that have a price of their own for a variant.
#[utoipa::path(get, path = "/api/v1/variants/{id}/prices", tag = "catalogue", operation_id = "list_store_prices", params(("id" = VariantId, Path)),
    responses((status = 200, body = Page<StorePrice>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:read"))))]
async fn store_prices(
    caller: Allow<perm::CatalogueRead>,
    State(app): State<App>,
    Path(id): Path<VariantId>,
) -> Reply<Json<Page<StorePrice>>> {
    let input = (&caller.cx, id);
    let found = app.db.read(&input, |tx, (cx, id)| Box::pin(ops::store_prices(tx, cx, *id))).await?;
    let shown = found.into_iter().filter(|(store, _)| caller.may_in(*store).is_ok());
    Ok(Json(Page { items: shown.map(|(store, price)| StorePrice { store, price }).collect(), next: None }))
}

/// Sets a store's own price for a variant.
#[utoipa::path(put, path = "/api/v1/variants/{id}/prices/{store}", tag = "catalogue", operation_id = "set_store_price", params(("id" = VariantId, Path), ("store" = Uuid, Path)), request_body = NewStorePrice,
    responses((status = 200, body = StorePrice), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:write"))))]
async fn set_store_price(
    caller: Allow<perm::CatalogueWrite>,
    State(app): State<App>,
    Path((id, store)): Path<(VariantId, Uuid)>,
    Json(new): Json<NewStorePrice>,
) -> Reply<Json<StorePrice>> {
    caller.may_in(store)?;
    let input = (&caller.cx, store, id, new.price);
    app.db.write(&input, |tx, (cx, store, id, price)| Box::pin(ops::set_store_price(tx, cx, *store, *id, Some(*price)))).await?;
    Ok(Json(StorePrice { store, price: new.price }))
}

/// Removes a store's own price; the variant's price holds again.
#[utoipa::path(delete, path = "/api/v1/variants/{id}/prices/{store}", tag = "catalogue", operation_id = "clear_store_price", params(("id" = VariantId, Path), ("store" = Uuid, Path)),
    responses((status = 204), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("catalogue:write"))))]
async fn clear_store_price(
    caller: Allow<perm::CatalogueWrite>,
    State(app): State<App>,
    Path((id, store)): Path<(VariantId, Uuid)>,
) -> Reply<StatusCode> {
    caller.may_in(store)?;
    let input = (&caller.cx, store, id);
    app.db.write(&input, |tx, (cx, store, id)| Box::pin(ops::set_store_price(tx, cx, *store, *id, None))).await?;
    Ok(StatusCode::NO_CONTENT)
}
