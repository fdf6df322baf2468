package dev.signalbox.cluster.redis;

import io.lettuce.core.RedisException;
import org.jspecify.annotations.Nullable;

/** A command that was not executed, or maybe was. */
final class RedisFailure extends RedisException {
    private static final long serialVersionUID = 1L;

    /** Whether the server may have executed it all the same, or may do so later. */
    final boolean maybeDone;

    RedisFailure(String message, boolean maybeDone, @Nullable Throwable cause) {
        super(message, cause);
        this.maybeDone = maybeDone;
    }
}
