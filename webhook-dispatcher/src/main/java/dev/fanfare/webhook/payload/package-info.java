/// What events look like as requests: body and headers, before they are signed. Knows endpoints' settings and
/// messages; knows no secret and no network.
@NullMarked
package dev.fanfare.webhook.payload;

import org.jspecify.annotations.NullMarked;
