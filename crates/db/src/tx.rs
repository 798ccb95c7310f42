//! A transaction, or a reader, on either database.

use crate::{Row, Stmt, postgres, sqlite};
use shuke_kernel::{Error, Result};
use std::pin::Pin;

/// What a closure given to [`Db::write`](crate::Db::write) returns.
pub type Future<'t, T> = Pin<Box<dyn std::future::Future<Output = Result<T>> + Send + 't>>;

/// The handle that ops and stores work on. It never begins and never commits.
pub struct Tx(pub(crate) Inner);

pub(crate) enum Inner {
    Sqlite(sqlite::SqliteTx),
    Postgres(postgres::PgTx),
}

/// A statement failed and the closure answered Ok all the same: nothing is committed, on either database.
pub(crate) fn went_on() -> Error {
    Error::internal("a statement failed, and the transaction's closure went on as if it had not")
}

impl Tx {
    /// Which database this runs on, for the few statements that must differ.
    pub const fn kind(&self) -> crate::Kind {
        match &self.0 {
            Inner::Sqlite(_) => crate::Kind::Sqlite,
            Inner::Postgres(_) => crate::Kind::Postgres,
        }
    }

    /// All rows of a query.
    pub async fn rows(&mut self, stmt: Stmt) -> Result<Vec<Row>> {
        match &mut self.0 {
            Inner::Sqlite(tx) => tx.rows(&stmt),
            Inner::Postgres(tx) => tx.rows(&stmt).await,
        }
    }

    /// Shows all rows of a query one after another, none of them kept: for a table that doesn't fit into memory.
    pub async fn each(&mut self, stmt: Stmt, visit: &mut (dyn FnMut(&Row) -> Result<()> + Send)) -> Result<()> {
        match &mut self.0 {
            Inner::Sqlite(tx) => tx.each(&stmt, visit),
            Inner::Postgres(tx) => tx.each(&stmt, visit).await,
        }
    }

    /// The row of a query that has at most one.
    pub async fn row(&mut self, stmt: Stmt) -> Result<Option<Row>> {
        Ok(self.rows(stmt).await?.into_iter().next())
    }

    /// The row that must be there, or the error that says it isn't.
    pub async fn need(&mut self, stmt: Stmt, missing: impl FnOnce() -> Error) -> Result<Row> {
        self.row(stmt).await?.ok_or_else(missing)
    }

    /// Runs a write now and says how many rows it touched.
    pub async fn exec(&mut self, stmt: Stmt) -> Result<u64> {
        match &mut self.0 {
            Inner::Sqlite(tx) => tx.exec(&stmt),
            Inner::Postgres(tx) => tx.exec(&stmt).await,
        }
    }

    /// Runs queries that don't need each other's answers: one round trip on PostgreSQL.
    pub async fn all<const N: usize>(&mut self, stmts: [Stmt; N]) -> Result<[Vec<Row>; N]> {
        let answers = self.batch(&stmts).await?;
        <[Vec<Row>; N]>::try_from(answers).map_err(|_| Error::internal("a pipeline lost an answer"))
    }

    /// Like [`Tx::all`] for a number of queries that is known only at run time.
    pub async fn batch(&mut self, stmts: &[Stmt]) -> Result<Vec<Vec<Row>>> {
        match &mut self.0 {
            Inner::Sqlite(tx) => stmts.iter().map(|stmt| tx.rows(stmt)).collect(),
            Inner::Postgres(tx) => tx.all(stmts).await,
        }
    }

    /// Queues a write whose count nobody needs. On PostgreSQL it travels with the next statement or
    /// with COMMIT; on SQLite it runs at once. A constraint that refuses it refuses the transaction.
    pub async fn queue(&mut self, stmt: Stmt) -> Result<()> {
        match &mut self.0 {
            Inner::Sqlite(tx) => tx.exec(&stmt).map(|_| ()),
            Inner::Postgres(tx) => {
                tx.queue(stmt);
                Ok(())
            }
        }
    }

    /// Queues two writes that belong together and don't look at what the other writes: one statement on
    /// PostgreSQL, which locks the rows of the first before those of the second.
    pub async fn queue_both(&mut self, first: Stmt, second: Stmt) -> Result<()> {
        match &mut self.0 {
            Inner::Sqlite(tx) => {
                tx.exec(&first)?;
                tx.exec(&second).map(|_| ())
            }
            Inner::Postgres(tx) => {
                tx.queue(first.joined(second));
                Ok(())
            }
        }
    }
}
