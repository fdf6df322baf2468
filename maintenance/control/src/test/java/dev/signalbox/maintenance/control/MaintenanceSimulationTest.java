package dev.signalbox.maintenance.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random histories: signals come and go at any moment, participants fail to drain and to open. In the end the node is where the
 * signals want it, and on the way the rules of a drain held. A failure names the seed.
 */
@Timeout(300)
class MaintenanceSimulationTest {
    private static final List<Phase> PHASES = List.of(Phase.values());
    private static final int SEEDS = 500;
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void theNodeEndsWhereTheSignalsWantIt() {
        for (int seed = 0; seed < SEEDS; seed++) {
            new History(seed).run();
        }
    }

    private static final class History {
        private final long seed;
        private final Random random;
        private final List<String> log = new CopyOnWriteArrayList<>();
        private final List<ScriptedDrainable> drainables = new ArrayList<>();
        private final boolean[] wished = new boolean[2];

        History(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            try (Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults())) {
                var other = new Other();
                maintenance.add(other);
                for (int i = 0; i < 1 + random.nextInt(5); i++) {
                    int phase = random.nextInt(PHASES.size());
                    ScriptedDrainable drainable = new ScriptedDrainable(phase + "-" + i, PHASES.get(phase), log);
                    drainables.add(drainable);
                    maintenance.add(drainable);
                }
                for (int i = 0; i < 12; i++) {
                    act(maintenance, other);
                }
                drainables.forEach(ScriptedDrainable::finish);
                check(maintenance);
            }
        }

        private void act(Maintenance maintenance, Other other) {
            ScriptedDrainable one = drainables.get(random.nextInt(drainables.size()));
            switch (random.nextInt(8)) {
                case 0, 1 -> wish(0, () -> maintenance.enter(Signal.of("a", "b")));
                case 2 -> unwish(0, maintenance::leave);
                case 3 -> wish(1, () -> other.say(Optional.of(Signal.of("c", "d"))));
                case 4 -> unwish(1, () -> other.say(Optional.empty()));
                case 5 -> one.busy();
                case 6 -> drainables.forEach(ScriptedDrainable::finish);
                default -> pause();
            }
            if (random.nextInt(40) == 0) {
                one.drainFailures.set(1);
            }
        }

        private void wish(int source, Runnable say) {
            wished[source] = true;
            say.run();
        }

        private void unwish(int source, Runnable say) {
            wished[source] = false;
            say.run();
        }

        /** Gives the other thread a chance to be anywhere. */
        private void pause() {
            int turns = random.nextInt(200);
            for (int i = 0; i < turns; i++) {
                Thread.onSpinWait();
            }
            LockSupport.parkNanos(random.nextInt(20_000));
        }

        private void check(Maintenance maintenance) {
            Admission wanted = wished[0] || wished[1] ? Admission.CLOSED : Admission.OPEN;
            await().atMost(LONG).pollInterval(Duration.ofMillis(1)).until(((NodeMaintenance) maintenance)::isAtRest);
            assertThat(maintenance.admission()).as("seed %d: %s", seed, log).isEqualTo(wanted);
            drainables.forEach(each -> checkAlternates(each, wanted));
            checkOrder();
        }

        private Stream<String> calls(ScriptedDrainable each) {
            return log.stream()
                    .filter(line -> line.endsWith(" " + each.name()))
                    .filter(line -> line.startsWith("drain ") || line.startsWith("resume "));
        }

        private void checkAlternates(ScriptedDrainable each, Admission wanted) {
            List<String> calls = calls(each).toList();
            for (int i = 0; i < calls.size(); i++) {
                String expected = i % 2 == 0 ? "drain " : "resume ";
                assertThat(calls.get(i))
                        .as("seed %d, call %d of %s", seed, i, calls)
                        .startsWith(expected);
            }
            assertThat(calls.size() % 2).as("seed %d", seed).isEqualTo(wanted == Admission.OPEN ? 0 : 1);
        }

        /** In each window phases begin in order, and what has begun opens in reverse. */
        private void checkOrder() {
            Deque<Integer> begun = new ArrayDeque<>();
            boolean opening = false;
            for (String line : log) {
                String[] words = line.split(" ", 2);
                int phase = words[1].charAt(0) - '0';
                if (words[0].equals("drain")) {
                    assertThat(opening && !begun.isEmpty())
                            .as("seed %d: %s in %s", seed, line, log)
                            .isFalse();
                    assertThat(begun.isEmpty() ? 0 : begun.getLast())
                            .as("seed %d: %s in %s", seed, line, log)
                            .isLessThanOrEqualTo(phase);
                    begun.addLast(phase);
                    opening = false;
                } else if (words[0].equals("resume")) {
                    assertThat(begun.removeLast())
                            .as("seed %d: %s in %s", seed, line, log)
                            .isEqualTo(phase);
                    opening = true;
                }
            }
        }
    }

    /** A second source. */
    private static final class Other implements SignalSource {
        private volatile Optional<Listener> listener = Optional.empty();

        @Override
        public String name() {
            return "other";
        }

        @Override
        public void start(Listener hears) {
            listener = Optional.of(hears);
        }

        void say(Optional<Signal> signal) {
            listener.orElseThrow().says(signal);
        }

        @Override
        public void close() {
            listener = Optional.empty();
        }
    }
}
