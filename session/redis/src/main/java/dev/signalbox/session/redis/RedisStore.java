package dev.signalbox.session.redis;

import static dev.signalbox.session.redis.Keys.bytes;
import static dev.signalbox.session.redis.Keys.number;
import static dev.signalbox.session.redis.Keys.text;

import dev.signalbox.session.bus.EpochMicros;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBusException;
import dev.signalbox.session.bus.SessionStore;
import io.lettuce.core.KeyValue;
import io.lettuce.core.Limit;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XTrimArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sessions in Redis. What changes anything is a script, so it happens as a whole. Thread-safe. */
final class RedisStore implements SessionStore {
    private static final Pattern VERSION = Pattern.compile("redis_version:(\\d+)\\.(\\S+)");
    private static final int OLDEST = 7;
    /** What one trimming script may do, during which nobody else is served. */
    private static final int TRIM_SESSIONS = 100;

    private static final int TRIM_EVENTS = 1_000;

    private final RedisClient client;
    private final Keys keys;
    private final Retention retention;
    private final InstantSource clock;
    private final Link link;

    RedisStore(RedisClient client, Keys keys, Retention retention, InstantSource clock, Duration timeout) {
        this.client = client;
        this.keys = keys;
        this.retention = retention;
        this.clock = clock;
        this.link = new Link(client, timeout);
    }

    void requireVersion() {
        requireVersion(link.ask(redis -> redis.info("server")));
    }

    static void requireVersion(String info) {
        Matcher version = VERSION.matcher(info);
        if (!version.find() || Integer.parseInt(version.group(1)) < OLDEST) {
            String found = version.hasMatch() ? version.group() : "something that does not tell its version";
            throw new SessionBusException(
                    "the session bus needs Redis " + OLDEST + ".0 or newer; this is " + found, null);
        }
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public List<Place> append(Append batch) {
        AppendCall call = new AppendCall(batch, keys, retention.maxEvents().orElse(0L), REMEMBERED);
        byte[] answer = link.value(Script.APPEND, call.keys(), call.arguments());
        return call.places(text(answer));
    }

    /**
     * The heads come before the events. The other way round, an event appended in between would be in the head only and look as if it
     * was gone; this way it is an event beyond the head, which then is the last.
     */
    @Override
    public List<Slice> read(List<Cursor> cursors, int limit) {
        return link.ask(redis -> {
            var heads = heads(redis, cursors.stream().map(Cursor::session).toList());
            List<CompletableFuture<Slice>> slices = new ArrayList<>(cursors.size());
            for (int i = 0; i < cursors.size(); i++) {
                int index = i;
                Cursor cursor = cursors.get(i);
                slices.add(events(redis, cursor, limit)
                        .thenCombine(heads, (events, all) -> slice(redis, cursor, events, all.get(index)))
                        .thenCompose(slice -> slice)
                        .toCompletableFuture());
            }
            return all(slices);
        });
    }

    /**
     * Race: a session may begin after its head was read and before its events were, and may have lost its first ones to retention by
     * then. Only its head tells where it began, so the head is read again. It stays away only where something outside removed it.
     */
    private CompletionStage<Slice> slice(
            RedisAsyncCommands<byte[], byte[]> redis,
            Cursor cursor,
            List<StreamMessage<byte[], byte[]>> events,
            KeyValue<byte[], byte[]> head) {
        return head.hasValue() || events.isEmpty()
                ? CompletableFuture.completedStage(slice(events, head))
                : heads(redis, List.of(cursor.session())).thenApply(later -> slice(events, later.getFirst()));
    }

    private RedisFuture<List<KeyValue<byte[], byte[]>>> heads(
            RedisAsyncCommands<byte[], byte[]> redis, Collection<String> sessions) {
        return redis.hmget(keys.heads, sessions.stream().map(Keys::bytes).toArray(byte[][]::new));
    }

    private RedisFuture<List<StreamMessage<byte[], byte[]>>> events(
            RedisAsyncCommands<byte[], byte[]> redis, Cursor cursor, int limit) {
        Range<String> after = Range.from(Boundary.excluding("0-" + cursor.after()), Boundary.unbounded());
        return redis.xrange(keys.stream(cursor.session()), after, Limit.from(limit));
    }

    private static <R> CompletableFuture<List<R>> all(List<CompletableFuture<R>> parts) {
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done -> parts.stream().map(CompletableFuture::join).toList());
    }

    /** Up to the first hole, if something outside made one: what is beyond it is read next, and the hole told. */
    private static Slice slice(List<StreamMessage<byte[], byte[]>> messages, KeyValue<byte[], byte[]> head) {
        List<Stored> events = new ArrayList<>(messages.size());
        long begin = head.hasValue() ? begin(head) : 0;
        EventId last = head.hasValue() ? last(head) : EventId.NONE;
        for (StreamMessage<byte[], byte[]> message : messages) {
            Stored event = stored(message);
            if (!events.isEmpty() && events.getLast().offset() + 1 != event.offset()) {
                last = later(last, event);
                break;
            }
            events.add(event);
        }
        return new Slice(events, begin, events.isEmpty() ? last : later(last, events.getLast()));
    }

    private static EventId later(EventId last, Stored event) {
        return event.offset() > last.offset() ? event.id() : last;
    }

    /** From the fields a (the time), b (the batch), h (the headers) and p (the payload), which are always in this order. */
    private static Stored stored(StreamMessage<byte[], byte[]> message) {
        var fields = message.getBody().values().iterator();
        Instant at = EpochMicros.instant(number(fields.next()));
        UUID batch = BatchId.parse(text(fields.next()));
        return new Stored(Long.parseLong(message.getId().substring(2)), batch, at, text(fields.next()), fields.next());
    }

    private static long begin(KeyValue<byte[], byte[]> head) {
        return Long.parseLong(text(head.getValue()).split(" ", -1)[1]);
    }

    private static EventId last(KeyValue<byte[], byte[]> head) {
        String[] parts = text(head.getValue()).split(" ", -1);
        return new EventId(Long.parseLong(parts[0]), BatchId.parse(parts[3]));
    }

    @Override
    public Map<String, EventId> heads(Collection<String> sessions) {
        if (sessions.isEmpty()) {
            return Map.of();
        }
        Map<String, EventId> last = new HashMap<>();
        for (KeyValue<byte[], byte[]> head : link.ask(redis -> heads(redis, sessions))) {
            if (head.hasValue()) {
                last.put(text(head.getKey()), last(head));
            }
        }
        return last;
    }

    @Override
    public List<String> sessions(String after, int limit) {
        Range<byte[]> later = Range.from(
                after.isEmpty() ? Boundary.unbounded() : Boundary.excluding(bytes(after)), Boundary.unbounded());
        return link.ask(redis -> redis.zrangebylex(keys.names, later, Limit.from(limit))).stream()
                .map(Keys::text)
                .toList();
    }

    @Override
    public void delete(String session) {
        byte[][] all = {keys.heads, keys.ages, keys.names, keys.stream(session), keys.groups(session)};
        link.value(Script.DELETE, all, bytes(session));
    }

    @Override
    public Notifications listen(ChangeListener listener, Duration liveness) {
        return RedisNotifications.open(client, keys.channel, listener, liveness);
    }

    @Override
    public Optional<GroupDocument> group(GroupKey key) {
        byte[] found = link.ask(redis -> redis.hget(keys.groups(key.session()), bytes(key.group())));
        return Optional.ofNullable(found).map(RedisStore::document);
    }

    private static GroupDocument document(byte[] found) {
        int blank = 0;
        while (found[blank] != ' ') {
            blank++;
        }
        long version = Long.parseLong(text(Arrays.copyOf(found, blank)));
        return new GroupDocument(version, Arrays.copyOfRange(found, blank + 1, found.length));
    }

    @Override
    public boolean replaceGroup(GroupKey key, long expected, GroupDocument document) {
        byte[] version = bytes(document.version() + " ");
        byte[] state = Arrays.copyOf(version, version.length + document.state().length);
        System.arraycopy(document.state(), 0, state, version.length, document.state().length);
        byte[] replaced = link.value(
                Script.REPLACE,
                new byte[][] {keys.heads, keys.groups(key.session())},
                bytes(key.session()),
                bytes(key.group()),
                bytes(expected),
                state);
        return number(replaced) == 1;
    }

    @Override
    public long trim(Instant now) {
        long removed = retention.maxAge().map(age -> trimBefore(now.minus(age))).orElse(0L);
        return removed > 0 ? removed : retention.maxEvents().map(this::trimTo).orElse(0L);
    }

    /** Sessions of which nothing had to be removed are put where they belong in the order of age, so this comes to an end. */
    private long trimBefore(Instant oldest) {
        long removed = 0;
        long looked = TRIM_SESSIONS;
        while (removed == 0 && looked == TRIM_SESSIONS) {
            List<byte[]> answer = link.values(
                    Script.TRIM,
                    new byte[][] {keys.heads, keys.ages, keys.names},
                    bytes(EpochMicros.atOrAfter(oldest)),
                    bytes(TRIM_SESSIONS),
                    bytes(TRIM_EVENTS),
                    bytes(keys.streams),
                    bytes(keys.groups));
            removed = number(answer.getFirst());
            looked = number(answer.getLast());
        }
        return removed;
    }

    /** Appends keep to the number already; this is for sessions that had more when the number was lowered. */
    private long trimTo(long mostEvents) {
        XTrimArgs newest = XTrimArgs.Builder.maxlen(mostEvents).exactTrimming();
        long removed = 0;
        ScanCursor cursor = ScanCursor.INITIAL;
        do {
            ScanCursor from = cursor;
            MapScanCursor<byte[], byte[]> page =
                    link.ask(redis -> redis.hscan(keys.heads, from, ScanArgs.Builder.limit(1_000)));
            List<Long> counts = link.ask(redis -> all(page.getMap().keySet().stream()
                    .map(session ->
                            redis.xtrim(keys.stream(text(session)), newest).toCompletableFuture())
                    .toList()));
            removed += counts.stream().mapToLong(Long::longValue).sum();
            cursor = page;
        } while (!cursor.isFinished() && removed == 0);
        return removed;
    }

    @Override
    public void close() {
        link.close();
    }
}
