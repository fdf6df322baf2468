package dev.signalbox.spring;

import dev.signalbox.router.Address;
import dev.signalbox.router.ClientSession;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Connection;
import dev.signalbox.router.Draft;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.SendReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A client that a test plays, over a {@link TestEndpoint}. Thread-safe. */
public final class TestClient implements AutoCloseable {
    /** As an endpoint bounds what waits for a client. */
    private static final int MOST_WAITING = 10_000;

    private final BlockingQueue<Message> inbox = new LinkedBlockingQueue<>(MOST_WAITING);
    private final CompletableFuture<ClientSession> session = new CompletableFuture<>();
    private final CompletableFuture<CloseReason> ended = new CompletableFuture<>();
    private final Consumer<TestClient> gone;

    /** @param gone is told when the client's connection has ended */
    TestClient(Consumer<TestClient> gone) {
        this.gone = gone;
    }

    void admitted(ClientSession begun) {
        session.complete(begun);
    }

    /** Sends a text, to an address such as {@code logic:quote}, {@code client:bob} or {@code topic:news}. */
    public SendReport send(String to, String text) {
        return session.join().send(draft(to, text));
    }

    /**
     * Asks a client or logic.
     *
     * @return the reply
     * @throws java.util.concurrent.CompletionException if there is none within that time, or an error instead
     */
    public Message ask(String to, String text, Duration within) {
        return session.join()
                .request(draft(to, text), within)
                .toCompletableFuture()
                .join();
    }

    private static Draft draft(String to, String text) {
        return new Draft(List.of(Address.parse(to)), Payload.text(text), Map.of());
    }

    /** The next message to this client, which a wait for the next one does not see again; empty if there is none within that time. */
    public Optional<Message> receive(Duration within) throws InterruptedException {
        return Optional.ofNullable(inbox.poll(within.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Says that the client has a message that wants to be acknowledged. False if nothing waited for that. */
    public boolean acknowledge(Message message) {
        return session.join().acknowledge(message.id());
    }

    /** Why the connection has ended; empty while it lasts. */
    public Optional<CloseReason> ended() {
        return Optional.ofNullable(ended.getNow(null));
    }

    /** Leaves. Idempotent. */
    @Override
    public void close() {
        end(CloseReason.GONE);
    }

    void end(CloseReason reason) {
        if (ended.complete(reason)) {
            gone.accept(this);
            var _ = session.thenAccept(begun -> begun.disconnected(reason));
        }
    }

    /** False if it has left, or as much waits as may. */
    boolean take(Message message) {
        return !ended.isDone() && inbox.offer(message);
    }

    Connection connection() {
        return new Connection() {
            @Override
            public boolean offer(Message message) {
                return take(message);
            }

            @Override
            public void close(CloseReason reason) {
                end(reason);
            }

            @Override
            public String remoteAddress() {
                return "test";
            }
        };
    }
}
