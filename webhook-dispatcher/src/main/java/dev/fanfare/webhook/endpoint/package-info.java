/// Who gets what, and how: endpoints with their settings, and the registry that matches events to them. Knows
/// `delivery` only.
@NullMarked
package dev.fanfare.webhook.endpoint;

import org.jspecify.annotations.NullMarked;
