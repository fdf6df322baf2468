package dev.signalbox.testing.services;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * How much a test tries. Every build runs the short forms; {@code ./signalbox verify --long} runs the long ones, which may
 * take hours. {@code --seed N} makes seeded tests try that seed alone.
 */
public final class Effort {
    private static final int LONG_FACTOR = 100;

    private Effort() {}

    /** The number for this run: of rounds, faults, messages. */
    public static int of(int shortForm, int longForm) {
        return Boolean.getBoolean("signalbox.long") ? longForm : shortForm;
    }

    /** Fresh seeds to try: that many, in the long form a hundred times as many; only the given one if one is given. */
    public static LongStream seeds(int count) {
        Long given = Long.getLong("signalbox.seed");
        return given != null
                ? LongStream.of(given)
                : ThreadLocalRandom.current()
                        .longs(1, Long.MAX_VALUE)
                        .limit(of(count, LONG_FACTOR * count))
                        .sorted();
    }

    /** For the message of a failure: the seed, and the command that tries it again. */
    public static String replay(Class<?> test, long seed) {
        return "seed " + seed + "; replay it with ./signalbox verify --seed " + seed + module() + " -am -Dtest="
                + test.getSimpleName() + " -Dsurefire.failIfNoSpecifiedTests=false";
    }

    /** Surefire runs tests in the folder of their module; the launcher is in the checkout's root. */
    private static String module() {
        Path module = Path.of("").toAbsolutePath();
        @Nullable Path root = module;
        while (root != null && !Files.exists(root.resolve("signalbox"))) {
            root = root.getParent();
        }
        return root == null || root.equals(module) ? "" : " -pl " + root.relativize(module);
    }
}
