/// Several gateways as one.
@NullMarked
package dev.fanfare.gateway.cluster;

import org.jspecify.annotations.NullMarked;
