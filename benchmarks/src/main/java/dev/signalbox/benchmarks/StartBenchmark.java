package dev.signalbox.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long a server takes from its command to its first answer on its health address, what of the processors it takes until then, and
 * how much memory it has some seconds later, when nobody has asked for anything. Ours is the archive of this checkout, with fast starts
 * prepared. A measurement is one start, whatever {@code --seconds} says. Linux alone.
 */
final class StartBenchmark implements Benchmark {
    private static final Duration SETTLED = Duration.ofSeconds(8);

    private final Path scratch;

    StartBenchmark() {
        try {
            scratch = Files.createTempDirectory("signalbox-bench");
        } catch (IOException e) {
            throw new IllegalStateException("no folder for temporary files", e);
        }
    }

    @Override
    public List<Case> cases(Settings settings) throws Exception {
        List<StartSystem> systems = new ArrayList<>();
        systems.add(StartArchive.install(scratch));
        if (settings.rivals()) {
            Rivals rivals = Rivals.here();
            systems.add(StartCentrifugo.system(rivals.centrifugo()));
            systems.addAll(StartSpring.systems(rivals.springBoot(), scratch));
        }
        List<Case> cases = new ArrayList<>(systems.stream()
                .map(system -> (Case) duration -> measure("start", system, system.name()))
                .toList());
        cases.add(duration -> first(systems.getFirst()));
        return cases;
    }

    private List<Sample> measure(String name, StartSystem system, String label) throws Exception {
        try (StartedServer server = StartedServer.start(system, scratch)) {
            List<Sample> samples = new ArrayList<>();
            samples.add(new Sample(name + ": ready", label, server.millisUntilReady(), "ms"));
            samples.add(new Sample(name + ": processor time", label, server.processorMillisUntilReady(), "ms"));
            samples.add(new Sample(name + ": memory", label, server.megabytesAfter(SETTLED), "MB"));
            return samples;
        }
    }

    /** With tables to be made; the others keep none. */
    private List<Sample> first(StartSystem ours) throws Exception {
        StartSystem unused = StartArchive.withData(ours, Files.createTempDirectory(scratch, "data"));
        return measure("first start", unused, ours.name());
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(scratch)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot remove " + scratch, e);
        }
    }
}
