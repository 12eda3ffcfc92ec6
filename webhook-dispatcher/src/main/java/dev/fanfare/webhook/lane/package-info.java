/// When which delivery of an endpoint is called: one lane per endpoint, so that none holds up another. Knows endpoints
/// and jobs; knows neither what a call is nor where jobs are parked.
@NullMarked
package dev.fanfare.webhook.lane;

import org.jspecify.annotations.NullMarked;
