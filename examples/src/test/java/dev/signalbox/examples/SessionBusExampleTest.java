package dev.signalbox.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.examples.SessionBusExample.Move;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The session bus in a program of one's own. */
class SessionBusExampleTest {
    @Test
    void spectatorsMissNothingAndWorkersShare() throws Exception {
        try (SessionBus<Move> bus = SessionBus.inMemory(Move.class, Retention.ofEvents(100))) {
            SessionBusExample game = new SessionBusExample(bus);
            long first = game.play("g", new Move("white", "e4"));
            game.play("g", new Move("black", "c5"));
            assertThat(game.missed("g", first)).containsExactly(new Move("black", "c5"));

            List<String> screen = new CopyOnWriteArrayList<>();
            try (var watching = game.watch("g", first, screen::add)) {
                game.play("g", new Move("white", "Nf3"));
                await().until(() -> screen.equals(List.of("black c5", "white Nf3")));
                assertThat(watching.session()).isEqualTo("g");
            }
            assertThat(game.analyse("g")).hasSize(3);
        }
    }
}
