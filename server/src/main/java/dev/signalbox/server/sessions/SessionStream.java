package dev.signalbox.server.sessions;

import dev.signalbox.router.AckResult;
import dev.signalbox.router.Address;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Router;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.Json;
import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.Gap;
import dev.signalbox.session.bus.Subscriber;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session on its way to one client. Every so many events or bytes it waits for the client's acknowledgement, so that a client
 * that is slow has the rest wait in the store, and is not disconnected.
 */
final class SessionStream implements Subscriber<String> {
    private static final Logger LOG = LoggerFactory.getLogger(SessionStream.class);
    private static final int EVENTS = 32;
    private static final int BYTES = 256 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Address SOURCE = Address.logic(SessionLogic.NAME);

    private final Address.Session client;
    private final String session;
    private final Router router;
    private final AtomicInteger events = new AtomicInteger();
    private final AtomicInteger bytes = new AtomicInteger();

    SessionStream(Address.Session client, String session, Router router) {
        this.client = client;
        this.session = session;
        this.router = router;
    }

    /** The client is gone, or does not acknowledge. */
    private static final class UnreachableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreachableException(String message) {
            super(message);
        }
    }

    @Override
    public void onEvent(Event<String> event) throws Exception {
        Map<String, Object> frame = new LinkedHashMap<>(Map.of("session", session));
        frame.putAll(SessionViews.of(event));
        Payload payload = Payload.text(Json.text(frame));
        boolean full = events.incrementAndGet() >= EVENTS || bytes.addAndGet(payload.size()) >= BYTES;
        if (full) {
            events.set(0);
            bytes.set(0);
            awaitAcknowledgement(payload);
        } else {
            send(payload);
        }
    }

    private void send(Payload payload) throws UnreachableException {
        var report = router.send(Message.of(SOURCE, List.of(client), payload));
        if (!report.complete()) {
            throw new UnreachableException(report.errors().getFirst().message());
        }
    }

    private void awaitAcknowledgement(Payload payload) throws InterruptedException, UnreachableException {
        try {
            AckResult result = router.sendAcknowledged(Message.of(SOURCE, List.of(client), payload), PATIENCE)
                    .toCompletableFuture()
                    .get();
            if (!(result instanceof AckResult.Acked)) {
                throw new UnreachableException("the client did not acknowledge an event: " + result);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the router failed to send an event of session " + session, e.getCause());
        }
    }

    @Override
    public void onGap(Gap gap) {
        tell("gap", SessionViews.of(gap));
    }

    @Override
    public void onEnded(Optional<Throwable> failure) {
        failure.ifPresent(why -> tell("ended", FailureText.of(why)));
    }

    private void tell(String what, Object detail) {
        String text = ClientRequest.JSON.writeValueAsString(Map.of("session", session, what, detail));
        var report = router.send(Message.of(SOURCE, List.of(client), Payload.text(text)));
        if (!report.complete()) {
            LOG.debug("{} was not told of {} of session {}", client, what, session);
        }
    }
}
