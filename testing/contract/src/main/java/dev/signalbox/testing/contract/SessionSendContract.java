package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.session.bus.BusHealth;
import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.SendOptions;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionConflictException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The part of {@link SessionBusContract} on sending: in callbacks, with headers, a key, or a condition. */
abstract class SessionSendContract extends SessionContract {
    @Test
    void whatDependsOnASendMaySendWaitAndClose() throws Exception {
        SessionBus<String> bus = bus();
        CompletableFuture<Long> second = bus.sendAsync("s", "first").thenApply(first -> bus.send("s", "second"));
        second.get(20, TimeUnit.SECONDS);
        CompletableFuture<Void> closed = bus.sendAsync("s", "third").thenRun(bus::close);
        closed.get(20, TimeUnit.SECONDS);
        assertThat(bus().read("s", From.beginning(), 10).events())
                .extracting(Event::value)
                .containsExactly("first", "second", "third");
    }

    @Test
    void aSubscriberMaySendAndCloseTheBus() throws Exception {
        SessionBus<String> bus = bus();
        CompletableFuture<Void> closed = new CompletableFuture<>();
        Recorder answering = new Recorder() {
            @Override
            public void onEvent(Event<String> event) throws Exception {
                super.onEvent(event);
                if (event.value().equals("ping")) {
                    bus.send("s", "pong");
                } else {
                    bus.close();
                    closed.complete(null);
                }
            }
        };
        bus.subscribe("s", From.now(), answering);
        answering.awaitStarted();
        bus.send("s", "ping");
        closed.get(20, TimeUnit.SECONDS);
        assertThat(answering.awaitEnded()).isEmpty();
        assertThat(bus().read("s", From.beginning(), 10).events())
                .extracting(Event::value)
                .containsExactly("ping", "pong");
    }

    @Test
    void headersComeWithTheirEvent() throws Exception {
        SessionBus<String> bus = bus();
        Map<String, String> headers = Map.of("trace", "7", "quoted \"✓\"", "");
        bus.send("s", "with", SendOptions.DEFAULT.withHeaders(headers));
        bus.send("s", "without");
        assertThat(bus.read("s", From.beginning(), 10).events())
                .extracting(Event::headers)
                .containsExactly(headers, Map.of());
        Recorder recorder = follow(bus(), "s", From.beginning());
        await().until(() -> recorder.texts().size() == 2);
        assertThat(recorder.events().getFirst().headers()).isEqualTo(headers);
    }

    @Test
    void anEventWithAKeyIsAppendedToItsSessionOnce() throws Exception {
        SendOptions keyed = SendOptions.DEFAULT.withKey("order-7");
        SessionBus<String> bus = bus();
        long first = bus.send("s", "order", keyed);
        bus.send("s", "another", SendOptions.DEFAULT.withKey("order-8"));
        assertThat(bus().send("s", "order", keyed)).isEqualTo(first);
        bus.send("t", "order", keyed);
        assertThat(bus.read("s", From.beginning(), 10).events()).hasSize(2);
        assertThat(bus.read("t", From.beginning(), 10).events()).hasSize(1);
    }

    @Test
    void aSendMayExpectWhereTheSessionEnds() throws Exception {
        SessionBus<String> bus = bus();
        long first = bus.send("s", "a", SendOptions.DEFAULT.withExpected(0));
        assertThat(bus.send("s", "b", SendOptions.DEFAULT.withExpected(first))).isEqualTo(first + 1);
        assertThatThrownBy(() -> bus.send("s", "c", SendOptions.DEFAULT.withExpected(first)))
                .isInstanceOf(SessionConflictException.class)
                .hasMessageContaining("ends at offset " + (first + 1));
        assertThat(bus.health().status()).isEqualTo(BusHealth.Status.UP);
    }
}
