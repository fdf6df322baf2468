package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.ClusterLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps what a link tells, in order, and notices if two threads tell at a time. */
public final class LinkRecorder implements ClusterLink.Listener {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** {@code channel} and {@code text} are null where an event has none. */
    public record Event(
            Kind kind,
            ClusterLink.@Nullable Channel channel,
            @Nullable String text) {}

    public enum Kind {
        RECEIVED,
        UP,
        DOWN,
        LOST
    }

    private final Queue<Event> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inside = new AtomicInteger();
    public volatile boolean overlapped;
    public volatile Consumer<Event> onEvent = event -> {};

    private void tell(Kind kind, ClusterLink.@Nullable Channel channel, @Nullable String text) {
        overlapped |= inside.incrementAndGet() > 1;
        try {
            Event event = new Event(kind, channel, text);
            events.add(event);
            onEvent.accept(event);
        } finally {
            inside.decrementAndGet();
        }
    }

    @Override
    public void received(ClusterLink.Channel channel, byte[] bytes) {
        tell(Kind.RECEIVED, channel, new String(bytes, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void up() {
        tell(Kind.UP, null, null);
    }

    @Override
    public void down(String reason) {
        tell(Kind.DOWN, null, reason);
    }

    @Override
    public void lost(ClusterLink.Channel channel) {
        tell(Kind.LOST, channel, null);
    }

    public List<Event> events() {
        return List.copyOf(events);
    }

    public List<Event> received(ClusterLink.Channel channel) {
        return events.stream()
                .filter(each -> each.kind() == Kind.RECEIVED && channel.equals(each.channel()))
                .toList();
    }

    public List<String> texts(ClusterLink.Channel channel) {
        return received(channel).stream()
                .map(each -> String.valueOf(each.text()))
                .toList();
    }

    public long count(Kind kind) {
        return events.stream().filter(each -> each.kind() == kind).count();
    }

    public void awaitCount(Kind kind, long least) {
        await().atMost(PATIENCE).until(() -> count(kind) >= least);
    }

    public void awaitText(ClusterLink.Channel channel, String text) {
        await().atMost(PATIENCE).until(() -> texts(channel).contains(text));
    }

    /** Of the numbers that came on a channel, each is above the one before, and where some are missing a loss was told. Other texts do not matter. */
    public void assertEachGapIsTold(ClusterLink.Channel channel) {
        int expected = 0;
        boolean lossTold = false;
        for (Event event : events()) {
            String text = String.valueOf(event.text());
            if (!channel.equals(event.channel())) {
                continue;
            }
            lossTold |= event.kind() == Kind.LOST;
            if (event.kind() == Kind.RECEIVED && text.chars().allMatch(Character::isDigit)) {
                int number = Integer.parseInt(text);
                assertThat(number)
                        .as("%d came where %d was due", number, expected)
                        .isGreaterThanOrEqualTo(expected);
                assertThat(number == expected || lossTold)
                        .as("%d came where %d was due, and no loss was told", number, expected)
                        .isTrue();
                expected = number + 1;
                lossTold = false;
            }
        }
    }
}
