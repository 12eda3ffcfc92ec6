/// How many nodes and brokers a load takes: arithmetic on what was measured. Knows nothing of running loads.
@NullMarked
package dev.fanfare.load.plan;

import org.jspecify.annotations.NullMarked;
