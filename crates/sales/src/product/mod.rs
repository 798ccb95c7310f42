//! Products 商品: what a merchant sells, in variants that are scanned, priced and counted.
//!
//! A product has at least one variant; whoever asks for one size only makes one variant with an
//! empty name. Products and variants are made together in one call, change by PATCH, and are never
//! deleted: they go [`OffSale`](SaleState::OffSale), because orders and movements speak of them.
//!
//! Invariants, each held by a constraint: a product's code, a variant's SKU and a barcode are each
//! taken once per merchant; prices and costs are not below zero.
//!
//! A product keeps a copy of its category's path (`category_path`), so that the statement that every
//! sale runs ([`store::for_sale_stmt`]) reads no category; moving a category rewrites the copies.
//!
//! Deliberately absent: price lists by customer group (that is a tier's or an offer's work), bundles
//! (offers), pictures (they come with the online shop).

pub mod api;
pub mod import;
pub mod model;
pub mod ops;
pub mod store;

pub use import::{ImportProduct, Imported, Sold, import_many, sold};
pub use model::{ForSale, Product, ProductId, ProductKind, SaleState, TimedPrice, Variant, VariantId};
