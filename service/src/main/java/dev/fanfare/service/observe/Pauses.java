package dev.fanfare.service.observe;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/// How long the garbage collector has stopped everything: one histogram for the process, filled by a thread of the JVM.
final class Pauses {
    private static final List<Duration> BOUNDS = Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
            .map(Duration::ofMillis)
            .toList();

    static final Histogram ALL = new Histogram(BOUNDS);

    static {
        for (var collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (stopsAll(collector) && collector instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener(
                        (notification, _) -> {
                            if (notification.getUserData() instanceof CompositeData data) {
                                var collection = GarbageCollectionNotificationInfo.from(data);
                                ALL.record(collection.getGcInfo().getDuration(), 1);
                            }
                        },
                        notification -> GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION.equals(
                                notification.getType()),
                        null);
            }
        }
    }

    private Pauses() {}

    /// The cycles of ZGC and Shenandoah run beside the app; their pauses have a bean of their own.
    private static boolean stopsAll(GarbageCollectorMXBean collector) {
        return !collector.getName().endsWith("Cycles");
    }
}
