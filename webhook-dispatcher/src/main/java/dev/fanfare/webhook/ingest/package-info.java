/// From Kafka's records to jobs, and from settled jobs to committed offsets. Knows lanes and the store by ports only.
@NullMarked
package dev.fanfare.webhook.ingest;

import org.jspecify.annotations.NullMarked;
