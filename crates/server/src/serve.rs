//! Listening, the worker, and stopping without losing anything.

use crate::{insight, pages, upload, wiring};
use anyhow::{Context as _, Result};
use shuke_http::App;
use shuke_org::{message, webhook::courier};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long requests under way get to end after the signal to stop.
const STOP_S_MAX: u64 = 20;

/// What a server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Both
    All,
    /// Answers requests
    Api,
    /// Does the background work; answers only /healthz, /readyz and /metrics
    Worker,
}

/// A server that listens but does not answer yet.
pub struct Server {
    app: App,
    listener: TcpListener,
    role: Role,
}

impl Server {
    /// Takes the address.
    pub async fn bind(app: App, listen: SocketAddr, role: Role) -> Result<Self> {
        let listener = TcpListener::bind(listen).await.with_context(|| format!("listen on {listen}"))?;
        Ok(Self { app, listener, role })
    }

    /// The address that it listens on.
    pub fn address(&self) -> Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves until SIGINT or SIGTERM, lets what is under way end, and returns.
    pub async fn run(self) -> Result<()> {
        let address = self.address()?;
        for fault in self.app.db.durability_faults().await? {
            tracing::warn!(fault, "the database is not durable");
        }
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(async move {
            signal().await;
            tracing::info!("stopping");
            let _ = stop.send(true);
        });
        let worker = (self.role != Role::Api).then(|| {
            let (work, stopped) = (self.app.work(), stopped.clone());
            tokio::spawn(async move { wiring::runner().run_until(&work, until(stopped)).await })
        });
        let courier = (self.role != Role::Api).then(|| {
            let (app, stopped) = (self.app.clone(), stopped.clone());
            tokio::spawn(async move { courier::run_until(&app, until(stopped)).await })
        });
        let messenger = (self.role != Role::Api).then(|| {
            let (app, stopped) = (self.app.clone(), stopped.clone());
            tokio::spawn(async move { message::courier::run_until(&app, until(stopped)).await })
        });
        let importer = (self.role != Role::Api).then(|| {
            let (app, stopped) = (self.app.clone(), stopped.clone());
            tokio::spawn(async move { upload::courier::run_until(&app, until(stopped)).await })
        });
        let analyst = (self.role != Role::Api).then(|| {
            let (app, stopped) = (self.app.clone(), stopped.clone());
            tokio::spawn(async move { insight::courier::run_until(&app, until(stopped)).await })
        });
        let router = if self.role == Role::Worker { pages::operator(self.app.clone()) } else { wiring::router(self.app.clone()) };
        eprintln!("shuke listens on http://{address}");
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(self.listener, service).with_graceful_shutdown(until(stopped.clone()));
        let work = async {
            serving.await?;
            for task in [worker, courier, messenger, importer, analyst].into_iter().flatten() {
                task.await?;
            }
            anyhow::Ok(())
        };
        let late = async {
            until(stopped).await;
            tokio::time::sleep(Duration::from_secs(STOP_S_MAX)).await;
        };
        tokio::select! {
            outcome = work => outcome,
            () = late => {
                tracing::warn!("stopped with work under way; it rolls back");
                Ok(())
            }
        }
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // A sender that is gone has nothing more to say than stop.
    let _ = stopped.wait_for(|stop| *stop).await;
}

async fn signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signals) => drop(signals.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
