package dev.signalbox.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.exec.ExecListener.Outcome;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SignalForwarderTest {
    private static final int SIGUSR1 = 10;

    @Test
    void aSignalThatComesBeforeTheCommandIsStartedWaitsForIt() throws Exception {
        try (SignalForwarder early = SignalForwarder.open(Set.of());
                SignalForwarder witness = SignalForwarder.open(Set.of())) {
            Signalled seen = new Signalled();
            witness.to(seen);

            // Not HUP or INT: this JVM may have been started to ignore them, as nohup does.
            sendToThisJvm("USR1");
            await().until(() -> !seen.signals.isEmpty());
            Signalled started = new Signalled();
            early.to(started);

            assertThat(started.signals).containsExactly(SIGUSR1);
        }
    }

    @Test
    void oneThatIsNotForwardedIsLeftAlone() throws Exception {
        try (SignalForwarder without = SignalForwarder.open(Set.of("USR1"));
                SignalForwarder witness = SignalForwarder.open(Set.of())) {
            Signalled spared = new Signalled();
            Signalled seen = new Signalled();
            without.to(spared);
            witness.to(seen);

            sendToThisJvm("USR1");
            await().until(() -> !seen.signals.isEmpty());

            assertThat(spared.signals).isEmpty();
        }
    }

    private static void sendToThisJvm(String signal) throws InterruptedException {
        String self = Long.toString(ProcessHandle.current().pid());
        Command.of("kill", "-" + signal, self).capture().orThrow();
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
