package dev.fanfare.load.run;

import dev.fanfare.load.client.Crowd;
import dev.fanfare.load.client.Target;
import dev.fanfare.load.watch.Watched;
import java.time.Duration;
import java.util.Map;

/// What one run does.
///
/// @param settings what the report says of it
/// @param perSecond events on all channels together
/// @param warmUp events of this time are checked, but not measured
/// @param drain how long what was acknowledged may take to come, behind the last event
/// @param connect how long sessions may take to be open, beyond what the connect rate says
/// @param disturbance what is done to the crowd's special sessions
/// @param watched what of the server is looked at
public record Plan(
        String scenario,
        Map<String, Object> settings,
        Target target,
        Crowd crowd,
        double perSecond,
        Duration warmUp,
        Duration duration,
        Duration drain,
        Duration connect,
        Disturbance disturbance,
        Watched watched) {}
