package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.messages;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.soon;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.observatory.LogFiles.StoredBatch;
import dev.signalbox.observatory.ObservatoryOptions.DeadLetters;
import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import dev.signalbox.testing.simulator.ObservatorySimulator;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoisonTest {
    private static final ObservatorySimulatorBehaviour PERFECT = ObservatorySimulatorBehaviour.perfect();

    private final ObservatorySimulator sink = Fixtures.sink();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        sink.close();
    }

    private ObservatoryOptions options() {
        return quick(to(sink)).withDeadLetters(DeadLetters.in(folder.resolve("dead")));
    }

    private List<StoredBatch> dead() {
        var found = new ArrayList<StoredBatch>();
        LogFiles.find(folder.resolve("dead")).forEach(file -> LogFiles.read(file, found::add));
        return found;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onePoisonRecordCostsOneRecord(boolean spooled) throws Exception {
        sink.behave(PERFECT.withPoison("arsenic"));
        var options = spooled
                ? options().withSpool(Spooling.in(folder.resolve("spool")).withAlways(true))
                : options();
        try (var observatory = Observatory.start(options)) {
            Fixtures.log(observatory, 0, 500);
            observatory.log(LogRecord.of(Severity.INFO, "arsenic").with("and", "lace"));
            Fixtures.log(observatory, 500, 1_000);
            assertThat(observatory.flush(java.time.Duration.ofSeconds(20))).isTrue();
            assertThat(messages(sink)).isEqualTo(messages(0, 1_000));
            assertThat(observatory.stats().deadLettered()).isOne();
            assertThat(sink.stats().requests()).isLessThan(200);
            var letter = dead().getFirst();
            assertThat(letter.status()).isEqualTo(400);
            assertThat(letter.records().getFirst().message()).isEqualTo("arsenic");
            assertThat(letter.records().getFirst().data()).containsEntry("and", "lace");
            assertThat(letter.destination().token()).isEmpty();
        }
        assertThat(dead()).hasSize(1);
    }

    @Test
    void aBatchThatIsTooLongForTheDestinationIsDivided() throws Exception {
        sink.behave(PERFECT.withLongest(3_000));
        try (var observatory = Observatory.start(options())) {
            Fixtures.log(observatory, 0, 200);
            assertThat(observatory.flush(java.time.Duration.ofSeconds(20))).isTrue();
            assertThat(messages(sink)).isEqualTo(messages(0, 200));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 405, 410, 301, 302, 307, 308})
    void whatIsRefusedForGoodIsKeptWhole(int status) throws Exception {
        sink.behave(PERFECT.answering(status, 0));
        try (var observatory = Observatory.start(options())) {
            Fixtures.log(observatory, 0, 100);
            assertThat(observatory.flush(java.time.Duration.ofSeconds(20))).isTrue();
            assertThat(observatory.stats().deadLettered()).isEqualTo(100);
        }
        assertThat(dead()).allMatch(letter -> letter.status() == status);
        assertThat(dead().stream().mapToInt(letter -> letter.records().size()).sum())
                .isEqualTo(100);
    }

    @Test
    void deadLettersHaveABound() {
        sink.behave(PERFECT.answering(404, 0));
        var options = quick(to(sink)).withDeadLetters(new DeadLetters(folder.resolve("dead"), 64 << 10));
        try (var observatory = Observatory.start(options)) {
            for (int i = 0; i < 30; i++) {
                observatory.log(Severity.INFO, "x".repeat(5_000));
            }
            soon().until(() -> observatory.stats().pending() == 0);
            var stats = observatory.stats();
            assertThat(stats.deadLettered()).isPositive();
            assertThat(stats.dropped(DropReason.REJECTED)).isPositive();
            assertThat(stats.deadLettered() + stats.dropped(DropReason.REJECTED))
                    .isEqualTo(30);
        }
    }

    @Test
    void aReplayShipsDeadLettersAndGoesOnWhereItStopped() throws Exception {
        sink.behave(PERFECT.answering(404, 0));
        try (var observatory = Observatory.start(options())) {
            Fixtures.log(observatory, 0, 450);
            assertThat(observatory.flush(java.time.Duration.ofSeconds(20))).isTrue();
        }
        sink.reset();
        sink.behave(PERFECT.withPoison("record 7"));
        Path dead = folder.resolve("dead");
        try (var replay = new LogReplay(to(sink), ObservatoryOptions.Http.DEFAULT, report -> {})) {
            var report = replay.replay(dead);
            assertThat(report.complete()).isTrue();
            assertThat(report.refused()).isEqualTo(11); // 7 and 70 to 79
            assertThat(report.shipped()).isEqualTo(439);
        }
        assertThat(dead().stream().mapToInt(letter -> letter.records().size()).sum())
                .isEqualTo(11);
        sink.behave(PERFECT);
        try (var replay = new LogReplay(to(sink), ObservatoryOptions.Http.DEFAULT, report -> {})) {
            assertThat(replay.replay(dead).files()).isOne();
        }
        assertThat(messages(sink)).hasSameElementsAs(messages(0, 450));
        assertThat(LogFiles.find(dead)).isEmpty();
    }

    @Test
    void aReplayThatIsStoppedKeepsWhatIsLeft() throws Exception {
        sink.behave(PERFECT.answering(404, 0));
        try (var observatory = Observatory.start(options())) {
            Fixtures.log(observatory, 0, 450);
            assertThat(observatory.flush(java.time.Duration.ofSeconds(20))).isTrue();
        }
        sink.reset();
        sink.behave(PERFECT);
        Path dead = folder.resolve("dead");
        var http = ObservatoryOptions.Http.DEFAULT;
        try (var replay = new LogReplay(to(sink), http, report -> sink.behave(PERFECT.answering(403, 0)))) {
            var report = replay.replay(dead);
            assertThat(report.failure()).contains("403");
            assertThat(report.shipped()).isPositive();
        }
        sink.behave(PERFECT);
        try (var replay = new LogReplay(to(sink), http, report -> {})) {
            assertThat(replay.replay(dead).complete()).isTrue();
        }
        assertThat(messages(sink)).isEqualTo(messages(0, 450));
        assertThat(sink.stats().repeated()).isZero();
        assertThat(Files.exists(dead)).isTrue();
    }
}
