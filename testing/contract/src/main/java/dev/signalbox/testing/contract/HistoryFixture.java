package dev.signalbox.testing.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.signalbox.router.Position;
import dev.signalbox.router.TopicHistory;
import dev.signalbox.router.TopicHistory.Append;
import dev.signalbox.router.TopicHistory.Appended;
import dev.signalbox.router.TopicHistory.Content;
import dev.signalbox.router.TopicHistory.Entry;
import dev.signalbox.router.TopicHistory.Kept;
import dev.signalbox.router.TopicHistory.Page;
import dev.signalbox.router.TopicHistory.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the contracts of histories share: a topic, and how it is appended to and read. */
final class HistoryFixture {
    static final String TOPIC = "news";
    static final Retention MUCH = new Retention(10_000, 64 << 20, Duration.ofHours(1));
    /** Where the first epoch of a test begins: as large as real offsets, which are microseconds of the clock. */
    static final long BEGIN = 1_795_000_000_000_000L;

    private HistoryFixture() {}

    static Position fresh(long offset) {
        return new Position(UUID.randomUUID(), offset);
    }

    static Entry entry(String id) {
        return new Entry(id, Content.of(("content of " + id).getBytes(ISO_8859_1)));
    }

    static List<Entry> entries(String... ids) {
        return Stream.of(ids).map(HistoryFixture::entry).toList();
    }

    /** An epoch that it begins has offsets above what was seen. */
    static Append append(Optional<Position> seen, String... ids) {
        long begin = seen.isEmpty() ? BEGIN : BEGIN + 1_000;
        return new Append(TOPIC, entries(ids), MUCH, seen, fresh(begin));
    }

    static Appended appended(TopicHistory history, String... ids) {
        return get(history.append(append(Optional.empty(), ids)));
    }

    static Optional<Page> read(TopicHistory history, long after) {
        return get(history.read(TOPIC, after, 1 << 20));
    }

    /** All that is kept, page by page. */
    static List<Kept> all(TopicHistory history, String topic) {
        List<Kept> all = new ArrayList<>();
        long after = 0;
        Optional<Page> page = get(history.read(topic, after, 1 << 20));
        while (page.isPresent() && !page.get().entries().isEmpty()) {
            all.addAll(page.get().entries());
            after = all.getLast().offset();
            page = get(history.read(topic, after, 1 << 20));
        }
        return all;
    }

    static List<String> ids(List<Kept> kept) {
        return kept.stream().map(each -> each.entry().id()).toList();
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** How a stage failed. */
    static Throwable failure(CompletionStage<?> stage) {
        Throwable thrown = catchThrowable(() -> get(stage));
        return thrown instanceof CompletionException wrapped ? Objects.requireNonNull(wrapped.getCause()) : thrown;
    }
}
