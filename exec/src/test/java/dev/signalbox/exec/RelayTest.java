package dev.signalbox.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.exec.ExecListener.Outcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class RelayTest {

    @Test
    void aSignalThatComesBeforeTheCommandIsStartedWaitsForIt() throws Exception {
        try (Relay early = Relay.open();
                Relay witness = Relay.open()) {
            Signalled seen = new Signalled();
            witness.to(seen);

            Command.of("kill", "-HUP", Long.toString(ProcessHandle.current().pid()))
                    .capture()
                    .orThrow();
            await().until(() -> !seen.signals.isEmpty());
            Signalled started = new Signalled();
            early.to(started);

            assertThat(started.signals).containsExactly(Libc.SIGHUP);
        }
    }

    private static final class Signalled implements Run {
        private final List<Integer> signals = new CopyOnWriteArrayList<>();

        @Override
        public long pid() {
            return 1;
        }

        @Override
        public void end(Outcome why) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void signal(int number) {
            signals.add(number);
        }

        @Override
        public CompletableFuture<Ended> ended() {
            throw new UnsupportedOperationException();
        }
    }
}
