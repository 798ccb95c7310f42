-- A member who was merged into another stays as a row that leads there.
ALTER TABLE member ADD COLUMN merged_into UUID;
CREATE INDEX member_by_merged ON member (merchant_id, merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE member_merge (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    survivor_id UUID NOT NULL,
    absorbed_id UUID NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    undone_at BIGINT,
    undone_by TEXT,
    open_count BIGINT NOT NULL,
    CONSTRAINT member_merge_pkey PRIMARY KEY (merchant_id, id), -- a merge with this id is there already
    CONSTRAINT merge_undone CHECK (open_count >= 0) -- this merge was undone already
);
CREATE UNIQUE INDEX member_merged_already ON member_merge (merchant_id, absorbed_id) WHERE open_count > 0; -- this member was merged into another already
CREATE INDEX member_merge_by_survivor ON member_merge (merchant_id, survivor_id, at);

-- What each slice moved, as JSON that only it reads: enough to move it back.
CREATE TABLE member_merge_part (
    merchant_id BIGINT NOT NULL,
    merge_id UUID NOT NULL,
    part TEXT NOT NULL,
    kept TEXT NOT NULL,
    CONSTRAINT member_merge_part_pkey PRIMARY KEY (merchant_id, merge_id, part) -- this part is recorded already
);

-- An account that was merged away takes nothing any more: a sale that read it before is refused.
ALTER TABLE account ADD COLUMN is_closed BOOLEAN NOT NULL DEFAULT FALSE
    CONSTRAINT account_closed CHECK (NOT is_closed OR balance = 0); -- this member was merged into another meanwhile; identify the member again
