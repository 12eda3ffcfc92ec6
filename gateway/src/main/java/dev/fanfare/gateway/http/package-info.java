/// HTTP faces on Helidon: how requests are read and answered. Knows what each face serves and nothing behind it.
@NullMarked
package dev.fanfare.gateway.http;

import org.jspecify.annotations.NullMarked;
