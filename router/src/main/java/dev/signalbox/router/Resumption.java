package dev.signalbox.router;

import dev.signalbox.router.ClientSession.Subscribing.Subscribed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a client comes back to its session after its connection broke.
 *
 * @param token what to come back with; it works only together with credentials of the same user
 * @param within how long the session waits for another connection
 * @param resumed what goes on, if this connection resumed a session; empty if the session is new
 */
public record Resumption(String token, Duration within, Optional<Resumed> resumed) {

    /**
     * What goes on over the new connection.
     *
     * @param all the offset in {@link ClientGateway#everyone} after which messages follow
     * @param topics the topics that the session subscribes to, and after which offset of each messages follow
     */
    public record Resumed(long all, List<Subscribed> topics) {
        public Resumed {
            topics = List.copyOf(topics);
        }
    }
}
