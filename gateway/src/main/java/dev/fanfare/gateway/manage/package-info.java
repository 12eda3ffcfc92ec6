/// The management API: what an operator sees of this node and does to it, over HTTP. Looks at sessions and channels
/// from outside; nobody but `app` knows it.
@NullMarked
package dev.fanfare.gateway.manage;

import org.jspecify.annotations.NullMarked;
