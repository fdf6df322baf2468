package dev.signalbox.cluster.redis;

/**
 * What may wait, and where.
 *
 * @param unconfirmedBytes sent to a server, and not confirmed by it; beyond it publications fail
 * @param untoldBytes received, and not told to the listener; beyond it publications are dropped and told as lost
 */
record RedisBounds(long unconfirmedBytes, long untoldBytes) {
    static final RedisBounds DEFAULT = new RedisBounds(16 << 20, 64 << 20);
}
