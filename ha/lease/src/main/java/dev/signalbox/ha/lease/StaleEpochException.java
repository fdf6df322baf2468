package dev.signalbox.ha.lease;

/** A guarded resource has already accepted a newer epoch: the node that writes with this one has lost its lease. */
public final class StaleEpochException extends LeaseException {
    private static final long serialVersionUID = 1L;

    public StaleEpochException(String name, long epoch) {
        super("epoch " + epoch + " of '" + name + "' is stale: a newer holder has written already", null);
    }
}
