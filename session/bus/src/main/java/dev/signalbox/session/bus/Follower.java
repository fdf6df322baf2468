package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A subscription: a thread that takes from a {@link Feed} and tells the subscriber. */
final class Follower<T> implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final Duration FOREVER = Duration.ofDays(100_000);

    private final String session;
    private final Subscriber<T> subscriber;
    private final Coding<T> coding;
    private final Feed feed;
    private final Told told;
    private final Backoff backoff = new Backoff(FOREVER);
    private volatile long offset;

    Follower(String session, Subscriber<T> subscriber, Coding<T> coding, Feed feed, Told told) {
        this.session = session;
        this.subscriber = subscriber;
        this.coding = coding;
        this.feed = feed;
        this.told = told;
    }

    /**
     * Tells until it is closed.
     *
     * @param start finds where to begin, once nothing that comes afterwards can be missed
     */
    void run(Callable<Position> start) {
        Throwable failure = null;
        try {
            Optional<Position> position = trying(start);
            if (position.isPresent()) {
                begin(position.get());
                follow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception | Error e) {
            failure = e;
            LOG.warn("the subscription to session {} ends after offset {}: its subscriber failed", session, offset, e);
        }
        feed.close();
        end(failure);
    }

    private void begin(Position position) {
        offset = position.after();
        feed.startAfter(position);
        subscriber.onStarted();
    }

    private void follow() throws Exception {
        for (Optional<List<Feed.Item>> items = trying(feed::next); items.isPresent(); items = trying(feed::next)) {
            for (Feed.Item item : items.get()) {
                tell(item);
            }
        }
    }

    /** Repeats until the store can be read; empty once it is closed. */
    private <R> Optional<R> trying(Callable<R> reading) throws Exception {
        while (!feed.isClosed()) {
            try {
                R result = reading.call();
                backoff.reset();
                return Optional.of(result);
            } catch (SessionBusException e) {
                told.readFailed(session, e);
                backoff.pause();
            }
        }
        return Optional.empty();
    }

    private void tell(Feed.Item item) throws Exception {
        switch (item) {
            case Feed.Missing(Gap gap) -> {
                told.gap(gap);
                subscriber.onGap(gap);
                offset = gap.next() - 1;
            }
            case Feed.Events(List<Stored> events) -> {
                for (Stored event : events) {
                    if (feed.isClosed()) {
                        return;
                    }
                    tell(event);
                }
            }
        }
    }

    private void tell(Stored stored) throws Exception {
        Event<T> event = null;
        try {
            event = coding.decode(session, stored);
        } catch (SessionCodecException e) {
            subscriber.onUnreadable(session, stored.offset(), e);
        }
        if (event != null) {
            subscriber.onEvent(event);
            told.delivered(stored);
        }
        offset = stored.offset();
    }

    private void end(@Nullable Throwable failure) {
        try {
            subscriber.onEnded(Optional.ofNullable(failure));
        } catch (RuntimeException e) {
            LOG.warn("a subscriber to session {} failed when told of its end", session, e);
        }
    }

    @Override
    public String session() {
        return session;
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public void close() {
        feed.close();
    }
}
