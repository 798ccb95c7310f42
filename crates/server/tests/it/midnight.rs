//! The work of the night runs once a local day of each merchant.

use crate::support::server;
use shuke_db::sql;
use shuke_org::fixture::{self, Plan};
use shuke_testkit::{TestApp, scenario};

/// The midnight jobs by merchant, date and state.
async fn nights(app: &TestApp) -> Vec<(i64, String, String)> {
    app.db()
        .read(&(), |tx, ()| {
            Box::pin(async move {
                let text = sql!("SELECT merchant_id, dedup_key, state FROM job WHERE kind = 'midnight' ORDER BY merchant_id, dedup_key");
                tx.rows(text).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
            })
        })
        .await
        .unwrap()
}

scenario! {
    setup = server;

    /// Each merchant's night comes when its own day begins, once.
    async fn each_local_day_has_one_night(app) {
        let shanghai = fixture::shop(&app.app).await.unwrap().merchant.0;
        let plan = Plan { zone: "America/New_York".to_owned(), ..Plan::default() };
        let new_york = fixture::planned(&app.app, &plan).await.unwrap().merchant.0;
        let night = |merchant: i64, date: &str| (merchant, date.to_owned(), "done".to_owned());
        // It is 10:00 on the 22nd in Shanghai, and still 21:00 on the 21st in New York.
        for _ in 0..3 {
            app.step().await;
            app.advance_ms(60_000);
        }
        app.step().await;
        assert_eq!(nights(&app).await, [night(shanghai, "2026-11-22"), night(new_york, "2026-11-21")]);
        // Four hours on it is the 22nd there too, and nothing new in Shanghai.
        app.advance_ms(4 * 3_600_000);
        app.step().await;
        app.step().await;
        assert_eq!(nights(&app).await.len(), 3);
        assert!(nights(&app).await.contains(&night(new_york, "2026-11-22")));
        // After a pause of a week the day that it is then is done, not each that was missed.
        app.advance_days(7);
        app.step().await;
        app.step().await;
        assert_eq!(nights(&app).await.len(), 5);
        assert!(nights(&app).await.contains(&night(shanghai, "2026-11-29")));
    }
}
