/// The management API as operators see it.
@NullMarked
package dev.fanfare.gateway.manage;

import org.jspecify.annotations.NullMarked;
