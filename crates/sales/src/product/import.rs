//! Products in bulk: found by code and SKU, made or brought up to date, a few statements a batch.

use super::model::{Product, ProductId, ProductKind, SaleState, Variant, VariantId, initials};
use super::ops::{VARIANTS_MAX, checked, open_stock};
use super::store;
use crate::category::{self, Category, CategoryId};
use crate::fields;
use shuke_db::Tx;
use shuke_jobs::event::{self, Event};
use shuke_kernel::{Cx, Error, MerchantId, Money, Result};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most rows of one batch.
pub const ROWS_MAX: usize = 500;

/// One row of a list of products: one variant. Rows with one `code` are variants of one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportProduct {
    /// The product's code; the SKU where it is empty.
    pub code: String,
    /// The variant's number.
    pub sku: String,
    /// The product's name.
    pub name: String,
    /// The variant's name beside it.
    pub variant_name: String,
    /// The names of its category, from the top down; empty leaves it as it is.
    pub category: Vec<String>,
    /// Goods or service.
    pub kind: ProductKind,
    /// 件, 罐, kg; empty leaves it as it is.
    pub unit: String,
    /// Its brand; empty leaves it as it is.
    pub brand: String,
    /// Barcodes to be added.
    pub barcodes: Vec<String>,
    /// Minor units for one piece.
    pub price: Money,
    /// The member price; none leaves it as it is.
    pub member_price: Option<Money>,
    /// The cost; none leaves it as it is.
    pub cost: Option<Money>,
    /// Whether it is counted; only where it is new.
    pub track_stock: bool,
    /// Whether it is not for sale; only where it is new.
    pub off_sale: bool,
}

impl ImportProduct {
    /// Goods with a code, a name and a price, not counted; the SKU is the code.
    pub fn goods(code: &str, name: &str, price: Money) -> Self {
        Self {
            code: code.to_owned(),
            sku: code.to_owned(),
            name: name.to_owned(),
            variant_name: String::new(),
            category: Vec::new(),
            kind: ProductKind::Goods,
            unit: String::new(),
            brand: String::new(),
            barcodes: Vec::new(),
            price,
            member_price: None,
            cost: None,
            track_stock: false,
            off_sale: false,
        }
    }
}

/// What became of a row.
#[derive(Debug)]
pub enum Imported {
    /// A new variant, perhaps of a new product.
    Created(ProductId, VariantId),
    /// It was there, and something changed.
    Changed(ProductId, VariantId),
    /// It was there as it is.
    Same(ProductId, VariantId),
    /// It was left out, with the reason.
    Refused(Error),
}

impl Imported {
    /// The variant, where there is one now.
    pub const fn variant(&self) -> Option<VariantId> {
        match self {
            Self::Created(_, variant) | Self::Changed(_, variant) | Self::Same(_, variant) => Some(*variant),
            Self::Refused(_) => None,
        }
    }
}

/// What the batch knows while it goes through its rows.
struct Batch {
    products: Vec<Product>,
    by_code: HashMap<String, usize>,
    by_sku: HashMap<String, (usize, usize)>,
    holders: BTreeMap<String, VariantId>,
    categories: BTreeMap<Vec<String>, Category>,
    /// Whose product a row of the batch has placed: the first one names it, so a list gives the same twice.
    placed: BTreeSet<usize>,
    touched_products: BTreeSet<usize>,
    touched_variants: BTreeSet<(usize, usize)>,
    opened: BTreeSet<(usize, usize)>,
    barcodes: Vec<(VariantId, String)>,
}

/// Brings up to [`ROWS_MAX`] rows in: those that can't be are left out with a reason, the others
/// are all written. Answers row by row.
///
/// Errors: `import_batch_too_large`; those of categories (`category_too_deep`, `categories_too_many`).
pub async fn import_many(tx: &mut Tx, cx: &Cx, rows: &[ImportProduct]) -> Result<Vec<Imported>> {
    if rows.len() > ROWS_MAX {
        return Err(Error::invalid("import_batch_too_large", format!("at most {ROWS_MAX} rows at once")));
    }
    let rows: Vec<Result<ImportProduct>> = rows.iter().map(parsed).collect();
    let good: Vec<&ImportProduct> = rows.iter().flatten().collect();
    if good.is_empty() {
        return Ok(rows.into_iter().filter_map(|row| row.err().map(Imported::Refused)).collect());
    }
    let mut batch = Batch::load(tx, cx, &good).await?;
    let outcomes = rows
        .into_iter()
        .map(|row| match row.and_then(|row| batch.take(cx, row)) {
            Ok(outcome) => outcome,
            Err(error) => Imported::Refused(error),
        })
        .collect();
    batch.write(tx, cx).await?;
    Ok(outcomes)
}

/// What a past order needs to know of a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sold {
    /// Its product.
    pub product: ProductId,
    /// The variant.
    pub variant: VariantId,
    /// What it is called.
    pub name: String,
}

/// The variants that have these SKUs, by SKU.
pub async fn sold(tx: &mut Tx, merchant: MerchantId, skus: &[&str]) -> Result<HashMap<String, Sold>> {
    let found = store::named_by_skus(tx, merchant, skus).await?;
    Ok(found.into_iter().map(|(sku, product, variant, name)| (sku, Sold { product, variant, name })).collect())
}

/// Reads a row at the door.
fn parsed(row: &ImportProduct) -> Result<ImportProduct> {
    let sku = fields::code("/sku", &row.sku)?;
    let code = if row.code.trim().is_empty() { sku.clone() } else { fields::code("/code", &row.code)? };
    fields::amount("/price", row.price)?;
    row.member_price.map(|price| fields::amount("/member_price", price)).transpose()?;
    row.cost.map(|cost| fields::amount("/cost", cost)).transpose()?;
    let category = row.category.iter().map(|name| fields::name("/category", name)).collect::<Result<Vec<_>>>()?;
    if category.len() > category::model::DEPTH_MAX {
        return Err(Error::refused("category_too_deep", format!("a category has at most {} levels", category::model::DEPTH_MAX)));
    }
    Ok(ImportProduct {
        code,
        sku,
        name: fields::name("/name", &row.name)?,
        variant_name: fields::note("/variant_name", &row.variant_name, fields::NAME_CHARS_MAX)?,
        category,
        unit: fields::note("/unit", &row.unit, fields::CODE_CHARS_MAX)?,
        brand: fields::note("/brand", &row.brand, fields::NAME_CHARS_MAX)?,
        barcodes: row.barcodes.iter().map(|barcode| fields::code("/barcodes", barcode)).collect::<Result<_>>()?,
        ..row.clone()
    })
}

impl Batch {
    async fn load(tx: &mut Tx, cx: &Cx, rows: &[&ImportProduct]) -> Result<Self> {
        let paths: Vec<Vec<String>> = rows.iter().map(|row| row.category.clone()).collect();
        let categories = category::ops::ensure(tx, cx, &paths).await?;
        let codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
        let skus: Vec<&str> = rows.iter().map(|row| row.sku.as_str()).collect();
        let barcodes: Vec<&str> = rows.iter().flat_map(|row| row.barcodes.iter().map(String::as_str)).collect();
        let products = store::by_codes_and_skus(tx, cx.merchant, &codes, &skus).await?;
        let holders = store::barcode_holders(tx, cx.merchant, &barcodes).await?;
        let mut batch = Self {
            by_code: products.iter().enumerate().map(|(at, product)| (product.code.clone(), at)).collect(),
            by_sku: HashMap::new(),
            products,
            holders,
            categories,
            placed: BTreeSet::new(),
            touched_products: BTreeSet::new(),
            touched_variants: BTreeSet::new(),
            opened: BTreeSet::new(),
            barcodes: Vec::new(),
        };
        for (at, product) in batch.products.iter().enumerate() {
            for (index, variant) in product.variants.iter().enumerate() {
                batch.by_sku.insert(variant.sku.clone(), (at, index));
            }
        }
        Ok(batch)
    }

    /// Finds or makes the row's product and variant, in memory.
    fn take(&mut self, cx: &Cx, row: ImportProduct) -> Result<Imported> {
        let found = self.by_sku.get(&row.sku).copied();
        if let Some((at, _)) = found
            && self.products[at].code != row.code
        {
            return Err(Error::conflict("variant_sku_taken", "another product has a variant with this SKU"));
        }
        let old = found.map(|(at, index)| self.products[at].variants[index].clone());
        let id = old.as_ref().map_or_else(|| cx.id(), |variant| variant.id);
        if row.barcodes.iter().any(|barcode| self.holders.get(barcode).is_some_and(|holder| *holder != id)) {
            return Err(Error::conflict("barcode_taken", "another variant has this barcode"));
        }
        let kind = self.by_code.get(&row.code).map_or(row.kind, |at| self.products[*at].kind);
        let product = self.by_code.get(&row.code).map_or_else(|| cx.id(), |at| self.products[*at].id);
        let variant = checked(brought_up(old.as_ref(), id, product, &row), kind, "")?;
        if old.is_none() && self.by_code.get(&row.code).is_some_and(|at| self.products[*at].variants.len() >= VARIANTS_MAX) {
            return Err(Error::refused("variants_out_of_range", format!("a product has at most {VARIANTS_MAX} variants")));
        }
        // From here on nothing can refuse the row.
        let changed_product = self.place(cx, product, &row);
        let at = self.by_code[&row.code];
        for barcode in &row.barcodes {
            if self.holders.insert(barcode.clone(), id).is_none() {
                self.barcodes.push((id, barcode.clone()));
            }
        }
        let changed = old.as_ref() != Some(&variant);
        let index = match found {
            Some((_, index)) => {
                self.products[at].variants[index] = variant;
                index
            }
            None => {
                self.products[at].variants.push(variant);
                self.products[at].variants.len() - 1
            }
        };
        if changed {
            self.touched_variants.insert((at, index));
        }
        if old.is_none() {
            self.by_sku.insert(row.sku, (at, index));
            self.opened.insert((at, index));
            return Ok(Imported::Created(product, id));
        }
        Ok(if changed || changed_product { Imported::Changed(product, id) } else { Imported::Same(product, id) })
    }

    /// Makes the row's product or brings it up to date; says whether anything changed.
    fn place(&mut self, cx: &Cx, id: ProductId, row: &ImportProduct) -> bool {
        let category = self.categories.get(&row.category).map(|category| category.id.0);
        let Some(at) = self.by_code.get(&row.code).copied() else {
            self.by_code.insert(row.code.clone(), self.products.len());
            self.placed.insert(self.products.len());
            self.touched_products.insert(self.products.len());
            self.products.push(Product {
                id,
                code: row.code.clone(),
                name: row.name.clone(),
                initials: initials(&row.name),
                category,
                kind: row.kind,
                unit: row.unit.clone(),
                brand: row.brand.clone(),
                tax_rate: None,
                special: false,
                state: SaleState::OnSale,
                created_at: cx.now,
                variants: Vec::new(),
            });
            return true;
        };
        if !self.placed.insert(at) {
            return false;
        }
        let product = &mut self.products[at];
        let old = (product.name.clone(), product.category, product.unit.clone(), product.brand.clone());
        product.name.clone_from(&row.name);
        product.initials = initials(&row.name);
        product.category = category.or(product.category);
        for (kept, given) in [(&mut product.unit, &row.unit), (&mut product.brand, &row.brand)] {
            if !given.is_empty() {
                kept.clone_from(given);
            }
        }
        let changed = old != (product.name.clone(), product.category, product.unit.clone(), product.brand.clone());
        if changed {
            self.touched_products.insert(at);
        }
        changed
    }

    async fn write(self, tx: &mut Tx, cx: &Cx) -> Result<()> {
        let by_id: BTreeMap<CategoryId, Category> = self.known_categories(tx, cx).await?;
        let category = |product: &Product| product.category.and_then(|id| by_id.get(&CategoryId(id)));
        let products: Vec<_> = self.touched_products.iter().map(|at| &self.products[*at]).collect();
        let variants: Vec<_> = self.touched_variants.iter().map(|(at, index)| &self.products[*at].variants[*index]).collect();
        if !products.is_empty() {
            let rows: Vec<_> = products.iter().map(|product| (*product, category(product))).collect();
            tx.queue(store::upsert_products_stmt(cx.merchant, &rows)).await?;
        }
        if !variants.is_empty() {
            tx.queue(store::upsert_variants_stmt(cx, &variants)?).await?;
        }
        if let Some(stmt) = store::insert_barcodes_stmt(cx.merchant, &self.barcodes) {
            tx.queue(stmt).await?;
        }
        open_stock(tx, cx, self.opened.iter().map(|(at, index)| &self.products[*at].variants[*index])).await?;
        let event = |product: &&Product| Event::new("product.imported", product.id, &serde_json::json!({ "code": product.code }));
        event::append(tx, cx, &products.iter().map(event).collect::<Vec<_>>()).await
    }

    /// The categories that products of the batch are in, those they were in before among them.
    async fn known_categories(&self, tx: &mut Tx, cx: &Cx) -> Result<BTreeMap<CategoryId, Category>> {
        let mut known: BTreeMap<CategoryId, Category> = self.categories.values().map(|category| (category.id, category.clone())).collect();
        let missing = |at: &usize| self.products[*at].category.is_some_and(|id| !known.contains_key(&CategoryId(id)));
        if self.touched_products.iter().any(missing) {
            category::store::lock_all(tx, cx.merchant).await?;
            known = category::store::all(tx, cx.merchant).await?.into_iter().map(|category| (category.id, category)).collect();
        }
        Ok(known)
    }
}

/// The row's variant, with what the row leaves out taken from what was there.
fn brought_up(old: Option<&Variant>, id: VariantId, product: ProductId, row: &ImportProduct) -> Variant {
    let fresh = Variant {
        id,
        product,
        sku: row.sku.clone(),
        name: row.variant_name.clone(),
        attributes: BTreeMap::new(),
        barcodes: row.barcodes.clone(),
        price: row.price,
        member_price: row.member_price,
        activity: None,
        cost: row.cost,
        track_stock: row.track_stock,
        oversell: false,
        duration_minutes: None,
        state: if row.off_sale { SaleState::OffSale } else { SaleState::OnSale },
    };
    let Some(old) = old else { return fresh };
    let mut variant = Variant {
        name: if row.variant_name.is_empty() { old.name.clone() } else { fresh.name },
        price: row.price,
        member_price: row.member_price.or(old.member_price),
        cost: row.cost.or(old.cost),
        ..old.clone()
    };
    variant.barcodes.extend(row.barcodes.iter().filter(|barcode| !old.barcodes.contains(barcode)).cloned());
    variant
}
