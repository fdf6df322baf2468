package dev.signalbox.observatory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The settings of an {@link Observatory}. Immutable; start from {@link #defaults()} and change what differs.
 *
 * @param destination where records go whose context names no destination; none by default
 * @param allowed the destinations that a context may name; none by default
 * @param resource what all records have in common, such as {@code service.name}; only OTLP ships it
 * @param batching when a batch is shipped
 * @param memory how much may wait in memory, and what then
 * @param retry how long to wait after a failure
 * @param http how to talk to destinations
 * @param spool where to put what does not get through; none by default
 * @param deadLetters where to put what a destination refuses for good; none by default, then it is dropped
 * @param longestRecord to how many bytes of memory a record's message and fields are shortened, 1 KiB to
 *     {@code batching.bytes}; 0, the default, shortens nothing, and what is heavier than a batch may be is dropped
 */
public record ObservatoryOptions(
        Optional<Destination> destination,
        AllowList allowed,
        Map<String, String> resource,
        Batching batching,
        Memory memory,
        Retry retry,
        Http http,
        Optional<Spooling> spool,
        Optional<DeadLetters> deadLetters,
        int longestRecord) {
    private static final Duration MS = Duration.ofMillis(1);

    /**
     * A batch is shipped once it has as many records or bytes, or its oldest record has waited for the interval.
     *
     * @param records 1 to 100,000, default 2,000
     * @param bytes of records in memory, 1 KiB to 16 MiB, default 1 MiB; a record heavier than this is dropped
     * @param interval 1 ms to 1 h, default 1 s
     */
    public record Batching(int records, int bytes, Duration interval) {
        public static final Batching DEFAULT = new Batching(2_000, 1 << 20, Duration.ofSeconds(1));

        public Batching {
            Preconditions.range("batching records", records, 1, 100_000);
            Preconditions.range("batching bytes", bytes, 1 << 10, 16 << 20);
            Preconditions.range("batching interval", interval, MS, Duration.ofHours(1));
        }
    }

    /**
     * How much may wait in memory, and what then.
     *
     * @param bytes for all contexts together, 64 KiB to 64 GiB, default 64 MiB
     * @param bytesPerContext 64 KiB to {@code bytes}, default 32 MiB. Contexts share the memory fairly besides: the more of
     *     them hold records, the less each may have, and there is always room for one more
     * @param contexts how many there may be at a time, 1 to 1,000,000, default 10,000; one that is idle makes room after
     *     {@code idle}
     * @param idle 10 ms to 1 d, default 1 min
     * @param whenFull default {@link WhenFull#DROP_OLDEST}
     * @param maxBlock how long {@link WhenFull#BLOCK} may hold up a caller, 0 to 1 min, default 100 ms
     */
    public record Memory(
            long bytes, long bytesPerContext, int contexts, Duration idle, WhenFull whenFull, Duration maxBlock) {
        public static final Memory DEFAULT = new Memory(
                64 << 20, 32 << 20, 10_000, Duration.ofMinutes(1), WhenFull.DROP_OLDEST, Duration.ofMillis(100));

        public Memory {
            Preconditions.range("memory bytes", bytes, 64 << 10, 64L << 30);
            Preconditions.range("memory bytes per context", bytesPerContext, 64 << 10, bytes);
            Preconditions.range("contexts", contexts, 1, 1_000_000);
            Preconditions.range("memory idle", idle, Duration.ofMillis(10), Duration.ofDays(1));
            Preconditions.range("memory max block", maxBlock, Duration.ZERO, Duration.ofMinutes(1));
        }

        public Memory with(WhenFull value) {
            return new Memory(bytes, bytesPerContext, contexts, idle, value, maxBlock);
        }
    }

    /**
     * Waits grow twofold with each failure in a row, and half of each is random.
     *
     * @param base 1 ms to 1 h, default 200 ms
     * @param max {@code base} to 1 d, default 30 s
     * @param maxRetryAfter the longest wish of a destination that is granted, 0 to 1 d, default 5 min
     */
    public record Retry(Duration base, Duration max, Duration maxRetryAfter) {
        public static final Retry DEFAULT =
                new Retry(Duration.ofMillis(200), Duration.ofSeconds(30), Duration.ofMinutes(5));

        public Retry {
            Preconditions.range("retry base", base, MS, Duration.ofHours(1));
            Preconditions.range("retry max", max, base, Duration.ofDays(1));
            Preconditions.range("retry max-retry-after", maxRetryAfter, Duration.ZERO, Duration.ofDays(1));
        }

        /** The wait after so many failures in a row, from 1; never sooner than the destination wishes, within reason. */
        Duration after(int failures, Duration wish, RandomGenerator random) {
            long own = Math.min(max.toNanos(), base.toNanos() << Math.min(failures - 1, 20));
            long spread = own / 2 + random.nextLong(own / 2 + 1);
            var granted = wish.compareTo(maxRetryAfter) > 0 ? maxRetryAfter : wish;
            return Duration.ofNanos(Math.max(spread, granted.toNanos()));
        }
    }

    /**
     * How to talk to destinations.
     *
     * @param connectTimeout 1 ms to 10 min, default 3 s
     * @param timeout for a whole request, 1 ms to 10 min, default 10 s
     * @param inFlight requests under way at a time, of all contexts; 2 to 4,096, default 64. A context has one at most, and
     *     contexts whose last request failed have half of them at most
     * @param gzip whether to compress, off by default
     */
    public record Http(Duration connectTimeout, Duration timeout, int inFlight, boolean gzip) {
        public static final Http DEFAULT = new Http(Duration.ofSeconds(3), Duration.ofSeconds(10), 64, false);

        public Http {
            Preconditions.range("http connect-timeout", connectTimeout, MS, Duration.ofMinutes(10));
            Preconditions.range("http timeout", timeout, MS, Duration.ofMinutes(10));
            Preconditions.range("http in-flight", inFlight, 2, 4_096);
        }
    }

    /**
     * A spool takes what a destination does not, within {@code window}, and is shipped first once the destination is back,
     * also by the next process. Its files are readable by their owner only: they hold the tokens that contexts brought
     * along, since nothing could be shipped after a restart without them.
     *
     * @param folder its own; one process at a time
     * @param bytes of all its files, 1 MiB to 16 TiB, default 1 GiB; beyond, {@link WhenFull} applies
     * @param segmentBytes of one file, 64 KiB to 1 GiB, default 16 MiB; a file is deleted when all in it was shipped
     * @param window how long a record may be without a place on the disk once its destination fails, and how long the disk
     *     may be without a sync; 0 to 1 min, default 100 ms
     * @param always puts every record on the disk before it is shipped, not only once its destination fails
     */
    public record Spooling(Path folder, long bytes, int segmentBytes, Duration window, boolean always) {
        public Spooling {
            Preconditions.range("spool bytes", bytes, 1 << 20, 16L << 40);
            Preconditions.range("spool segment bytes", segmentBytes, 64 << 10, 1 << 30);
            Preconditions.range("spool window", window, Duration.ZERO, Duration.ofMinutes(1));
        }

        public static Spooling in(Path folder) {
            return new Spooling(folder, 1L << 30, 16 << 20, Duration.ofMillis(100), false);
        }

        public Spooling withBytes(long value) {
            return new Spooling(folder, value, segmentBytes, window, always);
        }

        public Spooling withWindow(Duration value) {
            return new Spooling(folder, bytes, segmentBytes, value, always);
        }

        public Spooling withAlways(boolean value) {
            return new Spooling(folder, bytes, segmentBytes, window, value);
        }
    }

    /**
     * What was refused for good is kept for a person to look at, with the status and the destination, without the token.
     *
     * @param folder may be shared with nothing else
     * @param bytes of all its files, 64 KiB to 16 TiB, default 64 MiB; beyond, what is refused is dropped
     */
    public record DeadLetters(Path folder, long bytes) {
        public DeadLetters {
            Preconditions.range("dead-letter bytes", bytes, 64 << 10, 16L << 40);
        }

        public static DeadLetters in(Path folder) {
            return new DeadLetters(folder, 64 << 20);
        }
    }

    /**
     * Checks what the parts alone could not.
     *
     * @throws IllegalArgumentException if something does not fit
     */
    public ObservatoryOptions {
        resource = Map.copyOf(resource);
        Preconditions.check(
                memory.bytesPerContext() >= batching.bytes(),
                "memory bytes per context must be at least batching bytes, " + batching.bytes());
        if (longestRecord != 0) {
            Preconditions.range("the longest record", longestRecord, 1 << 10, batching.bytes());
        }
        if (spool.isPresent() && deadLetters.isPresent()) {
            Preconditions.check(
                    !spool.get().folder().equals(deadLetters.get().folder()),
                    "the spool and the dead letters must have folders of their own");
        }
    }

    public static ObservatoryOptions defaults() {
        return new ObservatoryOptions(
                Optional.empty(),
                AllowList.empty(),
                Map.of(),
                Batching.DEFAULT,
                Memory.DEFAULT,
                Retry.DEFAULT,
                Http.DEFAULT,
                Optional.empty(),
                Optional.empty(),
                0);
    }

    /** The defaults, with a place to ship to. */
    public static ObservatoryOptions to(Destination destination) {
        return defaults().withDestination(destination);
    }

    public ObservatoryOptions withDestination(Destination value) {
        return new ObservatoryOptions(
                Optional.of(value),
                allowed,
                resource,
                batching,
                memory,
                retry,
                http,
                spool,
                deadLetters,
                longestRecord);
    }

    public ObservatoryOptions withAllowed(AllowList value) {
        return new ObservatoryOptions(
                destination, value, resource, batching, memory, retry, http, spool, deadLetters, longestRecord);
    }

    public ObservatoryOptions withResource(Map<String, String> value) {
        return new ObservatoryOptions(
                destination, allowed, value, batching, memory, retry, http, spool, deadLetters, longestRecord);
    }

    public ObservatoryOptions withBatching(Batching value) {
        return new ObservatoryOptions(
                destination, allowed, resource, value, memory, retry, http, spool, deadLetters, longestRecord);
    }

    public ObservatoryOptions withMemory(Memory value) {
        return new ObservatoryOptions(
                destination, allowed, resource, batching, value, retry, http, spool, deadLetters, longestRecord);
    }

    public ObservatoryOptions withRetry(Retry value) {
        return new ObservatoryOptions(
                destination, allowed, resource, batching, memory, value, http, spool, deadLetters, longestRecord);
    }

    public ObservatoryOptions withHttp(Http value) {
        return new ObservatoryOptions(
                destination, allowed, resource, batching, memory, retry, value, spool, deadLetters, longestRecord);
    }

    public ObservatoryOptions withSpool(Spooling value) {
        return new ObservatoryOptions(
                destination,
                allowed,
                resource,
                batching,
                memory,
                retry,
                http,
                Optional.of(value),
                deadLetters,
                longestRecord);
    }

    public ObservatoryOptions withDeadLetters(DeadLetters value) {
        return new ObservatoryOptions(
                destination,
                allowed,
                resource,
                batching,
                memory,
                retry,
                http,
                spool,
                Optional.of(value),
                longestRecord);
    }

    public ObservatoryOptions withLongestRecord(int value) {
        return new ObservatoryOptions(
                destination, allowed, resource, batching, memory, retry, http, spool, deadLetters, value);
    }
}
