-- Who may use the pages: links that open them once, and the sessions of those who have opened one. Of their tokens only
-- the hash is kept.
create table page_link (
    token_hash varchar(64) primary key,         -- SHA-256
    tenant     varchar(128),                    -- null: an operator's, for all tenants
    expires_at timestamp with time zone not null
);
create index page_link_expires_at on page_link (expires_at);

create table page_session (
    token_hash varchar(64) primary key,
    tenant     varchar(128),
    expires_at timestamp with time zone not null
);
create index page_session_expires_at on page_session (expires_at);
