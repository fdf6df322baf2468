package dev.signalbox.server.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Response;
import dev.signalbox.session.bus.BusOptions;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.session.bus.SessionUnavailableException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller is told while the store hangs. */
class EventIntakeTest {
    private final CountDownLatch goOn = new CountDownLatch(1);

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/x-ndjson"})
    void anEventThatComesWhenTooManyWaitIsRefusedForNow(String type) {
        try (SessionBus<String> bus = bus(Duration.ofMinutes(5))) {
            CompletableFuture<Long> _ = bus.sendAsync("s", "waits");
            Thread.currentThread().interrupt(); // The end of a patience that would last for minutes.
            assertThatThrownBy(() -> append(bus, type)).isInstanceOfSatisfying(Problem.class, problem -> {
                assertThat(problem.status()).isEqualTo(429);
                assertThat(problem.headers()).containsEntry("Retry-After", "1");
                assertThat(problem).hasMessageContaining("this one was not");
            });
            assertThat(Thread.interrupted()).isTrue();
            goOn.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/x-ndjson"})
    void anUnknownOutcomeIsToldAsAnOutageOfTheStore(String type) {
        try (SessionBus<String> bus = bus(Duration.ofMillis(200))) {
            assertThatThrownBy(() -> append(bus, type)).isInstanceOf(SessionUnavailableException.class);
            goOn.countDown();
        }
    }

    private SessionBus<String> bus(Duration patience) {
        return SessionBus.builder(hanging(), Codec.text())
                .options(BusOptions.DEFAULT.withMaxWaiting(1).withPatience(patience))
                .build();
    }

    private static void append(SessionBus<String> bus, String type) throws IOException {
        new EventIntake(bus, new ControlPlane.Bounds(1_000, 10_000)).append("s", request(type), new Unanswered());
    }

    private static Request request(String type) {
        return new Request(
                "POST",
                "/api/sessions/s/events",
                "",
                Map.of("Content-Type", type)::get,
                InetSocketAddress.createUnresolved("localhost", 1),
                new ByteArrayInputStream("1\n".getBytes(UTF_8)));
    }

    /** Appends to it do not come back before the test lets them. */
    private SessionStore hanging() {
        SessionStore store = SessionStore.inMemory(Retention.FOREVER);
        return (SessionStore) Proxy.newProxyInstance(
                SessionStore.class.getClassLoader(),
                new Class<?>[] {SessionStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("isImmediate")) {
                        return false;
                    }
                    if (method.getName().equals("append")) {
                        goOn.await();
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** A request that is refused is not answered here. */
    private static final class Unanswered implements Response {
        @Override
        public Response status(int status) {
            throw new AssertionError("answered with " + status);
        }

        @Override
        public int status() {
            return 200;
        }

        @Override
        public Response header(String name, String value) {
            return this;
        }

        @Override
        public void send(byte[] body) {
            throw new AssertionError("answered");
        }

        @Override
        public OutputStream outputStream() {
            throw new AssertionError("answered");
        }

        @Override
        public boolean begun() {
            return false;
        }
    }
}
