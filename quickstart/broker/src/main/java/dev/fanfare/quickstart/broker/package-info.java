/// A real Kafka broker inside a JVM, for the quickstart and for tests; never on a production classpath.
@NullMarked
package dev.fanfare.quickstart.broker;

import org.jspecify.annotations.NullMarked;
