package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A router with a clock, a listener and an endpoint that a test can look into. */
final class RouterFixture implements AutoCloseable {
    static final Address.Logic SERVER = new Address.Logic("server");
    static final Duration SOON = Duration.ofSeconds(10);

    final SettableClock clock = new SettableClock();
    final CountingListener listener = new CountingListener();
    final FakeEndpoint endpoint = new FakeEndpoint();
    final Router router;

    RouterFixture() {
        this(RouterOptions.defaults());
    }

    RouterFixture(RouterOptions options) {
        router = Router.create(options.withDrain(Duration.ofSeconds(1)), listener, clock);
        router.attach(endpoint);
    }

    static Payload text(String value) {
        return Payload.text(value);
    }

    static Message to(Address target, String text) {
        return Message.of(SERVER, target, text(text));
    }

    static Draft draft(Address target, String text) {
        return new Draft(List.of(target), text(text), Map.of());
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("it did not happen within 10 s");
        }
    }

    static void await(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new AssertionError("the others did not come", e);
        }
    }

    static void assertFailed(CompletionStage<?> stage, ErrorCode code) {
        assertThat(stage.toCompletableFuture())
                .failsWithin(SOON)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOfSatisfying(
                        RequestException.class,
                        e -> assertThat(e.error().code()).isEqualTo(code));
    }

    static List<String> texts(FakeConnection connection) {
        return connection.offered.stream()
                .map(message -> message.payload().toString())
                .toList();
    }

    @Override
    public void close() {
        router.close();
    }
}
