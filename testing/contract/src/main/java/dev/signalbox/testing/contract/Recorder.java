package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.Gap;
import dev.signalbox.session.bus.Subscriber;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A subscriber that remembers what it was told, and in which order. Thread-safe. */
public class Recorder implements Subscriber<String> {
    private final List<Event<String>> events = new CopyOnWriteArrayList<>();
    private final List<Gap> gaps = new CopyOnWriteArrayList<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CompletableFuture<Optional<Throwable>> ended = new CompletableFuture<>();

    @Override
    public void onStarted(EventId position) {
        assertThat(events).as("events before the start").isEmpty();
        started.countDown();
    }

    @Override
    public void onEvent(Event<String> event) throws Exception {
        events.add(event);
    }

    @Override
    public void onGap(Gap gap) {
        gaps.add(gap);
    }

    @Override
    public void onEnded(Optional<Throwable> failure) {
        ended.complete(failure);
    }

    public void awaitStarted() throws InterruptedException {
        assertThat(started.await(20, TimeUnit.SECONDS)).as("started").isTrue();
    }

    public Optional<Throwable> awaitEnded() throws Exception {
        return ended.get(20, TimeUnit.SECONDS);
    }

    public List<Event<String>> events() {
        return List.copyOf(events);
    }

    public List<String> texts() {
        return events.stream().map(Event::value).toList();
    }

    public List<Long> offsets() {
        return events.stream().map(Event::offset).toList();
    }

    public List<Gap> gaps() {
        return List.copyOf(gaps);
    }

    /** Nothing doubled, nothing out of order, no hole. */
    public void assertWhole() {
        List<Event<String>> all = events();
        for (int i = 1; i < all.size(); i++) {
            assertThat(all.get(i).offset())
                    .as("the one after %s", all.get(i - 1))
                    .isEqualTo(all.get(i - 1).offset() + 1);
        }
        assertThat(gaps).isEmpty();
    }
}
