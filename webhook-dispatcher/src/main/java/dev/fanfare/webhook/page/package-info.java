/// The pages for people, at `/portal/` and `/console/`: plain files from the archive, and how they are to look. What
/// they show they ask of the management API, which they know as any other client does.
@NullMarked
package dev.fanfare.webhook.page;

import org.jspecify.annotations.NullMarked;
