/// What the apps share: starting and stopping, names.
@NullMarked
package dev.fanfare.service;

import org.jspecify.annotations.NullMarked;
