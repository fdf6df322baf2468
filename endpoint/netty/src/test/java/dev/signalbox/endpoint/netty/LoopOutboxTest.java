package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.endpoint.netty.LoopOutbox.Task;
import dev.signalbox.router.Address;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the outbox hands to a transport, which may keep the address of it until the socket takes it. */
class LoopOutboxTest {
    private static final Address.Logic SERVER = Address.logic("server");

    /** What was written, and where its bytes were then. */
    private record Written(ByteBuf bytes, long address) {}

    private final List<Written> written = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ByteBuf bytes = (ByteBuf) message;
            written.add(new Written(bytes, bytes.hasMemoryAddress() ? bytes.memoryAddress() : 0));
        }
    });
    private final LoopOutbox outbox = new LoopOutbox(channel.eventLoop(), 16 << 20);

    private WebSocketConnection member(boolean raw) {
        WebSocketOptions options = WebSocketOptions.defaults();
        Peer peer = Peer.accepted(
                new ConnectionCounter(options.limits()),
                options.proxies(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        Greeting greeting = new Greeting(Optional.empty(), List.of(), raw, false, false);
        WebSocketConnection connection =
                new WebSocketConnection(channel, outbox, options, peer, greeting, reason -> {});
        outbox.join(connection);
        return connection;
    }

    private void broadcast(Payload payload) {
        Message message = Message.of(SERVER, Address.ALL, payload);
        assertThat(outbox.reserveBroadcast(LoopOutbox.weight(message))).isTrue();
        outbox.enqueue(new Task.Broadcast(message));
    }

    @Test
    void whatWasHandedOutStaysWhereItIsWhateverIsBroadcastAfterIt() {
        WebSocketConnection json = member(false);
        WebSocketConnection raw = member(true);
        for (int i = 0; i < 40; i++) {
            broadcast(Payload.binary(new byte[1_000 + i]));
            broadcast(Payload.text("broadcast " + i + "x".repeat(1_000)));
            for (WebSocketConnection each : List.of(json, raw)) {
                assertThat(each.offer(Message.of(SERVER, Address.client("c"), Payload.text("direct " + i))))
                        .isTrue();
            }
        }
        channel.runPendingTasks();

        assertThat(written).hasSizeGreaterThan(100).allSatisfy(each -> {
            if (each.address() != 0) {
                assertThat(each.bytes().memoryAddress()).isEqualTo(each.address());
            }
        });
        written.forEach(each -> each.bytes().release());
        channel.finishAndReleaseAll();
    }
}
