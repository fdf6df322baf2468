package dev.signalbox.session.redis;

import java.util.UUID;

/** Ids of batches as 32 hexadecimal digits, which scripts can take apart from what stands around them. */
final class BatchId {
    private static final int HALF = 16;

    private BatchId() {}

    static String hex(UUID id) {
        return "%016x%016x".formatted(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    static UUID parse(String hex) {
        return new UUID(Long.parseUnsignedLong(hex, 0, HALF, HALF), Long.parseUnsignedLong(hex, HALF, 2 * HALF, HALF));
    }
}
