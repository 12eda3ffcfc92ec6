/// The calls: one HTTP client, what may be called, and what an answer means. Knows of a delivery only how a call ends;
/// no endpoint, no signature, no store.
@NullMarked
package dev.fanfare.webhook.http;

import org.jspecify.annotations.NullMarked;
