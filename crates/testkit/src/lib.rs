//! What tests are made of: a private PostgreSQL cluster that leaves nothing behind.

pub mod cluster;

pub use cluster::{Cluster, Settings};
