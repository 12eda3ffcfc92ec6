@NullMarked
package dev.fanfare.quickstart.receiver;

import org.jspecify.annotations.NullMarked;
