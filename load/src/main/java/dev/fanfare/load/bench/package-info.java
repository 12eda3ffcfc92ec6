/// The table that compares push gateways on one machine: starts each server, runs the load tool against it as its own
/// process, and puts the figures side by side. Knows the servers by their command lines and public protocols only.
@NullMarked
package dev.fanfare.load.bench;

import org.jspecify.annotations.NullMarked;
