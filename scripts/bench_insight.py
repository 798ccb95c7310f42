"""The other side of bench-insight.sh: runs each peer and ours on the same file and prints the ratios."""

import csv
import gzip
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from datetime import date

warnings.filterwarnings("ignore")
BENCH, REFERENCE, HOME = os.environ["BENCH"], os.environ["REFERENCE"], os.environ["HOME_OF_BENCH"]
ORDERS = int(float(os.environ["MILLIONS"]) * 1_000_000)


def ours(*arguments, threads=1):
    environment = dict(os.environ, RAYON_NUM_THREADS=str(threads))
    return json.loads(subprocess.run([BENCH, *arguments], check=True, capture_output=True, env=environment).stdout)


def cpu(run):
    before = resource.getrusage(resource.RUSAGE_SELF)
    result = run()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return result, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cdnow():
    end = date(1997, 9, 30).toordinal()
    days = {}
    for line in open(f"{REFERENCE}/CDNOW_master.txt"):
        customer, day, *_ = line.split()
        if not day.isdigit():
            continue  # the header
        number = date(int(day[:4]), int(day[4:6]), int(day[6:])).toordinal()
        if number <= end:
            days.setdefault(customer, set()).add(number)
    return [(c, len(d) - 1, (max(d) - min(d)) / 7, (end - min(d)) / 7) for c, d in days.items()]


def simulated(n):
    import numpy

    dice = numpy.random.default_rng(1)
    age = dice.integers(27 * 7, 39 * 7, n) / 7
    rate, leave = dice.gamma(0.25, 1 / 4.4, n), dice.beta(0.8, 2.4, n)
    x, last, at, here = numpy.zeros(n, int), numpy.zeros(n), numpy.zeros(n), numpy.ones(n, bool)
    while here.any():
        at[here] += dice.exponential(1, here.sum()) / rate[here]
        here &= at < age
        x[here] += 1
        last[here] = at[here]
        here &= dice.random(n) > leave
    return [(i, int(a), round(b * 7) / 7, c) for i, (a, b, c) in enumerate(zip(x, last, age))]


def sample():
    """The 1/10 sample that the papers use."""
    end = date(1997, 9, 30).toordinal()
    days = {}
    for line in open(f"{REFERENCE}/CDNOW_sample.txt"):
        _, customer, day, *_ = line.split()
        number = date(int(day[:4]), int(day[4:6]), int(day[6:])).toordinal()
        if number <= end:
            days.setdefault(customer, set()).add(number)
    return [(c, len(d) - 1, (max(d) - min(d)) / 7, (end - min(d)) / 7) for c, d in days.items()]


def fits():
    import numpy
    from lifetimes import BetaGeoFitter, ParetoNBDFitter

    cases = [("CDNOW sample", sample(), True), ("CDNOW", cdnow(), True), ("a million simulated", simulated(1_000_000), False)]
    for name, rows, both in cases:
        path = f"{HOME}/fit.csv"
        with open(path, "w", newline="") as out:
            csv.writer(out).writerows([("id", "x", "t_x", "T"), *rows])
        mine = ours("fit", path)
        x, last, age = (numpy.array(column) for column in list(zip(*rows))[1:])
        for label, fitter, key in [("BG/NBD", BetaGeoFitter, "bg_nbd"), ("Pareto/NBD", ParetoNBDFitter, "pareto_nbd")][: 2 if both else 1]:
            model = fitter()
            _, seconds = cpu(lambda: model.fit(x, last, age))
            # Its own figure is of scaled times; this is the likelihood at its parameters.
            theirs = ours("at", path, label[:2], *(repr(float(p)) for p in model.params_))["log_likelihood"]
            print(
                f"{label:11} {name:20} lifetimes {seconds:8.3f} s  log-likelihood {theirs:14.4f}   "
                f"ours {mine[key]['cpu_s']:8.4f} s  {mine[key]['log_likelihood']:14.4f}   {seconds / mine[key]['cpu_s']:7.1f} times as fast",
                flush=True,
            )
        if name == "CDNOW sample":
            print(f"  {ours('again', path, '1000')}", flush=True)


def sets():
    import fim

    baskets = {}
    with gzip.open(f"{REFERENCE}/online_retail.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["CustomerID"] and not row["InvoiceNo"].startswith("C") and int(row["Quantity"]) > 0 and float(row["UnitPrice"]) > 0:
                baskets.setdefault(row["InvoiceNo"], set()).add(row["StockCode"].replace(" ", "_"))
    rows = [sorted(items) for items in baskets.values()]
    path = f"{HOME}/baskets.txt"
    open(path, "w").write("\n".join(" ".join(row) for row in rows))
    best_of = lambda run, times=7: min(cpu(run)[1] for _ in range(times))
    # Mining only: Borgelt's programs count the sets without making Python lists of them (report "#"), and what it takes them
    # to read Python's lists of baskets, seen where next to nothing is frequent, is taken off. Ours makes all sets.
    miners = [("FP-growth", fim.fpgrowth), ("Eclat", fim.eclat)]
    reading = {name: best_of(lambda run=run: run(rows, target="s", supp=100, report="#")) for name, run in miners}
    for share in (0.01, 0.005, 0.003, 0.002, 0.001):
        taken = {}
        for name, run in miners:
            taken[name] = best_of(lambda run=run: run(rows, target="s", supp=share * 100, zmin=1, report="#")) - reading[name]
        count = len(fim.eclat(rows, target="s", supp=share * 100, zmin=1))
        seconds = min(taken.values())
        one, two = ours("sets", path, str(share)), ours("sets", path, str(share), threads=2)
        print(
            f"sets at {share * 100:.1f} %  {count} by FP-growth in {taken['FP-growth']:.4f} s, by Eclat in {taken['Eclat']:.4f} s   "
            f"ours {one['sets']} in {one['cpu_s']:.4f} s: {one['cpu_s'] / seconds:.2f} of the better; two threads {two['wall_s']:.4f} s by the clock",
            flush=True,
        )


FIVE = """
CREATE TEMP TABLE m AS SELECT member, count(*) f, sum(amount_minor) m, max(day) last, min(day) first FROM o GROUP BY member;
SELECT sum(r*100+f*10+m) FROM (SELECT ntile(5) OVER (ORDER BY last, member) r, ntile(5) OVER (ORDER BY f, member) f,
  ntile(5) OVER (ORDER BY m, member) m FROM m);
SELECT count(*) FILTER (last >= DATE '2025-10-01'), count(*) FILTER (last < DATE '2025-10-01') FROM m;
SELECT count(*) FROM (SELECT sum(m) OVER (ORDER BY m DESC, member) c, sum(m) OVER () t FROM m) WHERE c < 0.8 * t;
SELECT count(*) FROM (SELECT date_trunc('month', first) c, date_trunc('month', day) d, count(DISTINCT o.member) FROM o JOIN m USING (member) GROUP BY 1, 2);
SELECT quantile_disc(gap, 0.5) FROM (SELECT day - lag(day) OVER (PARTITION BY member ORDER BY day) gap FROM o) WHERE gap IS NOT NULL;
"""


def five():
    import duckdb

    path = os.environ.get("ORDERS") or f"{HOME}/orders.parquet"
    if not os.path.exists(path):
        make_orders(duckdb, path)
    mine = ours("five", path, threads=2)
    connection = duckdb.connect(f"{HOME}/five.db", config={"threads": 2, "memory_limit": "8GB"})

    def run():
        connection.execute(f"CREATE VIEW o AS SELECT * FROM read_parquet('{path}')")
        return [connection.execute(query).fetchall() for query in FIVE.split(";") if query.strip()]

    answers, seconds = cpu(run)
    print(
        f"five questions on {ORDERS / 1e6:.0f} million orders of {mine['members']} members: DuckDB {seconds:.1f} s, ours {mine['cpu_s']:.1f} s "
        f"({seconds / mine['cpu_s']:.1f} times less CPU time, {mine['peak_mb']:.0f} MB; reading {mine['cpu_reading_s']:.1f} s); "
        f"scores {answers[1][0][0]} and {mine['scores']}, median gap {answers[5][0][0]} and {mine['median_gap']}, "
        f"for 80 % {answers[3][0][0] + 1} and {mine['for_eighty']}",
        flush=True,
    )


def make_orders(duckdb, path):
    """Orders in the order of time over three years, a tenth as many members as orders, some of whom come far more often."""
    members = max(ORDERS // 10, 1000)
    make = duckdb.connect(f"{HOME}/make.db", config={"threads": 2, "memory_limit": "6GB"})
    make.execute(
        f"""COPY (SELECT (random() * random() * {members})::BIGINT AS member,
        DATE '2023-01-01' + (i * 1096 // {ORDERS})::INTEGER AS day, (500 + random() * 30000)::BIGINT AS amount_minor
        FROM range({ORDERS}) t(i)) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"""
    )
    make.close()


for part in sys.argv[1:] or ["fits", "sets", "five"]:
    {"fits": fits, "sets": sets, "five": five}[part]()
