//! Making, changing, moving and removing categories.

use super::model::{CATEGORIES_MAX, Category, CategoryId, moved, not_found, path_below};
use super::store;
use crate::fields;
use crate::product;
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::event::{self, Event};
use shuke_kernel::{Cx, Error, Result, Uuid};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A category to be made.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCategory {
    /// Its id, where the client makes it.
    #[serde(default)]
    pub id: Option<CategoryId>,
    /// The category above it; none at the top.
    #[serde(default)]
    pub parent: Option<CategoryId>,
    /// Its name, unique among its siblings, 1 to 200 characters.
    pub name: String,
    /// Where it stands among its siblings, smallest first.
    #[serde(default)]
    pub sort: i64,
}

/// What changes in a category; absent fields stay.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryPatch {
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Where it stands among its siblings.
    #[serde(default)]
    pub sort: Option<i64>,
    /// The category above it; `null` moves it to the top.
    #[serde(default, deserialize_with = "fields::patched")]
    #[schema(value_type = Option<CategoryId>)]
    pub parent: Option<Option<CategoryId>>,
}

/// Makes a category.
///
/// Errors: `category_not_found` for the parent, `category_name_taken`, `category_too_deep`, `categories_too_many`.
pub async fn create(tx: &mut Tx, cx: &Cx, new: &NewCategory) -> Result<Category> {
    let name = fields::name("/name", &new.name)?;
    store::lock_all(tx, cx.merchant).await?;
    let all = store::all(tx, cx.merchant).await?;
    room_for(&all, 1)?;
    let id = new.id.unwrap_or_else(|| cx.id());
    let category = Category { id, parent: new.parent, name, sort: new.sort, path: path_below(&all, new.parent, id)? };
    tx.queue(store::insert_stmt(cx, std::slice::from_ref(&category))).await?;
    event::append(tx, cx, &[Event::new("category.created", id, &category)]).await?;
    Ok(category)
}

fn room_for(all: &[Category], more: usize) -> Result<()> {
    if all.len() + more > CATEGORIES_MAX {
        return Err(Error::refused("categories_too_many", format!("a merchant has at most {CATEGORIES_MAX} categories")));
    }
    Ok(())
}

/// Renames, sorts or moves a category; a move takes its subtree and its products along.
///
/// Errors: `category_not_found`, `category_name_taken`, `category_below_itself`, `category_too_deep`.
pub async fn change(tx: &mut Tx, cx: &Cx, id: CategoryId, patch: &CategoryPatch) -> Result<Category> {
    store::lock_all(tx, cx.merchant).await?;
    let mut all = store::all(tx, cx.merchant).await?;
    let changed = match patch.parent {
        Some(parent) => moved(&all, id, parent)?,
        None => Vec::new(),
    };
    for category in &changed {
        if let Some(known) = all.iter_mut().find(|known| known.id == category.id) {
            known.clone_from(category);
        }
        if category.id != id {
            tx.queue(store::update_stmt(cx.merchant, category)).await?;
        }
    }
    let mut category = all.into_iter().find(|category| category.id == id).ok_or_else(not_found)?;
    if let Some(name) = &patch.name {
        category.name = fields::name("/name", name)?;
    }
    category.sort = patch.sort.unwrap_or(category.sort);
    tx.queue(store::update_stmt(cx.merchant, &category)).await?;
    for chunk in changed.chunks(100) {
        tx.queue(product::store::recategorise_stmt(cx.merchant, chunk)).await?;
    }
    event::append(tx, cx, &[Event::new("category.changed", id, &category)]).await?;
    Ok(category)
}

/// Removes an empty category.
///
/// Errors: `category_not_found`, `category_in_use` where categories or products are in it.
pub async fn remove(tx: &mut Tx, cx: &Cx, id: CategoryId) -> Result<()> {
    store::lock_all(tx, cx.merchant).await?;
    let all = store::all(tx, cx.merchant).await?;
    let category = all.iter().find(|category| category.id == id).ok_or_else(not_found)?;
    let filled = all.iter().any(|other| other.parent == Some(id)) || product::store::any_in(tx, cx.merchant, id).await?;
    if filled {
        return Err(Error::refused("category_in_use", "there are categories or products in this category; move them first"));
    }
    tx.queue(store::delete_stmt(cx.merchant, id)).await?;
    event::append(tx, cx, &[Event::new("category.removed", id, category)]).await
}

/// Finds or makes the categories with these names, from the top down; answers the category of each
/// path of names. At most three statements for any number of paths.
pub async fn ensure(tx: &mut Tx, cx: &Cx, paths: &[Vec<String>]) -> Result<BTreeMap<Vec<String>, Category>> {
    let mut known = BTreeMap::new();
    if paths.iter().all(Vec::is_empty) {
        return Ok(known);
    }
    store::lock_all(tx, cx.merchant).await?;
    let all = store::all(tx, cx.merchant).await?;
    let mut named: BTreeMap<(Option<CategoryId>, String), Category> =
        all.iter().map(|category| ((category.parent, category.name.clone()), category.clone())).collect();
    let mut made = Vec::new();
    for path in paths.iter().filter(|path| !path.is_empty()) {
        let mut at: Option<Category> = None;
        for name in path {
            let key = (at.as_ref().map(|category| category.id), name.clone());
            if !named.contains_key(&key) {
                let mut ids = at.map_or_else(Vec::new, |category| category.path);
                let id = CategoryId(cx.uuid());
                ids.push(id);
                if ids.len() > super::model::DEPTH_MAX {
                    return Err(Error::refused("category_too_deep", format!("a category has at most {} levels", super::model::DEPTH_MAX)));
                }
                let category = Category { id, parent: key.0, name: name.clone(), sort: 0, path: ids };
                made.push(category.clone());
                named.insert(key.clone(), category);
            }
            at = named.get(&key).cloned();
        }
        if let Some(category) = at {
            known.insert(path.clone(), category);
        }
    }
    room_for(&all, made.len())?;
    if !made.is_empty() {
        tx.queue(store::insert_stmt(cx, &made)).await?;
        let events: Vec<Event> = made.iter().map(|category| Event::new("category.created", category.id, category)).collect();
        event::append(tx, cx, &events).await?;
    }
    Ok(known)
}

/// The category and everything below it, for filters: empty where there is no such category.
pub async fn subtree(tx: &mut Tx, cx: &Cx, id: Uuid) -> Result<Vec<CategoryId>> {
    Ok(super::model::subtree(&store::all(tx, cx.merchant).await?, CategoryId(id)))
}
