package dev.fanfare.load.run;

import dev.fanfare.load.hook.Endpoints;
import dev.fanfare.load.watch.Watched;
import java.time.Duration;
import java.util.Map;

/// What one run with webhooks does.
///
/// @param settings what the report says of it
/// @param url of the receiver, as the dispatcher reaches it
/// @param perSecond events on all channels together
/// @param warmUp events of this time are checked, but not measured; no endpoint fails
/// @param drain how long what was acknowledged may take to be accepted, behind the last event
/// @param exactlyOnce whether an event that comes again behind a 2xx is wrong
/// @param watched what of the dispatcher is looked at
public record HookPlan(
        Map<String, Object> settings,
        Endpoints endpoints,
        String url,
        double perSecond,
        Duration warmUp,
        Duration duration,
        Duration drain,
        boolean exactlyOnce,
        Watched watched) {}
