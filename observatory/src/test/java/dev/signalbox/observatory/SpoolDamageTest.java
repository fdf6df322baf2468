package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.messages;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.soon;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour.Fault;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of the spool with wrong bytes inside: the reader finds the next good frame, and what is lost is counted. */
class SpoolDamageTest {
    private static final int RECORDS = 1_000;

    @TempDir
    Path folder;

    private Path spooled() {
        var observatory = Observatory.start(quick(Fixtures.nowhere()).withSpool(Spooling.in(folder)));
        Fixtures.log(observatory, 0, RECORDS);
        observatory.close(Duration.ofSeconds(10));
        assertThat(observatory.stats().pending()).isEqualTo(RECORDS);
        return LogFiles.find(folder).getFirst();
    }

    /** Where the frame of this record begins: length, CRC, type, index, size, time, severity and the text's length precede it. */
    private static int frameOf(byte[] file, String message) {
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < file.length - text.length; at++) {
            if (Arrays.equals(file, at, at + text.length, text, 0, text.length)) {
                return at - (8 + 1 + 8 + 12 + 1 + 4);
            }
        }
        throw new AssertionError("no " + message);
    }

    private static void damage(Path file, int at, int bytes) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        for (int i = at; i < at + bytes; i++) {
            whole[i] ^= 0x5a;
        }
        Files.write(file, whole);
    }

    private static List<String> expected() {
        var all = new ArrayList<>(messages(0, RECORDS));
        all.remove("record 500");
        return all;
    }

    @Test
    void oneDamagedLengthCostsOneRecordWhichIsCountedAndTold() throws Exception {
        Path file = spooled();
        damage(file, frameOf(Files.readAllBytes(file), "record 500"), 4);
        try (var sink = Fixtures.sink();
                var observatory = Observatory.start(quick(to(sink)).withSpool(Spooling.in(folder)))) {
            assertThat(observatory.stats().recovered()).isEqualTo(RECORDS - 1);
            assertThat(observatory.stats().dropped(DropReason.UNREADABLE)).isOne();
            soon().until(() -> messages(sink).contains("1 records dropped"));
            assertThat(messages(sink)).containsSubsequence(expected()).hasSize(RECORDS);
        }
        assertThat(LogFiles.find(folder)).isEmpty();
    }

    @Test
    void soDoesOneInTheFilesOfTheRunningProcess() throws Exception {
        try (var sink = Fixtures.sink()) {
            sink.behave(ObservatorySimulatorBehaviour.perfect().with(Fault.CUT));
            try (var observatory = Observatory.start(quick(to(sink)).withSpool(Spooling.in(folder)))) {
                Fixtures.log(observatory, 0, RECORDS);
                soon().until(() -> observatory.stats().failures() > 1
                        && observatory.stats().pendingBytes() == 0);
                Path file = LogFiles.find(folder).getFirst();
                damage(file, frameOf(Files.readAllBytes(file), "record 500"), 4);
                sink.behave(ObservatorySimulatorBehaviour.perfect());
                soon().until(() -> observatory.stats().pending() == 0);
                soon().until(() -> messages(sink).contains("1 records dropped"));
                assertThat(messages(sink)).containsSubsequence(expected()).hasSize(RECORDS);
                assertThat(observatory.stats().dropped(DropReason.UNREADABLE)).isOne();
            }
        }
    }

    /** What is found and what is missing is all there was, wherever the damage is. */
    @Test
    void damageAnywhereIsCountedToTheRecord() throws Exception {
        Path file = spooled();
        byte[] whole = Files.readAllBytes(file);
        int body = frameOf(whole, "record 0");
        var random = new Random(11);
        var written = Set.copyOf(messages(0, RECORDS));
        for (int i = 0; i < 200; i++) {
            Files.write(file, whole);
            damage(file, body + random.nextInt(whole.length - body - 4), 4);
            var found = new ArrayList<String>();
            long lost = LogFiles.read(file, batch -> batch.records().forEach(record -> found.add(record.message())));
            assertThat(found.size() + lost).isEqualTo(RECORDS);
            assertThat(found).hasSizeGreaterThanOrEqualTo(RECORDS - 2);
            assertThat(written.containsAll(found)).isTrue();
        }
    }

    /** The beginning says whose the records are; of the configured destination that is known without it. */
    @Test
    void aDamagedBeginningCostsNoRecord() throws Exception {
        damage(spooled(), 0, 40);
        try (var sink = Fixtures.sink();
                var observatory = Observatory.start(quick(to(sink)).withSpool(Spooling.in(folder)))) {
            soon().until(() -> observatory.stats().shipped() == RECORDS);
            assertThat(messages(sink)).isEqualTo(messages(0, RECORDS));
        }
    }

    @Test
    void aFileOfNothingButDamageIsSetAside() throws Exception {
        Path file = spooled();
        byte[] rubbish = new byte[300_000];
        new Random(5).nextBytes(rubbish);
        Files.write(file, rubbish);
        try (var observatory = Observatory.start(quick(Fixtures.nowhere()).withSpool(Spooling.in(folder)))) {
            assertThat(observatory.stats().recovered()).isZero();
            assertThat(LogFiles.find(folder)).isEmpty();
            assertThat(file.resolveSibling(file.getFileName() + ".damaged")).exists();
            observatory.close(Duration.ZERO);
        }
    }

    /** A text that looks like frames must not redirect what follows it. */
    @Test
    void aContextInsideADamagedRecordIsNotBelieved() throws Exception {
        var bytes = new Bytes();
        Frames.context(bytes, Destination.of(URI.create("http://evil.example"), "", WireFormat.OTLP_JSON), false, true);
        String forged = new String(bytes.copy(), StandardCharsets.ISO_8859_1);
        var file = new Bytes();
        file.putLong(Frames.MAGIC);
        Frames.context(file, Fixtures.nowhere(), false, false);
        int batch = file.length();
        Frames.batch(
                file, Batch.of("a", List.of(LogRecord.of(Severity.INFO, "damaged record")), 0), 0, "", Instant.EPOCH);
        file.write(forged.getBytes(StandardCharsets.ISO_8859_1), 0, forged.length());
        Frames.batch(
                file, Batch.of("b", List.of(LogRecord.of(Severity.INFO, "whole record")), 0), 0, "", Instant.EPOCH);
        byte[] whole = file.copy();
        for (int i = batch; i < batch + 4; i++) {
            whole[i] ^= 0x5a;
        }
        int record = frameOf(whole, "damaged record");
        whole[record] ^= 0x5a;
        Path path = Files.write(folder.resolve("0000000000000001.log"), whole);
        var hosts = new ArrayList<String>();
        LogFiles.read(path, stored -> hosts.add(stored.destination().url().getHost()));
        assertThat(hosts).containsOnly("127.0.0.1");
    }

    @Test
    void aReplayCountsWhatIsDamagedAndKeepsTheFile() throws Exception {
        Path file = spooled();
        damage(file, frameOf(Files.readAllBytes(file), "record 500"), 4);
        try (var sink = Fixtures.sink();
                var replay = new LogReplay(to(sink), ObservatoryOptions.Http.DEFAULT, report -> {})) {
            var report = replay.replay(folder);
            assertThat(report.shipped()).isEqualTo(RECORDS - 1);
            assertThat(report.damaged()).isOne();
            assertThat(file).doesNotExist();
            assertThat(file.resolveSibling(file.getFileName() + ".damaged")).exists();
        }
    }
}
