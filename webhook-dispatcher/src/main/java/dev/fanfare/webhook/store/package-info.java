/// The dispatcher's SQL database: what the journal writes, and what is read back of it. One dialect for H2 (the
/// default,
/// a file) and PostgreSQL; the schema is in `db/migration`. Knows `delivery`, `endpoint` and `journal`; decides
/// nothing about deliveries.
@NullMarked
package dev.fanfare.webhook.store;

import org.jspecify.annotations.NullMarked;
