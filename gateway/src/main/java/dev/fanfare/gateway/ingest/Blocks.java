package dev.fanfare.gateway.ingest;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// What was read of Kafka last, up to so many bytes. What has not been asked for for the longest goes first: those who
/// walk through the log walk forward, and a cache that favours what is asked for often would keep what lies behind
/// them, and lose what they need next.
///
/// Threads: everything may be called by any thread. What is being read counts for nothing and stays.
///
/// @param <K> which block
/// @param <V> what is in it
final class Blocks<K, V> {
    private final long bytesMax;
    private final ToLongFunction<V> weigher;

    @GuardedBy("this")
    private final LinkedHashMap<K, Block<V>> byUse = new LinkedHashMap<>(16, 0.75f, true);

    @GuardedBy("this")
    private long bytes;

    /// One block; owned by this class's lock.
    private static final class Block<V> {
        CompletableFuture<V> content = new CompletableFuture<>();
        long bytes; // 0 while it is being read
    }

    /// @param weigher the bytes of a block that was read
    Blocks(long bytesMax, ToLongFunction<V> weigher) {
        this.bytesMax = bytesMax;
        this.weigher = weigher;
    }

    synchronized boolean has(K key) {
        return byUse.containsKey(key);
    }

    /// The block, which somebody else may be reading at the moment. One that could not be read is not kept.
    ///
    /// @param read begins to read the block
    synchronized CompletableFuture<V> get(K key, Supplier<CompletableFuture<V>> read) {
        var known = byUse.get(key);
        if (known != null) {
            return known.content;
        }
        var block = new Block<V>();
        byUse.put(key, block);
        block.content = read.get().whenComplete((content, _) -> done(key, block, content));
        return block.content;
    }

    private synchronized void done(K key, Block<V> block, @Nullable V content) {
        if (content == null) {
            byUse.remove(key, block);
        } else if (block.equals(byUse.get(key))) { // not removed meanwhile
            block.bytes = weigher.applyAsLong(content);
            bytes += block.bytes;
            for (var oldest = byUse.values().iterator(); bytes > bytesMax && oldest.hasNext(); ) {
                long freed = oldest.next().bytes;
                if (freed > 0) {
                    bytes -= freed;
                    oldest.remove();
                }
            }
        }
    }

    /// Forgets a block if it has this very content.
    @SuppressWarnings("ReferenceEquality")
    synchronized void remove(K key, CompletableFuture<V> content) {
        var block = byUse.get(key);
        if (block != null && block.content == content) {
            byUse.remove(key);
            bytes -= block.bytes;
        }
    }
}
