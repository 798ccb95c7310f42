//! The object store: a folder, S3, or memory.

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use shuke_kernel::{Error, Result};
use std::sync::Arc;

/// Where a lake's files are. A clone is the same shelf.
#[derive(Clone, Debug)]
pub struct Shelf {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
}

impl Default for Shelf {
    /// In memory, for tests and for commands that keep no lake.
    fn default() -> Self {
        Self { store: Arc::new(InMemory::new()), prefix: Path::default() }
    }
}

fn unusable(url: &str, error: impl std::fmt::Display) -> Error {
    Error::invalid("lake_unusable", format!("the lake can't be at {url:?}: {error}; name a folder, file:///path or s3://bucket/prefix"))
}

impl Shelf {
    /// A folder, which is made where it is not there.
    ///
    /// Errors: `lake_unusable`.
    pub fn folder(path: &std::path::Path) -> Result<Self> {
        let shown = path.display().to_string();
        std::fs::create_dir_all(path).map_err(|error| unusable(&shown, error))?;
        let store = LocalFileSystem::new_with_prefix(path).map_err(|error| unusable(&shown, error))?;
        Ok(Self { store: Arc::new(store), prefix: Path::default() })
    }

    /// What a URL names: `s3://bucket/prefix` (with the settings of `options`, such as `aws_access_key_id`,
    /// `aws_endpoint`, `aws_region`), `file:///path`, or a folder's path.
    ///
    /// Errors: `lake_unusable`.
    pub fn open(url: &str, options: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        if let Some(path) = url.strip_prefix("file://") {
            return Self::folder(std::path::Path::new(path));
        }
        if !url.contains("://") {
            return Self::folder(std::path::Path::new(url));
        }
        let parsed = url::Url::parse(url).map_err(|error| unusable(url, error))?;
        if parsed.scheme() != "s3" {
            return Err(unusable(url, "only folders and s3 are known"));
        }
        let (store, prefix) = object_store::parse_url_opts(&parsed, options).map_err(|error| unusable(url, error))?;
        Ok(Self { store: Arc::from(store), prefix })
    }

    fn at(&self, name: &str) -> Path {
        self.prefix.parts().chain(Path::from(name).parts()).collect()
    }

    /// Writes a file, whole or not at all.
    ///
    /// Errors: `lake_unreachable` (unavailable).
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        self.store.put(&self.at(name), PutPayload::from(bytes)).await.map(|_| ()).map_err(|error| unreachable(name, &error))
    }

    /// Reads a file.
    ///
    /// Errors: `lake_unreachable` (unavailable); `lake_file_gone` (not found) where it is not there.
    pub async fn get(&self, name: &str) -> Result<Bytes> {
        let failed = |error: object_store::Error| match error {
            object_store::Error::NotFound { .. } => {
                Error::not_found("lake_file_gone", "this file of the lake is no longer there; run the analysis again")
            }
            error => unreachable(name, &error),
        };
        self.store.get(&self.at(name)).await.map_err(failed)?.bytes().await.map_err(failed)
    }

    /// Removes a file; one that is not there is gone already.
    ///
    /// Errors: `lake_unreachable` (unavailable).
    pub async fn remove(&self, name: &str) -> Result<()> {
        match self.store.delete(&self.at(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unreachable(name, &error)),
        }
    }

    /// The names of all files below a folder.
    ///
    /// Errors: `lake_unreachable` (unavailable).
    pub async fn list(&self, folder: &str) -> Result<Vec<String>> {
        let found = self.store.list_with_delimiter(Some(&self.at(folder))).await.map_err(|error| unreachable(folder, &error))?;
        let own = |path: &Path| match path.prefix_match(&self.prefix) {
            Some(parts) => parts.collect::<Path>().to_string(),
            None => path.to_string(),
        };
        let mut names: Vec<String> = found.objects.iter().map(|meta| own(&meta.location)).collect();
        for below in found.common_prefixes {
            names.extend(Box::pin(self.list(&own(&below))).await?);
        }
        names.sort();
        Ok(names)
    }
}

fn unreachable(name: &str, error: &object_store::Error) -> Error {
    Error::unavailable("lake_unreachable", "the lake's store can't be reached now; try again soon").inside(format!("{name}: {error}"))
}
