/// Many nodes as one: what they tell each other about their clients, in topics that each reads whole. Knows sessions;
/// knows no transport and nothing about how an operator asks.
@NullMarked
package dev.fanfare.gateway.cluster;

import org.jspecify.annotations.NullMarked;
