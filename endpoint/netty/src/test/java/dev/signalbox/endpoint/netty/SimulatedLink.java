package dev.signalbox.endpoint.netty;

import dev.signalbox.router.ClientSession;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Resumption;
import dev.signalbox.router.SessionStart;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** One connection, and what became of it. */
final class SimulatedLink {
    private static final ObjectMapper JSON = new ObjectMapper();

    final EmbeddedChannel channel;
    final ClientConnection connection;
    final ClientSession session;
    final Conversation conversation;
    boolean writable = true;
    boolean closing;

    SimulatedLink(String user, TopicSimulation simulation, SessionStart start) {
        AtomicReference<Runnable> onWritability = new AtomicReference<>(() -> {});
        channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelWritabilityChanged(ChannelHandlerContext context) {
                onWritability.get().run();
            }
        });
        connection = OutboxFixture.connection(channel, simulation.outbox, false, this::closing);
        onWritability.set(connection::writabilityChanged);
        session = simulation.connect(user, connection, start);
        simulation.outbox.join(connection);
        session.resumption()
                .flatMap(Resumption::resumed)
                .ifPresent(resumed -> simulation.outbox.goOn(connection, resumed));
        conversation = new Conversation(session, connection, new RateLimit(1_000_000, System.nanoTime()), List.of());
        connection.tells(conversation);
    }

    private void closing() {
        closing = true;
        session.disconnected(CloseReason.SLOW_CONSUMER);
    }

    /** The client says goodbye. */
    void end() {
        connection.disconnected();
        session.disconnected(CloseReason.GONE);
        channel.finishAndReleaseAll();
    }

    /** The connection breaks, and the server notices. */
    void breaks() {
        connection.disconnected();
        session.lost(CloseReason.GONE, connection.written());
        channel.finishAndReleaseAll();
    }

    /** The frames that were written since, each to be seen. */
    void readAll(Consumer<JsonNode> seen) {
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            try {
                while (bytes.isReadable()) {
                    frame(bytes).ifPresent(seen);
                }
            } finally {
                bytes.release();
            }
        }
    }

    /** The next frame; empty if it is no text. */
    private static Optional<JsonNode> frame(ByteBuf bytes) {
        int opcode = bytes.readUnsignedByte() & 0x0F;
        int shortLength = bytes.readUnsignedByte();
        long length =
                shortLength == 127 ? bytes.readLong() : shortLength == 126 ? bytes.readUnsignedShort() : shortLength;
        String text =
                bytes.readCharSequence((int) length, StandardCharsets.UTF_8).toString();
        return opcode == FrameEncoder.TEXT ? Optional.of(JSON.readTree(text)) : Optional.empty();
    }
}
