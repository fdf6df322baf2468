package dev.signalbox.benchmarks;

import dev.signalbox.testing.services.RealRedis;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Redis tells of its own processor time. */
final class ClusterRedis {
    private static final Pattern USED = Pattern.compile("used_cpu_(?:sys|user):([0-9.]+)");

    private ClusterRedis() {}

    /** Of all its threads since it started, in microseconds. */
    static double cpuMicros(RealRedis redis) {
        Matcher used = USED.matcher(redis.ask("INFO cpu"));
        double seconds = 0;
        while (used.find()) {
            seconds += Double.parseDouble(used.group(1));
        }
        return seconds * 1e6;
    }
}
