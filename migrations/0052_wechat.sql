-- The merchant's WeChat official account, by which members' WeChat accounts are known. The secret is sealed.
CREATE TABLE wechat_account (
    merchant_id BIGINT NOT NULL,
    app_id TEXT NOT NULL,
    secret TEXT NOT NULL,
    api_url TEXT NOT NULL,
    open_url TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT wechat_account_pkey PRIMARY KEY (merchant_id) -- this merchant has an account already
);

-- Whose WeChat account an openid is: sealed, and found by a blind index. An openid holds for one app only.
CREATE TABLE member_wechat (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    app_id TEXT NOT NULL,
    openid_index TEXT NOT NULL,
    openid TEXT NOT NULL,
    linked_at BIGINT NOT NULL,
    CONSTRAINT member_wechat_pkey PRIMARY KEY (merchant_id, member_id), -- this member has linked a WeChat account already
    CONSTRAINT member_wechat_member_unknown FOREIGN KEY (merchant_id, member_id) REFERENCES member (merchant_id, id) -- there is no such member
);
CREATE UNIQUE INDEX member_wechat_taken ON member_wechat (merchant_id, openid_index); -- this WeChat account is linked to another member; unlink it there first
