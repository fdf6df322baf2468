package dev.signalbox.session.bus;

import dev.signalbox.session.bus.BusMonitor.Work;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A subscription: a thread that takes from a {@link Feed} and tells the subscriber. */
final class Follower<T> implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

    private final String session;
    private final Subscriber<T> subscriber;
    private final EventCodec<T> codec;
    private final Feed feed;
    private final BusMonitor monitor;
    private final Backoff backoff = new Backoff();
    private volatile EventId position = EventId.NONE;

    Follower(String session, Subscriber<T> subscriber, EventCodec<T> codec, Feed feed, BusMonitor monitor) {
        this.session = session;
        this.subscriber = subscriber;
        this.codec = codec;
        this.feed = feed;
        this.monitor = monitor;
    }

    /**
     * Tells until it is closed.
     *
     * @param start finds where to begin, once nothing that comes afterwards can be missed
     */
    void run(Callable<Position> start) {
        Throwable failure = null;
        try {
            Optional<Position> begin = trying(start);
            if (begin.isPresent()) {
                begin(begin.get());
                follow();
            }
        } catch (Exception | Error e) {
            // An InterruptedException, too, is the subscriber's: nobody else interrupts this thread.
            failure = e;
            LOG.warn("the subscription to session {} ended after event {}", session, position, e);
        }
        close();
        end(failure);
    }

    private void begin(Position start) {
        position = start.after();
        feed.startAfter(start);
        subscriber.onStarted(position);
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
                monitor.worked(Work.READ);
                return Optional.of(result);
            } catch (SessionUnavailableException e) {
                monitor.readFailed(e);
                backoff.pause();
            } catch (SessionBusException e) {
                monitor.readFailed(e);
                subscriber.onRefused(e);
                backoff.pause();
            }
        }
        return Optional.empty();
    }

    private void tell(Feed.Item item) throws Exception {
        switch (item) {
            case Feed.Missing(Gap gap) -> {
                monitor.gap(gap);
                subscriber.onGap(gap);
                position = EventId.of(gap.next() - 1);
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
            event = codec.decode(session, stored);
        } catch (SessionCodecException e) {
            subscriber.onUnreadable(session, stored.offset(), e);
        }
        if (event != null) {
            subscriber.onEvent(event);
            monitor.delivered(stored);
        }
        position = stored.id();
    }

    private void end(@Nullable Throwable failure) {
        try {
            subscriber.onEnded(Optional.ofNullable(failure));
        } catch (RuntimeException | Error e) {
            LOG.warn("a subscriber to session {} failed when told of its end", session, e);
        }
    }

    @Override
    public String session() {
        return session;
    }

    @Override
    public EventId position() {
        return position;
    }

    @Override
    public void close() {
        feed.close();
        backoff.end();
    }
}
