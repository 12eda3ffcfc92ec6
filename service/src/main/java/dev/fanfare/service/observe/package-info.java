/// An app's numbers in Helidon's registry of metrics.
@NullMarked
package dev.fanfare.service.observe;

import org.jspecify.annotations.NullMarked;
