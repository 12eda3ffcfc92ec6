package dev.fanfare.gateway.app;

import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// What SIGTERM and SIGINT do: the first one stops the process as always, through its shutdown hooks; a second one,
/// while these still run, ends it at once. By itself the JVM ignores the second.
///
/// A signal that was ignored when the process began, as SIGINT is in the background of a shell, stays ignored. Where
/// the JVM does not give signals away (`-Xrs`) they do what they do there.
final class Signals {
    private static final System.Logger LOG = System.getLogger(Signals.class.getName());
    private static final int STATUS = 128; // plus the signal's number, as shells have it

    private final AtomicBoolean stopping = new AtomicBoolean();

    private record Stopping(String name, int number) {}

    private static final List<Stopping> STOPPING = List.of(new Stopping("INT", 2), new Stopping("TERM", 15));

    private Signals() {}

    /// To be called once.
    static void handle() {
        var signals = new Signals();
        try {
            for (var one : STOPPING) {
                signals.handle(one);
            }
        } catch (ReflectiveOperationException | RuntimeException notHere) {
            LOG.log(System.Logger.Level.DEBUG, "a second signal will not hasten the stop", notHere);
        }
    }

    /// `sun.misc.Signal` is what there is (JEP 260), and javac warns of it without a way to say that this is known.
    private void handle(Stopping one) throws ReflectiveOperationException {
        var type = Class.forName("sun.misc.Signal");
        var handlerType = Class.forName("sun.misc.SignalHandler");
        Runnable stop = () -> came(one);
        var run = MethodHandles.publicLookup()
                .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                .bindTo(stop);
        var handler = MethodHandleProxies.asInterfaceInstance(handlerType, MethodHandles.dropArguments(run, 0, type));
        type.getMethod("handle", type, handlerType)
                .invoke(null, type.getConstructor(String.class).newInstance(one.name), handler);
    }

    /// On a thread of the signal's own.
    private void came(Stopping signal) {
        int status = STATUS + signal.number;
        if (stopping.compareAndSet(false, true)) {
            System.exit(status);
        } else {
            LOG.log(System.Logger.Level.WARNING, "SIG{0} while stopping: ended at once", signal.name);
            Runtime.getRuntime().halt(status);
        }
    }
}
