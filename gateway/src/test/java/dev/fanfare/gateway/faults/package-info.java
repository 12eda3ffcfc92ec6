/// What becomes of clients when something around the gateway fails: Kafka, the network, a disk, the clock, an issuer,
/// or
/// a gateway itself. Each under load, with real processes, and with a checker that finds what is lost, doubled or out
/// of order.
@NullMarked
package dev.fanfare.gateway.faults;

import org.jspecify.annotations.NullMarked;
