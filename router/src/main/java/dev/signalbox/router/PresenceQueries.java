package dev.signalbox.router;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Answers who is in a topic, on all nodes, whether this one has the topic or not. Thread-safe. */
final class PresenceQueries {
    /** How long those who ask wait for other nodes. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** How long at least this node follows the presence in a topic after somebody asked about it. */
    private static final Duration ASKED = Duration.ofSeconds(30);

    /** What tells of other nodes. */
    private record Elsewhere(ClusterInterest interest, ClusterPresence presence) {}

    private final TopicPresences presences;
    private final InstantSource clock;
    private final Deadlines deadlines;
    private volatile @Nullable Elsewhere elsewhere;

    PresenceQueries(TopicPresences presences, InstantSource clock, Deadlines deadlines) {
        this.presences = presences;
        this.clock = clock;
        this.deadlines = deadlines;
    }

    /** From now on there are other nodes. */
    void follow(ClusterInterest interest, ClusterPresence presence) {
        elsewhere = new Elsewhere(interest, presence);
    }

    /** Who subscribes to a topic that keeps account of that; see {@link Router#presence}. */
    ClientSession.Presence ask(String topic, String after, int most) {
        Elsewhere others = elsewhere;
        if (others != null) {
            follow(topic, others.interest());
        }
        TopicPresence presence = presences.hold(topic);
        CompletableFuture<Boolean> known = others == null
                ? CompletableFuture.completedFuture(true)
                : others.presence().known(topic);
        if (known.isDone()) {
            return present(topic, presence, after, most, known.join());
        }
        Deadlines.Timer timer =
                deadlines.at(clock.instant().plus(PATIENCE), () -> deadlines.elsewhere(() -> known.complete(false)));
        return new ClientSession.Presence.Later(known.thenApply(isComplete -> {
            timer.cancel();
            return present(topic, presence, after, most, isComplete);
        }));
    }

    private ClientSession.Presence present(
            String topic, TopicPresence presence, String after, int most, boolean isComplete) {
        ClientSession.Presence present = presence.present(after, most, isComplete);
        presences.release(topic);
        return present;
    }

    /** Others are likely to ask the same soon: so the topic's partition is followed until nobody has for some time, and not anew for each of them. */
    private void follow(String topic, ClusterInterest interest) {
        if (interest.asked(topic)) {
            leaveLater(topic, interest);
        }
    }

    private void leaveLater(String topic, ClusterInterest interest) {
        deadlines.at(clock.instant().plus(ASKED), () -> {
            if (interest.answered(topic)) {
                leaveLater(topic, interest);
            }
        });
    }
}
