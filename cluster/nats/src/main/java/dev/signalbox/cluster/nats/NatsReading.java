package dev.signalbox.cluster.nats;

import dev.signalbox.cluster.nats.NatsStream.Stored;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads on in a topic's subject. The first messages are asked for one by one. Where more follow, a consumer at the server sends many of them for one
 * question, so that the round trips do not grow with what was missed. For one thread, which waits for the server; to be closed, for the server
 * keeps the consumer until then.
 */
final class NatsReading implements AutoCloseable {
    /** As many questions as a consumer costs. */
    private static final int SINGLE = 2;

    private final NatsStream stream;
    private final String topic;
    private final long most;
    private long after;
    private long read;
    private Optional<Stored> present = Optional.empty();
    private @Nullable NatsConsumer consumer;

    /**
     * Nothing is asked yet.
     *
     * @param after the messages of the topic that have a higher sequence than that
     * @param most how many will be wanted at most, about
     */
    NatsReading(NatsStream stream, String topic, long after, long most) {
        this.stream = stream;
        this.topic = topic;
        this.after = after;
        this.most = most;
    }

    /** The next message; empty if there is none now. */
    Optional<Stored> next() throws IOException, JetStreamApiException {
        present = read < SINGLE ? single() : fromConsumer();
        present.ifPresent(found -> {
            after = found.sequence();
            read++;
        });
        return present;
    }

    /** The message with this sequence, which must not be below that of the call before; empty if it is gone. */
    Optional<Stored> at(long sequence) throws IOException, JetStreamApiException {
        boolean hasMore = true;
        while (hasMore && after < sequence) {
            hasMore = next().isPresent();
        }
        return present.filter(found -> found.sequence() == sequence);
    }

    private Optional<Stored> single() throws IOException, JetStreamApiException {
        return stream.next(topic, after + 1);
    }

    /** The consumer may be where a replica lags: that nothing more is there only counts if the stream's leader says so. */
    private Optional<Stored> fromConsumer() throws IOException, JetStreamApiException {
        NatsConsumer from = consumer();
        Optional<Stored> next = from.next(most - read);
        while (next.isPresent() && next.get().sequence() <= after) {
            next = from.next(most - read);
        }
        return next.isPresent() ? next : single();
    }

    private NatsConsumer consumer() throws IOException, JetStreamApiException {
        NatsConsumer made = consumer;
        if (made == null) {
            made = stream.consumer(topic, after + 1);
            consumer = made;
        }
        return made;
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close();
        }
    }
}
