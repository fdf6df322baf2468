package dev.signalbox.router;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * A session at the moment of asking: one connection of a user, such as a tab of a browser.
 *
 * @param id names this session among all that ever were; a UUID of version 7
 * @param user whose it is
 * @param metadata what the token said about the user
 * @param remoteAddress where it connected from
 * @param lastMessageAt when it last sent something; {@code connectedAt} if it has not
 */
public record SessionInfo(
        UUID id,
        String user,
        Map<String, String> metadata,
        String remoteAddress,
        Instant connectedAt,
        Instant lastMessageAt) {

    /** The address of this session, and of no other of its user. */
    public Address.Session address() {
        return new Address.Session(user, id);
    }
}
