package dev.signalbox.cluster.nats;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.PublishOptions;
import io.nats.client.PurgeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * The stream of a cluster's topics, over one connection. Every question goes to the stream's leader, never to a replica that may lag; only what a
 * {@link NatsConsumer} brings may be behind. Thread-safe; each call waits for the answer, for as long as a server may be silent.
 */
final class NatsStream {
    private static final int NO_MESSAGE = 10_037;
    private static final int NO_STREAM = 10_059;
    private static final int WRONG_LAST_SEQUENCE = 10_071;

    /** How long a topic is remembered beyond what it keeps. */
    private static final Duration FORGET = Duration.ofDays(1);

    /** How long the server keeps a consumer that nobody asks: a node may die while it reads. */
    private static final Duration UNUSED = Duration.ofMinutes(1);

    private final Connection connection;
    private final Duration silence;
    private final String prefix;
    private final String name;
    private final JetStream publishing;
    private final JetStreamManagement managing;
    /** The stream keeps messages for this long at least; zero until that is known. */
    private volatile Duration keeps = Duration.ZERO;

    /** A message of a subject. {@code batch} is empty if it is none. */
    record Stored(long sequence, Optional<NatsBatch> batch) {}

    NatsStream(Connection connection, NatsLinkOptions options) throws IOException {
        this.connection = connection;
        this.silence = options.silence();
        this.prefix = options.prefix();
        this.name = prefix.replace('.', '_') + "_history";
        JetStreamOptions patience =
                JetStreamOptions.builder().requestTimeout(silence).build();
        this.publishing = connection.jetStream(patience);
        this.managing = connection.jetStreamManagement(patience);
    }

    /** One token, whatever dots the topic's name has. A comma is in no topic's name. */
    private String subject(String topic) {
        return prefix + ".history." + topic.replace('.', ',');
    }

    /** Makes the stream, or has it keep messages for longer, if need be. */
    void require(Duration age) throws IOException, JetStreamApiException {
        Duration wanted = age.plus(FORGET);
        if (keeps.compareTo(wanted) >= 0) {
            return;
        }
        StreamConfiguration present = present(wanted).getConfiguration();
        boolean isForever = present.getMaxAge().isZero();
        if (!isForever && present.getMaxAge().compareTo(wanted) < 0) {
            managing.updateStream(
                    StreamConfiguration.builder(present).maxAge(wanted).build());
        }
        keeps = wanted;
    }

    private StreamInfo present(Duration age) throws IOException, JetStreamApiException {
        try {
            return managing.getStreamInfo(name);
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != NO_STREAM) {
                throw e;
            }
            // Another node may make it at the same time, with the same settings: that is no error.
            return managing.addStream(StreamConfiguration.builder()
                    .name(name)
                    .description("what the topics of a Signalbox cluster keep")
                    .subjects(prefix + ".history.*")
                    .maxAge(age)
                    .build());
        }
    }

    /** The newest message of a topic. */
    Optional<Stored> last(String topic) throws IOException, JetStreamApiException {
        return found(() -> managing.getLastMessage(name, subject(topic)));
    }

    /** The first message of a topic that has this sequence or a higher one. */
    Optional<Stored> next(String topic, long from) throws IOException, JetStreamApiException {
        return found(() -> managing.getNextMessage(name, from, subject(topic)));
    }

    /** What a topic has above the sequence {@code after}; {@code most} is about how many messages will be wanted at most. */
    NatsReading read(String topic, long after, long most) {
        return new NatsReading(this, topic, after, most);
    }

    /** For the messages of a topic that have this sequence or a higher one. */
    NatsConsumer consumer(String topic, long from) throws IOException, JetStreamApiException {
        ConsumerInfo made = managing.addOrUpdateConsumer(
                name,
                ConsumerConfiguration.builder()
                        .filterSubject(subject(topic))
                        .deliverPolicy(DeliverPolicy.ByStartSequence)
                        .startSequence(from)
                        .ackPolicy(AckPolicy.None)
                        .memStorage(true)
                        .inactiveThreshold(UNUSED)
                        .build());
        return new NatsConsumer(connection, silence, name + "." + made.getName(), made.getNumPending());
    }

    private interface Question {
        MessageInfo ask() throws IOException, JetStreamApiException;
    }

    private Optional<Stored> found(Question question) throws IOException, JetStreamApiException {
        try {
            MessageInfo message = question.ask();
            byte[] data = message.getData();
            return Optional.of(new Stored(message.getSeq(), NatsBatch.decode(data == null ? new byte[0] : data)));
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == NO_STREAM) {
                keeps = Duration.ZERO;
                return Optional.empty();
            }
            if (e.getApiErrorCode() == NO_MESSAGE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Publishes a batch if {@code expected} is the sequence of the topic's newest message, or 0 and it has none.
     *
     * @return the sequence of the batch; empty if the topic's newest message is another
     * @throws IOException if the server did not answer: it may have it, or get it
     */
    Optional<Long> publish(String topic, NatsBatch batch, long expected) throws IOException, JetStreamApiException {
        PublishOptions options = PublishOptions.builder()
                .expectedStream(name)
                .expectedLastSubjectSequence(expected)
                .build();
        try {
            return Optional.of(
                    publishing.publish(subject(topic), batch.encode(), options).getSeqno());
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == WRONG_LAST_SEQUENCE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Drops what the topic has before this sequence. */
    void purge(String topic, long before) throws IOException, JetStreamApiException {
        managing.purgeStream(
                name,
                PurgeOptions.builder().subject(subject(topic)).sequence(before).build());
    }
}
