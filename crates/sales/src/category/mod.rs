//! Categories 商品分类: a tree, in which rules and lists mean a category with everything below it.
//!
//! A category knows the categories above it (`above`: their ids from the top down, joined by `/`);
//! its own path is that plus its id. Names are unique among the children of one parent. Moving a
//! category rewrites `above` in its whole subtree and the copy of the path that products keep, in
//! one transaction that locks the tree first, so no product ever has half of a move.
//!
//! A category goes away only when it is empty.
//!
//! Deliberately absent: a product in several categories, and a closure table; a merchant has at most
//! [`CATEGORIES_MAX`] categories, so whoever needs the tree reads all of it.

pub mod api;
pub mod model;
pub mod ops;
pub mod store;

pub use model::{CATEGORIES_MAX, Category, CategoryId};
