package dev.signalbox.cluster.redis;

import io.lettuce.core.RedisException;

/** Finds out which servers are to be used. Called by the link's supervisor alone. */
interface RedisLocator extends AutoCloseable {

    /**
     * Asks. It is called again about each second, and after each failure.
     *
     * @throws RedisException if nobody answers
     */
    RedisLayout locate() throws InterruptedException;

    /** Does not wait for anything. */
    @Override
    void close();
}
