package dev.fanfare.gateway.testing;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The virtual threads that serve connections of all listeners in this JVM.
///
/// The JDK's own list is asked for names and no stacks. A thread dump of HotSpot's takes those, and with JDK 25 has
/// crashed in the middle of one (`JVM_CreateThreadSnapshot`). Needs `--add-exports java.base/jdk.internal.vm`.
public final class ConnectionThreads {
    private ConnectionThreads() {}

    /// Those that there are now, by their ids.
    public static Set<Long> ids() {
        return all().filter(thread -> thread.isVirtual() && thread.getName().equals("connection"))
                .map(Thread::threadId)
                .collect(Collectors.toSet());
    }

    @SuppressWarnings("unchecked")
    private static Stream<Thread> all() {
        try {
            var root = Class.forName("jdk.internal.vm.ThreadContainers")
                    .getMethod("root")
                    .invoke(null);
            return (Stream<Thread>) Class.forName("jdk.internal.vm.ThreadContainer")
                    .getMethod("threads")
                    .invoke(root);
        } catch (ReflectiveOperationException other) {
            throw new LinkageError("this JDK lists its virtual threads otherwise", other);
        }
    }
}
