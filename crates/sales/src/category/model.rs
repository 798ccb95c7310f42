//! The tree: paths, subtrees, moves.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Result, Uuid, id};
use utoipa::ToSchema;

id!(CategoryId, "A category of products.");

/// Most categories of a merchant.
pub const CATEGORIES_MAX: usize = 2_000;
/// Most levels of the tree.
pub const DEPTH_MAX: usize = 8;

/// A category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// The category above it; none at the top.
    pub parent: Option<CategoryId>,
    /// Its name, unique among its siblings.
    pub name: String,
    /// Where it stands among its siblings, smallest first.
    pub sort: i64,
    /// The ids from the top down, itself last.
    pub path: Vec<CategoryId>,
}

impl Category {
    /// The ids above it, joined by `/`.
    pub fn above(&self) -> String {
        join(&self.path[..self.path.len().saturating_sub(1)])
    }
    /// All ids of its path, joined by `/`.
    pub fn path_text(&self) -> String {
        join(&self.path)
    }
}

/// Ids joined by `/`.
pub fn join(ids: &[CategoryId]) -> String {
    ids.iter().map(|id| id.0.simple().to_string()).collect::<Vec<_>>().join("/")
}

/// The category and everything below it.
pub fn subtree(all: &[Category], id: CategoryId) -> Vec<CategoryId> {
    all.iter().filter(|category| category.path.contains(&id)).map(|category| category.id).collect()
}

/// The path of a new child of `parent`.
///
/// Errors: `category_not_found` for the parent, `category_too_deep`.
pub fn path_below(all: &[Category], parent: Option<CategoryId>, id: CategoryId) -> Result<Vec<CategoryId>> {
    let mut path = match parent {
        None => Vec::new(),
        Some(parent) => all.iter().find(|category| category.id == parent).ok_or_else(not_found)?.path.clone(),
    };
    path.push(id);
    if path.len() > DEPTH_MAX {
        return Err(Error::refused("category_too_deep", format!("a category has at most {DEPTH_MAX} levels")));
    }
    Ok(path)
}

/// Moves a category with its subtree below another one (or to the top): the categories whose path changes.
///
/// Errors: `category_not_found`, `category_too_deep`, `category_below_itself`.
pub fn moved(all: &[Category], id: CategoryId, parent: Option<CategoryId>) -> Result<Vec<Category>> {
    let root = all.iter().find(|category| category.id == id).ok_or_else(not_found)?;
    let below = subtree(all, id);
    if parent.is_some_and(|parent| below.contains(&parent)) {
        return Err(Error::refused("category_below_itself", "a category can't be moved below itself"));
    }
    if root.parent == parent {
        return Ok(Vec::new());
    }
    let head = path_below(all, parent, id)?;
    let cut = root.path.len();
    let mut changed = Vec::with_capacity(below.len());
    for category in all.iter().filter(|category| category.path.contains(&id)) {
        let path: Vec<CategoryId> = head.iter().chain(&category.path[cut..]).copied().collect();
        if path.len() > DEPTH_MAX {
            return Err(Error::refused("category_too_deep", format!("a category has at most {DEPTH_MAX} levels")));
        }
        let above = if category.id == id { parent } else { category.parent };
        changed.push(Category { path, parent: above, ..category.clone() });
    }
    Ok(changed)
}

/// The error of an id that names no category.
pub fn not_found() -> Error {
    Error::not_found("category_not_found", "there is no such category")
}

/// The parent of a path.
pub fn parent_of(path: &[CategoryId]) -> Option<CategoryId> {
    path.len().checked_sub(2).and_then(|at| path.get(at)).copied()
}

/// Reads ids joined by `/`.
pub fn split(path: &str) -> Vec<CategoryId> {
    path.split('/').filter_map(|id| Uuid::parse_str(id).ok()).map(CategoryId).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(path: &[u128]) -> Category {
        let path: Vec<CategoryId> = path.iter().map(|id| CategoryId(Uuid::from_u128(*id))).collect();
        Category { id: *path.last().unwrap(), parent: parent_of(&path), name: String::new(), sort: 0, path }
    }
    fn id(number: u128) -> CategoryId {
        CategoryId(Uuid::from_u128(number))
    }

    #[test]
    fn a_move_carries_the_whole_subtree_and_nothing_else() {
        let all = [category(&[1]), category(&[1, 2]), category(&[1, 2, 3]), category(&[1, 2, 3, 4]), category(&[1, 5]), category(&[6])];
        let changed = moved(&all, id(2), Some(id(6))).unwrap();
        let paths: Vec<String> = changed.iter().map(Category::path_text).collect();
        assert_eq!(paths, [join(&[id(6), id(2)]), join(&[id(6), id(2), id(3)]), join(&[id(6), id(2), id(3), id(4)])]);
        assert_eq!(changed[0].parent, Some(id(6)));
        assert_eq!(changed[1].parent, Some(id(2)));
        let top = moved(&all, id(3), None).unwrap();
        assert_eq!((top[0].parent, top[0].path.clone(), top[1].path.clone()), (None, vec![id(3)], vec![id(3), id(4)]));
        assert_eq!(subtree(&all, id(2)), [id(2), id(3), id(4)]);
    }

    #[test]
    fn a_move_below_itself_or_too_deep_is_refused() {
        let all: Vec<Category> = (1..=8).map(|depth| category(&(1..=depth).collect::<Vec<u128>>())).chain([category(&[9])]).collect();
        assert_eq!(moved(&all, id(2), Some(id(4))).unwrap_err().code(), "category_below_itself");
        assert_eq!(moved(&all, id(2), Some(id(2))).unwrap_err().code(), "category_below_itself");
        assert_eq!(moved(&all, id(1), Some(id(9))).unwrap_err().code(), "category_too_deep");
        assert_eq!(path_below(&all, Some(id(8)), id(10)).unwrap_err().code(), "category_too_deep");
        assert_eq!(moved(&all, id(77), None).unwrap_err().code(), "category_not_found");
        assert_eq!(moved(&all, id(2), Some(id(1))).unwrap(), []);
    }

    #[test]
    fn a_path_is_read_as_it_was_written() {
        let path = [id(1), id(2)];
        assert_eq!(split(&join(&path)), path);
        assert_eq!(split(""), []);
    }
}
