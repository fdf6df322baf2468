package dev.signalbox.testing.contract;

import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.SessionCodecException;
import dev.signalbox.session.bus.Subscriber;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A subscriber to typed events, which skips what cannot be read, or does not. */
final class Collector implements Subscriber<SessionBusContract.Moved> {
    private final boolean skips;
    private final List<String> pieces = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Optional<Throwable>> ended = new CompletableFuture<>();

    Collector(boolean skips) {
        this.skips = skips;
    }

    @Override
    public void onEvent(Event<SessionBusContract.Moved> event) {
        pieces.add(event.value().piece());
    }

    @Override
    public void onUnreadable(String session, long offset, SessionCodecException failure) {
        if (!skips) {
            throw failure;
        }
    }

    @Override
    public void onEnded(Optional<Throwable> failure) {
        ended.complete(failure);
    }

    List<String> pieces() {
        return List.copyOf(pieces);
    }

    Optional<Throwable> awaitEnded() throws Exception {
        return ended.get(20, TimeUnit.SECONDS);
    }
}
