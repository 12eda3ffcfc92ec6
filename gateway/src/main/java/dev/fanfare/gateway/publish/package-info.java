/// Publishing for those without a Kafka client at hand: what is sent in becomes records, once, or an answer that says
/// why not. Knows `protocol`, `config` and Kafka's producer; knows no server and no transport.
@NullMarked
package dev.fanfare.gateway.publish;

import org.jspecify.annotations.NullMarked;
