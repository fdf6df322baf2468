package dev.signalbox.examples;

import dev.signalbox.session.bus.Claimed;
import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Gap;
import dev.signalbox.session.bus.GroupOptions;
import dev.signalbox.session.bus.Member;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.Subscriber;
import dev.signalbox.session.bus.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** A session of a game: players append moves, spectators follow from where they were, and workers share what is to be analysed. */
public final class SessionBusExample {
    /** An event of the game. Records go in and out as JSON. */
    public record Move(String player, String square) {}

    private final SessionBus<Move> bus;

    SessionBusExample(SessionBus<Move> bus) {
        this.bus = bus;
    }

    public static void main(String[] args) throws InterruptedException {
        // On PostgreSQL: SessionBus.builder(PostgresSessions.open(database, retention), Codec.json(Move.class)).build()
        try (SessionBus<Move> bus = SessionBus.inMemory(Move.class, Retention.ofEvents(10_000))) {
            SessionBusExample game = new SessionBusExample(bus);
            long first = game.play("game-7", new Move("white", "e4"));
            game.play("game-7", new Move("black", "c5"));
            System.out.println("since " + first + ": " + game.missed("game-7", first));
            System.out.println("analysed: " + game.analyse("game-7"));
        }
    }

    /** Returns once the move is kept, with its number in the session. */
    long play(String game, Move move) {
        return bus.send(game, move);
    }

    /** What happened after the last move that a spectator saw. */
    List<Move> missed(String game, long lastSeen) {
        return bus.read(game, From.after(lastSeen), 100).events().stream()
                .map(Event::value)
                .toList();
    }

    /** First what was missed, then what comes; each move once and in order. */
    Subscription watch(String game, long lastSeen, Consumer<String> screen) {
        return bus.subscribe(game, From.after(lastSeen), new Subscriber<Move>() {
            @Override
            public void onEvent(Event<Move> event) {
                screen.accept(event.value().player() + " " + event.value().square());
            }

            @Override
            public void onGap(Gap gap) {
                screen.accept("moves are missing");
            }
        });
    }

    /** Any number of processes may do this at a time: each move is analysed by one of them, and again if that one crashes. */
    List<Move> analyse(String game) throws InterruptedException {
        List<Move> analysed = Collections.synchronizedList(new ArrayList<>());
        try (Member<Move> member = bus.join(game, "analysis", GroupOptions.DEFAULT)) {
            for (Claimed<Move> claimed : member.take(10, Duration.ofSeconds(5))) {
                analysed.add(claimed.event().value());
                claimed.acknowledge();
            }
        }
        return List.copyOf(analysed);
    }
}
