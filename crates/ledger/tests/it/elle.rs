//! Histories of members' ledgers under many clients, searched for anomalies as Elle does with lists that are
//! appended to (Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations",
//! VLDB 2020, section 4).
//!
//! A member's entries are a list; a transaction appends to some members and reads others. Whoever appends has
//! read the list before in the same transaction, so every version of a list is known with its predecessor.
//! From that follows what depends on what: a version on the one before (ww), a reader on the version that it
//! read (wr), the next version on who read the one before (rw); and what a client did later, on what it did
//! before. A cycle is an anomaly, whatever it is called: a dirty or lost write, a read skew, a write skew, a
//! client that doesn't see what it wrote.

use crate::support::{ALWAYS, MERCHANT, ledger, shop};
use futures::future::join_all;
use shuke_db::{Db, Tx, sql};
use shuke_kernel::{Cx, Random, Result, Uuid};
use shuke_ledger::AccountKind::Points;
use shuke_ledger::Journal;
use shuke_ledger::journal::ops::holdings;
use shuke_testkit::scenario;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const CLIENTS: u64 = 16;
const MEMBERS: u128 = 4;

/// What one transaction saw and did: of each member the entries that it saw, and what it appended.
#[derive(Clone, Debug, Default)]
struct Seen {
    client: u64,
    reads: BTreeMap<Uuid, BTreeSet<Uuid>>,
    appends: BTreeMap<Uuid, Uuid>,
}

async fn entries(tx: &mut Tx, member: Uuid) -> Result<BTreeSet<Uuid>> {
    let rows = tx.rows(sql!("SELECT source_id FROM transfer WHERE merchant_id = $1 AND member_id = $2", MERCHANT, member)).await?;
    let read: BTreeSet<Uuid> = rows.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    assert_eq!(read.len(), rows.len(), "an entry is there twice");
    Ok(read)
}

/// Reads some members in one snapshot.
async fn look(db: &Db, members: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, BTreeSet<Uuid>>> {
    db.snapshot(members, |tx, members| {
        Box::pin(async move {
            let mut reads = BTreeMap::new();
            for member in members.iter() {
                reads.insert(*member, entries(tx, *member).await?);
            }
            Ok(reads)
        })
    })
    .await
}

/// Reads some members and appends an entry to each, as everything that moves value does: accounts in the order of
/// their owners first.
async fn append(db: &Db, cx: &Cx, members: &BTreeSet<Uuid>) -> Result<Seen> {
    db.write(&(cx, members), |tx, (cx, members)| {
        Box::pin(async move {
            let mut held = Vec::new();
            for member in members.iter() {
                held.push(holdings(tx, cx, *member, true).await?);
            }
            let mut seen = Seen::default();
            for mut holdings in held {
                let (member, id) = (holdings.owner, cx.uuid());
                seen.reads.insert(member, entries(tx, member).await?);
                let mut journal = Journal::new("test", id, None);
                journal.grant(cx, &mut holdings, Points, 1, shop(Points, false), ALWAYS, "granted")?;
                journal.post(tx, cx, &[&holdings]).await?;
                seen.appends.insert(member, id);
            }
            Ok(seen)
        })
    })
    .await
}

async fn client(db: Db, cx: Cx, number: u64, rounds: u64) -> Vec<Seen> {
    let random = Random::seeded(number);
    let mut done = Vec::new();
    for _ in 0..rounds {
        let members: BTreeSet<Uuid> = (0..=random.below(2)).map(|_| Uuid::from_u128(1 + u128::from(random.below(4)) % MEMBERS)).collect();
        let seen = match random.below(5) {
            0 | 1 => Seen { reads: look(&db, &members).await.unwrap(), ..Seen::default() },
            _ => append(&db, &cx, &members).await.unwrap(),
        };
        done.push(Seen { client: number, ..seen });
    }
    done
}

/// Who depends on whom, by the place of their transactions.
fn dependencies(history: &[Seen]) -> std::result::Result<Vec<BTreeSet<usize>>, String> {
    // Each version of a member's list is as long as it is old; whoever appended has seen the one before.
    let mut versions: HashMap<(Uuid, usize), usize> = HashMap::new();
    let mut lists: BTreeMap<Uuid, BTreeMap<usize, Uuid>> = BTreeMap::new();
    for (place, seen) in history.iter().enumerate() {
        for (member, id) in &seen.appends {
            let length = seen.reads[member].len();
            if versions.insert((*member, length), place).is_some() {
                return Err(format!("two appended to the same state of {member}: an update was lost"));
            }
            lists.entry(*member).or_default().insert(length, *id);
        }
    }
    let mut after = vec![BTreeSet::new(); history.len()];
    let mut last: HashMap<u64, usize> = HashMap::new();
    for (place, seen) in history.iter().enumerate() {
        for (member, read) in &seen.reads {
            let list = lists.get(member);
            let prefix: BTreeSet<Uuid> =
                list.into_iter().flatten().take_while(|(length, _)| **length < read.len()).map(|(_, id)| *id).collect();
            if prefix != *read {
                return Err(format!("a read of {member} is no state that was: {} entries", read.len()));
            }
            if let Some(writer) = read.len().checked_sub(1).and_then(|version| versions.get(&(*member, version))) {
                after[*writer].insert(place);
            }
            if let Some(next) = versions.get(&(*member, read.len())).filter(|next| **next != place) {
                after[place].insert(*next);
            }
        }
        if let Some(before) = last.insert(seen.client, place) {
            after[before].insert(place);
        }
    }
    for (place, later) in after.iter_mut().enumerate() {
        later.remove(&place);
    }
    Ok(after)
}

/// A cycle, where there is one: whoever is left when all have gone who depend on nobody that is left.
fn cycle(after: &[BTreeSet<usize>]) -> Option<Vec<usize>> {
    let mut needs = vec![0; after.len()];
    for later in after.iter().flatten() {
        needs[*later] += 1;
    }
    let mut free: Vec<usize> = (0..after.len()).filter(|place| needs[*place] == 0).collect();
    let mut gone = 0;
    while let Some(place) = free.pop() {
        gone += 1;
        for later in &after[place] {
            needs[*later] -= 1;
            if needs[*later] == 0 {
                free.push(*later);
            }
        }
    }
    (gone < after.len()).then(|| (0..after.len()).filter(|place| needs[*place] > 0).collect())
}

fn anomaly(history: &[Seen]) -> Option<String> {
    match dependencies(history) {
        Err(found) => Some(found),
        Ok(after) => {
            cycle(&after).map(|places| format!("a cycle among {:?}", places.iter().map(|place| &history[*place]).collect::<Vec<_>>()))
        }
    }
}

scenario! {
    setup = ledger;

    /// An anomaly in the histories of four members, appended to and read by sixteen clients at once.
    async fn sixteen_clients_find_no_anomaly(ledger) {
        let rounds = if std::env::var_os("SHUKE_SOAK").is_some() { 500 } else { 25 };
        let cx = ledger.start();
        // The first entry makes a member's accounts: from then on there is something to wait for.
        let all: BTreeSet<Uuid> = (1..=MEMBERS).map(Uuid::from_u128).collect();
        let mut history = vec![Seen { client: CLIENTS, ..append(&ledger.db, &cx, &all).await.unwrap() }];
        let clients: Vec<_> = (0..CLIENTS).map(|number| tokio::spawn(client(ledger.db.handle(), cx.clone(), number, rounds))).collect();
        for done in join_all(clients).await {
            history.extend(done.unwrap());
        }
        history.push(Seen { client: CLIENTS, reads: look(&ledger.db, &all).await.unwrap(), ..Seen::default() });
        assert_eq!(anomaly(&history), None);
        let written: usize = history.iter().map(|seen| seen.appends.len()).sum();
        let kept: usize = history.last().unwrap().reads.values().map(BTreeSet::len).sum();
        assert_eq!(written, kept, "what was acknowledged is there, once, and nothing else");
        assert!(history.iter().filter(|seen| seen.reads.len() > 1).count() > 20, "transactions over several members are rare");
        ledger.verified().await;
    }
}

/// The search finds what it is there for: each of these histories has an anomaly.
#[test]
fn an_anomaly_is_found() {
    let member = |n: u128| Uuid::from_u128(n);
    let ids = |ids: &[u128]| ids.iter().map(|id| Uuid::from_u128(*id)).collect::<BTreeSet<Uuid>>();
    let seen = |client: u64, reads: &[(u128, &[u128])], appends: &[(u128, u128)]| Seen {
        client,
        reads: reads.iter().map(|(of, read)| (member(*of), ids(read))).collect(),
        appends: appends.iter().map(|(of, id)| (member(*of), Uuid::from_u128(*id))).collect(),
    };
    let first = seen(1, &[(1, &[]), (2, &[])], &[(1, 11), (2, 21)]);
    let good = [first.clone(), seen(2, &[(1, &[11]), (2, &[21])], &[]), seen(1, &[(1, &[11])], &[(1, 12)])];
    assert_eq!(anomaly(&good), None);
    let lost = [first.clone(), seen(2, &[(1, &[])], &[(1, 12)])];
    let dirty = [first.clone(), seen(2, &[(1, &[99])], &[])];
    let skew = [first.clone(), seen(2, &[(1, &[11]), (2, &[])], &[])];
    let stale = [first.clone(), seen(1, &[(1, &[])], &[])];
    let write_skew = [seen(1, &[(1, &[]), (2, &[])], &[(1, 11)]), seen(2, &[(1, &[]), (2, &[])], &[(2, 21)])];
    for history in [&lost[..], &dirty, &skew, &stale, &write_skew] {
        assert!(anomaly(history).is_some(), "{history:?}");
    }
}
