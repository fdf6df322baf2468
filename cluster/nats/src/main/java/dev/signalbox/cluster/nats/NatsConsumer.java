package dev.signalbox.cluster.nats;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.signalbox.cluster.nats.NatsStream.Stored;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.PullRequestOptions;
import io.nats.client.Subscription;
import io.nats.client.impl.NatsJetStreamMetaData;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer at the server: it sends a subject's messages in their order, many for one question. Nothing is acknowledged. The server forgets it once it
 * is closed, or has not been asked for a while. For one thread, which waits for the server.
 */
final class NatsConsumer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NatsConsumer.class);

    /** What one question brings: so many messages, and no more than so many bytes of them. */
    private static final int MOST = 256;

    private static final int MOST_BYTES = 4 << 20;

    private final Connection connection;
    private final Duration silence;
    /** The stream's name, a dot, and the consumer's own. */
    private final String name;

    private final Subscription inbox;
    /** Messages that the server has for it, as far as it has told. */
    private long pending;
    /** Messages that the last question may still bring. */
    private long underWay;
    /** Messages that have come. */
    private long count;

    /** {@code pending} is how many messages there were for it when it was made. */
    NatsConsumer(Connection connection, Duration silence, String name, long pending) {
        this.connection = connection;
        this.silence = silence;
        this.name = name;
        this.pending = pending;
        this.inbox = connection.subscribe(connection.createInbox());
    }

    /**
     * The next message; empty if the server has none, or does not answer.
     *
     * @param most how many will be wanted, this one included
     * @throws IOException if one was lost on its way
     */
    Optional<Stored> next(long most) throws IOException {
        if (underWay == 0) {
            ask(Math.clamp(Math.min(pending, most), 1, MOST));
        }
        Message message = take();
        if (message == null || message.isStatusMessage()) {
            LOG.debug("{} has nothing more: {}", name, message == null ? "silence" : message.getStatus());
            underWay = 0;
            return Optional.empty();
        }
        return Optional.of(arrived(message));
    }

    /** The server says nothing once it has sent all that it has, so no more than that is asked for. */
    private void ask(int messages) {
        String wish =
                PullRequestOptions.noWait(messages).maxBytes(MOST_BYTES).build().toJson();
        connection.publish("$JS.API.CONSUMER.MSG.NEXT." + name, inbox.getSubject(), wish.getBytes(US_ASCII));
        underWay = messages;
    }

    private @Nullable Message take() throws IOException {
        try {
            return inbox.nextMessage(silence);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the server is asked", e);
        }
    }

    private Stored arrived(Message message) throws IOException {
        NatsJetStreamMetaData place = message.metaData();
        count++;
        underWay--;
        pending = place.pendingCount();
        if (place.consumerSequence() != count) {
            throw new IOException("message " + count + " of " + name + " was lost on its way");
        }
        return new Stored(place.streamSequence(), NatsBatch.decode(message.getData()));
    }

    /** Does not wait for the server: if it does not hear that, it forgets the consumer by itself. */
    @Override
    public void close() {
        inbox.unsubscribe();
        var _ = connection.requestWithTimeout("$JS.API.CONSUMER.DELETE." + name, new byte[0], silence);
    }
}
