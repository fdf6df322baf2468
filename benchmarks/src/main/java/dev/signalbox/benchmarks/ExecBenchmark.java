package dev.signalbox.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Running commands: how many in a second, how fast their output is read, and how soon a timeout returns.
 *
 * <p>In the cases with a timeout, a process in the background holds the output open; in the one with an orphan, it has lost its
 * parent; in the stubborn one nothing heeds SIGTERM, so that a grace of 200 ms passes. The figures are when the call returned, and what it had left behind by then.
 */
final class ExecBenchmark implements Benchmark {
    private static final List<String> TRUE = List.of("/bin/true");
    private static final int OUTPUT_BYTES = 64 << 20;
    private static final List<String> MUCH =
            List.of("/usr/bin/head", "-c", Integer.toString(OUTPUT_BYTES), "/dev/zero");
    private static final String TREE = "sleep %1$s & sleep %1$s; :";
    private static final String ORPHAN = "(sleep %1$s &); sleep %1$s; :";
    private static final String STUBBORN = "trap '' TERM; sleep %1$s & sleep %1$s; :";
    private static final Duration TIMEOUT = Duration.ofMillis(200);
    private static final Duration GRACE = Duration.ofMillis(200);

    private int sleeps;

    @FunctionalInterface
    private interface Running {
        byte[] run(List<String> command) throws Exception;
    }

    @Override
    public List<Case> cases(Settings settings) {
        List<ExecSystem> systems = new ArrayList<>(List.of(new ExecSignalbox()));
        if (settings.rivals()) {
            systems.addAll(List.of(new ExecProcessBuilder(), new ExecZt(), new ExecCommons()));
        }
        List<Case> cases = new ArrayList<>();
        for (ExecSystem system : systems) {
            cases.add(duration -> spawn("spawn", system, system::combined, duration));
            cases.add(duration -> spawn("spawn-two-streams", system, system::separate, duration));
            cases.add(duration -> capture(system, duration));
            cases.add(duration -> late("timeout-tree", system, TREE));
            cases.add(duration -> late("timeout-orphan", system, ORPHAN));
            cases.add(duration -> late("timeout-stubborn", system, STUBBORN));
        }
        return cases;
    }

    private static List<Sample> spawn(String name, ExecSystem system, Running running, Duration duration)
            throws Exception {
        long began = System.nanoTime();
        int runs = 0;
        while (System.nanoTime() - began < duration.toNanos()) {
            require(running.run(TRUE).length == 0, system, "output of a command that writes nothing");
            runs++;
        }
        return sample(name, system, runs / seconds(began), "commands/s");
    }

    private static List<Sample> capture(ExecSystem system, Duration duration) throws Exception {
        long began = System.nanoTime();
        long bytes = 0;
        while (System.nanoTime() - began < duration.toNanos()) {
            int length = system.separate(MUCH).length;
            require(length == OUTPUT_BYTES, system, length + " bytes instead of " + OUTPUT_BYTES);
            bytes += length;
        }
        return sample("capture-64MiB", system, bytes / seconds(began) / (1 << 20), "MiB/s");
    }

    /** Each run sleeps for another time, by which its processes are known. */
    private List<Sample> late(String name, ExecSystem system, String script) throws Exception {
        String time = "4.%06d".formatted(++sleeps);
        long began = System.nanoTime();
        system.outlasting(List.of("/bin/sh", "-c", script.formatted(time)), TIMEOUT, GRACE);
        double late = (System.nanoTime() - began - TIMEOUT.toNanos()) / 1e6;
        return List.of(
                new Sample(name, system.name(), late, "ms after timeout"),
                new Sample(name, system.name(), sleepers(time), "processes left"));
    }

    private static long sleepers(String time) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::info)
                .flatMap(info -> info.arguments().stream())
                .filter(arguments -> List.of(arguments).contains(time))
                .count();
    }

    private static double seconds(long began) {
        return (System.nanoTime() - began) / 1e9;
    }

    private static List<Sample> sample(String name, ExecSystem system, double value, String unit) {
        return List.of(new Sample(name, system.name(), value, unit));
    }

    private static void require(boolean condition, ExecSystem system, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(system.name() + ": " + otherwise);
        }
    }

    @Override
    public void close() {}
}
