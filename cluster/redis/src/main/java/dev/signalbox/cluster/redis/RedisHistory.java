package dev.signalbox.cluster.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.signalbox.router.Position;
import dev.signalbox.router.TopicHistory;
import dev.signalbox.router.TopicHistoryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The history of topics in Redis: three keys for each topic, in one slot, which one script changes in one step. So a batch that comes again finds its ids,
 * and a Redis that has gone back in time is noticed in the very step that would give an offset away again. Thread-safe; an append or a reading is sent
 * once, and what becomes of it when its connection breaks is told and not guessed.
 */
final class RedisHistory implements TopicHistory, RedisSupervisor.Owner {
    /** One entry fits into what may wait for Redis, beside others. */
    private static final int MAX_BYTES = 4 << 20;

    /** Ids that are remembered beyond what is kept. */
    private static final int IDS = 1_024;

    private static final Duration FORGET = Duration.ofDays(1);

    private final String prefix;
    /** Completes with the first attempt to connect: what is asked before that waits for it. */
    private final CompletableFuture<Void> tried = new CompletableFuture<>();

    private volatile RedisPlacement placement;
    private volatile String problem = "it is not connected yet";
    private volatile boolean closed;
    private @Nullable RedisSupervisor supervisor;

    private RedisHistory(RedisLinkOptions options) {
        prefix = options.prefix();
        placement =
                new RedisPlacement(prefix, RedisLayout.single(options.nodes().getFirst()), Map.of());
    }

    static RedisHistory start(RedisLinkOptions options, RedisBounds bounds) {
        RedisHistory made = new RedisHistory(options);
        made.supervisor = RedisSupervisor.start(options, bounds, made);
        return made;
    }

    @Override
    public int maxBytes() {
        return MAX_BYTES;
    }

    @Override
    public CompletionStage<Appended> append(Append append) {
        long bytes = 0;
        for (Entry entry : append.entries()) {
            int length = entry.content().bytes().length;
            if (length > MAX_BYTES) {
                throw new IllegalArgumentException("an entry has up to " + MAX_BYTES + " bytes, not " + length);
            }
            bytes += length;
        }
        return this.<byte[]>run(RedisScript.APPEND, append.topic(), bytes, arguments(append))
                .thenApply(RedisHistory::appended);
    }

    private static byte[][] arguments(Append append) {
        Retention retention = append.retention();
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(
                ascii(append.seen().map(Position::epoch).map(UUID::toString).orElse("")));
        arguments.add(ascii(append.seen().map(Position::offset).orElse(0L)));
        arguments.add(ascii(append.fresh().epoch()));
        arguments.add(ascii(append.fresh().offset()));
        arguments.add(ascii(retention.count()));
        arguments.add(ascii(retention.bytes()));
        arguments.add(ascii(retention.age().toMillis()));
        arguments.add(ascii(retention.age().plus(FORGET).toMillis()));
        arguments.add(ascii(IDS));
        for (Entry entry : append.entries()) {
            arguments.add(ascii(entry.id()));
            arguments.add(entry.content().bytes());
        }
        return arguments.toArray(byte[][]::new);
    }

    private static byte[] ascii(Object value) {
        return value.toString().getBytes(US_ASCII);
    }

    private static Appended appended(byte[] answer) {
        String[] parts = text(answer).split(" ", -1);
        List<Place> places = new ArrayList<>();
        for (int i = 2; i < parts.length; i++) {
            boolean repeated = parts[i].endsWith("r");
            places.add(new Place(
                    Long.parseLong(repeated ? parts[i].substring(0, parts[i].length() - 1) : parts[i]), repeated));
        }
        return new Appended(UUID.fromString(parts[0]), Long.parseLong(parts[1]), places);
    }

    private static String text(byte[] ascii) {
        return new String(ascii, US_ASCII);
    }

    @Override
    public CompletionStage<Optional<Page>> read(String topic, long after, int maxBytes) {
        return this.<List<byte[]>>run(RedisScript.READ, topic, 0, ascii(after), ascii(MAX_ENTRIES), ascii(maxBytes))
                .thenApply(RedisHistory::page);
    }

    private static Optional<Page> page(List<byte[]> answer) {
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        Iterator<byte[]> parts = answer.iterator();
        UUID epoch = UUID.fromString(text(parts.next()));
        long first = Long.parseLong(text(parts.next()));
        long last = Long.parseLong(text(parts.next()));
        List<Kept> entries = new ArrayList<>();
        while (parts.hasNext()) {
            long offset = Long.parseLong(text(parts.next()));
            entries.add(new Kept(offset, new Entry(text(parts.next()), Content.of(parts.next()))));
        }
        return Optional.of(new Page(epoch, first, last, entries));
    }

    private <T> CompletableFuture<T> run(RedisScript script, String topic, long bytes, byte[]... arguments) {
        // The braces put the keys of a topic into one slot; no topic has braces in its name.
        String key = prefix + ":history:{" + topic + "}";
        String[] keys = {key + ":head", key + ":log", key + ":ids"};
        return tried.thenCompose(done -> session(keys[0])
                        .map(session -> script.<T>run(session, bytes, keys, arguments))
                        .orElseGet(() -> CompletableFuture.failedFuture(new RedisFailure(
                                closed ? "the history is closed" : "Redis cannot be asked: " + problem, false, null))))
                .exceptionallyCompose(RedisHistory::failed);
    }

    private Optional<RedisSession> session(String key) {
        return closed ? Optional.empty() : placement.of(key);
    }

    private static <T> CompletableFuture<T> failed(Throwable thrown) {
        Throwable failure = thrown instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : thrown;
        return CompletableFuture.failedFuture(new TopicHistoryException(
                String.valueOf(failure.getMessage()), RedisSession.isMaybeDone(failure), failure));
    }

    /** An append that nobody waits for any more may be stored, but not behind what its node appends later. */
    @Override
    public boolean keepsOrder() {
        return true;
    }

    @Override
    public void use(RedisPlacement fresh, Optional<String> trouble) {
        placement = fresh;
        trouble.ifPresent(reason -> problem = reason);
        tried.complete(null);
    }

    @Override
    public void down(String reason) {
        problem = reason;
        tried.complete(null);
    }

    @Override
    public void ended(RedisSession session, String reason) {
        problem = reason;
    }

    @Override
    public void close() {
        closed = true;
        tried.complete(null);
        if (supervisor != null) {
            supervisor.close();
        }
    }
}
