package dev.signalbox.router;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * A session at the moment of asking: one of a user's, such as a tab of a browser.
 *
 * @param id names this session among all that ever were; a UUID of version 7
 * @param user whose it is
 * @param metadata what the token said about the user
 * @param remoteAddress where it connected from last
 * @param lastMessageAt when it last sent something; {@code connectedAt} if it has not
 * @param connected false while it waits for its client to come back, as {@link Resumption} tells
 */
public record SessionInfo(
        UUID id,
        String user,
        Map<String, String> metadata,
        String remoteAddress,
        Instant connectedAt,
        Instant lastMessageAt,
        boolean connected) {

    /** The same session after it sent something. */
    SessionInfo withLastMessageAt(Instant changed) {
        return new SessionInfo(id, user, metadata, remoteAddress, connectedAt, changed, connected);
    }

    /** The address of this session, and of no other of its user. */
    public Address.Session address() {
        return new Address.Session(user, id);
    }
}
