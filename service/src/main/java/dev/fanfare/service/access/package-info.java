/// Who is asking: bearer tokens of trusted issuers, verified. Knows no app: what a token allows is for the app to say.
@NullMarked
package dev.fanfare.service.access;

import org.jspecify.annotations.NullMarked;
