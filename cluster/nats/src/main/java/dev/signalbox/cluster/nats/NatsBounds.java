package dev.signalbox.cluster.nats;

/**
 * What may wait, and where.
 *
 * @param unconfirmedBytes sent, and not confirmed by the server; beyond it publications fail
 * @param unread messages read from the connection, and not handed on; beyond it the connection is replaced
 * @param untoldBytes handed on, and not told to the listener; beyond it they are dropped and told as lost
 */
record NatsBounds(long unconfirmedBytes, int unread, long untoldBytes) {
    static final NatsBounds DEFAULT = new NatsBounds(16 << 20, 256 << 10, 64 << 20);
}
