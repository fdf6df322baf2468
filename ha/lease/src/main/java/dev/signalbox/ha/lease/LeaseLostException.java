package dev.signalbox.ha.lease;

/** The lease is not held any more, so what needs it must not be done. */
public final class LeaseLostException extends LeaseException {
    private static final long serialVersionUID = 1L;

    LeaseLostException(Lease lease) {
        super(
                "the lease '" + lease.name() + "' with epoch " + lease.epoch() + " is not held any more by "
                        + lease.owner() + "; stop what was done under it",
                null);
    }
}
