package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.Address;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
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
    /** In their order. */
    private final List<String> calls = new ArrayList<>();

    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ByteBuf bytes = (ByteBuf) message;
            written.add(new Written(bytes, bytes.hasMemoryAddress() ? bytes.memoryAddress() : 0));
            calls.add("write");
        }

        @Override
        public void flush(ChannelHandlerContext context) {
            calls.add("flush");
        }
    });

    @Test
    void whatWasHandedOutStaysWhereItIsWhateverIsBroadcastAfterIt() {
        OutboxFixture fixture = new OutboxFixture();
        try (Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO))) {
            router.attach(fixture);
            LoopOutbox outbox = fixture.outbox(channel.eventLoop());
            ClientConnection json = OutboxFixture.member(channel, outbox, false);
            ClientConnection raw = OutboxFixture.member(channel, outbox, true);
            for (int i = 0; i < 40; i++) {
                broadcast(router, Payload.binary(new byte[1_000 + i]));
                broadcast(router, Payload.text("broadcast " + i + "x".repeat(1_000)));
                for (ClientConnection each : List.of(json, raw)) {
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

    @Test
    void whatGoesToManyIsEncodedOnceForEachFormat() {
        OutboxFixture fixture = new OutboxFixture();
        try (Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO))) {
            router.attach(fixture);
            LoopOutbox outbox = fixture.outbox(channel.eventLoop());
            for (boolean raw : new boolean[] {false, true, false, true, false}) {
                OutboxFixture.member(channel, outbox, raw);
            }
            for (int i = 0; i < 10; i++) {
                broadcast(router, Payload.binary(new byte[100]));
            }
            channel.runPendingTasks();

            assertThat(written).as("one write a member").hasSize(5);
            assertThat(written.stream().map(Written::address).distinct())
                    .as("of the bytes of its format")
                    .hasSize(2);
            written.forEach(each -> each.bytes().release());
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void whatGoesToManyLeavesForEachBeforeItIsWrittenToTheNext() {
        OutboxFixture fixture = new OutboxFixture();
        try (Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO))) {
            router.attach(fixture);
            LoopOutbox outbox = fixture.outbox(channel.eventLoop());
            OutboxFixture.member(channel, outbox, false);
            OutboxFixture.member(channel, outbox, true);
            broadcast(router, Payload.text("one"));
            broadcast(router, Payload.text("two"));
            channel.runPendingTasks();

            assertThat(calls).containsExactly("write", "flush", "write", "flush");
            written.forEach(each -> each.bytes().release());
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void whatAClientGetsOfSeveralTopicsLeavesTogether() {
        OutboxFixture fixture = new OutboxFixture();
        try (Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO))) {
            router.attach(fixture);
            LoopOutbox outbox = fixture.outbox(channel.eventLoop());
            ClientConnection client = OutboxFixture.member(channel, outbox, false);
            router.authorize((principal, operation, address) -> true);
            for (String topic : List.of("a", "b")) {
                client.subscribe(fixture.topic(topic), 0, new byte[] {'{', '}'});
            }
            channel.runPendingTasks();
            calls.clear();
            for (String topic : List.of("a", "b")) {
                router.publish(Message.of(SERVER, Address.topic(topic), Payload.text("in " + topic)), Optional.empty());
            }
            broadcast(router, Payload.text("to all"));
            channel.runPendingTasks();

            assertThat(calls).containsExactly("write", "write", "write", "flush");
            written.forEach(each -> each.bytes().release());
            channel.finishAndReleaseAll();
        }
    }

    /** Otherwise many who subscribe at once cost the square of their number. */
    @Test
    void aSubscriberThatIsNewCostsNoLookAtTheOthers() {
        OutboxFixture fixture = new OutboxFixture();
        try (Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO))) {
            router.authorize((_, _, _) -> true);
            router.attach(fixture);
            LoopOutbox outbox = fixture.outbox(channel.eventLoop());
            Topic topic = fixture.topic("news");
            Member first = follow(outbox, topic);
            publish(router, "one");
            assertThat(first.isLagging()).isFalse();
            assertThat(first.offset).isEqualTo(1);

            first.offset = 0; // A look would set it: the only trace that one leaves where nothing is to be written.
            Member second = follow(outbox, topic);
            assertThat(second.offset).isEqualTo(1);
            assertThat(first.offset).isZero();

            publish(router, "two");
            assertThat(List.of(first.offset, second.offset)).containsOnly(2L);
            written.forEach(each -> each.bytes().release());
            channel.finishAndReleaseAll();
        }
    }

    private Member follow(LoopOutbox outbox, Topic topic) {
        ClientConnection connection = OutboxFixture.member(channel, outbox, false);
        outbox.enqueue(new OutboxTask.GoOn(connection, topic, 0));
        channel.runPendingTasks();
        return connection.places.topics().iterator().next();
    }

    private void publish(Router router, String text) {
        assertThat(router.send(Message.of(SERVER, Address.topic("news"), Payload.text(text)))
                        .complete())
                .isTrue();
        channel.runPendingTasks();
    }

    private static void broadcast(Router router, Payload payload) {
        assertThat(router.send(Message.of(SERVER, Address.ALL, payload)).complete())
                .isTrue();
    }
}
