/// Who may do what: tokens, tickets and cookies become callers with grants, and which pages may ask. Knows no session
/// and no transport.
@NullMarked
package dev.fanfare.gateway.access;

import org.jspecify.annotations.NullMarked;
