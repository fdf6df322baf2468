package dev.signalbox.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.router.Address;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Router;
import dev.signalbox.testing.endpoint.StubClient;
import dev.signalbox.testing.endpoint.StubEndpoint;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A test plays the clients of an application. */
class StubEndpointBeanTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RouterAutoConfiguration.class))
            .withBean(StubEndpoint.class, StubEndpoint::create)
            .withBean(Shouting.class);

    static class Shouting {
        @SignalboxLogic("shout")
        String shout(String text) {
            return text.toUpperCase(Locale.ROOT);
        }
    }

    @Test
    void clientsAskAndWriteToOneAnother() {
        runner.run(context -> {
            StubEndpoint endpoint = context.getBean(StubEndpoint.class);
            try (StubClient alice = endpoint.connect("alice");
                    StubClient bob = endpoint.connect("bob")) {
                assertThat(alice.request("logic:shout", "hello", PATIENCE)
                                .toCompletableFuture()
                                .join()
                                .payload()
                                .toString())
                        .isEqualTo("HELLO");

                alice.send("client:bob", "hi");
                Message received = bob.next(PATIENCE);
                assertThat(received.payload().toString()).isEqualTo("hi");
                assertThat(received.source().toString()).startsWith("client:alice");
                assertThat(alice.waiting()).isEmpty();
            }
            assertThat(context.getBean(Router.class).connected()).isZero();
        });
    }

    @Test
    void whatGoesToAllArrivesAtEach() {
        runner.run(context -> {
            StubEndpoint endpoint = context.getBean(StubEndpoint.class);
            try (StubClient alice = endpoint.connect("alice");
                    StubClient bob = endpoint.connect("bob")) {
                context.getBean(Router.class)
                        .send(Message.of(Address.logic("shop"), Address.ALL, Payload.text("we close at six")));

                for (StubClient client : List.of(alice, bob)) {
                    assertThat(client.next(PATIENCE).payload()).hasToString("we close at six");
                }
            }
        });
    }

    @Test
    void aClientIsToldWhyItsConnectionEnded() {
        var endpoint = StubEndpoint.create();
        assertThatThrownBy(() -> endpoint.connect("alice")).isInstanceOf(IllegalStateException.class);
        runner.run(context -> {
            StubClient alice = context.getBean(StubEndpoint.class).connect("alice");
            context.getBean(Router.class).disconnect("alice", CloseReason.REMOVED);

            assertThat(alice.closed()).contains(CloseReason.REMOVED);
        });
    }
}
