/// A browser for the tests of pages and of clients in JavaScript. Knows nothing of what it shows.
@NullMarked
package dev.fanfare.browser;

import org.jspecify.annotations.NullMarked;
