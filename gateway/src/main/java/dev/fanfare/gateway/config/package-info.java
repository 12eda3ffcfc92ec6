/// Every setting of the gateway as immutable records in plain Java types: what it is, its unit and its default. Read
/// once at start by `app`; nothing here knows where the values come from.
@NullMarked
package dev.fanfare.gateway.config;

import org.jspecify.annotations.NullMarked;
