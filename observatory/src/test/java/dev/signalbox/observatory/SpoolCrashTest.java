package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.messages;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.simulator.ObservatorySimulator;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real process, killed without warning while it spools. */
class SpoolCrashTest {
    private static final long WINDOW = 50;
    /** A window is when writing begins; this is for the writing, and for threads that wait for a busy machine. */
    private static final long SLACK = 1_500;

    @TempDir
    Path folder;

    /** A line of the process: when, how many it had logged, and how many were on the disk. */
    private record Line(long millis, int logged, int spooled) {
        static Line of(String text) {
            String[] words = text.split(" ", 3);
            return new Line(Long.parseLong(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
        }
    }

    static IntStream kills() {
        return IntStream.rangeClosed(1, Effort.of(3, 300));
    }

    @ParameterizedTest
    @MethodSource("kills")
    void atMostOneWindowIsLost(int kill) throws Exception {
        List<Line> lines = runAndKill();
        var last = lines.getLast();
        var found = new ArrayList<String>();
        LogFiles.find(folder)
                .forEach(file ->
                        LogFiles.read(file, batch -> batch.records().forEach(record -> found.add(record.message()))));
        assertThat(found).isEqualTo(messages(0, found.size()));
        assertThat(found.size()).isGreaterThanOrEqualTo(last.spooled());
        int old = lines.stream()
                .filter(line -> line.millis() <= last.millis() - WINDOW - SLACK)
                .mapToInt(Line::logged)
                .max()
                .orElse(0);
        assertThat(found.size()).isGreaterThanOrEqualTo(old);
        assertThat(old).isPositive();
        shipped(found.size());
    }

    private void shipped(int records) throws InterruptedException {
        try (var sink = Fixtures.sink();
                var observatory =
                        Observatory.start(quick(to(sink)).withSpool(ObservatoryOptions.Spooling.in(folder)))) {
            assertThat(observatory.stats().recovered()).isEqualTo(records);
            assertThat(observatory.flush(Duration.ofSeconds(60))).isTrue();
            assertThat(messages(sink)).isEqualTo(messages(0, records));
        }
        assertThat(LogFiles.find(folder)).isEmpty();
    }

    private List<Line> runAndKill() throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        classPath(),
                        SpoolingProcess.class.getName(),
                        folder.toString(),
                        String.valueOf(WINDOW))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var lines = new ArrayList<Line>();
        try (BufferedReader out = process.inputReader()) {
            while (lines.isEmpty()
                    || lines.getLast().millis() < lines.getFirst().millis() + WINDOW + SLACK + 500) {
                var line = out.readLine();
                assertThat(line).isNotNull();
                lines.add(Line.of(line));
            }
            // Not the process's own method: that one would close the stream that is still to be read.
            assertThat(process.toHandle().destroyForcibly()).isTrue();
            out.lines()
                    .filter(line -> line.matches("\\d+ \\d+ \\d+"))
                    .map(Line::of)
                    .forEach(lines::add);
        }
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return lines;
    }

    /** Of a process of its own. A launcher may load these classes from places that its class path does not name. */
    static String classPath() {
        return Stream.concat(
                        Stream.of(System.getProperty("java.class.path")),
                        Stream.of(
                                        SpoolingProcess.class,
                                        Observatory.class,
                                        org.slf4j.Logger.class,
                                        tools.jackson.core.JsonToken.class,
                                        ObservatorySimulator.class,
                                        Awaitility.class,
                                        org.hamcrest.Matcher.class)
                                .map(type -> type.getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .getPath()))
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }
}
