package dev.signalbox.router;

import java.time.Instant;
import java.util.Map;

/**
 * A connected client, at the moment of asking.
 *
 * @param metadata what its token said about it
 * @param remoteAddress where it connected from
 * @param lastMessageAt when it last sent something; {@code connectedAt} if it has not
 */
public record ClientInfo(
        String id, Map<String, String> metadata, String remoteAddress, Instant connectedAt, Instant lastMessageAt) {}
