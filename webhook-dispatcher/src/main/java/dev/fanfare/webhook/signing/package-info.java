/// Signatures by Standard Webhooks 1.0: the secrets, how they are kept, and what is signed with them. Knows endpoints
/// and their sealed secrets; knows no network and no store.
@NullMarked
package dev.fanfare.webhook.signing;

import org.jspecify.annotations.NullMarked;
