package dev.signalbox.session.redis;

import static dev.signalbox.session.redis.Keys.bytes;
import static dev.signalbox.session.redis.Keys.number;
import static dev.signalbox.session.redis.Keys.text;

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
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sessions in Redis. What changes anything is a script, so it happens as a whole. Thread-safe. */
final class RedisStore implements SessionStore {
    private static final Pattern VERSION = Pattern.compile("redis_version:(\\d+)\\.(\\S+)");
    private static final int OLDEST = 7;
    /** A minute more than promised, since batches of the same minute are forgotten together. */
    private static final Duration REMEMBER = REMEMBERED.plusMinutes(2);
    /** Ended leases that one claim looks at. */
    private static final int LEASES = 10_000;
    /** What one trimming script may do, during which nobody else is served. */
    private static final int TRIM_SESSIONS = 100;

    private static final int TRIM_EVENTS = 1_000;

    private final RedisClient client;
    private final Keys keys;
    private final Retention retention;
    private final InstantSource clock;
    private final Duration timeout;
    private final Link link;

    RedisStore(RedisClient client, Keys keys, Retention retention, InstantSource clock, Duration timeout) {
        this.client = client;
        this.keys = keys;
        this.retention = retention;
        this.clock = clock;
        this.timeout = timeout;
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
        AppendCall call = new AppendCall(batch, keys, retention.maxEvents().orElse(0L), REMEMBER);
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
                slices.add(events(redis, cursors.get(i), limit)
                        .thenCombine(heads, (events, all) -> slice(events, all.get(index)))
                        .toCompletableFuture());
            }
            return all(slices);
        });
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
        long last = head.hasValue() ? last(head) : 0;
        for (StreamMessage<byte[], byte[]> message : messages) {
            Stored event = stored(message);
            if (!events.isEmpty() && events.getLast().offset() + 1 != event.offset()) {
                last = Math.max(last, event.offset());
                break;
            }
            events.add(event);
        }
        return new Slice(
                events,
                begin,
                events.isEmpty() ? last : Math.max(last, events.getLast().offset()));
    }

    private static Stored stored(StreamMessage<byte[], byte[]> message) {
        var fields = message.getBody().values().iterator();
        Instant at = Micros.instant(number(fields.next()));
        return new Stored(Long.parseLong(message.getId().substring(2)), at, fields.next());
    }

    private static long begin(KeyValue<byte[], byte[]> head) {
        return Long.parseLong(text(head.getValue()).split(" ", -1)[1]);
    }

    private static long last(KeyValue<byte[], byte[]> head) {
        String value = text(head.getValue());
        return Long.parseLong(value, 0, value.indexOf(' '), 10);
    }

    @Override
    public Map<String, Long> last(Collection<String> sessions) {
        if (sessions.isEmpty()) {
            return Map.of();
        }
        Map<String, Long> last = new HashMap<>();
        for (KeyValue<byte[], byte[]> head : link.ask(redis -> heads(redis, sessions))) {
            if (head.hasValue()) {
                last.put(text(head.getKey()), last(head));
            }
        }
        return last;
    }

    @Override
    public long before(String session, Instant since) {
        byte[] answer = link.value(
                Script.BEFORE,
                new byte[][] {keys.heads, keys.stream(session)},
                bytes(session),
                bytes(Micros.atOrAfter(since)));
        return number(answer);
    }

    @Override
    public Tail tail(TailListener listener) {
        RedisTail tail = new RedisTail(client, keys.channel, listener, timeout);
        tail.start();
        return tail;
    }

    @Override
    public Claims claim(ClaimRequest request) {
        GroupKey group = request.group();
        List<byte[]> answer = link.values(
                Script.CLAIM,
                new byte[][] {
                    keys.heads,
                    keys.stream(group.session()),
                    keys.groupList(group.session()),
                    keys.group(group, "tries"),
                    keys.group(group, "held"),
                    keys.group(group, "free")
                },
                bytes(group.session()),
                bytes(group.group()),
                bytes(request.startAfter()),
                bytes(request.max()),
                bytes(Micros.of(request.now())),
                bytes(Micros.of(request.until())),
                bytes(LEASES));
        List<Claimed> claimed = new ArrayList<>();
        for (int i = 1; i < answer.size(); i += 4) {
            Instant at = Micros.instant(number(answer.get(i + 2)));
            Stored event = new Stored(number(answer.get(i)), at, answer.get(i + 3));
            claimed.add(new Claimed(event, (int) number(answer.get(i + 1))));
        }
        return new Claims(claimed, number(answer.getFirst()));
    }

    @Override
    public Set<Long> acknowledge(GroupKey group, Collection<Claim> claims) {
        if (claims.isEmpty()) {
            return Set.of();
        }
        List<byte[]> done = link.values(Script.ACKNOWLEDGE, holding(group), numbers(claims));
        Set<Long> offsets = new HashSet<>();
        done.forEach(offset -> offsets.add(number(offset)));
        return offsets;
    }

    @Override
    public void release(GroupKey group, Collection<Claim> claims) {
        if (!claims.isEmpty()) {
            link.value(Script.RELEASE, holding(group), numbers(claims));
        }
    }

    private byte[][] holding(GroupKey group) {
        return new byte[][] {keys.group(group, "tries"), keys.group(group, "held"), keys.group(group, "free")};
    }

    private static byte[][] numbers(Collection<Claim> claims) {
        List<byte[]> numbers = new ArrayList<>(2 * claims.size());
        for (Claim claim : claims) {
            numbers.add(bytes(claim.offset()));
            numbers.add(bytes(claim.attempt()));
        }
        return numbers.toArray(byte[][]::new);
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
                    new byte[][] {keys.heads, keys.ages},
                    bytes(Micros.atOrAfter(oldest)),
                    bytes(TRIM_SESSIONS),
                    bytes(TRIM_EVENTS),
                    bytes(keys.streams),
                    bytes(keys.groupLists),
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
