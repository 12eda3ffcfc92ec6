/// Problems as HTTP answers (RFC 9457). Knows no app: each brings its own codes.
@NullMarked
package dev.fanfare.service.http;

import org.jspecify.annotations.NullMarked;
