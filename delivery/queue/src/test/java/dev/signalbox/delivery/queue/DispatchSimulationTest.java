package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.SimulatedTables.Flaw;
import dev.signalbox.delivery.queue.SimulatedWorld.Sight;
import dev.signalbox.testing.services.Effort;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Ten thousand random histories of dispatchers in each build. */
class DispatchSimulationTest {
    private static final int HISTORIES = 10_000;
    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(Dispatcher.class.getPackageName());

    @TempDir
    private static Path folder;

    private static Database database;

    /** Histories are full of faults that a dispatcher rightly complains about. */
    @BeforeAll
    static void open() {
        database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("unused.db")));
        LOGGER.setLevel(Level.OFF);
    }

    @AfterAll
    static void close() {
        LOGGER.setLevel(null);
        database.close();
    }

    @Test
    void noHistoryLosesDoublesOrHoldsAMessage() throws Exception {
        long[] seeds = Effort.seeds(HISTORIES).toArray();
        assertThat(seeds).isNotEmpty();

        // On a virtual thread, as the processes of a history: those hand each other their turns without a system call.
        FutureTask<Map<Sight, Integer>> histories = new FutureTask<>(() -> run(seeds));
        Thread.ofVirtual().name("histories").start(histories);
        Map<Sight, Integer> seen = histories.get();

        if (seeds.length >= HISTORIES) {
            List<Sight> rare = Arrays.stream(Sight.values())
                    .filter(sight -> seen.getOrDefault(sight, 0) < HISTORIES / 100)
                    .toList();
            assertThat(rare).as("what hardly happened, of %s", seen).isEmpty();
        }
    }

    private static Map<Sight, Integer> run(long[] seeds) {
        Map<Sight, Integer> seen = new EnumMap<>(Sight.class);
        for (long seed : seeds) {
            run(seed).forEach((sight, times) -> seen.merge(sight, times, Integer::sum));
        }
        return seen;
    }

    private static Map<Sight, Integer> run(long seed) {
        try {
            return new DispatchSimulation(seed, database, Flaw.NONE).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("a history broke: " + Effort.replay(DispatchSimulationTest.class, seed), e);
        }
    }

    /** The same seed gives the same history, or a failure could not be replayed. */
    @Test
    void aHistoryIsAFunctionOfItsSeed() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(run(seed)).as("seed %d", seed).isEqualTo(run(seed));
        }
    }

    /** Histories notice it when the database breaks one of the promises that the dispatcher stands on. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "LATE_RECOVERY"})
    void aDatabaseThatBreaksAPromiseIsNoticed(Flaw flaw) {
        assertThat(LongStream.rangeClosed(1, 500).anyMatch(seed -> fails(seed, flaw)))
                .as("one of 500 histories breaks")
                .isTrue();
    }

    /** Rare: a node recovers at its second call and claims again, and then the first one, which it gave up, is carried out. */
    @ParameterizedTest
    @ValueSource(longs = {4019950084294271853L, 6157311086217609517L})
    void recoveryThatIsLateEndsNothingNew(long seed) {
        assertThat(run(seed)).containsKeys(Sight.RECOVERED, Sight.SENT);
        assertThat(fails(seed, Flaw.LATE_RECOVERY)).isTrue();
    }

    /**
     * Rare: a node learns late that an attempt is on record, when it has begun the next one of the same message already, and is
     * killed during that. What it finds in its journal then is the doubt about the second.
     */
    @Test
    void recordThatIsKnownLateSettlesNoLaterAttempt() {
        assertThat(run(5447949203421916667L)).containsKeys(Sight.RECOVERED, Sight.PARKED);
    }

    /** Rare: a node is killed during an attempt and recovers at once, with a clock that is behind the one that dated it. */
    @Test
    void attemptFromTheFutureIsNotRepeated() {
        assertThat(run(1366837982845581335L)).containsKeys(Sight.RECOVERED, Sight.PARKED);
    }

    private static boolean fails(long seed, Flaw flaw) {
        try {
            new DispatchSimulation(seed, database, flaw).run();
            return false;
        } catch (AssertionError e) {
            return true;
        }
    }
}
