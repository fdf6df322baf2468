package dev.signalbox.endpoint.netty;


import dev.signalbox.router.ClientSession;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Resumption;
import dev.signalbox.router.SessionStart;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** One connection, and what became of it. */
final class SimulatedLink {
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
        connection.onRoom(session::writable);
        simulation.outbox.join(connection);
        session.resumption()
                .flatMap(Resumption::resumed)
                .ifPresent(resumed -> simulation.outbox.goOn(connection, resumed));
        conversation =
                new Conversation(session, connection, new RateLimit(1_000_000, System.nanoTime()), List.of());
        connection.onWish(conversation);
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
}
