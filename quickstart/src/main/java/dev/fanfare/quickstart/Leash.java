package dev.fanfare.quickstart;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;

/// Runs another main class and ends it when standard input does.
///
/// The supervisor holds the other end of that pipe and never writes: the kernel closes it however the supervisor
/// ends,
/// `kill -9` included, so no child outlives it. Stands in front of a main class rather than inside it, because the
/// app is not to know that it is supervised.
public final class Leash {
    private static final Duration GRACE = Duration.ofSeconds(20);

    private Leash() {}

    /// Does what the other main class does, and returns or throws as it does.
    ///
    /// @param args the main class, then what it is given
    public static void main(String[] args) throws Throwable {
        Thread.ofPlatform().daemon().name("leash").start(Leash::watch);
        var main = Class.forName(args[0]).getDeclaredMethod("main", String[].class);
        main.setAccessible(true);
        var rest = new String[args.length - 1];
        System.arraycopy(args, 1, rest, 0, rest.length);
        try {
            main.invoke(null, (Object) rest);
        } catch (InvocationTargetException thrown) {
            throw thrown.getTargetException();
        }
    }

    private static void watch() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException broken) {
            // as good as its end
        }
        Thread.ofPlatform().daemon().name("leash-cut").start(Leash::cut);
        System.exit(0);
    }

    /// A shutdown hook that hangs must not keep an orphan alive.
    private static void cut() {
        try {
            Thread.sleep(GRACE);
        } catch (InterruptedException unwanted) {
            // halts early rather than never
        }
        Runtime.getRuntime().halt(1);
    }
}
