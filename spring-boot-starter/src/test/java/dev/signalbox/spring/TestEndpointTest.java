package dev.signalbox.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.router.Address;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Router;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A test plays the clients of an application. */
class TestEndpointTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RouterAutoConfiguration.class))
            .withBean(TestEndpoint.class, TestEndpoint::new)
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
            TestEndpoint endpoint = context.getBean(TestEndpoint.class);
            try (TestClient alice = endpoint.connect("alice");
                    TestClient bob = endpoint.connect("bob")) {
                assertThat(alice.ask("logic:shout", "hello", PATIENCE).payload().toString())
                        .isEqualTo("HELLO");

                alice.send("client:bob", "hi");
                Message received = bob.receive(PATIENCE).orElseThrow();
                assertThat(received.payload().toString()).isEqualTo("hi");
                assertThat(received.source().toString()).startsWith("client:alice");
                assertThat(alice.receive(Duration.ZERO)).isEmpty();
            }
            assertThat(context.getBean(Router.class).connected()).isZero();
        });
    }

    @Test
    void whatGoesToAllArrivesAtEach() {
        runner.run(context -> {
            TestEndpoint endpoint = context.getBean(TestEndpoint.class);
            try (TestClient alice = endpoint.connect("alice");
                    TestClient bob = endpoint.connect("bob")) {
                context.getBean(Router.class)
                        .send(Message.of(Address.logic("shop"), Address.ALL, Payload.text("we close at six")));

                for (TestClient client : List.of(alice, bob)) {
                    assertThat(client.receive(PATIENCE).orElseThrow().payload()).hasToString("we close at six");
                }
            }
        });
    }

    @Test
    void aClientIsToldWhyItsConnectionEnded() {
        var endpoint = new TestEndpoint();
        assertThatThrownBy(() -> endpoint.connect("alice")).isInstanceOf(IllegalStateException.class);
        runner.run(context -> {
            TestClient alice = context.getBean(TestEndpoint.class).connect("alice");
            context.getBean(Router.class).disconnect("alice", CloseReason.REMOVED);

            assertThat(alice.ended()).contains(CloseReason.REMOVED);
        });
    }
}
