//! Looking for due work again and again, as the couriers of uploads and of analyses do.

use futures::future::BoxFuture;
use shuke_http::AppInner;
use shuke_kernel::Result;
use std::time::Duration;

/// What is looked for, and what is done about it.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// What it is about, for the log.
    pub about: &'static str,
    /// How long it is waited between two looks.
    pub pause: Duration,
    /// Whether any work is due.
    pub any: for<'a> fn(&'a AppInner) -> BoxFuture<'a, Result<bool>>,
    /// Does what is due; how much that was.
    pub work: for<'a> fn(&'a AppInner) -> BoxFuture<'a, Result<u64>>,
}

/// Does what is due whenever there is any, until the future that says stop is done. Errors are logged, and the work is
/// looked for again.
pub async fn look_until(app: &AppInner, due: Due, stop: impl Future<Output = ()> + Send) {
    let mut stop = std::pin::pin!(stop);
    loop {
        let round = async {
            let done = match (due.any)(app).await {
                Ok(true) => (due.work)(app).await,
                other => other.map(u64::from),
            };
            if let Err(error) = done {
                tracing::warn!(%error, about = due.about, "due work will be looked for again");
            }
            tokio::time::sleep(due.pause).await;
        };
        tokio::select! {
            () = &mut stop => return,
            () = round => {}
        }
    }
}
