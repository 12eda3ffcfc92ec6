-- A long backlog of one endpoint is read in its order, not sorted each time.
drop index parked_due;
create index parked_due on parked (shard, endpoint_id, due, partition_n, offset_n);
