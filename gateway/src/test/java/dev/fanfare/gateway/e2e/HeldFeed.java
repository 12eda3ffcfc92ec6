package dev.fanfare.gateway.e2e;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// Holds back the feed of the gateways that are configured with it: what it has polled reaches it late. One at a time.
public final class HeldFeed implements ConsumerInterceptor<byte[], byte[]> {
    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final Condition CHANGED = LOCK.newCondition();
    private static boolean held;

    private boolean isFeed;

    /// Has a gateway's feed held back at times.
    static TestGateway.Setup configured(TestGateway.Setup setup) {
        return setup.kafka(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG, HeldFeed.class.getName());
    }

    static void hold(boolean back) {
        LOCK.lock();
        try {
            held = back;
            CHANGED.signalAll();
        } finally {
            LOCK.unlock();
        }
    }

    @Override
    public void configure(Map<String, ?> settings) {
        isFeed = Objects.equals(settings.get(ConsumerConfig.CLIENT_ID_CONFIG), "fanfare-feed");
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        LOCK.lock();
        try {
            while (isFeed && held) {
                CHANGED.awaitUninterruptibly();
            }
        } finally {
            LOCK.unlock();
        }
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        // nothing is committed
    }

    @Override
    public void close() {
        hold(false);
    }
}
