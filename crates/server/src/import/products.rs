//! Products: one variant a row, found by its code, made or brought up to date.
//!
//! Rows that the catalogue refuses (a barcode that another variant has, a price out of range) are
//! reported; the others of the batch come in. Where the file has stock, variants that it makes are
//! counted, and begin with a count of the row's store; stock of variants that were there is the shop's.

use super::decimal::Decimal;
use super::ground::{Ground, Shop, open_shops};
use super::task::{Effects, Planned, Refusal};
use super::values::{self, is_blank};
use super::{Mapping, Row};
use sha2::{Digest, Sha256};
use shuke_db::{Db, Tx};
use shuke_kernel::{Error, Money, Result, Uuid};
use shuke_sales::product::{self, ImportProduct, Imported, ProductKind};
use shuke_sales::stock::ops::{self as stock, CountLine, LINES_MAX, NewCount};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Mutex;

/// Rows of one call that makes products.
const PRODUCTS_MAX: usize = 500;

struct Columns {
    sku: Option<usize>,
    barcode: Option<usize>,
    name: Option<usize>,
    category: Option<usize>,
    price: Option<usize>,
    member_price: Option<usize>,
    cost: Option<usize>,
    unit: Option<usize>,
    brand: Option<usize>,
    kind: Option<usize>,
    code: Option<usize>,
    variant_name: Option<usize>,
    state: Option<usize>,
    stock: Option<usize>,
    store: Option<usize>,
}

/// A row of the batch.
struct Draft {
    row: usize,
    product: ImportProduct,
    /// Thousandths of a piece on hand, and where, by place in the list of stores.
    stock: Option<(usize, i64)>,
}

/// The work on a file of products.
pub(super) struct Products {
    columns: Columns,
    rows: Vec<Draft>,
    shops: Vec<Shop>,
    dry: bool,
    /// SKUs that a dry run has seen.
    seen: HashSet<String>,
}

fn cell(row: &Row, column: Option<usize>) -> &str {
    let text = column.map_or("", |column| row.cell(column));
    if is_blank(text) { "" } else { text }
}

impl Products {
    pub(super) fn new(ground: &Ground, mapping: &Mapping) -> Self {
        let columns = Columns {
            sku: mapping.column("sku"),
            barcode: mapping.column("barcode"),
            name: mapping.column("name"),
            category: mapping.column("category"),
            price: mapping.column("price"),
            member_price: mapping.column("member_price"),
            cost: mapping.column("cost"),
            unit: mapping.column("unit"),
            brand: mapping.column("brand"),
            kind: mapping.column("kind"),
            code: mapping.column("code"),
            variant_name: mapping.column("variant_name"),
            state: mapping.column("state"),
            stock: mapping.column("stock"),
            store: mapping.column("store"),
        };
        Self { columns, rows: Vec::new(), shops: ground.shops.clone(), dry: false, seen: HashSet::new() }
    }

    pub(super) fn begin(&mut self, _run: Uuid, _resumed: bool, dry: bool) {
        self.dry = dry;
    }

    pub(super) fn clear(&mut self) {
        self.rows.clear();
    }

    pub(super) fn take(&mut self, ground: &Ground, index: usize, row: &Row) -> Result<()> {
        let columns = &self.columns;
        let money = |text: &str| -> Result<Money> {
            let number = Decimal::parse(text)?;
            if number.sign() < 0 {
                return Err(Error::invalid("price_negative", "prices and costs are not below zero"));
            }
            number.money(&ground.currency)
        };
        let name = cell(row, columns.name);
        if name.is_empty() {
            return Err(Error::invalid("name_missing", "the product has no name"));
        }
        let price = values::optional(cell(row, columns.price), money)?
            .ok_or_else(|| Error::invalid("price_missing", "the product has no price"))?;
        let barcodes = values::list(cell(row, columns.barcode));
        let sku = match (cell(row, columns.sku), barcodes.first()) {
            ("", Some(barcode)) => barcode.clone(),
            ("", None) => nameless(name),
            (sku, _) => sku.split_whitespace().collect::<Vec<_>>().join("_"),
        };
        let category = cell(row, columns.category);
        let category = category.split(['/', '>', '\\']).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let service = matches!(cell(row, columns.kind), "服务" | "项目" | "服务项目" | "service");
        let on_hand = values::optional(cell(row, columns.stock), |text| Decimal::parse(text)?.thousandths())?.filter(|_| !service);
        if on_hand.is_some_and(|milli| milli < 0) {
            return Err(Error::invalid("stock_negative", "there can't be less than nothing on hand"));
        }
        let off_sale = matches!(cell(row, columns.state), "停售" | "下架" | "已下架" | "停用" | "off_sale");
        let product = ImportProduct {
            code: cell(row, columns.code).split_whitespace().collect::<Vec<_>>().join("_"),
            variant_name: cell(row, columns.variant_name).to_owned(),
            off_sale,
            category,
            kind: if service { ProductKind::Service } else { ProductKind::Goods },
            unit: cell(row, columns.unit).to_owned(),
            brand: cell(row, columns.brand).to_owned(),
            barcodes,
            member_price: values::optional(cell(row, columns.member_price), money)?,
            cost: values::optional(cell(row, columns.cost), money)?,
            track_stock: columns.stock.is_some() && !service,
            ..ImportProduct::goods(&sku, name, price)
        };
        let store = cell(row, columns.store).to_owned();
        let stock = on_hand.map(|milli| Ok::<_, Error>((self.shop(ground, &store)?, milli))).transpose()?;
        self.rows.push(Draft { row: index, product, stock });
        Ok(())
    }

    fn shop(&mut self, ground: &Ground, name: &str) -> Result<usize> {
        let name = if name.is_empty() { ground.store.as_deref() } else { Some(name) };
        let missing =
            || Error::invalid("store_missing", "the row has stock and names no store, and the shop has several; say which with --store");
        let name = name.ok_or_else(missing)?;
        if let Some(index) = self.shops.iter().position(|shop| shop.name == name) {
            return Ok(index);
        }
        self.shops.push(Shop::wanted(name, &ground.zone)?);
        Ok(self.shops.len() - 1)
    }

    /// Rehearses the batch and takes it back: what the catalogue would refuse is known before anything is written.
    pub(super) async fn plan(&mut self, db: Option<&Db>, ground: &Ground) -> Result<Planned> {
        let mut planned = Planned::default();
        let Some(db) = db else {
            let fresh = self.rows.iter().filter(|draft| self.seen.insert(draft.product.sku.clone())).count();
            planned.counts.push(("products_new", i64::try_from(fresh).unwrap_or(i64::MAX)));
            return Ok(planned);
        };
        let rehearsed = Mutex::new(Vec::new());
        let input = (&*self, ground, &rehearsed);
        let ended = db
            .write(&input, |tx, (products, ground, rehearsed)| {
                Box::pin(async move {
                    let outcomes = products.import(tx, ground).await?;
                    *rehearsed.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = outcomes;
                    Err::<(), _>(Error::refused("rehearsal", "nothing of this is kept"))
                })
            })
            .await;
        if let Some(error) = ended.err().filter(|error| error.code() != "rehearsal") {
            return Err(error);
        }
        let outcomes = rehearsed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut refused = HashSet::new();
        for (Draft { row, product, .. }, outcome) in self.rows.iter().zip(outcomes) {
            let word = match outcome {
                Imported::Created(..) if self.dry && !self.seen.insert(product.sku.clone()) => "products_known",
                Imported::Created(..) => "products_new",
                Imported::Changed(..) => "products_changed",
                Imported::Same(..) => "products_same",
                Imported::Refused(error) => {
                    planned.refusals.push(Refusal { row: *row, error });
                    refused.insert(*row);
                    continue;
                }
            };
            planned.counts.push((word, 1));
        }
        self.rows.retain(|draft| !refused.contains(&draft.row));
        Ok(planned)
    }

    async fn import(&self, tx: &mut Tx, ground: &Ground) -> Result<Vec<Imported>> {
        let mut outcomes = Vec::with_capacity(self.rows.len());
        let products: Vec<ImportProduct> = self.rows.iter().map(|draft| draft.product.clone()).collect();
        for part in products.chunks(PRODUCTS_MAX) {
            outcomes.extend(product::import_many(tx, &ground.cx, part).await?);
        }
        Ok(outcomes)
    }

    pub(super) async fn write(&self, tx: &mut Tx, ground: &Ground) -> Result<Effects> {
        let shops = open_shops(tx, &ground.cx, &self.shops).await?;
        let mut made = HashMap::new();
        for (draft, outcome) in self.rows.iter().zip(self.import(tx, ground).await?) {
            match outcome {
                Imported::Refused(error) => return Err(error),
                Imported::Created(_, variant) => drop(made.insert(draft.product.sku.as_str(), variant)),
                Imported::Changed(..) | Imported::Same(..) => {}
            }
        }
        let mut counts: BTreeMap<usize, BTreeMap<Uuid, i64>> = BTreeMap::new();
        for draft in &self.rows {
            if let (Some((shop, milli)), Some(variant)) = (draft.stock, made.get(draft.product.sku.as_str())) {
                counts.entry(shop).or_default().insert(variant.0, milli);
            }
        }
        for (shop, variants) in counts {
            let store = shops[shop].id.ok_or_else(|| Error::internal("an import has lost a store"))?;
            let lines: Vec<CountLine> = variants.into_iter().map(|(variant, counted_milli)| CountLine { variant, counted_milli }).collect();
            for lines in lines.chunks(LINES_MAX) {
                let count = NewCount { id: None, store: store.0, note: "import".to_owned(), lines: lines.to_vec() };
                stock::count(tx, &ground.cx, &count).await?;
            }
        }
        Ok(Effects { shops, ..Effects::default() })
    }

    pub(super) fn committed(&mut self, effects: Effects) {
        self.shops = effects.shops;
    }

    pub(super) fn pretended(&mut self) {}
}

/// The code of goods that have none: from the name, so that the same list gives the same codes.
fn nameless(name: &str) -> String {
    let hash = Sha256::digest(name.as_bytes());
    hash.iter().take(6).fold("N-".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}
