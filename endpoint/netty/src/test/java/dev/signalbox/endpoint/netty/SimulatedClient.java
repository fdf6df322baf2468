package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClientSession;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.TopicInfo;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * A client of a {@link TopicSimulation}. It checks that the messages of each topic come in order, none twice, none missing but
 * for those that a gap names, and that those are really gone; that what goes to it and to all comes in the order of sending; and
 * at the end, that nothing is missing.
 */
final class SimulatedClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final UUID NONE = new UUID(0, 0);

    /** What it has seen of a topic. */
    private static final class Progress {
        private UUID epoch = NONE;
        private long expected;
        private boolean subscribed;
    }

    /** A subscription as asked for; the offset is below 0 if it named none to resume from. */
    private record Asked(String topic, UUID epoch, long offset) {}

    private final String name;
    private final TopicSimulation simulation;
    private final Map<String, Progress> topics = new HashMap<>();
    /** What was asked for, by the id of the frame. */
    private final Map<String, Asked> asked = new HashMap<>();

    private final Set<Integer> directs = new HashSet<>();
    private EmbeddedChannel channel = new EmbeddedChannel();
    private ClientConnection connection;
    private ClientSession session;
    private Conversation conversation;
    private boolean writable = true;
    private boolean closed;
    private boolean closing;
    private int lastNumber = -1;
    private int frames;

    SimulatedClient(String name, TopicSimulation simulation) {
        this.name = name;
        this.simulation = simulation;
        connect();
    }

    String name() {
        return name;
    }

    @SuppressWarnings("NullAway.Init") // called by the constructor, and again later
    private void connect() {
        writable = true;
        closed = false;
        closing = false;
        lastNumber = -1;
        channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelWritabilityChanged(ChannelHandlerContext context) {
                connection.writabilityChanged();
            }
        });
        connection = OutboxFixture.connection(channel, simulation.outbox, false, this::closing);
        session = simulation.connect(name, connection);
        connection.onRoom(session::writable);
        simulation.outbox.join(connection);
        conversation = new Conversation(session, connection, new RateLimit(1_000_000, System.nanoTime()), List.of());
    }

    private void closing() {
        closing = true;
        session.disconnected(CloseReason.SLOW_CONSUMER);
    }

    void end() {
        if (!closed) {
            closed = true;
            connection.disconnected();
            session.disconnected(CloseReason.GONE);
            channel.finishAndReleaseAll();
        }
    }

    void reconnect() {
        read();
        end();
        comeBack();
    }

    /** With a new connection, and from where it was in each topic. */
    private void comeBack() {
        directs.clear();
        asked.clear();
        connect();
        topics.forEach((topic, progress) -> {
            if (progress.subscribed) {
                progress.subscribed = false;
                resume(topic, progress.epoch, progress.expected - 1);
            }
        });
    }

    void toggleWritable() {
        setWritable(!writable);
    }

    void makeWritable() {
        setWritable(true);
    }

    private void setWritable(boolean changed) {
        writable = changed;
        if (!closing) {
            channel.unsafe().outboundBuffer().setUserDefinedWritability(1, changed);
            channel.runPendingTasks();
        }
    }

    void expectDirect(int number) {
        if (number >= 0) {
            directs.add(number);
        }
    }

    private void ask(String topic, String rest, UUID epoch, long offset) {
        String id = "f" + frames++;
        asked.put(id, new Asked(topic, epoch, offset));
        conversation.text(TopicSimulation.utf8(
                "{\"type\":\"subscribe\",\"id\":\"" + id + "\",\"topic\":\"" + topic + "\"" + rest + "}"));
    }

    void subscribe(String topic) {
        if (closing) {
            return;
        }
        Progress progress = topics.computeIfAbsent(topic, none -> new Progress());
        switch (simulation.random.nextInt(4)) {
            case 0 -> ask(topic, "", NONE, -1);
            case 1 -> ask(topic, ",\"offset\":0", NONE, -1);
            case 2 -> resume(topic, NONE, 5);
            default -> resume(topic, progress.epoch, Math.max(0, progress.expected - 1));
        }
    }

    private void resume(String topic, UUID epoch, long offset) {
        ask(topic, ",\"epoch\":\"" + epoch + "\",\"offset\":" + offset, epoch, offset);
    }

    void unsubscribe(String topic) {
        if (!closing && topics.containsKey(topic)) {
            String id = "u" + frames++;
            asked.put(id, new Asked(topic, NONE, -1));
            conversation.text(TopicSimulation.utf8(
                    "{\"type\":\"unsubscribe\",\"id\":\"" + id + "\",\"topic\":\"" + topic + "\"}"));
        }
    }

    void read() {
        readAll();
        if (closing) {
            end();
            comeBack();
        }
    }

    private void readAll() {
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            try {
                while (bytes.isReadable()) {
                    frame(bytes);
                }
            } finally {
                bytes.release();
            }
        }
    }

    private void frame(ByteBuf bytes) {
        int opcode = bytes.readUnsignedByte() & 0x0F;
        int shortLength = bytes.readUnsignedByte();
        long length =
                shortLength == 127 ? bytes.readLong() : shortLength == 126 ? bytes.readUnsignedShort() : shortLength;
        String text =
                bytes.readCharSequence((int) length, StandardCharsets.UTF_8).toString();
        if (opcode == FrameEncoder.TEXT) {
            seen(JSON.readTree(text));
        }
    }

    private void seen(JsonNode frame) {
        switch (frame.get("type").asString()) {
            case "message" -> message(frame);
            case "gap" -> gap(frame);
            case "ok" -> ok(frame);
            case "error" -> assertThat(frame.get("message").asString()).contains("does not subscribe");
            default -> throw new AssertionError("unexpected: " + frame);
        }
    }

    private void ok(JsonNode frame) {
        String id = frame.get("id").asString();
        Asked question = Objects.requireNonNull(asked.remove(id));
        Progress progress = progress(question.topic());
        if (id.startsWith("u")) {
            progress.subscribed = false;
            return;
        }
        UUID epoch = UUID.fromString(frame.get("epoch").asString());
        long offset = frame.get("offset").asLong();
        assertAnswers(question, epoch, offset, frame.get("recovered").asBoolean());
        progress.epoch = epoch;
        progress.expected = offset + 1;
        progress.subscribed = true;
    }

    /** It is recovered if nothing was lost, and only then. */
    private void assertAnswers(Asked question, UUID epoch, long offset, boolean recovered) {
        if (question.offset() < 0) {
            assertThat(recovered).isTrue();
        } else if (recovered) {
            assertThat(epoch).isEqualTo(question.epoch());
            assertThat(offset).isEqualTo(question.offset());
        } else if (epoch.equals(question.epoch())) {
            assertThat(simulation.router.topic(question.topic()).orElseThrow().first())
                    .as("something is gone")
                    .isGreaterThan(question.offset() + 1);
        }
    }

    private Progress progress(String topic) {
        return Objects.requireNonNull(topics.get(topic));
    }

    private void message(JsonNode frame) {
        String text = frame.get("text").asString();
        if (!frame.has("topic")) {
            int number = Integer.parseInt(text);
            assertThat(number).as("the order of what goes to it and to all").isGreaterThan(lastNumber);
            lastNumber = number;
            directs.remove(number);
            return;
        }
        Progress progress = progress(frame.get("topic").asString());
        assertThat(progress.subscribed).isTrue();
        assertThat(frame.get("offset").asLong())
                .as("the next of topic %s", frame.get("topic"))
                .isEqualTo(progress.expected);
        assertThat(text).isEqualTo(simulation.published(progress.epoch, progress.expected));
        progress.expected++;
    }

    private void gap(JsonNode frame) {
        String topic = frame.get("topic").asString();
        Progress progress = progress(topic);
        long next = frame.get("next").asLong();
        assertThat(frame.get("expected").asLong()).isEqualTo(progress.expected);
        assertThat(next).isGreaterThan(progress.expected);
        assertThat(simulation.router.topic(topic).orElseThrow().first())
                .as("what a gap names is gone")
                .isGreaterThanOrEqualTo(next);
        simulation.gaps++;
        progress.expected = next;
    }

    /** It is writable, and the event loop has had its turns. */
    void assertComplete() {
        assertThat(directs).as("direct messages that never came to %s", name).isEmpty();
        topics.forEach((topic, progress) -> {
            if (progress.subscribed) {
                TopicInfo info = simulation.router.topic(topic).orElseThrow();
                assertThat(info.epoch()).isEqualTo(progress.epoch);
                assertThat(progress.expected).as("the end of topic %s", topic).isEqualTo(info.last() + 1);
            }
        });
    }
}
