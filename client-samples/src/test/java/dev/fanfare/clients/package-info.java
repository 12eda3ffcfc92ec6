/// The samples and the library in JavaScript, each run as its users run it, before a real gateway that is stopped and
/// killed under them. Sees the gateway through its public protocol only.
@NullMarked
package dev.fanfare.clients;

import org.jspecify.annotations.NullMarked;
