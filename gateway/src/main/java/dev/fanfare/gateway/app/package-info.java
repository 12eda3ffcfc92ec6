/// The gateway as a program: reads the configuration and puts the parts together. The only package that sees
/// Helidon's `Config`, environment variables and system properties; nothing depends on it.
@NullMarked
package dev.fanfare.gateway.app;

import org.jspecify.annotations.NullMarked;
