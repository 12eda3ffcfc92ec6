-- One dialect for PostgreSQL and H2 in its PostgreSQL mode. Texts that are written often have a length, as H2 keeps
-- those without one as large objects, apart from their rows.

-- One row. Grows with every change of an endpoint, so that nodes notice, and events that were matched before are
-- matched again before they count as settled.
create table registry (
    id      smallint primary key,
    version bigint not null
);
insert into registry (id, version) values (1, 0);

create table endpoint (
    id               varchar(40) primary key,
    tenant           varchar(128) not null,
    settings         text not null,             -- JSON
    version          bigint not null,           -- its ETag
    registry_version bigint not null,           -- the registry's when this row last changed
    deleted          boolean not null,          -- kept for nodes that were away, removed after a day
    disabled_reason  varchar(64),
    paused_until     timestamp with time zone,
    failing_since    timestamp with time zone,
    allowed_rate     integer,
    created_at       timestamp with time zone not null,
    updated_at       timestamp with time zone not null
);
create index endpoint_registry_version on endpoint (registry_version);
create index endpoint_tenant on endpoint (tenant, id);

create table endpoint_secret (
    endpoint_id varchar(40) not null,
    id          varchar(40) not null,
    scheme      varchar(8) not null,
    key_id      varchar(64) not null,
    sealed      bytea not null,
    public_key  bytea not null,
    created_at  timestamp with time zone not null,
    expires_at  timestamp with time zone,
    primary key (endpoint_id, id)
);

-- Answers to requests that carried an Idempotency-Key.
create table idempotency (
    scope       varchar(200) not null,
    fingerprint varchar(64) not null,
    status      integer not null,
    etag        varchar(64) not null,
    body        text not null,
    created_at  timestamp with time zone not null,
    primary key (scope)
);
create index idempotency_created_at on idempotency (created_at);

-- Who works off the parked deliveries of which endpoints: an endpoint's shard is CRC32 of its id, modulo 64.
create table shard_lease (
    shard      integer primary key,
    owner      varchar(64) not null,
    epoch      bigint not null,                 -- grows with each change of owner
    expires_at timestamp with time zone not null
);
insert into shard_lease (shard, owner, epoch, expires_at)
select a.n + b.n, '', 0, timestamp with time zone '2000-01-01 00:00:00+00'
from (values (0), (1), (2), (3), (4), (5), (6), (7)) as a (n)
cross join (values (0), (8), (16), (24), (32), (40), (48), (56)) as b (n);

create table node (
    id      varchar(64) primary key,
    seen_at timestamp with time zone not null
);

-- Where a partition is to be read from if Kafka's group has lost its offsets. Partition -1: the topic is known, and
-- partitions that come later are read from their beginning.
create table frontier (
    topic_id    varchar(32) not null,
    partition_n integer not null,
    topic       varchar(249) not null,
    next_offset bigint not null,
    primary key (topic_id, partition_n)
);

-- The event of parked deliveries and dead letters, once for all endpoints.
create table payload (
    message_id  varchar(48) primary key,
    topic_id    varchar(32) not null,
    partition_n integer not null,
    offset_n    bigint not null,
    envelope    varchar(1000000) not null,      -- JSON: all of the event but its data, channels, tenant
    data        bytea,
    created_at  timestamp with time zone not null -- or last referred to by a new row
);
create index payload_created_at on payload (created_at);

create table parked (
    endpoint_id varchar(40) not null,
    message_id  varchar(48) not null,
    shard       integer not null,
    topic_id    varchar(32) not null,
    partition_n integer not null,
    offset_n    bigint not null,
    order_key   varchar(1024),                  -- the event's key, where the endpoint orders or conflates by it
    attempt     integer not null,               -- the next one, from 1
    trigger_by  varchar(16) not null,
    why         varchar(16) not null,
    due         timestamp with time zone not null,
    event_at    timestamp with time zone not null,
    parked_at   timestamp with time zone not null, -- first
    version     integer not null,               -- begins anywhere, grows with every change of this row
    primary key (endpoint_id, message_id)
);
create index parked_due on parked (shard, endpoint_id, due);
create index parked_position on parked (topic_id, partition_n, offset_n);
create index parked_key on parked (endpoint_id, order_key, topic_id, partition_n, offset_n);

-- Deliveries that ended without success.
create table ended (
    endpoint_id varchar(40) not null,
    message_id  varchar(48) not null,
    topic_id    varchar(32) not null,
    partition_n integer not null,
    offset_n    bigint not null,
    reason      varchar(32) not null,
    dead_letter boolean not null,
    attempts    integer not null,
    ended_at    timestamp with time zone not null,
    primary key (endpoint_id, message_id)
);
create index ended_position on ended (topic_id, partition_n, offset_n);
create index ended_at on ended (ended_at);

create table attempt (
    endpoint_id   varchar(40) not null,
    message_id    varchar(48) not null,
    id            bigint not null,              -- grows with time: microseconds since 1970, or a little more
    topic_id      varchar(32) not null,
    partition_n   integer not null,
    offset_n      bigint not null,
    number_n      integer not null,
    trigger_by    varchar(16) not null,
    started_at    timestamp with time zone not null,
    reason        varchar(32) not null,
    status        integer not null,
    detail        varchar(1000) not null,
    response_head varchar(4096) not null,
    dns_ms        integer not null,
    connect_ms    integer not null,
    tls_ms        integer not null,
    first_byte_ms integer not null,
    total_ms      integer not null,
    primary key (endpoint_id, message_id, id)
);
create index attempt_position on attempt (topic_id, partition_n, offset_n);
create index attempt_endpoint on attempt (endpoint_id, id);
create index attempt_started_at on attempt (started_at);

-- What is to be published to Kafka: dead letters and operational events.
create table outbox (
    id         bigint generated by default as identity primary key,
    topic_role varchar(16) not null,            -- dead-letter, operational
    key_text   varchar(1024) not null,
    body       bytea not null,
    headers    varchar(1000000) not null,       -- JSON object of texts
    created_at timestamp with time zone not null
);

create table replay (
    id           varchar(40) primary key,
    endpoint_id  varchar(40) not null,
    request      text not null,                 -- JSON
    state        varchar(16) not null,          -- running, done, cancelled, failed
    detail       text not null,
    matched      bigint not null,
    queued       bigint not null,
    progress     text not null,                 -- JSON: next offset by partition
    created_at   timestamp with time zone not null,
    updated_at   timestamp with time zone not null
);
create index replay_endpoint on replay (endpoint_id, created_at);
