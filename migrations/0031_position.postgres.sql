-- Below this position every transaction has ended: nothing can commit behind a reader's back. A
-- restored backup brings positions of another cluster; restoring makes this function, and the defaults
-- of the positions, count on from there.
CREATE FUNCTION position_horizon() RETURNS BIGINT LANGUAGE SQL STABLE AS 'SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)';
